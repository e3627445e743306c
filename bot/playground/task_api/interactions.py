"""Interactions: each run or chat is one, and a later run or chat can continue it. Pure.

Runs and chats share one chain: https://docs.parallel.ai/task-api/guides/interactions.
"""

from __future__ import annotations

from typing import Protocol

from bot.playground.task_api.protocol import Status


class Interaction(Protocol):
    """What runs and chats have in common."""

    @property
    def interaction_id(self) -> str | None:
        """Its id; None for a chat whose response has none."""
        ...

    @property
    def input(self) -> str:
        """The question, as text."""
        ...

    @property
    def processor(self) -> str:
        """The name of the processor or the chat model."""
        ...

    @property
    def status(self) -> Status:
        """Its status; only a completed one can be continued."""
        ...

    @property
    def previous(self) -> Interaction | None:
        """The interaction that it continues; None when it continues none."""
        ...


def chain_before(interaction: Interaction) -> list[Interaction]:
    """Return all interactions that this one continues, oldest first."""
    found: list[Interaction] = []
    earlier = interaction.previous
    while earlier:
        found.insert(0, earlier)
        earlier = earlier.previous
    return found
