"""Who a person is and what a channel is: as Slack tells it, and when it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.errors import RateLimited
from bot.playground.slack import LocalSlack
from bot.ports.gate import Unanswered
from bot.slack.directory import PAGE, STRANGER, SlackDirectory
from tests.slack_clients import Clock, client


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


@pytest.mark.parametrize("how", [{"error": "missing_scope"}, {"status": 503}, {"cut": "before"}])
async def test_a_look_up_that_fails_tells_nothing(
    slack: LocalSlack, how: dict[str, object]
) -> None:
    ada = slack.person("ada")
    general = slack.channel("general", [ada])
    directory = SlackDirectory(client(slack))
    slack.faults.next("*", times=4, **how)  # type: ignore[arg-type]
    nothing = None if "error" in how else Unanswered()
    assert await directory.member(UserId(ada.id)) == nothing
    assert await directory.room(ChannelId(general.id)) == nothing


# --- Slack's rate limit -----------------------------------------------------------------


async def test_a_method_is_not_called_again_before_slack_says_so(slack: LocalSlack) -> None:
    ada = slack.person("ada")
    general, clock = slack.channel("general", [ada]), Clock()
    directory = SlackDirectory(client(slack), clock)
    slack.faults.next("conversations.info", ratelimited=30)
    assert await directory.room(ChannelId(general.id)) == Unanswered(30)
    clock.now += 20
    assert await directory.room(ChannelId(general.id)) == Unanswered(10)
    assert await directory.member(UserId(ada.id)) == Member(TeamId(slack.app.team_id))
    assert [call.method for call in slack.calls] == ["conversations.info", "users.info"]
    clock.now += 10
    assert await directory.room(ChannelId(general.id)) == Room()


async def test_a_person_who_is_looked_up_too_often_has_no_name(slack: LocalSlack) -> None:
    slack.faults.next("users.info", ratelimited=30)
    directory = SlackDirectory(client(slack))
    assert await directory.name(UserId(slack.person("ada").id)) is None


async def test_all_channels_that_we_are_in_are_told_apart_at_once(slack: LocalSlack) -> None:
    ada, eve = slack.person("ada"), slack.person("eve", team="partner")
    ours, shut, group = (
        slack.channel("ours", [ada]),
        slack.channel("shut", [ada, eve], private=True),
        slack.mpim([ada]),
    )
    invited = slack.channel("invited", [ada])
    slack.administration.invite(invited)
    slack.channel("without-us", [ada], bot=False)
    slack.dm(ada)
    (found,) = [rooms async for rooms in SlackDirectory(client(slack)).our_rooms()]
    assert found == {
        ours.id: Room(),
        shut.id: Room(is_shared=True, is_ext_shared=True),
        group.id: Room(),
        invited.id: Room(is_pending_ext_shared=True),
    }


async def test_channels_are_listed_page_by_page(slack: LocalSlack) -> None:
    for number in range(PAGE + 2):
        slack.channel(f"channel-{number}", [])
    directory = SlackDirectory(client(slack))
    assert [len(rooms) async for rooms in directory.our_rooms()] == [PAGE, 2]
    assert len(slack.calls) == 2


async def test_a_list_that_slack_puts_off_raises_an_error(slack: LocalSlack) -> None:
    slack.faults.next("users.conversations", ratelimited=30)
    directory = SlackDirectory(client(slack))
    for _ in range(2):
        with pytest.raises(RateLimited):
            [rooms async for rooms in directory.our_rooms()]
    assert len(slack.calls) == 1
