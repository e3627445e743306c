"""Parallel in trouble: one answer, or one clear word why there is none, and never a second run.

The tables let a call of each kind go wrong in every way.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.lifecycle import WAITED_FOR
from bot.playground.task_api import LocalRun
from bot.playground.task_api.protocol import Kind
from bot.slack import action_ids as actions
from tests.chaos.faults import FULL, HOUR, PATIENCE, all_at_once, asked, at_work, one_answer_arrives
from tests.e2e.dialogue import BASIS, action_ids, shown
from tests.e2e.stage import Stage

PAGE = b"<html>Bad Gateway</html>"
FAULTS: dict[str, dict[str, Any]] = {
    "429": {"status": 429, "retry_after": 1},
    "500": {"status": 500},
    "503": {"status": 503},
    "503 as a page": {"status": 503, "body": PAGE},
    "502 as a page": {"status": 502, "body": PAGE},
    "cut before": {"cut": "before"},
    "cut after": {"cut": "after"},
    "garbled": {"body": b'{"run_id": "tr'},
}
if FULL:
    FAULTS |= {
        "429 without a word when": {"status": 429},
        "429 as a page": {"status": 429, "body": PAGE},
        "502": {"status": 502},
        "500 as a page": {"status": 500, "body": PAGE},
        "504 as a page": {"status": 504, "body": PAGE},
        "no object": {"body": b"[]"},
        "null": {"body": b"null"},
        "empty": {"body": b""},
        "an object of something else": {"body": b'{"hello": "world"}'},
        "not UTF-8": {"body": b"\xff\xfe{"},
    }
#: After these nobody can tell whether a create call started a run.
IN_DOUBT = {
    name
    for name, fault in FAULTS.items()
    if "cut" in fault or ("body" in fault and fault.get("status") not in (429, 503))
}
#: Of these, the ones that started none. In a group that is sure only when 90 s have passed.
NONE_STARTED = {
    name for name in IN_DOUBT if "status" in FAULTS[name] or FAULTS[name].get("cut") == "before"
}


@pytest.mark.timeout(300)
async def test_a_failed_parallel_call_gives_one_answer_or_one_failure(redis_url: str) -> None:
    async def play(kind: Kind, name: str, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            stage.parallel.faults.next(kind, **FAULTS[name])
            if kind == "create" and name in IN_DOUBT:
                await in_doubt(stage, started=name not in NONE_STARTED)
                return
            _, thread, run = await asked(stage)
            if kind == "retrieve":  # why a run failed is read there
                run.fails("The web was closed.")
                await one_answer_arrives(thread, "The web was closed.", "the run failed")
            else:
                run.finishes("Egypt.", basis=BASIS)
                await one_answer_arrives(thread)
            assert stage.parallel.runs == [run]

    async def in_doubt(stage: Stage, *, started: bool) -> None:
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        thread = stage.slack.thread(question)
        await one_answer_arrives(
            thread, "can't tell whether it was started", "unknown whether it started"
        )
        assert len(stage.parallel.runs) == started

    kinds: list[Kind] = ["create", "retrieve", "result", "events"]
    await all_at_once(
        (f"{kind}, {name}", partial(play, kind, name)) for kind, name in product(kinds, FAULTS)
    )


@pytest.mark.timeout(300)
async def test_a_failed_call_with_task_groups_gives_one_answer(redis_url: str) -> None:
    """Nobody is asked: the doubt settles itself."""

    async def play(kind: Kind, name: str, seed: int) -> None:
        async with at_work(redis_url, seed, groups=True) as stage:
            stage.parallel.faults.next(kind, **FAULTS[name])
            if kind in ("group", "group_runs"):  # which are asked only in doubt
                stage.parallel.faults.next("add_runs", cut="after")
            _, thread, run = await asked(stage)
            run.finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(thread)
            assert stage.parallel.runs == [run]
            assert run.taskgroup_id

    kinds: list[Kind] = ["create_group", "add_runs", "group", "group_runs", "retrieve"]
    await all_at_once(
        (f"{kind}, {name}", partial(play, kind, name))
        for kind, name in product(kinds, FAULTS)
        # What was not started is started when that is sure: see tests/e2e/test_task_groups.py.
        if kind != "add_runs" or name not in {*NONE_STARTED, "500", "502"}
    )


async def test_a_create_call_that_comes_in_late_is_not_repeated(redis_url: str) -> None:
    late: list[asyncio.Task[web.StreamResponse]] = []
    looked = asyncio.Event()

    @web.middleware
    async def slowly(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Break the create call off, and carry it out once the bot has looked in vain."""
        if not request.path.endswith("/runs"):
            return await handler(request)
        if request.method == "GET":
            response = await handler(request)
            looked.set()
            return response
        await request.read()
        assert isinstance(request.transport, asyncio.WriteTransport)
        request.transport.abort()

        async def come_in() -> web.StreamResponse:
            await looked.wait()
            return await handler(request)

        late.append(asyncio.create_task(come_in()))
        return web.Response(status=500)

    async with at_work(redis_url, parallel=[slowly], started=False) as stage:
        await stage.start_bot(settled=1.0, TASK_GROUPS="on")
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        run = await stage.parallel.next_run(PATIENCE)
        run.finishes("Egypt.", basis=BASIS)
        await one_answer_arrives(stage.slack.thread(question))
        await asyncio.gather(*late)
        assert stage.parallel.runs == [run]


