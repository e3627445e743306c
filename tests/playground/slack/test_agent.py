"""The local Slack's own surfaces of an agent: sessions with their Stop, the Home tab, prompts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.slack import LocalSlack, Message, Prompt
from tests.slack_clients import BLOCKS, Clock, Json, World, client, modal, quiet, refusal

HOME: Json = {"type": "home", "blocks": BLOCKS}
FIVE_MINUTES = 5 * 60
HOUR = 60 * 60


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Both transports."""
    clock = Clock()
    async with LocalSlack(request.param, clock=clock, rate_limits=False, ack_timeout=0.5) as slack:
        yield World(slack, request.param, clock)


async def processing(world: World, root: Message, status: str = "processing") -> None:
    """Let the app give the thread's session a status."""
    await client(world.slack).agents_sessions_setStatus(
        channel_id=root.channel.id, thread_ts=root.ts, status=status
    )


# Sessions and their Stop


async def test_processing_lasts_an_hour_unless_it_is_said_again(world: World) -> None:
    root = await world.ada.says(world.general, "who?")
    assert world.slack.session(root) is None
    await processing(world, root)
    world.clock.now += HOUR - 1
    assert world.slack.session(root) == "processing"
    await processing(world, root)
    world.clock.now += HOUR - 1
    assert world.slack.session(root) == "processing"
    world.clock.now += 1
    assert world.slack.session(root) == "active"


@pytest.mark.parametrize("status", ["active", "suspended", "closed"])
async def test_other_statuses_stay(world: World, status: str) -> None:
    root = await world.ada.says(world.general, "who?")
    await processing(world, root)
    await processing(world, root, status)
    world.clock.now += 2 * HOUR
    assert world.slack.session(root) == status


async def test_stop_is_an_event_and_changes_nothing(
    world: World,
) -> None:
    received: list[Json] = []

    @world.app.event("agent_session_stopped")
    async def stopped(event: Json) -> None:
        received.append(event)

    world.slack.app.events.add("agent_session_stopped")
    root = await world.ada.says(world.general, "who?")
    reply = await world.ada.replies(root, "well?")
    await processing(world, root)
    async with world.running():
        await world.ada.stops(reply)
        await quiet(*world.slack.deliveries)
    (event,) = received
    assert float(event.pop("event_ts")) > float(reply.ts)
    assert event == {
        "type": "agent_session_stopped",
        "channel": world.general.id,
        "thread_ts": root.ts,
        "user": world.ada.id,
        "streaming_message_ts": [],
    }
    assert world.slack.session(root) == "processing"


async def test_where_there_is_no_stop_to_press(world: World) -> None:
    app = world.slack.app
    app.events.add("agent_session_stopped")
    root = await world.ada.says(world.general, "who?")
    with pytest.raises(ValueError, match="no session is processing"):
        await world.ada.stops(root)
    await processing(world, root)
    with pytest.raises(ValueError, match="eve is not in general"):
        await world.slack.person("eve").stops(root)
    app.events.clear()
    with pytest.raises(ValueError, match="does not hear of Stop"):
        await world.ada.stops(root)
    app.events.add("agent_session_stopped")
    app.agent = False
    with pytest.raises(ValueError, match="does not hear of Stop"):
        await world.ada.stops(root)
    app.agent = True
    world.clock.now += HOUR
    with pytest.raises(ValueError, match="no session is processing"):
        await world.ada.stops(root)
    assert world.slack.deliveries == []


# Sessions and streams: see test_local_slack_streams.py for the streams themselves


async def streamed(world: World, root: Message) -> Json:
    """Let the app start a stream and return the arguments that name its message."""
    app, ada = world.slack.app, world.ada.id
    recipient: Json = {"recipient_user_id": ada, "recipient_team_id": app.team_id}
    started = await client(world.slack).chat_startStream(
        channel=root.channel.id, thread_ts=root.ts, **recipient
    )
    return {"channel": started["channel"], "ts": started["ts"]}


@pytest.mark.parametrize("status", ["active", "processing", "suspended", "closed"])
async def test_a_session_follows_its_streams(world: World, status: str) -> None:
    root = await world.ada.says(world.general, "who?")
    first, second = await streamed(world, root), await streamed(world, root)
    assert world.slack.session(root) == "processing"
    await client(world.slack).chat_stopStream(**first)
    assert world.slack.session(root) == "active"
    await client(world.slack).chat_stopStream(**second, session_status=status)
    world.clock.now += 2 * FIVE_MINUTES
    assert world.slack.session(root) == status


async def test_a_stream_that_times_out_makes_its_session_active(world: World) -> None:
    root = await world.ada.says(world.general, "who?")
    await streamed(world, root)
    world.clock.now += FIVE_MINUTES - 1
    await processing(world, root)
    assert world.slack.session(root) == "processing"
    world.clock.now += 1
    assert world.slack.session(root) == "active"
    await processing(world, root)
    assert world.slack.session(root) == "processing"


