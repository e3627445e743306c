"""What the status says while a run goes on: only what the run told, and never more. Pure.

Every line must stay true until the next edit, which may be long in coming or never come: so the
message says as of when it speaks, in the reader's own time of day. A run that tells nothing gets
its elapsed time and nothing else. Lines are short, for phones. What the run says about itself, and
the questions that wait, are foreign text: one line each, cut short, unable to ping or to hide a
link, and last in their line, so that no mark left open in them can reach our own words.
"""

from __future__ import annotations

from typing import TypeVar

from bot.model import Progress, Start
from bot.ports import Message, Waiting
from bot.processors import Processor
from bot.slack import actions, markdown
from bot.slack.blockkit import button, clock, duration, line, quoted
from bot.slack.telling import Telling, at_hand, follows, headline, notes, wished

Number = TypeVar("Number", int, float)

CELLS = 10  # of the bar
LATEST = 100  # characters of what the run says about itself
LATEST_READ = 2_000  # characters of it that are looked at
NOBODY = Waiting()
TAKES_MINUTES = 120  # seconds that a run may usually take, from which on others need not wait
COARSE = 120  # seconds from which on only whole minutes are told


def folded(so_far: Progress, event: Progress) -> Progress:
    """Add an event to what is known of a run.

    What it leaves out stays. The numbers never go back: a stream that is held anew tells all
    from the start.
    """
    return Progress(
        message=event.message or so_far.message,
        percent=_higher(so_far.percent, event.percent),
        considered=_higher(so_far.considered, event.considered),
        read=_higher(so_far.read, event.read),
    )


def working(telling: Telling, heard: Progress, now: float, waiting: Waiting = NOBODY) -> Message:
    """Say how far the run is.

    Args:
        telling: the turn whose run it is.
        heard: all that the run told.
        now: as of when (seconds since 1970).
        waiting: the questions that wait for their turn behind this one.
    """
    lines = [
        headline(telling),
        *follows(telling.turn),
        f"{_elapsed(telling, now)} · as of {clock(now)}",
        _bar(heard.percent),
        _counted(heard),
        _waiting(waiting),
        _quick_waits(waiting),
        *wished(telling.turn),
        *notes(telling.turn),
        _latest(heard.message),
    ]
    buttons = at_hand(telling)
    if waiting.quick and telling.processor.longest >= TAKES_MINUTES:
        buttons = [*buttons, button("Ask in a new thread", actions.NEW_THREAD, waiting.quick)]
    return line("\n".join(filter(None, lines)), buttons)


def _elapsed(telling: Telling, now: float) -> str:
    turn, processor = telling.turn, telling.processor
    seconds = max(0, int(now - (turn.started_at or now)))
    if seconds >= COARSE:
        seconds -= seconds % 60
    if turn.question.start is Start.LOOK_AGAIN:  # its clock began anew
        return f"Waited {duration(seconds)} more"
    return _against_usual(seconds, processor)


def _against_usual(seconds: int, processor: Processor) -> str:
    if seconds > processor.longest:
        return f"{duration(seconds)}, longer than the usual {processor.usual_time}"
    return f"{duration(seconds)} of usually {processor.usual_time}"


def _bar(percent: float | None) -> str:
    if percent is None:
        return ""
    full = int(percent * CELLS / 100)
    return f"{'▓' * full}{'░' * (CELLS - full)} {int(percent)} %"


def _counted(heard: Progress) -> str:
    considered = f"{heard.considered:,} considered" if (heard.considered or 0) > 0 else ""
    read = f"{heard.read:,} read" if (heard.read or 0) > 0 else ""
    told = ", ".join(filter(None, (considered, read)))
    return f"Sources: {told}" if told else ""


def _waiting(waiting: Waiting) -> str:
    shown = [f"{n}. {quoted(text)}" for n, text in enumerate(waiting.texts, 1)]
    if more := waiting.number - len(shown):
        shown.append(f"and {more} more")
    return f"⏳ Waiting their turn: {' · '.join(shown)}" if shown else ""


def _quick_waits(waiting: Waiting) -> str:
    if waiting.quick is None:
        return ""
    return "A *speed* question waits, too, because its answer builds on this one."


def _latest(message: str | None) -> str:
    words = " ".join(markdown.plain((message or "")[:LATEST_READ], LATEST).split())
    return f"Latest: {words}" if words else ""


def _higher(one: Number | None, other: Number | None) -> Number | None:
    told = [number for number in (one, other) if number is not None]
    return max(told) if told else None
