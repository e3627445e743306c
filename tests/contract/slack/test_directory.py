"""Who a person is and what a channel is: as Slack tells it, and when it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.playground.slack import LocalSlack
from bot.slack.directory import STRANGER, SlackDirectory
from tests.slack_clients import client


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(rate_limits=False) as slack:
        yield slack


async def test_people_are_told_apart_by_their_workspace_and_organization(
    slack: LocalSlack,
) -> None:
    slack.workspace.enterprise = "E0LOCAL"
    ada, eve = slack.person("ada"), slack.person("eve", team="partner")
    cay, gil = slack.person("cay", team="sister", sister=True), slack.person("gil")
    gil.user.guest = "single-channel"
    directory, teams = SlackDirectory(client(slack)), slack.workspace.teams
    ours = TeamId(slack.app.team_id)
    found = [await directory.member(UserId(each.id)) for each in (ada, eve, cay, gil)]
    assert found == [
        Member(ours, "E0LOCAL"),
        Member(TeamId(teams["partner"])),
        Member(TeamId(teams["sister"]), "E0LOCAL"),
        Member(ours, "E0LOCAL", is_guest=True),
    ]


async def test_channels_are_told_apart_by_whom_they_are_shared_with(slack: LocalSlack) -> None:
    ada, cay = slack.person("ada"), slack.person("cay", team="sister", sister=True)
    channels = [slack.channel(name, [ada]) for name in ("ours", "shared", "invited", "grid")]
    slack.administration.share(channels[1])
    slack.administration.invite(channels[2])
    channels[3].members.add(cay.id)
    directory = SlackDirectory(client(slack))
    assert [await directory.room(ChannelId(each.id)) for each in channels] == [
        Room(),
        Room(is_shared=True, is_ext_shared=True),
        Room(is_pending_ext_shared=True),
        Room(is_shared=True, is_org_shared=True),
    ]


@pytest.mark.parametrize("error", ["user_not_found", "user_not_visible"])
async def test_whom_slack_does_not_know_belongs_to_no_team(slack: LocalSlack, error: str) -> None:
    slack.faults.next("users.info", error=error)
    assert await SlackDirectory(client(slack)).member(UserId("U1")) == STRANGER


@pytest.mark.parametrize(
    "how", [{"error": "missing_scope"}, {"ratelimited": 30}, {"status": 503}, {"cut": "before"}]
)
async def test_a_look_up_that_fails_tells_nothing(
    slack: LocalSlack, how: dict[str, object]
) -> None:
    ada = slack.person("ada")
    general = slack.channel("general", [ada])
    directory = SlackDirectory(client(slack))
    slack.faults.next("*", times=4, **how)  # type: ignore[arg-type]
    assert await directory.member(UserId(ada.id)) is None
    assert await directory.room(ChannelId(general.id)) is None
