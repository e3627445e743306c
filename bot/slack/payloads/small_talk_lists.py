"""Greetings, and the words that thanks and praise are made of, in many languages.

Entries are separated by commas; courtesies may stand beside each of them.
"""

from __future__ import annotations

#: What stands beside thanks and praise, and says nothing by itself.
BESIDE_THANKS = (
    "はい, 네, 是的, siap, ja, da, oui, да, tak, jo, bro, mates, people, in advance, dear, "
    "honestly, haha, nickel, bra, fint, vous, "
    "zusammen, leute, à vous, no problem, anyway, "
    "both, all, team, all of you, again, folks, very, really, super, so far, for that, for this, "
    "for the help, for your help, for the answer, for looking, for checking, everybody, "
    "mate, friend, buddy, my friend, a bunch, a million, a ton, tons, heaps, loads, "
    "alle, allen, euch, dir, schon mal, nochmal, à tous, à toi, a todos, a ti, a tutti, a todos",
)
WHOSE = "the, your, this, that, all the, all your, the quick, the great"
THANKED_FOR = (
    "help, info, information, answer, answers, reply, response, explanation, explaining, "
    "clarifying, "
    "clarification, summary, update, link, links, details, heads up, sharing, looking into it, "
    "looking into this, looking into that, looking it up, checking, research, work, effort, "
    "feedback, "
    "input, insight, insights, tip, report, quick answer, quick reply, quick response"
)
#: "that's really great", "great answer", "what a helpful summary"
PRAISING = (
    "that's, that is, this is, it's, that was, this was, you're, really, so, very, super, "
    "pretty, too, "
    "that's really, that's so, that's very, that's super, this is really, this is so, "
    "this is very, "
    "that was really, that was very, that is really, that is very, you're so"
)
PRAISE = (
    "good, great, nice, cool, awesome, amazing, excellent, fantastic, brilliant, wonderful, "
    "superb, "
    "perfect, lovely, neat, clever, smart, impressive, interesting, fascinating, incredible, "
    "unbelievable, insane, crazy, splendid, marvelous, magnificent, outstanding, exceptional, "
    "stellar, terrific, delightful, beautiful, gorgeous"
)
HELPFUL = "helpful, useful, clear, handy, insightful, informative"
PRAISED = (
    "answer, job, work, bot, find, info, read, stuff, one, point, explanation, summary, "
    "research, result, response, reply, overview, report"
)
#: With a question mark these ask about what was said before.
ASKED = (
    "true, correct, right, that's right, that's correct, that's true, this, works, it works, "
    "that works, precise, stimmt, stimmt das, das stimmt, richtig, korrekt, exact, exacto, "
    "correcto, "
    "así es, esatto, giusto, klopt, klopt dat, dat klopt, верно, точно, 对的, 没错, 確かに, done, "
    "solved, all clear, useful, nothing else"
)
GREETINGS = (
    "hii, heya, wassup, wazzup, how are you today, how are u, how r u, how do you do, how goes it, "
    "mornin, g'day, test message, test msg, this is just a test, just testing this, "
    "testing the bot, testing this bot, bot test, test bot, anybody home, knock knock, "
    "halli hallo, hallo leute, hallo alle zusammen, hey leute, moinsen, guten morgen zusammen, "
    "morgen zusammen, tach, grüß euch, gruess gott, wie geht es Ihnen, na, bonjour à tous, "
    "bonjour le bot, bjr, slt, salut à tous, comment ça va, comment vas tu, comment allez vous, "
    "hola a todos, buen día, e aí, tudo bom, como vai, ciao a tutti, buona sera, come va, "
    "hallo allemaal, goedendag, hallå, tjena, god dag, heisann, god kveld, hyvää huomenta, siema, "
    "witam, čau, nazdar, dobré ráno, jó reggelt, bună dimineața, merhabalar, gunaydin, nasılsın, "
    "χαίρετε, привет всем, всем привет, приветик, хай, как дела, вітаю, доброго дня, namaste, "
    "مرحبا بك, أهلا وسهلا, سلام, صباح الخير, مساء الخير, كيف حالك, ערב טוב, מה נשמע, מה קורה, hai, "
    "selamat sore, selamat malam, apa kabar, chào mọi người, หวัดดี, 你好啊, 你好呀, 哈啰, 下午好, "
    "晚上好, 在嗎, 在不在, 测试, 測試, 测试一下, こんにちわ, ハロー, お元気ですか, 元気, テスト, "
    "テストです, "
    "안뇽, ㅎㅇ, 하이, 헬로, 좋은 아침, 좋은 아침입니다, 테스트, prueba, probando, teste, "
    "testando, essai, "
    "тест, проверка",
    "hi, hi there, hello, hello there, hey, hey there, hiya, howdy, yo, sup, what's up, whats up, "
    "how are you, how are you doing, how is it going, how's it going, good morning, morning, "
    "good afternoon, good evening, greetings, welcome, nice to meet you, test, testing, "
    "test test, this is a test, just testing, just a test, ping, hello world",
    "hallo, hallo zusammen, hallöchen, hi zusammen, moin, moin moin, servus, grüß dich, "
    "grüß gott, grüezi, guten morgen, guten tag, guten abend, morgen, wie geht's, "
    "wie geht es dir, bonjour, bonsoir, salut, coucou, ça va, hola, buenos días, buenas tardes, "
    "buenas, qué tal, cómo estás, olá, oi, bom dia, boa tarde, tudo bem, ciao, salve, buongiorno, "
    "buonasera, come stai, hoi, goedemorgen, goedemiddag, goedenavond, hej, hejsan, god morgon, "
    "hei, god morgen, goddag, moi, terve, huomenta, cześć, dzień dobry, hejka, ahoj, dobrý den, "
    "szia, sziasztok, jó napot, salut tuturor, bună, bună ziua, merhaba, selam, günaydın, "
    "iyi günler, γεια, γεια σου, γεια σας, καλημέρα",
    "привет, здравствуйте, здравствуй, добрый день, доброе утро, добрый вечер, привіт, "
    "добрий день, नमस्ते, नमस्कार, مرحبا, السلام عليكم, أهلا, שלום, היי, בוקר טוב, halo, "
    "selamat pagi, selamat siang, xin chào, chào, chào bạn, สวัสดี, สวัสดีครับ, สวัสดีค่ะ, 你好, "
    "您好, 大家好, 早上好, 早安, 嗨, 哈喽, 在吗, こんにちは, こんばんは, おはよう, "
    "おはようございます, はじめまして, やあ, もしもし, 안녕, 안녕하세요, 안녕하십니까, 여보세요",
)
