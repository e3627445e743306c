"""Parallel's client when the other side misbehaves: what each answer, or the lack of one, means."""

from __future__ import annotations

import asyncio
import logging
import shutil
import ssl
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import pytest

from bot.concurrency.offload import SHORT, offload
from bot.domain.research import Answer, Run, RunRequest, RunStatus
from bot.domain.thread import InteractionId
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.client import MOST_STATUSES, PARSED, TaskApi, Timeouts
from tests.contract.parallel.parallel_helpers import (
    ASKED,
    FOLLOW_UP,
    HASTY,
    KEY,
    QUESTION,
    RUN,
    TASK_RUN,
    error_of,
    parallel,
    refused,
    watched,
)
from tests.raw_http import Handling, Request, deaf, reply, sending, serving, silent

# --- create -----------------------------------------------------------------------------


async def test_a_run_is_created_with_one_post() -> None:
    async with parallel(reply(202, TASK_RUN)) as (api, server):
        run = await api.create(ASKED)
    assert run == Run(RUN, InteractionId("inter_1"), RunStatus.QUEUED)
    [request] = server.requests
    assert (request.method, request.target) == ("POST", "/v1/tasks/runs")
    assert request.headers["x-api-key"] == KEY
    assert request.headers["user-agent"] == "threadline/0.4.0"
    assert request.headers["content-type"] == "application/json"
    assert request.json()["input"] == QUESTION


@pytest.mark.parametrize("ending", ["", "/", "/proxy", "/proxy/"])
async def test_the_base_url_may_have_a_path_and_end_in_a_slash(ending: str) -> None:
    async with serving(reply(200, TASK_RUN)) as server, TaskApi(server.url + ending, KEY) as api:
        await api.create(ASKED)
        await api.retrieve(RUN)
    path = ending.rstrip("/")
    assert [request.target for request in server.requests] == [
        f"{path}/v1/tasks/runs",
        f"{path}/v1/tasks/runs/trun_1",
    ]


@pytest.mark.parametrize(
    ("asked", "status", "body", "cause"),
    [
        (ASKED, 401, refused("Unauthorized"), Cause.KEY),
        (ASKED, 402, refused("Payment required"), Cause.CREDIT),
        (ASKED, 403, refused("Forbidden: invalid processor"), Cause.PROCESSOR),
        (ASKED, 422, {"detail": [{"loc": ["body"], "msg": "no", "type": "t"}]}, Cause.INPUT),
        (FOLLOW_UP, 422, refused("Unknown previous_interaction_id"), Cause.CHAIN),
        (FOLLOW_UP, 404, refused("Not found"), Cause.CHAIN),
    ],
)
async def test_a_refusal_arrives_as_what_it_is(
    asked: RunRequest, status: int, body: Any, cause: Cause
) -> None:
    async with parallel(reply(status, body)) as (api, server):
        error = await error_of(api.create(asked))
    assert isinstance(error, Refused)
    assert error.cause is cause
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "headers", "wait"),
    [
        (429, refused("Slow down"), {"retry_after": "17"}, 17.0),
        (429, "", {}, None),
        (503, "<html>", {"retry_after": "99999"}, 3600.0),
        (500, refused("Try again"), {}, None),
        (503, "", {"retry_after": "Fri, 01 Jan 2100 00:00:00 GMT"}, 3600.0),
    ],
)
async def test_a_temporary_refusal_is_unavailable_with_its_retry_after(
    status: int, body: Any, headers: dict[str, str], wait: float | None
) -> None:
    async with parallel(reply(status, body, **headers)) as (api, server):
        error = await error_of(api.create(ASKED))
    assert isinstance(error, Unavailable)
    assert error.retry_after == wait
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "handling",
    [
        pytest.param(sending(b""), id="hung up"),
        pytest.param(sending(b"", reset=True), id="reset"),
        pytest.param(sending(b"HTTP/1.1 202 Acc"), id="cut in the head"),
        pytest.param(
            sending(b'HTTP/1.1 202 X\r\ncontent-length: 99\r\n\r\n{"run_'), id="cut in the body"
        ),
        pytest.param(
            sending(b'HTTP/1.1 202 X\r\ncontent-length: 99\r\n\r\n{"run_', reset=True),
            id="reset in the body",
        ),
        pytest.param(sending(b"SSH-2.0-OpenSSH_9.6\r\n"), id="no HTTP"),
        pytest.param(
            sending(b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc"),
            id="no gzip",
        ),
        pytest.param(silent, id="never answered"),
        pytest.param(reply(500, "<html>"), id="a gateway's 500"),
        pytest.param(reply(502, "<html>"), id="a gateway's 502"),
        pytest.param(reply(504), id="an empty 504"),
        pytest.param(reply(202, "<html>"), id="no JSON"),
        pytest.param(reply(202, {**TASK_RUN, "run_id": None}), id="no run id"),
        pytest.param(reply(204), id="no body"),
        pytest.param(reply(303, location="/done"), id="see other"),
    ],
)
async def test_a_create_call_of_unknown_outcome_is_not_repeated(
    handling: Handling,
) -> None:
    async with parallel(handling, HASTY) as (api, server):
        error = await error_of(api.create(ASKED))
    assert isinstance(error, AnswerLost)
    assert len(server.requests) == 1


