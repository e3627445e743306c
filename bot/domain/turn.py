"""One question and all that follows from it, up to its ending. Frozen values; see `lifecycle`.

Times are seconds since 1970 (UTC) as float. How the values are stored: `bot.store.codec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.access import Offer
from bot.domain.budgets import BudgetNote
from bot.domain.thread import (
    ChannelId,
    GroupId,
    InteractionId,
    MessageTs,
    RunId,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.errors import Cause


class TurnKind(StrEnum):
    """What is to be done for a turn."""

    QUESTION = "question"  #: a new run
    RESUME = "look again"  #: await the run in `Turn.run` again; nothing is paid
    FILES = "files"  #: no run: share the report and the basis of the run in `Turn.run`
    SHARE = "share"  #: no run: post the answer of the run in `Turn.run` in another channel
    HELP = "help"  #: no run: say what the bot does
    UNKNOWN_PROCESSOR = "unknown processor"  #: no run: `Question.processor` is not the name of one
    THANKED = "thanked"  #: no run: react to thanks, a nod or a laugh
    DOUBTFUL = "doubtful"  #: no run: offer to ask what may have been a question
    STATUS = "status"  #: no run: say what goes on in the thread
    FORGET = "forget"  #: no run: say what is kept of the thread, and what can be done about it
    COMMAND = "command"  #: no run: say where slash commands work
    NOTHING_TO_STOP = "nothing to stop"  #: no run: say that nothing is going on here
    MAY_NOT_STOP = "may not stop"  #: no run: say who may stop what is going on here
    MUTED = "muted"  #: no run: say that replies are ignored from now on
    UNMUTED = "unmuted"  #: no run: say that replies are follow-ups again
    CONFIRM = "confirm"  #: no run: ask whether the question may cost what it costs
    DECLINED = "declined"  #: no run: nobody wants to pay the price of the question any more
    WELCOME = "welcome"  #: no run: say hello in a channel that the bot was invited to
    DORMANT = "asleep"  #: no run: say that the thread was idle for long, and offer to continue
    FULL = "full"  #: no run: say that too many questions wait in the thread already

    @property
    def needs_no_run(self) -> bool:
        """Whether it needs no run, and is answered beside the turns of its thread."""
        return self not in (TurnKind.QUESTION, TurnKind.RESUME)


class Relation(StrEnum):
    """How a question follows an earlier one, when it does not follow the newest answer."""

    RERUN = "again"  #: the same question, or its new text, from the same point of the chain
    BRANCH = "branch"  #: it continues the earlier one's answer


@dataclass(frozen=True, slots=True)
class Parent:
    """What a question builds on, when that is not the thread's newest answer.

    Attributes:
        turn: the earlier question's.
        relation: how the question follows that one.
        interaction: the interaction to continue; None to begin a chain.
        excerpt: the beginning of the earlier question, to show.
        processor: the earlier question's, to show.
        restates: the turns whose exchanges must be restated, because that interaction does not
            contain them; None where an older release wrote the record.
    """

    turn: TurnId
    relation: Relation
    interaction: InteractionId | None
    excerpt: str
    processor: str | None = None
    restates: tuple[TurnId, ...] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a person asked.

    Attributes:
        thread: where it belongs and is answered.
        message: the Slack message it came from (for a retry, the message with the button).
        asker: who asked.
        text: as plain text, without our mention and ``!processor``.
        processor: chosen with ``!name`` for this turn only; None when not.
        direct: it came in a direct message.
        start: what to do with it.
        press: what was pressed on `message` to ask it; "" when the message itself asks.
        at: when that was pressed, as a ts: its place in the queue; None: the message's own ts.
        parent: what it builds on; None: the newest answer of the thread.
        along: what was sent along with it, as plain text: forwarded messages, pasted tables. It is
            quoted in the run's input, and shown nowhere. With it, `text` may be "".
        files: the names of the files that came with it, which are not read; "" for an unknown one.
        source: the message whose question it asks again; None: `message` itself.
        to: the channel that its answer is posted in, outside of threads: the one it is shared with
            (SHARE), or that the bot was invited to (WELCOME); else None.
        comment: what the asker wrote about a shared answer.
    """

    thread: ThreadKey
    message: MessageTs
    asker: UserId
    text: str
    processor: str | None = None
    direct: bool = False
    start: TurnKind = TurnKind.QUESTION
    press: str = ""
    at: MessageTs | None = None
    parent: Parent | None = None
    along: str = ""
    files: tuple[str, ...] = ()
    to: ChannelId | None = None
    comment: str = ""
    source: MessageTs | None = None

    @property
    def place(self) -> ThreadKey:
        """Where it is answered; its `ts` is "" for a channel itself, outside of threads."""
        if self.to is None:
            return self.thread
        return ThreadKey.of_channel(self.thread.team, self.to)

    @property
    def private_place(self) -> ThreadKey:
        """Where an ephemeral message about it is shown; `ts` is "" for the channel itself.

        In a thread Slack shows one only when that is active, which a message alone does not make.
        https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        if self.message != self.thread.ts:
            return self.thread
        return ThreadKey.of_channel(self.thread.team, self.thread.channel)


@dataclass(frozen=True, slots=True)
class Signals:
    """What people want of a turn since it was asked; written by listeners, beside its record.

    Attributes:
        stop: who stopped it; None for nobody.
        gone: its message was deleted.
        edited: the question as its message says it now; None when that was not edited.
        pings: who wants to be mentioned with the answer.
        moved: the turn that asks it in a thread of its own instead.
    """

    stop: UserId | None = None
    gone: bool = False
    edited: Question | None = None
    pings: tuple[UserId, ...] = ()
    moved: TurnId | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether the turn was stopped or its message deleted."""
        return self.gone or self.stop is not None


