"""Which messages are an order as a whole, and which only begin or end like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.keywords import LONGEST, match_keyword

STOPS = """
prekini | zaustavi! | otkaži | ustavi | prekliči | stój | спри | стій | aptur | atšaukti | peata
tühista | hættu | stanna | atura't | থামো | বাতিল করুন | நிறுத்து | ఆపు | itigil
stop | Stop | STOP! | stop. | stop… | stop?! | stop!!!!!! | *stop* | _stop_ | `stop` | "stop"
“stop” | stop stop | Stop, stop, STOP! | stop please | please stop | pls stop | plz stop
stop plz | stop pls! | please, stop | stop, please. | kindly stop | stop it | stop it!
please stop it | stop it please | stop that | stop this | stop now | stop right now
stop immediately | just stop | ok stop | okay, stop | no, stop | hey stop | oh stop | stop bot
bot stop | Threadline, stop | stop threadline | stop thanks | stop, thank you | thanks, stop
actually, stop | can you stop | can you stop? | could you stop please? | can you please stop it
could you please stop that now? | would you stop | will you stop | can we stop?
would you mind stopping? | you can stop | you can stop now, thanks | you may stop
you should stop | I want to stop | I'd like to stop | I would like you to stop | let's stop
let’s stop that | stop the run | stop this run | stop the search | stop the research
stop my question | stop everything | stop all | stop all of it | stop working
stop working on it | stop working on this | stop researching | stop searching | stop looking
stop running | stop what you're doing | stop what you’re doing please | stop answering
stop here | stop there | stop for now | stop already | stop asap | cancel | Cancel! | cancel it
cancel that | cancel this | please cancel | cancel please | cancel, please! | cancel the run
cancel this run | cancel my request | cancel the request | cancel the question
cancel my last question | cancel everything | cancel that last one | can you cancel?
can you cancel that | could you cancel this request please | I want to cancel
I'd like to cancel that | ok cancel | no cancel | abort | abort! | abort it | abort mission
abort the run | please abort | halt | halt! | quit | quit it | exit | terminate | terminate it
kill it | kill the run | end it | end this | !stop | !cancel | /stop | stop\\nplease | stop 🙏
🛑 | :octagonal_sign: | :octagonal_sign: stop | stop :pray: | ✋ stop | stop :pray::skin-tone-3:
stop — please | stop; | (stop) | [stop] | stop ^^ | «stop» | stopp | bitte stopp | stoppen
Bitte stoppen! | abbrechen | bitte abbrechen | Abbruch | brich ab | brich das ab
brich bitte ab | hör auf | Hör bitte auf! | hör auf damit | hoer auf | aufhören | halt
kannst du bitte aufhören? | Könntest du das bitte abbrechen? | stopp das | beenden
bitte beenden | stornieren | anhalten | nein, halt | Suche abbrechen | Danke, abbrechen | arrête
arrete | arrête ! | arrête ça | arrête s'il te plaît | Arrêtez, s’il vous plaît. | arrêter stp
annule | annuler | annule ça | annulez svp | stoppe | interromps | peux-tu arrêter ?
non, arrête | arrête tout | stop svp | stop, merci | tu peux arrêter | para | ¡para!
para por favor | por favor, para | parar | detén | detener | cancela | cancelar | cancela eso
cancélalo por favor | ¿puedes parar? | aborta | para ya | páralo | pare | pare por favor
cancelar por favor | cancela isso | você pode parar? | pode parar | interrompa | fermati | ferma
smetti | smettila | annulla | annulla per favore | puoi fermarti? | interrompi | ferma tutto
stop ermee | hou op | houd op alsjeblieft | annuleer | annuleren aub | kun je stoppen?
breek af | avbryt | avbryt tack | sluta | stoppa | stopp takk | afbryd | annuller tak | lopeta
peruuta kiitos | przestań | proszę przestań | anuluj | zatrzymaj się | przerwij | zastav
zruš to prosím | přestaň | állj | mégse | anulează te rog | oprește | dur | durdur lütfen
iptal | İptal et | İPTAL | iptal et lütfen | σταμάτα | ακύρωση παρακαλώ | στοπ | стоп | СТОП!
остановись, пожалуйста | отмена | отмени это | отменить | прекрати | скасуй
зупинись, будь ласка | रुको | कृपया रुको | रद्द करें | توقف | توقف من فضلك | إلغاء | עצור
בטל בבקשה | berhenti | tolong berhenti | batalkan | dừng lại | หยุด | ยกเลิก | 停 | 停止
停止！ | 请停止 | 取消 | 取消，谢谢 | 停下来 | 中止 | 止めて | やめて | 止めてください。
ストップ | キャンセル | キャンセルしてください | 中止してください | 停止して | 멈춰 | 그만
그만해 | 취소 | 취소해 주세요 | 중지
stop, cancel | cancel. Stop. | stop and cancel | stop / cancel | wait, stop | wait, cancel that
stop wait | no wait, cancel it | never mind, cancel | nevermind, stop | nvm stop | cancel nvm
cancel, never mind | stop, forget it | forget it, stop | enough, stop | ok enough. Stop!
stop stop cancel | stop. Now. Please! | my bad, cancel | wrong question, cancel | that's it, stop
stop, wrong question | stop, I found the answer | great, you can stop | perfect, stop, thanks
I said stop | I said cancel! | why don't you stop? | may I cancel? | we can stop
we should cancel | I'm cancelling this | cancelling this | stop search | cancel search
cancel task | cancel the last question | cancel last question | stop both | cancel both
cancel all runs | stop all my questions | cancel the previous one | stop the above | stop mine
stop the thread | stop processing | stop processing this | stop answering this | stop trying
stop asking | quit trying | quit researching | quit working on this | stop continuing
don't continue | do not continue, please | no need to continue | don't go on | discontinue
discontinue this | interrupt | interrupt the run | call it off | call off the search | abandon it
abandon the search | stoppp | STOPPPP | stoooop! | cancelll | cancle | cancell | cancle it | sotp
stpo | ⏹️ | :black_square_for_stop: | :stop_button: | stop ❤️ | stop ✋️ | ｓｔｏｐ | ＳＴＯＰ！
stop <3 | stop!!1 | stop :D | stopp!!11 | cancel, typo | stop, too expensive | make it stop | 停一下
stop, that's wrong | can u stop | schluss jetzt | キャンセルしたい | ⛔ | :no_entry: stop
stop wasting money
stoppez | stop tout | annule la demande | detente por favor | ferma la ricerca | no, para
no. pare | não, cancela | отмени запрос | остановите, пожалуйста | 停止搜索 | 取消搜索
不要查了 | やめて下さい | 止めて下さい。 | キャンセルで | 그만둬 | 중단해 주세요 | 취소, 취소
"""

LOOSE = """
never mind | Never mind. | nevermind | Nevermind! | nvm | NVM | nvm, thanks | oh never mind
never mind, thanks | actually never mind | no, never mind | never mind that
never mind my question | never mind, found it | nvm I found it | never mind, I figured it out
nevermind, wrong thread | nvm got it | forget it | forget that | please forget it
forget about it | forget my question | ignore that | ignore this | ignore my last message
scratch that | scrap that | drop it | leave it | skip it | no need | no need, thanks
not needed anymore | no longer needed | don't bother | dont bother | do not bother
don’t bother, thanks | don't answer | enough | that's enough | that’s enough, thank you
shut up | be quiet | I changed my mind | wait | Wait! | wait please | wait a minute | wait a sec
wait a second | wait, no | hold on | hold on a sec | hang on | pause | no wait | oh wait
ok wait | vergiss es | egal | schon gut, danke | nicht nötig | warte | warte mal | lass es
hat sich erledigt | laisse tomber | oublie | oublie ça | tant pis | peu importe | attends
attendez svp | pas la peine | olvídalo | no importa | da igual | espera | déjalo | deixa pra lá
esquece | lascia stare | aspetta | basta | laat maar | wacht | glöm det | glem det | nieważne
czekaj | mindegy | boş ver | неважно | не надо, спасибо | забудь | подожди | хватит | досить
לא משנה | لا يهم | tidak jadi | 算了 | 不用了，谢谢 | 等一下 | もういい | 待って | 気にしないで
됐어 | 기다려
disregard | disregard that | please disregard my last message | ignore | please ignore
ignore the last question | drop the question | drop this | skip the above | give up | undo that
take it back | leave me alone | go away | nm | never mind this one | basta così
not necessary | I don't need it anymore | already solved | one moment please | moment mal
not for you
brauche ich nicht mehr | pas besoin | un momento | 不用 | もういいよ | 잠깐만요 | уже не нужно
no need, all good | wait, never mind | all good, no need | sorry, nvm, found it
"""

SMALL_TALK = """
thanks | Thanks! | thank you | thx | ty | thanks a lot
many thanks!! | thank you so much 🙏 | cheers
thanks everyone | thanks, that helps | great, that helps | great
perfect 👌 | awesome, thank you both!
ok | OK! | k | okay thanks | ok got it | got it | noted, thanks | understood | makes sense
makes sense, thanks! | cool | nice | nice one! | wow | amazing!!
good bot | great work 👏 | well done
lol | haha | hahahaha | hmm | interesting | very helpful, thanks | that's great | good to know
all good | sounds good | you're right | ah no, you're right | no thanks | sorry | my bad | bye
see you tomorrow! | good night | 👍 | 👍👍🏽 | 🎉🎉 | 😂 | :+1: | :tada: :tada: | 🙏 | ❤️ | +1 | ^^
Danke | Danke! 😊 | vielen Dank | Super, vielen Dank! | Alles klar | alles klar, danke dir | passt
perfekt | top 👍 | klasse | gut zu wissen | merci | Merci beaucoup ! | d'accord, merci | parfait
gracias | ¡Muchas gracias! | mil gracias!! | vale | vale, gracias | perfecto | genial | muy útil
obrigada! | obrigado | valeu | beleza | grazie mille
va bene, grazie | perfetto | bedankt | dank je wel
tack så mycket | tusen takk | kiitos | dziękuję | dzięki! | díky
köszönöm | mulțumesc | teşekkürler
tamam | ευχαριστώ | спасибо | спасибо большое! | понятно | дякую | धन्यवाद | شكرا جزيلا | תודה רבה
terima kasih | cảm ơn | ขอบคุณครับ | 谢谢 | 谢谢！ | 好的 | 好的，谢谢 | 明白了
辛苦了 | ありがとう
ありがとうございます！ | 了解です | 助かりました！ | なるほど | すごい | 고마워요 | 감사합니다
네 감사합니다
알겠습니다
thaaanks | thankss | thx!!1 | thx!!11 | okayyy | coool | woww | niceee | thanx | thanks bro | :)
:D
;) | xD | <3 | thanks :D | lol xD | T_T | -_- | 괜찮아요 | +1 👍 | +1, thanks | o7 | 👍🏿
:pray::skin-tone-4:
:party-parrot: | thanks for the explanation | thanks for looking into this | useful, thanks
that's really helpful | what a great answer | excellent answer | that's exactly what I needed
you’re a lifesaver | good question | I found it | wrong thread | that's fine | solved, thanks | done
nothing else, thanks | correct | that's right | it works | omg thanks | I understand | happy friday
danke für die Hilfe | das hilft mir weiter | gute Antwort | alles gut | stimmt | kein Problem
merci pour la réponse | c'est bon, merci | très clair | de rien | gracias por la ayuda | jajaja
buena respuesta | entiendo | obrigado pela ajuda | tudo certo | grazie per l'aiuto | ho capito
helder, bedankt | tack för hjälpen | tusind tak | kiitos avusta | dzięki za pomoc | děkuji moc
köszi szépen | am înțeles | çok sağol | ωραία | hvala | благодаря | aitäh | спасибо за помощь
все понятно | щиро дякую | बहुत बहुत धन्यवाद | شكراً | فهمت | סבבה תודה | makasih banyak
cảm ơn bạn
ขอบคุณนะ | 谢谢啦 | 原来如此 | 哈哈哈 | はい、ありがとうございます | 勉強になりました
네, 알겠습니다 | 감사합니다~ | ㅋㅋㅋ
thanks @someone | thanks @ada and @bob, great! | @here thanks | > who?\\nthanks | > so it is\\n👍
"""

GREETINGS = """
hi | Hi! | hello | hey there | good morning | Hello 👋 | hi bot
hallo | Moin! | Guten Morgen | bonjour
¡hola! | buenos días | olá | ciao | hej | cześć | merhaba | привет
你好 | こんにちは | 안녕하세요 | test | ping | heyy | helloo | hiii | just testing this
hallo Leute
comment ça va | buen día | come va | привет всем | صباح الخير | 下午好 | テスト | 좋은 아침
hi @someone
@someone | @ada @bob?
"""

ABOUT_US = """
help | Help! | help me please | can you help me? | what can you do?
who are you? | how do you work?
are you a bot? | are you there? | hi, what can you do?
hello, who are you? | Hilfe | Hallo, was kannst du?
ayuda | ¿qué puedes hacer?
are you an AI? | what's your name? | can I ask you a question? | I have a question
kannst du mir helfen?
tu peux m'aider ? | necesito ayuda | puoi aiutarmi? | ты кто? | 怎么用？ | どうやって使うの？
도와주세요
aide | que peux-tu faire ? | 使い方 | ヘルプ | 何ができますか？ | 帮助 | 你能做什么 | 도움말
"""

STATUS = """
status | Status? | what's the status? | progress | are you done yet? | how far are you? | done yet?
still working on it? | wie weit bist du? | estado | 進捗は？ | 状态
any progress? | are you stuck? | what's taking so long? | schon fertig? | ça avance ? | сколько ещё?
好了吗？ | 終わった？ | 끝났어?
any update? | Any updates? | update? | any updates on this, please? | any luck? | anything yet?
did you find anything? | how much longer? | still waiting… | bump | hurry up! | gibt's was Neues?
du nouveau ? | ¿alguna novedad? | есть новости? | 有进展吗？ | 進展は？ | 소식 있어?
"""

FORGET = """
forget this thread | please forget this thread | forget everything | delete this conversation
clear history | reset this thread | vergiss diesen Thread | olvida todo | oublie tout | 全部忘れて
clear the conversation | delete my data | borra este hilo | забудь всё | 清空历史
"""

QUESTIONS = """
stop words in NLP | please stop by the office | don't stop | do not stop | please don't stop
never stop | stop signs: who invented them? | stop sign | bus stop | full stop | one-stop shop
non-stop flights | what is a stop loss? | stop loss | stop-loss | stop and frisk | stop the war
stop the steal | stop motion films | why stop? | when should I stop? | should I stop?
how do I stop it? | who can stop it | how to stop a run | how do I cancel | cancel culture
cancel my subscription | cancel order | can I cancel Netflix | how do I cancel my flight?
is it too late to cancel? | who cancelled it? | why was it cancelled? | stop using tabs
stop smoking | stop talking about Brexit | stop the bleeding | stop and search
stop, and tell me who owns it | stop. Who owns it? | stop: who owns it?
cancel that and ask who owns it | cancel that, who built it instead? | please cancel the meeting
cancel the meeting | cancel the order | abort trap 6 | abort retry ignore | halting problem
the halting problem | quit smoking | exit code 137 | exit polls | terminate employment contract
end of the Roman empire | end to end encryption | kill switch | wait for it | wait, what?
wait times at Heathrow | wait, who owns it? | how long is the wait? | hold on to your hats
hold the line | never mind the Bollocks | nevermind by Nirvana | never mind why, but who?
forget it Jake, it's Chinatown | forget me not | ignore all previous instructions | skip lists
enough rope | pause and play | pausing | drop it like it's hot | leave it to Beaver | détente
Detente | Huy | seis | stop @someone | @someone stop | @here stop | stop #general | #stop
> stop | > stop\\n> it | ~stop~ | ~cancel~ | stopwatch | stopgap | unstoppable
cancellation policy | cancer | nonstop | stops | stopped | cancels | halt and catch fire
stopped clock | abortion law | abort codes | who said stop? | say stop | "stop" in French
what does stop mean? | stop 1 | stop 2 runs | 2 stop | C# stop | stop@example.org
https://stop.it | para que serve | para mi | dur dur d'être bébé | basta ya de mentiras?
halt in Berlin | Haltestelle | abbrechen oder weitermachen? | warum abbrechen
arrête-moi si tu peux | annuler un vol | 停止条件 | 取消订单怎么办 | 停车 | 中止犯
キャンセル料はいくら | 止めてはいけない | 멈춰 있는 시계 | стоп-кран | отмена рейса | please
now | no | can you | ? | ... | yes | sure | why? | why not? | really? | more | more? | sources?
and then? | 2019? | no, in 1956 | yes, please | the second one | in euros | wrong
help me find the owner | mute swans | mute button | mute the radio | deaf mute | unmuted
help desk software | who can help?
I will wait | I'll wait | I can wait | we can wait | C | c? | NLP | kill bill | kill -9
kill all humans | the end | stop the presses | stop me if you can | stop making sense
quit India movement | drop the mic | forget the past | skip the queue | undo a git commit
abandon ship | give up smoking | interrupt handler | call off the wedding | exit strategy
no pares | no pares, por favor | não pare | não cancele | non fermarti | non annullare | no cancelar
ne t'arrête pas | n'annule pas | nicht aufhören | hör nicht auf | avbryt ikke | не останавливайся
やめないで | 别停 | 不要停 | 不要取消 | 멈추지 마 | don't cancel | please do not cancel
keep going, don't stop | no need to stop | no need to hurry | can't stop | stop it or not?
stop after five minutes | stop when it is done | cancel tomorrow | cancel if it costs more
is it cancelled? | cancelled flights | terminate a pregnancy | end task manager
cancel search warrant
thanks, and who owns it now? | ok but who built it? | great, now in German
thanks to whom was it built? | thank you letter for a colleague | thanks giving | ok google
what is OK short for? | cool, how? | nice in France | nice weather in Nice? | perfect numbers
interesting, but who paid? | danke, und wer hat es gebaut? | ¿gracias a quién? | merci qui ?
ありがとうの語源は？ | 好的方法是什么 | 👍 or 👎? | why 😂 | lol what? | hi, who owns it?
hello world in Rust | good morning America | what can you do about mildew? | who are you voting for
who are you, Polity? | are you a bot or a person, legally? | test coverage in Python | ping of death
how does this work in Germany? | what is this? | what's this? | how does it work?
how does this work? | how long will it take? | any news? | updated when? | any update on Brexit?
legal? | about? | status of Brexit | status code 404 | progress in fusion
forget this thread of thought: who owns it?
delete this thread from Reddit | reset everything in Git
true? | really true? | right? | that's correct? | done? | stimmt? | exacto? | верно? | useful?
XP | 8) | x3
1+1 | God? | Bonn | Finn | Hell | Hall | boot | thank you card | a beautiful mind
da
perfect information | thanks @someone, who owns it? | > thanks | > who?\\nwhy? | thanks #general
@someone who? | wait for the train | this is a stop sign | stop!!1 of what | useful plants | Cu
git
clear history of Safari | bye bye birdie | sorry for what?
"""

#: Taken for small talk, but perhaps a question: a city, a company, tomorrow.
DOUBTFUL = """
Nice? | Vale? | Morgen? | Super? | interesting? | ok? | ok, and? | thanks, and? | all good?
makes sense? | agreed? | 👍? | 🇩🇪? | bien ? | ¿listo? | Класс? | 好吧？ | تمام؟
klar?
thanks @someone? | good enough? | egal? | enough?
"""
CERTAIN = """
Nice! | ok. | ok, stop? | stop?! | can you wait? | could you forget it? | help? | Status?
who are you?
"""


def rows(table: str) -> list[str]:
    return [
        each.strip().replace("\\n", "\n")
        for each in table.replace("\n", "|").split("|")
        if each.strip()
    ]


@pytest.mark.parametrize("text", rows(STOPS))
def test_stop_keywords_are_recognized(text: str) -> None:
    found = match_keyword(text)
    assert found
    assert found.keyword is Keyword.STOP


@pytest.mark.parametrize("text", rows(LOOSE))
def test_an_order_that_people_also_say_to_one_another(text: str) -> None:
    found = match_keyword(text)
    assert found
    assert (found.keyword, found.loose) == (Keyword.STOP, True)


@pytest.mark.parametrize("text", ["stop", "please stop", "cancel that", "abort", "bitte abbrechen"])
def test_stop_and_cancel_mean_whoever_is_at_work(text: str) -> None:
    found = match_keyword(text)
    assert found
    assert not found.loose


@pytest.mark.parametrize("text", rows(QUESTIONS))
def test_questions_are_no_commands(text: str) -> None:
    assert match_keyword(text) is None


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("mute", Keyword.MUTE),
        ("Mute!", Keyword.MUTE),
        ("please mute this thread", Keyword.MUTE),
        ("mute yourself", Keyword.MUTE),
        ("unmute", Keyword.UNMUTE),
        ("please unmute the thread", Keyword.UNMUTE),
    ],
)
def test_other_keywords_are_recognized(text: str, keyword: Keyword) -> None:
    found = match_keyword(text)
    assert found
    assert found.keyword is keyword


@pytest.mark.parametrize(
    ("table", "keyword"),
    [
        (SMALL_TALK, Keyword.THANKS),
        (GREETINGS, Keyword.GREETING),
        (ABOUT_US, Keyword.HELP),
        (STATUS, Keyword.STATUS),
        (FORGET, Keyword.FORGET),
    ],
)
def test_small_talk_and_help_are_recognized(table: str, keyword: Keyword) -> None:
    taken = {text: match_keyword(text) for text in rows(table)}
    assert {text: found and found.keyword for text, found in taken.items()} == dict.fromkeys(
        taken, keyword
    )


def test_small_talk_with_a_question_mark_may_be_a_question() -> None:
    for table, doubtful in ((DOUBTFUL, True), (CERTAIN, False)):
        taken = {text: match_keyword(text) for text in rows(table)}
        assert {text: found and found.doubtful for text, found in taken.items()} == dict.fromkeys(
            taken, doubtful
        )


def test_an_order_beside_thanks_is_an_order() -> None:
    for text in ("thanks, stop", "ok stop it 👍", "great, you can stop"):
        assert match_keyword(text) == match_keyword("stop")
    assert match_keyword("thanks, mute") == match_keyword("mute")


ORDERS = rows(STOPS)
AROUND = st.sampled_from(
    ["", " ", "\n", "!", "?", "…", "*", "_", '"', " 🙏", " :pray:", ".", " ^^ "]
)


@given(st.sampled_from(ORDERS), AROUND, AROUND)
def test_punctuation_and_emoji_change_nothing(text: str, before: str, after: str) -> None:
    assert match_keyword(f"{before}{text}{after}") == match_keyword(text)


POLITE = ["please", "pls", "bitte", "svp", "por favor", "thanks", "ok", "now", "just"]


@given(st.sampled_from(ORDERS), st.sampled_from(POLITE), st.booleans())
def test_a_courtesy_at_either_end_changes_nothing(text: str, polite: str, first: bool) -> None:
    said = f"{polite} {text}" if first else f"{text} {polite}"
    assert match_keyword(said) == match_keyword(text)


@given(st.sampled_from(ORDERS), st.sampled_from(["Berlin", "why", "owns", "NLP", "office", "7"]))
def test_any_other_word_makes_it_a_question(text: str, word: str) -> None:
    assert match_keyword(f"{text} {word}") is None
    assert match_keyword(f"{word} {text}") is None


@given(st.text(max_size=LONGEST + 50))
def test_any_text_can_be_matched(text: str) -> None:
    match_keyword(text)


@given(st.sampled_from(ORDERS))
def test_a_long_text_is_no_command(text: str) -> None:
    assert match_keyword(f"{text} {'please ' * LONGEST}") is None
