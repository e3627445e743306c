"""The words of commands and courtesies, as people write them in chats, in many languages.

Entries are separated by commas. Words that are asked about as likely ("détente", "Huy", "seis")
are left out, and so is "don't stop".
"""

from __future__ import annotations

# --- courtesies -------------------------------------------------------------------------

_POLITE = (
    "please, pls, plz, kindly, thanks, thank you, thx, ty, now, right now, ok, okay, bot, "
    "threadline, sorry, just, then, already, immediately, asap, at once, bitte, danke, mal, "
    "jetzt, sofort, doch, s'il te plaît, s'il vous plaît, stp, svp, merci, maintenant, "
    "tout de suite, por favor, porfa, gracias, ahora, ya, agora, obrigado, obrigada, per favore, "
    "per piacere, grazie, ora, adesso, subito, alsjeblieft, alstublieft, aub, graag, bedankt, nu, "
    "maar, tack, snälla, takk, nå, tak, kiitos, nyt, proszę, dzięki, teraz, prosím, díky, "
    "пожалуйста, спасибо, сейчас, будь ласка, дякую, lütfen, teşekkürler, hemen, şimdi, kérlek, "
    "köszönöm, te rog, mulțumesc, παρακαλώ, ευχαριστώ, tolong, terima kasih, làm ơn, cảm ơn, "
    "कृपया, धन्यवाद, من فضلك, لو سمحت, شكرا, רבה, בבקשה, תודה, 请, 請, 谢谢, 謝謝, 麻烦, 拜托, "
    "お願いします, お願い, ください, すみません, 제발, 좀, 감사합니다"
)
COURTESIES = (
    _POLITE,
    "hey, hi, hello, oh, oops, no, nope, actually, well, so, and, um, uh, ah, yes, yeah, yep, "
    "yup, y, hmm, argh, sure, great, good, perfect, cool, fine, that's it, i said, i mean, "
    "it's ok, it's okay, that's ok, that's okay",
    "can u, could u, can you, could you, would you, will you, can we, could we, can i, may i, "
    "i want to, "
    "why don't you, i want you to, i would like to, i would like you to, i'd like to, "
    "i'd like you to, i need you to, you can, you may, you should, let's, let us, feel free to, "
    "go ahead and, would you mind",
    "kannst du, könntest du, können Sie, könnten Sie, du kannst, nein, hallo, ach",
    "peux tu, pourrais tu, pouvez vous, pourriez vous, tu peux, vous pouvez, non, bonjour",
    "puedes, podrías, puede, hola, você pode, pode, não, puoi, potresti, ciao, kun je, kan je, "
    "можешь, можете, не мог бы ты, нет, привет",
    "for now, for me, here, there, again, all right, alright, man, dude, guys, everyone, a lot, "
    "so much, very much, a minute, a second, a sec, a moment, a bit, anymore, sir",
    "i found it, found it, got it, i got it, i figured it out, figured it out, all good, "
    "i found the answer, found the answer, i have the answer, i have it, solved, i'm good, "
    "we're good, solved it, i solved it, wrong thread, wrong channel, my bad, wrong question, "
    "wrong one, wrong bot, my mistake, by mistake, it's fine, that's fine",
)

# --- stop -------------------------------------------------------------------------------

