"""Slack's modals and Home tabs (`bot.ports.Views`).

A call whose answer is lost may be repeated: at worst a modal stays open that nobody waits for, or a
Home tab is set twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.thread import ChannelId, UserId
from bot.errors import Unavailable
from bot.ports import Place
from bot.slack.api_errors import reading
from bot.slack.payloads.fields import part, word
from bot.slack.places import SlackPlaces


class SlackViews:
    """The `views.*` methods, and where a person and the bot both are."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._places = SlackPlaces(client)

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal and return its id."""
        answer = await reading(
            lambda: self._client.views_open(trigger_id=trigger_id, view=dict(view))
        )
        return _id(answer)

    async def push(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal over the one that the trigger came from, and return its id."""
        answer = await reading(
            lambda: self._client.views_push(trigger_id=trigger_id, view=dict(view))
        )
        return _id(answer)

    async def update(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Replace the content of an open modal."""
        await reading(lambda: self._client.views_update(view_id=view_id, view=dict(view)))

    async def publish(self, person: UserId, view: Mapping[str, Any]) -> None:
        """Set a person's Home tab."""
        await reading(lambda: self._client.views_publish(user_id=person, view=dict(view)))

    async def places(self, person: UserId) -> Sequence[Place]:
        """Return the channels of a person and the bot now, by name."""
        return await self._places.current(person)

    async def recent_places(self, person: UserId) -> Mapping[ChannelId, Place]:
        """Return the channels and group messages of both, at most a minute old."""
        return await self._places.recent(person)

    async def member_count(self, channel: ChannelId) -> int | None:
        """Return the number of people and apps in a channel; None when Slack does not say."""
        answer: Any = await reading(
            lambda: self._client.conversations_info(channel=channel, include_num_members=True)
        )
        number = part(answer, "channel").get("num_members")
        return number if isinstance(number, int) else None


def _id(answer: Any) -> str:
    if not (view_id := word(part(answer, "view"), "id")):
        raise Unavailable("Slack's answer to a modal lacks its id")
    return view_id
