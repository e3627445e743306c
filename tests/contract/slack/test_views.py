"""Modals and Home tabs through Slack's Web API: what comes back, and what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.domain.thread import UserId
from bot.errors import Cause, Refused, Unavailable
from bot.playground.slack import LocalSlack, Person
from bot.slack.views_client import SlackViews
from tests.slack_clients import bolt, bolt_app, client, modal

HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}
Trigger = Callable[[], Awaitable[str]]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(rate_limits=False) as slack:
        yield slack


@pytest.fixture
def views(slack: LocalSlack) -> SlackViews:
    return SlackViews(client(slack))


@pytest.fixture
def ada(slack: LocalSlack) -> Person:
    return slack.person("ada")


@pytest.fixture
async def trigger(slack: LocalSlack, ada: Person) -> AsyncIterator[Trigger]:
    """Type a command; returns its trigger."""
    app, found = bolt_app(slack), []
    general = slack.channel("general", [ada])

    @app.command("/processor")
    async def command(ack: Any, body: dict[str, Any]) -> None:
        found.append(body["trigger_id"])
        await ack()

    async def typed() -> str:
        await ada.command("/processor", "", general)
        return str(found[-1])

    async with bolt(slack, "socket", app):
        yield typed


async def test_a_modal_opens_updates_and_another_is_pushed_over_it(
    views: SlackViews, ada: Person, trigger: Trigger
) -> None:
    first = await views.open(await trigger(), modal("One"))
    await views.update(first, modal("Two"))
    second = await views.push(await trigger(), modal("Three"))
    assert [view.id for view in ada.views()] == [first, second]
    assert [view.content["title"]["text"] for view in ada.views()] == ["Two", "Three"]


async def test_a_home_tab_is_published(slack: LocalSlack, views: SlackViews, ada: Person) -> None:
    await views.publish(UserId(ada.id), HOME)
    shown = slack.home(ada)
    assert shown
    assert shown.content["blocks"][0]["type"] == "divider"


async def test_a_view_that_slack_refuses_is_refused(
    views: SlackViews, ada: Person, trigger: Trigger
) -> None:
    used = await trigger()
    await views.open(used, modal())
    for call in (
        views.open(used, modal()),
        views.push("1.2.x", modal()),
        views.update("V0NONE", modal()),
        views.publish(UserId(ada.id), {**HOME, "blocks": []}),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.cause is Cause.CONTENT


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        ({"error": "internal_error"}, None),
        ({"status": 503}, None),
        ({"ratelimited": 7}, 7.0),
        ({"cut": "before"}, None),
        ({"cut": "after"}, None),
    ],
)
async def test_a_temporary_view_failure_is_unavailable(
    slack: LocalSlack, views: SlackViews, ada: Person, fault: dict[str, Any], wait: float | None
) -> None:
    slack.faults.next("views.publish", **fault)
    with pytest.raises(Unavailable) as unavailable:
        await views.publish(UserId(ada.id), HOME)
    assert unavailable.value.retry_after == wait
    await views.publish(UserId(ada.id), HOME)
