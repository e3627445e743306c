"""Bodies that are not what they say: each server of the playground refuses them and goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.run import playground
from bot.playground.slack import LocalSlack
from bot.playground.slack.api.methods import METHODS
from bot.playground.task_api import LocalTaskApi
from tests.slack_clients import http_app

KEY = "local-key"
FORM = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
BODIES = {
    "no boundary": ("multipart/form-data", b"x"),
    "an empty boundary": ("multipart/form-data; boundary=", b"x"),
    "a boundary of a hundred characters": ("multipart/form-data; boundary=" + "x" * 100, b"x"),
    "a boundary that never comes": (FORM, b"hello"),
    "nothing in parts": (FORM, b""),
    "a part without headers": (FORM, b"--x\r\n\r\nhello\r\n--x--\r\n"),
    "a part without a name": (FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"),
    "a part that is cut off": (FORM, HEAD + b"\r\nhello"),
    "headers that are cut off": (FORM, HEAD),
    "a header that is none": (FORM, b"--x\r\n\x00\xff\r\n\r\na\r\n--x--\r\n"),
    "an encoding that is none": (
        FORM,
        HEAD + b"Content-Transfer-Encoding: nonsense\r\n\r\na\r\n--x--\r\n",
    ),
    "base64 that is none": (
        FORM,
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n",
    ),
    "compression that is none": (FORM, HEAD + b"Content-Encoding: gzip\r\n\r\na\r\n--x--\r\n"),
    "a length that is wrong": (FORM, HEAD + b"Content-Length: 99\r\n\r\na\r\n--x--\r\n"),
    "a length that is none": (FORM, HEAD + b"Content-Length: many\r\n\r\na\r\n--x--\r\n"),
    "parts within a part": (
        FORM,
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
        b"--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
    ),
    "a text in no encoding": (
        FORM,
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n'
        b"Content-Type: text/plain; charset=nonsense\r\n\r\na\r\n--x--\r\n",
    ),
    "a text that is not in its encoding": (
        FORM,
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n',
    ),
    "a form in no encoding": ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
    "a form that is not in its encoding": ("application/x-www-form-urlencoded", b"text=\xff"),
    "a form that is escaped wrongly": ("application/x-www-form-urlencoded", b"%zz=%&&=&text=%ff"),
    "a form of nonsense": ("application/x-www-form-urlencoded", bytes(range(256))),
    "JSON in no encoding": ("application/json; charset=nonsense", b"{}"),
    "JSON that is not in its encoding": ("application/json", b'{"a":"\xff"}'),
    "JSON in UTF-16": ("application/json", '{"a":1}'.encode("utf-16")),
    "JSON that is cut off": ("application/json", b'{"a":'),
    "JSON a thousand deep": ("application/json", b"[" * 100_000),
    "a number of many digits": ("application/json", b'{"a":' + b"9" * 10_000 + b"}"),
    "a list": ("application/json", b"[1]"),
    "a text": ("application/json", b'"x"'),
    "null": ("application/json", b"null"),
    "half a character": ("application/json", b'{"text":"\\ud800","channel":"\\ud800"}'),
    "no number": ("application/json", b'{"length":NaN,"limit":Infinity}'),
    "a number without end": ("application/json", b'{"limit":1e999,"length":1e999}'),
    "things of other kinds": (
        "application/json",
        b'{"channel":[],"ts":{},"text":1,"limit":{},"files":1,"blocks":"x","view":[],"user":1}',
    ),
    "no type": ("", b"x"),
    "a type that is none": ("nonsense", b"x"),
    "a picture": ("image/png", b"\x89PNG"),
}
PATHS = {
    "slack": [
        *(f"/api/{name}" for name in METHODS),
        "/api/nonsense",
        "/upload/v1/nonsense",
        "/response/T1/nonsense",
    ],
    "research": [
        "/v1/tasks/runs",
        "/v1/tasks/groups",
        "/v1/tasks/groups/nonsense/runs",
        "/v1beta/chat/completions",
        "/nonsense",
    ],
    "page": ["/say", "/upload", "/submit", "/press", "/edit", "/trouble", "/nonsense"],
}


@asynccontextmanager
async def serving(server: str, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Run one of the playground's servers; yields its address and what it lets in."""
    if server == "slack":
        async with LocalSlack(rate_limits=False) as slack:
            yield slack.api_url.removesuffix("/api/"), slack.app.bot_token
    elif server == "research":
        async with LocalTaskApi(keys={KEY}) as research:
            yield research.url, KEY
    else:
        async with playground({"DATA_DIR": str(folder)}, 0) as running:
            yield running.url, ""