class EndingKind(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    HELPED = "helped"
    UNKNOWN_PROCESSOR = "unknown processor"
    NOTICE = "told"  #: what `Question.start` says; there was nothing to research
    TOO_LONG = "too long"  #: the question; nothing was started
    REFUSED = "refused"  #: Parallel refused the run; `cause` says why
    BUSY = "busy"  #: Parallel could not accept it for so long that we gave up
    UNCERTAIN = "uncertain"  #: the answer to the create call was lost
    CUT_OFF = "cut off"  #: a quick answer broke off; the text so far stays
    FAILED = "failed"  #: the run failed
    CANCELLED = "cancelled"  #: the run was cancelled at Parallel
    STOPPED = "stopped"  #: `message` is who did; the run, if any, goes on at Parallel
    WITHDRAWN = "withdrawn"  #: the message was deleted; the run, if any, goes on at Parallel
    TOO_LATE = "too late"  #: still active after a day (older releases: twice its usual time)
    CONFIRM = "confirm"  #: nothing was started yet: asked whether it may cost what it costs
    NOT_ALLOWED = "not allowed"  #: nothing was started: its asker may not ask here
    NOT_OFFERED = "not offered"  #: nothing was started: its processor is not on offer here
    OVER_BUDGET = "over budget"  #: nothing was started: `Turn.budget` has no room for its price
    BROKEN = "broken"  #: unexpected errors of our own, again and again


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended. `others`: how many questions of who stopped it are queued behind it."""

    kind: EndingKind
    at: float
    cause: Cause | None = None
    message: str | None = None
    ref_id: str | None = None
    others: int = 0


class State(StrEnum):
    """The states of a turn. `ended`: the outcome is known; `done`: it is delivered."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and all that follows from it.

    Attributes:
        id: see `naming.turn_id`.
        question: what was asked.
        received: when we accepted it.
        state: see `lifecycle`.
        waited: it came while an earlier turn was in progress, and its message has the ⏳ reaction.
        unjudged_since: since when Slack does not tell who asks, its rate limit aside; else None.
        look_up_refused_since: since when Slack refuses to tell that, in a row; else None.
        has_place: it may run; False while its asker has too many running. Not in the record.
        lined: its status says, or has said, that it waits for such a place.
        processor: chosen when the turn is first in line; None before.
        restated: the chain was refused; the run's input restates the earlier turns.
        without_history: the earlier messages of the thread could not be read.
        busy_since: since when Parallel has been unable to accept the run.
        busy_shown: the status says so, and why.
        unreached: at the last attempt, no connection to Parallel could be made.
        starting_at: when the create call was about to be sent.
        group: the task group that the run is, or was about to be, created in; None for none.
        ungrouped: the group was refused; a plain run is created.
        previous: the interaction that the run continues; None for none.
        restates: the turns whose exchanges its input restates; None while that is not known.
        run, interaction: the run that answers; None before it exists.
        started_at: when the run was created; for a resumed run, when it was resumed.
        paid_at: when a resumed run was created; None for any other.
        ending: how it ended; None before.
        sources: how many the answer cites; None without an answer.
        posts: by name, the ts of each message posted; None where only the intent was saved.
        posting_until: until when the latest post may be in flight; None in records of old releases.
        refused_since: since when Slack refuses its messages, before it has ended; else None.
        variants: for a post whose best variant Slack refused, the number of the next one to try.
        server_errors: for a post, how often Slack answered that variant with a server error.
        unexpected_errors: of the execution, so far.
        draft: of a quick answer, the text received so far, as far as it was saved.
        streams: the name of the post that Slack streams and that was not stopped; "" for none.
        last_answer: in a direct message, the URL of another thread, with the latest answer; or "".
        question_link: the URL of the question; "" where it is directly above its status.
        budget: the tightest that holds its price, or the one without room for it; None for none.
        warned: the budgets that it has used most of, whose warning it posts.
        offer: what its messages say about the processors on offer; None for nothing.
        signals: as they were last read; not part of the record.
    """

    id: TurnId
    question: Question
    received: float
    state: State = State.QUEUED
    waited: bool = False
    unjudged_since: float | None = None
    look_up_refused_since: float | None = None
    has_place: bool = True
    lined: bool = False
    processor: str | None = None
    restated: bool = False
    without_history: bool = False
    busy_since: float | None = None
    busy_shown: bool = False
    unreached: bool = False
    starting_at: float | None = None
    group: GroupId | None = None
    ungrouped: bool = False
    previous: InteractionId | None = None
    restates: tuple[TurnId, ...] | None = None
    run: RunId | None = None
    interaction: InteractionId | None = None
    started_at: float | None = None
    paid_at: float | None = None
    ending: Ending | None = None
    sources: int | None = None
    posts: Mapping[str, MessageTs | None] = field(default_factory=dict)
    posting_until: float | None = None
    refused_since: float | None = None
    variants: Mapping[str, int] = field(default_factory=dict)
    server_errors: Mapping[str, int] = field(default_factory=dict)
    unexpected_errors: int = 0
    draft: str = ""
    streams: str = ""
    last_answer: str = ""
    question_link: str = ""
    budget: BudgetNote | None = None
    warned: tuple[BudgetNote, ...] = ()
    offer: Offer | None = None
    signals: Signals = Signals()
