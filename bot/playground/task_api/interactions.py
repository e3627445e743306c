"""An interaction: what a run or a chat leaves behind, and what either may continue. Pure.

Runs and chats are in one chain: https://docs.parallel.ai/task-api/guides/interactions.
"""

from __future__ import annotations

from typing import Protocol

from bot.playground.task_api.protocol import Status


class Interaction(Protocol):
    """What runs and chats have in common."""

    @property
    def interaction_id(self) -> str | None:
        """Its id; None for a chat whose answer has none."""
        ...

    @property
    def input(self) -> str:
        """What is asked, as text."""
        ...

    @property
    def processor(self) -> str:
        """The name of the processor, or of the model."""
        ...

    @property
    def status(self) -> Status:
        """How it stands; only a completed one can be continued."""
        ...

    @property
    def previous(self) -> Interaction | None:
        """The one that it continues; None when it continues none."""
        ...


def before(interaction: Interaction) -> list[Interaction]:
    """Return all that an interaction builds on, oldest first."""
    found: list[Interaction] = []
    earlier = interaction.previous
    while earlier:
        found.insert(0, earlier)
        earlier = earlier.previous
    return found
