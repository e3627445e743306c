"""The life of a turn: which state may follow which, and what is written down with each step.

    queued ── run about to be created ──> starting ── created ──> running ── over ──> ended ──> done
       └──────────── nothing to start, or refused, busy, uncertain ────────────────────┘

Each transition is a pure function from a turn to the turn after it, named in the past tense, and
raises ValueError when the turn is not where it must be. `ended` (we know) and `done` (they have
been told) are two states on purpose: between them a crash must not lose the answer.

Posting has the same two halves for each message: the intent (`about_to_post`) is written down
before Slack is asked, the outcome (`posted`) after. Only a walk that finds an intent without an
outcome needs to look for the message in Slack.
"""

from __future__ import annotations

from dataclasses import replace

from bot.model import (
    ChannelId,
    Ending,
    Exchange,
    MessageTs,
    Question,
    Run,
    Start,
    State,
    Thread,
    Turn,
    TurnId,
)

#: How much of the past is kept to restate a chain that Parallel no longer continues.
REMEMBERED_EXCHANGES = 8
REMEMBERED_QUESTION = 1_500  # characters
REMEMBERED_ANSWER = 3_000  # characters

#: A run is taken as hung after this many times its processor's longest usual time.
PATIENCE = 2


def turn_id(question: Question) -> TurnId:
    """Name the turn by its message: redeliveries and a mention's two events give one name."""
    thread = question.thread
    return TurnId(f"{thread.team}:{thread.channel}:{question.message}")


def message_of(turn: TurnId) -> tuple[ChannelId, MessageTs]:
    """Return the message that a turn is named by."""
    _, channel, message = turn.split(":")
    return ChannelId(channel), MessageTs(message)


def order(turn: Turn) -> int:
    """Return the turn's place in its mailbox: its message's time in microseconds."""
    seconds, _, micros = turn.question.message.partition(".")
    return int(seconds) * 1_000_000 + int(micros[:6].ljust(6, "0"))


def mailbox(question: Question) -> str:
    """Name the mailbox a question goes to.

    Help and slips of the pen need no run: they have a mailbox beside the thread's, so that they
    are answered at once, also while a run of two hours is going.
    """
    if question.start in (Start.HELP, Start.UNKNOWN_PROCESSOR):
        return f"{question.thread}:aside"
    return str(question.thread)


def received(question: Question, at: float) -> Turn:
    """Begin a turn."""
    return Turn(turn_id(question), question, at)


def asked_again(turn: Turn, message: MessageTs, at: float, *, look: bool) -> Turn:
    """Begin a turn that asks an ended turn's question once more.

    With `look` the new turn goes on waiting for the run that the old one had; nothing is paid.
    """
    start = Start.LOOK_AGAIN if look and turn.run else Start.QUESTION
    again = received(replace(turn.question, message=message, start=start), at)
    if start is Start.LOOK_AGAIN:
        again = replace(again, processor=turn.processor, run=turn.run, interaction=turn.interaction)
    return again


def chosen(turn: Turn, processor: str) -> Turn:
    """Fix the processor: the turn's time has come."""
    _expect(turn, State.QUEUED)
    return replace(turn, processor=processor)


def about_to_start(turn: Turn, at: float) -> Turn:
    """Write down that the create call is about to leave: it costs money and has no undo."""
    _expect(turn, State.QUEUED)
    return replace(turn, state=State.STARTING, starting_at=at)


def not_started(turn: Turn, *, busy_since: float | None) -> Turn:
    """Nothing was started after all, so it may be tried again."""
    _expect(turn, State.STARTING)
    return replace(turn, state=State.QUEUED, starting_at=None, busy_since=busy_since)


def chain_refused(turn: Turn) -> Turn:
    """The chain cannot be continued: start anew, with the earlier turns restated."""
    return replace(not_started(turn, busy_since=turn.busy_since), restated=True)


def started(turn: Turn, run: Run, at: float) -> Turn:
    """The run exists."""
    _expect(turn, State.STARTING)
    return replace(
        turn, state=State.RUNNING, run=run.id, interaction=run.interaction, started_at=at
    )


def resumed(turn: Turn, at: float) -> Turn:
    """A run that was given up as hung is waited for again; its clock starts anew."""
    _expect(turn, State.QUEUED)
    return replace(turn, state=State.RUNNING, started_at=at)


def ended(turn: Turn, ending: Ending) -> Turn:
    """We know how it ended; the person has not been told yet."""
    if turn.state in (State.ENDED, State.DONE):
        raise ValueError(f"turn {turn.id} has ended already")
    return replace(turn, state=State.ENDED, ending=ending)


def ended_otherwise(turn: Turn, ending: Ending) -> Turn:
    """Change how an ended turn ended: the run's answer turned out not to be there."""
    _expect(turn, State.ENDED)
    return replace(turn, ending=ending)


def done(turn: Turn) -> Turn:
    """The person has been told."""
    _expect(turn, State.ENDED)
    return replace(turn, state=State.DONE)


def about_to_post(turn: Turn, name: str) -> Turn:
    """Write down that the message called `name` is about to be posted."""
    return replace(turn, posts={**turn.posts, name: None})


def posted(turn: Turn, name: str, ts: MessageTs) -> Turn:
    """The message called `name` stands in Slack."""
    return replace(turn, posts={**turn.posts, name: ts})


def not_posted(turn: Turn, name: str, form: int) -> Turn:
    """Slack refused the message; `form` is the simpler form to try next."""
    posts = {k: v for k, v in turn.posts.items() if k != name}
    return replace(turn, posts=posts, forms={**turn.forms, name: form})


def told(thread: Thread, turn: Turn, answer: str) -> Thread:
    """Continue the thread from this answered turn."""
    exchange = Exchange(turn.question.text[:REMEMBERED_QUESTION], answer[:REMEMBERED_ANSWER])
    history = (*thread.history, exchange)[-REMEMBERED_EXCHANGES:]
    return replace(thread, interaction=turn.interaction, history=history)


def _expect(turn: Turn, state: State) -> None:
    if turn.state is not state:
        raise ValueError(f"turn {turn.id} is {turn.state}, not {state}")
