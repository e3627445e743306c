"""A proxy between one bot and Valkey that passes the moments of each effect.

It understands of RESP2 what it needs to tell one command and one reply from the next, and passes
on the very bytes that came. A command is held back until the one before it has its reply.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.chaos.effects import Effects
from tests.chaos.known_scripts import named_scripts

_SCRIPTS = {hashlib.sha1(text.encode()).hexdigest(): name for name, text in named_scripts()}
#: The lease, and the search for dead replicas: they come by the clock, not with a question.
_BY_THE_CLOCK = {"HEARTBEAT", "RECLAIM", "DEREGISTER", "SWEEP_RESERVATIONS"}
#: Commands and scripts that change nothing for a question. GETEX lets a choice live on.
_READS = {"CLIENT", "SELECT", "PING", "INFO", "SCRIPT", "XGROUP", "GET", "GETEX", "HGET", "HMGET"}
_READS |= {"HELLO", "CHECK_COMMANDS"}  # asked at the start
_READS |= {"READ", "KNOWN"}  # scripts
_READS |= {"EXISTS", "HEXISTS", "HGETALL", "XREAD", "XREVRANGE", "ZRANGE", "ZREVRANGE"}
#: The place of the turn's record among the arguments of scripts that write it in several states.
_RECORD = {"SAVE": 2, "RESERVE_PRICE": 3}
_NOTHING = b"*-1\r\n"

Words = list[bytes]


@asynccontextmanager
async def redis_proxy(
    listen: Path, server: Path, effects: Effects, slot: int
) -> AsyncIterator[Callable[[], None]]:
    """Pass on what comes to the socket `listen` to the one at `server` until the block ends.

    Yields what closes all connections: for when the bot is dead, as its machine would.
    """
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_connection(reader, writer, server, effects, slot))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: writer.close())  # also of one that never began

    def hang_up() -> None:
        for task in tasks:
            task.cancel()

    listening = await asyncio.start_unix_server(accept, listen)
    try:
        yield hang_up
    finally:
        listening.close()
        hang_up()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _connection(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    server: Path,
    effects: Effects,
    slot: int,
) -> None:
    above, below = await asyncio.open_unix_connection(server)
    try:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                words, command = await _command(reader)
                kind = _kind(words, effects.questions)
                effect = effects.begins(kind) if kind else None
                if effect:
                    effects.writer = slot
                    if effects.strikes(effect, "before", slot):
                        return
                below.write(command)
                reply = await _reply(above)
                if _hands_out_work(words, reply):
                    effect = effects.begins("redis work handed out")
                if effect and effects.strikes(effect, "after", slot):
                    return
                writer.write(reply)
    finally:
        below.close()


def _kind(words: Words, questions: list[str]) -> str | None:
    """Name what a command changes; None when it changes nothing for a question or a choice.

    `questions` grows with each turn that is put into a mailbox.
    """
    command = words[0].decode().upper()
    if command in _READS or command == "XREADGROUP":
        return None
    if command != "EVALSHA":
        return f"redis {command}"
    script = _SCRIPTS[words[1].decode()]
    if script in _BY_THE_CLOCK or script in _READS:
        return None
    if script == "APPEND":
        turn = _arguments(words)[0].decode()
        if turn not in questions:
            questions.append(turn)
        return f"redis APPEND of question {questions.index(turn) + 1}"
    if script in _RECORD:
        return f"redis {script} {json.loads(_arguments(words)[_RECORD[script]])['state']}"
    return f"redis {script}"


def _hands_out_work(words: Words, reply: bytes) -> bool:
    command = words[0].upper()
    if command == b"XREADGROUP":
        return words[-1] == b">" and reply != _NOTHING
    return (
        command == b"EVALSHA"
        and _SCRIPTS[words[1].decode()] == "RECLAIM"
        and not reply.startswith(b"*0")
    )


def _arguments(words: Words) -> Words:
    """Return the ARGV of an EVALSHA."""
    return words[3 + int(words[2]) :]


async def _command(reader: asyncio.StreamReader) -> tuple[Words, bytes]:
    """Read one command: its words, and its bytes."""
    head = await reader.readuntil(b"\r\n")
    words, raw = [], [head]
    for _ in range(int(head[1:])):
        size = await reader.readuntil(b"\r\n")
        word = await reader.readexactly(int(size[1:]) + 2)
        words.append(word[:-2])
        raw += [size, word]
    return words, b"".join(raw)


async def _reply(reader: asyncio.StreamReader) -> bytes:
    """Read one reply's bytes."""
    head = await reader.readuntil(b"\r\n")
    kind, number = head[:1], head[1:-2]
    if kind == b"$" and number != b"-1":
        return head + await reader.readexactly(int(number) + 2)
    if kind == b"*":
        return head + b"".join([await _reply(reader) for _ in range(int(number))])
    return head
