"""The status message while a run is in progress: what its events report, and nothing more. Pure.

Every line must stay true until the next edit, which may come late or never. So the message says
when it was updated, in the reader's own time of day. A run without events gets its elapsed time and
nothing else. Lines are short, for phones. The run's own messages and the queued questions are
foreign text: one line each, cut short, unable to ping or to hide a link. They end their line, so
that a mark left open in them cannot reach our own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from bot.domain import lifecycle
from bot.domain.processors import HOUR, MINUTE, Processor
from bot.domain.research import Progress
from bot.domain.thread import TurnId
from bot.domain.turn import TurnKind
from bot.ports import Message, QueuePreview
from bot.slack import action_ids
from bot.slack.blockkit.elements import button
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.messages.parts import editable_message
from bot.slack.messages.turn_buttons import running_buttons
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import (
    headline,
    note_lines,
    parent_line,
    question_line,
    signal_lines,
)
from bot.slack.wording import clock, duration, quoted

Number = TypeVar("Number", int, float)

CELLS = 10  # of the progress bar
LATEST = 100  # characters of the run's latest message
LATEST_READ = 2_000  # characters of it that are parsed
EMPTY_QUEUE = QueuePreview()
LONG_RUN = 120  # seconds of a usual run from which on others may be asked in a new thread
WHOLE_MINUTES_FROM = 120  # seconds


def merged_progress(so_far: Progress, event: Progress) -> Progress:
    """Merge an event into the progress of a run.

    What the event leaves out stays. Numbers never go down: a reconnected stream repeats all events
    from the first.
    """
    return Progress(
        message=event.message or so_far.message,
        percent=_highest(so_far.percent, event.percent),
        considered=_highest(so_far.considered, event.considered),
        read=_highest(so_far.read, event.read),
    )


def progress_status(
    facts: TurnFacts, progress: Progress, now: float, waiting: QueuePreview = EMPTY_QUEUE
) -> Message:
    """Say how far the run has come.

    Args:
        facts: the turn.
        progress: merged from all events of the run.
        now: seconds since 1970.
        waiting: the questions queued behind this one.
    """
    lines = [
        headline(facts),
        *question_line(facts.turn),
        *parent_line(facts.turn),
        f"{_elapsed(facts, now)} · updated {clock(now)}",
        *_slow(facts, now),
        _bar(progress.percent),
        _counted(progress),
        _waiting(waiting),
        _why_they_wait(waiting, is_slow=_is_slow(facts, now)),
        *signal_lines(facts.turn),
        *note_lines(facts.turn),
        _latest(progress.message),
    ]
    buttons = running_buttons(facts)
    if moved := _movable_question(facts, now, waiting):
        buttons = [*buttons, button("Ask in a new thread", action_ids.NEW_THREAD, moved)]
    return editable_message("\n".join(filter(None, lines)), buttons)


def _elapsed(facts: TurnFacts, now: float) -> str:
    turn, processor = facts.turn, facts.processor
    seconds = max(0, int(now - (turn.started_at or now)))
    if seconds >= WHOLE_MINUTES_FROM:
        seconds -= seconds % 60
    if turn.question.start is TurnKind.RESUME:  # its clock began again
        return f"Waited another {duration(seconds)} so far"
    return _against_usual(seconds, processor)


def _against_usual(seconds: int, processor: Processor) -> str:
    longest = processor.longest
    if longest > MINUTE:  # `usual_time` gives whole minutes
        longest = -(-longest // MINUTE) * MINUTE
    if seconds > longest:
        return f"{duration(seconds)} so far, longer than usual ({processor.usual_time})"
    return f"{duration(seconds)} so far (usually {processor.usual_time})"


def _is_slow(facts: TurnFacts, now: float) -> bool:
    return now > lifecycle.slow_from(facts.turn, facts.processor.longest)


def _slow(facts: TurnFacts, now: float) -> Iterator[str]:
    """Yield that the run is slower than usual, and how long the bot waits. It mentions nobody."""
    if _is_slow(facts, now):
        hours = round(lifecycle.WAITED_FOR / HOUR)
        yield (
            f":snail: Slower than usual. I'll wait up to {hours} h in all and mention whoever "
            "asked when it's done."
        )


def _bar(percent: float | None) -> str:
    if percent is None:
        return ""
    full = int(percent * CELLS / 100)
    return f"{'▓' * full}{'░' * (CELLS - full)} {int(percent)}%"


def _counted(progress: Progress) -> str:
    considered = f"{progress.considered:,} considered" if (progress.considered or 0) > 0 else ""
    read = f"{progress.read:,} read" if (progress.read or 0) > 0 else ""
    counts = ", ".join(filter(None, (considered, read)))
    return f"Sources: {counts}" if counts else ""


def _waiting(waiting: QueuePreview) -> str:
    shown = [f"{n}. {quoted(text)}" for n, text in enumerate(waiting.texts, 1)]
    if more := waiting.number - len(shown):
        shown.append(f"and {more} more")
    return f"⏳ Up next: {' · '.join(shown)}" if shown else ""


def _why_they_wait(waiting: QueuePreview, *, is_slow: bool) -> str:
    """Explain the wait where it may surprise: of a quick question, or behind a slow run."""
    if waiting.quick:
        return "A *Quick* question waits, too, because its answer builds on this one."
    if not is_slow or not waiting.number:
        return ""
    if waiting.number == 1:
        return "It waits because it builds on this answer."
    return "They wait because they build on this answer."


def _movable_question(facts: TurnFacts, now: float, waiting: QueuePreview) -> TurnId | None:
    """Return the queued question that may be asked in a new thread instead; None for none."""
    if waiting.quick and facts.processor.longest >= LONG_RUN:
        return waiting.quick
    if not waiting.turns or not _is_slow(facts, now):
        return None
    first = waiting.turns[0]
    is_plain = first.question.start is TurnKind.QUESTION and first.question.parent is None
    return waiting.quick or (first.id if is_plain else None)


def _latest(message: str | None) -> str:
    words = " ".join(to_plain_text((message or "")[:LATEST_READ], LATEST).split())
    return f"Now: {words}" if words else ""


def _highest(one: Number | None, other: Number | None) -> Number | None:
    known = [number for number in (one, other) if number is not None]
    return max(known) if known else None
