"""`bot.ports.RunningPlaces` in Redis (`bot.store.scripts.running`)."""

from __future__ import annotations

from bot.domain import naming
from bot.domain.turn import Turn
from bot.errors import LeaseLost
from bot.ports import Claim, InLine
from bot.store.connection import Connection
from bot.store.scripts import running

LOOKED_AGAIN = 300_000  # ms after which a question in line is looked at, if nobody woke it
MARKED = 10  # questions in a person's line that get the ⏳ mark; Slack takes 50 a minute


class RedisRunningPlaces:
    """`bot.ports.RunningPlaces`."""

    def __init__(self, connection: Connection, *, most: int) -> None:
        """Prepare; nothing is sent. `most`: questions of a person in a channel; 0: any number."""
        self._keys, self._me = connection.keys, connection.me
        self._most = most
        self._line_up = connection.script(running.LINE_UP)

    async def line_up(self, claim: Claim, turn: Turn, *, put_off: bool = False) -> InLine | None:
        """Take a place to run, or stand in line for one; None when the turn has a place."""
        keys, runner = self._keys, naming.runner(turn.question)
        place = await self._line_up(
            (
                keys.ready,
                keys.later,
                keys.turn(turn.id),
                keys.now(claim.mailbox),
                keys.running(runner),
                keys.run_line(runner),
            ),
            (
                self._me,
                claim.entry,
                turn.id,
                claim.mailbox,
                naming.queue_position(turn),
                self._most,
                keys.turns,
                keys.box(""),
                "1" if put_off else "",
                LOOKED_AGAIN,
                MARKED,
            ),
        )
        if place == -1:
            raise LeaseLost
        if place == 0:
            return None
        return InLine(max(0, place - 1), self._most, is_put_off=put_off and place > 0)
