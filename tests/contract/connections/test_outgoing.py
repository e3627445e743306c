"""Connections that leave through a proxy: Parallel's API behind one, and what each failure means.

Hosts under ``.test`` are resolved by the proxy only, so what is answered went through it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import traceback
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.connections.outgoing import Connector
from bot.errors import AnswerLost, Unavailable, Unreached
from bot.parallel.chat_client import ChatApi
from bot.parallel.client import TaskApi, Timeouts
from bot.playground.task_api import Relay
from bot.slack.api_errors import writing
from bot.slack.connection import http_session, web_client
from tests.contract.connections.proxied import PARALLEL, SECRET, leaving, world
from tests.contract.parallel.parallel_helpers import ASKED, KEY, RUN, TASK_RUN, error_of
from tests.forward_proxy import (
    Authority,
    Conversation,
    listening,
)
from tests.raw_http import Handling, deaf, reply, sending, serving, silent

HASTY = Timeouts(connect=0.4, create=0.8, status=0.8, result=0.8, silence=0.8, first_byte=0.8)


@pytest.mark.parametrize("url", [PARALLEL, "http://plain.test"])
@pytest.mark.parametrize("spoken", ["http", "https"])
@pytest.mark.parametrize("user", ["", f"ada:{SECRET}@:/"])
async def test_every_call_goes_through_the_proxy(
    authority: Authority, url: str, spoken: str, user: str
) -> None:
    tls = authority.context("127.0.0.1") if spoken == "https" else None
    async with world(authority, reply(200, TASK_RUN), tls, user=user) as (server, proxy):
        named = f"ada:{SECRET}%40%3A%2F@" if user else ""
        address = f"{spoken}://{named}127.0.0.1:{proxy.port}"
        async with TaskApi(url, KEY, network=leaving(authority, ALL_PROXY=address)) as api:
            for _ in range(2):
                await api.retrieve(RUN)
                await api.create(ASKED)
    assert len(server.requests) == 4
    assert {urlsplit(f"//{t}" if "//" not in t else t).hostname for t in proxy.passed} == {
        urlsplit(url).hostname
    }
    assert all("proxy-authorization" not in request.headers for request in server.requests)
    assert all(request.target.startswith("/v1/") for request in server.requests)
    if url == PARALLEL:  # the key goes through the tunnel only
        assert KEY not in "".join(proxy.heads)


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTPS_PROXY": "{proxy}", "NO_PROXY": "parallel.test"},
        {"HTTPS_PROXY": "{proxy}", "no_proxy": "*"},
        {"HTTP_PROXY": "{proxy}"},
        {},
    ],
)
async def test_no_proxy_is_used_for_hosts_in_no_proxy(
    authority: Authority, environ: dict[str, str]
) -> None:
    async with world(authority, reply(200, TASK_RUN)) as (_, proxy):
        given = {name: value.format(proxy=proxy.url) for name, value in environ.items()}
        async with TaskApi(PARALLEL, KEY, network=leaving(authority, **given)) as api:
            error = await error_of(api.retrieve(RUN))
    assert isinstance(error, Unreached)
    assert "parallel.test cannot be resolved" in str(error)
    assert "HTTPS_PROXY" in error.fix
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("behaviour", "named", "says", "to_do"),
    [
        ({"refuses": 403}, "", "does not connect us to parallel.test:443 (403)", "NO_PROXY"),
        ({"refuses": 502}, "", "does not connect us to parallel.test:443 (502)", "NO_PROXY"),
        ({"refuses": 503}, "", "does not connect us to parallel.test:443 (503)", "NO_PROXY"),
        ({"refuses": 429}, "", "does not connect us to parallel.test:443 (429)", "NO_PROXY"),
        ({"user": "ada:other"}, f"ada:{SECRET}@", "refuses our user and password", "HTTPS_PROXY"),
        ({"user": "ada:other"}, "", "asks for a user and password (407)", "HTTPS_PROXY"),
        ({"way": "hangs up"}, f"ada:{SECRET}@", "broke off", "that the proxy runs"),
        ({"way": "says nothing"}, "", "in time", "that the proxy runs"),
    ],
)
async def test_a_proxy_that_does_not_let_through_means_that_nothing_was_sent(
    authority: Authority, behaviour: dict[str, Any], named: str, says: str, to_do: str
) -> None:
    async with world(authority, reply(200, TASK_RUN), **behaviour) as (server, proxy):
        address = f"http://{named}127.0.0.1:{proxy.port}"
        network = leaving(authority, HTTPS_PROXY=address)
        async with (
            TaskApi(PARALLEL, KEY, timeouts=HASTY, network=network) as api,
            ChatApi(PARALLEL, KEY, timeouts=HASTY, network=network) as chat,
        ):
            for call in (api.create(ASKED), api.retrieve(RUN), api.result(RUN, 1), read(chat)):
                error = await error_of(call)
                assert isinstance(error, Unreached), error
                assert says in str(error)
                assert to_do in error.fix
                assert SECRET not in "".join(traceback.format_exception(error)) + error.fix
    assert server.requests == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://proxy.invalid:3128"])
async def test_a_proxy_that_is_not_there_is_named(authority: Authority, address: str) -> None:
    named = address.replace("//", f"//ada:{SECRET}@")
    async with TaskApi(PARALLEL, KEY, network=leaving(authority, HTTPS_PROXY=named)) as api:
        error = await error_of(api.create(ASKED))
    assert isinstance(error, Unreached)
    assert "proxy" in str(error)
    assert str(urlsplit(address).hostname) in str(error)
    assert "HTTPS_PROXY" in error.fix


OPENED = b"HTTP/1.1 200 OK\r\n\r\n"
BROKEN: dict[str, tuple[list[bytes], str]] = {
    "hangs up in its first line": ([b"HTTP/1.1 2"], "hangs up"),
    "says nothing after half a line": ([b"HTTP/1.1 2"], "waits"),
    "drips": ([b"H", b"T", *[b"x"] * 40], "waits"),
    "opens and hangs up": ([OPENED], "hangs up"),
    "opens and resets": ([OPENED], "resets"),
    "opens and says nothing": ([OPENED], "waits"),
    "opens and resets what was begun": ([OPENED], "resets later"),
    "opens and hangs up on what was begun": ([OPENED], "hangs up later"),
    "opens and advertises": ([OPENED + b"Buy now!"], "waits"),
    "opens and speaks no TLS": ([OPENED], "speaks plain"),
    "opens and sends an alert": ([OPENED], "alerts"),
    "opens with a body": ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"], "waits"),
    "opens in chunks": ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"], "waits"),
    "continues for ever": ([b"HTTP/1.1 100 Continue\r\n\r\n"], "waits"),
    "redirects": ([b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\n\r\n"], "hangs up"),
    "has no content": ([b"HTTP/1.1 204 X\r\n\r\n"], "hangs up"),
    "wants no user but refuses": ([b"HTTP/1.1 407 X\r\n\r\n"], "hangs up"),
    "wants another way in": (
        [b"HTTP/1.1 407 X\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n"],
        "hangs up",
    ),
    "refuses at length": ([b"HTTP/1.1 403 X\r\n\r\n", b"x" * 100_000], "hangs up"),
    "never ends its head": ([b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"y" * 9_000] * 9], "waits"),
    "speaks SSH": ([b"SSH-2.0-OpenSSH_9.9\r\n"], "waits"),
    "speaks HTTP 0.9": ([b"<html>Log in</html>"], "hangs up"),
    "speaks HTTP 1.0": ([b"HTTP/1.0 200 OK\r\n\r\n"], "hangs up"),
    "has a status of its own": ([b"HTTP/1.1 999 Denied\r\n\r\n"], "hangs up"),
    "speaks in zeros": ([b"\0" * 50], "hangs up"),
}


def breaking(pieces: list[bytes], then: str) -> Conversation:
    """Answer a CONNECT request with these bytes, then break off in some way."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if then not in ("hangs up", "resets"):
            await reader.read(1)  # of what begins
        if then.startswith("resets"):
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        elif then == "waits":
            await reader.read()
        elif then == "speaks plain":
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        elif then == "alerts":
            writer.write(b"\x15\x03\x03\x00\x02\x02\x28")

    return talk


