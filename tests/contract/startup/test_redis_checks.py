"""Reasons why a Redis server cannot be used: each is reported at startup in its own words."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

import bot.store
from bot.errors import Problem
from bot.startup import checks
from bot.store import permissions
from bot.store.connection import Connection
from tests.contract.redis_servers import certificate, changing, command, something, valkey

SECRET = "Ge4heim/W0rt"
ESCAPED = "Ge4heim%2FW0rt"


def connection(url: str, bot_id: str = "B1") -> Connection:
    return Connection(url, bot_id, retention=90)


async def asked(url: str, bot_id: str = "B1") -> list[Problem]:
    """Check a server as at startup; no report may contain a piece of the password."""
    async with connection(url, bot_id) as server:
        found = await checks.redis(server)
    text = "".join(f"{p.setting} {p.wrong} {p.fix}" for p in found)
    assert not [SECRET[i : i + 4] for i in range(len(SECRET) - 3) if SECRET[i : i + 4] in text]
    assert all(problem.setting == "REDIS_URL" for problem in found)
    return found


async def refused(url: str, bot_id: str = "B1") -> Problem:
    """Ask a server that must not be used, for one reason."""
    (problem,) = await asked(url, bot_id)
    return problem


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with valkey("--databases", "4", "--maxmemory-policy", "noeviction") as port:
        yield port


async def user(port: int, *rules: str) -> str:
    """Make a user with these rights; returns the address that this user has."""
    await command(port, "ACL", "SETUSER", "tl", "reset", "on", f">{SECRET}", *rules)
    return f"redis://tl:{ESCAPED}@127.0.0.1:{port}"


async def test_a_server_that_is_right_is_used(port: int, caplog: pytest.LogCaptureFixture) -> None:
    for database in ("", "/", "/0", "/3", "?db=3"):
        assert await asked(f"redis://127.0.0.1:{port}{database}") == []
    assert "not checked" not in caplog.text


async def test_asking_leaves_nothing_behind(port: int) -> None:
    await asked(f"redis://127.0.0.1:{port}")
    async with Redis(port=port) as client:
        assert await client.keys("*") == []


# --- what the server is -----------------------------------------------------------------


@pytest.mark.parametrize("rights", [("+@all",), ("+@all", "-info"), ("+@all", "-info", "-cluster")])
async def test_a_server_in_cluster_mode_is_refused_whatever_its_user_may_ask(
    rights: tuple[str, ...],
) -> None:
    async with valkey("--cluster-enabled", "yes") as port:
        problem = await refused(await user(port, "~*", *rights))
        assert "cluster mode" in problem.wrong
        assert "cluster-enabled no" in problem.fix
        await command(port, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")  # it would serve our keys
        assert "cluster mode" in (await refused(f"redis://127.0.0.1:{port}")).wrong


@pytest.mark.parametrize("rights", [("+@all", "-info"), ("+@all", "-info", "-cluster")])
async def test_a_cluster_is_recognised_without_hello_too(rights: tuple[str, ...]) -> None:
    async with valkey("--cluster-enabled", "yes", "--rename-command", "HELLO", "") as port:
        assert "cluster mode" in (await refused(await user(port, "~*", *rights))).wrong


async def test_a_server_that_says_nothing_of_itself_can_be_used() -> None:
    async with valkey("--rename-command", "HELLO", "") as port:
        assert await asked(f"redis://127.0.0.1:{port}") == []
        url = await user(port, "~*", "+@all", "-info", "-cluster")
        assert await asked(url) == []
        async with connection(url) as server:
            await server.check()


async def test_a_database_of_a_cluster_is_refused_too() -> None:
    async with valkey("--cluster-enabled", "yes") as port:
        assert (await refused(f"redis://127.0.0.1:{port}/1")).fix


async def test_a_replica_is_refused(port: int) -> None:
    async with valkey("--replicaof", f"127.0.0.1 {port}") as copy:
        assert "read-only replica" in (await refused(f"redis://127.0.0.1:{copy}")).wrong
        assert (
            "read-only replica" in (await refused(await user(copy, "~*", "+@all", "-info"))).wrong
        )


async def test_a_sentinel_is_refused(tmp_path: Path) -> None:
    settings = tmp_path / "sentinel.conf"
    settings.write_text("protected-mode no\n")
    async with valkey("--sentinel", file=settings) as port:
        assert "Sentinel" in (await refused(f"redis://127.0.0.1:{port}")).wrong


@pytest.mark.parametrize("version", ["2.8.19", "5.0.14", "6.0.16"])
async def test_a_server_that_is_too_old_is_refused(port: int, version: str) -> None:
    def old(reply: bytes) -> bytes:
        said = re.sub(rb"redis_version:[0-9.]+", b"redis_version:" + version.encode(), reply)
        grown = len(said) - len(reply)
        head = re.match(rb"\$(\d+)\r\n", said)
        if head and grown:
            said = said.replace(head[0], b"$%d\r\n" % (int(head[1]) + grown), 1)
        return said

    async with something(changing(port, old)) as strange:
        problem = await refused(f"redis://127.0.0.1:{strange}")
    assert "too old" in problem.wrong
    assert "6.2" in problem.fix


@pytest.mark.parametrize("name", ["GETEX", "XADD", "SET", "EVALSHA", "SCRIPT", "TIME", "MULTI"])
@pytest.mark.parametrize("renamed", ["", "other"])
async def test_a_server_without_a_command_is_refused(name: str, renamed: str) -> None:
    async with valkey("--rename-command", name, renamed) as port:
        problem = await refused(f"redis://127.0.0.1:{port}")
    assert f"does not know {name}" in problem.wrong
    assert "6.2" in problem.fix
    assert "renaming" in problem.fix


@pytest.mark.parametrize("name", ["INFO", "HELLO", "SELECT", "CLIENT", "CLUSTER", "UNLINK"])
async def test_a_server_without_a_command_that_can_be_spared_is_used(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with valkey("--rename-command", name, "") as port:
        assert await asked(f"redis://127.0.0.1:{port}") == []
    assert ("not checked" in caplog.text) == (name == "INFO")


async def test_a_server_with_a_path_in_another_encoding_is_used(port: int) -> None:
    def other(reply: bytes) -> bytes:
        return re.sub(rb"executable:/", b"executable:\xff", reply)

    async with something(changing(port, other)) as strange:
        assert await asked(f"redis://127.0.0.1:{strange}") == []


async def test_a_server_that_takes_no_writes_is_refused(port: int) -> None:
    await command(port, "CONFIG", "SET", "min-replicas-to-write", "1")
    assert "too few replicas" in (await refused(f"redis://127.0.0.1:{port}")).wrong
    await command(port, "CONFIG", "SET", "min-replicas-to-write", "0")
    await command(port, "CONFIG", "SET", "maxmemory", "1")
    assert "out of memory" in (await refused(f"redis://127.0.0.1:{port}")).wrong
    await command(port, "CONFIG", "SET", "maxmemory", "0")
    assert await asked(f"redis://127.0.0.1:{port}") == []


async def is_busy(client: Redis) -> bool:
    try:
        await client.ping()
    except ResponseError as error:
        return "BUSY" in str(error)
    return False


async def test_a_server_that_is_busy_with_a_script_is_reported(port: int) -> None:
    await command(port, "CONFIG", "SET", "busy-reply-threshold", "1")
    hogging = asyncio.create_task(command(port, "EVAL", "while true do end", "0"))
    async with Redis(port=port, protocol=2) as client:
        while not await is_busy(client):
            pass
        assert "busy with a script" in (await refused(f"redis://127.0.0.1:{port}")).wrong
        await client.script_kill()
    with pytest.raises(ResponseError):
        await hogging


async def test_a_server_that_throws_keys_away_is_refused() -> None:
    async with valkey("--maxmemory-policy", "allkeys-lru") as port:
        assert "allkeys-lru" in (await refused(f"redis://127.0.0.1:{port}")).wrong


# --- what its user may do ---------------------------------------------------------------


@pytest.mark.parametrize("rights", ["-info", "-@dangerous", "-@admin -@dangerous"])
async def test_a_user_without_info_starts_with_a_warning_of_unchecked_settings(
    port: int, rights: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await asked(await user(port, "~*", "+@all", *rights.split())) == []
    (text,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert "not checked" in text
    assert "maxmemory-policy" in text
    assert "INFO" in text


async def test_a_user_without_info_keeps_the_health_check_green(port: int) -> None:
    async with connection(await user(port, "~*", "+@all", "-info")) as server:
        await server.check()


async def test_the_rules_that_are_recommended_are_enough(port: int) -> None:
    rules = (permissions.KEY_RULE, *permissions.RULES.split())
    assert await asked(await user(port, *rules)) == []
    assert await asked(await user(port, "~{threadline-B1}:*", *rules[1:])) == []


@pytest.mark.parametrize("name", [permissions.name(one) for one in permissions.COMMANDS])
async def test_each_command_that_is_not_allowed_is_named_with_its_rule(
    port: int, name: str
) -> None:
    rule = name.lower().replace(" ", "|")
    problem = await refused(await user(port, "~*", "+@all", f"-{rule}"))
    assert name in problem.wrong
    assert f"+{rule}" in problem.fix or "EVALSHA" in problem.wrong or "SCRIPT" in problem.wrong


async def test_a_user_without_any_permission_is_reported(port: int) -> None:
    problem = await refused(await user(port, "~*"))
    assert "EVALSHA" in problem.wrong
    assert permissions.RULES in problem.fix


async def test_each_command_of_a_missing_category_is_reported(port: int) -> None:
    problem = await refused(await user(port, "~*", "+@all", "-@stream"))
    for name in ("XADD", "XREADGROUP", "XGROUP CREATE", "XGROUP DELCONSUMER", "XCLAIM"):
        assert name in problem.wrong


async def test_a_database_that_the_user_may_not_select_is_reported(port: int) -> None:
    problem = await refused((await user(port, "~*", "+@all", "-select")) + "/1")
    assert "SELECT" in problem.wrong


@pytest.mark.parametrize(
    "pattern", ["~other*", "%R~*", "%W~*", "~{threadline-B2}:*", "~{threadline-B1}:ready"]
)
async def test_keys_that_the_user_may_not_use_are_reported(port: int, pattern: str) -> None:
    problem = await refused(await user(port, pattern, "+@all"))
    assert "keys" in problem.wrong
    assert permissions.KEY_RULE in problem.fix


async def test_rights_are_not_judged_for_a_bot_that_slack_did_not_name(port: int) -> None:
    assert await asked(await user(port, "~{threadline-B1}:*", "+@all"), "unknown") == []


async def test_each_form_of_a_command_is_complete(port: int) -> None:
    async with Redis(port=port, decode_responses=True) as client:
        for command_ in permissions.COMMANDS:
            if "KEY" in command_:
                asking = client.execute_command("COMMAND GETKEYS", *command_.split())  # type: ignore[no-untyped-call]
                assert await asking == ["KEY"]


def test_every_command_in_the_store_is_asked_about() -> None:
    """Reads the source of the store, in which commands are methods or words in scripts."""
    folder = Path(bot.store.__file__ or "").parent
    not_sent = (
        "embedded",
        "permissions",
        "server_checks",
        "inspection",
    )  # that is for the playground's own server
    source = "\n".join(
        path.read_text() for path in folder.rglob("*.py") if path.stem not in not_sent
    )
    sent = {
        {
            "delete": "DEL",
            "xgroup_create": "XGROUP CREATE",
            "xinfo_consumers": "XINFO CONSUMERS",
        }.get(name, name.upper())
        for name in re.findall(r"\b(?:_redis|redis|pipe)\.([a-z_]+)\(", source)
    }
    sent |= set(re.findall(r"\bconnection\.send\(\s*\"([A-Z]+)\"", source))
    ours = {"PIPELINE", "EXECUTE", "ACLOSE", "FROM_POOL", "CALL", "PCALL"}
    in_scripts = {
        f"{command} {part}" if part else command
        for command, part in re.findall(r"redis\.p?call\('([A-Z]+)'(?:, '([A-Z]+)')?", source)
    }
    assert (sent - ours) | in_scripts <= {permissions.name(one) for one in permissions.COMMANDS}


# --- why no connection comes about ------------------------------------------------------


async def test_each_password_problem_has_its_own_report(port: int) -> None:
    assert "wants none" in (await refused(f"redis://:{ESCAPED}@127.0.0.1:{port}")).wrong
    unknown = await refused(f"redis://nobody:{ESCAPED}@127.0.0.1:{port}")
    assert "does not know" in unknown.wrong
    async with valkey("--requirepass", "another", password="another") as locked:
        missing = await refused(f"redis://127.0.0.1:{locked}")
        wrong = await refused(f"redis://:{ESCAPED}@127.0.0.1:{locked}")
        as_user = await refused(f"redis://{ESCAPED}@127.0.0.1:{locked}")
        assert await asked(f"redis://:another@127.0.0.1:{locked}") == []
    assert "has no password" in missing.wrong
    assert "does not know" in wrong.wrong
    assert "redis://:PASSWORD@" in wrong.fix
    assert "does not know" in as_user.wrong


async def test_a_database_out_of_range_is_reported(port: int) -> None:
    problem = await refused(f"redis://127.0.0.1:{port}/4")
    assert "database" in problem.wrong
    assert "/0" in problem.fix


async def test_tls_to_a_plain_port_and_the_reverse_are_reported(port: int, tmp_path: Path) -> None:
    assert "redis://" in (await refused(f"rediss://:{ESCAPED}@127.0.0.1:{port}")).fix
    context, file = certificate(tmp_path)
    async with something(changing(port, lambda reply: reply), context) as secured:
        assert "rediss://" in (await refused(f"redis://:{ESCAPED}@127.0.0.1:{secured}")).fix
        untrusted = await refused(f"rediss://localhost:{secured}")
        misnamed = await refused(f"rediss://127.0.0.1:{secured}?ssl_ca_certs={file}")
        missing = await refused(f"rediss://localhost:{secured}?ssl_ca_certs={tmp_path}/none.pem")
        assert await asked(f"rediss://localhost:{secured}?ssl_ca_certs={file}") == []
    assert "not trusted" in untrusted.wrong
    assert "ssl_ca_certs" in untrusted.fix
    assert "mismatch" in misnamed.wrong
    assert "file that is not there" in missing.wrong


async def web_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def ssh_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
    await reader.read()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(1000):
        writer.write(said)


async def memcached(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readline():
        writer.write(b"ERROR\r\n")


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("handler", [web_server, ssh_server, memcached])
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
async def test_a_server_that_is_not_redis_is_reported(
    handler: Callable[..., None], scheme: str
) -> None:
    async with something(handler) as strange:  # type: ignore[arg-type]
        problem = await refused(f"{scheme}://:{ESCAPED}@127.0.0.1:{strange}")
    assert "no Redis" in problem.wrong


async def test_a_server_that_echoes_our_words_is_not_quoted() -> None:
    async with something(echo) as strange:
        assert (await refused(f"redis://:{ESCAPED}@127.0.0.1:{strange}")).fix


@pytest.mark.parametrize(("handler", "says"), [(silence, "no answer"), (closing, "closed")])
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
async def test_a_server_that_is_silent_or_closes_is_reported(
    handler: Callable[..., None], says: str, scheme: str
) -> None:
    async with something(handler) as strange:  # type: ignore[arg-type]
        assert says in (await refused(f"{scheme}://127.0.0.1:{strange}")).wrong


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://127.0.0.1:1", "refused"),
        ("redis://nobody.invalid", "host name"),
        ("unix:///nowhere/redis.sock", "not there"),
        ("unix:///" + "x" * 200, "too long"),
    ],
)
async def test_an_address_without_a_server_is_reported(url: str, says: str) -> None:
    assert says in (await refused(url)).wrong
