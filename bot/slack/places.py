"""The channels that a person and the bot are both members of, as Slack lists them.

https://docs.slack.dev/reference/methods/users.conversations lists all public channels of a person,
and those others that the bot is a member of, too. Each kind of channel needs its permission;
without it, channels of that kind are left out. Direct messages are not asked for: only the person
who asked there reads them.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.thread import ChannelId, UserId
from bot.errors import Cause, Refused
from bot.ports import Place
from bot.slack.api_errors import paged
from bot.slack.payloads.fields import word

PAGE, PAGES = 999, 5  # channels in one answer, and answers read at most
CACHED_FOR = 60.0  # seconds
MOST_CACHED = 20_000  # channels of all people together
PUBLIC, PRIVATE, GROUP = "public_channel", "private_channel", "mpim"

Places = Mapping[ChannelId, Place]


class SlackPlaces:
    """Asks Slack, and caches the answers for a minute."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._cache: OrderedDict[str, tuple[float, Places]] = OrderedDict()

    async def current(self, person: UserId) -> Sequence[Place]:
        """Return the channels, by name, without group messages. Raises Refused, Unavailable."""
        both = _both(
            *await asyncio.gather(
                self._list((PUBLIC, PRIVATE), person), self._list((PUBLIC,), None)
            )
        )
        return sorted(both.values(), key=lambda place: place.name)

    async def recent(self, person: UserId) -> Places:
        """Return the channels and group messages, at most a minute old.

        Raises:
            Refused: Slack lists none of them.
            Unavailable: try again later.
        """
        theirs, ours = await asyncio.gather(
            self._cached(person, (PUBLIC, PRIVATE, GROUP)), self._cached("", (PUBLIC,))
        )
        return _both(theirs, ours)

    async def _cached(self, person: UserId | str, kinds: Sequence[str]) -> Places:
        cached = self._cache.get(person)
        if cached and self._clock() - cached[0] < CACHED_FOR:
            return cached[1]
        asked = self._clock()
        found = await self._list_permitted(kinds, UserId(person) if person else None)
        self._cache.pop(person, None)
        self._cache[person] = (asked, found)
        while sum(1 + len(places) for _, places in self._cache.values()) > MOST_CACHED:
            self._cache.popitem(last=False)
        return found

    async def _list_permitted(self, kinds: Sequence[str], person: UserId | None) -> Places:
        """List the channels of the kinds that we have the permission for."""
        try:
            return await self._list(kinds, person)
        except Refused as refused:
            if refused.cause is not Cause.SCOPE:
                raise
        answers = await asyncio.gather(
            *(self._list((kind,), person) for kind in kinds), return_exceptions=True
        )
        found: dict[ChannelId, Place] = {}
        refusals = []
        for answer in answers:
            if isinstance(answer, Refused) and answer.cause is Cause.SCOPE:
                refusals.append(answer)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found |= answer
        if person and len(refusals) == len(kinds):
            raise refusals[0]
        return found

    async def _list(self, kinds: Sequence[str], person: UserId | None) -> Places:
        arguments = {"types": ",".join(kinds), "exclude_archived": True, "limit": PAGE}
        if person:
            arguments["user"] = person
        method = self._client.users_conversations
        return {
            channel: Place(
                channel,
                str(each.get("name") or ""),
                is_private=bool(each.get("is_private")),
                is_shared=bool(each.get("is_ext_shared") or each.get("is_pending_ext_shared")),
                is_group=bool(each.get("is_mpim")),
            )
            async for each in paged(method, "channels", arguments, pages=PAGES)
            if (channel := ChannelId(word(each, "id")))
        }


def _both(theirs: Places, ours: Places) -> Places:
    """Return the person's channels that the bot is in; Slack lists no other private ones."""
    return {
        channel: place
        for channel, place in theirs.items()
        if place.is_private or place.is_group or channel in ours
    }