@pytest.mark.parametrize("way", BROKEN)
async def test_a_proxy_that_breaks_off_before_the_tunnel_has_sent_nothing(way: str) -> None:
    async with listening(breaking(*BROKEN[way])) as port:
        network = leaving(HTTPS_PROXY=f"http://ada:{SECRET}@127.0.0.1:{port}")
        async with (
            TaskApi(PARALLEL, KEY, timeouts=HASTY, network=network) as api,
            http_session(0.8, network) as session,
        ):
            slack = web_client("xoxb-1", "https://slack.test/api/", session)
            posting = writing(lambda: slack.chat_postMessage(channel="C1", text="Egypt."))
            for call in (api.create(ASKED), posting):
                error = await error_of(call)
                assert isinstance(error, Unreached), error
                assert SECRET not in "".join(traceback.format_exception(error)) + error.fix


async def test_a_proxy_with_an_ipv6_address_is_used(authority: Authority) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    async with (
        world(authority, reply(202, TASK_RUN)) as (_, proxy),
        listening(proxy.serve, host="::1") as port,
    ):
        network = leaving(authority, HTTPS_PROXY=f"http://[::1]:{port}")
        async with TaskApi(PARALLEL, KEY, network=network) as api:
            assert (await api.create(ASKED)).id == RUN


