"""What is pressed while a question is going and under its answer, in a real Bolt app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.domain.thread import InteractionId, RunId, TurnId, UserId
from bot.domain.turn import Ending, EndingKind, Relation, Signals, State, TurnKind
from bot.errors import Unavailable
from bot.ports import Addressing, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker
from tests.contract.handlers.bolt_harness import (
    ASKS,
    ROOT,
    THREAD,
    ResponseUrl,
    bolt_app,
    choose,
    event,
    press,
    tell,
)
from tests.contract.handlers.memory import Memory

TURN = TurnId(f"T1:C1:{ROOT}")
AT = "1700000099.000100"
EVE = UserId("U9EVE")
EVES = {"user": {"id": EVE, "team_id": "T1"}}
Press = Callable[..., Awaitable[list[str]]]


@pytest.fixture
async def app(mailbox: Memory) -> AsyncApp:
    app = bolt_app(mailbox, admins=["U7ROOT"])
    await tell(app, event("message", text=ASKS, ts=ROOT))
    return app


@pytest.fixture
def presses(app: AsyncApp, response_url: ResponseUrl) -> Press:
    """Press something on a message in the thread; return what the person reads."""

    async def it(action_id: str, value: str, **more: Any) -> list[str]:
        body = press(action_id, value, response_url.url, **more)
        body["actions"][0]["action_ts"] = AT
        before = len(response_url.said)
        response = await tell(app, body)
        assert (response.status, response.body) == (200, "")
        for said in response_url.said[before:]:
            assert (said["response_type"], said["thread_ts"]) == ("ephemeral", ROOT)
            assert said["replace_original"] is False
        return [said["text"] for said in response_url.said[before:]]

    return it


def answered(mailbox: Memory, kind: EndingKind = EndingKind.ANSWERED) -> None:
    mailbox.turns[TURN] = replace(
        mailbox.turns[TURN],
        state=State.DONE,
        processor="core",
        previous=InteractionId("trun_0"),
        run=RunId("trun_1"),
        interaction=InteractionId("trun_1"),
        ending=Ending(kind, 0),
    )


def over(mailbox: Memory, turn: TurnId, kind: EndingKind) -> None:
    known = mailbox.turns[turn]
    mailbox.turns[turn] = replace(known, state=State.DONE, ending=Ending(kind, 1.0))


def texts(*said: Message) -> list[str]:
    return [message.text for message in said]


# --- while it is going ------------------------------------------------------------------


async def test_stop_is_allowed_to_askers_of_the_thread_and_admins(
    presses: Press, mailbox: Memory, app: AsyncApp
) -> None:
    refused = texts(ephemeral.may_not_stop(UserId("U1ADA")))
    assert await presses(action_ids.STOP, TURN, **EVES) == refused
    assert mailbox.turns[TURN].signals == Signals()
    assert await presses(action_ids.STOP, TURN) == []
    assert mailbox.turns[TURN].signals.stop == "U1ADA"
    assert await presses(action_ids.STOP, TURN, user={"id": "U7ROOT"}) == []
    assert mailbox.turns[TURN].signals.stop == "U7ROOT"
    await tell(app, event("message", text="why?", thread_ts=ROOT, user=EVE))
    assert await presses(action_ids.STOP, TURN, **EVES) == []
    assert mailbox.turns[TURN].signals.stop == EVE


async def test_a_finished_turn_cannot_be_stopped(presses: Press, mailbox: Memory) -> None:
    answered(mailbox)
    assert await presses(action_ids.STOP, TURN) == texts(ephemeral.nothing_to_stop())
    assert mailbox.turns[TURN].signals == Signals()


async def test_everyone_can_ask_for_a_ping_until_the_answer_is_there(
    presses: Press, mailbox: Memory
) -> None:
    assert await presses(action_ids.PING, TURN, **EVES) == texts(ephemeral.will_ping())
    assert mailbox.turns[TURN].signals.pings == (EVE,)
    answered(mailbox)
    assert await presses(action_ids.PING, TURN) == texts(ephemeral.too_late_to_ping())
    assert mailbox.turns[TURN].signals.pings == (EVE,)


async def test_an_edited_question_is_asked_once(presses: Press, mailbox: Memory) -> None:
    assert await presses(action_ids.EDITED_AGAIN, TURN) == texts(ephemeral.too_old())
    edited = replace(mailbox.questions[0], text="who built it?")
    await mailbox.edit(TURN, edited, edited.message)
    assert await presses(action_ids.EDITED_AGAIN, TURN, **EVES) == []
    again = mailbox.questions[-1]
    assert (again.text, again.asker, again.at) == ("who built it?", EVE, AT)
    assert await presses(action_ids.EDITED_AGAIN, TURN) == texts(ephemeral.already_started())
    assert len(mailbox.turns) == 2
    await mailbox.edit(TURN, replace(edited, text="who paid for it?"), edited.message)
    assert await presses(action_ids.EDITED_AGAIN, TURN) == []
    assert mailbox.questions[-1].text == "who paid for it?"


# --- under an answer (some of it under answers of earlier releases only) ----------------


async def test_the_same_question_on_another_processor(presses: Press, mailbox: Memory) -> None:
    answered(mailbox)
    value = f"ultra {TURN}"
    assert await presses(action_ids.AGAIN_ON, value) == texts(ephemeral.asking_again("ultra"))
    again = mailbox.turns[TurnId(f"{TURN}~again-ultra")].question
    assert (again.processor, again.text, again.at) == ("ultra", "who owns the Suez Canal?", AT)
    assert again.parent
    assert (again.parent.relation, again.parent.interaction) == (Relation.RERUN, "trun_0")
    assert mailbox.reaches[-1] is Addressing.ADDRESSED
    assert await presses(action_ids.AGAIN_ON, value) == texts(ephemeral.already_started())
    over(mailbox, name := TurnId(f"{TURN}~again-ultra"), EndingKind.ANSWERED)
    assert await presses(action_ids.AGAIN_ON, value) == texts(ephemeral.already_finished())
    assert set(mailbox.turns) == {TURN, name}


async def test_a_failed_re_run_can_be_asked_again(presses: Press, mailbox: Memory) -> None:
    answered(mailbox)
    value = f"ultra {TURN}"
    names = [TurnId(f"{TURN}~again-ultra{attempt}") for attempt in ("", "-2")]
    for name in names:
        assert await presses(action_ids.AGAIN_ON, value) == texts(ephemeral.asking_again("ultra"))
        assert await presses(action_ids.AGAIN_ON, value) == texts(ephemeral.already_started())
        over(mailbox, name, EndingKind.STOPPED)
    assert set(mailbox.turns) == {TURN, *names}


async def test_the_re_run_form_opens_from_the_menu(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl
) -> None:
    answered(mailbox)
    await tell(app, choose(action_ids.AGAIN_ON, f"lite {TURN}", response_url.url))
    assert mailbox.questions[-1].processor == "lite"


@pytest.mark.parametrize("name", ["mega", "inherit"])
async def test_a_processor_that_is_not_there_is_not_paid(
    presses: Press, mailbox: Memory, name: str
) -> None:
    answered(mailbox)
    assert await presses(action_ids.AGAIN_ON, f"{name} {TURN}") == texts(
        processor_picker.unknown_processor(name)
    )
    assert len(mailbox.turns) == 1


async def test_the_files_of_an_answer_come_once(presses: Press, mailbox: Memory) -> None:
    answered(mailbox)
    value = f"{action_ids.MORE_FILES} {TURN}"
    assert await presses(action_ids.MORE, value) == texts(ephemeral.files_on_their_way())
    files = mailbox.turns[TurnId(f"{TURN}~files")]
    assert (files.question.start, files.run, files.processor) == (TurnKind.FILES, "trun_1", "core")
    assert mailbox.reaches[-1] is Addressing.SIDE
    assert await presses(action_ids.MORE, value) == texts(ephemeral.already_started())


async def test_files_that_did_not_come_can_be_asked_for_again(
    presses: Press, mailbox: Memory
) -> None:
    answered(mailbox)
    value = f"{action_ids.MORE_FILES} {TURN}"
    assert await presses(action_ids.MORE, value) == texts(ephemeral.files_on_their_way())
    files = TurnId(f"{TURN}~files")
    over(mailbox, files, EndingKind.TOO_LATE)
    assert await presses(action_ids.MORE, value) == texts(ephemeral.files_on_their_way())
    assert mailbox.questions[-1].start is TurnKind.FILES


async def test_a_thread_is_muted_by_menu_and_unmuted_by_button(
    presses: Press, mailbox: Memory
) -> None:
    assert await presses(action_ids.MORE, f"{action_ids.MORE_MUTE} {TURN}") == []
    assert mailbox.muted == {THREAD}
    assert await presses(action_ids.UNMUTE, TURN) == []
    assert mailbox.muted == set()
    assert [q.start for q in mailbox.questions[-2:]] == [TurnKind.MUTED, TurnKind.UNMUTED]


async def test_feedback_is_counted_once_a_person(presses: Press, mailbox: Memory) -> None:
    answered(mailbox)
    for word in (action_ids.BAD, action_ids.GOOD):
        said = await presses(action_ids.FEEDBACK, f"{word} {TURN}")
        assert said == texts(ephemeral.thanks(word == action_ids.GOOD))
    assert mailbox.rated == {(TURN, UserId("U1ADA")): True}


async def test_a_thread_that_has_slept_goes_on_with_the_reply(
    presses: Press, app: AsyncApp, mailbox: Memory
) -> None:
    mailbox.asleep = {THREAD}
    reply = event("message", text="!pro since when?", thread_ts=ROOT, ts=AT, user=EVE)
    await tell(app, reply)
    note = f"T1:C1:{AT}~asleep"
    assert await presses(action_ids.CONTINUE, note) == texts(ephemeral.continued())
    asked = mailbox.turns[TurnId(f"T1:C1:{AT}")].question
    assert (asked.text, asked.asker, asked.processor) == ("since when?", EVE, "pro")
    assert asked.start is TurnKind.QUESTION
    assert mailbox.reaches[-1] is Addressing.ADDRESSED
    assert await presses(action_ids.CONTINUE, note) == texts(ephemeral.already_started())


async def test_going_on_with_what_is_no_question_pays_for_nothing(
    presses: Press, app: AsyncApp, mailbox: Memory
) -> None:
    mailbox.asleep = {THREAD}
    await tell(app, event("message", text="!profast who?", thread_ts=ROOT, ts=AT))
    await presses(action_ids.CONTINUE, f"T1:C1:{AT}~asleep")
    assert mailbox.turns[TurnId(f"T1:C1:{AT}")].question.start is TurnKind.UNKNOWN_PROCESSOR
    assert mailbox.reaches[-1] is Addressing.SIDE


# --- what must not work -----------------------------------------------------------------

PRESSES = [
    (action_ids.STOP, ""),
    (action_ids.PING, ""),
    (action_ids.EDITED_AGAIN, ""),
    (action_ids.AGAIN_ON, "pro "),
    (action_ids.EVIDENCE, ""),
    (action_ids.MORE, f"{action_ids.MORE_FILES} "),
    (action_ids.MORE, f"{action_ids.MORE_BRANCH} "),
    (action_ids.FOLLOW_UP, ""),
    (action_ids.RERUN, ""),
    (action_ids.FEEDBACK, f"{action_ids.GOOD} "),
    (action_ids.CONTINUE, ""),
]


@pytest.mark.parametrize(("action_id", "before"), PRESSES)
@pytest.mark.parametrize(
    "value",
    [f"T1:C2:{ROOT}", f"T2:C1:{ROOT}", "T1:C1:1.0", f"T1:C1:{ROOT}:x", "", "x"],
)
async def test_turns_that_are_forgotten_or_of_another_place(
    presses: Press, mailbox: Memory, *, action_id: str, before: str, value: str
) -> None:
    answered(mailbox)
    for place in ("T1:C2", "T2:C1"):
        mailbox.turns[TurnId(f"{place}:{ROOT}")] = mailbox.turns[TURN]
    known = dict(mailbox.turns)
    assert await presses(action_id, before + value) == texts(ephemeral.too_old())
    assert mailbox.turns == known
    assert mailbox.rated == {}


@pytest.mark.parametrize(("action_id", "before"), PRESSES[3:9])
@pytest.mark.parametrize("kind", [None, EndingKind.FAILED, EndingKind.HELPED])
async def test_answer_actions_on_other_turns_are_declined(
    presses: Press, mailbox: Memory, *, action_id: str, before: str, kind: EndingKind | None
) -> None:
    if kind:
        answered(mailbox, kind)
    assert await presses(action_id, before + TURN) == texts(ephemeral.too_old())
    assert list(mailbox.turns) == [TURN]


@pytest.mark.parametrize(
    ("action_id", "before"),
    [
        *PRESSES,
        (action_ids.MORE, f"{action_ids.MORE_MUTE} "),
        (action_ids.MORE, f"{action_ids.MORE_PROCESSOR} "),
        (action_ids.UNMUTE, ""),
    ],
)
async def test_a_press_that_cannot_be_saved_says_so(
    presses: Press, mailbox: Memory, *, action_id: str, before: str
) -> None:
    answered(mailbox)
    known = dict(mailbox.turns)
    mailbox.failing = [Unavailable("Redis: ConnectionError")]
    assert await presses(action_id, before + TURN) == texts(ephemeral.not_saved())
    assert mailbox.turns == known
    assert mailbox.muted == set()


async def test_only_a_sleep_note_can_be_continued(presses: Press, mailbox: Memory) -> None:
    assert await presses(action_ids.CONTINUE, TURN) == texts(ephemeral.too_old())
    assert list(mailbox.turns) == [TURN]


async def test_a_menu_of_another_release_does_nothing(presses: Press, mailbox: Memory) -> None:
    assert await presses(action_ids.MORE, f"dance {TURN}") == []
    assert list(mailbox.turns) == [TURN]
