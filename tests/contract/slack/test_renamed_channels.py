"""The Web API of channels with another id: called once under the current one."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.playground.slack import Channel, LocalSlack
from bot.ports import Message, Tag
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from bot.slack.directory import SlackDirectory
from bot.slack.places import SlackPlaces
from bot.store.channel_ids import RedisChannelIds
from bot.store.store import Store

THREAD = MessageTs("")


class Place:
    """A channel, its first id, and a client that knows the ids of this replica."""

    def __init__(
        self, slack: LocalSlack, session: aiohttp.ClientSession, ids: RedisChannelIds
    ) -> None:
        self.slack = slack
        self.client = web_client(slack.app.bot_token, slack.api_url, session)
        self.client.ids = ids
        self.channel: Channel = slack.channel("plans", [slack.person("ada")], private=True)
        self.first = ChannelId(self.channel.id)

    @property
    def thread(self) -> ThreadKey:
        return ThreadKey(TeamId("T1"), self.first, THREAD)

    def posts(self) -> list[str]:
        """Return the errors of all posts that Slack got, "" for none."""
        calls = [call for call in self.slack.calls if call.method == "chat.postMessage"]
        return [(call.answer or {}).get("error", "") for call in calls]


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_post_goes_to_the_new_id_also_when_another_replica_heard_of_it(
    redis_url: str, *, is_known: bool
) -> None:
    async with (
        LocalSlack(rate_limits=False) as slack,
        http_session(10) as session,
        Store(redis_url, "B1", lease=10, retention=90) as other,
        Store(redis_url, "B1", lease=10, retention=90) as store,
    ):
        place = Place(slack, session, store.channel_ids)
        slack.administration.rename(place.channel)
        await (store if is_known else other).channel_ids.rename(
            place.first, ChannelId(place.channel.id)
        )
        messenger = SlackMessenger(place.client)
        await messenger.post(place.thread, Message(f"in <#{place.first}>"), Tag(TurnId("t"), "p"))
        assert place.posts() == ([""] if is_known else ["channel_not_found", ""])
        (posted,) = place.channel.visible()
        assert posted.text == f"in <#{place.channel.id}>"
        assert await SlackDirectory(place.client).room(place.first) is not None
        (listed,) = await SlackPlaces(place.client).current(UserId(slack.person("ada").id))
        assert listed.channel == place.first


async def test_a_channel_that_is_really_gone_is_refused_once(redis_url: str) -> None:
    async with (
        LocalSlack(rate_limits=False) as slack,
        http_session(10) as session,
        Store(redis_url, "B1", lease=10, retention=90) as store,
    ):
        place = Place(slack, session, store.channel_ids)
        with pytest.raises(SlackApiError):
            await place.client.chat_postMessage(channel="C0GONE", text="x")
        assert place.posts() == ["channel_not_found"]
