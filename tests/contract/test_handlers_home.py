"""The Home tab in a real Bolt app on the local Slack."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.model import (
    TeamId,
    UserId,
)
from bot.ports import Person as Asker
from bot.slack import actions, whispers
from bot.slack.blockkit import button
from tests.contract.slack_helpers import client, quiet
from tests.contract.viewing import World, text, title

# --- Home -------------------------------------------------------------------------------


async def test_home_shows_what_is_running_and_stops_it(world: World) -> None:
    view = await world.home(world.ada)
    assert "who owns the Suez Canal?" in text(view)
    assert view.content["private_metadata"] == world.slack.app.team_id
    assert (await world.ada.clicks(view, actions.STOP)).error is None
    assert world.mailbox.turns[world.turn].wishes.stop == world.ada.id
    assert "Stopping" in text(view)
    assert world.ada.views() == []
    assert "Nothing is running for you" in text(await world.home(world.eve))


async def test_home_says_as_of_when_it_is_and_what_is_so_now(one: World) -> None:
    view = await one.home(one.ada)
    assert "1 running or waiting, as of <!date^" in text(view)
    one.answered()
    assert (await one.ada.clicks(view, actions.HOME_REFRESH)).error is None
    view = one.slack.home(one.ada) or view
    assert "Nothing is running for you, as of <!date^" in text(view)
    assert "· answered" in text(view)


async def test_home_chooses_my_processor(world: World) -> None:
    me = Asker(TeamId(world.slack.app.team_id), UserId(world.ada.id))
    view = await world.home(world.ada)
    for value, after in (("ultra", {me: "ultra"}), (actions.INHERIT, {})):
        assert (await world.ada.chooses(view, actions.HOME_PROCESSOR, value)).error is None
        assert world.mailbox.chosen == after
        menu = view.content["blocks"][1]["accessory"]
        assert menu["initial_option"]["value"] == value


async def test_a_forged_stop_in_home_stops_nothing_of_others(one: World) -> None:
    forged = {
        "type": "home",
        "private_metadata": one.slack.app.team_id,
        "blocks": [
            {"type": "actions", "elements": [button("Stop", actions.STOP, one.turn)]},
        ],
    }
    await client(one.slack).views_publish(user_id=one.eve.id, view=forged)
    view = one.slack.home(one.eve)
    assert view
    assert (await one.eve.clicks(view, actions.STOP)).error is None
    assert one.mailbox.turns[one.turn].wishes.stop is None
    (told,) = one.eve.views()
    assert whispers.too_old().text in text(told)
    assert title(told) == "Threadline"


async def test_home_says_what_cannot_be_kept(one: World) -> None:
    view = await one.home(one.ada)
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    await one.ada.chooses(view, actions.HOME_PROCESSOR, "pro")
    (told,) = one.ada.views()
    assert whispers.not_written().text in text(told)
    assert one.mailbox.chosen == {}


async def test_home_that_cannot_be_read_is_delivered_again(one: World) -> None:
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    await one.ada.opens_home()
    await quiet(*one.slack.deliveries)
    assert [attempt.acked for attempt in one.slack.deliveries[-1].attempts] == [False, True]
    assert one.slack.home(one.ada)


@pytest.mark.parametrize(
    ("error", "acked"), [("hash_conflict", [True]), ("ratelimited", [False, True])]
)
async def test_only_what_may_work_later_is_delivered_again(
    one: World, error: str, acked: list[bool]
) -> None:
    one.slack.faults.next("views.publish", error=error)
    await one.ada.opens_home()
    await quiet(*one.slack.deliveries)
    assert [attempt.acked for attempt in one.slack.deliveries[-1].attempts] == acked


async def test_a_choice_in_home_counts_although_it_is_not_shown(one: World) -> None:
    view = await one.home(one.ada)
    hangs = asyncio.Event()
    faults: list[dict[str, Any]] = [{"error": "ratelimited"}, {"gate": hangs}]
    for fault in faults:
        one.slack.faults.next("views.publish", **fault)
        assert (await one.ada.chooses(view, actions.HOME_PROCESSOR, "pro")).error is None
        assert list(one.mailbox.chosen.values()) == ["pro"]
        assert one.ada.views() == []
    hangs.set()
    await one.slack.until(lambda: "own choice" in text(one.slack.home(one.ada) or view))
