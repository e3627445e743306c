"""Other companies, guests and shared channels, as Slack's API and events tell of them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import ack, client, refusal, socket_client


@pytest.fixture
def eve(slack: LocalSlack) -> Person:
    """Somebody of another company."""
    return slack.person("eve", team="partner")


async def user(slack: LocalSlack, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await client(slack).users_info(user=person.id))["user"]
    return found


async def shares(slack: LocalSlack, channel: Channel) -> dict[str, Any]:
    found = (await client(slack).conversations_info(channel=channel.id))["channel"]
    return {name: value for name, value in found.items() if "shared" in name}


async def test_a_member_has_roles_and_no_mark_of_a_stranger(slack: LocalSlack, ada: Person) -> None:
    found = await user(slack, ada)
    assert found["team_id"] == slack.app.team_id
    assert (found["is_admin"], found["is_restricted"], found["is_ultra_restricted"]) == (False,) * 3
    assert "is_stranger" not in found
    assert "enterprise_user" not in found


async def test_of_another_companys_person_slack_tells_less(
    slack: LocalSlack, eve: Person, general: Channel
) -> None:
    assert (await user(slack, eve))["is_stranger"] is True  # no channel is shared with her
    general.members.add(eve.id)
    found = await user(slack, eve)
    assert found["is_stranger"] is False
    assert found["team_id"] == slack.workspace.teams["partner"]
    assert not {"is_admin", "is_restricted", "tz"} & found.keys()


async def test_a_guest_is_restricted_and_user_change_tells_it(
    slack: LocalSlack, ada: Person
) -> None:
    async with socket_client(slack, ack) as received:
        (delivery,) = slack.administration.make_guest(ada.user, "single-channel")
        await delivery.over.wait()
    event = received[0].payload["event"]
    assert (event["type"], event["user"]["id"]) == ("user_change", ada.id)
    assert event["user"]["is_restricted"] is event["user"]["is_ultra_restricted"] is True
    slack.administration.make_guest(ada.user, "multi-channel")
    assert (await user(slack, ada))["is_ultra_restricted"] is False


async def test_a_sister_workspace_shares_within_the_organization(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    slack.workspace.enterprise = "E0LOCAL"
    cay = slack.person("cay", team="sister", sister=True)
    general.members.add(cay.id)
    assert (await user(slack, cay))["enterprise_user"]["enterprise_id"] == "E0LOCAL"
    assert (await client(slack).auth_test())["enterprise_id"] == "E0LOCAL"
    found = await shares(slack, general)
    assert (found["is_shared"], found["is_org_shared"], found["is_ext_shared"]) == (True, True, 0)


async def test_a_channel_is_invited_shared_and_unshared(
    slack: LocalSlack, eve: Person, general: Channel
) -> None:
    slack.administration.invite(general)
    found = await shares(slack, general)
    assert (found["is_pending_ext_shared"], found["is_ext_shared"]) == (True, False)
    assert found["pending_shared"]
    async with socket_client(slack, ack) as received:
        (delivery,) = slack.administration.share(general)
        await delivery.over.wait()
        general.members.add(eve.id)
        said = await eve.says(general, "hello")
        found = await shares(slack, general)
        assert found["is_shared"] is found["is_ext_shared"] is True
        assert (found["is_pending_ext_shared"], found["pending_shared"]) == (False, [])
        assert slack.workspace.teams["partner"] in found["shared_team_ids"]
        (delivery,) = slack.administration.unshare(general)
        await delivery.over.wait()
    partner = slack.workspace.teams["partner"]
    shared, message, unshared = (request.payload for request in received)
    assert shared["event"]["type"] == "channel_shared"
    assert shared["event"]["connected_team_id"] == partner
    assert (message["is_ext_shared_channel"], message["team_id"]) == (True, slack.app.team_id)
    assert message["authorizations"][0]["team_id"] == slack.app.team_id
    assert (message["event"]["user_team"], said.ts) == (partner, message["event"]["ts"])
    assert unshared["event"]["previously_connected_team_id"] == partner
    assert unshared["event"]["is_ext_shared"] is False
    assert eve.id not in general.members


async def test_a_channel_with_a_new_id_is_unknown_by_its_old_one(
    slack: LocalSlack, ada: Person
) -> None:
    private = slack.channel("plans", [ada], private=True)
    asked, old = await ada.says(private, "hello"), private.id
    async with socket_client(slack, ack) as received:
        for delivery in slack.administration.share(private, new_id=True):
            await delivery.over.wait()
    changed, shared = (request.payload["event"] for request in received)
    assert changed["type"] == "channel_id_changed"
    assert (changed["old_channel_id"], changed["new_channel_id"]) == (old, private.id)
    assert (shared["type"], shared["channel"]) == ("channel_shared", private.id)
    slack_client = client(slack)
    gone = await refusal(slack_client.chat_postMessage(channel=old, text="x"))
    assert gone["error"] == "channel_not_found"
    await slack_client.chat_postMessage(channel=private.id, thread_ts=asked.ts, text="x")
    answer = await slack_client.conversations_replies(channel=private.id, ts=asked.ts)
    assert [message["text"] for message in answer["messages"]] == ["hello", "x"]


async def test_events_about_sharing_need_their_scopes(slack: LocalSlack, general: Channel) -> None:
    slack.app.scopes -= {"channels:read", "users:read"}
    assert slack.administration.share(general) == []
    assert slack.administration.make_guest(slack.person("ada").user, "multi-channel") == []
