"""Signals that arrive at an awkward moment: none is lost, and none stops the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

from bot.domain import naming
from bot.domain.research import Progress
from bot.domain.thread import ChannelId, MessageTs, RunId, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, Turn
from bot.engine.context import BudgetRules, EngineContext
from bot.engine.worker import Worker
from bot.errors import Unavailable
from bot.parallel.chat_client import ChatApi
from bot.parallel.client import TaskApi
from bot.playground.slack import Message
from bot.ports import Addressing
from bot.slack import action_ids as actions
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from bot.store.store import Store
from bot.store.turn_reader import TurnReader
from bot.store.turn_store import RedisTurnStore
from tests.contract.handlers.memory import OpenGate
from tests.e2e.dialogue import action_ids, answered, begun, said, shown, turn
from tests.e2e.stage import AGAIN_SOON, KEY, NO_LIMITS, QUICK, Stage, staged

NO_BUDGETS = BudgetRules()

# --- edits ------------------------------------------------------------------------------


async def test_a_run_of_the_edited_text_is_not_called_a_run_of_the_old_one(
    stage: Stage,
) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since wehn?")
    await stage.slack.until(lambda: "since wehn?" in shown(status))
    await stage.bob.edits(reply, "since when?")
    await stage.slack.until(lambda: "since when?" in shown(status))
    run.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert second.input == "since when?"
    next_status = await said(stage, asked, "Researching")
    second.finishes("1956.")
    await said(stage, asked, "1956.")
    await stage.slack.until(lambda: "0 sources" in shown(next_status))
    assert "edited" not in shown(next_status)
    assert actions.EDITED_AGAIN not in action_ids(next_status)


async def test_an_edit_of_the_processor_alone_counts(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    reply = await stage.bob.replies(asked, "!pro-fast since when?")
    await stage.slack.until(lambda: "since when?" in shown(status))
    await stage.bob.edits(reply, "!lite since when?")
    await stage.bob.replies(asked, "and who built it?")
    await stage.slack.until(lambda: "who built it?" in shown(status))
    run.finishes("Egypt.")
    second = await stage.parallel.next_run()
    assert (second.input, second.processor) == ("since when?", "lite")


async def test_an_edit_that_is_reverted_changes_nothing(stage: Stage) -> None:
    asked, status, run = await begun(stage, "who owns it?")
    await stage.ada.edits(asked, f"{stage.me} who owns this?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await stage.ada.edits(asked, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: actions.EDITED_AGAIN not in action_ids(status))
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")


async def test_a_run_in_a_group_is_stopped_without_events_from_parallel(
    redis_url: str,
) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(TASK_GROUPS="on")
        stage.parallel.faults.next("retrieve", times=1_000, status=503)
        asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
        status = await stage.slack.thread(asked).next()
        await stage.parallel.next_run()
        await stage.ada.clicks(status, actions.STOP)
        await said(stage, asked, "Stopped waiting")


async def test_files_that_wait_for_parallel_hold_up_no_word_of_ours(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    stage.parallel.faults.next("result", times=1_000, status=503)
    before = len(stage.parallel.requests)
    await stage.ada.chooses(answer, actions.MORE, f"{actions.MORE_FILES} {turn(stage, asked)}")
    await until(lambda: len(stage.parallel.requests) > before)
    await stage.ada.replies(asked, f"{stage.me} mute")
    await said(stage, asked, "ignore replies")


# --- in the worker ----------------------------------------------------------------------


async def test_a_second_signal_may_arrive_while_the_first_is_applied(redis_url: str) -> None:
    """The stream of a run may take a moment to let go of."""
    async with staged("socket", redis_url, rate_limits=False) as stage:
        research = SlowToLetGo(stage.parallel.url, KEY)
        other, store, turns = stores(redis_url)
        async with other, store, research, working(stage, store, research) as ask:
            asked, name = await ask()
            await stage.waited_for(await stage.parallel.next_run())
            await other.mailbox.stop(name, UserId(stage.ada.id))
            await asyncio.wait_for(research.leaving.wait(), 60)
            before = turns.reads
            await other.mailbox.ping(name, UserId(stage.ada.id))
            await until(lambda: turns.reads > before)
            research.may_leave.set()
            await said(stage, asked, "Stopped waiting")


async def test_a_stop_is_passed_on_also_when_it_cannot_be_read_at_once(redis_url: str) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        other, store, turns = stores(redis_url)
        research = TaskApi(stage.parallel.url, KEY)
        async with other, store, research, working(stage, store, research) as ask:
            asked, name = await ask()
            await stage.waited_for(await stage.parallel.next_run())
            turns.forgets = True
            await other.mailbox.stop(name, UserId(stage.ada.id))
            await said(stage, asked, "Stopped waiting")


class SlowToLetGo(TaskApi):
    """The Task API, whose streams end when they may."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(url, key)
        self.leaving, self.may_leave = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def events(self, run: RunId) -> AsyncIterator[AsyncIterator[Progress]]:
        async with super().events(run) as stream:
            try:
                yield stream
            finally:
                self.leaving.set()
                await self.may_leave.wait()