async def test_apps_that_are_no_agents_stream_without_a_session(world: World) -> None:
    world.slack.app.agent = False
    root = await world.ada.says(world.general, "who?")
    stream = await streamed(world, root)
    assert world.slack.streaming(root.channel.messages[stream["ts"]])
    await client(world.slack).chat_stopStream(**stream)
    assert world.slack.session(root) is None


async def test_stop_names_the_streams_that_it_ended(world: World) -> None:
    world.slack.app.events.add("agent_session_stopped")
    root = await world.ada.says(world.general, "who?")
    over, live = await streamed(world, root), await streamed(world, root)
    await client(world.slack).chat_stopStream(**over, session_status="processing")
    await world.ada.stops(root)
    assert world.slack.deliveries[-1].event["streaming_message_ts"] == [live["ts"]]
    assert world.slack.session(root) == "processing"  # the app has to move it


# The Home tab


async def test_opening_home_is_an_event_and_the_app_publishes_the_view(world: World) -> None:
    received: list[Json] = []

    @world.app.event("app_home_opened")
    async def opened(event: Json, client: Any) -> None:
        received.append(event)
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=HOME)

    world.slack.app.events.add("app_home_opened")
    ada, bob = world.ada, world.slack.person("bob")
    async with world.running():
        assert await ada.opens_home() is None
        await quiet(*world.slack.deliveries)
        first = world.slack.home(ada)
        assert await ada.opens_home() is first
        await quiet(*world.slack.deliveries)
        await ada.opens_messages()
        await quiet(*world.slack.deliveries)
    assert first is not None
    assert world.slack.home(bob) is None
    assert [event["tab"] for event in received] == ["home", "home", "messages"]
    assert {event["user"] for event in received} == {ada.id}
    assert {event["channel"] for event in received} == {world.slack.dm(ada).id}
    assert [event.get("view", {}).get("id") for event in received] == [None, first.id, None]
    assert received[1]["view"]["type"] == "home"
    assert ada.views() == []  # Home is no modal


async def test_a_home_tab_must_be_declared(world: World) -> None:
    world.slack.app.events.add("app_home_opened")
    world.slack.app.home = False
    with pytest.raises(ValueError, match="no Home tab"):
        await world.ada.opens_home()
    shut = await refusal(client(world.slack).views_publish(user_id=world.ada.id, view=HOME))
    assert shut["error"] == "not_enabled"
    assert world.slack.deliveries == []


async def test_what_stands_in_home_is_pressed_and_chosen_from(world: World) -> None:
    bodies: list[Json] = []

    @world.app.action({"block_id": "row"})
    async def acted(ack: Any, body: Json, client: Any) -> None:
        bodies.append(body)
        if body["actions"][0]["action_id"] == "stop":
            await client.views_open(trigger_id=body["trigger_id"], view=modal("Sure?"))
        await ack()

    await client(world.slack).views_publish(user_id=world.ada.id, view=HOME)
    home = world.slack.home(world.ada)
    assert home is not None
    async with world.running():
        assert (await world.ada.clicks(home, "stop")).error is None
        assert (await world.ada.chooses(home, "depth", "ultra")).error is None
    assert [body["actions"][0]["type"] for body in bodies] == ["button", "static_select"]
    for body in bodies:
        assert body["container"] == {"type": "view", "view_id": home.id}
        assert (body["view"]["type"], body["view"]["hash"]) == ("home", home.hash)
        assert body["user"]["id"] == world.ada.id
        assert "message" not in body
        assert "response_url" not in body
    values = bodies[1]["view"]["state"]["values"]
    assert values["row"]["depth"]["selected_option"]["value"] == "ultra"
    assert [view.content["title"]["text"] for view in world.ada.views()] == ["Sure?"]


async def test_home_belongs_to_one_person_and_is_no_form(world: World) -> None:
    await client(world.slack).views_publish(user_id=world.ada.id, view=HOME)
    home = world.slack.home(world.ada)
    assert home is not None
    with pytest.raises(ValueError, match="not open"):
        await world.slack.person("bob").clicks(home, "stop")
    with pytest.raises(ValueError, match="neither submitted nor closed"):
        await world.ada.submits(home, {})
    with pytest.raises(ValueError, match="neither submitted nor closed"):
        await world.ada.closes(home)
    assert world.slack.home(world.ada) is home


async def test_a_stale_hash_does_not_overwrite_home(world: World) -> None:
    publish, user = client(world.slack).views_publish, world.ada.id
    first = (await publish(user_id=user, view=HOME))["view"]["hash"]
    second = (await publish(user_id=user, view=HOME, hash=first))["view"]["hash"]
    stale = await refusal(publish(user_id=user, view=HOME, hash=first))
    assert stale["error"] == "hash_conflict"
    home = world.slack.home(world.ada)
    assert home is not None
    assert home.hash == second


# What the app declares


def test_only_agents_suggest_prompts_and_at_most_four() -> None:
    app = LocalSlack().app
    app.suggest([Prompt(str(n), "who?") for n in range(4)])
    assert [prompt.title for prompt in app.suggested] == ["0", "1", "2", "3"]
    with pytest.raises(ValueError, match="at most 4"):
        app.suggest([Prompt(str(n), "who?") for n in range(5)])
    app.agent = False
    assert app.suggested == ()
