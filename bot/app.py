"""Wires the parts together: start, serve, drain.

`serve` runs the whole bot until it is told to stop. The order of starting: the other sides are
checked; the worker begins (questions of before a restart go on); then Slack is listened to. The
word to stop may come at any time. Then nothing new is taken, and what is held is handed over;
neither waits for the other, and nobody is waited for long.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.background_tasks import BackgroundTasks
from bot.configuration.settings import Settings
from bot.engine.context import (
    CREATE_SETTLED_AFTER,
    RETRY_TIMING,
    UPDATE_TIMING,
    EngineContext,
    RetryTiming,
    UpdateTiming,
)
from bot.engine.load import RunsInFlight
from bot.engine.worker import Worker
from bot.errors import Problem, SettingsError, Unavailable
from bot.parallel.answers import AnswerCache
from bot.parallel.chat_client import ChatApi
from bot.parallel.client import TaskApi
from bot.ports import HandlerContext
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from bot.slack.transport.http import served, site, slack_events
from bot.slack.transport.responding import OverOurSession
from bot.slack.transport.socket_pacing import PACING, Pacing
from bot.slack.transport.sockets import SlackSocket
from bot.slack.transport.strangers import Strangers
from bot.slack.views_client import SlackViews
from bot.startup import checks, slack_checks
from bot.store.embedded import embedded
from bot.store.rate_limiter import SLACK, RateLimits
from bot.store.store import Store
from bot.store.work_queue import BLOCK

log = logging.getLogger(__name__)
T = TypeVar("T")

Register = Callable[[AsyncApp, HandlerContext], None]


@dataclass(frozen=True, slots=True)
class Running:
    """What is known once the bot serves: the address of its HTTP server, None when it has none."""

    url: str | None


async def serve(
    settings: Settings,
    stop: asyncio.Event,
    register: Register,
    *,
    started: Callable[[Running], None] = lambda _: None,
    clock: Callable[[], float] = time.time,
    timing: UpdateTiming = UPDATE_TIMING,
    retry_timing: RetryTiming = RETRY_TIMING,
    limits: RateLimits = SLACK,
    settled: float = CREATE_SETTLED_AFTER,
    in_flight: RunsInFlight | None = None,
    pacing: Pacing = PACING,
    block: float = BLOCK,
) -> None:
    """Run the bot until `stop` is set.

    Args:
        settings: with the tokens required.
        stop: set it to stop; what is not finished is handed over.
        register: adds the listeners to the app (`handlers.register`).
        started: called once the bot serves.
        clock: seconds since 1970.
        timing: how often progress is shown.
        retry_timing: how soon what failed is tried again.
        limits: how often Slack may be called.
        settled: seconds after which a create call that is not there never comes; see
            `bot.engine.run_creation`.
        in_flight: the runs that are waited for, others than ours included; None for none.
        pacing: how fast sockets to Slack are opened.
        block: seconds that a read of Redis waits for work.

    Raises:
        SettingsError: the bot cannot start; every problem found is told.
    """
    async with AsyncExitStack() as stack:
        connecting = _connect(
            stack,
            settings,
            clock=clock,
            timing=timing,
            retry_timing=retry_timing,
            limits=limits,
            settled=settled,
            in_flight=in_flight or RunsInFlight(),
            block=block,
        )
        ready = await _unless(stop, connecting)
        if ready is None:
            return
        tools, store, client, identity = ready
        worker = Worker(tools, store.work_queue, lease=settings.lease_seconds)
        app = _bolt_app(settings, client, identity)
        background = BackgroundTasks()
        stack.push_async_callback(background.drain, within=1.0)
        register(
            app,
            HandlerContext(
                mailbox=store.mailbox,
                answer_source=AnswerCache(tools.task_runs),
                messenger=tools.messenger,
                views=SlackViews(client),
                background=background,
                me=identity.user,
                workspace=identity.address,
                default_processor=settings.default_processor,
                follow_ups=settings.follow_ups,
                admins=settings.admins,
                research_reaction=settings.research_reaction,
            ),
        )
        working = asyncio.create_task(worker.run())
        try:
            async with AsyncExitStack() as doors:
                opening = doors.enter_async_context(_listening(settings, app, store, pacing))
                if running := await _unless(stop, opening):
                    started(running)
                    await _first(stop, working)  # a worker that falls over ends the bot
                worker.stop()  # at once: saying goodbye to Slack may take its time
        finally:
            worker.stop()
            await working


async def _connect(
    stack: AsyncExitStack,
    settings: Settings,
    *,
    clock: Callable[[], float],
    timing: UpdateTiming,
    retry_timing: RetryTiming,
    limits: RateLimits,
    settled: float,
    in_flight: RunsInFlight,
    block: float,
) -> tuple[EngineContext, Store, AsyncWebClient, slack_checks.Identity]:
    """Reach and check the other sides; they are let go of with the stack.

    Raises:
        SettingsError: with every problem found.
    """
    session = await stack.enter_async_context(
        http_session(settings.lease_seconds, settings.network)
    )
    assert settings.slack_bot_token
    assert settings.parallel_api_key
    client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
    url = settings.redis_url
    if url is None:
        url = await stack.enter_async_context(embedded(Path(settings.data_dir)))
    research = await stack.enter_async_context(
        TaskApi(settings.parallel_base_url, settings.parallel_api_key, network=settings.network)
    )
    chat = await stack.enter_async_context(
        ChatApi(settings.parallel_base_url, settings.parallel_api_key, network=settings.network)
    )
    identity, problems = await slack_checks.bot_token(settings, client)
    store = await stack.enter_async_context(
        Store(
            url,
            identity.bot if identity else "unknown",
            lease=settings.lease_seconds,
            retention=settings.retention_days,
            clock=clock,
            limits=limits,
            follow_ups=settings.follow_ups,
            block=block,
        )
    )
    others = await asyncio.gather(
        slack_checks.app_token(settings, client),
        checks.redis(store.connection),
        checks.parallel(research),
        checks.listening(settings),
    )
    problems += [problem for found in others for problem in found]
    problems += checks.certificates(settings.network)
    if problems or identity is None:
        raise SettingsError(_once(problems))
    log.info("connected as bot of %s", identity.team_name, extra={"team": identity.team})
    tools = EngineContext(
        store=store.turns,
        messenger=SlackMessenger(client, identity.bot),
        task_runs=research,
        chat=chat,
        task_groups=research if settings.task_groups else None,
        rate_limiter=store.rate_limiter,
        default_processor=settings.default_processor,
        clock=clock,
        timing=timing,
        retry_timing=retry_timing,
        in_flight=in_flight,
        workspace=identity.address,
        broadcast=settings.broadcast,
        settled=settled,
    )
    return tools, store, client, identity


async def _unless(stop: asyncio.Event, doing: Coroutine[None, None, T]) -> T | None:
    """Do something, unless the word to stop comes before it is done: then None."""
    task = asyncio.create_task(doing)
    try:
        await _first(stop, task)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _first(stop: asyncio.Event, task: asyncio.Task[Any]) -> None:
    """Wait for the word to stop, or for the task to end."""
    told = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((told, task), return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()


def _bolt_app(
    settings: Settings, client: AsyncWebClient, identity: slack_checks.Identity
) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        """Answer from what `auth.test` said at the start.

        Bolt would ask again with the first event, and acknowledge (so lose) the event when Slack
        does not answer.
        """
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token=settings.slack_bot_token,
        )

    app = AsyncApp(
        name="app.py",  # else Bolt looks through the source of the whole call stack for it
        # Without a secret there is no HTTP door; Socket Mode needs no signatures.
        signing_secret=settings.slack_signing_secret or "",
        client=client,
        authorize=authorize,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )
    app.use(OverOurSession())
    app.use(Strangers(identity.user))
    return app


@asynccontextmanager
async def _listening(
    settings: Settings, app: AsyncApp, store: Store, pacing: Pacing
) -> AsyncIterator[Running]:
    """Listen to Slack, over a socket or over HTTP, and answer health checks."""
    token, secret = settings.slack_app_token, settings.slack_signing_secret
    socket = SlackSocket(app, token, pacing) if token else None

    async def health(_: web.Request) -> web.Response:
        wrong = []
        try:
            await store.connection.check()
        except Unavailable as error:
            wrong.append(str(error))
        if socket and not socket.is_open:
            wrong.append("the socket to Slack is closed")
        return web.json_response({"ok": not wrong, "wrong": wrong}, status=503 if wrong else 200)

    async with AsyncExitStack() as stack:
        url = None
        if settings.serves_http:
            events = None if socket else slack_events(app, secret or "")
            url = await _serve_http(site(health, events), settings, stack)
        if socket:
            await stack.enter_async_context(socket.kept_open())
        log.info("listening to Slack over %s", "Socket Mode" if socket else f"{url}/slack/events")
        yield Running(url)


async def _serve_http(
    application: web.Application, settings: Settings, stack: AsyncExitStack
) -> str:
    try:
        return await stack.enter_async_context(served(application, settings.host, settings.port))
    except OSError as error:
        raise SettingsError([checks.not_listening(settings, error)]) from error


def _once(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
