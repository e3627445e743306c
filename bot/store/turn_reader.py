"""Read turns, and the queue of a mailbox. What the adapters of several ports read."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from bot.domain import lifecycle
from bot.domain.thread import ThreadKey, TurnId, UserId
from bot.domain.turn import Signals, Turn
from bot.errors import Unreadable
from bot.store import codec
from bot.store.connection import Connection

log = logging.getLogger(__name__)


class TurnReader:
    """Reads turns. Its methods raise Unreadable for a record that only a newer release reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn; None when it is not remembered."""
        async with self._connection.call() as redis:
            fields = cast("dict[str, str]", await redis.hgetall(self._keys.turn(turn)))
        return load_turn(turn, fields) if fields.get("record") else None

    async def queue_state(self, thread: ThreadKey) -> tuple[Turn | None, int]:
        """Read the turn that the thread works on, or works on next, and how many wait behind it."""
        begun, waiting = await self.queue(str(thread))
        turn = begun if begun in waiting else next(iter(waiting), None)
        return (await self.turn(TurnId(turn)), len(waiting) - 1) if turn else (None, 0)

    async def queue(self, mailbox: str) -> tuple[str | None, list[str]]:
        """Read the name of the turn that a mailbox works on, and of all in it, the first first."""
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.get(self._keys.now(mailbox))
            pipe.zrange(self._keys.box(mailbox), 0, -1)
            begun, names = await pipe.execute()
        return begun, names

    async def turns(self, names: Sequence[str]) -> list[Turn]:
        """Read the turns that are remembered of these."""
        if not names:
            return []
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            for name in names:
                pipe.hgetall(self._keys.turn(TurnId(name)))
            hashes = await pipe.execute()
        return [
            load_turn(name, fields)
            for name, fields in zip(names, hashes, strict=True)
            if fields.get("record")
        ]


def load_turn(turn: str, fields: Mapping[str, str]) -> Turn:
    """Read a turn's hash, which has a record. Raises Unreadable when this release cannot."""
    with left_to_newer(turn=turn):
        signals = Signals(
            stop=UserId(fields["stop"]) if fields.get("stop") else None,
            gone=bool(fields.get("gone")),
            edited=codec.load_question(edited) if (edited := fields.get("edited")) else None,
            pings=tuple(
                UserId(name.removeprefix("ping:")) for name in fields if name[:5] == "ping:"
            ),
        )
        found = codec.load_turn(fields["record"], waited=bool(fields.get("waited")))
        return lifecycle.with_signals(found, signals)


@contextmanager
def left_to_newer(**about: str) -> Iterator[None]:
    """Leave a record that we cannot read as it is: a newer release's replica will come by."""
    try:
        yield
    except ValueError as error:
        log.error("a record cannot be read: %s", error, extra=about)  # noqa: TRY400
        raise Unreadable("the record is of another release", about.get("turn")) from error
