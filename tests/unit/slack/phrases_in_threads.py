"""Chapters of the phrasebook: messages in threads, which everybody reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.domain import derived, lifecycle
from bot.domain.research import Answer, FieldBasis, Progress
from bot.domain.thread import ChannelId
from bot.domain.turn import EndingKind, Relation, State, Turn, TurnKind
from bot.errors import Cause
from bot.ports import InLine, Message
from bot.slack.messages import answer as messages
from bot.slack.messages import quick_answer
from bot.slack.messages.failures import failure_message
from bot.slack.messages.notices import UNREADABLE, in_progress
from bot.slack.messages.parts import with_question_line
from bot.slack.messages.progress import progress_status
from bot.slack.messages.status import (
    busy_status,
    final_status,
    in_line_status,
    initial_status,
    lost_status,
    question_post,
)
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.views.share_form import shared_answer
from tests.unit.slack.phrasebook import Page, menus
from tests.unit.turns import (
    ADA,
    ADDRESS,
    ANSWER,
    BOB,
    DRAFT,
    EVE,
    KEY,
    PRO,
    SPEED,
    STARTED,
    apart,
    asked,
    based,
    edited,
    line,
    looking,
    over,
    quickly,
    running,
    with_signals,
)

PROGRESS = Progress("Searching *who* owns <!channel> the canal", 41.7, 1_204, 34)
QUIET = Answer({"owner": "Egypt", "length_km": 193}, (FieldBasis("owner", "It says so.", ()),))


WORKSPACE = "https://example.slack.com/"
LAST = f"{WORKSPACE}archives/D1/p1700000000000100"


def help_() -> Iterator[Page]:
    """Replies to a mention without a question, and to unknown commands."""
    yield "help", failure_message(over(asked(start=TurnKind.HELP), EndingKind.HELPED)).best
    yield (
        "small talk or not?",
        failure_message(over(asked(start=TurnKind.DOUBTFUL), EndingKind.NOTICE)).best,
    )
    unknown = over(asked(), EndingKind.UNKNOWN_PROCESSOR, message="profast")
    yield "no such processor", failure_message(unknown).best


def status() -> Iterator[Page]:
    """The status as soon as a question is accepted."""
    turns = {
        "a question": asked(),
        "the earlier research cannot be continued": replace(asked(), restated=True),
        "not allowed to read": replace(asked(), without_history=True),
        "a new topic in a direct message": replace(asked(), last_answer=LAST),
        "looking again": looking(),
        "a follow-up on an earlier answer": based(asked(), Relation.BRANCH),
        "on another processor": based(asked(), Relation.RERUN, "again-pro-fast"),
        "the edited question": based(asked(), Relation.RERUN, "edited"),
    }
    turns |= {
        "it waited behind another one": apart(asked("since *when?")),
        "it waited, in a direct message": apart(asked("since *when?"), direct=True),
        "a reaction on a message": apart(asked("Egypt owns it, they say."), press="reaction-U1"),
        "on another processor, below other questions": apart(
            based(asked(), Relation.RERUN, "again-pro-fast")
        ),
        "nothing but a forwarded message": apart(asked("")),
    }
    for title, turn in turns.items():
        yield title, initial_status(TurnFacts(turn, PRO)).best
    written = TurnFacts(asked("since *when?\nAnd <!channel> who says so?"), PRO)
    yield "what was written in a form", question_post(written).best
    yield "what was asked about a message", question_post(written, ADDRESS).best
    yield "as text", initial_status(TurnFacts(asked(), PRO)).variants[1]
    busy = replace(asked(), busy_since=1_700_000_050.0)
    yield "Parallel is busy", busy_status(TurnFacts(busy, PRO))
    unreached = replace(busy, unreached=True)
    yield "Parallel cannot be reached", busy_status(TurnFacts(unreached, PRO))
    for ahead in (0, 1, 7):
        words = in_line_status(TurnFacts(asked(), PRO), InLine(ahead, 5), STARTED)
        yield f"it waits for others of its asker, {ahead} ahead of it", words
    alone = in_line_status(TurnFacts(asked(), PRO), InLine(0, 1), STARTED)
    yield "it waits for the one of its asker that may run", alone


def progress() -> Iterator[Page]:
    """What it says as the run goes on."""

    def at(turn: Turn, progress: Progress, seconds: float, *waiting: str) -> Message:
        return progress_status(TurnFacts(turn, PRO), progress, STARTED + seconds, line(*waiting))

    yield "nothing told", at(running(), Progress(), 60)
    yield "a message", at(running(), Progress("Plan"), 19)
    yield "all told", at(running(), PROGRESS, 240)
    yield "over the usual time", at(running(), PROGRESS, 430)
    yield "slower than usual", at(running(), PROGRESS, 730)
    yield "slower than usual, and one waits", at(running(), Progress(), 730, "since when?")
    yield "slower than usual, and two wait", at(running(), Progress(), 9_000, "when?", "why?")
    yield (
        "the earlier research cannot be continued",
        at(replace(running(), restated=True), PROGRESS, 240),
    )
    yield "looking again", at(looking(), Progress(), 300)
    yield "a follow-up on an earlier answer", at(based(running(), Relation.BRANCH), PROGRESS, 240)
    yield "one question waits", at(running(), PROGRESS, 240, "since when?")
    waits = line("since when?", "and before?", quick=True)
    yield (
        "a question for a quick answer waits",
        progress_status(TurnFacts(running(), PRO), PROGRESS, 1_700_000_242, waits),
    )
    yield (
        "many wait, and do not ping",
        at(
            running(),
            PROGRESS,
            240,
            "since *when?",
            "and\nbefore, in the years of the Ottoman Empire, and of the khedives?",
            "<!channel> ```x",
            "four?",
            "five?",
            "six?",
        ),
    )
    yield "somebody wants a ping", at(with_signals(running(), pings=(ADA,)), PROGRESS, 240)
    yield "three want a ping", at(with_signals(running(), pings=(ADA, BOB, EVE)), PROGRESS, 240)
    yield "edited", at(edited(running()), PROGRESS, 240)
    yield "edited, to another processor", at(edited(running(), "ultra"), PROGRESS, 240)


def stopping() -> Iterator[Page]:
    """What is said when people do not want to wait."""
    for title, facts in stops().items():
        yield title, failure_message(facts).best
        yield f"{title}: what the status becomes", final_status(facts)
    for title, start in (
        ("nothing to stop", TurnKind.NOTHING_TO_STOP),
        ("may not stop", TurnKind.MAY_NOT_STOP),
    ):
        yield title, failure_message(over(asked(start=start), EndingKind.NOTICE)).best
    withdrawn = over(running(), EndingKind.WITHDRAWN)
    yield "the question was taken back: what the status becomes", final_status(withdrawn)
    awaited = over(with_signals(running(), pings=(BOB,)), EndingKind.WITHDRAWN)
    yield "the question was taken back, and somebody wanted a ping", failure_message(awaited).best


def stops() -> dict[str, TurnFacts]:
    """Turns that were stopped."""
    stopped = EndingKind.STOPPED
    return {
        "by who asked": over(running(), stopped, message=ADA),
        "by somebody else": over(running(), stopped, message=BOB),
        "by one of two who want a ping": over(
            with_signals(running(), pings=(ADA, BOB)), stopped, message=BOB
        ),
        "by who asked, and another question waits": over(running(), stopped, message=ADA, others=1),
        "by who asked, and two more wait": over(running(), stopped, message=ADA, others=2),
        "before it began": over(asked(), stopped, message=ADA),
        "when looking again": over(looking(), stopped, message=BOB),
        "and edited": over(edited(running()), stopped, message=ADA),
    }


def answers() -> Iterator[Page]:
    """The messages of a thread when its question has ended."""
    answered = over(replace(running(), sources=3), EndingKind.ANSWERED)
    (best, text, file) = messages.answer_parts(answered, ANSWER)[0].variants
    yield "an answer", best
    assert isinstance(best, Message)
    yield "its menus, opened", menus(best)
    yield "as text", text
    yield "as a file", file
    yield "its own list of references", _answer(answered, OWN_LIST)
    yield "JSON, with nothing told of its confidence", _answer(answered, QUIET)
    called = over(with_signals(running(), pings=(ADA, BOB)), EndingKind.ANSWERED)
    yield "two wanted a ping", _answer(called)
    slow = over(with_signals(running(), pings=(BOB, ADA)), EndingKind.ANSWERED, STARTED + 5_000.0)
    yield "slower than usual, and two wanted a ping", _answer(slow)
    below_others = over(apart(called.turn, state=State.RUNNING, ending=None), EndingKind.ANSWERED)
    yield "below other questions, and two wanted a ping", _answer(below_others)
    yield "two wanted a ping, as text", messages.answer_parts(called, ANSWER)[0].variants[1]
    sharing = derived.shared(running(), BOB, KEY.ts, ChannelId("C7"), "Worth a look, <!channel>!")
    yield (
        "shared with another channel",
        shared_answer(TurnFacts(sharing, PRO), ANSWER, WORKSPACE).best,
    )
    private = replace(sharing.question, thread=replace(KEY, channel=ChannelId("D1")), direct=True)
    yield (
        "shared from a direct message",
        shared_answer(TurnFacts(replace(sharing, question=private), PRO), ANSWER, WORKSPACE).best,
    )


#: Only the second entry has an address that is cited.
OWN_LIST = replace(
    ANSWER,
    content=(
        "Egypt owns it [1][2], says f[2].\n\n## References\n\n"
        "1. *A blog*. https://evil.example/x\n2. *The authority*. https://example.org/suez"
    ),
)


def _answer(facts: TurnFacts, answer: Answer = ANSWER) -> Message:
    return messages.answer_parts(facts, answer)[0].best


def quick_answers() -> Iterator[Page]:
    """The one message of a quick answer, while it streams and at the end."""
    yield "nothing has come yet", quick_answer.thinking_message(TurnFacts(quickly(), SPEED)).best
    yield "while it comes", quick_answer.growing_message(TurnFacts(quickly(), SPEED), DRAFT).best
    yield "a quick answer", _quick(quickly(), EndingKind.ANSWERED)
    yield "its menus, opened", menus(_quick(quickly(), EndingKind.ANSWERED))
    yield (
        "as text",
        quick_answer.quick_parts(_ended(quickly(), EndingKind.ANSWERED), PRO)[0].variants[1],
    )
    turns = {
        "the earlier research cannot be continued": replace(quickly(), restated=True),
        "a follow-up on an earlier answer": based(quickly(), Relation.BRANCH),
        "on another processor": based(quickly(), Relation.RERUN, "again-speed"),
        "it waited behind another one": apart(quickly()),
        "edited in the meantime": edited(quickly()),
    }
    for title, turn in turns.items():
        yield title, _quick(turn, EndingKind.ANSWERED)
    yield "cut off", _quick(quickly(), EndingKind.CUT_OFF)
    yield "stopped", _quick(quickly(), EndingKind.STOPPED, message=ADA)
    nothing = replace(quickly(), draft="")
    for title, kind in (
        ("nothing came", EndingKind.UNCERTAIN),
        ("busy", EndingKind.BUSY),
        ("stopped before anything came", EndingKind.STOPPED),
        ("the question was deleted", EndingKind.WITHDRAWN),
        ("too long a question", EndingKind.TOO_LONG),
    ):
        yield title, _quick(nothing, kind)
    yield "not reached", _quick(replace(nothing, unreached=True), EndingKind.BUSY)
    yield "a proxy answered", _quick(nothing, EndingKind.UNCERTAIN, **PROXY)
    for cause in (Cause.KEY, Cause.CREDIT, Cause.PROCESSOR, Cause.INPUT, Cause.GATEWAY):
        details = {"cause": cause, "message": "The API's words.", "ref_id": None}
        yield f"refused, {cause}", _quick(nothing, EndingKind.REFUSED, **details)
    looked_up = replace(based(asked(), Relation.BRANCH, "lookup-pro-fast"), processor=PRO.name)
    yield "looked up with sources", initial_status(TurnFacts(looked_up, PRO)).best
    yield (
        "a question that was asked in a new thread",
        quick_answer.new_thread_message(asked("since *when?")),
    )


#: Something in between answered.
PROXY: dict[str, Any] = {"cause": Cause.GATEWAY, "message": "403 with a web page: <Blocked>"}


def _quick(turn: Turn, kind: EndingKind, **details: Any) -> Message:
    return quick_answer.quick_parts(_ended(turn, kind, **details), PRO)[0].best


def _ended(turn: Turn, kind: EndingKind, **details: Any) -> TurnFacts:
    return replace(over(turn, kind, **details), processor=SPEED)


def receipts() -> Iterator[Page]:
    """What becomes of the status above an answer."""
    answered = replace(running(), sources=3)
    turns = {
        "a question": answered,
        "no sources": replace(running(), sources=0),
        "looked again": replace(looking(), sources=3),
        "the earlier research cannot be continued": replace(answered, restated=True),
        "a follow-up on an earlier answer": based(answered, Relation.BRANCH),
        "on another processor": based(answered, Relation.RERUN, "again-pro-fast"),
        "the edited question": based(answered, Relation.RERUN, "edited"),
        "edited in the meantime": edited(answered),
        "it waited behind another one": apart(answered),
        "on another processor, below other questions": apart(
            based(answered, Relation.RERUN, "again-pro-fast")
        ),
    }
    for title, turn in turns.items():
        yield title, final_status(over(turn, EndingKind.ANSWERED))
    yield "not stored any more", lost_status(TurnFacts(asked(), PRO))
    yield "its run is not stored any more", lost_status(TurnFacts(running(), PRO))


def endings() -> Iterator[Page]:
    """What is said when there is no answer."""
    for title, facts in failures().items():
        yield title, failure_message(facts).best
        yield f"{title}: what the status becomes", final_status(facts)
    below_others = over(apart(asked()), EndingKind.BUSY)
    yield (
        "busy, below other questions",
        with_question_line(failure_message(below_others), below_others.turn).best,
    )
    broken = EndingKind.BROKEN
    files = over(asked(start=TurnKind.FILES), EndingKind.REFUSED, message="It is gone.")
    yield "no files", failure_message(files).best
    kept = derived.shared(running(), BOB, KEY.ts, ChannelId("C7"), "")
    unshared = over(kept, EndingKind.REFUSED, message="It is gone.")
    yield "not shared", failure_message(unshared).best
    yield "not shared, by our own fault", failure_message(over(kept, broken)).best
    yield (
        "a greeting, by our own fault",
        failure_message(over(asked("hi", TurnKind.HELP), broken)).best,
    )


def failures() -> dict[str, TurnFacts]:
    """Turns that ended without an answer, and nobody wanted that."""
    refused = {
        f"refused, {cause}": over(
            running() if cause is Cause.UNKNOWN_RUN else asked(),
            EndingKind.REFUSED,
            cause=cause,
            message="The API's words.",
            ref_id="ref-1",
        )
        for cause in (
            *(Cause.KEY, Cause.CREDIT, Cause.PROCESSOR, Cause.INPUT, Cause.UNKNOWN_RUN),
            Cause.GATEWAY,
        )
    }
    failed: dict[str, Any] = {"message": "It <broke> @here.", "ref_id": "ref-1"}
    return {
        "too long": over(asked("why " * 4_000), EndingKind.TOO_LONG),
        **refused,
        "busy": over(asked(), EndingKind.BUSY),
        "not reached": over(replace(asked(), unreached=True), EndingKind.BUSY),
        "uncertain": over(asked(), EndingKind.UNCERTAIN),
        "uncertain, as a proxy answered": over(asked(), EndingKind.UNCERTAIN, **PROXY),
        "failed": over(running(), EndingKind.FAILED, **failed),
        "failed, and somebody wanted a ping": over(
            with_signals(running(), pings=(BOB,)), EndingKind.FAILED, **failed
        ),
        "failed, and edited": over(edited(running()), EndingKind.FAILED, **failed),
        "cancelled": over(running(), EndingKind.CANCELLED),
        "too late": over(running(), EndingKind.TOO_LATE, STARTED + lifecycle.WAITED_FOR),
        "too late, by an older release": over(running(), EndingKind.TOO_LATE, STARTED + 600.0),
        "failed, and slower than usual": over(
            running(), EndingKind.FAILED, STARTED + 5_000.0, **failed
        ),
        "done, but not read": over(running(), EndingKind.TOO_LATE, message=lifecycle.UNREAD),
        "broken, with a run": over(running(), EndingKind.BROKEN),
        "broken": over(asked(), EndingKind.BROKEN),
    }


def notes() -> Iterator[Page]:
    """What is said about the thread itself."""
    for title, facts, waiting in (
        ("what goes on", TurnFacts(running(), PRO), 0),
        ("what goes on, and two wait", TurnFacts(running(), PRO), 2),
        ("what is about to go on", TurnFacts(asked(), PRO), 1),
        ("what waits for others", TurnFacts(replace(asked(), lined=True), PRO), 0),
    ):
        status = in_progress(facts, STARTED + 92, waiting)
        yield (
            title,
            failure_message(
                over(asked("status", TurnKind.STATUS), EndingKind.NOTICE, message=status)
            ).best,
        )
    for title, words, start in (
        ("nothing goes on", "status", TurnKind.STATUS),
        ("forget this thread", "forget this thread", TurnKind.FORGET),
        ("a slash command as a message", "/processor pro", TurnKind.COMMAND),
    ):
        yield title, failure_message(over(asked(words, start), EndingKind.NOTICE)).best
    for title, start in (
        ("muted", TurnKind.MUTED),
        ("unmuted", TurnKind.UNMUTED),
        ("a reply in a thread that has slept", TurnKind.DORMANT),
    ):
        yield title, failure_message(over(asked("since *when?", start), EndingKind.NOTICE)).best
    kept = over(asked("forget this", TurnKind.FORGET), EndingKind.NOTICE, message="30")
    yield "forget this thread, which is kept for 30 days", failure_message(kept).best
    full = over(asked("since *when?", TurnKind.FULL), EndingKind.NOTICE, message="20")
    yield "a reply in a thread where too many wait", failure_message(full).best
    note = asked("since *when?", TurnKind.CONFIRM)
    note = replace(note, question=replace(note.question, processor="ultra"))
    yield (
        "a reaction that would start a run at that price",
        failure_message(over(note, EndingKind.NOTICE)).best,
    )
    hello = asked("", TurnKind.WELCOME)
    yield "invited to a channel", failure_message(over(hello, EndingKind.NOTICE)).best
    yield "a question of a newer release, after a roll-back", Message(UNREADABLE)
