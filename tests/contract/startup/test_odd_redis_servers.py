"""Odd servers and odd files, found at startup: each is reported, and none raises an error."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.contract.redis_servers import Handler, certificate, changing, something, valkey
from tests.contract.startup.test_redis_checks import asked, refused


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with valkey("--maxmemory-policy", "noeviction") as port:
        yield port


#: Replies that Redis has for other commands, or for none.
OTHER_REPLIES = [
    b":1\r\n", b"+OK\r\n", b"$-1\r\n", b"*-1\r\n", b"*0\r\n",
    b"$2\r\n\xff\xfe\r\n", b"-ERR \xff\r\n",
    b"*3\r\n+a\r\n+b\r\n+c\r\n", b"*2\r\n*1\r\n+a\r\n*0\r\n", b"_\r\n", b"#t\r\n",
    b"%1\r\n+mode\r\n+standalone\r\n", b":99999999999999999999999\r\n", b"*1\r\n" * 2_000,
]  # fmt: skip


@pytest.mark.parametrize("reply", OTHER_REPLIES)
async def test_a_reply_of_another_shape_is_reported_and_raises_nothing(reply: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(reply)

    async with something(handle) as strange:
        assert (await refused(f"redis://127.0.0.1:{strange}")).fix


@pytest.mark.parametrize("answered", [b"$5\r\nHELLO", b"INFO", b"EVALSHA"])
async def test_an_odd_reply_to_one_command_raises_nothing(port: int, answered: bytes) -> None:
    for reply in OTHER_REPLIES[:11]:
        async with something(answering(port, answered, reply)) as strange:
            await asked(f"redis://127.0.0.1:{strange}")


def answering(port: int, command: bytes, reply: bytes) -> Handler:
    """Pass on what is said to and by the server at `port`, but for the reply to one command."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_connection("127.0.0.1", port)
        with closing(below):
            while said := await reader.read(65_536):
                below.write(said)
                real = await above.read(65_536)
                writer.write(reply if command in said else real)

    return handle


@pytest.mark.parametrize("known", [(b"PING",), (b"PING", b"HELLO"), ()])
async def test_a_proxy_that_closes_at_what_it_does_not_know_is_reported(
    known: tuple[bytes, ...], port: int
) -> None:
    """So does twemproxy, which knows no HELLO, INFO or CLUSTER, and no inline commands."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_connection("127.0.0.1", port)
        with closing(below):
            while said := await reader.read(65_536):
                if not said.startswith(b"*") or not any(word in said for word in known):
                    return
                below.write(said)
                writer.write(await above.read(65_536))

    async with something(handle) as proxy:
        problem = await refused(f"redis://127.0.0.1:{proxy}")
    assert ("twemproxy" in problem.wrong) is bool(known)
    assert ("without a proxy" in problem.fix) is bool(known)


@pytest.mark.parametrize("command", [b"HELLO", b"SCRIPT", b"EVALSHA", b"never"])
async def test_a_server_that_is_slow_once_is_asked_once_more(port: int, command: bytes) -> None:
    waited: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_connection("127.0.0.1", port)
        with closing(below):
            while said := await reader.read(65_536):
                if command in said and not waited:
                    waited.append(said)
                    continue
                below.write(said)
                writer.write(await above.read(65_536))

    async with something(handle) as slow:
        assert await asked(f"redis://127.0.0.1:{slow}") == []
    assert waited


async def test_an_unknown_eviction_policy_is_not_quoted(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    def other(reply: bytes) -> bytes:
        return reply.replace(b"maxmemory_policy:noeviction", b"maxmemory_policy:\x1b[3Ge4heim")

    async with something(changing(port, other)) as strange:
        assert await asked(f"redis://127.0.0.1:{strange}") == []
    assert "Ge4" not in caplog.text
    assert "not checked" in caplog.text


# --- the files of an address --------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates and keys: a pair, a key with a password, and what is none of these."""
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder)
    make = "openssl rsa -aes256 -passout pass:geheim -in key.pem -out locked.pem"
    subprocess.run(make.split(), cwd=folder, check=True, capture_output=True)
    make = "openssl genrsa -out other.pem 2048"
    subprocess.run(make.split(), cwd=folder, check=True, capture_output=True)
    (folder / "empty.pem").touch()
    pair = (folder / "certificate.pem").read_text() + (folder / "locked.pem").read_text()
    (folder / "both.pem").write_text(pair)
    return folder


FILES = {
    "ssl_ca_certs=empty.pem": "ssl_ca_certs",
    "ssl_ca_certs=key.pem": "ssl_ca_certs",
    "ssl_ca_certs=.": "ssl_ca_certs",
    "ssl_ca_certs=none.pem": "not there (ssl_ca_certs)",
    "ssl_ca_path=none": "ssl_ca_path",
    "ssl_ca_path=key.pem": "ssl_ca_path",
    "ssl_keyfile=key.pem": "ssl_keyfile without ssl_certfile",
    "ssl_certfile=none.pem": "not there (ssl_certfile)",
    "ssl_certfile=certificate.pem": "cannot be used",
    "ssl_certfile=certificate.pem&ssl_keyfile=other.pem": "cannot be used",
    "ssl_certfile=certificate.pem&ssl_keyfile=empty.pem": "cannot be used",
    "ssl_certfile=certificate.pem&ssl_keyfile=locked.pem": "cannot be used",
    "ssl_certfile=certificate.pem&ssl_keyfile=locked.pem&ssl_password=wrong": "cannot be used",
    "ssl_certfile=both.pem": "cannot be used",
    "ssl_certfile=certificate.pem&ssl_keyfile=key.pem": "refused",
    "ssl_certfile=certificate.pem&ssl_keyfile=locked.pem&ssl_password=geheim": "refused",
    "ssl_certfile=both.pem&ssl_password=geheim": "refused",
    "ssl_ca_certs=certificate.pem&ssl_ca_path=.": "refused",
}


@pytest.mark.parametrize("options", FILES)
async def test_an_unusable_file_in_an_address_is_named_before_connecting(
    options: str, files: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = re.sub(r"=(?!wrong|geheim)", f"={files}/", options)
    problem = await refused(f"rediss://127.0.0.1:1?{found}")
    assert FILES[options] in problem.wrong
    assert "pass phrase" not in "".join(capfd.readouterr())
