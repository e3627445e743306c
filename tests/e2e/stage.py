"""A stage for dialogues: the real bot between a local Slack and a local Task API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

from redis.asyncio import Redis

import handlers
from bot.app import Wiring, serve
from bot.configuration.settings import Settings
from bot.engine.context import CREATE_SETTLED_AFTER, RetryTiming, UpdateTiming
from bot.engine.load import RunsInFlight
from bot.listening import Running
from bot.playground.slack import LocalSlack, Message
from bot.playground.task_api import LocalRun, LocalTaskApi, Status
from bot.slack.transport.socket_pacing import PACING, Pacing
from bot.store.rate_limiter import RateLimits
from bot.store.store import Store

KEY = "local-key"
#: Progress is shown at once, and nobody waits in line: what tests of other things are not about.
QUICK = UpdateTiming(
    min_interval=0.05, max_interval=30.0, debounce=0.02, edit_lag=0.1, post_lag=0.1
)
#: What failed is tried again at once.
AGAIN_SOON = RetryTiming(
    turn=0.1,
    job=0.1,
    chat=0.1,
    delivery=0.5,
    admission=0.5,
    outage=1.0,
    slow_admission=0.5,
    settlement=0.2,
)
#: A bot that shuts down need not wait for work that does not come.
BLOCK = 0.05
NO_LIMITS = RateLimits(
    posts=100, posts_window=0.01, edits=100, edits_window=0.01, optional_edits=100
)


class Stage:
    """One workspace with one bot.

    Attributes:
        slack: the local Slack; `ada`, `bob` and `general` are in it.
        parallel: the local Task API.
    """

    def __init__(
        self,
        transport: Literal["socket", "http"],
        slack: LocalSlack,
        parallel: LocalTaskApi,
        redis_url: str,
    ) -> None:
        self._transport = transport
        self.slack = slack
        self.parallel = parallel
        self._redis_url = redis_url
        self._stop = asyncio.Event()
        self._bot: asyncio.Task[None] | None = None
        self.ada = slack.person("ada")
        self.bob = slack.person("bob")
        self.general = slack.channel("general", members=[self.ada, self.bob], bot=True)
        self.url: str | None = None
        self.me = f"<@{slack.app.bot_user_id}>"

    def settings(self, **changes: str) -> dict[str, str]:
        """Return the environment the bot is started with."""
        environ = {
            "SLACK_BOT_TOKEN": self.slack.app.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "PARALLEL_API_KEY": KEY,
            "PARALLEL_BASE_URL": self.parallel.url,
            "REDIS_URL": self._redis_url,
            "HOST": "127.0.0.1",
            "CONFIRM_FROM_USD": "off",  # what tests of other things are not about
        }
        if self._transport == "socket":
            environ["SLACK_APP_TOKEN"] = self.slack.app.app_token
        else:
            environ["SLACK_SIGNING_SECRET"] = self.slack.app.signing_secret
            environ["PORT"] = "0"
        return environ | changes

    async def start_bot(
        self,
        clock: Callable[[], float] = time.time,
        *,
        timing: UpdateTiming = QUICK,
        retry_timing: RetryTiming = AGAIN_SOON,
        limits: RateLimits = NO_LIMITS,
        settled: float = CREATE_SETTLED_AFTER,
        in_flight: RunsInFlight | None = None,
        pacing: Pacing = PACING,
        **changes: str,
    ) -> None:
        """Start the bot and wait until it listens."""
        self._stop = asyncio.Event()
        listening: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        settings = Settings.load(self.settings(**changes))
        self._bot = asyncio.create_task(
            serve(
                settings,
                self._stop,
                handlers.register,
                started=listening.set_result,
                wiring=Wiring(
                    clock=clock,
                    timing=timing,
                    retry_timing=retry_timing,
                    limits=limits,
                    create_settled_after=settled,
                    in_flight=in_flight or RunsInFlight(),
                    pacing=pacing,
                    block=BLOCK,
                ),
            )
        )
        await asyncio.wait((self._bot, listening), return_when=asyncio.FIRST_COMPLETED)
        if self._bot.done():
            failed, self._bot = self._bot, None
            await failed
        running = await listening
        self.url = running.url
        if self._transport == "http":
            self.slack.events_url = f"{running.url}/slack/events"

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        assert self._bot
        self._stop.set()
        await self._bot
        self._bot = None

    async def waited_for(self, run: LocalRun) -> None:
        """Wait until the bot holds the run's event stream: by then it has written the run down."""
        path = f"/v1/tasks/runs/{run.run_id}/events"
        async with asyncio.timeout(60):
            while not any(request.path == path for request in self.parallel.requests):
                await asyncio.sleep(0.01)

    def other_replica(self) -> Store:
        """Return the store as another replica of the bot has it."""
        return Store(self._redis_url, self.slack.app.bot_id, lease=10, retention=90)

    async def rewrite(self, message: Message, old: str, new: str) -> None:
        """Change the record of the turn that this message began."""
        async with Redis.from_url(self._redis_url, decode_responses=True) as client:
            (key,) = [key async for key in client.scan_iter(f"*:turn:*:{message.ts}")]
            record = str(await client.hget(key, "record"))
            assert old in record
            await client.hset(key, "record", record.replace(old, new))

    async def close(self) -> None:
        """Stop whatever still runs."""
        for chat in self.parallel.chats:
            if chat.status is Status.RUNNING:
                chat.finishes()  # a bot that shuts down reads a stream to its end, for five seconds
        if self._bot:
            await self.stop_bot()

    def texts(self, message: Message) -> list[str]:
        """Return the text of every message of the bot in the thread of this message."""
        return [said.text for said in self.slack.thread(message).said]


@asynccontextmanager
async def staged(
    transport: Literal["socket", "http"], redis_url: str, **slack_options: Any
) -> AsyncIterator[Stage]:
    """Set up a stage without a bot on it."""
    async with (
        LocalSlack(transport=transport, **slack_options) as slack,
        LocalTaskApi(keys={KEY}) as parallel,
    ):
        stage = Stage(transport, slack, parallel, redis_url)
        try:
            yield stage
        finally:
            await stage.close()
