"""Commands, buttons, menus and response URLs, with a Bolt app over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground.slack import LocalSlack, Message
from tests.slack_clients import BLOCKS, Clock, Json, World, bolt_app, client, modal, option


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Both transports."""
    clock = Clock()
    async with LocalSlack(request.param, clock=clock, rate_limits=False, ack_timeout=0.5) as slack:
        yield World(slack, request.param, clock)


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


@pytest.mark.parametrize("command", ["/processor", "/threadline"])
async def test_a_command_names_people_and_channels_by_id_if_declared_so(
    world: World, command: str
) -> None:
    texts: list[str] = []

    @world.app.command(command)
    async def listener(ack: Any, body: Json) -> None:
        texts.append(body["text"])
        await ack()

    typed = "allow @ada in #general, <@U7> a&b @nobody https://example.com/a"
    async with world.running():
        await world.ada.command(command, typed, world.general)
    ada, general = world.ada.id, world.general.id
    escaped = f"allow <@{ada}|ada> in <#{general}|general>, <@U7> a&amp;b @nobody "
    expected = typed if command == "/processor" else f"{escaped}<https://example.com/a>"
    assert texts == [expected]


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
    message = await world.posted(thread_ts=root.ts)
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

    message = await world.posted()
    async with world.running():
        await world.ada.chooses(message, menu, value)
    assert chosen == [option(value)]


async def test_only_what_is_there_can_be_pressed_and_chosen(world: World) -> None:
    message = await world.posted()
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


async def test_a_message_shortcut_reaches_its_listener(world: World) -> None:
    texts: list[str] = []

    @world.app.shortcut("research_message")
    async def research(ack: Any, body: Json) -> None:
        texts.append(body["message"]["text"])
        await ack()

    message = await world.ada.says(world.general, "is this so?")
    async with world.running():
        assert (await world.ada.shortcut("research_message", message)).error is None
    assert texts == ["is this so?"]


async def test_a_shortcut_in_a_thread_knows_the_thread_and_can_open_a_modal(world: World) -> None:
    bodies: list[Json] = []

    @world.app.shortcut("research_message")
    async def research(ack: Any, body: Json, client: Any) -> None:
        bodies.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=modal("Research"))
        await ack()

    root = await world.ada.says(world.general, "one")
    reply = await world.ada.replies(root, "two")
    async with world.running():
        await world.ada.shortcut("research_message", reply)
    (body,) = bodies
    assert (body["type"], body["callback_id"]) == ("message_action", "research_message")
    assert (body["message_ts"], body["message"]["thread_ts"]) == (reply.ts, root.ts)
    assert (body["channel"]["id"], body["user"]["id"]) == (world.general.id, world.ada.id)
    assert [view.content["title"]["text"] for view in world.ada.views()] == ["Research"]


async def test_only_declared_shortcuts_on_messages_that_are_seen(world: World) -> None:
    message = await world.ada.says(world.general, "is this so?")
    with pytest.raises(ValueError, match="no shortcut 'nonsense'; there are: research_message"):
        await world.ada.shortcut("nonsense", message)
    with pytest.raises(ValueError, match="not there to be seen"):
        await world.slack.person("eve").shortcut("research_message", message)
    world.slack.app.shortcuts.clear()
    with pytest.raises(ValueError, match="there are: none"):
        await world.ada.shortcut("research_message", message)
    assert world.slack.interactions == []


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
    message = await world.posted()
    (said,) = await respond_to_click(world, message, text="psst")
    assert (said.text, said.ephemeral_to) == ("psst", world.ada.id)
    assert world.slack.ephemerals(world.ada) == [said]


async def test_a_response_in_the_thread(world: World) -> None:
    message = await world.posted()
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
    message = await world.posted()
    await respond_to_click(
        world,
        message,
        text="done",
        replace_original=True,
    )
    assert (message.text, message.blocks) == ("done", [])
    ephemeral = await client(world.slack).chat_postEphemeral(
        channel=world.general.id, user=world.ada.id, text="choose", blocks=BLOCKS
    )
    (seen,) = world.slack.ephemerals(world.ada)
    assert seen.ts == ephemeral["message_ts"]
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
