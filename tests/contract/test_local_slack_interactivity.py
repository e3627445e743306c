"""Commands, buttons, menus, modals and response URLs, with a Bolt app over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.playground.slack import Channel, LocalSlack, Message, Person
from tests.contract.slack_helpers import Clock, Transport, bolt, bolt_app, client, quiet, refusal

Json = dict[str, Any]


@dataclass
class World:
    """A Slack on one of the transports with its own clock, a Bolt app, Ada, and #general.

    The app hears no events: only commands and interactions are sent.
    """

    slack: LocalSlack
    transport: Transport
    clock: Clock

    def __post_init__(self) -> None:
        self.slack.app.events.clear()
        self.app: AsyncApp = bolt_app(self.slack)
        self.ada: Person = self.slack.person("ada")
        self.general: Channel = self.slack.channel("general", [self.ada])

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run the app."""
        return bolt(self.slack, self.transport, self.app)


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Both transports."""
    clock = Clock()
    async with LocalSlack(request.param, clock=clock, rate_limits=False, ack_timeout=0.5) as slack:
        yield World(slack, request.param, clock)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


BLOCKS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "stop", "text": plain("Stop"), "value": "run-1"},
            {
                "type": "static_select",
                "action_id": "depth",
                "options": [option("lite"), option("ultra")],
                "initial_option": option("lite"),
            },
            {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]},
        ],
    }
]


def modal(title: str = "T", **more: Any) -> Json:
    text_input = {"type": "plain_text_input", "action_id": "a"}
    block = {"type": "input", "block_id": "b", "label": plain("Name"), "element": text_input}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Go"),
        "blocks": [block],
        **more,
    }


async def posted(world: World, **more: Any) -> Message:
    """Post a message with a button and menus."""
    answer = await client(world.slack).chat_postMessage(
        channel=world.general.id, text="choose", blocks=BLOCKS, **more
    )
    return world.general.messages[answer["ts"]]


# Commands


async def test_a_command_is_answered_for_its_sender_alone(world: World) -> None:
    @world.app.command("/processor")
    async def command(ack: Any, body: Json, respond: Any) -> None:
        await ack(f"heard {body['text']}")
        await respond("and more")

    async with world.running():
        outcome = await world.ada.command("/processor", "me ultra", world.general)
    assert outcome.error is None
    assert sorted(m.text for m in outcome.messages) == ["and more", "heard me ultra"]
    assert {m.ephemeral_to for m in outcome.messages} == {world.ada.id}
    assert world.general.visible() == []


async def test_a_command_can_be_answered_for_all(world: World) -> None:
    @world.app.command("/processor")
    async def command(ack: Any) -> None:
        await ack(text="for all", response_type="in_channel")

    async with world.running():
        outcome = await world.ada.command("/processor", "", world.general)
    assert outcome.messages == world.general.visible()
    assert world.general.visible()[0].by_app


async def test_a_command_that_is_not_acknowledged(world: World) -> None:
    async with world.running():
        outcome = await world.ada.command("/processor", "", world.general)
    expected = "operation_timeout" if world.transport == "socket" else "dispatch_failed"
    assert outcome.error == expected


async def test_commands_must_exist(world: World) -> None:
    with pytest.raises(ValueError, match="not a valid command"):
        await world.ada.command("/nonsense", "", world.general)
    world.slack.app.scopes.discard("commands")
    with pytest.raises(ValueError, match="not a valid command"):
        await world.ada.command("/processor", "", world.general)


# Buttons, menus, shortcuts


async def test_a_button_carries_all_that_slack_sends(world: World) -> None:
    bodies: list[Json] = []

    @world.app.action("stop")
    async def stop(ack: Any, body: Json) -> None:
        bodies.append(body)
        await ack()

    root = await world.ada.says(world.general, "who?")
    message = await posted(world, thread_ts=root.ts)
    async with world.running():
        outcome = await world.ada.clicks(message, "stop")
    assert outcome.error is None
    (body,) = bodies
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("stop", "row", "run-1")
    assert (body["type"], body["user"]["id"]) == ("block_actions", world.ada.id)
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": world.general.id,
        "is_ephemeral": False,
        "thread_ts": root.ts,
    }
    assert body["channel"]["id"] == world.general.id
    assert body["message"]["thread_ts"] == root.ts
    assert body["state"]["values"]["row"]["depth"]["selected_option"]["value"] == "lite"
    assert body["response_url"].startswith("http://")


@pytest.mark.parametrize(("menu", "value"), [("depth", "ultra"), ("more", "b")])
async def test_a_choice_carries_the_option(world: World, menu: str, value: str) -> None:
    chosen: list[Json] = []

    @world.app.action(menu)
    async def choose(ack: Any, body: Json) -> None:
        chosen.append(body["actions"][0]["selected_option"])
        await ack()

    message = await posted(world)
    async with world.running():
        await world.ada.chooses(message, menu, value)
    assert chosen == [option(value)]


async def test_only_what_is_there_can_be_pressed_and_chosen(world: World) -> None:
    message = await posted(world)
    with pytest.raises(ValueError, match="stop, depth, more"):
        await world.ada.clicks(message, "nonsense")
    with pytest.raises(ValueError, match="lite, ultra"):
        await world.ada.chooses(message, "depth", "pro")
    with pytest.raises(ValueError, match="a button is pressed"):
        await world.ada.chooses(message, "stop", "run-1")
    with pytest.raises(ValueError, match="not there to be seen"):
        await world.slack.person("eve").clicks(message, "stop")
    await client(world.slack).chat_delete(channel=world.general.id, ts=message.ts)
    with pytest.raises(ValueError, match="not there to be seen"):
        await world.ada.clicks(message, "stop")


async def test_a_shortcut_on_a_message(world: World) -> None:
    texts: list[str] = []

    @world.app.shortcut("research")
    async def research(ack: Any, body: Json) -> None:
        texts.append(body["message"]["text"])
        await ack()

    message = await world.ada.says(world.general, "is this so?")
    async with world.running():
        assert (await world.ada.shortcut("research", message)).error is None
    assert texts == ["is this so?"]


# Response URLs


async def respond_to_click(world: World, message: Message, **said: Any) -> list[Message]:
    """Click, and let the app post `said` to the response URL."""
    world.app = bolt_app(world.slack)

    @world.app.action("stop")
    async def stop(ack: Any, respond: Any) -> None:
        await ack()
        await respond(**said)

    async with world.running():
        outcome = await world.ada.clicks(message, "stop")
    assert outcome.error is None
    return outcome.messages


async def test_a_response_is_ephemeral_by_default(world: World) -> None:
    message = await posted(world)
    (said,) = await respond_to_click(world, message, text="psst")
    assert (said.text, said.ephemeral_to) == ("psst", world.ada.id)
    assert world.slack.ephemerals(world.ada) == [said]


async def test_a_response_in_the_thread(world: World) -> None:
    message = await posted(world)
    (said,) = await respond_to_click(
        world,
        message,
        text="for all",
        response_type="in_channel",
        replace_original=False,
        thread_ts=message.ts,
    )
    assert world.slack.thread(message).messages == [message, said]


async def test_a_response_replaces_or_deletes_the_message(world: World) -> None:
    message = await posted(world)
    await respond_to_click(
        world,
        message,
        text="done",
        replace_original=True,
    )
    assert (message.text, message.blocks) == ("done", [])
    whisper = await client(world.slack).chat_postEphemeral(
        channel=world.general.id, user=world.ada.id, text="choose", blocks=BLOCKS
    )
    (seen,) = world.slack.ephemerals(world.ada)
    assert seen.ts == whisper["message_ts"]
    await respond_to_click(
        world,
        seen,
        text="",
        delete_original=True,
    )
    assert world.slack.ephemerals(world.ada) == []
    with pytest.raises(ValueError, match="not there to be seen"):
        await world.ada.clicks(seen, "stop")


async def response_url(world: World) -> str:
    """Return the response URL of a command."""
    urls: list[str] = []
    world.app = bolt_app(world.slack)

    @world.app.command("/processor")
    async def command(ack: Any, body: Json) -> None:
        urls.append(body["response_url"])
        await ack()

    async with world.running():
        await world.ada.command("/processor", "", world.general)
    return urls[0]


async def test_a_response_url_wears_out(world: World) -> None:
    url = await response_url(world)
    old = await response_url(world)
    async with aiohttp.ClientSession() as session:
        statuses = []
        for n in range(6):
            async with session.post(url, json={"text": str(n)}) as response:
                statuses.append(response.status)
        assert statuses == [200] * 5 + [404]
        world.clock.now += 30 * 60 + 1
        async with session.post(old, json={"text": "late"}) as response:
            assert (await response.json())["error"] == "expired_url"
    assert [m.text for m in world.slack.ephemerals(world.ada)] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{", "invalid_payload"),
        ("[]", "invalid_payload"),
        ("{}", "no_text"),
        ('{"text": 5}', "invalid_payload"),
        ('{"text": "x", "blocks": [{"type": "nonsense"}]}', "invalid_blocks"),
        ('{"text": "x", "replace_original": true}', "message_not_found"),
        (
            '{"text": "x", "response_type": "in_channel", "thread_ts": "1.000001"}',
            "thread_not_found",
        ),
    ],
)
async def test_responses_that_slack_refuses(world: World, body: str, error: str) -> None:
    url = await response_url(world)
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as response:
        assert (response.status, (await response.json())["error"]) == (400, error)
    assert world.slack.ephemerals(world.ada) == []


# Views


async def opened(world: World, view: Json) -> str:
    """Open a modal from a command, whose trigger id is returned."""
    triggers: list[str] = []

    @world.app.command("/processor")
    async def command(ack: Any, body: Json, client: Any) -> None:
        triggers.append(body["trigger_id"])
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    async with world.running():
        assert (await world.ada.command("/processor", "", world.general)).error is None
    return triggers[0]


async def test_a_modal_is_submitted_and_closes(world: World) -> None:
    typed: list[str] = []

    @world.app.view("form")
    async def submitted(ack: Any, view: Json) -> None:
        typed.append(view["state"]["values"]["b"]["a"]["value"])
        assert view["private_metadata"] == "secret"
        await ack()

    await opened(
        world,
        modal(private_metadata="secret"),
    )
    (view,) = world.ada.views()
    with pytest.raises(ValueError, match="complete this required field"):
        await world.ada.submits(view, {})
    async with world.running():
        outcome = await world.ada.submits(view, {"b": {"a": "hello"}})
    assert (typed, outcome.error, outcome.view, world.ada.views()) == (["hello"], None, None, [])
    with pytest.raises(ValueError, match="not open"):
        await world.ada.submits(view, {"b": {"a": "hello"}})


@pytest.mark.parametrize(
    ("answer", "titles", "errors"),
    [
        ({"response_action": "errors", "errors": {"b": "no"}}, ["T"], {"b": "no"}),
        ({"response_action": "update", "view": modal("New")}, ["New"], {}),
        ({"response_action": "push", "view": modal("Next")}, ["T", "Next"], {}),
        ({"response_action": "clear"}, [], {}),
    ],
)
async def test_what_a_submission_can_be_answered_with(
    world: World, answer: Json, titles: list[str], errors: dict[str, str]
) -> None:
    @world.app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    await opened(world, modal())
    async with world.running():
        outcome = await world.ada.submits(world.ada.views()[0], {"b": {"a": "x"}})
    assert outcome.errors == errors
    assert [view.content["title"]["text"] for view in world.ada.views()] == titles


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"unknown": "no"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "nonsense"},
    ],
)
async def test_answers_to_a_submission_that_slack_refuses(world: World, answer: Json) -> None:
    @world.app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    await opened(world, modal())
    async with world.running():
        outcome = await world.ada.submits(world.ada.views()[0], {"b": {"a": "x"}})
    assert outcome.error == "invalid_arguments"


async def test_a_trigger_opens_one_view_within_three_seconds(world: World) -> None:
    used = await opened(world, modal())
    call, late = client(world.slack).views_open, []

    @world.app.action("stop")
    async def stop(ack: Any, body: Json) -> None:
        late.append(body["trigger_id"])
        await ack()

    assert (await refusal(call(trigger_id=used, view=modal())))["error"] == "exchanged_trigger_id"
    unknown = await refusal(call(trigger_id="1.2.x", view=modal()))
    assert unknown["error"] == "invalid_trigger_id"
    message = await posted(world)
    async with world.running():
        await world.ada.clicks(message, "stop")
    world.clock.now += 3.1
    assert (await refusal(call(trigger_id=late[0], view=modal())))["error"] == "expired_trigger_id"


@pytest.mark.parametrize(
    "view",
    [
        {"type": "modal", "title": plain("T")},
        modal("x" * 25),
        modal(submit=plain("x" * 25)),
        modal(close=plain("x" * 25)),
        modal(private_metadata="x" * 3001),
        modal(callback_id="x" * 256),
        modal(submit=None),
        modal(blocks=[]),
        modal(blocks=[{"type": "divider"}] * 101),
        modal(blocks=[{"type": "markdown", "text": "x"}]),
        modal(blocks=[{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]),
        modal(nonsense=1),
        {"type": "home", "blocks": [{"type": "divider"}]},
    ],
)
async def test_views_that_slack_refuses(world: World, view: Json) -> None:
    call = client(world.slack).api_call("views.open", json={"trigger_id": "1.2.x", "view": view})
    answer = await refusal(call)
    assert answer["error"] == "invalid_arguments"
    assert "json-pointer:/view" in answer["response_metadata"]["messages"][0]


async def test_a_view_can_be_too_large(world: World) -> None:
    text = {"type": "section", "text": plain("x" * 3000)}
    call = client(world.slack).views_open(trigger_id="1.2.x", view=modal(blocks=[text] * 90))
    assert (await refusal(call))["error"] == "view_too_large"


async def test_a_view_is_changed_unless_it_has_changed_meanwhile(world: World) -> None:
    await opened(world, modal(external_id="mine"))
    (view,) = world.ada.views()
    call, first = client(world.slack).views_update, view.hash
    await call(view_id=view.id, hash=first, view=modal("Two", external_id="mine"))
    await call(external_id="mine", view=modal("Three"))
    assert view.content["title"]["text"] == "Three"
    stale = await refusal(call(view_id=view.id, hash=first, view=modal("Four")))
    assert stale["error"] == "hash_conflict"
    assert (await refusal(call(view_id="V0NONE", view=modal())))["error"] == "not_found"


async def test_a_button_in_a_view(world: World) -> None:
    seen: list[Json] = []

    @world.app.action("depth")
    async def choose(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    await opened(world, modal(blocks=BLOCKS))
    (view,) = world.ada.views()
    async with world.running():
        await world.ada.chooses(view, "depth", "ultra")
    (body,) = seen
    assert body["container"] == {"type": "view", "view_id": view.id}
    values = body["view"]["state"]["values"]
    assert values["row"]["depth"]["selected_option"]["value"] == "ultra"


async def test_the_home_tab(world: World) -> None:
    call = client(world.slack).views_publish
    home: Any = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await call(user_id=world.ada.id, view=home)
    assert (await call(user_id=world.ada.id, view=home))["view"]["id"] == first["view"]["id"]
    stale = await refusal(call(user_id=world.ada.id, view=home, hash=first["view"]["hash"]))
    assert stale["error"] == "hash_conflict"
    assert (await refusal(call(user_id="U0NONE", view=home)))["error"] == "invalid_arguments"
    world.slack.app.home = False
    assert (await refusal(call(user_id=world.ada.id, view=home)))["error"] == "not_enabled"


# Status and agent sessions


async def test_a_threads_status_stands_until_the_app_posts(world: World) -> None:
    root = await world.ada.says(world.general, "who?")
    call = client(world.slack)
    where: Any = {"channel_id": world.general.id, "thread_ts": root.ts}
    await call.assistant_threads_setStatus(status="is reading", **where)
    assert world.slack.workspace.statuses == {(world.general.id, root.ts): "is reading"}
    await call.chat_postMessage(channel=world.general.id, thread_ts=root.ts, text="me")
    assert world.slack.workspace.statuses == {}
    lost = await refusal(
        call.assistant_threads_setStatus(
            channel_id=world.general.id, thread_ts="1.000001", status="x"
        )
    )
    assert lost["error"] == "invalid_thread_ts"


async def test_only_declared_agents_have_sessions(world: World) -> None:
    stopped: list[str] = []

    @world.app.event("agent_session_stopped")
    async def stop(event: Json) -> None:
        stopped.append(event["thread_ts"])

    root = await world.ada.says(world.general, "who?")
    call = client(world.slack)
    where: Any = {"channel_id": world.general.id, "thread_ts": root.ts}
    shut = await refusal(call.agents_sessions_setStatus(status="processing", **where))
    assert shut["error"] == "not_authorized"
    world.slack.app.agent = True
    lost = await refusal(call.agents_sessions_rename(title="T", **where))
    assert lost["error"] == "session_not_found"
    warned = await call.agents_sessions_setStatus(status="processing", **where)
    assert warned["warning"] == "missing_agent_session_stopped_event_subscription"
    world.slack.app.events.add("agent_session_stopped")
    quiet_now = await call.agents_sessions_setStatus(status="processing", **where)
    assert "warning" not in quiet_now.data
    await call.agents_sessions_rename(title="T", **where)
    wrong = await refusal(call.agents_sessions_setStatus(status="busy", **where))
    assert wrong["error"] == "invalid_status"
    assert world.slack.workspace.sessions[world.general.id, root.ts] == {
        "title": "T",
        "status": "processing",
    }
    async with world.running():
        await world.ada.stops(root)
        await quiet(*world.slack.deliveries)
    assert stopped == [root.ts]
