"""The listeners in a real Bolt app: what reaches the mailbox, and what Slack gets as a response."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.domain.choices import Choices, FollowUps
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.errors import Unavailable
from bot.playground.slack import LocalSlack
from bot.ports import Addressing, Channel, Message, Scope
from bot.ports.gate import Admission
from bot.slack.messages import ephemeral, processor_picker, replies_setting
from tests.contract.handlers.bolt_harness import (
    ADA,
    ASKS,
    HERE,
    ME,
    ROOT,
    TS,
    bolt_app,
    command,
    event,
    tell,
    tell_signed,
)
from tests.contract.handlers.memory import Memory, OpenGate
from tests.slack_clients import Transport, bolt, client

# --- events -----------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["app_mention", "message"])
@pytest.mark.parametrize("say", [tell, tell_signed])
async def test_the_two_events_of_a_mention_are_one_turn(
    app: AsyncApp, mailbox: Memory, first: str, say: Any
) -> None:
    second = {"app_mention": "message", "message": "app_mention"}[first]
    for kind in (first, second, first):
        response = await say(app, event(kind, text=ASKS))
        assert response.status == 200
    assert list(mailbox.turns) == [f"T1:C1:{TS}"]
    assert mailbox.questions[0].text == "who owns the Suez Canal?"
    assert mailbox.reaches == [Addressing.ADDRESSED] * 3


class SlowGate(OpenGate):
    """A gate that judges when it is let."""

    def __init__(self) -> None:
        self.judged = 0
        self.may_judge = asyncio.Event()

    async def judge(self, *about: Any, **more: Any) -> Admission:
        self.judged += 1
        await self.may_judge.wait()
        return await super().judge(*about, **more)


@pytest.mark.parametrize("fails", [False, True])
async def test_of_two_events_of_a_mention_at_once_one_is_answered_for_both(fails: bool) -> None:
    gate, mailbox = SlowGate(), Memory()
    mailbox.failing = [Unavailable("Redis: ConnectionError")] if fails else []
    app = bolt_app(mailbox, gate=gate)
    both = [
        asyncio.create_task(tell(app, event(kind, text=ASKS)))
        for kind in ("app_mention", "message")
    ]
    while not gate.judged:
        await asyncio.sleep(0)
    for _ in range(100):  # turns of the loop, in which the other one comes as far
        await asyncio.sleep(0)
    gate.may_judge.set()
    statuses = [response.status for response in await asyncio.gather(*both)]
    assert gate.judged == 1
    if fails:  # both are delivered again
        assert min(statuses) >= 500
        assert mailbox.questions == []
    else:
        assert statuses == [200, 200]
        assert mailbox.reaches == [Addressing.ADDRESSED]


async def test_a_reply_counts_only_in_our_threads(app: AsyncApp, mailbox: Memory) -> None:
    reply = event("message", text="since when?", ts="1700000001.000000", thread_ts=TS)
    assert (await tell(app, reply)).status == 200
    assert mailbox.questions == []
    await tell(app, event("message", text=ASKS))
    await tell(app, reply)
    assert [question.text for question in mailbox.questions][1:] == ["since when?"]


@pytest.mark.parametrize(
    "payload",
    [
        event("message", text="just chatting"),
        event("message", text=ASKS, bot_id="B7"),
        event("message", text=ASKS, user=ME, bot_id="B0BOT"),
        event("app_mention", text=ASKS, user=ME),
        event("message", subtype="channel_join", text="<@U1ADA> has joined"),
        event("message", subtype="channel_topic", text="<@U0BOT> set the topic"),
        event("message", subtype="bot_message", text=ASKS, bot_id="B7"),
        event("message", subtype="message_deleted", hidden=True, deleted_ts=ROOT),
        event("message", subtype="message_changed", hidden=True, message={"text": ASKS}),
        event("message", subtype="file_share", text="", files=[{"id": "F1"}]),
        event("message", subtype="never_heard_of", text=ASKS),
        event("app_home_opened", tab="messages"),
        event("member_joined_channel", user="U2BOB"),
        event("tokens_revoked", tokens={"bot": [ME]}),
        event("function_executed", function={"callback_id": "f"}),
        event("never_heard_of"),
    ],
    ids=lambda payload: f"{payload['event']['type']} {payload['event'].get('subtype', '')}",
)
async def test_every_other_event_is_acknowledged_and_kept_out(
    app: AsyncApp, mailbox: Memory, payload: dict[str, Any]
) -> None:
    for say in (tell, tell_signed):
        response = await say(app, payload)
        assert (response.status, response.body) == (200, "")
    assert mailbox.turns == {}


@pytest.mark.parametrize("kind", ["app_mention", "message"])
@pytest.mark.parametrize("say", [tell, tell_signed])
@pytest.mark.parametrize("error", [Unavailable("Redis: TimeoutError"), RuntimeError("a bug")])
async def test_an_event_that_is_not_saved_is_not_acknowledged(
    app: AsyncApp,
    mailbox: Memory,
    caplog: pytest.LogCaptureFixture,
    *,
    kind: str,
    say: Any,
    error: Exception,
) -> None:
    caplog.set_level(logging.INFO)
    mailbox.failing = [error]
    assert (await say(app, event(kind, text=ASKS))).status == 500
    assert mailbox.turns == {}
    assert (await say(app, event(kind, text=ASKS))).status == 200
    assert len(mailbox.turns) == 1

    assert str(error) in caplog.text
    assert ("Traceback" in caplog.text) is isinstance(error, RuntimeError)
    assert "Suez" not in caplog.text


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_slack_redelivers_an_event_that_was_not_saved(
    transport: Transport, mailbox: Memory
) -> None:
    async with LocalSlack(transport=transport, retry_delays=(0, 0, 0), ack_timeout=0.3) as slack:
        ada = slack.person("ada")
        general = slack.channel("general", [ada])
        me = UserId(slack.app.bot_user_id)
        secret = slack.app.signing_secret
        app = bolt_app(mailbox, me=me, client=client(slack), signing_secret=secret)
        async with bolt(slack, transport, app):
            mailbox.failing = [Unavailable("Redis: ConnectionError")] * 2
            await ada.says(general, f"<@{me}> who owns the Suez Canal?")
            await slack.until(lambda: all(delivery.over.is_set() for delivery in slack.deliveries))
            acked = [[a.acked for a in delivery.attempts] for delivery in slack.deliveries]
    assert sorted(map(tuple, acked)) == [(False, True), (False, True)]
    assert [question.text for question in mailbox.questions] == ["who owns the Suez Canal?"]


# --- the command ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before", "after", "answer"),
    [
        ("", {}, {}, processor_picker.processor_picker(Choices(), "core-fast")),
        (
            "",
            {HERE: "pro", ADA: "lite"},
            {HERE: "pro", ADA: "lite"},
            processor_picker.processor_picker(Choices(channel="pro", person="lite"), "core-fast"),
        ),
        ("help", {}, {}, processor_picker.help_text()),
        ("me", {}, {}, processor_picker.current_choices(Choices(), "core-fast")),
        (
            "me",
            {ADA: "pro", HERE: "lite"},
            {ADA: "pro", HERE: "lite"},
            processor_picker.current_choices(Choices(channel="lite", person="pro"), "core-fast"),
        ),
        (
            "deep",
            {},
            {HERE: "pro-fast"},
            processor_picker.set_for_channel(Choices(channel="pro-fast"), "core-fast"),
        ),
        (
            "me Exhaustive",
            {},
            {ADA: "ultra"},
            processor_picker.set_for_person(Choices(person="ultra"), "core-fast"),
        ),
        ("exhaustiv", {}, {}, processor_picker.unknown_processor("exhaustiv")),
        (
            "Pro-FAST",
            {},
            {HERE: "pro-fast"},
            processor_picker.set_for_channel(Choices(channel="pro-fast"), "core-fast"),
        ),
        (
            "`!pro–fast`",
            {ADA: "lite"},
            {ADA: "lite", HERE: "pro-fast"},
            processor_picker.set_for_channel(
                Choices(channel="pro-fast", person="lite"), "core-fast"
            ),
        ),
        (
            "me  Ultra",
            {HERE: "pro"},
            {HERE: "pro", ADA: "ultra"},
            processor_picker.set_for_person(Choices(channel="pro", person="ultra"), "core-fast"),
        ),
        (
            "reset",
            {HERE: "pro", ADA: "lite"},
            {ADA: "lite"},
            processor_picker.set_for_channel(Choices(person="lite"), "core-fast"),
        ),
        (
            "me reset",
            {HERE: "pro", ADA: "lite"},
            {HERE: "pro"},
            processor_picker.set_for_person(Choices(channel="pro"), "core-fast"),
        ),
        ("reset me", {ADA: "lite"}, {}, processor_picker.set_for_person(Choices(), "core-fast")),
        ("profast", {HERE: "pro"}, {HERE: "pro"}, processor_picker.unknown_processor("profast")),
        ("me profast", {ADA: "pro"}, {ADA: "pro"}, processor_picker.unknown_processor("profast")),
        ("pro please", {}, {}, processor_picker.unknown_processor("pro please")),
    ],
)
@pytest.mark.parametrize("say", [tell, tell_signed])
async def test_the_processor_command_shows_and_sets_the_choice(
    app: AsyncApp,
    mailbox: Memory,
    *,
    say: Any,
    text: str,
    before: dict[Scope, str],
    after: dict[Scope, str],
    answer: Message,
) -> None:
    mailbox.chosen = dict(before)
    response = await say(app, command(text))
    assert response.status == 200
    said = json.loads(response.body)
    assert said["response_type"] == "ephemeral"
    assert said["text"] == answer.text
    assert said.get("blocks") == answer.blocks
    assert mailbox.chosen == after


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("replies mention", None, FollowUps.MENTION),
        ("replies only-me", None, FollowUps.ASKER),
        ("Replies `Every`", FollowUps.MENTION, FollowUps.EVERY),
        ("replies reset", FollowUps.MENTION, None),
    ],
)
async def test_which_replies_are_follow_ups_is_chosen_for_a_channel(
    app: AsyncApp,
    mailbox: Memory,
    text: str,
    before: FollowUps | None,
    after: FollowUps | None,
) -> None:
    mailbox.replies = {HERE: before} if before else {}
    response = await tell(app, command(text))
    said = json.loads(response.body)
    assert said["text"] == replies_setting.confirmed(after, FollowUps.EVERY).text
    assert mailbox.replies == ({HERE: after} if after else {})
    assert mailbox.chosen == {}


@pytest.mark.parametrize("chosen", [None, FollowUps.ASKER])
async def test_replies_without_an_argument_shows_the_current_choice(
    app: AsyncApp, mailbox: Memory, chosen: FollowUps | None
) -> None:
    mailbox.replies = {HERE: chosen} if chosen else {}
    response = await tell(app, command("replies"))
    payload = replies_setting.current(chosen, FollowUps.EVERY)
    assert json.loads(response.body)["text"] == payload.text
    assert mailbox.replies == ({HERE: chosen} if chosen else {})


@pytest.mark.parametrize("words", ["never", "mention please"])
async def test_an_unknown_replies_argument_changes_nothing_and_says_so(
    app: AsyncApp, mailbox: Memory, words: str
) -> None:
    response = await tell(app, command(f"replies {words}"))
    assert json.loads(response.body)["text"] == replies_setting.unknown(words).text
    assert mailbox.replies == {}


@pytest.mark.parametrize("default", ["core-fast", "ultra8x"])
@pytest.mark.parametrize(
    "text",
    [
        "", "help", "me", "pro", "ultra8x", "reset", "me pro", "me reset", "replies",
        "replies mention", "replies reset", "replies never", "profast",
    ],
)  # fmt: skip
async def test_no_answer_in_a_direct_message_calls_it_a_channel(
    app: AsyncApp, mailbox: Memory, text: str, default: str
) -> None:
    mailbox.chosen = {Channel(TeamId("T1"), ChannelId("D1")): default}
    response = await tell(app, {**command(text), "channel_id": "D1"})
    said = response.body.lower()
    assert "database" not in said
    for words in ("this channel", "the channel", "channel setting", "then channel"):
        assert words not in said
    assert not mailbox.replies


@pytest.mark.parametrize("text", ["", "pro", "me pro", "reset", "replies every"])
async def test_a_command_that_cannot_be_kept_says_so(
    app: AsyncApp, mailbox: Memory, text: str
) -> None:
    mailbox.failing = [Unavailable("Redis: ConnectionError")]
    response = await tell(app, command(text))
    assert response.status == 200
    assert json.loads(response.body)["text"] == ephemeral.not_saved().text
    assert mailbox.chosen == {}