async def test_a_proxy_that_never_answers_a_connection_is_not_waited_for(
    authority: Authority,
) -> None:
    async with deaf() as url:
        network = leaving(authority, HTTPS_PROXY=url)
        async with TaskApi(PARALLEL, KEY, timeouts=HASTY, network=network) as api:
            assert isinstance(await error_of(api.create(ASKED)), Unreached)


@pytest.mark.parametrize(
    "handling",
    [
        sending(b""),
        sending(b"", reset=True),
        sending(b"HTTP/1.1 200"),
        silent,
        reply(502, "<html>"),
    ],
)
async def test_a_failure_behind_the_tunnel_may_have_taken_effect(
    authority: Authority, handling: Handling
) -> None:
    async with world(authority, handling) as (server, proxy):
        network = leaving(authority, HTTPS_PROXY=proxy.url)
        async with TaskApi(PARALLEL, KEY, timeouts=HASTY, network=network) as api:
            assert isinstance(await error_of(api.create(ASKED)), AnswerLost)
    assert len(server.requests) == 1


async def test_without_a_tunnel_only_a_407_proves_that_nothing_was_sent(
    authority: Authority,
) -> None:
    """A 502 for an ``http`` address may come from the proxy or from behind it."""
    async with world(authority, reply(202, TASK_RUN), refuses=502) as (server, proxy):
        network = leaving(HTTP_PROXY=proxy.url)
        async with TaskApi("http://plain.test", KEY, network=network) as api:
            assert isinstance(await error_of(api.create(ASKED)), AnswerLost)
            proxy.user = "ada:other"
            for call in (api.create(ASKED), api.retrieve(RUN)):
                assert isinstance(await error_of(call), Unreached)
    assert server.requests == []


async def test_an_https_proxy_that_does_not_speak_tls_is_reported(
    authority: Authority,
) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        network = leaving(authority, HTTPS_PROXY=f"https://127.0.0.1:{port}")
        async with TaskApi(PARALLEL, KEY, network=network) as api:
            error = await error_of(api.create(ASKED))
    assert isinstance(error, Unreached)
    assert "http://" in error.fix


async def test_after_a_redirect_the_rule_is_asked_again(authority: Authority) -> None:
    async with serving(reply(200, "here")) as here:
        elsewhere = reply(302, "", location=f"{here.url}/x")
        async with world(authority, elsewhere) as (_, proxy):
            network = leaving(authority, ALL_PROXY=proxy.url)
            async with (
                aiohttp.ClientSession(connector=Connector(network)) as session,
                session.get(f"{PARALLEL}/a", proxy="http://127.0.0.1:1") as response,
            ):
                assert await response.text() == "here"
    assert proxy.passed == ["parallel.test:443"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    ["{elsewhere}/x", "/again", "http://127.0.0.1:1/x", "//nobody.invalid/", "file:///x"],
)
async def test_a_redirect_of_slacks_is_not_followed_and_may_have_taken_effect(
    status: int, location: str
) -> None:
    """Else words would be posted again, or at another host, or be said not to have been sent."""
    async with serving(reply(200, {"ok": True})) as elsewhere:
        named = location.format(elsewhere=elsewhere.url)
        async with (
            serving(reply(status, "", location=named)) as there,
            http_session(5.0) as session,
        ):
            slack = web_client("xoxb-1", f"{there.url}/api/", session)
            with pytest.raises(AnswerLost):
                await writing(lambda: slack.chat_postMessage(channel="C1", text="Egypt."))
            assert len(there.requests) == 1
        assert elsewhere.requests == []


async def test_the_playgrounds_relay_goes_through_the_proxy(
    authority: Authority,
) -> None:
    async with world(authority, reply(202, TASK_RUN)) as (server, proxy):
        network = leaving(authority, HTTPS_PROXY=proxy.url)
        async with Relay(PARALLEL, network) as relay, TaskApi(relay.url, KEY) as api:
            proxy.refuses = 403
            error = await error_of(api.create(ASKED))
            proxy.refuses = 0
            await api.create(ASKED)
    assert isinstance(error, Unavailable)
    assert "does not connect us to parallel.test:443 (403)" in str(error)
    assert len(server.requests) == 1


async def read(chat: ChatApi) -> None:
    async with chat.create(ASKED) as chunks:
        async for _ in chunks:
            pass


def test_nothing_sent_is_a_kind_of_unavailable() -> None:
    assert issubclass(Unreached, Unavailable)
