"""The state machine of a turn: which state may follow which, and what each transition records.

    queued ── run about to be created ──> starting ── created ──> running ── over ──> ended ──> done
       └──────────── nothing to start, or refused, busy, uncertain ────────────────────┘
       ^──────────── could not start, but was changed in time ─────────────────────────┘

A quick answer goes through the same states: `starting` when its request is about to leave,
`running` while its response streams.

Each transition is a pure function from a turn to the turn after it, named in the past tense, and
raises ValueError when the turn is in another state. `ended` (the outcome is known) and `done` (it
is delivered) are two states on purpose: between them a crash must not lose the answer.

Posting has the same two halves for each message: the intent (`about_to_post`) is saved before the
call to Slack, the outcome (`posted`) after it. Only an execution that finds an intent without an
outcome searches Slack for the message.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bot.domain.naming import names_processor, turn_id
from bot.domain.research import Run
from bot.domain.thread import MessageTs
from bot.domain.turn import Ending, EndingKind, Question, Signals, State, Turn
from bot.errors import AnswerLost, Refused, Unavailable, Unreached

#: How a question ends that could not start as it was; an edit may change that.
NOT_STARTED = (
    EndingKind.CONFIRM,
    EndingKind.NOT_OFFERED,
    EndingKind.OVER_BUDGET,
    EndingKind.TOO_LONG,
)

#: The message of a `TOO_LATE` whose run has completed: its result could not be read.
UNREAD = "unread"

#: Seconds for which the other questions of a person who stopped one are held off, so that they can
#: be stopped, too.
HELD_AFTER_STOP = 30

#: Seconds after an answer within which another question may be meant to follow it.
SAME_TOPIC = 30 * 60

#: A run is slower than usual after this many times its processor's longest usual time. The status
#: says so then, and the run is polled more and more rarely.
SLOW_AFTER = 2
#: Seconds for which a run is awaited. It is paid for, so its answer is delivered whenever it comes.
WAITED_FOR = 24 * 3600.0


def received(question: Question, at: float) -> Turn:
    """Begin a turn."""
    return Turn(turn_id(question), question, at)


def chosen(turn: Turn, processor: str) -> Turn:
    """Fix the processor: the turn is first in line."""
    _expect(turn, State.QUEUED)
    return replace(turn, processor=processor)


def reworded(turn: Turn, edited: Question) -> Turn:
    """The question was edited before its run was created; it keeps its place, id and asker.

    Who pressed *Ask the edited question* pays for it, whoever edits the message then.
    """
    _expect(turn, State.QUEUED)
    question = as_edited(turn.question, edited)
    return with_signals(replace(turn, question=question, processor=None), turn.signals)


def as_edited(question: Question, edited: Question) -> Question:
    """Return a question as its message asks it now, on the processor that a button showed."""
    processor = question.processor
    if names_processor(question):
        is_moved = edited.thread != question.thread
        processor = edited.processor or (processor if is_moved else None)
    words = replace(question, text=edited.text, along=edited.along, files=edited.files)
    return replace(words, processor=processor)


def wordless(turn: Turn) -> Turn:
    """Drop all that a question says, and what it was edited to: its asker may not ask."""
    question = replace(turn.question, text="", along="", files=(), comment="")
    return replace(turn, question=question, signals=replace(turn.signals, edited=None))


def with_signals(turn: Turn, signals: Signals) -> Turn:
    """Return the turn with these signals. An edit that changes nothing it asks is dropped."""
    edited, asked = signals.edited, turn.question
    if edited and _what_is_asked(as_edited(asked, edited)) == _what_is_asked(asked):
        signals = replace(signals, edited=None)
    return turn if signals == turn.signals else replace(turn, signals=signals)


def _what_is_asked(question: Question) -> tuple[str, str, str | None]:
    return question.text, question.along, question.processor


def ending_if_cancelled(turn: Turn, at: float) -> Ending | None:
    """Return how a turn ends that nobody is to wait for any more; None while it is wanted."""
    if turn.signals.gone:
        return Ending(EndingKind.WITHDRAWN, at)
    if turn.signals.stop:
        return Ending(EndingKind.STOPPED, at, message=turn.signals.stop)
    return None


def refusal(refused: Refused, at: float) -> Ending:
    """Return how a turn ends whose run was refused, with what the person needs to know."""
    return Ending(
        EndingKind.REFUSED,
        at,
        cause=refused.cause,
        message=refused.message,
        ref_id=refused.ref_id,
    )


def uncertain(at: float, lost: AnswerLost | None = None) -> Ending:
    """Return how a turn ends of which nobody can tell whether a run was started."""
    if lost is None or lost.cause is None:
        return Ending(EndingKind.UNCERTAIN, at)
    return Ending(EndingKind.UNCERTAIN, at, cause=lost.cause, message=lost.message)


def about_to_start(turn: Turn, at: float) -> Turn:
    """Record that the create call is about to be sent: it costs money and cannot be undone."""
    _expect(turn, State.QUEUED)
    return replace(turn, state=State.STARTING, starting_at=at)


def put_off(turn: Turn, error: Unavailable) -> Turn:
    """Record why Parallel did not accept it; when the reason changes, the status says so."""
    unreached = isinstance(error, Unreached)
    is_shown = turn.busy_shown and turn.unreached == unreached
    return replace(turn, unreached=unreached, busy_shown=is_shown)


def not_started(turn: Turn, *, busy_since: float | None) -> Turn:
    """Nothing was started, so it may be tried again."""
    _expect(turn, State.STARTING)
    return replace(turn, state=State.QUEUED, starting_at=None, busy_since=busy_since)


def chain_refused(turn: Turn) -> Turn:
    """The chain cannot be continued: begin another, with the earlier turns restated."""
    return replace(not_started(turn, busy_since=turn.busy_since), restated=True)


def started(turn: Turn, run: Run, at: float) -> Turn:
    """The run exists."""
    _expect(turn, State.STARTING)
    return replace(
        turn, state=State.RUNNING, run=run.id, interaction=run.interaction, started_at=at
    )


def accepted(turn: Turn, at: float) -> Turn:
    """Parallel accepted the request for a quick answer: its response has begun, and is paid for."""
    _expect(turn, State.STARTING)
    return replace(turn, state=State.RUNNING, started_at=at)


def resumed(turn: Turn, at: float) -> Turn:
    """A run that was no longer awaited is awaited again; its time counts from now."""
    _expect(turn, State.QUEUED)
    return replace(turn, state=State.RUNNING, started_at=at)


def slow_from(turn: Turn, longest: float) -> float:
    """Return the time from which on a turn's run is slower than usual (seconds since 1970).

    Args:
        turn: with a run; without one the result is infinite.
        longest: seconds that a run of its processor usually takes at most.
    """
    return math.inf if turn.started_at is None else turn.started_at + SLOW_AFTER * longest


def ended(turn: Turn, ending: Ending) -> Turn:
    """The outcome is known, and not delivered yet."""
    if turn.state in (State.ENDED, State.DONE):
        raise ValueError(f"turn {turn.id} has ended already")
    return replace(turn, state=State.ENDED, ending=ending)


def ended_otherwise(turn: Turn, ending: Ending) -> Turn:
    """Change how an ended turn ended: the answer of its run cannot be delivered."""
    _expect(turn, State.ENDED)
    return replace(turn, ending=ending)


def taken_back(turn: Turn) -> Turn:
    """It was changed before it was written that it could not start, so it is begun once more."""
    _expect(turn, State.ENDED)
    return replace(turn, state=State.QUEUED, ending=None, processor=None, budget=None, offer=None)


def done(turn: Turn) -> Turn:
    """The outcome is delivered, so the text need not be kept."""
    _expect(turn, State.ENDED)
    return replace(turn, state=State.DONE, draft="", streams="")


def about_to_post(turn: Turn, name: str, until: float) -> Turn:
    """Record that the message called `name` is about to be posted, and given up at `until`."""
    return replace(turn, posts={**turn.posts, name: None}, posting_until=until)


def answer_lost(turn: Turn, name: str, at: float, *, server_error: bool) -> Turn:
    """It is not known whether the message was posted; Slack may have answered with an error."""
    errors = {**turn.server_errors, name: turn.server_errors.get(name, 0) + server_error}
    return replace(turn, posting_until=at, server_errors=errors)


def posted(turn: Turn, name: str, ts: MessageTs) -> Turn:
    """The message called `name` is posted, so Slack does not refuse what the turn posts."""
    return replace(turn, posts={**turn.posts, name: ts}, refused_since=None)


def not_posted(turn: Turn, name: str, variant: int) -> Turn:
    """Slack refused the message; `variant` is the number of the simpler one to try next.

    A file that was uploaded for the refused variant does not belong to the next one.
    """
    posts = {k: v for k, v in turn.posts.items() if k not in (name, file_of(name))}
    errors = {k: v for k, v in turn.server_errors.items() if k != name}
    variants = {**turn.variants, name: variant}
    return unstreamed(replace(turn, posts=posts, variants=variants, server_errors=errors), name)


def unstreamed(turn: Turn, name: str) -> Turn:
    """The message called `name` is not one that Slack streams, or no longer."""
    return replace(turn, streams="") if turn.streams == name else turn


def file_of(name: str) -> str:
    """Return the name, among the posts, of the file that the message called `name` shares."""
    return f"{name}:file"


def _expect(turn: Turn, state: State) -> None:
    if turn.state is not state:
        raise ValueError(f"turn {turn.id} is {turn.state}, not {state}")
