"""How many questions of one person run at once in a channel: bot.store.running_places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.turn import Turn
from bot.ports.work_queue import Claim


@dataclass(frozen=True, slots=True)
class InLine:
    """A question that waits until its asker has fewer others running in the channel.

    Attributes:
        ahead: how many of theirs are ahead of it.
        most: how many run at once.
        is_put_off: its mailbox was released, and the claim is over.
    """

    ahead: int
    most: int
    is_put_off: bool = False


class RunningPlaces(Protocol):
    """Places to run. `TurnStore.current` takes one for a turn, and `finish` gives it up."""

    async def line_up(self, claim: Claim, turn: Turn, *, put_off: bool = False) -> InLine | None:
        """Take a place to run for a turn without one, or stand in line for it.

        Args:
            claim: of its mailbox.
            turn: that is queued.
            put_off: release the mailbox until a place is free; not when the turn was stopped or
                deleted in the meantime.

        Returns:
            None when the turn has a place now.

        Raises:
            LeaseLost: the turn is not ours any more.
        """
        ...