async def announced(http: aiohttp.ClientSession, url: str, token: str, size: int) -> str:
    """Announce an upload; returns the path that takes it."""
    said = {"filename": "a.txt", "length": str(size)}
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{url}/api/files.getUploadURLExternal"
    async with http.post(address, data=said, headers=headers) as response:
        path: str = (await response.json())["upload_url"]
    return path.removeprefix(url)


@pytest.mark.parametrize("server", PATHS)
async def test_a_body_that_is_not_what_it_says_is_refused(
    server: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One server for all: whatever it was sent, it goes on."""
    failed = []
    async with serving(server, tmp_path) as (url, token), aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {token}", "x-api-key": token}
        for path in PATHS[server]:
            for name, (content_type, body) in BODIES.items():
                given = headers | ({"Content-Type": content_type} if content_type else {})
                async with http.post(url + path, data=body, headers=given) as response:
                    text = await response.text()
                    if response.status >= 500 or "Traceback" in text:
                        failed.append((path, name, response.status))
    assert failed == []
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "name", [name for name, (kind, _) in BODIES.items() if "multipart" in kind]
)
async def test_a_malformed_upload_is_answered_400_and_can_be_sent_again(name: str) -> None:
    content_type, body = BODIES[name]
    async with LocalSlack() as slack, aiohttp.ClientSession() as http:
        url, token = slack.api_url.removesuffix("/api/"), slack.app.bot_token
        path = await announced(http, url, token, 5)
        headers = {"Content-Type": content_type}
        async with http.post(url + path, data=body, headers=headers) as response:
            assert response.status == 400
        async with http.post(url + path, data=b"hello") as response:
            assert response.status == 200


async def test_a_malformed_form_is_refused_as_slack_does() -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession() as http:
        for name, error in {
            "a boundary that never comes": "invalid_form_data",
            "a form in no encoding": "invalid_form_data",
            "JSON that is cut off": "invalid_json",
            "JSON a thousand deep": "invalid_json",
            "a list": "json_not_object",
            "a picture": "invalid_post_type",
        }.items():
            content_type, body = BODIES[name]
            headers = {"Content-Type": content_type}
            async with http.post(
                f"{slack.api_url}chat.postMessage", data=body, headers=headers
            ) as response:
                assert await response.json() == {"ok": False, "error": error}


TYPES = sorted({kind for kind, _ in BODIES.values()})


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(TYPES),
            st.binary(max_size=60)
            | st.from_regex(rb"--x\r\n([a-z-]+: .{0,9}\r\n){0,3}.*", fullmatch=True),
        ),
        min_size=10,
        max_size=30,
    )
)
def test_no_body_whatever_makes_a_local_server_fail(sent: list[tuple[str, bytes]]) -> None:
    async def send() -> None:
        async with LocalSlack() as slack, LocalTaskApi(keys={KEY}) as research:
            url, token = slack.api_url.removesuffix("/api/"), slack.app.bot_token
            async with aiohttp.ClientSession(headers={"x-api-key": KEY}) as http:
                for content_type, body in sent:
                    path = await announced(http, url, token, 5)
                    for address in (url + path, research.url + "/v1/tasks/runs"):
                        headers = {"Content-Type": content_type} if content_type else {}
                        async with http.post(address, data=body, headers=headers) as response:
                            assert response.status < 500

    asyncio.run(send())


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"\xff", "content_type": "text/plain", "charset": "utf-8"},
        {"body": b"x", "content_type": "text/plain", "charset": "nonsense"},
        {"body": b"{", "content_type": "application/json"},
        {"body": b"[" * 100_000, "content_type": "application/json"},
    ],
)
async def test_an_app_that_answers_nonsense_has_not_acknowledged(answer: dict[str, Any]) -> None:
    async def app(_: web.Request) -> web.Response:
        return web.Response(**answer)

    async with LocalSlack(transport="http") as slack, http_app(slack, app):
        assert not await slack.verify_url()
