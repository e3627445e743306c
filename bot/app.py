"""Wires the parts together: connect, serve, drain.

`serve` runs the whole bot until it is stopped. Startup: the other sides are reached and checked;
the worker begins, so that turns of before a restart go on; then the bot listens to Slack. It may be
stopped at any time. Then it accepts nothing new and releases what it has claimed; neither waits for
the other, and both have a deadline.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.background_tasks import BackgroundTasks
from bot.concurrency.waiting import unless_set, wait_for_first
from bot.configuration.settings import Settings
from bot.domain.access import Home
from bot.domain.thread import TeamId
from bot.engine.context import (
    CREATE_SETTLED_AFTER,
    RETRY_TIMING,
    UPDATE_TIMING,
    BudgetRules,
    EngineContext,
    RetryTiming,
    UpdateTiming,
)
from bot.engine.gate import AccessGate
from bot.engine.load import RunsInFlight
from bot.engine.shared_lookups import SharedLookups
from bot.engine.worker import Worker
from bot.errors import SettingsError
from bot.listening import Running, bolt_app, listen
from bot.parallel.answers import AnswerCache
from bot.parallel.chat_client import ChatApi
from bot.parallel.client import TaskApi
from bot.ports import HandlerContext
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from bot.slack.directory import SlackDirectory
from bot.slack.transport.socket_pacing import PACING, Pacing
from bot.slack.views_client import SlackViews
from bot.startup import checks, slack_checks
from bot.store.embedded import embedded
from bot.store.rate_limiter import SLACK, RateLimits
from bot.store.store import Store
from bot.store.work_queue import BLOCK

log = logging.getLogger(__name__)

Register = Callable[[AsyncApp, HandlerContext], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What no setting changes, but tests do.

    Attributes:
        clock: returns seconds since 1970.
        timing: how often progress is shown.
        retry_timing: how soon what failed is tried again.
        limits: how often Slack may be called.
        create_settled_after: see `bot.engine.context.CREATE_SETTLED_AFTER`.
        in_flight: counts the runs that are awaited.
        pacing: how fast sockets to Slack are opened.
        block: seconds that a read of Redis waits for work.
    """

    clock: Callable[[], float] = time.time
    timing: UpdateTiming = UPDATE_TIMING
    retry_timing: RetryTiming = RETRY_TIMING
    limits: RateLimits = SLACK
    create_settled_after: float = CREATE_SETTLED_AFTER
    in_flight: RunsInFlight = field(default_factory=RunsInFlight)
    pacing: Pacing = PACING
    block: float = BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connected:
    """The other sides, reached and checked."""

    client: AsyncWebClient
    identity: slack_checks.Identity
    messenger: SlackMessenger
    task_api: TaskApi
    chat_api: ChatApi
    store: Store
    gate: AccessGate
    background: BackgroundTasks


async def serve(
    settings: Settings,
    stop: asyncio.Event,
    register: Register,
    *,
    started: Callable[[Running], None] = lambda _: None,
    wiring: Wiring | None = None,
) -> None:
    """Run the bot until `stop` is set; what is not finished then is left to other replicas.

    Args:
        settings: with the tokens required.
        stop: set it to stop.
        register: adds the listeners to the app (`handlers.register`).
        started: called once the bot serves.
        wiring: None for that of production.

    Raises:
        SettingsError: the bot cannot start; carries every problem found.
    """
    wiring = wiring or Wiring()
    async with AsyncExitStack() as stack:
        connected = await unless_set(stop, _connect(stack, settings, wiring))
        if connected is None:
            return
        ids = connected.store.channel_ids
        app = bolt_app(settings, connected.client, connected.identity, ids)
        register(app, _handler_context(settings, connected))
        context = _engine_context(settings, wiring, connected)
        worker = Worker(context, connected.store.work_queue, lease=settings.lease_seconds)
        working = asyncio.create_task(worker.run())
        try:
            async with AsyncExitStack() as listening:
                opening = listening.enter_async_context(
                    listen(settings, app, connected.store.connection, pacing=wiring.pacing)
                )
                if running := await unless_set(stop, opening):
                    started(running)
                    await wait_for_first(stop, working)  # a worker that fails ends the bot
                worker.stop()  # at once: closing the connections to Slack may take its time
        finally:
            worker.stop()
            await working


