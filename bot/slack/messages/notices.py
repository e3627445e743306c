"""Replies to messages that need no research: help, mute, stop and the like. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.choosing import EVERY
from bot.domain.processors import PROCESSORS, nearest_name
from bot.domain.turn import Turn, TurnKind
from bot.slack import action_ids
from bot.slack.blockkit.elements import Button, button
from bot.slack.messages.forgetting import LABEL
from bot.slack.messages.offers import available
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import unread_files
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import duration, one_line_without_code, quoted

HELP = (
    ":wave: Mention me with a question and I'll research the web and reply here with sources. "
    "Replies in the thread are follow-ups with full context. (In mention-only channels, mention me "
    "in follow-ups too.) For a new topic, start a new thread.\n"
    "• *How deep:* start a question with `!quick` (about 3 s, no sources), `!standard`, `!deep` or "
    "`!exhaustive` to use that level once. `/processor` shows the levels with their prices and "
    "sets one for you or for a channel.\n"
    "• *Free:* thanks, greetings, `status` (what I'm doing in this thread), `stop` (though a run "
    "that has started is still billed), and replies to others (`@ada …`, `// …`, `aside …`).\n"
    "• *To keep me quiet:* `@Threadline mute` mutes me in this thread, and `@Threadline unmute` "
    "ends that. `/processor replies` sets which replies I answer in a channel.\n"
    "• *Under each answer:* its sources, a follow-up on just that answer, a re-run with another "
    "processor, and in the ⋯ menu the full report, *Share…* and more.\n"
    "• *On any message:* *Research this*, in the *More actions* menu, researches that message.\n"
    "• `forget this thread` tells you what I store of it and offers to delete it.\n"
    "• My *Home* tab shows what's running, your latest threads and what you spent."
)
NOTHING_GOES_ON = (
    "Nothing is running in this thread. My *Home* tab shows your questions in other threads."
)
NO_COMMANDS = (
    "Slash commands don't work in messages or threads. Type `/processor` into the message box of "
    "the channel, without mentioning me. Here, start a message with `!quick`, `!standard`, `!deep` "
    "or `!exhaustive`, or choose *Processor for this thread…* in the ⋯ menu under an answer."
)
NOTHING_TO_STOP = (
    "Nothing to stop: I'm not working on anything in this thread. Stop what runs elsewhere in its "
    "own thread, or in my *Home* tab."
)
MAY_NOT_STOP = (
    ":raised_hand: Only the person who asked, anyone who has asked in this thread, or a Threadline "
    "admin can stop this run."
)
MUTED = (
    ":mute: I'll ignore replies in this thread unless you mention me.\n*Unmute* or "
    "`@Threadline unmute` ends this."
)
UNMUTED = ":speaker: I'll answer replies in this thread again."
DOUBTFUL = "I took that for a remark, so I started nothing. If it was a question, I'll research it."

UNREADABLE = (
    ":lock: A question here was saved by a newer version of Threadline that isn't running right "
    "now. It continues as soon as that version is back. If that takes long, ask again in a new "
    "thread and let your Threadline admin know."
)


def notice(facts: TurnFacts) -> tuple[str, list[Button]]:
    """Return the reply to a turn that needs no research, in mrkdwn, and its buttons.

    Raises:
        ValueError: the turn is of another kind.
    """
    turn = facts.turn
    match turn.question.start:
        case TurnKind.HELP:
            return help_words(turn), ask_anyway_buttons(turn)
        case TurnKind.DOUBTFUL:
            return DOUBTFUL, ask_anyway_buttons(turn)
        case TurnKind.STATUS:
            return (
                turn.ending.message if turn.ending else ""
            ) or NOTHING_GOES_ON, ask_anyway_buttons(turn)
        case TurnKind.FORGET:
            return kept(turn), [
                button(LABEL, action_ids.FORGET, turn.id),
                *ask_anyway_buttons(turn),
            ]
        case TurnKind.COMMAND:
            return NO_COMMANDS, ask_anyway_buttons(turn)
        case TurnKind.UNKNOWN_PROCESSOR:
            return unknown_processor(turn.question.processor or "", offered_to(turn)), []
        case TurnKind.NOTHING_TO_STOP:
            return NOTHING_TO_STOP, ask_anyway_buttons(turn)
        case TurnKind.MAY_NOT_STOP:
            return MAY_NOT_STOP, []
        case TurnKind.MUTED:
            return MUTED, [button("Unmute", action_ids.UNMUTE, turn.id)]
        case TurnKind.UNMUTED:
            return UNMUTED, []
        case TurnKind.CONFIRM:
            return confirm(facts)
        case TurnKind.WELCOME:
            return welcome(facts), []
        case TurnKind.DORMANT:
            return dormant(turn), [button("Continue", action_ids.CONTINUE, turn.id)]
        case TurnKind.FULL:
            return full(turn), []
        case start:
            raise ValueError(f"a turn for a {start} has no notice")


def kept(turn: Turn) -> str:
    """Say what is stored of a thread, and for how long: the ending's message has the days."""
    days = turn.ending.message if turn.ending else None
    quiet = f"{days} {'day' if days == '1' else 'days'}" if days else "a while"
    return (
        "To continue this thread, I store its questions and the beginnings of its answers until it "
        f"has been quiet for {quiet}. *Forget this thread…* deletes them: for whoever asked every "
        "question here, and for admins. Messages in Slack and runs at Parallel stay. Just to start "
        "over, mention me outside this thread; `@Threadline mute` makes me ignore replies here."
    )