STOPPING = "stop, cancel, abort, cancle, cancell, canel, abbort, stpo, sotp"
ENDING = "halt, quit, terminate, kill, end, interrupt, discontinue, abandon, call off"
IT = (
    "it, that, this, this one, that one, all, everything, all of it, all of this, all of that, "
    "them, mine, both, yourself, the last one, that last one, the previous one, my last one"
)
WHOSE = (
    "the, this, that, my, your, our, the current, the last, my last, my current, the previous, "
    "my previous, that last, last, current, previous, all, all the, all of the, all my, both, "
    "these, those"
)
WORK = (
    "run, research, search, question, request, query, job, task, runs, searches, questions, "
    "requests, queries, jobs, tasks"
)
MORE_WORK = "answer, process, investigation, lookup, work, message, bot, thread, conversation"
WORKING = (
    "working, researching, searching, looking, running, answering, processing, trying, asking, "
    "waiting, writing, typing, generating, thinking, talking, digging, investigating, continuing, "
    "doing, replying, responding"
)
ON_IT = "it, this, that, on it, on this, on that, for it, for this, for that, with this, with that"
DOING = (
    "stop what you are doing, stop what you're doing, stop with this, stop with that, "
    "stop right there, stop the above, cancel the above, cancel above, call it off, "
    "don't continue, do not continue, no need to continue, don't go on, do not go on, "
    "don't proceed, do not proceed, stop where you are, we can stop, we can cancel, "
    "we can stop this, we can cancel this, we should stop, we should cancel, i'm stopping, "
    "i'm cancelling, i'm cancelling this, i am cancelling, i am cancelling this"
)
#: Of these, "no" before the word says the contrary: "no pares" is "don't stop".
ROMANCE = (
    # Spanish, Portuguese
    "para, para ya, parar, parad, pare, pares, páralo, parar eso, detén, detente ya, detener, "
    "detenlo, deténgase, detén la búsqueda, detente por favor, detente ahora, deja de buscar, "
    "para la búsqueda, cancela la pregunta, cancela mi pregunta, cancela la consulta, cancela, "
    "cancelar, cancele, cancelad, cancélalo, cancela eso, cancela esto, cancelar eso, "
    "cancela la búsqueda, cancela todo, aborta, abortar, interrumpe, pare isso, para com isso, "
    "pode parar, parar isso, cancela isso, cancelar isso, cancela tudo, interrompa, interromper",
    # Italian
    "stop a questo, ferma la ricerca, annulla la domanda, annulla la richiesta, fermati, ferma, "
    "fermare, fermarti, ferma tutto, fermalo, fermi, si fermi, smetti, smettila, smettere, "
    "annulla, annullare, annullalo, annulla tutto, annulla la ricerca, interrompi, interrompere, "
    "interrompi la ricerca, stoppa, stoppare",
)
FIRM = (
    "stahp, make it stop, u can stop, cancel last, abort the mission, kill job, "
    "stop wasting money, stop spending money, stop too expensive, stop all of them, "
    "stop both of them, stop that's wrong, stop that's not what i meant, stop i made a mistake, "
    "stop i made a typo, cancel typo, stop typo",
    "suche stoppen, das kannst du abbrechen, schluss, schluss jetzt, schluss damit, on arrête, "
    "on annule, "
    "para esto, para todo, detén esto, cancela la investigación, puedes cancelarlo, deja eso, "
    "cancela a pesquisa, avbryt sökningen, avbryt søket, afbryd søgningen, anuluj wyszukiwanie, "
    "przerwij to, zruš hledání, yeter, отменяй, отбой, وقف, stop dulu, dừng, หยุดก่อน, 停一下, "
    "快停, "
    "快停下, 别找了, 不查了, 暂停, 暫停, もうやめて, キャンセルします, キャンセルしたい, "
    "取り消します, "
    "취소할게요, 스탑",
    "stop, cancel, abort, halt, quit, exit, terminate, stopp, cancelled, canceled, interrupt, "
    "discontinue, cancle, cancell, canel, abbort, stpo, sotp, abort mission, cease, "
    "cease and desist, knock it off, cut it out, break off, ctrl c",
    # German
    "anhalten, halt an, abbrechen, abbruch, brich ab, brich das ab, brich es ab, brechen Sie ab, "
    "brich bitte ab, brich das bitte ab, das bitte abbrechen, hör bitte auf, "
    "brechen Sie bitte ab, hör auf, hoer auf, hör auf damit, damit aufhören, hören Sie auf, "
    "aufhören, aufhoeren, beenden, beende das, stoppen, stoppe, stopp das, stoppe das, stop das, "
    "das abbrechen, das stoppen, das beenden, storniere, storniere das, stornieren, "
    "die Suche abbrechen, Suche abbrechen, Recherche abbrechen, die Recherche abbrechen, "
    "Anfrage abbrechen, die Anfrage abbrechen, die Frage abbrechen, brich die Suche ab, "
    "brich die Recherche ab, stopp die Suche, stoppe die Suche, hör auf zu suchen, "
    "nicht weitermachen, nicht weitersuchen",
    # French
    "arrête, arrêtes, arrêter, arrêtez, arrête ça, arrête cela, arrête tout, arrête toi, "
    "arrêtez vous, stop ça, stop tout, stoppez, stoppez ça, stoppez tout, arrêtez ça, "
    "arrêtez tout, t'arrêter, arrête la recherche, stoppe, stoppe ça, stopper, annule, annules, "
    "annuler, annulez, annule ça, annule cela, annule tout, annuler ça, annule la recherche, "
    "annulez la recherche, annule la question, annule la demande, annule ma question, "
    "annule ma demande, annulez ma demande, arrêtez la recherche, arrête de chercher, "
    "arrêtez de chercher, annulez ça, interromps, interrompre, interrompez",
    *ROMANCE,
    # Dutch, Swedish, Danish, Norwegian, Finnish
    "stoppen, stop ermee, stop maar, stop daarmee, ermee stoppen, hou op, houd op, annuleer, "
    "annuleren, annuleer dit, annuleer dat, breek af, afbreken, stoppa, stoppe, avbryt, avbryta, "
    "avbryte, sluta, avbryt det, stop det, stopp det, stoppa det, afbryd, hold op, annuller, "
    "annullere, lopeta, peruuta, pysäytä, keskeytä, lopettaa",
    # Polish, Czech, Hungarian, Romanian, Turkish, Greek
    "zatrzymaj, zatrzymaj się, zatrzymaj to, przestań, anuluj, anuluj to, przerwij, zakończ, "
    "zastav, zastavit, přestaň, zruš, zruš to, zrušit, ukonči, ukončit, állj, állj le, mégse, "
    "hagyd abba, megszakít, leállít, oprește, oprește te, anulează, anulare, dur, durdur, "
    "durdurun, iptal, iptal et, iptal edin, vazgeç, σταμάτα, σταμάτησε, σταμάτησέ το, ακύρωση, "
    "ακύρωσε, ακύρωσέ το, στοπ",
    # Russian, Ukrainian, Hindi, Arabic, Hebrew
    "стоп, остановись, остановитесь, остановить, останови, останови это, остановка, отмена, "
    "остановите, остановите это, останови поиск, отмени поиск, отмени запрос, отмени вопрос, "
    "отменить поиск, отменить запрос, отмените запрос, отмените поиск, прекрати поиск, "
    "не продолжай, отмени, отмени это, отменить, отмените, прекрати, прекратить, прекратите, "
    "прервать, прерви, зупинись, зупини, зупинити, скасуй, скасувати, припини, відміна, रुको, "
    "रुकिए, रुक जाओ, रोको, बंद करो, बंद कीजिए, रद्द करो, रद्द करें, توقف, قف, أوقف, إلغاء, الغاء, "
    "ألغ, الغ, ألغي, الغي, ألغ هذا, עצור, עצרי, תעצור, תעצרי, תפסיק, תפסיקי, בטל, תבטל, תבטלי, "
    "לבטל",
    # Croatian and Serbian, Slovene, Slovak, Polish, Bulgarian, Ukrainian, Baltic and Nordic
    # languages, Catalan, Bengali, Tamil, Telugu
    "prekini, prekinite, zaustavi, zaustavite, otkaži, otkažite, ustavi, prekliči, stoj, stój, "
    "спри, спрете, откажи, прекини, заустави, стій, зупиніть, скасуйте, aptur, atcelt, sustok, "
    "atšaukti, peata, tühista, pysähdy, hættu, stanna, atura, atura't, cancel·la, থামো, থামুন, "
    "বাতিল, বাতিল করুন, நிறுத்து, நிறுத்தவும், ఆపు, ఆపండి",
    # Indonesian, Filipino, Vietnamese, Thai
    "tigil, itigil, ihinto, berhenti, hentikan, batal, batalkan, batalkan ini, dừng lại, "
    "hủy bỏ, huỷ bỏ, หยุด, หยุดครับ, "
    "หยุดค่ะ, หยุดเลย, ยกเลิก, ยกเลิกครับ, ยกเลิกค่ะ",
    # Chinese, Japanese, Korean
    "停止搜索, 停止搜尋, 停止查询, 停止查詢, 停止研究, 停止回答, 取消搜索, 取消搜尋, 取消查询, "
    "取消查詢, 取消任务, 取消任務, 取消请求, 取消請求, 取消问题, 取消問題, 不要查了, 不用查了, "
    "不要搜了, 不要继续, 不要繼續, 别继续了, 住手, 打住, 停, 停止, 停下, 停下来, 停下來, 停止吧, "
    "请停止, 請停止, 请停下, 请停, 取消, 取消吧, 请取消, 請取消, 取消它, 取消这个, 取消這個, "
    "中止, 终止, 終止, 别做了, 别查了, 别搜了, 别说了, 別查了, 止めて, やめて, とめて, やめろ, "
    "やめ, 止まれ, 止まって, ストップ, ストップして, 中止, 中止して, 停止して, 中断, 中断して, "
    "終了, 終了して, キャンセル, キャンセルして, 取り消し, 取り消して, 取消して, 止めてください, "
    "やめてください, とめてください, 止まってください, 中止してください, 停止してください, "
    "中断してください, 終了してください, キャンセルで, キャンセルでお願いします, 中止で, "
    "ストップしてください, ストップお願いします, 検索中止, 検索を止めて, 検索を中止, "
    "検索を中止して, 調査を中止, 調査を中止して, キャンセルしてください, 取り消してください, "
    "中止お願いします, キャンセルお願いします, 멈춰, 멈춰줘, 멈춰라, 멈춰주세요, 멈추세요, 그만, "
    "그만해, 그만해줘, 그만하세요, 그만해주세요, 중지, 중지해, 중지해줘, 중지해주세요, 중단, "
    "중단해, 중단해줘, 중단해주세요, 취소, 취소해, 취소해줘, 취소해주세요, 취소해 주세요, "
    "멈춰 주세요, 그만해 주세요, 정지, 스톱, 그만둬, 그만둬줘, 그만두세요, 중단해 주세요, "
    "중지해 주세요, 정지해, 정지해주세요, 검색 중지, 검색 취소, 검색 중단, 질문 취소",
)
DROPPING = "forget, ignore, disregard, scrap, scratch, drop, skip"
WHAT_IS_DROPPED = (
    "it, that, this, me, my question, the question, that question, this question, "
    "my last question, the last question, my message, that message, this message, "
    "my last message, the last message, my previous message, my request, that request, "
    "the last one, that last one, this one, that one, the above, all of that"
)
LOOSE = (
    "not necessary, not necessary anymore, don't need it, don't need it anymore, "
    "i don't need it anymore, i don't need it, don't need this anymore, i don't need this, "
    "no longer relevant, not relevant anymore, wait a min, one sec, one moment, just a sec, "
    "just a moment, i found it already, already found it, already solved, already answered, "
    "quiet, silence, shh, leave us alone, not you, wasn't talking to you, i wasn't talking to you, "
    "not for you, this is not for you, not the bot",
    "lass mal, lass stecken, brauche ich nicht mehr, erledigt danke, warte kurz, moment, "
    "moment mal, einen moment, sei still, halt die klappe, pas besoin, plus besoin, "
    "c'est bon laisse, un instant, une seconde, un moment, tais toi, chut, ya no, "
    "espera un momento, un momento, cállate, espera aí, um momento, aspetta un attimo, un attimo, "
    "wacht even, strunt samma, vänta lite, bir saniye, уже не нужно, минуту, секунду, замолчи, "
    "لا داعي, לא צריך, לא חשוב, רגע, tunggu sebentar, không cần, chờ chút, รอก่อน, ไม่ต้องแล้ว, "
    "不用, "
    "稍等, 等会儿, 闭嘴, もういいよ, やっぱいいや, 少々お待ちください, うるさい, "
    "아니 됐어, "
    "필요없어요, 필요 없습니다, 기다려요, 잠깐, 잠깐만요, 잠시만요, 신경쓰지마",
    "never mind, nevermind, nvm, nvmd, nm, never mind that, never mind this, never mind me, "
    "never mind this one, nevermind that, nevermind this, never mind my question, "
    "never mind the question, never mind this question, forget about it, forget about that, "
    "forget about this, forget i asked, forget what i asked, ignore, disregard, leave it, "
    "leave it be, pause, pause it, pause this, no need, no need to answer, give up, give it up, "
    "undo, undo that, undo this, take it back, take that back, leave me alone, go away, "
    "not needed, no longer needed, not needed any more, no longer necessary, don't bother, "
    "do not bother, don't answer, don't answer that, do not answer, don't do that, don't do it, "
    "enough, that's enough, that is enough, kill, end, abandon, shut up, shut it, be quiet, wait, "
    "wait a, wait up, hold on, hang on, hold it, hold off, hold up, i changed my mind, "
    "changed my mind, i take it back, i take that back",
    "vergiss es, vergiss das, egal, ist egal, schon gut, nicht nötig, nicht mehr nötig, lass es, "
    "lass gut sein, lass das, hat sich erledigt, schon erledigt, warte, warten Sie, genug, "
    "basta così, così basta, laisse tomber, laissez tomber, oublie, oublie ça, oubliez ça, "
    "oubliez, tant pis, peu importe, pas la peine, plus la peine, laisse, ça suffit, attends, "
    "attendez, basta, olvídalo, olvida eso, déjalo, no importa, da igual, no hace falta, "
    "ya no hace falta, no pasa nada, espera, espere, deixa, deixa pra lá, deixa para lá, esquece, "
    "esqueça, esquece isso, não precisa, não precisa mais, lascia stare, lascia perdere, "
    "non importa, fa niente, non serve, non serve più, aspetta, laat maar, laat maar zitten, "
    "vergeet het, niet nodig, wacht, strunt i det, glöm det, vänta, glem det, vent litt, "
    "vent lidt, antaa olla, unohda, odota, nieważne, nie ważne, niepotrzebne, czekaj, poczekaj, "
    "to je jedno, nevadí, počkej, mindegy, hagyd, várj, nu contează, lasă, așteaptă, boş ver, "
    "boşver, gerek yok, bırak, bekle, δεν πειράζει, άστο, άσ' το, περίμενε",
    "неважно, не важно, забудь, забудьте, не надо, не нужно, уже не надо, подожди, подождите, "
    "погоди, хватит, достаточно, неважливо, не треба, досить, зачекай, छोड़ो, रहने दो, لا يهم, "
    "انسى, انسى الأمر, كفى, انتظر, לא משנה, עזוב, עזבי, מספיק, די, חכה, חכי, tidak jadi, "
    "nggak jadi, gak jadi, lupakan, lupakan saja, tunggu, thôi, ไม่เป็นไร, พอแล้ว, 算了, 算了吧, "
    "不用了, 不需要了, 不必了, 没事了, 沒事了, 等等, 等一下, 够了, 夠了, もういい, もういいです, "
    "やっぱりいい, やっぱりいいです, やっぱいい, 待って, 待ってください, ちょっと待って, "
    "ちょっと待ってください, 気にしないで, 気にしないでください, もう大丈夫です, 忘れて, "
    "忘れてください, 됐어, 됐어요, 됐습니다, 괜찮아 됐어, 필요없어, 필요 없어, 기다려, 기다려줘, "
    "기다려 주세요, 잠깐만, 신경 쓰지 마",
)

# --- mute, unmute, help -----------------------------------------------------------------

TO_MUTE = "it, this, that, here, thread, the thread, this thread, that thread, bot, the bot"
MUTE = (
    "mute, mute yourself, go mute",
    "stummschalten, sourdine, silenciar, 静音, ミュート, 음소거",
)
UNMUTE = ("unmute, unmute yourself, un mute", "取消静音, ミュート解除, 음소거 해제")
HELP = (
    "help, help me, i need help, need help, some help, usage, commands, how do i use you, "
    "how do you work, what can you do",
    "hilfe, aide, aidez moi, aide moi, ayuda, ayúdame, ajuda, aiuto, hjälp, hjelp, hjælp, pomoc, "
    "помощь, помоги, допомога, yardım, βοήθεια, مساعدة, עזרה, मदद, bantuan, 帮助, 幫助, 帮帮我, "
    "ヘルプ, 助けて, 도움말, 도와줘",
)
