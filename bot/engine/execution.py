"""Walks one turn forward, from wherever it stands to its end.

`Walk.advance` is one straight line; each paragraph is skipped when its effect is already written
down. So the first owner, the owner after a crash and the one after a deploy run the same code:
there is no recovery code.

Creating the run, which costs money: see `run_creation`. A quick answer instead of a run: see
`quick_answer`. Posting: see `posting`.

What may be raised: `LeaseLost` (another owner has the thread: stop), `Unavailable` (give the thread
back and come again), `HandOver` (the bot is stopping, at a place where that does no harm).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace

from bot.domain import derived, lifecycle, prompt
from bot.domain.choosing import in_force, with_sources
from bot.domain.model import (
    Answer,
    Choices,
    Ending,
    EndingKind,
    Run,
    RunStatus,
    Start,
    State,
    Thread,
    Turn,
    UserId,
)
from bot.domain.processors import Processor, is_chat
from bot.engine.context import Tools
from bot.engine.delivery import OUTAGE_FOR, UNKNOWN_FOR, Delivery
from bot.engine.leased_turn import Page, nobody
from bot.engine.posting import Posting
from bot.engine.queued_reaction import QueuedMark
from bot.engine.quick_answer import QuickAnswer
from bot.engine.run_completion import wait_for_end
from bot.engine.run_creation import Starting
from bot.engine.status_updates import Showing
from bot.engine.streamed_message import StreamedMessage
from bot.errors import AnswerLost, Cause, HeldOff, Refused, Unavailable
from bot.ports import Waiting
from bot.slack.messages import answer as messages
from bot.slack.messages import quick_answer
from bot.slack.messages.answer import STATUS, Telling
from bot.slack.messages.notices import going_on
from bot.slack.messages.progress import working
from bot.slack.text.links import permalink

log = logging.getLogger(__name__)

UNDELIVERED_FOR = 24 * 3600.0  # seconds that an answer is kept for a channel closed to us
FIRST_KNOCK, KNOCK_EVERY = 5.0, 300.0  # seconds between tries to deliver it: ever longer ones
INVITED_WITHIN = 120.0  # seconds: a mention may be heard of before the invitation that follows it


class Walk:
    """One owner's walk with one turn."""

    def __init__(self, tools: Tools, page: Page, thread: Thread) -> None:
        self._record = tools.record
        self._conversation = tools.conversation
        self._research = tools.research
        self._chat = tools.chat
        self._groups = tools.groups
        self._budget = tools.budget
        self._rhythm = tools.rhythm
        self._default = tools.default_processor
        self._workspace = tools.workspace
        self._now = tools.clock
        self._settled = tools.settled
        self._page = page
        self._thread = thread
        self._posting = Posting(
            page,
            tools.conversation,
            tools.budget,
            clock=tools.clock,
            late=tools.rhythm.late_post,
        )
        self._showing = Showing(
            page,
            tools.conversation,
            tools.budget,
            tools.rhythm,
            words=lambda heard, waiting: working(self._telling, heard, self._now(), waiting),
            waiting=self._waiting,
            clock=tools.clock,
            crowd=tools.crowd,
        )
        self._delivery = Delivery(
            page,
            self._posting,
            tools.research,
            thread,
            tools.default_processor,
            tools.broadcast,
            tools.clock,
            tools.workspace,
        )
        self._crowd = tools.crowd
        self._mark = QueuedMark(page, tools.conversation)

    async def advance(self) -> bool:
        """Walk the turn to its end. Returns whether another turn of the mailbox is waiting."""
        interrupted = self._turn.state is State.STARTING
        try:
            if self._turn.state is State.QUEUED:
                await self._prepare()
                await self._say_what_was_asked()
            if is_chat(self._turn.processor):
                await self._answer_quickly()
            if self._turn.state is State.QUEUED:
                await self._posting.post(messages.status(self._telling))
                await self._heed()
            if is_chat(self._turn.processor):  # the question was edited to that meanwhile
                await self._answer_quickly()
            if self._turn.state in (State.QUEUED, State.STARTING):
                await self._start(interrupted=interrupted)
            if self._turn.state is State.RUNNING:
                await self._wait()
            if self._turn.state is State.ENDED:
                await self._posting.recall(STATUS)
                await self._page.hear()  # the last that want to be mentioned with the answer
                self._delivery.which = await self._which()
                if is_chat(self._turn.processor):
                    await self._delivery.deliver_quick(await self._look_up())
                else:
                    await self._delivery.deliver()
                await self._mark.remove()
        except Refused as refused:
            self._undeliverable(refused)
        finally:
            await self._showing.over()
            await self._mark.leave()
        now = self._delivery.thread
        now = replace(now, group=self._turn.group or now.group)
        return await self._finish(now if now != self._thread else None)

    async def give_up(self, error: Exception) -> None:
        """End a turn that met unexpected errors again and again; the person is told so instead."""
        if self._turn.state is not State.ENDED:
            return await self._end(EndingKind.BROKEN, message=type(error).__name__)
        if self._ending.kind is not EndingKind.BROKEN:
            broken = Ending(EndingKind.BROKEN, self._now(), None, type(error).__name__)
            await self._page.save(lifecycle.ended_otherwise(self._turn, broken))
        return None

    async def drop(self) -> bool:
        """Take a turn that cannot even be told of off its mailbox, so that the thread goes on."""
        log.critical("a turn was dropped untold", extra=self._page.about)
        return await self._finish(None)

    # --- before the run -----------------------------------------------------------------

    async def _prepare(self) -> None:
        if STATUS not in self._turn.posts:
            await self._mark.remove()
        await self._heed()
        turn, question = self._turn, self._turn.question
        if turn.state is not State.QUEUED:
            return None
        if turn.waited and STATUS not in turn.posts:
            left = await self._record.held_for(question.thread, question.asker)
            if left > 0:
                raise HeldOff("its person has just stopped another one", left)
        match question.start:
            case Start.FILES | Start.SHARE:
                return await self._end(EndingKind.ANSWERED)
            case Start.HELP:
                return await self._end(EndingKind.HELPED)
            case Start.THANKED:
                await self._acknowledge()
                return await self._end(EndingKind.TOLD)
            case Start.STATUS:
                return await self._end(EndingKind.TOLD, message=await self._going_on())
            case Start.UNKNOWN_PROCESSOR:
                return await self._end(EndingKind.UNKNOWN_PROCESSOR, message=question.processor)
            case Start.QUESTION | Start.LOOK_AGAIN:
                return await self._choose()
            case _:
                return await self._end(EndingKind.TOLD)

    async def _acknowledge(self) -> None:
        """React to thanks: a courtesy, but one that an outage only delays."""
        question = self._turn.question
        try:
            await self._conversation.acknowledge(question.thread.channel, question.message)
        except (Refused, AnswerLost) as error:
            log.info("no reaction: %s", error, extra=self._page.about)

    async def _going_on(self) -> str:
        """Say what goes on in the thread."""
        at_work, waiting = await self._record.queue(self._turn.question.thread)
        return (
            going_on(messages.telling(at_work, self._default), self._now(), waiting)
            if at_work
            else ""
        )

    async def _choose(self) -> None:
        """Fix the processor."""
        turn = self._turn
        if turn.processor is None:
            processor, _ = in_force(turn.question.processor, await self._choices(), self._default)
            self._page.turn = lifecycle.chosen(self._turn, processor.name)
        await self._compare_with_last_topic()
        turn = self._turn
        if not turn.posts and not turn.which and derived.stands_apart(turn):
            self._page.turn = replace(turn, which=self._address())
        is_new = turn.question.start is Start.QUESTION
        if is_new and len(turn.question.text) > prompt.longest_question(self._processor):
            await self._end(EndingKind.TOO_LONG)

    async def _compare_with_last_topic(self) -> None:
        """Note where the latest answer stands, when somebody may think that this question follows.

        A thread is a chain in direct messages, too; a message outside of threads begins another.
        """
        turn, question = self._turn, self._turn.question
        begins = question.direct and question.message == question.thread.ts
        if not begins or question.press or question.base or turn.posts or turn.last_answer:
            return
        found = await self._record.last_answered(turn, lifecycle.SAME_TOPIC)
        if found:
            there = permalink(self._workspace, found, found.ts)
            self._page.turn = replace(turn, last_answer=there)

    async def _say_what_was_asked(self) -> None:
        """Post what was written in a form, before anything else is said of it."""
        turn = self._turn
        is_new = (
            turn.state is State.QUEUED and not {STATUS, quick_answer.GROWING} & turn.posts.keys()
        )
        if not is_new or not derived.is_from_form(turn.question):
            return
        about = "" if turn.question.base else self._address()
        await self._posting.post(messages.question_of(self._telling, about))
        await self._heed()

    async def _heed(self) -> None:
        """Do what people have wished for since they asked, before anything is started."""
        wishes = self._turn.wishes
        if self._turn.state is not State.QUEUED:
            return
        if ending := lifecycle.unwanted(self._turn, self._now()):
            await self._save_end(ending)
        elif (
            wishes.edited
            and self._turn.question.start is Start.QUESTION
            and quick_answer.GROWING
            not in self._turn.posts  # that message answers the earlier text
        ):
            self._page.turn = lifecycle.reworded(self._turn, wishes.edited)
            await self._choose()

    async def _start(self, *, interrupted: bool) -> None:
        if self._turn.question.start is Start.LOOK_AGAIN:
            return await self._page.save(lifecycle.resumed(self._turn, self._now()))
        try:
            ending = await self._starting().start(interrupted=interrupted)
        except Unavailable:
            await self._tell_busy()
            raise
        if ending:
            await self._page.save_outcome(lifecycle.ended(self._turn, ending))
            self._log_end()
        return None

    def _starting(self) -> Starting:
        return Starting(
            self._page,
            lifecycle.before(self._thread, self._turn.question),
            self._conversation,
            self._research,
            self._groups,
            self._now,
            self._settled,
        )

    async def _answer_quickly(self) -> None:
        """Have the turn answered by the Chat API, unless it has ended."""
        if self._turn.state in (State.ENDED, State.DONE):
            return
        message = StreamedMessage(
            self._page,
            self._posting,
            self._conversation,
            self._budget,
            self._rhythm,
            telling=lambda: self._telling,
        )
        answer = QuickAnswer(
            page=self._page,
            message=message,
            chat=self._chat,
            budget=self._budget,
            rhythm=self._rhythm,
            request=lambda: self._starting().request(),
            heed=self._heed,
            clock=self._now,
        )
        await answer.answer(interrupted=self._turn.state is not State.QUEUED)
        self._delivery.reserved = message.reserved

    async def _tell_busy(self) -> None:
        """Have the status say that Parallel is busy, once; it holds nothing up."""
        turn = self._turn
        if turn.busy_since is None or turn.busy_told:
            return
        if await self._posting.change(STATUS, messages.busy(self._telling)):
            await self._page.save(replace(turn, busy_told=True))

    # --- the run ------------------------------------------------------------------------

    async def _wait(self) -> None:
        turn = self._turn
        assert turn.run
        assert turn.started_at
        until = turn.started_at + lifecycle.WAITED_FOR
        slow_from = lifecycle.slow_from(turn, self._processor.longest)
        try:
            # Who wants it stopped need not wait until Parallel can be asked.
            if turn.interaction is None and not turn.wishes.is_unwanted:  # a group does not tell
                run = await self._research.look(turn.run)
                await self._page.save(replace(turn, interaction=run.interaction))
            # The status was written before it was known how the run would come about.
            told = turn.restated or turn.alone or turn.question.files or turn.wishes.edited
            owed = bool(turn.busy_since or told)
            async with self._page.rest():
                usual = slow_from - self._now()
                with self._showing.going_on(owed=owed, usual=usual):
                    end = await self._unless_unwanted(
                        wait_for_end(
                            self._research,
                            turn.run,
                            seconds=until - self._now(),
                            usual=usual,
                            clock=self._now,
                            hear=self._showing.hear,
                            crowd=self._crowd,
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
                return await self._save_end(end)
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
            raise Unavailable(str(refused), KNOCK_EVERY) from refused
        began = self._turn.started_at or self._now()
        if refused.cause is Cause.UNKNOWN_RUN and self._now() < began + UNKNOWN_FOR:
            raise Unavailable(str(refused)) from refused
        await self._refused(refused)

    async def _unless_unwanted(
        self, waiting: Coroutine[None, None, Answer | Run | None]
    ) -> Answer | Run | Ending | None:
        """Wait, but not for what nobody wants any more: then it has ended."""
        loop = asyncio.get_running_loop()

        def poked() -> None:
            self._showing.poke()
            if self._turn.wishes.is_unwanted and not scope.expired():  # nor about to
                scope.reschedule(loop.time())

        try:
            async with asyncio.timeout(None) as scope:
                self._page.poked = poked
                poked()
                return await waiting
        except TimeoutError:
            if not scope.expired():
                raise
            return lifecycle.unwanted(self._turn, self._now())
        finally:
            self._page.poked = nobody

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
            pause = min(max(waited / 2, FIRST_KNOCK), KNOCK_EVERY)
            raise Unavailable(str(refused), pause) from refused
        log.error("could not be delivered: %s", refused, extra=self._page.about)
        if turn.state is not State.ENDED:
            ending = Ending(EndingKind.BROKEN, self._now(), refused.cause, refused.message)
            self._page.turn = lifecycle.ended(turn, ending)

    async def _finish(self, thread: Thread | None) -> bool:
        """Leave the turn. Its status is changed afterwards: see `bot.engine.jobs`."""
        turn = lifecycle.done(self._turn)
        receipt = bool(turn.posts.get(STATUS))
        return await self._record.finish(self._page.hold, turn, thread, receipt=receipt)

    # --- small things -------------------------------------------------------------------

    async def _choices(self) -> Choices:
        question = self._turn.question
        thread = question.thread
        return await self._record.choices(thread.team, thread.channel, question.asker, thread)

    async def _which(self) -> str:
        """Return where the question stands, when its answer will not stand right below it.

        Who asked something else meanwhile did so between the two.
        """
        if self._turn.which or self._turn.question.start.is_aside:
            return self._turn.which
        waiting = await self._record.waiting(self._page.hold)
        return self._address() if waiting.number else ""

    def _address(self) -> str:
        """Return the address of the message that says what is asked; of one for a form, it."""
        thread = self._turn.question.thread
        return permalink(self._workspace, thread, derived.question_message(self._turn))

    async def _look_up(self) -> Processor:
        """Return the processor that would look a quick answer up with sources."""
        return with_sources(self._thread.processor, await self._choices(), self._default)

    async def _waiting(self) -> Waiting:
        """Read what waits behind this turn, and which of it the Chat API is to answer."""
        waiting = await self._record.waiting(self._page.hold)
        for turn in waiting.turns:
            question = turn.wishes.edited or turn.question
            thread = question.thread
            choices = await self._record.choices(
                thread.team, thread.channel, question.asker, thread
            )
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
        await self._save_end(Ending(kind, self._now(), cause, message, ref_id))

    async def _save_end(self, ending: Ending) -> None:
        if ending.kind is EndingKind.STOPPED and ending.message:
            ending = await self._with_others(ending, UserId(ending.message))
        await self._page.save(lifecycle.ended(self._turn, ending))
        self._log_end()

    async def _with_others(self, ending: Ending, by: UserId) -> Ending:
        """Hold the other questions of who stopped one, so that they can be stopped, too."""
        if by != self._turn.question.asker:  # perhaps so that their own come sooner
            return ending
        waiting = await self._record.waiting(self._page.hold)
        others = sum(turn.question.asker == by for turn in waiting.turns)
        if others:
            thread = self._turn.question.thread
            await self._record.hold_off(thread, by, lifecycle.HELD_AFTER_STOP)
        return replace(ending, others=others)

    def _log_end(self) -> None:
        log.info("turn ended: %s", self._ending.kind, extra=self._page.about)

    @property
    def _turn(self) -> Turn:
        return self._page.turn

    @property
    def _telling(self) -> Telling:
        return messages.telling(self._turn, self._default)

    @property
    def _processor(self) -> Processor:
        return self._telling.processor

    @property
    def _ending(self) -> Ending:
        assert self._turn.ending
        return self._turn.ending
