"""The ids of channels, which Slack may change: bot.store.channel_ids.

A channel keeps its first id in all that we store, so that its threads, choices, budgets and
policies stay where they are, those in progress, too. What comes from Slack is given the first id
before anybody reads it, and what goes to Slack the current one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.domain.thread import ChannelId


class ChannelIds(Protocol):
    """Which channels have another id than at first, as far as this replica knows."""

    @property
    def first(self) -> Mapping[str, ChannelId]:
        """The first id of each channel that was renamed, by its later ones."""
        ...

    @property
    def current(self) -> Mapping[str, ChannelId]:
        """The current id of each channel that was renamed, by its first one."""
        ...

    async def know(self, channel: str) -> None:
        """Find out about a channel, unless that was done lately. Raises Unavailable."""
        ...

    async def reload(self) -> None:
        """Read what all replicas know. Raises Unavailable."""
        ...

    async def rename(self, old: ChannelId, new: ChannelId) -> None:
        """Take down that a channel has a new id. Raises Unavailable.

        Messages that were delivered before this was known are brought to the first id. Doing it
        again changes nothing.
        """
        ...
