"""What Redis and Valkey servers reply when they refuse: each is understood at startup."""

from __future__ import annotations

import asyncio

import pytest

from tests.contract.redis_servers import something
from tests.contract.startup.test_redis_checks import ESCAPED, refused

REPLIES = {
    b"-LOADING Valkey is loading the dataset in memory\r\n": "loads its data",
    b"-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n": (
        "lost its primary"
    ),
    b"-DENIED Redis is running in protected mode because protected mode is enabled and no password "
    b"is set for the default user. In this mode connections are only accepted from the loopback "
    b"interface.\r\n": "protected mode",
    b"-ERR max number of clients reached\r\n": "no more clients",
    b"-MISCONF Errors writing to the AOF file\r\n": "cannot write to its disk",
    b"-NOREPLICAS Not enough good replicas to write.\r\n": "too few replicas",
    b"-CLUSTERDOWN Hash slot not served\r\n": "cluster mode",
    b"-CLUSTERDOWN The cluster is down\r\n": "cluster mode",
    b"-MOVED 3999 127.0.0.1:6381\r\n": "cluster mode",
    b"-ASK 3999 127.0.0.1:6381\r\n": "cluster mode",
    b"-CROSSSLOT Keys in request don't hash to the same slot\r\n": "cluster mode",
    b"-TRYAGAIN Multiple keys request during rehashing of slot\r\n": "cluster mode",
    b"-OOM command not allowed when used memory > 'maxmemory'.\r\n": "out of memory",
    b"-NOAUTH Authentication required.\r\n": "has no password",
    b"-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
    b"<proto> AUTH <user> <pass> option can be used to authenticate the client\r\n": (
        "has no password"
    ),
    b"-WRONGPASS invalid username-password pair or user is disabled.\r\n": "does not know",
    b"-ERR invalid password\r\n": "does not know",
    b"-ERR Client sent AUTH, but no password is set\r\n": "wants none",
    b"-ERR invalid DB index\r\n": "database",
    b"-NOPERM this user has no permissions to run the 'info' command or its subcommand\r\n": "INFO",
    b"-NOPERM this user has no permissions to access one of the keys used as arguments\r\n": "keys",
    b"-BUSY Redis is busy running a script. You can only call SCRIPT KILL.\r\n": "a script",
    b"-BUSY Valkey is busy running a script. You can only call SCRIPT KILL.\r\n": "a script",
    b"-ERR unknown command 'EVALSHA', with args beginning with: 'Ge4heim/W0rt'\r\n": "EVALSHA",
    b"-ERR unknown command `EVALSHA`, with args beginning with: `Ge4heim/W0rt`, \r\n": "EVALSHA",
    b"-ERR unknown command 'evalsha'\r\n": "EVALSHA",
    b"-ERR unknown command 'Ge4heim'\r\n": "refuses",
    b"-ERR something new: Ge4heim/W0rt\r\n": "refuses",
}


TURNED_AWAY = [reply for reply in REPLIES if b"protected mode" in reply or b"of clients" in reply]


@pytest.mark.parametrize("reply", TURNED_AWAY)
@pytest.mark.parametrize("user", ["", f":{ESCAPED}@"])
async def test_a_server_that_turns_clients_away_is_understood(reply: bytes, user: str) -> None:
    """It says why before it is asked, and closes the connection."""

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        writer.close()

    async with something(handle) as strange:
        assert REPLIES[reply] in (await refused(f"redis://{user}127.0.0.1:{strange}")).wrong


@pytest.mark.parametrize("reply", REPLIES)
async def test_errors_of_all_redis_releases_are_understood(reply: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            for _ in range(said.count(b"$5\r\nHELLO") or said.count(b"\n*") + 1):
                writer.write(reply)

    async with something(handle) as strange:
        assert REPLIES[reply] in (await refused(f"redis://127.0.0.1:{strange}")).wrong
