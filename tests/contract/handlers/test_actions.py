"""Buttons and menus in a real Bolt app: what they do, and what the person reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.domain.choices import Choices
from bot.domain.thread import ChannelId, MessageTs, RunId, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Ending, EndingKind, Signals, TurnKind
from bot.errors import Unavailable
from bot.playground.slack import LocalSlack
from bot.ports import Addressing, Channel, Deadlines, Scope
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker
from tests.contract.handlers.bolt_harness import (
    ADA,
    ASKS,
    HERE,
    ROOT,
    THREAD,
    TS,
    ResponseUrl,
    bolt_app,
    choose,
    event,
    press,
    private,
    tell,
    tell_signed,
)
from tests.contract.handlers.memory import Memory
from tests.slack_clients import Transport, bolt, client


async def asked(app: AsyncApp, mailbox: Memory) -> TurnId:
    """Ask a question in the thread, and return its turn."""
    await tell(app, event("message", text=ASKS, ts=ROOT))
    return next(iter(mailbox.turns))


async def test_the_menu_of_an_answer_chooses_for_the_thread(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl
) -> None:
    for value, name in (("ultra", "ultra"), (action_ids.INHERIT, None)):
        response = await tell(app, choose(action_ids.FOLLOW_UPS, value, response_url.url))
        assert (response.status, response.body) == (200, "")
        assert mailbox.chosen == ({THREAD: name} if name else {})
        assert response_url.said.pop() == {
            "text": processor_picker.set_for_thread(name).text,
            "response_type": "ephemeral",
            "replace_original": False,
            "thread_ts": ROOT,
        }


async def test_a_removed_processor_is_not_chosen(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl
) -> None:
    mailbox.chosen = {THREAD: "pro"}
    response = await tell(app, choose(action_ids.FOLLOW_UPS, "mega", response_url.url))
    assert response.status == 200
    assert mailbox.chosen == {THREAD: "pro"}
    assert response_url.said[0]["text"] == processor_picker.unknown_processor("mega").text


@pytest.mark.parametrize(
    ("body", "after", "choices"),
    [
        (
            choose(action_ids.PROCESSOR_CHANNEL, "ultra", ""),
            {HERE: "ultra", ADA: "lite"},
            "ultra lite",
        ),
        (choose(action_ids.PROCESSOR_MINE, "ultra", ""), {HERE: "pro", ADA: "ultra"}, "pro ultra"),
        (press(action_ids.RESET_CHANNEL, action_ids.INHERIT, ""), {ADA: "lite"}, "None lite"),
        (press(action_ids.RESET_MINE, action_ids.INHERIT, ""), {HERE: "pro"}, "pro None"),
    ],
)
@pytest.mark.parametrize("say", [tell, tell_signed])
async def test_the_picker_chooses_and_shows_what_it_did(
    app: AsyncApp,
    mailbox: Memory,
    response_url: ResponseUrl,
    *,
    say: Any,
    body: dict[str, Any],
    after: dict[Scope, str],
    choices: str,
) -> None:
    mailbox.chosen = {HERE: "pro", ADA: "lite"}
    response = await say(app, private(body) | {"response_url": response_url.url})
    assert (response.status, response.body) == (200, "")
    assert mailbox.chosen == after
    channel, person = (None if name == "None" else name for name in choices.split())
    shown = processor_picker.processor_picker(Choices(channel=channel, person=person), "core-fast")
    assert response_url.said == [
        {
            "text": shown.text,
            "blocks": shown.blocks,
            "response_type": "ephemeral",
            "replace_original": True,
        }
    ]


async def test_a_turn_is_tried_again_once(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl
) -> None:
    turn = await asked(app, mailbox)
    pressed = press(action_ids.TRY_AGAIN, turn, response_url.url)
    assert (await tell(app, pressed)).status == 200
    assert response_url.said == []
    again = mailbox.questions[1]
    first = mailbox.questions[0]
    assert again == replace(first, message=MessageTs(TS), source=first.message)

    assert (await tell(app, pressed)).status == 200
    assert len(mailbox.turns) == 2
    assert [said["text"] for said in response_url.said] == [ephemeral.already_started().text]
    assert response_url.said[0]["thread_ts"] == ROOT


@pytest.mark.parametrize("changed", ["edited", "gone", "stop"])
@pytest.mark.parametrize(
    ("kind", "action_id", "choice"),
    [
        (EndingKind.CONFIRM, action_ids.CONFIRM, ""),
        (EndingKind.OVER_BUDGET, action_ids.USE_FIRST, "lite "),
    ],
)
async def test_what_was_changed_before_it_ended_without_a_run_is_not_started(
    app: AsyncApp,
    mailbox: Memory,
    response_url: ResponseUrl,
    *,
    changed: str,
    kind: EndingKind,
    action_id: str,
    choice: str,
) -> None:
    turn = await asked(app, mailbox)
    known = mailbox.turns[turn]
    signals = {
        "edited": Signals(edited=replace(known.question, text="who built it?")),
        "gone": Signals(gone=True),
        "stop": Signals(stop=known.question.asker),
    }[changed]
    ending = Ending(kind, float(TS))
    mailbox.turns[turn] = replace(known, processor="ultra8x", ending=ending, signals=signals)
    await tell(app, press(action_id, f"{choice}{turn}", response_url.url))
    assert [said["text"] for said in response_url.said] == [ephemeral.declined().text]
    assert list(mailbox.turns) == [turn]


async def test_look_again_waits_on_for_the_same_run(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl
) -> None:
    turn = await asked(app, mailbox)
    mailbox.turns[turn] = replace(mailbox.turns[turn], run=RunId("trun_1"))
    await tell(app, press(action_ids.LOOK_AGAIN, turn, response_url.url))
    assert mailbox.turns[TurnId(f"T1:C1:{TS}")].run == "trun_1"
    assert response_url.said == []


@pytest.mark.parametrize("action_id", [action_ids.TRY_AGAIN, action_ids.LOOK_AGAIN])
@pytest.mark.parametrize("value", [f"T1:C2:{ROOT}", f"T2:C1:{ROOT}", "T1:C1:1.0", "", "pro"])
async def test_a_turn_that_is_forgotten_or_of_another_place_is_not_tried_again(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl, action_id: str, value: str
) -> None:
    turn = await asked(app, mailbox)
    for team, channel in (("T1", "C2"), ("T2", "C1")):
        other = ThreadKey(TeamId(team), ChannelId(channel), MessageTs(ROOT))
        await mailbox.put(replace(mailbox.questions[0], thread=other), Addressing.ADDRESSED)
    known = set(mailbox.turns)
    assert turn in known
    response = await tell(app, press(action_id, value, response_url.url))
    assert response.status == 200
    assert set(mailbox.turns) == known
    assert [said["text"] for said in response_url.said] == [ephemeral.too_old().text]


@pytest.mark.parametrize("action_id", [action_ids.TRY_AGAIN, action_ids.LOOK_AGAIN])
@pytest.mark.parametrize("start", [start for start in TurnKind if start.needs_no_run])
async def test_a_press_on_a_turn_without_a_run_starts_none(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl, action_id: str, start: TurnKind
) -> None:
    turn = await asked(app, mailbox)
    was = mailbox.turns[turn]
    mailbox.turns[turn] = replace(was, question=replace(was.question, start=start))
    await tell(app, press(action_id, turn, response_url.url))
    assert set(mailbox.turns) == {turn}
    assert [said["text"] for said in response_url.said] == [ephemeral.too_old().text]


@pytest.mark.parametrize(
    "body",
    [
        choose(action_ids.FOLLOW_UPS, "pro", ""),
        press(action_ids.TRY_AGAIN, f"T1:C1:{ROOT}", ""),
        private(choose(action_ids.PROCESSOR_MINE, "pro", "")),
    ],
)
async def test_a_press_that_cannot_be_saved_says_so(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl, body: dict[str, Any]
) -> None:
    mailbox.failing = [Unavailable("Redis: ConnectionError")]
    response = await tell(app, body | {"response_url": response_url.url})
    assert response.status == 200
    assert mailbox.chosen == {}
    assert [said["text"] for said in response_url.said] == [ephemeral.not_saved().text]
    assert response_url.said[0]["replace_original"] is False


@pytest.mark.parametrize("action_id", ["open_source", "a_button_of_an_older_release"])
async def test_links_and_unknown_buttons_are_acknowledged(
    app: AsyncApp, mailbox: Memory, response_url: ResponseUrl, action_id: str
) -> None:
    response = await tell(app, press(action_id, "x", response_url.url))
    assert (response.status, response.body) == (200, "")
    assert response_url.said == []
    assert mailbox.turns == {}


@pytest.mark.parametrize("broken", ["refused", "nobody there", "no address"])
async def test_a_press_counts_although_its_answer_does_not_arrive(
    app: AsyncApp,
    mailbox: Memory,
    response_url: ResponseUrl,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    response_url.status = 404
    url = {"refused": response_url.url, "nobody there": "http://127.0.0.1:9/secret"}.get(broken, "")
    body = choose(action_ids.FOLLOW_UPS, "pro", url)
    if broken == "no address":
        del body["response_url"]
    assert (await tell(app, body)).status == 200
    assert mailbox.chosen == {THREAD: "pro"}
    assert "private reply" in caplog.text
    assert "secret" not in caplog.text


async def test_a_press_is_acknowledged_in_time_although_its_answer_hangs(
    mailbox: Memory, response_url: ResponseUrl
) -> None:
    response_url.gate.clear()
    app = bolt_app(mailbox, deadlines=Deadlines(listener=0.2))
    response = await tell(app, choose(action_ids.FOLLOW_UPS, "pro", response_url.url))
    assert response.status == 200
    assert mailbox.chosen == {THREAD: "pro"}


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_the_processor_picker_works_in_slack(transport: Transport, mailbox: Memory) -> None:
    async with LocalSlack(transport=transport) as slack:
        ada = slack.person("ada")
        general = slack.channel("general", [ada])
        secret = slack.app.signing_secret
        me = UserId(slack.app.bot_user_id)
        app = bolt_app(mailbox, me=me, client=client(slack), signing_secret=secret)
        async with bolt(slack, transport, app):
            shown = (await ada.command("/processor", "", general)).messages[0]
            assert shown.text == processor_picker.processor_picker(Choices(), "core-fast").text
            here = Channel(TeamId(slack.app.team_id), ChannelId(general.id))

            assert (await ada.chooses(shown, action_ids.PROCESSOR_CHANNEL, "pro")).error is None
            assert mailbox.chosen == {here: "pro"}
            assert (
                shown.text
                == processor_picker.processor_picker(Choices(channel="pro"), "core-fast").text
            )

            assert (await ada.clicks(shown, action_ids.RESET_CHANNEL)).error is None
            assert mailbox.chosen == {}
            assert shown.text == processor_picker.processor_picker(Choices(), "core-fast").text
            assert slack.ephemerals(ada) == [shown]
