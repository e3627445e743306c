"""Write signals (stop, edit, ping, withdraw) beside a turn's record, where only listeners write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import derived, lifecycle, naming
from bot.domain.thread import MessageTs, ThreadKey, TurnId
from bot.domain.turn import Turn
from bot.ports import EditOutcome
from bot.store.connection import Connection
from bot.store.keys import STRAY_LIFE, STRAYS, TURN_LIFE
from bot.store.scripts import signals as scripts
from bot.store.turn_reader import TurnReader

_STALE = -1  #: what the scripts return where a later change of the message counts
_NOT_STARTED = "".join(f",{kind}" for kind in lifecycle.NOT_STARTED)
#: What SIGNAL returns for an edit.
_EDIT_OUTCOMES = {_STALE: EditOutcome.STALE, 2: EditOutcome.TAKEN, 3: EditOutcome.OFFERED}


@dataclass(frozen=True, slots=True)
class Signal:
    """A field of the turn's hash (see `Keys.turn`), its value, and since when.

    Attributes:
        at: when the message was changed, as a ts, because its latest change counts; else "".
        latest: an edit as it is kept beside the turn of the message itself; else "".
    """

    field: str
    value: str
    at: str = ""
    latest: str = ""


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
        return _EDIT_OUTCOMES.get(done, EditOutcome.NOT_TAKEN)

    async def _write(
        self, turn: TurnId, mailbox: str, signal: Signal, order: TurnId | None = None
    ) -> int:
        side = naming.side_mailbox(mailbox)
        keys = [*self.keys(turn, mailbox), self._keys.box(side)]
        if order:
            keys.append(self._keys.order(order))
        values = (signal.field, signal.value, signal.at)
        args = (turn, mailbox, *values, TURN_LIFE, side, _NOT_STARTED, signal.latest)
        return int(await self._signal(keys, args))

    async def withdraw(self, turn: TurnId, mailbox: str, at: MessageTs, *, waiting: bool) -> bool:
        """Withdraw a question; with `waiting` only while it is queued.

        Returns False when its message was edited after `at`.
        """
        keys = (*self.keys(turn, mailbox), self._keys.thread(naming.thread_of(mailbox)))
        args = (turn, mailbox, "1" if waiting else "", at)
        return bool(await self._withdraw(keys, args) != _STALE)

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

    async def asked_before(
        self, turn: TurnId, own: Turn | None, thread: ThreadKey | None, when: MessageTs | None
    ) -> list[Turn]:
        """Read the turns that a change of a message counts for, its own first.

        Args:
            turn: the message's.
            own: the same, if it is known.
            thread: the message's, if `own` is not known.
            when: it was changed; what was asked, or moved, later is left out.
        """
        _, message = naming.message_of(turn)
        moved = await self.moved(own) if own else []
        thread = own.question.thread if own else thread
        asking = await self.asking(thread, message, moved) if thread else []
        found = {each.id: each for each in (*moved, *asking) if derived.is_asked_before(each, when)}
        return list(({own.id: own} | found if own else found).values())

    async def moved(self, turn: Turn) -> list[Turn]:
        """Read the turns that ask the message of a turn in the threads that it was moved to."""
        found: list[Turn] = []
        while (name := turn.signals.moved) and (there := await self._reader.turn(name)):
            turn = there
            found.append(turn)
        return found

    async def asking(
        self, thread: ThreadKey, message: MessageTs, moved: Sequence[Turn]
    ) -> list[Turn]:
        """Read the turns that ask a person's message and have not ended.

        Those of its thread come first, then those of the threads that it was moved to.
        """
        places = [(thread, message), *((t.question.thread, t.question.message) for t in moved)]
        found: list[Turn] = []
        for place, asked in places:
            _, names = await self._reader.queue(str(place))
            turns = await self._reader.turns(names)
            found += [turn for turn in turns if derived.asks_message(turn, asked)]
        return found

    def keys(self, turn: TurnId, mailbox: str) -> tuple[str, ...]:
        """Return the first six KEYS of the scripts SIGNAL, WITHDRAW and MOVE."""
        keys = self._keys
        box, now = keys.box(mailbox), keys.now(mailbox)
        return keys.turn(turn), box, keys.news, keys.later, keys.ready, now
