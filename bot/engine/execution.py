"""Advances one turn, from whatever state it is in, to its end.

`TurnExecution.advance` is one straight line; each step is skipped when its effect is already
recorded. So the first owner, the owner after a crash and the one after a deploy run the same code:
there is no recovery code.

Creating the run, which costs money: see `run_creation`. A quick answer instead of a run: see
`quick_answer`. Posting: see `poster`.

What may be raised: `LeaseLost` (another owner has the thread: stop), `Unavailable` (give the thread
back and come again), `Draining` (the bot is stopping, at a place where that does no harm).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace

from bot.domain import derived, lifecycle, prompt
from bot.domain.choices import Choices
from bot.domain.choosing import in_force, with_sources
from bot.domain.processors import Processor, is_chat
from bot.domain.research import Answer, Run, RunStatus
from bot.domain.thread import Thread, UserId
from bot.domain.turn import Ending, EndingKind, State, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.delivery import OUTAGE_FOR, UNKNOWN_FOR, Delivery
from bot.engine.leased_turn import LeasedTurn, do_nothing
from bot.engine.posting import Poster
from bot.engine.queued_reaction import QueuedReaction
from bot.engine.quick_answer import QuickAnswer
from bot.engine.run_completion import await_completion
from bot.engine.run_creation import RunCreator
from bot.engine.status_updates import StatusUpdater
from bot.engine.streamed_message import StreamedMessage
from bot.errors import AnswerLost, Cause, HeldOff, Refused, Unavailable
from bot.ports import QueuePreview
from bot.slack.messages import quick_answer
from bot.slack.messages.notices import in_progress
from bot.slack.messages.progress import progress_status
from bot.slack.messages.status import STATUS, busy_status, initial_status, question_post
from bot.slack.messages.turn_facts import TurnFacts, facts_of
from bot.slack.text.links import permalink

log = logging.getLogger(__name__)

UNDELIVERED_FOR = 24 * 3600.0  # seconds that an answer is kept for a channel closed to us
RETRY_EVERY = 300.0  # seconds between tries to deliver it, after shorter ones
INVITED_WITHIN = 120.0  # seconds: a mention may be heard of before the invitation that follows it


class TurnExecution:
    """One owner's walk with one turn."""

    def __init__(self, context: EngineContext, leased: LeasedTurn, thread: Thread) -> None:
        self._store = context.store
        self._messenger = context.messenger
        self._task_runs = context.task_runs
        self._chat = context.chat
        self._task_groups = context.task_groups
        self._rate_limiter = context.rate_limiter
        self._timing = context.timing
        self._retry_timing = context.retry_timing
        self._default = context.default_processor
        self._workspace = context.workspace
        self._now = context.clock
        self._settled = context.settled
        self._leased = leased
        self._thread = thread
        self._poster = Poster(
            leased,
            context.messenger,
            context.rate_limiter,
            clock=context.clock,
            late=context.timing.post_lag,
        )
        self._status_updater = StatusUpdater(
            leased,
            context.messenger,
            context.rate_limiter,
            context.timing,
            words=lambda heard, waiting: progress_status(self._facts, heard, self._now(), waiting),
            waiting=self._queue_preview,
            clock=context.clock,
            in_flight=context.in_flight,
        )
        self._delivery = Delivery(
            leased,
            self._poster,
            context.task_runs,
            thread,
            context.default_processor,
            context.broadcast,
            context.clock,
            context.workspace,
        )
        self._in_flight = context.in_flight
        self._queued_reaction = QueuedReaction(
            leased, context.messenger, first_pause=context.retry_timing.job
        )

    async def advance(self) -> bool:
        """Walk the turn to its end. Returns whether another turn of the mailbox is waiting."""
        interrupted = self._turn.state is State.STARTING
        try:
            if self._turn.state is State.QUEUED:
                await self._prepare()
                await self._post_question()
            if is_chat(self._turn.processor):
                await self._answer_by_chat()
            if self._turn.state is State.QUEUED:
                await self._poster.post(initial_status(self._facts))
                await self._apply_signals()
            if is_chat(self._turn.processor):  # the question was edited to that meanwhile
                await self._answer_by_chat()
            if self._turn.state in (State.QUEUED, State.STARTING):
                await self._start_run(interrupted=interrupted)
            if self._turn.state is State.RUNNING:
                await self._await_run()
            if self._turn.state is State.ENDED:
                others = await self._leased.save_ended()
                await self._poster.reconcile(STATUS)
                self._delivery.which = self._question_link(others)
                if is_chat(self._turn.processor):
                    await self._delivery.deliver_quick(await self._lookup_processor())
                else:
                    await self._delivery.deliver()
                await self._queued_reaction.remove()
        except Refused as refused:
            self._undeliverable(refused)
        finally:
            await self._status_updater.settle()
            await self._queued_reaction.release()
        now = self._delivery.thread
        now = replace(now, group=self._turn.group or now.group)
        return await self._finish(now if now != self._thread else None)

    async def give_up(self, error: Exception) -> None:
        """End a turn that met unexpected errors again and again; the person is told so instead."""
        if self._turn.state is not State.ENDED:
            return await self._end(EndingKind.BROKEN, message=type(error).__name__)
        if self._ending.kind is not EndingKind.BROKEN:
            broken = Ending(EndingKind.BROKEN, self._now(), None, type(error).__name__)
            await self._leased.save(lifecycle.ended_otherwise(self._turn, broken))
        return None

    async def drop(self) -> bool:
        """Take a turn that cannot even be told of off its mailbox, so that the thread goes on."""
        log.critical("a turn was dropped untold", extra=self._leased.about)
        return await self._finish(None)

    # --- before the run -----------------------------------------------------------------

    async def _prepare(self) -> None:
        if STATUS not in self._turn.posts:
            await self._queued_reaction.remove()
        await self._apply_signals()
        turn, question = self._turn, self._turn.question
        if turn.state is not State.QUEUED:
            return None
        if turn.waited and STATUS not in turn.posts:
            left = await self._store.held_for(question.thread, question.asker)
            if left > 0:
                raise HeldOff("its person has just stopped another one", left)
        match question.start:
            case TurnKind.FILES | TurnKind.SHARE:
                return await self._end(EndingKind.ANSWERED)
            case TurnKind.HELP:
                return await self._end(EndingKind.HELPED)
            case TurnKind.THANKED:
                await self._acknowledge()
                return await self._end(EndingKind.NOTICE)
            case TurnKind.STATUS:
                return await self._end(EndingKind.NOTICE, message=await self._describe_progress())
            case TurnKind.UNKNOWN_PROCESSOR:
                return await self._end(EndingKind.UNKNOWN_PROCESSOR, message=question.processor)
            case TurnKind.QUESTION | TurnKind.RESUME:
                return await self._choose()
            case _:
                return await self._end(EndingKind.NOTICE)

    async def _acknowledge(self) -> None:
        """React to thanks: a courtesy, but one that an outage only delays."""
        question = self._turn.question
        try:
            await self._messenger.acknowledge(question.thread.channel, question.message)
        except (Refused, AnswerLost) as error:
            log.info("no reaction: %s", error, extra=self._leased.about)

    async def _describe_progress(self) -> str:
        """Say what goes on in the thread."""
        at_work, waiting = await self._store.queue_state(self._turn.question.thread)
        return (
            in_progress(facts_of(at_work, self._default), self._now(), waiting) if at_work else ""
        )

    async def _choose(self) -> None:
        """Fix the processor."""
        turn = self._turn
        if turn.processor is None:
            processor, _ = in_force(turn.question.processor, await self._choices(), self._default)
            self._leased.turn = lifecycle.chosen(self._turn, processor.name)
        await self._compare_with_last_topic()
        turn = self._turn
        if not turn.posts and not turn.which and derived.stands_apart(turn):
            self._leased.turn = replace(turn, which=self._address())
        is_new = turn.question.start is TurnKind.QUESTION
        if is_new and len(turn.question.text) > prompt.longest_question(self._processor):
            await self._end(EndingKind.TOO_LONG)

    async def _compare_with_last_topic(self) -> None:
        """Note where the latest answer stands, when somebody may think that this question follows.

        A thread is a chain in direct messages, too; a message outside of threads begins another.
        """
        turn, question = self._turn, self._turn.question
        begins = question.direct and question.message == question.thread.ts
        if not begins or question.press or question.parent or turn.posts or turn.last_answer:
            return
        found = await self._store.last_answered(turn, lifecycle.SAME_TOPIC)
        if found:
            there = permalink(self._workspace, found, found.ts)
            self._leased.turn = replace(turn, last_answer=there)

    async def _post_question(self) -> None:
        """Post what was written in a form, before anything else is said of it."""
        turn = self._turn
        is_new = (
            turn.state is State.QUEUED
            and not {STATUS, quick_answer.QUICK_ANSWER} & turn.posts.keys()
        )
        if not is_new or not derived.is_from_form(turn.question):
            return
        about = "" if turn.question.parent else self._address()
        await self._poster.post(question_post(self._facts, about))
        await self._apply_signals()

    async def _apply_signals(self) -> None:
        """Do what people have wished for since they asked, before anything is started."""
        signals = self._turn.signals
        if self._turn.state is not State.QUEUED:
            return
        if ending := lifecycle.ending_if_cancelled(self._turn, self._now()):
            await self._stage_end(ending)
        elif (
            signals.edited
            and self._turn.question.start is TurnKind.QUESTION
            and quick_answer.QUICK_ANSWER
            not in self._turn.posts  # that message answers the earlier text
        ):
            self._leased.turn = lifecycle.reworded(self._turn, signals.edited)
            await self._choose()

    async def _start_run(self, *, interrupted: bool) -> None:
        if self._turn.question.start is TurnKind.RESUME:
            return await self._leased.save(lifecycle.resumed(self._turn, self._now()))
        try:
            ending = await self._creator().create(interrupted=interrupted)
        except Unavailable:
            await self._show_busy()
            raise
        if ending:
            await self._leased.save_outcome(lifecycle.ended(self._turn, ending))
            self._log_end()
        return None

    def _creator(self) -> RunCreator:
        return RunCreator(
            self._leased,
            lifecycle.before(self._thread, self._turn.question),
            self._messenger,
            self._task_runs,
            self._task_groups,
            self._now,
            self._settled,
        )

    async def _answer_by_chat(self) -> None:
        """Have the turn answered by the Chat API, unless it has ended."""
        if self._turn.state in (State.ENDED, State.DONE):
            return
        message = StreamedMessage(
            self._leased,
            self._poster,
            self._messenger,
            self._rate_limiter,
            self._timing,
            facts=lambda: self._facts,
        )
        answer = QuickAnswer(
            leased=self._leased,
            message=message,
            chat=self._chat,
            rate_limiter=self._rate_limiter,
            timing=self._timing,
            first_pause=self._retry_timing.chat,
            request=lambda: self._creator().request(),
            apply_signals=self._apply_signals,
            clock=self._now,
        )
        await answer.answer(interrupted=self._turn.state is not State.QUEUED)
        self._delivery.reserved = message.reserved

    async def _show_busy(self) -> None:
        """Have the status say that Parallel is busy, once; it holds nothing up."""
        turn = self._turn
        if turn.busy_since is None or turn.busy_shown:
            return
        if await self._poster.change(STATUS, busy_status(self._facts)):
            await self._leased.save(replace(turn, busy_shown=True))

    # --- the run ------------------------------------------------------------------------

    async def _await_run(self) -> None:
        turn = self._turn
        assert turn.run
        assert turn.started_at
        until = turn.started_at + lifecycle.WAITED_FOR
        slow_from = lifecycle.slow_from(turn, self._processor.longest)
        try:
            # Who wants it stopped need not wait until Parallel can be asked.
            if turn.interaction is None and not turn.signals.is_cancelled:  # a group does not tell
                run = await self._task_runs.retrieve(turn.run)
                await self._leased.save(replace(turn, interaction=run.interaction))
            # The status was written before it was known how the run would come about.
            told = turn.restated or turn.alone or turn.question.files or turn.signals.edited
            owed = bool(turn.busy_since or told)
            async with self._leased.interruptible():
                usual = slow_from - self._now()
                with self._status_updater.running(owed=owed, usual=usual):
                    end = await self._unless_cancelled(
                        await_completion(
                            self._task_runs,
                            turn.run,
                            seconds=until - self._now(),
                            usual=usual,
                            clock=self._now,
                            on_progress=self._status_updater.observe,
                            in_flight=self._in_flight,
                        )
                    )
        except Unavailable:
            if self._now() < until + OUTAGE_FOR:
                raise
            end = None
        except Refused as refused:
            return await self._run_refused(refused, slow_from)
        match end:
            case Ending():
                return await self._stage_end(end)
            case Answer():
                self._delivery.answer = end
                return await self._end(EndingKind.ANSWERED)
            case Run(status=RunStatus.CANCELLED):
                return await self._end(EndingKind.CANCELLED)
            case Run():
                return await self._end(EndingKind.FAILED, None, end.error, end.ref_id)
            case None:
                return await self._end(EndingKind.TOO_LATE)

    async def _run_refused(self, refused: Refused, slow_from: float) -> None:
        """End a turn whose run Parallel does not tell of. Raises Unavailable where it still may."""
        if refused.cause is Cause.KEY and self._now() < slow_from:
            # The run goes on, and is paid: a key put right in time still gets the answer.
            raise Unavailable(str(refused), RETRY_EVERY) from refused
        began = self._turn.started_at or self._now()
        if refused.cause is Cause.UNKNOWN_RUN and self._now() < began + UNKNOWN_FOR:
            raise Unavailable(str(refused)) from refused
        await self._refused(refused)

    async def _unless_cancelled(
        self, waiting: Coroutine[None, None, Answer | Run | None]
    ) -> Answer | Run | Ending | None:
        """Wait, but not for what nobody wants any more: then it has ended."""
        loop = asyncio.get_running_loop()

        def poked() -> None:
            self._status_updater.notify()
            if self._turn.signals.is_cancelled and not scope.expired():  # nor about to
                scope.reschedule(loop.time())

        try:
            async with asyncio.timeout(None) as scope:
                self._leased.on_change = poked
                poked()
                return await waiting
        except TimeoutError:
            if not scope.expired():
                raise
            return lifecycle.ending_if_cancelled(self._turn, self._now())
        finally:
            self._leased.on_change = do_nothing

    # --- the end ------------------------------------------------------------------------

    def _undeliverable(self, refused: Refused) -> None:
        """Slack does not let us tell. Drop what is not paid soon, and the rest after a day.

        Raises:
            Unavailable: to knock again later.
        """
        turn = self._turn
        closed = refused.cause is Cause.PLACE or (refused.cause is Cause.CONTENT and refused.sure)
        waited = self._now() - (turn.ending.at if turn.ending else turn.received)
        paid = turn.run or turn.started_at
        if waited < (UNDELIVERED_FOR if paid or not closed else INVITED_WITHIN):
            pause = min(max(waited / 2, self._retry_timing.delivery), RETRY_EVERY)
            raise Unavailable(str(refused), pause) from refused
        log.error("could not be delivered: %s", refused, extra=self._leased.about)
        if turn.state is not State.ENDED:
            ending = Ending(EndingKind.BROKEN, self._now(), refused.cause, refused.message)
            self._leased.turn = lifecycle.ended(turn, ending)

    async def _finish(self, thread: Thread | None) -> bool:
        """Leave the turn. Its status is changed afterwards: see `bot.engine.jobs`."""
        turn = lifecycle.done(self._turn)
        receipt = bool(turn.posts.get(STATUS))
        return await self._store.finish(self._leased.claim, turn, thread, receipt=receipt)

    # --- small things -------------------------------------------------------------------

    async def _choices(self) -> Choices:
        question = self._turn.question
        thread = question.thread
        return await self._store.choices(thread.team, thread.channel, question.asker, thread)

    def _question_link(self, others: int) -> str:
        """Return where the question stands, when its answer will not stand right below it.

        Whoever asked one of the `others` did so between the two.
        """
        if self._turn.which or self._turn.question.start.needs_no_run:
            return self._turn.which
        return self._address() if others else ""

    def _address(self) -> str:
        """Return the address of the message that says what is asked; of one for a form, it."""
        thread = self._turn.question.thread
        return permalink(self._workspace, thread, derived.question_message(self._turn))

    async def _lookup_processor(self) -> Processor:
        """Return the processor that would look a quick answer up with sources."""
        return with_sources(self._thread.processor, await self._choices(), self._default)

    async def _queue_preview(self) -> QueuePreview:
        """Read what waits behind this turn, and which of it the Chat API is to answer."""
        waiting = await self._store.queue_preview(self._leased.claim)
        for turn in waiting.turns:
            question = turn.signals.edited or turn.question
            thread = question.thread
            choices = await self._store.choices(thread.team, thread.channel, question.asker, thread)
            if in_force(question.processor, choices, self._default)[0].is_chat:
                return replace(waiting, quick=turn.id)
        return waiting

    async def _refused(self, refused: Refused) -> None:
        await self._end(EndingKind.REFUSED, refused.cause, refused.message, refused.ref_id)

    async def _end(
        self,
        kind: EndingKind,
        cause: Cause | None = None,
        message: str | None = None,
        ref_id: str | None = None,
    ) -> None:
        await self._stage_end(Ending(kind, self._now(), cause, message, ref_id))

    async def _stage_end(self, ending: Ending) -> None:
        """Take in how the turn ended; `advance` saves it before it delivers anything."""
        if ending.kind is EndingKind.STOPPED and ending.message:
            ending = await self._with_others(ending, UserId(ending.message))
        self._leased.turn = lifecycle.ended(self._turn, ending)
        self._log_end()

    async def _with_others(self, ending: Ending, by: UserId) -> Ending:
        """Hold the other questions of who stopped one, so that they can be stopped, too."""
        if by != self._turn.question.asker:  # perhaps so that their own come sooner
            return ending
        waiting = await self._store.queue_preview(self._leased.claim)
        others = sum(turn.question.asker == by for turn in waiting.turns)
        if others:
            thread = self._turn.question.thread
            await self._store.hold_off(thread, by, lifecycle.HELD_AFTER_STOP)
        return replace(ending, others=others)

    def _log_end(self) -> None:
        log.info("turn ended: %s", self._ending.kind, extra=self._leased.about)

    @property
    def _turn(self) -> Turn:
        return self._leased.turn

    @property
    def _facts(self) -> TurnFacts:
        return facts_of(self._turn, self._default)

    @property
    def _processor(self) -> Processor:
        return self._facts.processor

    @property
    def _ending(self) -> Ending:
        assert self._turn.ending
        return self._turn.ending