class Forgetful(RedisTurnStore):
    """Turns in a store that cannot be asked for a turn, once; it counts how often it could."""

    forgets = False
    reads = 0

    async def turn(self, turn: TurnId) -> Turn | None:
        if self.forgets:
            self.forgets = False
            raise Unavailable("Redis does not answer")
        found = await super().turn(turn)
        self.reads += 1
        return found


def stores(redis_url: str) -> tuple[Store, Store, Forgetful]:
    """Return the store of a listener, and the one of a worker with its turns."""
    other = Store(redis_url, "B1", lease=60, retention=1)
    store = Store(redis_url, "B1", lease=60, retention=1, limits=NO_LIMITS)
    turns = Forgetful(store.connection, TurnReader(store.connection))
    store.turns = turns
    return other, store, turns


class Ask(Protocol):
    """Asks "who owns it?", or what a test says instead."""

    async def __call__(self, **more: object) -> tuple[Message, TurnId]:
        """Return the message and the name of its turn."""
        ...


@asynccontextmanager
async def working(
    stage: Stage, store: Store, research: TaskApi, rules: BudgetRules = NO_BUDGETS
) -> AsyncIterator[Ask]:
    """A worker on the stage, without listeners; yields what asks it a question."""
    async with http_session(5.0) as session:
        client = web_client(stage.slack.app.bot_token, stage.slack.api_url, session)
        tools = EngineContext(
            store=store.turns,
            places=store.places,
            budgets=store.budgets,
            gate=OpenGate(),
            thread_records=store.thread_records,
            choices=store.choices,
            messenger=SlackMessenger(client),
            task_runs=research,
            chat=ChatApi(stage.parallel.url, KEY),
            task_groups=None,
            rate_limiter=store.rate_limiter,
            default_processor="core-fast",
            clock=time.time,
            timing=QUICK,
            retry_timing=AGAIN_SOON,
            budget_rules=rules,
        )
        worker = Worker(tools, store.work_queue, lease=5)
        running = asyncio.create_task(worker.run())

        async def ask(**more: object) -> tuple[Message, TurnId]:
            asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
            ts = MessageTs(asked.ts)
            team, channel = TeamId(stage.slack.app.team_id), ChannelId(stage.general.id)
            asker = UserId(stage.ada.id)
            question = Question(ThreadKey(team, channel, ts), ts, asker, "who owns it?")
            question = replace(question, **more)  # type: ignore[arg-type]
            await store.mailbox.put(question, Addressing.ADDRESSED)
            return asked, naming.turn_id(question)

        try:
            yield ask
        finally:
            worker.stop()
            await running


async def until(look: Callable[[], bool]) -> None:
    """Wait for what no message in Slack shows."""
    async with asyncio.timeout(60):
        while not look():
            await asyncio.sleep(0.01)
