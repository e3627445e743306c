"""Write signals (stop, edit, ping, withdraw) beside a turn's record, where only listeners write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.domain import lifecycle, naming
from bot.domain.thread import MessageTs, TurnId
from bot.domain.turn import Turn
from bot.ports import EditOutcome
from bot.store.connection import Connection
from bot.store.keys import STRAY_LIFE, STRAYS, TURN_LIFE
from bot.store.scripts import signals as scripts
from bot.store.turn_reader import TurnReader

_STALE = -1  #: what the scripts return where a later change of the message counts
_NOT_STARTED = "".join(f",{kind}" for kind in lifecycle.NOT_STARTED)
_ASKED = 2  #: what SIGNAL returns for an edit that its turn will ask


@dataclass(frozen=True, slots=True)
class Signal:
    """A field of the turn's hash (see `Keys.turn`), its value, and since when.

    Attributes:
        at: when the message was changed, as a ts, because its latest change counts; else "".
    """

    field: str
    value: str
    at: str = ""


class SignalWriter:
    """Writes signals, also for turns whose question has not been delivered yet."""

    def __init__(self, connection: Connection, reader: TurnReader) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._reader = reader
        self._signal = connection.script(scripts.SIGNAL)
        self._keep_early = connection.script(scripts.KEEP_EARLY)
        self._withdraw = connection.script(scripts.WITHDRAW)

    async def write(
        self, turn: TurnId, mailbox: str, signal: Signal, *, order: TurnId | None = None
    ) -> bool:
        """Signal a turn; False when it has ended. `order`: remember that it had an effect."""
        return bool(await self._write(turn, mailbox, signal, order))

    async def edit(self, turn: TurnId, mailbox: str, edited: Signal) -> EditOutcome:
        """Signal what a turn's message asks now."""
        done = await self._write(turn, mailbox, edited)
        if done == _STALE:
            return EditOutcome.STALE
        return EditOutcome.TAKEN if done == _ASKED else EditOutcome.NOT_TAKEN

    async def _write(
        self, turn: TurnId, mailbox: str, signal: Signal, order: TurnId | None = None
    ) -> int:
        side = naming.side_mailbox(mailbox)
        keys = [*self.keys(turn, mailbox), self._keys.box(side)]
        if order:
            keys.append(self._keys.order(order))
        values = (signal.field, signal.value, signal.at)
        args = (turn, mailbox, *values, TURN_LIFE, side, _NOT_STARTED)
        return int(await self._signal(keys, args))

    async def withdraw(self, turn: TurnId, mailbox: str, at: MessageTs, *, waiting: bool) -> bool:
        """Withdraw a question; with `waiting` only while it is queued.

        Returns False when its message was edited after `at`.
        """
        args = (turn, mailbox, "1" if waiting else "", at)
        return bool(await self._withdraw(self.keys(turn, mailbox), args) != _STALE)

    async def find_or_keep(self, turn: TurnId, early: Signal) -> Turn | bool:
        """Read the turn; if it is not known, keep the signal in case its question comes late.

        Returns False for an edit before a withdrawal, or the other way round; else True.
        """
        while (found := await self._reader.turn(turn)) is None:
            keys = (self._keys.turn(turn), self._keys.early)
            args = (
                *(early.field, early.value, early.at, STRAY_LIFE),
                *(turn, self._keys.turns, int(self._connection.clock()), STRAYS),
            )
            if kept := await self._keep_early(keys, args):
                return bool(kept != _STALE)
        return found

    async def with_edits(self, turn: Turn) -> list[tuple[TurnId, str]]:
        """Return the turn and those that ask its message instead of it, with mailboxes.

        These are the queued turns of an edited text, and the one that it was moved to.
        """
        thread = str(turn.question.thread)
        async with self._connection.call() as redis:
            names = cast("list[str]", await redis.zrange(self._keys.box(thread), 0, -1))
        prefix = naming.edited_turns_prefix(turn.id)
        edits = [TurnId(name) for name in names if name.startswith(prefix)]
        found = [(turn.id, naming.mailbox(turn.question)), *((name, thread) for name in edits)]
        if moved := turn.signals.moved:
            found.append((moved, str(moved)))  # its message begins its thread, and so is its name
        return found

    def keys(self, turn: TurnId, mailbox: str) -> tuple[str, ...]:
        """Return the first six KEYS of the scripts SIGNAL, WITHDRAW and MOVE."""
        keys = self._keys
        box, now = keys.box(mailbox), keys.now(mailbox)
        return keys.turn(turn), box, keys.news, keys.later, keys.ready, now
