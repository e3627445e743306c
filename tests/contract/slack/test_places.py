"""Where a person and we both are: what counts as seen, what is kept, and what Slack may refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.configuration.settings import Settings
from bot.domain.thread import UserId
from bot.errors import Cause, Refused, Unavailable
from bot.playground.slack import LocalSlack, Person
from bot.slack.places import CACHED_FOR, PAGE, SlackPlaces
from bot.startup import slack_checks
from tests.slack_clients import client


class World:
    """Channels of every kind, with a clock of their own."""

    def __init__(self, slack: LocalSlack) -> None:
        self.slack = slack
        self.clock = 0.0
        self.ada, self.bob = slack.person("ada"), slack.person("bob")
        self.places = SlackPlaces(client(slack), lambda: self.clock)
        everybody = [self.ada, self.bob]
        self.public = slack.channel("general", everybody)
        self.shut = slack.channel("shut", everybody, private=True)
        slack.channel("bobs", [self.bob])
        slack.channel("without-us", everybody, bot=False)
        slack.channel("shut-without-us", everybody, private=True, bot=False)
        slack.channel("old", everybody).archived = True
        self.group = slack.mpim(everybody)
        slack.dm(self.ada)

    async def seen(self, person: Person | None = None) -> set[str]:
        found = await self.places.recent(UserId((person or self.ada).id))
        assert all(channel == place.channel for channel, place in found.items())
        return set(found)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with LocalSlack(rate_limits=False) as slack:
        yield World(slack)


async def test_a_channel_counts_while_the_person_and_the_bot_are_members(world: World) -> None:
    assert await world.seen() == {world.public.id, world.shut.id, world.group.id}
    found = await world.places.recent(UserId(world.ada.id))
    groups = [channel for channel, place in found.items() if place.is_group]
    assert groups == [world.group.id]
    assert [place.name for place in await world.places.current(UserId(world.ada.id))] == [
        "general",
        "shut",
    ]


async def test_memberships_are_cached_for_a_minute(world: World) -> None:
    assert world.shut.id in await world.seen()
    world.shut.members.discard(world.ada.id)
    calls = len(world.slack.calls)
    assert world.shut.id in await world.seen()
    assert len(world.slack.calls) == calls
    assert [place.name for place in await world.places.current(UserId(world.ada.id))] == ["general"]
    world.clock = CACHED_FOR
    assert world.shut.id not in await world.seen()
    assert world.shut.id in await world.seen(world.bob)


async def test_all_pages_of_memberships_are_read(world: World) -> None:
    for number in range(PAGE + 1):
        world.slack.channel(f"c{number}", [world.ada])
    assert len(await world.seen()) == PAGE + 4


@pytest.mark.parametrize(
    ("lacking", "left"),
    [
        ({"channels:read"}, {"shut", "group"}),
        ({"groups:read"}, {"general", "group"}),
        ({"mpim:read"}, {"general", "shut"}),
        ({"mpim:read", "groups:read"}, {"general"}),
    ],
)
async def test_a_missing_scope_hides_its_channels(
    world: World, lacking: set[str], left: set[str]
) -> None:
    world.slack.app.scopes -= lacking
    found = await world.places.recent(UserId(world.ada.id))
    assert {"group" if place.is_group else place.name for place in found.values()} == left


async def test_a_channel_list_that_slack_refuses_is_an_error(world: World) -> None:
    person = UserId(world.ada.id)
    world.slack.faults.next("users.conversations", status=503)
    with pytest.raises(Unavailable):
        await world.places.recent(person)
    world.slack.app.scopes -= {"channels:read", "groups:read", "mpim:read"}
    with pytest.raises(Refused) as refused:
        await world.places.recent(person)
    assert refused.value.cause is Cause.SCOPE


@pytest.mark.parametrize(
    ("without", "reactions", "lacks"),
    [
        (set(), False, ""),
        (
            {"assistant:write"},
            False,
            "assistant:write (agent sessions: Slack's own status and Stop, suggested prompts)",
        ),
        (set(), True, "reactions:read (receive reactions, for RESEARCH_REACTION)"),
    ],
)
async def test_the_start_goes_on_without_and_says_what_does_not_work(
    world: World, caplog: pytest.LogCaptureFixture, without: set[str], reactions: bool, lacks: str
) -> None:
    world.slack.app.scopes -= without
    environ = {
        "SLACK_BOT_TOKEN": world.slack.app.bot_token,
        "SLACK_SIGNING_SECRET": world.slack.app.signing_secret,
        "PARALLEL_API_KEY": "key-of-parallel",
        "RESEARCH_REACTION": "mag" if reactions else "off",
    }
    identity, problems = await slack_checks.bot_token(Settings.load(environ), client(world.slack))
    assert identity
    assert problems == []
    logged = [r.getMessage() for r in caplog.records if "lacks" in r.getMessage()]
    assert [each.partition(". ")[0] for each in logged] == (
        [f"SLACK_BOT_TOKEN lacks {lacks}"] if lacks else []
    )
