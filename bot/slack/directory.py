"""Who a person is and what a channel is, as Slack tells it, for `bot.domain.access`.

https://docs.slack.dev/reference/methods/users.info and
https://docs.slack.dev/reference/methods/conversations.info
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access import Member, Room
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.errors import Refused, Unavailable
from bot.slack.api_errors import reading

log = logging.getLogger(__name__)

LOOK_UP_WITHIN = 1.5  # seconds; a listener has three in all
#: Errors of users.info about people that our workspace knows nothing of.
_STRANGERS = ("user_not_found", "user_not_visible")
STRANGER = Member(TeamId(""))  #: belongs to no workspace that we are told of


class SlackDirectory:
    """Looks people and channels up. None where the look-up fails."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def member(self, person: UserId) -> Member | None:
        """Look a person up."""
        try:
            user = await self._user(person)
        except Refused as refused:
            return STRANGER if refused.message in _STRANGERS else None
        team = user.get("team_id")
        if user.get("id") != person or not isinstance(team, str) or not team:
            return None
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
            user = await self._user(person)
        except Refused:
            return None
        profile = user.get("profile")
        found = profile if isinstance(profile, Mapping) else {}
        names = (found.get("display_name"), found.get("real_name"), user.get("name"))
        return next((name for name in names if isinstance(name, str) and name.strip()), None)

    async def room(self, channel: ChannelId) -> Room | None:
        """Look a channel up."""
        try:
            found = await self._part(self._client.conversations_info, "channel", channel=channel)
        except Refused:
            return None
        if found.get("id") != channel:
            return None
        return Room(
            is_ext_shared=bool(found.get("is_ext_shared")),
            is_pending_ext_shared=bool(
                found.get("is_pending_ext_shared") or found.get("pending_shared")
            ),
            is_shared=bool(found.get("is_shared")),
            is_org_shared=bool(found.get("is_org_shared")),
        )

    async def _user(self, person: UserId) -> Mapping[str, Any]:
        return await self._part(self._client.users_info, "user", user=person)

    async def _part(self, method: Any, name: str, **about: str) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(LOOK_UP_WITHIN):
                answer = await reading(lambda: method(**about))
        except (Unavailable, TimeoutError) as error:
            log.warning("%s not looked up: %s", name, str(error) or type(error).__name__)
            return {}
        except Refused as refused:
            log.warning("%s not looked up: %s", name, refused)
            raise
        found = answer.get(name)
        return found if isinstance(found, Mapping) else {}
