"""How Slack reaches the bots of a conversation: over their sockets, or over HTTP.

Over HTTP each bot has a port of its own for all its lives. Slack knows one address: the port of the
only bot, or the balancer before two of them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.playground.slack import LocalSlack

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Transport:
    """One way to the bots.

    Attributes:
        environments: the settings of each bot for it, by its slot.
        listening: counts the bots that listen to Slack.
    """

    environments: list[dict[str, str]]
    listening: Callable[[], Awaitable[int]]


@asynccontextmanager
async def sockets(slack: LocalSlack, bots: int) -> AsyncIterator[Transport]:
    """Let so many bots connect in Socket Mode."""

    async def listening() -> int:
        return slack.connections

    yield Transport([{"SLACK_APP_TOKEN": slack.app.app_token}] * bots, listening)


@asynccontextmanager
async def over_http(slack: LocalSlack, bots: int) -> AsyncIterator[Transport]:
    """Let Slack send its requests to so many bots while the block runs."""
    async with AsyncExitStack() as stack:
        ports = [stack.enter_context(_reserved()).getsockname()[1] for _ in range(bots)]
        port = ports[0] if bots == 1 else await stack.enter_async_context(balancer(ports))
        slack.events_url = f"http://{HOST}:{port}/slack/events"
        session = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0))
        )

        async def healthy(port: int) -> bool:
            try:
                async with session.get(f"http://{HOST}:{port}/health") as response:
                    return response.status == 200
            except (aiohttp.ClientError, TimeoutError):
                return False

        async def listening() -> int:
            return sum([await healthy(port) for port in ports])

        secret = {"SLACK_SIGNING_SECRET": slack.app.signing_secret, "HOST": HOST}
        yield Transport([{**secret, "PORT": str(port)} for port in ports], listening)


def _reserved() -> socket.socket:
    """Return a socket that keeps a port from others while nobody listens there.

    Who may share an address (SO_REUSEADDR, which asyncio's servers set) can still listen there.
    """
    keeps = socket.socket()
    keeps.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeps.bind((HOST, 0))
    return keeps


@asynccontextmanager
async def balancer(ports: list[int]) -> AsyncIterator[int]:
    """Pass connections on to the ports in turn, to the next one where nobody listens.

    Yields the port to connect to.
    """
    tasks: set[asyncio.Task[None]] = set()
    turn = 0

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        turn += 1
        first = turn % len(ports)
        task = asyncio.create_task(_connection(reader, writer, ports[first:] + ports[:first]))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: writer.close())

    listening = await asyncio.start_server(accept, HOST, 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ports: list[int]
) -> None:
    """Pass bytes on in both ways until one side has said all."""
    for port in ports:
        try:
            above, below = await asyncio.open_connection(HOST, port)
            break
        except ConnectionRefusedError:
            continue
    else:
        return
    try:
        ways = (
            asyncio.create_task(_pass(reader, below)),
            asyncio.create_task(_pass(above, writer)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
    finally:
        below.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65_536):
        writer.write(said)
        await writer.drain()