async def test_groups_that_cannot_be_created_for_hours_are_reported(redis_url: str) -> None:
    async with at_work(redis_url, groups=True) as stage:
        stage.parallel.faults.next("create_group", status=503, times=1_000)
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        thread = stage.slack.thread(question)
        await thread.until(lambda t: t.said and "busy" in shown(t.said[0]))
        await stage.stop_bot()
        await stage.start_bot(lambda: time.time() + 7 * HOUR, TASK_GROUPS="on")
        await one_answer_arrives(thread, "busy for 6 h", "not started")
        assert stage.parallel.runs == []


# --- what the tables cannot say ----------------------------------------------------------


def broken_off(ending: str) -> Middleware:
    """Break the first answer to a path with this ending off in its middle."""
    done = list[str]()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.endswith(ending) or done:
            return await handler(request)
        done.append(request.path)
        if ending == "events":
            whole, kind = b'data: {"type": "task_run.state", "run": {}}', "text/event-stream"
        else:
            answer = await handler(request)
            assert isinstance(answer, web.Response)
            assert isinstance(answer.body, bytes)
            whole, kind = answer.body, "application/json"
        headers = {"Content-Type": kind, "Content-Length": str(len(whole))}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(whole[: len(whole) // 2])
        assert isinstance(request.transport, asyncio.WriteTransport)
        request.transport.close()
        return response

    return middleware


@web.middleware
async def of_next_year(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer as an API may that has gone on: fields and statuses that nobody knows here."""
    answer = await handler(request)
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
        data = json.loads(answer.body)
        if data.get("is_active"):
            data["status"] = "pondering"
        data |= {"mood": {"of": ["the", "day"]}, "is_active": "perhaps", "warnings": 7}
        answer.body = json.dumps(data).encode()
    return answer


async def test_answers_in_pieces_and_in_words_of_next_year(redis_url: str) -> None:
    async def play(middleware: Middleware, seed: int) -> None:
        async with at_work(redis_url, seed, parallel=[middleware]) as stage:
            question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
            run = await stage.parallel.next_run()
            run.finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(stage.slack.thread(question))
            await stage.ada.replies(question, "since when?")
            second = await stage.parallel.next_run()
            assert second.previous_interaction_id == run.interaction_id

    await all_at_once(
        [
            ("the result is broken off", partial(play, broken_off("result"))),
            ("the events are broken off", partial(play, broken_off("events"))),
            ("an API of next year", partial(play, of_next_year)),
        ]
    )


async def test_a_run_without_an_end_is_let_go_and_can_be_looked_at_again(redis_url: str) -> None:
    """Also when the API sends nothing understandable for hours beyond the day that a run has."""

    def needs_action(_: Stage, run: LocalRun) -> None:
        run.begins()
        run.needs_action()

    def ponders(stage: Stage, run: LocalRun) -> None:
        record = json.dumps(run.wire() | {"status": "pondering"}).encode()
        stage.parallel.faults.next("retrieve", body=record, times=1_000)

    def babbles(stage: Stage, _: LocalRun) -> None:
        for kind in ("retrieve", "result", "events"):
            stage.parallel.faults.next(kind, body=b"[]", times=1_000)

    def is_silent(stage: Stage, _: LocalRun) -> None:
        for kind in ("retrieve", "result", "events"):
            stage.parallel.faults.next(kind, cut="before", times=1_000)

    async def play(goes_wrong: Callable[[Stage, LocalRun], None], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, thread, run = await asked(stage)
            await stage.stop_bot()
            goes_wrong(stage, run)
            await stage.start_bot(lambda: time.time() + WAITED_FOR + 7 * HOUR)
            await one_answer_arrives(thread, "I stopped waiting", "stopped waiting")
            failure = thread.said[1]
            assert action_ids(failure) == [actions.LOOK_AGAIN, actions.TRY_AGAIN]
            stage.parallel.faults.clear()
            run.finishes("Egypt.", basis=BASIS)
            await stage.bob.clicks(failure, actions.LOOK_AGAIN)
            await thread.until(lambda t: "white_check_mark" in shown(t.said[-2]), PATIENCE)
            assert "Egypt." in shown(thread.said[-1])
            assert stage.parallel.runs == [run]

    cases = (needs_action, ponders, babbles, is_silent)
    await all_at_once((case.__name__, partial(play, case)) for case in cases)


NOWHERE: dict[str, dict[str, Any]] = {
    "404": {"status": 404},
    "404 as a page": {"status": 404, "body": b"<html>Not Found</html>"},
    "404 of the framework": {"status": 404, "body": b'{"detail": "Not Found"}'},
}


async def test_a_run_that_is_not_known_everywhere_yet_is_waited_for(redis_url: str) -> None:
    async def unknown_at_first(seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            kinds: list[Kind] = ["events", "result", "retrieve"]
            for kind in kinds:
                stage.parallel.faults.next(kind, status=404, times=2)
            _, thread, run = await asked(stage)
            run.finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(thread)

    async def unknown_when_looked_at(fault: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed, groups=True) as stage:
            stage.parallel.faults.next("retrieve", **fault)
            _, thread, run = await asked(stage)
            run.finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(thread)

    async def unknown_when_fetched(fault: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, thread, run = await asked(stage)
            stage.slack.faults.next("chat.postMessage", status=503)
            run.finishes("Egypt.", basis=BASIS)
            await stage.slack.until(lambda: stage.slack.calls[-1].status == 503)
            stage.parallel.faults.next("result", **fault)
            await one_answer_arrives(thread)

    async def unknown_group(fault: dict[str, Any], seed: int) -> None:
        async with at_work(redis_url, seed, groups=True) as stage:
            stage.parallel.faults.next("add_runs", cut="after")
            stage.parallel.faults.next("group", **fault)
            _, thread, run = await asked(stage)
            run.finishes("Egypt.", basis=BASIS)
            await one_answer_arrives(thread)
            assert stage.parallel.runs == [run]

    plays = (unknown_when_looked_at, unknown_when_fetched, unknown_group)
    await all_at_once(
        [
            ("at first", unknown_at_first),
            *(
                (f"{play.__name__}, {name}", partial(play, fault))
                for play, (name, fault) in product(plays, NOWHERE.items())
            ),
            ("a group whose key is refused", partial(unknown_group, {"status": 401})),
        ]
    )


async def test_a_run_that_stays_unknown_can_be_looked_at_again(redis_url: str) -> None:
    async with at_work(redis_url) as stage:
        _, thread, run = await asked(stage)
        await stage.stop_bot()
        for kind in ("retrieve", "result", "events"):
            stage.parallel.faults.next(kind, status=404, times=1_000)
        await stage.start_bot(lambda: time.time() + HOUR)
        await one_answer_arrives(thread, "find this run", "return its result")
        failure = thread.said[1]
        assert action_ids(failure) == [actions.LOOK_AGAIN, actions.TRY_AGAIN]
        stage.parallel.faults.clear()
        run.finishes("Egypt.", basis=BASIS)
        await stage.ada.clicks(failure, actions.LOOK_AGAIN)
        await thread.until(lambda t: "white_check_mark" in shown(t.said[-2]), PATIENCE)
        assert "Egypt." in shown(thread.said[-1])
        assert stage.parallel.runs == [run]


def without_space(text: str) -> str:
    """Return the text without white space and without notes on where its formatting ends."""
    return re.sub(r"\s|_The rest, as it came:_|`{3,}", "", text)


async def test_an_enormous_answer_comes_as_a_file_and_whole(redis_url: str) -> None:
    row = "| 1869 | ships and all that they carry |\n"
    outputs = {
        "a line of 5 MB": " ".join(["word"] * 1_000_000),
        "a word of 5 MB": "x" * 5_000_000,
        "a table of 2 MB": "| year | what |\n| --- | --- |\n" + row * (2_000_000 // len(row)),
    }

    async def play(content: str, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            _, thread, run = await asked(stage)
            run.finishes(content, basis=BASIS)
            await thread.until(lambda t: t.said and "white_check_mark" in shown(t.said[0]), 50)
            _, summary, report, evidence = thread.said
            assert "Full report" in shown(summary)
            (file,) = report.files
            assert without_space(content) in without_space(file.text)
            assert [file.text.count('"run_id"') for file in evidence.files] == [1]

    await all_at_once((name, partial(play, content)) for name, content in outputs.items())
