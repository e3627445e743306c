"""The Home tab in a real Bolt app on the local Slack."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.domain.thread import TeamId, UserId
from bot.errors import Unavailable
from bot.playground.slack import View
from bot.ports import Deadlines
from bot.ports import Person as Asker
from bot.slack import action_ids
from bot.slack.blockkit.elements import button
from bot.slack.messages import ephemeral
from tests.contract.handlers.world_of_views import World, text, title
from tests.slack_clients import client, quiet

# --- Home -------------------------------------------------------------------------------


async def test_home_shows_what_is_running_and_stops_it(world: World) -> None:
    view = await world.home(world.ada)
    assert "who owns the Suez Canal?" in text(view)
    assert view.content["private_metadata"] == world.slack.app.team_id
    assert (await world.ada.clicks(view, action_ids.STOP)).error is None
    assert world.mailbox.turns[world.turn].signals.stop == world.ada.id
    assert "Stopping" in text(view)
    assert world.ada.views() == []
    assert "No active runs" in text(await world.home(world.eve))


async def test_home_says_as_of_when_it_is_and_what_is_so_now(one: World) -> None:
    view = await one.home(one.ada)
    assert "1 running or waiting · updated <!date^" in text(view)
    one.answered()
    assert (await one.ada.clicks(view, action_ids.HOME_REFRESH)).error is None
    view = one.slack.home(one.ada) or view
    assert "No active runs · updated <!date^" in text(view)
    assert "· answered" in text(view)


async def test_home_chooses_my_processor(world: World) -> None:
    me = Asker(TeamId(world.slack.app.team_id), UserId(world.ada.id))
    view = await world.home(world.ada)
    for value, after in (("ultra", {me: "ultra"}), (action_ids.INHERIT, {})):
        assert (await world.ada.chooses(view, action_ids.HOME_PROCESSOR, value)).error is None
        assert world.mailbox.chosen == after
        menu = view.content["blocks"][1]["accessory"]
        assert menu["initial_option"]["value"] == value


async def test_a_forged_stop_in_home_stops_nothing_of_others(one: World) -> None:
    forged = {
        "type": "home",
        "private_metadata": one.slack.app.team_id,
        "blocks": [
            {"type": "actions", "elements": [button("Stop", action_ids.STOP, one.turn)]},
        ],
    }
    await client(one.slack).views_publish(user_id=one.eve.id, view=forged)
    view = one.slack.home(one.eve)
    assert view
    assert (await one.eve.clicks(view, action_ids.STOP)).error is None
    assert one.mailbox.turns[one.turn].signals.stop is None
    (view,) = one.eve.views()
    assert ephemeral.too_old().text in text(view)
    assert title(view) == "Threadline"


async def test_home_says_what_cannot_be_kept(one: World) -> None:
    view = await one.home(one.ada)
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    await one.ada.chooses(view, action_ids.HOME_PROCESSOR, "pro")
    (view,) = one.ada.views()
    assert ephemeral.not_saved().text in text(view)
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
async def test_only_temporary_failures_are_redelivered(
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
        assert (await one.ada.chooses(view, action_ids.HOME_PROCESSOR, "pro")).error is None
        assert list(one.mailbox.chosen.values()) == ["pro"]
        assert one.ada.views() == []
    hangs.set()
    await one.slack.until(lambda: "own setting" in text(one.slack.home(one.ada) or view))


@pytest.mark.parametrize("error", ["ratelimited", "not_enabled"])
@pytest.mark.parametrize("action", [action_ids.HOME_REFRESH, action_ids.STOP])
async def test_home_says_that_it_could_not_show_what_was_pressed(
    one: World, action: str, error: str
) -> None:
    view = await one.home(one.ada)
    one.slack.faults.next("views.publish", error=error)
    assert (await one.ada.clicks(view, action)).error is None
    words = ephemeral.home_not_shown(is_done=action == action_ids.STOP)
    assert words.text in text(one.ada.views()[-1])


# --- threads, by pages and by search ----------------------------------------------------


def threads(view: View) -> list[str]:
    """The lines of the threads that are listed."""
    blocks = [block for block in view.content["blocks"] if block["type"] == "context"]
    lines = [element["text"] for block in blocks for element in block["elements"]]
    return [line for line in lines if "archives" in line]


async def test_threads_are_turned_by_pages(one: World) -> None:
    for number in range(60):
        await one.ada.says(one.general, f"<@{one.me}> question {number} of mine")
    await quiet(*one.slack.deliveries)
    view = await one.home(one.ada)
    seen = [threads(view)]
    for action in [*[action_ids.HOME_ON] * 6, action_ids.HOME_REFRESH, action_ids.HOME_BACK]:
        assert (await one.ada.clicks(view, action)).error is None
        view = one.slack.home(one.ada) or view
        seen.append(threads(view))
    pages, again, back = seen[:7], seen[7], seen[8]
    assert [len(page) for page in pages] == [10] * 6 + [1]
    assert len({line for page in pages for line in page}) == 61
    assert "|who owns the Suez Canal?>" in pages[6][0]
    assert again == pages[6]
    assert back == pages[5]


async def search(world: World, words: str) -> View:
    """Search from the Home tab; returns the form with what was found."""
    view = await world.home(world.ada)
    assert (await world.ada.clicks(view, action_ids.HOME_SEARCH)).error is None
    form = world.ada.views()[-1]
    assert title(form) == "Search your questions"
    await world.ada.submits(form, {"words": {"words": words}})
    return world.ada.views()[-1]


async def test_a_search_finds_only_my_own_questions_of_where_i_am_now(one: World) -> None:
    left = one.slack.channel("left", [one.ada])
    for person, channel in ((one.ada, left), (one.eve, one.general)):
        await person.says(channel, f"<@{one.me}> who dug the Suez ditch?")
    await one.ada.says(one.slack.dm(one.ada), "what is Suez to me?")
    await quiet(*one.slack.deliveries)
    left.members.discard(one.ada.id)
    found = text(await search(one, "SUEZ"))
    assert "2 questions found:" in found
    assert f"|who owns the Suez Canal?> · <#{one.general.id}> · " in found
    assert "|what is Suez to me?> · Direct message · " in found
    assert "ditch" not in found
    assert "|Question not shown>" in text(await one.home(one.ada))


@pytest.mark.parametrize("scopes", [True, False])
@pytest.mark.parametrize("deadlines", [Deadlines(lookup=0.2)], ids=["soon"])
async def test_home_opens_in_time_when_slack_does_not_list_channels(
    one: World, scopes: bool
) -> None:
    hangs = asyncio.Event()
    if scopes:
        for _ in range(2):
            one.slack.faults.next("users.conversations", gate=hangs)
    else:
        one.slack.app.scopes -= {"channels:read", "groups:read", "mpim:read"}
    view = await one.home(one.ada)
    assert one.slack.deliveries[-1].acked
    assert len(one.slack.deliveries[-1].attempts) == 1
    assert "who owns the Suez Canal?" not in text(view)
    assert "I couldn't check which channels you can see now" in text(view)
    hangs.set()
    if scopes:
        await one.ada.clicks(view, action_ids.HOME_REFRESH)
        assert "who owns the Suez Canal?" in text(one.slack.home(one.ada) or view)


async def test_a_search_that_cannot_read_says_so(one: World) -> None:
    view = await one.home(one.ada)
    await one.ada.clicks(view, action_ids.HOME_SEARCH)
    form = one.ada.views()[-1]
    assert (
        "enter a word" in (await one.ada.submits(form, {"words": {"words": " "}})).errors["words"]
    )
    one.mailbox.failing = [Unavailable("Redis: ConnectionError")]
    outcome = await one.ada.submits(form, {"words": {"words": "suez"}})
    assert "couldn't search just now" in outcome.errors["words"]
