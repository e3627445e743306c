"""The words of orders, courtesies and small talk, as people write them in chats, in many languages.

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
    "can you, could you, would you, will you, can we, could we, can i, may i, i want to, "
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
    # Indonesian, Vietnamese, Thai
    "berhenti, hentikan, batal, batalkan, batalkan ini, dừng lại, hủy bỏ, huỷ bỏ, หยุด, หยุดครับ, "
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

# --- small talk -------------------------------------------------------------------------

#: What stands beside thanks and praise, and says nothing by itself.
BESIDE_THANKS = (
    "both, all, team, all of you, again, folks, very, really, super, so far, for that, for this, "
    "for the help, for your help, for the answer, for looking, for checking, everybody, "
    "mate, friend, buddy, my friend, a bunch, a million, a ton, tons, heaps, loads, "
    "alle, allen, euch, dir, schon mal, nochmal, à tous, à toi, a todos, a ti, a tutti, a todos"
)
THANKS = (
    "thanks, thank you, thank u, thankyou, thx, thnx, tnx, ty, tysm, tyvm, tks, ta, cheers, "
    "thanks a lot, many thanks, big thanks, huge thanks, special thanks, a thousand thanks, "
    "1000 thanks, no thanks, no thank you, much appreciated, appreciated, appreciate it, "
    "i appreciate it, appreciate that, grateful, you rock, you're the best, you are the best, "
    "you're awesome, you are awesome, you're great, good bot, nice bot, great bot, best bot, "
    "love this bot, good job, nice job, great job, well done, good work, nice work, great work, "
    "good answer, nice answer, great answer, perfect answer, good stuff, great stuff, nice one, "
    "good one, great one, bravo, kudos, congrats, congratulations, chapeau",
    "ok, okay, okey, oki, okie, okk, k, kk, okay then, ok then, alright, all right, all good, "
    "roger, roger that, copy that, noted, understood, got it, gotcha, i got it, i see, "
    "makes sense, "
    "that makes sense, this makes sense, fair, fair enough, fair point, good point, good to know, "
    "sounds good, sounds great, looks good, looks great, lgtm, works for me, will do, agreed, "
    "i agree, exactly, absolutely, indeed, yup ok, cool, cool cool, great, perfect, awesome, "
    "amazing, excellent, nice, very nice, neat, sweet, brilliant, wonderful, fantastic, superb, "
    "impressive, fine, good, very good, lovely, love it, love this, i love it, i like it, like it, "
    "wow, whoa, woah, yay, woohoo, hooray, boom, interesting, very interesting, fascinating, "
    "helpful, very helpful, that helps, this helps, that helped, this helped, it helps, it helped, "
    "that's helpful, this is helpful, that was helpful, that's great, this is great, that's good, "
    "this is good, that's perfect, this is perfect, that's awesome, this is awesome, "
    "that's amazing, this is amazing, that's nice, that's cool, that's interesting, "
    "this is interesting, exactly what i needed, just what i needed, what i needed, "
    "that's what i needed, that's all, that is all, that's all i needed, that answers it, "
    "that answers my question, you're right, you are right, ah you're right, oh you're right, "
    "ah no you're right, my bad, sorry, no worries, no problem, np, you're welcome, yw, "
    "lol, lmao, rofl, haha, hahaha, hahahaha, hehe, ha, ha ha, hmm, hm, oh, ah, aha, oops, ups, "
    "bye, bye bye, goodbye, see you, see ya, see you later, see you tomorrow, good night, "
    "have a nice day, have a good day, take care",
    "danke, dankeschön, danke schön, danke sehr, danke dir, danke euch, vielen dank, "
    "herzlichen dank, besten dank, tausend dank, lieben dank, merci vielmals, nein danke, "
    "alles klar, klar, passt, passt so, super, supi, prima, klasse, toll, spitze, perfekt, "
    "sehr gut, gut, sehr schön, schön, genau, verstanden, verstehe, achso, ach so, aha, "
    "interessant, sehr interessant, hilfreich, sehr hilfreich, das hilft, das hilft mir, "
    "hat geholfen, gut zu wissen, gute arbeit, gut gemacht, stark, top, geil, krass, wahnsinn, "
    "tschüss, bis später, bis morgen, gute nacht, schönen tag",
    "merci, merci beaucoup, merci bien, mille mercis, grand merci, un grand merci, non merci, "
    "d'accord, dac, ça marche, entendu, compris, parfait, génial, super, excellent, "
    "très bien, bien, bien joué, bon travail, intéressant, très intéressant, c'est noté, noté, "
    "top, nickel, ça aide, utile, très utile, au revoir, à demain, bonne nuit, bonne journée",
    "gracias, muchas gracias, mil gracias, muchísimas gracias, no gracias, vale, vale gracias, "
    "de acuerdo, entendido, perfecto, genial, estupendo, excelente, buenísimo, muy bien, bien, "
    "bueno, guay, qué bien, interesante, muy interesante, útil, muy útil, buen trabajo, "
    "claro, listo, adiós, hasta luego, hasta mañana, buenas noches",
    "obrigado, obrigada, muito obrigado, muito obrigada, brigado, brigada, valeu, não obrigado, "
    "não obrigada, certo, entendi, entendido, perfeito, ótimo, excelente, beleza, "
    "muito bom, muito bem, bom trabalho, interessante, tchau, até logo, até amanhã, boa noite",
    "grazie, grazie mille, molte grazie, mille grazie, tante grazie, no grazie, va bene, capito, "
    "perfetto, ottimo, eccellente, fantastico, bene, molto bene, bravo, bravissimo, interessante, "
    "utile, molto utile, d'accordo, arrivederci, a domani, buona notte",
    "bedankt, dank je, dank je wel, dankjewel, dank u, dank u wel, hartelijk dank, "
    "heel erg bedankt, "
    "nee bedankt, oké, prima, perfect, geweldig, mooi, goed, heel goed, duidelijk, begrepen, "
    "interessant, handig, top, tot ziens, tot morgen, tack, tack så mycket, tusen tack, toppen, "
    "bra, jättebra, takk, tusen takk, mange takk, flott, tak, mange tak, super, fint, kiitos, "
    "paljon kiitoksia, hyvä, selvä, hienoa, kiitti",
    "dzięki, dzięki wielkie, wielkie dzięki, dziękuję, dziękuję bardzo, bardzo dziękuję, dobrze, "
    "super, świetnie, rozumiem, jasne, díky, děkuji, moc děkuji, dobře, výborně, jasně, rozumím, "
    "köszönöm, köszi, köszönöm szépen, rendben, oké, szuper, mulțumesc, mulțumesc mult, mersi, "
    "teşekkürler, teşekkür ederim, çok teşekkürler, sağ ol, sağol, sağ olun, tamam, anladım, "
    "harika, süper, güzel, çok iyi, ευχαριστώ, ευχαριστώ πολύ, τέλεια, εντάξει",
    "спасибо, большое спасибо, спасибо большое, спс, благодарю, понятно, понял, поняла, ясно, "
    "хорошо, отлично, супер, класс, круто, здорово, ок, окей, полезно, дякую, дуже дякую, "
    "зрозуміло, добре, чудово, धन्यवाद, बहुत धन्यवाद, शुक्रिया, ठीक है, बहुत अच्छा, شكرا, "
    "شكرا جزيلا, شكرا لك, تمام, حسنا, ممتاز, رائع, תודה, תודה רבה, מעולה, מצוין, בסדר, הבנתי, "
    "terima kasih, terima kasih banyak, makasih, oke, baik, bagus, mantap, cảm ơn, cảm ơn nhiều, "
    "được rồi, tốt, tuyệt vời, ขอบคุณ, ขอบคุณครับ, ขอบคุณค่ะ, ขอบคุณมาก, โอเค",
    "谢谢, 謝謝, 谢谢你, 謝謝你, 谢谢您, 多谢, 多謝, 非常感谢, 非常感謝, "
    "感谢, 感謝, 辛苦了, 好, 好的, "
    ""
    "好吧, 明白, 明白了, 知道了, 了解, 收到, 太好了, 太棒了, 很好, 不错, 不錯, 厉害, 厲害, 赞, 讚, "
    "ありがとう, ありがとうございます, ありがとうございました, どうもありがとう, "
    "どうもありがとうございます, どうも, サンキュー, 感謝します, 助かります, 助かりました, 助かる, "
    "了解, 了解です, 了解しました, りょうかい, 承知しました, 承知です, わかりました, 分かりました, "
    "わかった, なるほど, なるほどです, いいね, いいですね, すごい, すごいです, 素晴らしい, "
    "素晴らしいです, さすが, 完璧, 完璧です, おつかれさま, お疲れ様, お疲れ様です, "
    "お疲れ様でした, おやすみ, オッケー, オーケー, 고마워, 고마워요, 고맙습니다, 감사합니다, "
    "감사해요, 정말 감사합니다, 네 감사합니다, 알겠습니다, 알겠어요, 알았어, 좋아, 좋아요, 좋네요, "
    "완벽해요, 대박, 수고하셨습니다, 도움이 됐어요, 도움이 되었습니다",
)
GREETINGS = (
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
ABOUT_US = (
    "who are you, what are you, what is this bot, what do you do, "
    "what can you do for me, what can you do for us, what can i ask, what can i ask you, "
    "what can we ask you, how can you help, how can you help me, how do i use this, "
    "how do i use this bot, how do we use you, how to use you, "
    "how does this bot work, tell me about yourself, "
    "introduce yourself, are you a bot, are you there, are you here, are you alive, are you up, "
    "are you awake, are you working, do you work, anyone there, anybody there, is anyone there, "
    "show help, show commands, list commands, what commands are there, "
    "what's your name, what is your name",
    "wer bist du, was bist du, was kannst du, was kannst du tun, was kannst du alles, "
    "was machst du, wie funktionierst du, wie benutze ich dich, "
    "wie benutzt man dich, bist du da, anleitung, qui es tu, que peux tu faire, "
    "que sais tu faire, comment tu marches, tu es là, quién eres, "
    "qué puedes hacer, qué sabes hacer, cómo funcionas, cómo te uso, estás ahí, "
    "quem é você, o que você faz, o que você pode fazer, chi sei, cosa puoi fare, "
    "cosa sai fare, come funzioni, wie ben je, wat kan je, wat kun je, "
    "wat kun je doen, kim jesteś, co potrafisz, co umiesz, "
    "kimsin, ne yapabilirsin, nasıl çalışıyorsun, кто ты, что ты умеешь, что ты можешь, "
    "你是谁, 你是誰, 你能做什么, 你会什么, 你會做什麼, 如何使用, "
    "使い方, 使い方は, 使い方を教えて, 使い方を教えてください, 何ができる, 何ができますか, "
    "あなたは誰, あなたは誰ですか, 너는 누구야, 누구세요, 뭐 할 수 있어, 무엇을 할 수 있나요, "
    "사용법, 어떻게 사용해요",
)
STATUS = (
    "status, the status, current status, status report, status update, what's the status, "
    "what is the status, show status, progress, what's the progress, progress report, "
    "how far are you, how far along are you, are you still working, are you still working on it, "
    "still working on it, are you working on it, what are you working on, what are you doing, "
    "what's running, what is running, are you done, are you done yet, are you finished, done yet, "
    "how long until it's done, "
    "wie weit bist du, wie ist der stand, stand der dinge, läuft noch was, bist du fertig, "
    "arbeitest du noch, wie lange noch, statut, où en es tu, tu as fini, "
    "estado, cómo vas, ya terminaste, estado actual, stato, a che punto sei, "
    "状态, 进度, 進度, ステータス, 状況, 状況は, 進捗, 進捗は, まだですか, 상태, 진행 상황",
)
FORGETTING = "forget, delete, clear, erase, wipe, reset, remove"
WHAT_IS_FORGOTTEN = (
    "this thread, the thread, that thread, this conversation, the conversation, this chat, "
    "the chat, everything, everything here, everything in this thread, all of this, all this, "
    "the history, history, this history, your memory, the context, context, our conversation, "
    "what i said, everything i said"
)
FORGET = (
    "forget thread, clear context, clear history, reset thread, "
    "vergiss diesen thread, vergiss alles, vergiss dieses gespräch, lösche diesen thread, "
    "lösche den verlauf, oublie ce fil, oublie tout, oublie cette conversation, "
    "olvida este hilo, olvida todo, olvida esta conversación, esqueça tudo, esquece tudo, "
    "dimentica tutto, dimentica questa conversazione, 忘记这个对话, 忘记一切, 清除历史, "
    "このスレッドを忘れて, 全部忘れて, 履歴を消して, 이 스레드 잊어줘, 다 잊어줘",
)