async def _connect(stack: AsyncExitStack, settings: Settings, wiring: Wiring) -> _Connected:
    """Reach and check the other sides; the stack closes the connections.

    Raises:
        SettingsError: with every problem found.
    """
    assert settings.slack_bot_token
    assert settings.parallel_api_key
    network = settings.network
    session = await stack.enter_async_context(http_session(settings.lease_seconds, network))
    client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
    url = settings.redis_url
    if url is None:
        url = await stack.enter_async_context(embedded(Path(settings.data_dir)))
    base, key = settings.parallel_base_url, settings.parallel_api_key
    task_api = await stack.enter_async_context(TaskApi(base, key, network=network))
    chat_api = await stack.enter_async_context(ChatApi(base, key, network=network))
    identity, problems = await slack_checks.bot_token(settings, client)
    bot = identity.bot if identity else "unknown"
    store = await stack.enter_async_context(_store(settings, wiring, url, bot=bot))
    client.ids = store.channel_ids
    others = await asyncio.gather(
        slack_checks.app_token(settings, client),
        checks.redis(store.connection),
        checks.parallel(task_api),
        checks.listening(settings),
    )
    problems += [problem for found in others for problem in found]
    problems += checks.certificates(network)
    if problems or identity is None:
        raise SettingsError(list(dict.fromkeys(problems)))
    background = BackgroundTasks()
    stack.push_async_callback(background.drain, within=1.0)
    log.info("connected as bot of %s", identity.team_name, extra={"team": identity.team})
    return _Connected(
        client=client,
        identity=identity,
        messenger=SlackMessenger(client, identity.bot),
        task_api=task_api,
        chat_api=chat_api,
        store=store,
        gate=_gate(settings, wiring, client, identity=identity, store=store, background=background),
        background=background,
    )


def _gate(
    settings: Settings,
    wiring: Wiring,
    client: AsyncWebClient,
    *,
    identity: slack_checks.Identity,
    store: Store,
    background: BackgroundTasks,
) -> AccessGate:
    return AccessGate(
        store=store.access,
        directory=SharedLookups(SlackDirectory(client)),
        home=Home(TeamId(identity.team), identity.enterprise),
        allowed=settings.access,
        ids=store.channel_ids,
        zone=settings.money.zone,
        clock=wiring.clock,
        background=background,
    )


def _engine_context(settings: Settings, wiring: Wiring, connected: _Connected) -> EngineContext:
    return EngineContext(
        store=connected.store.turns,
        places=connected.store.places,
        budgets=connected.store.budgets,
        gate=connected.gate,
        thread_records=connected.store.thread_records,
        choices=connected.store.choices,
        messenger=connected.messenger,
        task_runs=connected.task_api,
        chat=connected.chat_api,
        task_groups=connected.task_api if settings.task_groups else None,
        rate_limiter=connected.store.rate_limiter,
        default_processor=settings.default_processor,
        clock=wiring.clock,
        timing=wiring.timing,
        retry_timing=wiring.retry_timing,
        in_flight=wiring.in_flight,
        workspace=connected.identity.address,
        broadcast=settings.broadcast,
        budget_rules=BudgetRules(
            confirm_from=settings.money.confirm_from,
            are_set=settings.money.are_budgets_set,
            zone=settings.money.zone,
            failed_runs_count=settings.money.failed_runs_count,
            is_shown=settings.money.shows_budget,
            admins=tuple(sorted(settings.admins)[:3]),
        ),
        create_settled_after=wiring.create_settled_after,
        bounds=settings.bounds,
        retention_days=settings.retention_days,
    )


def _store(settings: Settings, wiring: Wiring, url: str, *, bot: str) -> Store:
    return Store(
        url,
        bot,
        lease=settings.lease_seconds,
        retention=settings.retention_days,
        clock=wiring.clock,
        limits=wiring.limits,
        follow_ups=settings.follow_ups,
        block=wiring.block,
        bounds=settings.bounds,
        budgets=settings.money.limits,
        zone=settings.money.zone,
    )


def _handler_context(settings: Settings, connected: _Connected) -> HandlerContext:
    return HandlerContext(
        mailbox=connected.store.mailbox,
        choices=connected.store.choices,
        history=connected.store.history,
        answer_source=AnswerCache(connected.task_api),
        messenger=connected.messenger,
        views=SlackViews(connected.client),
        gate=connected.gate,
        channel_ids=connected.store.channel_ids,
        administration=connected.store.administration(settings.environment),
        thread_records=connected.store.thread_records,
        background=connected.background,
        me=connected.identity.user,
        workspace=connected.identity.address,
        default_processor=settings.default_processor,
        follow_ups=settings.follow_ups,
        admins=settings.admins,
        research_reaction=settings.research_reaction,
        confirm_from=settings.money.confirm_from,
    )
