"""What the tests of faults share: a bot at work, cases played at the same time, a question."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp.typedefs import Middleware
from redis.asyncio import Redis

from bot.playground.slack import LocalSlack, Message, Thread
from bot.playground.task_api import LocalRun, LocalTaskApi
from bot.store.keys import Keys
from tests.e2e.dialogue import BASIS, shown
from tests.e2e.stage import KEY, Stage

FULL = os.environ.get("CHAOS") == "full"
AT_ONCE = 40  # bots in this process; each is mostly a wait
PATIENCE = 60.0  # seconds that anything may take
HOUR = 3600.0  # seconds
DAY = 24 * HOUR


def promised(seconds: float) -> float:
    """Return the seconds that something may take: what is promised, or more beside other tests."""
    return seconds if FULL else PATIENCE


@asynccontextmanager
async def at_work(
    redis_url: str,
    seed: int = 1,
    *,
    slack: Mapping[str, Any] | None = None,
    parallel: Sequence[Middleware] = (),
    groups: bool = False,
    started: bool = True,
) -> AsyncIterator[Stage]:
    """Set up a stage with a bot on it.

    Args:
        redis_url: several bots may share it, if their seeds differ.
        seed: of the ids in Slack.
        slack: more options of the local Slack.
        parallel: what goes around every request to the local Task API.
        groups: create the runs in task groups.
        started: else the bot is left for the block to start.
    """
    async with (
        LocalSlack(seed=seed, rate_limits=False, **(slack or {})) as local_slack,
        LocalTaskApi(keys={KEY}, middlewares=parallel) as local_parallel,
    ):
        stage = Stage("socket", local_slack, local_parallel, redis_url)
        try:
            if started:
                async with _few_at_once():
                    await stage.start_bot(LEASE_SECONDS="2", TASK_GROUPS="on" if groups else "off")
            yield stage
        finally:
            await stage.close()


_starting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _few_at_once() -> asyncio.Semaphore:
    """Let few bots start at once: Redis has 2 s to answer each of them."""
    return _starting.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(4))


async def all_at_once(cases: Iterable[tuple[str, Callable[[int], Awaitable[None]]]]) -> None:
    """Play cases at the same time, each with a seed of its own.

    Raises AssertionError, which lists everything that went wrong.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def played(name: str, play: Callable[[int], Awaitable[None]], seed: int) -> str | None:
        async with places:
            try:
                await play(seed)
            except Exception as error:
                return f"=== {name}: {type(error).__name__}: {error}"
        return None

    ends = await asyncio.gather(*(played(*case, seed) for seed, case in enumerate(cases, 1)))
    wrong = [end for end in ends if end]
    assert not wrong, "\n\n".join(("", *wrong))


async def asked(stage: Stage) -> tuple[Message, Thread, LocalRun]:
    """Ask; returns the question, its thread and the run, which the bot waits for."""
    question = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    run = await stage.parallel.next_run(PATIENCE)
    await stage.waited_for(run)
    return question, stage.slack.thread(question), run


async def research(run: LocalRun) -> None:
    """Play the researcher."""
    run.finishes("Egypt.", basis=BASIS)


def is_receipt(message: Message) -> bool:
    """Whether a status has become the receipt of an answer."""
    return "white_check_mark" in shown(message)


async def one_answer_arrives(
    thread: Thread, words: str = "Egypt.", receipt: str = "white_check_mark"
) -> None:
    """Wait until the status says `receipt`; the one other message must hold these words."""
    await thread.until(lambda t: t.said and receipt in shown(t.said[0]), PATIENCE)
    texts = [message.text for message in thread.said]
    assert [words in text for text in texts] == [False, True], texts


async def put_forward(stage: Stage, redis_url: str) -> None:
    """Make due what is put off: the minutes until the bot retries have passed."""
    due = await put_off(stage, redis_url)
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        for mailbox in due:
            await client.zadd(Keys(stage.slack.app.bot_id).later, {mailbox: 0})


async def put_off(stage: Stage, redis_url: str) -> list[str]:
    """Wait until mailboxes are put off; returns them."""
    later = Keys(stage.slack.app.bot_id).later
    async with Redis.from_url(redis_url, decode_responses=True) as client, asyncio.timeout(60):
        while True:
            if mailboxes := await client.zrange(later, 0, -1):
                return [str(mailbox) for mailbox in mailboxes]
            await asyncio.sleep(0.01)
