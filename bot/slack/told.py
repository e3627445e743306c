"""What the bot says to messages that ask for no research: help, mute, stop and the like. Pure."""

from __future__ import annotations

from bot.model import Start, Turn
from bot.ports import Blocks
from bot.processors import PROCESSORS, nearest
from bot.slack import actions, markdown
from bot.slack.blockkit import button, cut, quoted
from bot.slack.telling import Telling, unread_files

HELP = (
    ":wave: Mention me with a question, and I research it on the web and answer here with sources. "
    "Replies in the thread are follow-ups: I know what came before. (Where only mentions count, "
    "mention me in them.)\n"
    "• `@Threadline who owns the Suez Canal?` asks\n"
    "• `@Threadline !pro-fast compare …` asks on another processor, this once; `!speed …` gets a "
    "quick answer without sources\n"
    "• `stop` in the thread stops what I am doing there\n"
    "• `// …` or `aside …` is a reply that is not for me; `@Threadline mute` makes me leave all of "
    "them alone, `@Threadline unmute` ends that\n"
    "• Under each answer: its evidence, its full report as files, the same question on another "
    "processor, a follow-up on just that answer\n"
    "• *Research this*, in any message's ⋮ menu, researches that message\n"
    "• `/processor` shows and sets how deep, costly and quick the research is, and which replies "
    "I take as follow-ups\n"
    "• My *Home* tab shows what is running, your latest questions and what you spent"
)

UNREADABLE = (
    ":lock: I cannot read what I wrote down about a question in this thread: a newer release of me "
    "did. It goes on as soon as that release is back. If it is not coming back, please ask again "
    "in a new thread, and tell whoever runs this bot."
)


def told(telling: Telling) -> tuple[str, Blocks]:
    """Say what the turn was begun for, and return the buttons that go with it.

    Raises:
        ValueError: it was begun for something else, which is told of otherwise.
    """
    turn = telling.turn
    match turn.question.start:
        case Start.HELP:
            return helped(turn), []
        case Start.UNKNOWN_PROCESSOR:
            return unknown_processor(turn.question.processor or ""), []
        case Start.NOTHING_TO_STOP:
            return (
                "There is nothing to stop: I am not working on anything in this thread. What goes "
                "on elsewhere is stopped in its own thread, or in my *Home* tab."
            ), []
        case Start.MAY_NOT_STOP:
            return (
                ":raised_hand: I did not stop: only the person who asked, others who have asked "
                "something in this thread, and this bot's admins can stop me."
            ), []
        case Start.MUTED:
            return (
                ":mute: Muted: I leave replies in this thread alone from now on. A message that "
                "mentions me is still answered.\n*Unmute* or `@Threadline unmute` ends this."
            ), [button("Unmute", actions.UNMUTE, turn.id)]
        case Start.UNMUTED:
            return ":speaker: Unmuted: I hear replies in this thread again.", []
        case Start.CONFIRM:
            return confirm(telling)
        case Start.ASLEEP:
            return (
                ":zzz: This thread had been quiet for more than two weeks, so I did not take this "
                f"reply as a question: {quoted(turn.question.text)}\n"
                "*Continue* asks it and makes replies follow-ups again. Until then I stay quiet "
                "here, unless somebody mentions me."
            ), [button("Continue", actions.CONTINUE, turn.id)]
        case Start.QUESTION | Start.LOOK_AGAIN | Start.FILES | Start.SHARE as start:
            raise ValueError(f"nothing is told of a turn for a {start}")


def confirm(telling: Telling) -> tuple[str, Blocks]:
    """Ask whether a question may cost what it costs."""
    turn = telling.turn
    processor = PROCESSORS.get(turn.question.processor or "", telling.processor)
    words = (
        f":mag: <@{turn.question.asker}>, research this message with *{processor.name}*? It costs "
        f"{processor.price_words} and usually takes {processor.usual_time}."
    )
    start = button(f"Start ({processor.price_words})", actions.CONFIRM, turn.id)
    return words, [start, button("Don't", actions.DECLINE, turn.id)]


def helped(turn: Turn) -> str:
    """Say what we do; to a message that is a file without a word, first that files are not read."""
    if not turn.question.files:
        return HELP
    unread = unread_files(turn.question.files)
    return f":page_facing_up: {unread}. Paste their text and ask about it.\n\n{HELP}"


def unknown_processor(name: str) -> str:
    """Say that there is no such processor, name the nearest, and list them all."""
    close = nearest(name)
    hint = f" Did you mean `!{close}`?" if close else ""
    names = ", ".join(f"`{n}`" for n in PROCESSORS)
    shown = markdown.mrkdwn(cut(" ".join(name.replace("`", "'").split()), 40))
    return (
        f":grey_question: There is no processor called `{shown}`.{hint} Nothing was started; "
        f"please ask again.\nThere are: {names}"
    )
