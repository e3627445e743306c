"""Slack's events on bad ways: to many bots at once, again, a day late, out of order."""

from __future__ import annotations

import asyncio
import time

from redis.asyncio import Redis

from tests.chaos.faults import DAY, asked, at_work, is_receipt, one_answer_arrives, research
from tests.e2e.stage import Stage


async def test_many_bots_share_the_events_and_nothing_is_doubled(redis_url: str) -> None:
    async with at_work(redis_url, slack={"retry_delays": (0.2,) * 40}) as stage:
        others = [Stage("socket", stage.slack, stage.parallel, redis_url) for _ in range(2)]
        for other in others:
            await other.start_bot(LEASE_SECONDS="2")
        assert stage.slack.connections == 3
        stage.parallel.automatic = research
        threads = []
        for n in range(6):
            question = await stage.ada.says(stage.general, f"{stage.me} who owns canal {n}?")
            threads.append(stage.slack.thread(question))
            if n % 2:
                await stage.slack.disconnect()
            await stage.slack.redeliver(question)
        for thread in threads:
            await one_answer_arrives(thread)
        assert len(stage.parallel.runs) == 6
        await asyncio.gather(*(other.close() for other in others))


async def test_a_day_later_every_event_is_known(redis_url: str) -> None:
    async with at_work(redis_url) as stage:
        stage.parallel.automatic = research
        question, thread, _ = await asked(stage)
        await one_answer_arrives(thread)
        reply = await stage.bob.replies(question, "since when?")
        await thread.until(lambda t: len(t.said) == 4 and is_receipt(t.said[2]))
        await stage.stop_bot()
        async with Redis.from_url(redis_url) as client:
            lives = [await client.ttl(key) async for key in client.scan_iter("*:turn:*")]
        assert len(lives) == 2
        assert min(lives) > DAY

        await stage.start_bot(lambda: time.time() + DAY)
        for message in (reply, question):
            for delivery in reversed(await stage.slack.redeliver(message)):
                await delivery.over.wait()
                assert delivery.attempts[-1].acked
        other = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
        await one_answer_arrives(stage.slack.thread(other))
        assert len(stage.parallel.runs) == 3
        assert len(thread.said) == 4


async def test_a_reply_delivered_before_its_mention_is_answered_after_it(redis_url: str) -> None:
    async with at_work(redis_url, slack={"retry_delays": ()}, started=False) as stage:
        question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        reply = await stage.bob.replies(question, "since when?")
        await stage.slack.until(lambda: all(d.over.is_set() for d in stage.slack.deliveries))
        await stage.start_bot()
        stage.parallel.automatic = research
        for message in (reply, question, reply, question):
            for delivery in await stage.slack.redeliver(message):
                await delivery.over.wait()
        thread = stage.slack.thread(question)
        await thread.until(lambda t: len(t.said) == 4 and is_receipt(t.said[2]))
        assert [r.input for r in stage.parallel.runs] == ["who owns the Suez Canal?", "since when?"]