def ask_anyway_buttons(turn: Turn) -> list[Button]:
    """Return the button that asks the message as a question; nothing if it has no words."""
    return [button("Ask it anyway", action_ids.ANYWAY, turn.id)] if turn.question.text else []


def in_progress(facts: TurnFacts, now: float, waiting: int) -> str:
    """Say what a thread is working on.

    Args:
        facts: the current turn, or the next.
        now: seconds since 1970.
        waiting: how many questions are queued behind it.
    """
    turn, named = facts.turn, f"*{facts.processor.label}*"
    asked = quoted(turn.question.text)
    if turn.started_at is None and turn.lined:
        words = f":hourglass_flowing_sand: {asked} waits for other questions of its asker to end."
    elif turn.started_at is None:
        words = f":mag: About to start on {asked} with {named}."
    else:
        took = duration(now - turn.started_at)
        usual = facts.processor.usual_time
        words = f":mag: Working on {asked} with {named}, {took} so far (usually {usual})."
    if waiting:
        words += f" {'1 question is' if waiting == 1 else f'{waiting} questions are'} waiting."
    return words


def confirm(facts: TurnFacts) -> tuple[str, list[Button]]:
    """Ask whether to start a run, at its price; return the two buttons as well."""
    turn = facts.turn
    processor = PROCESSORS.get(turn.question.processor or "", facts.processor)
    words = (
        f":mag: <@{turn.question.asker}>, research this message with *{processor.label}*? It costs "
        f"{processor.price_words} and usually takes {processor.usual_time}."
    )
    start = button(f"Start ({processor.price_words})", action_ids.CONFIRM, turn.id)
    return words, [start, button("Don't", action_ids.DECLINE, turn.id)]


def dormant(turn: Turn) -> str:
    """Say that a reply in a thread that has been quiet for long started no run."""
    return (
        ":zzz: This thread has been inactive for over two weeks, so I didn't start a run for "
        f"{quoted(turn.question.text)}.\n"
        "*Continue* asks it and makes replies follow-ups again. Until then I stay quiet here "
        "unless somebody mentions me."
    )


def full(turn: Turn) -> str:
    """Say that a question was not taken, as too many wait in its thread.

    The ending's message is how many wait at most.
    """
    most = turn.ending.message if turn.ending and turn.ending.message else "Many"
    return (
        f":hourglass: {most} questions are waiting in this thread, the most at once, so I didn't "
        f"take {quoted(turn.question.text)}, and won't take more from <@{turn.question.asker}> "
        "here until some are answered. Ask again then, or in a new thread."
    )


def welcome(facts: TurnFacts) -> str:
    """Greet a channel: what the bot does, what it costs, and how to keep it quiet."""
    processor = PROCESSORS.get(facts.turn.question.processor or "", facts.processor)
    return (
        ":wave: Hi! Mention me with a question and I'll research the web and answer in a thread, "
        "with sources. Replies there are follow-ups. (In mention-only channels, mention me in "
        "follow-ups too.)\n"
        f"• *What it costs:* each question here uses *{processor.label}* ({processor.terms}). "
        "Start one with `!quick`, `!standard`, `!deep` or `!exhaustive` to use that level once, or "
        "set one with `/processor`. Thanks, greetings, `status` and `stop` are free.\n"
        "• *To keep me quiet:* start a reply with `//`, or write `@Threadline mute` in a thread. "
        "With `/processor replies mention`, I answer only when I'm mentioned."
    )


def help_words(turn: Turn) -> str:
    """Return the help; for a file without words, first say that files are not read."""
    if not turn.question.files:
        return HELP
    unread = unread_files(turn.question.files)
    return f":page_facing_up: {unread}. Paste their text and ask about it.\n\n{HELP}"


def offered_to(turn: Turn) -> Collection[str]:
    """Return the names of the processors on offer where a turn was asked."""
    return turn.offer.processors if turn.offer else EVERY


def unknown_processor(name: str, offered: Collection[str] = EVERY) -> str:
    """Say that there is no such processor, suggest the nearest, and list those on offer."""
    close = nearest_name(name, offered)
    hint = f" Did you mean `!{close}`?" if close else ""
    shown = escape_mrkdwn(one_line_without_code(name, 40))
    return (
        f":grey_question: There's no processor called `{shown}`.{hint} No run was started, so "
        f"there's no charge. Edit your message or mention me again.\n{available(offered)}"
    )