async def test_a_redirect_is_not_followed() -> None:
    async with parallel(reply(307, location="/v1/tasks/runs")) as (api, server):
        error = await error_of(api.create(ASKED))
        assert isinstance(error, Refused)
        assert len(server.requests) == 1
        assert isinstance(await error_of(api.retrieve(RUN)), Unavailable)
        assert len(server.requests) == 2


async def test_every_create_call_has_a_fresh_connection() -> None:
    """A kept one that is closed just then would leave a doubt about a paid run."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        handling = sending(b"") if request.nth else reply(202, TASK_RUN)
        await handling(request, writer)

    async with parallel(handle) as (api, server):
        for _ in range(3):
            await api.create(ASKED)
    assert server.connections == len(server.requests) == 3


# --- no connection ----------------------------------------------------------------------


async def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    async with serving(silent) as server:
        pass
    async with TaskApi(server.url, KEY) as api:
        for call in (api.create(ASKED), api.retrieve(RUN), api.result(RUN, 1), watched(api)):
            assert isinstance(await error_of(call), Unavailable)


async def test_an_unresolved_name_means_that_nothing_was_sent() -> None:
    async with TaskApi("http://parallel.invalid", KEY) as api:
        assert isinstance(await error_of(api.create(ASKED)), Unavailable)


async def test_a_failed_tls_handshake_means_that_nothing_was_sent() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with TaskApi(url, KEY) as api:
            assert isinstance(await error_of(api.create(ASKED)), Unavailable)


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate with openssl")
async def test_only_a_certificate_that_the_system_trusts_gets_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    new = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=local"
    new += " -addext subjectAltName=IP:127.0.0.1"
    making = await asyncio.create_subprocess_exec(
        *new.split(), "-keyout", key, "-out", certificate, stderr=asyncio.subprocess.DEVNULL
    )
    assert await making.wait() == 0
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with serving(reply(202, TASK_RUN), tls) as server:
        async with TaskApi(server.url, KEY) as api:
            assert isinstance(await error_of(api.create(ASKED)), Unavailable)
            assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        async with TaskApi(server.url, KEY) as api:
            assert (await api.create(ASKED)).id == RUN


@pytest.mark.skipif(sys.platform != "linux", reason="how a full queue behaves is Linux's own")
async def test_the_time_to_connect_is_limited_and_nothing_was_sent() -> None:
    patient = Timeouts(connect=0.3)
    async with deaf() as url, TaskApi(url, KEY, timeouts=patient) as api:
        for call in (api.create(ASKED), api.retrieve(RUN), watched(api)):
            begun = time.monotonic()
            assert isinstance(await error_of(call), Unavailable)
            assert 0.2 < time.monotonic() - begun < 30


# --- look -------------------------------------------------------------------------------


async def test_status_requests_reuse_their_connection() -> None:
    failed = {**TASK_RUN, "status": "failed", "error": {"ref_id": "ref-7", "message": "Gave up"}}
    async with parallel(reply(200, failed)) as (api, server):
        for _ in range(3):
            run = await api.retrieve(RUN)
    assert run == Run(RUN, InteractionId("inter_1"), RunStatus.FAILED, "Gave up", "ref-7")
    assert (len(server.requests), server.connections) == (3, 1)


async def test_a_dead_kept_connection_does_not_fail_a_status_request() -> None:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        await (sending(b"") if request.nth else reply(200, TASK_RUN))(request, writer)

    async with parallel(handle) as (api, _):
        for _ in range(2):
            assert (await api.retrieve(RUN)).id == RUN


async def test_an_unknown_status_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    async with parallel(reply(200, {**TASK_RUN, "status": "meditating"})) as (api, _):
        for _ in range(3):
            assert (await api.retrieve(RUN)).status is RunStatus.UNKNOWN
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "meditating" in warnings[0]


@pytest.mark.parametrize(
    ("handling", "cause"),
    [
        (reply(401, refused("Unauthorized")), Cause.KEY),
        (reply(404, refused("Run id not found")), Cause.UNKNOWN_RUN),
    ],
)
async def test_a_refused_read_is_an_error_of_its_kind(handling: Handling, cause: Cause) -> None:
    async with parallel(handling) as (api, _):
        for call in (api.retrieve(RUN), api.result(RUN, 1), watched(api)):
            error = await error_of(call)
            assert isinstance(error, Refused)
            assert error.cause is cause
            assert error.ref_id == "ref-1"


@pytest.mark.parametrize(
    "handling",
    [
        pytest.param(reply(429, "", retry_after="5"), id="429"),
        pytest.param(reply(500, "<html>"), id="500"),
        pytest.param(reply(403, refused("?")), id="403"),
        pytest.param(reply(200, "<html>"), id="no JSON"),
        pytest.param(reply(200, {}), id="nothing in it"),
        pytest.param(sending(b""), id="hung up"),
        pytest.param(sending(b"", reset=True), id="reset"),
        pytest.param(sending(b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n{"), id="cut"),
        pytest.param(silent, id="never answered"),
    ],
)
async def test_a_failed_read_can_be_retried(handling: Handling) -> None:
    async with parallel(handling, HASTY) as (api, _):
        for call in (api.retrieve(RUN), watched(api)):
            assert isinstance(await error_of(call), Unavailable)


async def test_an_answer_that_lacks_something_is_named() -> None:
    async with parallel(reply(200, {"run_id": "trun_1"})) as (api, _):
        assert "'status' is missing" in str(await error_of(api.retrieve(RUN)))
        assert "'output' is missing" in str(await error_of(api.result(RUN, 1)))


# --- result -----------------------------------------------------------------------------


async def test_a_result_of_five_megabytes_is_read() -> None:
    content = "Ünïcode " * 650_000
    output = {"type": "text", "content": content, "basis": []}
    async with parallel(reply(200, {"run": TASK_RUN, "output": output})) as (api, server):
        assert await api.result(RUN, 24.2) == Answer(content)
    assert server.requests[0].target == "/v1/tasks/runs/trun_1/result?timeout=25"


async def test_a_large_result_is_read_in_line_with_long_work_and_a_small_one_at_once() -> None:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        output = {"content": "x" * (size if "timeout=9" in request.target else 1), "basis": []}
        await reply(200, {"run": TASK_RUN, "output": output})(request, writer)

    size, done = 2 * PARSED * SHORT, threading.Event()
    long = asyncio.create_task(offload(SHORT + 1, done.wait, 60))
    async with parallel(handle) as (api, server):
        large = asyncio.create_task(api.result(RUN, 9))
        while not server.requests:
            await asyncio.sleep(0)
        try:
            assert await api.result(RUN, 1) == Answer("x")
            assert not large.done()
        finally:
            done.set()
            await long
        assert await large == Answer("x" * size)


async def test_unknown_statuses_do_not_fill_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        await reply(200, {**TASK_RUN, "status": f"meditating {request.nth}"})(request, writer)

    async with parallel(handle) as (api, _):
        for _ in range(MOST_STATUSES + 20):
            assert (await api.retrieve(RUN)).status is RunStatus.UNKNOWN
    warnings = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == MOST_STATUSES


async def test_a_result_call_may_end_without_a_result() -> None:
    async with parallel(reply(408, refused("still active"))) as (api, _):
        assert await api.result(RUN, 1) is None


async def test_a_result_call_that_is_forgotten_ends() -> None:
    async with parallel(silent, HASTY) as (api, _):
        begun = time.monotonic()
        assert isinstance(await error_of(api.result(RUN, 0.1)), Unavailable)
        assert 1.2 < time.monotonic() - begun < 30  # the whole second asked for, and 0.3


# --- the key ----------------------------------------------------------------------------


async def test_a_server_that_repeats_the_key_does_not_leak_it() -> None:
    async with parallel(reply(401, refused(f"Invalid key {KEY}!"))) as (api, _):
        assert KEY not in repr(api)
        for call in (api.create(ASKED), api.retrieve(RUN), watched(api)):
            error = await error_of(call)
            assert isinstance(error, Refused)
            assert error.message == "Invalid key …!"


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}…", f"{KEY}\r\nx: y"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(ValueError, match="no header can carry") as met:
        TaskApi("http://127.0.0.1", key)
    assert KEY not in "".join(traceback.format_exception(met.value))
