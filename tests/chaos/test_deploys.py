"""A rolling deploy: an older replica leaves alone what only a newer release understands."""

from __future__ import annotations

import asyncio
import time

from redis.asyncio import Redis

from bot.engine.unreadable import NOTICE_AFTER
from bot.playground.slack import Message, Thread
from tests.chaos.faults import asked, at_work, one_answer_arrives, research
from tests.e2e.stage import Stage


async def test_a_question_of_a_newer_release_waits_and_delays_nothing(
    redis_url: str,
) -> None:
    async with at_work(redis_url) as stage:
        question, thread = await _begun_by_a_newer_release(stage)
        await stage.start_bot(LEASE_SECONDS="2")
        reply = await stage.bob.replies(question, "since when?")
        await stage.slack.until(lambda: reply.reactions)
        stage.parallel.automatic = research
        other = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
        await one_answer_arrives(stage.slack.thread(other))
        assert len(stage.texts(question)) == 1

        await stage.rewrite(question, '"v":99', '"v":1')  # it can be read: a newer replica is here
        await thread.until(lambda t: len(t.said) == 4)
        assert len(stage.parallel.runs) == 3


async def test_an_unreadable_question_is_reported_once(
    redis_url: str,
) -> None:
    async with at_work(redis_url) as stage:
        question, thread = await _begun_by_a_newer_release(stage)
        await stage.start_bot()
        await _found_unreadable(redis_url, question)
        await stage.stop_bot()
        assert len(stage.texts(question)) == 1  # it may still be a deploy

        stage.slack.faults.next("chat.postMessage", ratelimited=1)
        await stage.start_bot(clock=lambda: time.time() + NOTICE_AFTER + 1)
        await thread.until(lambda t: len(t.said) == 2)
        assert "a newer version of Threadline" in stage.texts(question)[-1]
        await stage.stop_bot()
        await stage.start_bot(clock=lambda: time.time() + 2 * NOTICE_AFTER)
        stage.parallel.automatic = research
        other = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
        await one_answer_arrives(stage.slack.thread(other))
        assert len(stage.texts(question)) == 2

        await stage.rewrite(question, '"v":99', '"v":1')
        await thread.until(lambda t: len(t.said) == 3)
        assert "Egypt." in "".join(stage.texts(question))


async def test_a_follow_up_in_a_thread_of_a_newer_release_is_reported(redis_url: str) -> None:
    async with at_work(redis_url) as stage, Redis.from_url(redis_url) as client:
        stage.parallel.automatic = research
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        thread = stage.slack.thread(question)
        await one_answer_arrives(thread)
        (key,) = [key async for key in client.scan_iter(f"*:thread:*:{question.ts}")]
        await client.hset(key, "record", '{"v":99}')
        reply = await stage.bob.replies(question, "since when?")
        await _found_unreadable(redis_url, reply)
        await stage.stop_bot()
        await stage.start_bot(clock=lambda: time.time() + NOTICE_AFTER + 1)
        await thread.until(lambda t: "a newer version of Threadline" in t.said[-1].text)


async def _begun_by_a_newer_release(stage: Stage) -> tuple[Message, Thread]:
    """Ask, and leave a turn whose run has ended to a release that cannot read it; no bot runs."""
    question, thread, run = await asked(stage)
    await stage.stop_bot()
    await stage.rewrite(question, '"v":1', '"v":99')
    run.finishes("Egypt.")
    return question, thread


async def _found_unreadable(redis_url: str, message: Message) -> None:
    """Wait until the bot has met what it cannot read, at the turn that this message began."""
    async with Redis.from_url(redis_url) as client, asyncio.timeout(60):
        while True:
            for key in [key async for key in client.scan_iter(f"*:turn:*:{message.ts}")]:
                if await client.hexists(key, "unread"):
                    return
            await asyncio.sleep(0.01)


async def test_work_of_an_unknown_kind_does_not_stop_a_replica(redis_url: str) -> None:
    async with at_work(redis_url) as stage, Redis.from_url(redis_url) as client:
        (ready,) = [key async for key in client.scan_iter("*:ready")]
        await client.xadd(ready, {"of a kind": "to come"})
        async with asyncio.timeout(60):
            while not (await client.xpending(ready, "owners"))["pending"]:
                await asyncio.sleep(0.01)
        stage.parallel.automatic = research
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        await one_answer_arrives(stage.slack.thread(question))
        async with asyncio.timeout(60):
            while (await client.xpending(ready, "owners"))["pending"] != 1:
                await asyncio.sleep(0.01)
