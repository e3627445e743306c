"""Slack's modals and Home tabs (`bot.ports.Views`).

A lost answer is no loss here:
at worst a modal stands where somebody has given up waiting for it, or a Home tab is set once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.thread import ChannelId, UserId
from bot.errors import Unavailable
from bot.ports import Place
from bot.slack.api_errors import reading
from bot.slack.places import SlackPlaces


class SlackViews:
    """What the bot shows beside its messages."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._places = SlackPlaces(client)

    async def open(self, trigger: str, view: Mapping[str, Any]) -> str:
        """Open a modal for who has just pressed something; returns its id."""
        answer = await reading(lambda: self._client.views_open(trigger_id=trigger, view=dict(view)))
        return _id(answer)

    async def push(self, trigger: str, view: Mapping[str, Any]) -> str:
        """Open a modal over the one that something was pressed in; returns its id."""
        answer = await reading(lambda: self._client.views_push(trigger_id=trigger, view=dict(view)))
        return _id(answer)

    async def update(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Put another modal in the place of an open one."""
        await reading(lambda: self._client.views_update(view_id=view_id, view=dict(view)))

    async def publish(self, person: UserId, view: Mapping[str, Any]) -> None:
        """Put a view into a person's Home tab."""
        await reading(lambda: self._client.views_publish(user_id=person, view=dict(view)))

    async def places(self, person: UserId) -> Sequence[Place]:
        """Return the channels that a person and we are both in now, by name."""
        return await self._places.now(person)

    async def seen_by(self, person: UserId) -> Mapping[ChannelId, Place]:
        """Return where a person and we both are, as of a minute ago at most."""
        return await self._places.lately(person)

    async def members(self, channel: ChannelId) -> int | None:
        """Return how many people and apps are in a channel; None when Slack does not tell."""
        answer = await reading(
            lambda: self._client.conversations_info(channel=channel, include_num_members=True)
        )
        number = (answer.get("channel") or {}).get("num_members")
        return number if isinstance(number, int) else None


def _id(answer: Any) -> str:
    shown = (answer.get("view") or {}).get("id")
    if not shown:
        raise Unavailable("Slack's answer to a modal lacks its id")
    return str(shown)
