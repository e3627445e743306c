"""Advances one turn, from whatever state it is in, to its end.

`TurnExecution.advance` is one straight line; each step is skipped when its effect is already
recorded. So the first owner, the owner after a crash and the one after a deploy run the same code:
there is no recovery code.

What may be raised: `LeaseLost` (another replica owns the thread: stop), `Unavailable` (release the
thread and try again later), `Draining` (the bot is shutting down, at a point where that is safe).
"""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain import confirmation, lifecycle
from bot.domain.processors import is_chat
from bot.domain.settling import settlement_of
from bot.domain.thread import Thread
from bot.domain.turn import Ending, EndingKind, State, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.delivery import Delivery
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn
from bot.engine.posting import Poster
from bot.engine.preparation import post_question, prepare
from bot.engine.queued_reaction import QueuedReaction
from bot.engine.quick_answer import QuickAnswer
from bot.engine.run_awaiting import await_run
from bot.engine.run_creation import RunCreator
from bot.engine.running_places import wait_for_place
from bot.engine.signals import apply_signals, overtaken
from bot.engine.spending import post_warnings
from bot.engine.status_updates import StatusUpdater
from bot.engine.streamed_message import StreamedMessage
from bot.errors import Refused, Unavailable
from bot.ports import JobKind
from bot.slack.messages.status import STATUS, busy_status, initial_status
from bot.slack.messages.turn_facts import TurnFacts, facts_of

log = logging.getLogger(__name__)


class TurnExecution:
    """The execution of one turn by its present owner."""

    def __init__(self, context: EngineContext, leased: LeasedTurn, thread: Thread) -> None:
        self._context = context
        self._leased = leased
        self._thread = thread
        self._poster = Poster(context, leased)
        self._updater = StatusUpdater(context, leased)
        self._queued_reaction = QueuedReaction(context, leased)
        self._delivery = Delivery(context, leased, self._poster, thread=thread)

    async def advance(self) -> bool:
        """Move the turn to its end. Returns whether another turn of the mailbox is queued."""
        try:
            await self._reach_end()
            if self._turn.state is State.ENDED:
                queued = await self._save_ended()
                await self._poster.reconcile(STATUS)
                await self._delivery.deliver(queued)
                await post_warnings(self._context, self._leased, self._poster)
                await self._queued_reaction.remove()
        except Refused as refused:
            await self._delivery.retry_or_drop(refused)
        finally:
            await self._updater.settle()
            is_marked = await self._queued_reaction.release()
        if is_marked:
            await self._context.store.unmark_later(self._turn.id)
        thread = self._delivery.thread
        thread = replace(thread, group=self._turn.group or thread.group)
        return await self._finish(thread if thread != self._thread else None)

    async def _reach_end(self) -> None:
        """Move the turn to `ended`, from whatever state it is in."""
        interrupted = self._turn.state is State.STARTING
        if self._turn.state is State.QUEUED:
            if STATUS not in self._turn.posts and self._turn.has_place:
                await self._queued_reaction.remove()
            await prepare(self._context, self._leased)
            await post_question(self._context, self._leased, self._poster)
        if is_chat(self._turn.processor):
            await self._answer_by_chat()
        if self._turn.state is State.QUEUED:
            await wait_for_place(self._context, self._leased, self._poster)
        if self._turn.state is State.QUEUED:
            if self._turn.lined and self._turn.busy_since is None:
                await self._queued_reaction.remove()
            await self._poster.post(initial_status(self._facts), saves=False)
            await apply_signals(self._context, self._leased)
        if is_chat(self._turn.processor):  # an edit has chosen it meanwhile
            await self._answer_by_chat()
        if self._turn.state in (State.QUEUED, State.STARTING):
            await self._create_run(interrupted=interrupted)
        if self._turn.state is State.RUNNING:
            await post_warnings(self._context, self._leased, self._poster)
            self._delivery.answer = await await_run(self._context, self._leased, self._updater)

    async def _save_ended(self) -> int:
        """Write how the turn ended; one that was changed in time is begun once more.

        Returns how many questions are queued behind it.
        """
        queued = await self._leased.save_ended()
        while overtaken(self._turn):
            log.info("turn changed before it was refused")
            self._leased.stage(lifecycle.taken_back(self._turn))
            await self._reach_end()
            queued = await self._leased.save_ended()
        return queued

    async def give_up(self, error: Exception) -> None:
        """End a turn after repeated unexpected errors, so that a failure message is posted."""
        now = self._context.clock()
        broken = Ending(EndingKind.BROKEN, now, message=type(error).__name__)
        if self._turn.state is not State.ENDED:
            await end_turn(self._context, self._leased, broken)
        elif self._turn.ending and self._turn.ending.kind is not EndingKind.BROKEN:
            await self._leased.save(lifecycle.ended_otherwise(self._turn, broken))

    async def drop(self) -> bool:
        """Drop a turn whose failure message cannot be posted either, so that the next can start.

        The only way a question is lost. Returns what `advance` returns.
        """
        log.critical("turn dropped, failure message undeliverable")
        return await self._finish(None)

    async def _create_run(self, *, interrupted: bool) -> None:
        if self._turn.question.start is TurnKind.RESUME:
            await self._leased.save(lifecycle.resumed(self._turn, self._context.clock()))
            return
        try:
            ending = await self._creator().create(interrupted=interrupted)
        except Unavailable:
            await self._show_busy()
            raise
        if ending:
            await self._leased.save_outcome(lifecycle.ended(self._turn, ending))
            log.info("turn ended: %s", ending.kind)

    def _creator(self) -> RunCreator:
        return RunCreator(self._context, self._leased, self._thread)

    async def _answer_by_chat(self) -> None:
        """Answer the turn through the Chat API, unless it has ended."""
        if self._turn.state in (State.ENDED, State.DONE):
            return
        if self._turn.state is State.QUEUED and not self._turn.has_place:  # it needs none
            await self._queued_reaction.remove()
        message = StreamedMessage(self._context, self._leased, self._poster)
        answer = QuickAnswer(
            self._context,
            self._leased,
            message,
            # An edit may change what the question builds on, so each request has its own creator.
            request=lambda: self._creator().request(),
            apply_signals=lambda: apply_signals(self._context, self._leased),
        )
        await answer.answer(interrupted=self._turn.state is not State.QUEUED)
        self._delivery.reserved = message.reserved

    async def _show_busy(self) -> None:
        """Edit the status once to say that Parallel is busy, if an edit can be spared."""
        turn = self._turn
        if turn.busy_since is None or turn.busy_shown:
            return
        if await self._poster.change(STATUS, busy_status(self._facts)):
            await self._leased.save(replace(turn, busy_shown=True))

    async def _finish(self, thread: Thread | None) -> bool:
        """Take the turn off its mailbox. Its final status is a job (`bot.engine.jobs`)."""
        turn = lifecycle.done(self._turn)
        return await self._context.store.finish(
            self._leased.claim,
            turn,
            thread,
            job=self._job(turn),
            settlement=settlement_of(
                turn, failed_runs_count=self._context.budget_rules.failed_runs_count
            ),
        )

    @staticmethod
    def _job(turn: Turn) -> JobKind | None:
        """Return the kind of the job that a finished turn leaves behind."""
        if confirmation.asks_price(turn):
            return JobKind.CONFIRMATION
        return JobKind.FINAL_STATUS if turn.posts.get(STATUS) else None

    @property
    def _turn(self) -> Turn:
        return self._leased.turn

    @property
    def _facts(self) -> TurnFacts:
        return facts_of(self._turn, self._context.default_processor)
