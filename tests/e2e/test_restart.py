"""Restarts in mid-run: the answer comes once, by whichever bot is alive."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys

import pytest
from redis.asyncio import Redis

from tests.e2e.dialogue import action_ids, begun, said, shown
from tests.e2e.stage import Stage, staged


@pytest.mark.also_over_http
async def test_a_restart_in_mid_run_posts_the_answer_once(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    await stage.stop_bot()
    run.finishes("Egypt.")
    await stage.start_bot()
    assert "Egypt." in shown(await thread.next())
    await stage.ada.replies(asked, "since when?")
    await thread.next()
    second = await stage.parallel.next_run()
    assert second.previous_interaction_id == run.interaction_id
    second.finishes("In 1956.")
    await thread.next()
    assert len(stage.parallel.runs) == 2
    assert len(stage.texts(asked)) == 4


async def test_a_killed_process_is_followed_by_another(redis_url: str) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        killed = await _process(stage)
        asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        thread = stage.slack.thread(asked)
        await thread.next()
        run = await stage.parallel.next_run()
        await stage.waited_for(run)
        killed.send_signal(signal.SIGKILL)
        await killed.wait()
        run.finishes("Egypt.")
        await stage.start_bot(LEASE_SECONDS="2")
        assert "Egypt." in shown(await thread.next())
        await thread.until(lambda _: any("0 sources" in text for text in stage.texts(asked)))
        assert len(stage.texts(asked)) == 2
        assert len(stage.parallel.runs) == 1


async def test_a_turn_on_a_processor_that_is_no_more_is_answered(stage: Stage) -> None:
    """A deploy may know fewer processors than the release that began the turn."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    await stage.stop_bot()
    await stage.rewrite(asked, '"processor":"core-fast"', '"processor":"of-old"')
    run.finishes("Egypt.")
    await stage.start_bot()
    assert "Egypt." in shown(await thread.next())


async def test_a_status_says_so_when_redis_has_lost_its_data(one: Stage, redis_url: str) -> None:
    await one.stop_bot()
    await one.start_bot(LEASE_SECONDS="2")
    asked, status, run = await begun(one)
    async with Redis.from_url(redis_url) as client:
        await client.flushall()
    await one.slack.until(lambda: "My database lost this question" in status.text)
    assert "Its run goes on at Parallel and is billed ($0.025)" in status.text
    assert action_ids(status) == []
    run.finishes("Egypt.")
    (await begun(one, "who built it?"))[2].finishes("Egypt.")  # and the bot goes on
    assert len(one.texts(asked)) == 1


async def test_work_goes_on_when_redis_has_lost_its_stream_alone(
    one: Stage, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await one.stop_bot()
    await one.start_bot(LEASE_SECONDS="2")
    asked, _, run = await begun(one)
    async with Redis.from_url(redis_url) as client:
        (ready,) = [key async for key in client.scan_iter("*:ready")]
        await client.delete(ready)
    await one.slack.until(lambda: "lost its stream of work" in caplog.text)
    await one.ada.replies(asked, f"{one.me} since when?")
    run.finishes("Egypt.")
    await said(one, asked, "Egypt.")
    (await one.parallel.next_run()).finishes("1957.")
    await said(one, asked, "1957.")
    assert len(one.parallel.runs) == 2
    assert len(one.texts(asked)) == 4


async def test_a_process_stops_cleanly_on_sigterm(redis_url: str) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        process = await _process(stage)
        asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        await stage.slack.thread(asked).next()
        await stage.parallel.next_run()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 60) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has pipes of any size")
@pytest.mark.parametrize("is_full_at_the_start", [False, True])
async def test_a_log_that_nobody_reads_stops_nothing(
    redis_url: str, is_full_at_the_start: bool
) -> None:
    reader, writer = os.pipe()
    size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    if is_full_at_the_start:
        os.write(writer, b"x" * size)
    async with staged("socket", redis_url, rate_limits=False) as stage:
        process = await _process(stage, writer)
        try:
            for number in range(4 if is_full_at_the_start else 15):
                asked = await stage.ada.says(stage.general, f"{stage.me} who owns it, {number}?")
                (await stage.parallel.next_run()).finishes("Egypt.")
                await said(stage, asked, "Egypt.")
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 60) == 0
        finally:
            if process.returncode is None:
                process.kill()
            os.close(writer)
    assert os.read(reader, 10_000)
    os.close(reader)


async def _process(stage: Stage, stderr: int | None = None) -> asyncio.subprocess.Process:
    """Start the bot as its users do, and wait until Slack sees it connected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        stderr=stderr,
        env={"PATH": os.environ["PATH"]} | stage.settings(LEASE_SECONDS="2"),
    )
    await stage.slack.until(lambda: stage.slack.connections)
    return process
