"""Who a person is and what a channel is, as Slack tells it, for `bot.domain.access`.

https://docs.slack.dev/reference/methods/users.info,
https://docs.slack.dev/reference/methods/conversations.info and, for many channels at once,
https://docs.slack.dev/reference/methods/users.conversations. After a 429 a method is not called
again before the time that Slack asks for: https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.errors import RateLimited, Refused, Unavailable
from bot.ports.gate import Unanswered
from bot.slack.api_errors import paged, reading
from bot.slack.payloads.fields import JSON, part, word

log = logging.getLogger(__name__)

PAGE, PAGES = 999, 50  # channels in one answer, which is Slack's most, and answers read at most
KINDS = "public_channel,private_channel,mpim"
#: Errors of users.info about people that our workspace knows nothing of.
_STRANGERS = ("user_not_found", "user_not_visible")
STRANGER = Member(TeamId(""))  #: belongs to no workspace that we are told of
BOT = Member(TeamId(""), is_bot=True)

_Method = Callable[..., Awaitable[Any]]


class SlackDirectory:
    """`bot.ports.gate.Directory`."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare. `clock` tells seconds."""
        self._client = client
        self._clock = clock
        self._closed_until: dict[str, float] = {}  # by the names of methods

    async def member(self, person: UserId) -> Member | Unanswered | None:
        """Look a person up."""
        try:
            user = await self._part(self._client.users_info, "user", user=person)
        except Refused as refused:
            return STRANGER if refused.message in _STRANGERS else None
        if isinstance(user, Unanswered):
            return user
        team = user.get("team_id")
        if user.get("id") != person or not isinstance(team, str) or not team:
            return None
        if user.get("is_bot") is True:
            return BOT
        grid = user.get("enterprise_user")
        enterprise = grid.get("enterprise_id") if isinstance(grid, Mapping) else None
        return Member(
            TeamId(team),
            enterprise if isinstance(enterprise, str) else None,
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        )

    async def name(self, person: UserId) -> str | None:
        """Return the name that a person is shown by; untrusted."""
        try:
            user = await self._part(self._client.users_info, "user", user=person)
        except Refused:
            return None
        if isinstance(user, Unanswered):
            return None
        profile = user.get("profile")
        found = profile if isinstance(profile, Mapping) else {}
        names = (found.get("display_name"), found.get("real_name"), user.get("name"))
        return next((name for name in names if isinstance(name, str) and name.strip()), None)

    async def room(self, channel: ChannelId) -> Room | Unanswered | None:
        """Look a channel up."""
        try:
            found = await self._part(self._client.conversations_info, "channel", channel=channel)
        except Refused:
            return None
        if isinstance(found, Unanswered):
            return found
        return _room(found) if found.get("id") == channel else None

    async def our_rooms(self) -> AsyncIterator[Mapping[ChannelId, Room]]:
        """Yield the channels that we are in, in parts of a page. Archived ones are left out.

        So is what the list does not tell all about.
        """
        arguments = {"types": KINDS, "exclude_archived": True, "limit": PAGE}
        rooms: dict[ChannelId, Room] = {}
        async for each in paged(self._listed, "channels", arguments, pages=PAGES):
            channel = ChannelId(word(each, "id"))
            if channel and "is_shared" in each and "is_ext_shared" in each:
                rooms[channel] = _room(each)
            if len(rooms) == PAGE:
                yield rooms
                rooms = {}
        yield rooms

    async def _listed(self, **arguments: Any) -> Any:
        return await self._call(self._client.users_conversations, **arguments)

    async def _part(self, method: _Method, name: str, **about: str) -> JSON | Unanswered:
        """Return a part of a method's answer. Raises Refused."""
        try:
            answer = await self._call(method, **about)
        except RateLimited as limited:
            return Unanswered(limited.retry_after)
        except Unavailable as error:
            log.warning("%s not looked up: %s", name, error)
            return Unanswered()
        except Refused as refused:
            log.warning("%s not looked up: %s", name, refused)
            raise
        return part(answer, name)

    async def _call(self, method: _Method, **arguments: Any) -> Any:
        """Call a method; RateLimited without a call while Slack asks for none.

        Raises:
            Refused: Slack refuses it.
            Unavailable: try again later.
        """
        name = getattr(method, "__name__", "")
        left = self._closed_until.get(name, 0.0) - self._clock()
        if left > 0:
            raise RateLimited("Slack asks to slow down", left)
        try:
            return await reading(lambda: method(**arguments))
        except RateLimited as limited:
            self._closed_until[name] = self._clock() + limited.retry_after
            log.warning("%s not called for %.0f s: %s", name, limited.retry_after, limited)
            raise


def _room(found: JSON) -> Room:
    """Read whom a channel is shared with."""
    return Room(
        is_ext_shared=bool(found.get("is_ext_shared")),
        is_pending_ext_shared=bool(
            found.get("is_pending_ext_shared") or found.get("pending_shared")
        ),
        is_shared=bool(found.get("is_shared")),
        is_org_shared=bool(found.get("is_org_shared")),
    )
