"""In which channels a person and we both are now, as Slack tells it.

https://docs.slack.dev/reference/methods/users.conversations lists the public channels of a person
wherever we are, all others only where we are, too. Each kind needs its permission: without one, its
channels count as not seen. Direct messages are not asked for: who asked there is who reads them.
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

PAGE, PAGES = 999, 5  # channels asked for at once, and how often
KEPT_FOR = 60.0  # seconds that what Slack told is good for a look
MOST_KEPT = 20_000  # channels of all people that are kept
PUBLIC, PRIVATE, GROUP = "public_channel", "private_channel", "mpim"

Places = Mapping[ChannelId, Place]


class SlackPlaces:
    """Asks Slack, and keeps for a minute what it told, for looks that need not be newer."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Places]] = OrderedDict()

    async def now(self, person: UserId) -> Sequence[Place]:
        """Return the channels, by name, without group messages. Raises Refused, Unavailable."""
        both = _both(
            *await asyncio.gather(
                self._listed((PUBLIC, PRIVATE), person), self._listed((PUBLIC,), None)
            )
        )
        return sorted(both.values(), key=lambda place: place.name)

    async def lately(self, person: UserId) -> Places:
        """Return the channels and group messages, as of a minute ago at most.

        Raises:
            Refused: Slack tells of none of them.
            Unavailable: later.
        """
        theirs, ours = await asyncio.gather(
            self._keeping(person, (PUBLIC, PRIVATE, GROUP)), self._keeping("", (PUBLIC,))
        )
        return _both(theirs, ours)

    async def _keeping(self, person: UserId | str, kinds: Sequence[str]) -> Places:
        kept = self._kept.get(person)
        if kept and self._clock() - kept[0] < KEPT_FOR:
            return kept[1]
        asked = self._clock()
        found = await self._allowed(kinds, UserId(person) if person else None)
        self._kept.pop(person, None)
        self._kept[person] = (asked, found)
        while sum(1 + len(places) for _, places in self._kept.values()) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    async def _allowed(self, kinds: Sequence[str], person: UserId | None) -> Places:
        """List what we may; kinds whose permission is missing have no channels."""
        try:
            return await self._listed(kinds, person)
        except Refused as refused:
            if refused.cause is not Cause.SCOPE:
                raise
        each = await asyncio.gather(
            *(self._listed((kind,), person) for kind in kinds), return_exceptions=True
        )
        found: dict[ChannelId, Place] = {}
        refusals = []
        for told in each:
            if isinstance(told, Refused) and told.cause is Cause.SCOPE:
                refusals.append(told)
            elif isinstance(told, BaseException):
                raise told
            else:
                found |= told
        if person and len(refusals) == len(kinds):
            raise refusals[0]
        return found

    async def _listed(self, kinds: Sequence[str], person: UserId | None) -> Places:
        how = {"types": ",".join(kinds), "exclude_archived": True, "limit": PAGE}
        if person:
            how["user"] = person
        method = self._client.users_conversations
        return {
            each["id"]: Place(
                ChannelId(each["id"]),
                str(each.get("name") or ""),
                is_private=bool(each.get("is_private")),
                is_shared=bool(each.get("is_ext_shared") or each.get("is_pending_ext_shared")),
                is_group=bool(each.get("is_mpim")),
            )
            async for each in paged(method, "channels", PAGES, how)
        }


def _both(theirs: Places, ours: Places) -> Places:
    """Keep a person's channels where we are, too; Slack did that already for the private ones."""
    return {
        channel: place
        for channel, place in theirs.items()
        if place.is_private or place.is_group or channel in ours
    }
