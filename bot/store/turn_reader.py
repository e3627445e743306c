"""Read turns and the queues of mailboxes, for the adapters of several ports."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from bot.domain import lifecycle
from bot.domain.thread import Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import Signals, Turn
from bot.errors import Unreadable
from bot.store import codec
from bot.store.connection import Connection

log = logging.getLogger(__name__)


class TurnReader:
    """Reads turns. For a single one that this release cannot read, it raises Unreadable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys

    async def turn(self, turn: TurnId) -> Turn | None:
        """Read a turn with its signals; None when it is not remembered."""
        fields = fields_of(await self._connection.send("HGETALL", self._keys.turn(turn)))
        return load_turn(turn, fields) if fields.get("record") else None

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread."""
        record = await self._connection.send("HGET", self._keys.thread(key), "record")
        with unreadable_errors(slack_thread=str(key)):
            return codec.load_thread(key, record)

    async def queue_state(self, thread: ThreadKey) -> tuple[Turn | None, int]:
        """Read the thread's current turn, or the next one, and how many are queued behind it."""
        current, names = await self.queue(str(thread))
        turn = current if current in names else next(iter(names), None)
        return (await self.turn(TurnId(turn)), len(names) - 1) if turn else (None, 0)

    async def queue(self, mailbox: str) -> tuple[str | None, list[str]]:
        """Read the name of a mailbox's current turn, and the names of all its turns in order."""
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.get(self._keys.now(mailbox))
            pipe.zrange(self._keys.box(mailbox), 0, -1)
            current, names = await pipe.execute()
        return current, names

    async def turns(self, names: Sequence[str]) -> list[Turn]:
        """Read these turns, without those that are not remembered.

        Those of another release are left out as well, so that they hold up nothing else.
        """
        if not names:
            return []
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            for name in names:
                pipe.hgetall(self._keys.turn(TurnId(name)))
            hashes = await pipe.execute()
        found = []
        for name, fields in zip(names, hashes, strict=True):
            if fields.get("record"):
                with suppress(Unreadable):
                    found.append(load_turn(name, fields))
        return found


def fields_of(flat: Sequence[str]) -> dict[str, str]:
    """Return the fields of a hash, which a reply lists as name, value, name, value."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def load_turn(turn: str, fields: Mapping[str, str]) -> Turn:
    """Build a turn from its hash, which has a record. Raises Unreadable."""
    signals = load_signals(turn, fields)
    with unreadable_errors(turn=turn):
        found = codec.load_turn(fields["record"], waited=bool(fields.get("waited")))
        return lifecycle.with_signals(found, signals)


def load_signals(turn: str, fields: Mapping[str, str]) -> Signals:
    """Build the signals of a turn from its hash. Raises Unreadable."""
    with unreadable_errors(turn=turn):
        return Signals(
            stop=UserId(fields["stop"]) if fields.get("stop") else None,
            gone=bool(fields.get("gone")),
            edited=codec.load_question(edited) if (edited := fields.get("edited")) else None,
            pings=tuple(
                UserId(name.removeprefix("ping:")) for name in fields if name[:5] == "ping:"
            ),
            moved=TurnId(fields["moved"]) if fields.get("moved") else None,
        )


@contextmanager
def unreadable_errors(**about: str) -> Iterator[None]:
    """Turn a ValueError into Unreadable, and log it with the fields `about`.

    The record stays as it is: a replica of a newer release can read it.
    """
    try:
        yield
    except ValueError as error:
        log.error("record not readable: %s", error, extra=about)  # noqa: TRY400
        raise Unreadable("the record is of another release", about.get("turn")) from error
