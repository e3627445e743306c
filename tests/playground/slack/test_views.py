"""Modals, the Home tab, and the status under a thread, with a Bolt app over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.slack import LocalSlack
from tests.slack_clients import (
    BLOCKS,
    Clock,
    Json,
    World,
    client,
    modal,
    plain,
    quiet,
    refusal,
)


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Both transports."""
    clock = Clock()
    async with LocalSlack(request.param, clock=clock, rate_limits=False, ack_timeout=0.5) as slack:
        yield World(slack, request.param, clock)


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
    message = await world.posted()
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


async def test_a_button_in_a_view_sends_the_view(world: World) -> None:
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
    world.slack.app.agent = False
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
    assert world.slack.workspace.sessions[world.general.id, root.ts].title == "T"
    assert world.slack.session(root) == "processing"
    async with world.running():
        await world.ada.stops(root)
        await quiet(*world.slack.deliveries)
    assert stopped == [root.ts]
