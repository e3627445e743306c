"""A day of a real channel: what people write, and what each message is to be taken for.

A scene is a thread, a direct message or talk in the channel. A line is ``who | what they write or
do | what it is to be taken for``:

- ``@bot``, ``@ada``: mentions. ``(edits) …``, ``(deletes)``, ``(forwards) …``, ``(notes.pdf) …``
  instead of writing a message; an edit or a deletion is of that person's latest message there.
- *question*: a paid run, answered before the next line; *question, goes on*: one left running.
- *thanks*: a reaction, nothing else. *help*, *doubtful*, *status*, *kept*, *command*, *nothing to
  stop*: a word in the thread. *stop*, *mute*, *unmute*: an order carried out. *nothing*: left
  alone.
"""

from __future__ import annotations

SCENES = {
    "The canal": """
ada  | @bot who owns the Suez Canal, and since when?             | question
bob  | thanks!                                                   | thanks
bob  | and who built it?                                         | question
ada  | 👍                                                        | thanks
cleo | ok, and what does a passage cost today?                   | question
ada  | great, that helps                                         | thanks
bob  | @cleo is that in dollars?                                 | nothing
cleo | @bob yes, I think so                                      | nothing
cleo | @bot in euros?                                            | question
bob  | thanks @cleo, great!                                      | nothing
ada  | // let's keep this thread for the report                  | nothing
ada  | aside: I'll be in the meeting until three                 | nothing
bob  | which ships may not pass?                                 | question
bob  | why?                                                      | question
bob  | thank you so much 🙏                                      | thanks
""",
    "Wind": """
emil | @bot Vergleiche die drei größten Hersteller von Windrädern | question
sofia| danke                                                     | thanks
emil | Und wie viele Leute arbeiten dort?                        | question
emil | Super, vielen Dank!                                       | thanks
emil | Danke, und welche davon sind profitabel?                  | question
sofia| ¿Y en España?                                             | question
sofia| ¡Muchas gracias!                                          | thanks
sofia| gracias, pero ¿cuál es el más barato?                     | question
emil | ok                                                        | thanks
emil | Alles klar                                                | thanks
ada  | perfect 👌                                                | thanks
emil | Nochmal genauer: Umsatz 2024 je Hersteller                | question
emil | @sofia kannst du das in die Folien nehmen?                | nothing
sofia| @emil claro                                               | nothing
sofia| vale                                                      | thanks
""",
    "Batteries": """
dai  | @bot EUの電池規則で今年何が変わりましたか？                         | question
dai  | ありがとうございます                                           | thanks
dai  | 日本企業への影響は？                                           | question
ada  | What about imports from Japan?                            | question
dai  | 了解です                                                     | thanks
dai  | ありがとう、いつから適用されますか？                                 | question
ada  | thx                                                       | thanks
ada  | 🎉🎉                                                      | thanks
dai  | 詳しく                                                      | question
dai  | 助かりました！                                                | thanks
""",
    "Talk in the channel": """
ada  | good morning everyone                                     | nothing
bob  | morning ☕                                                | nothing
cleo | who is in the office today?                               | nothing
emil | Ich, ab zehn                                              | nothing
sofia| yo también                                                | nothing
bob  | @ada can you look at the invoice?                         | nothing
ada  | @bob sure, after lunch                                    | nothing
dai  | おはようございます                                            | nothing
cleo | stop sending me memes 😂                                  | nothing
bob  | never                                                     | nothing
ada  | lunch?                                                    | nothing
cleo | https://example.org/menu                                  | nothing
emil | (menu.pdf) today's menu                                   | nothing
sofia| thanks!                                                   | nothing
bob  | /remind me at 5                                           | nothing
ada  | the bot is great, isn't it?                               | nothing
dai  | はい                                                       | nothing
bob  | help, the printer is on fire                              | nothing
cleo | cancel the 3 pm meeting please                            | nothing
ada  | (edits) lunch at one?                                     | nothing
bob  | (deletes)                                                 | nothing
emil | status?                                                   | nothing
""",
    "Talk in a thread": """
bob  | who has the key to the archive?                           | nothing
ada  | I do                                                      | nothing
bob  | thanks!                                                   | nothing
cleo | stop, I need it first                                     | nothing
ada  | 👍                                                        | nothing
""",
    "Hello": """
cleo | @bot hi                                                   | help
cleo | hello?                                                    | nothing
""",
    "What can you do": """
sofia| @bot what can you do?                                     | help
sofia| @bot what is the best time to sow tomatoes?               | question
ada  | hi                                                        | thanks
sofia| and when do I harvest them?                               | question
sofia| nice one!                                                 | thanks
""",
    "Help": """
bob  | @bot help me                                              | help
""",
    "Hallo": """
emil | @bot Hallo, was kannst du?                                | help
emil | @bot Was kann man gegen Mehltau tun?                      | question
emil | hilft Backpulver?                                         | question
emil | Hilfe                                                     | help
""",
    "Hola": """
sofia| @bot ¡hola!                                               | help
""",
    "Konnichiwa": """
dai  | @bot こんにちは                                               | help
dai  | @bot 使い方                                                  | help
dai  | @bot 富士山の高さは？                                          | question
""",
    "Thanks by mention": """
ada  | @bot how tall is the Eiffel Tower?                        | question
ada  | @bot thanks!                                              | thanks
ada  | @bot great work 👏                                        | thanks
ada  | @bot thanks. How tall was it in 1889?                     | question
bob  | wow                                                       | thanks
bob  | interesting                                               | thanks
bob  | interesting, but who paid for it?                         | question
bob  | I doubt that the city paid all of it                      | question
""",
    "Commands": """
bob  | @bot /processor pro                                       | command
bob  | @bot who makes the best espresso grinders?                | question
bob  | /processor me lite                                        | command
bob  | what does a processor cost in such a machine?             | question
""",
    "Stop, once": """
ada  | @bot list all bridges over the Danube                     | question, goes on
ada  | stop                                                      | stop
ada  | stop                                                      | nothing to stop
ada  | only those in Vienna                                      | question
ada  | stop words in German cities, what are they called?        | question
""",
    "Please stop": """
cleo | @bot which airlines fly to Reykjavik?                     | question, goes on
cleo | oh, please stop                                           | stop
cleo | cancel                                                    | nothing to stop
cleo | never mind                                                | nothing to stop
cleo | which of them cancel most flights?                        | question
""",
    "Abbrechen": """
emil | @bot Welche Museen in Wien sind kostenlos?                | question, goes on
emil | Stopp, bitte                                              | stop
emil | abbrechen                                                 | nothing to stop
emil | Vergiss es                                                | nothing to stop
emil | Welche haben montags offen?                               | question
""",
    "Para": """
sofia| @bot ¿qué museos abren los lunes?                         | question, goes on
sofia| para, por favor                                           | stop
sofia| cancela                                                   | nothing to stop
sofia| ¿y los martes?                                            | question
""",
    "Yamete": """
dai  | @bot 京都の美術館を教えて                                        | question, goes on
dai  | 止めて                                                      | stop
dai  | キャンセル                                                   | nothing to stop
dai  | 大阪は？                                                     | question
""",
    "Mute": """
bob  | @bot what is the capital of Australia?                    | question
bob  | mute                                                      | mute
bob  | did you see the game last night?                          | nothing
cleo | what a goal                                               | nothing
cleo | @bot since when is it the capital?                        | question
bob  | unmute                                                    | unmute
bob  | how many people live there?                               | question
""",
    "Status and forget": """
cleo | @bot which countries have no army?                        | question, goes on
cleo | status                                                    | status
cleo | stop it                                                   | stop
cleo | status?                                                   | status
cleo | forget this thread                                        | kept
""",
    "Side talk": """
ada  | @bot compare the warranty of the three best dishwashers   | question
bob  | @ada are we buying one?                                   | nothing
ada  | @bob maybe, ask @cleo                                     | nothing
bob  | hey @cleo, are we?                                        | nothing
cleo | no idea, @ada decides                                     | nothing
ada  | which one is quietest?                                    | question
bob  | I'd take the one @ada likes. Which uses the least water?  | question
cleo | lol                                                       | thanks
cleo | 😂                                                        | thanks
bob  | @bot what did @ada's favourite cost last year?            | question
cleo | 1000 thanks                                               | thanks
""",
    "Edits": """
ada  | @bot how long is the Nile?                                | question
ada  | (edits) @bot how long is the Nile, in miles?              | nothing
bob  | and the Amazno?                                           | question
bob  | (edits) and the Amazon?                                   | nothing
cleo | ok!                                                       | thanks
cleo | (edits) ok! and the Danube?                               | question
bob  | thanks                                                    | thanks
bob  | (deletes)                                                 | nothing
""",
    "Forwards and files": """
bob  | (forwards) @bot is this true?                             | question
ada  | (notes.pdf) @bot what does it say?                        | question
cleo | (forwards) and this?                                      | question
bob  | ty                                                        | thanks
""",
    "Ada, directly": """
ada  | hello                                                     | help
ada  | who founded the Bank of England?                          | question
ada  | thanks                                                    | thanks
ada  | what's the oldest bank?                                   | question
""",
    "Emil, directly": """
emil | Guten Morgen                                              | help
emil | Wie wird das Wetter in Graz?                              | question
emil | danke dir                                                 | thanks
""",
    "Dai, directly": """
dai  | ありがとう                                                   | thanks
dai  | 明日の為替の見通しは？                                           | question
""",
    "Afternoon": """
ada  | @bot who won the Nobel Prize in Physics in 2023?          | question
bob  | and in chemistry?                                         | question
cleo | Merci beaucoup                                            | thanks
sofia| y en literatura?                                          | question
emil | und Frieden?                                              | question
dai  | 平和賞は？                                                   | question
ada  | good bot                                                  | thanks
bob  | +1                                                        | thanks
cleo | that's wrong, it was three people                         | question
cleo | ah no, you're right                                       | thanks
ada  | cheers                                                    | thanks
bob  | @ada @cleo see you tomorrow!                              | nothing
""",
    "Lisbon": """
sofia| @bot quais são os melhores bairros de Lisboa?             | question
ada  | obrigada!                                                 | thanks
ada  | e quanto custa o metro?                                   | question
emil | merci                                                     | thanks
emil | et combien de temps jusqu'à l'aéroport ?                  | question
cleo | nice 🙌                                                   | thanks
cleo | awesome, thank you both!                                  | thanks
bob  | haha                                                      | thanks
bob  | what about Porto?                                         | question
cleo | @sofia have you been there?                               | nothing
sofia| @cleo sí, dos veces                                       | nothing
""",
    "Prague": """
ada  | @bot Ile kosztuje mieszkanie w Pradze?                    | question
ada  | dziękuję                                                  | thanks
bob  | @bot in English, please                                   | question
bob  | got it                                                    | thanks
cleo | noted, thanks                                             | thanks
emil | Und in Brünn?                                             | question
emil | Danke!! 😊                                                | thanks
dai  | すごい                                                      | thanks
dai  | ブルノの家賃は？                                               | question
""",
    "Odd spelling": """
cleo | @bot which cities of France have a tram?                  | question
bob  | thaaanks!!1                                               | thanks
bob  | Nice?                                                     | doubtful
bob  | and since when in Nice?                                   | question
cleo | :)                                                        | thanks
emil | Morgen?                                                   | doubtful
emil | Fährt sie morgen?                                         | question
dai  | はい、ありがとうございます                                     | thanks
ada  | ok, and?                                                  | doubtful
ada  | (edits) ok, and in Spain?                                 | question
ada  | (edits) ok!                                               | nothing
bob  | @bot thanks @cleo                                         | thanks
bob  | :party-parrot: :pray::skin-tone-3:                        | thanks
cleo | @here lunch is ready                                      | nothing
cleo | @here which line is longest?                              | question
sofia| ／processor pro                                           | command
emil | danke für die Hilfe                                       | thanks
ada  | wrong thread                                              | thanks
bob  | that's exactly what I needed                              | thanks
""",
    "Evening": """
sofia| @bot compara los precios del aceite de oliva              | question
sofia| mil gracias!!                                             | thanks
sofia| gracias @emil                                             | nothing
sofia| ¿puedes resumirlo en una frase?                           | question
emil | Bitte auf Deutsch                                         | question
emil | top 👍                                                    | thanks
ada  | good night                                                | thanks
""",
}
