"""Delivers how a turn ended: the answer with its parts, or what went wrong.

A new message notifies, so it comes first; the status is edited afterwards (`bot.engine.jobs`). The
answer is held by the execution that saw the run end. A later one fetches it from Parallel again,
for as long as Parallel may be out of reach, but not forever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.concurrency.backoff import grown_with
from bot.concurrency.offload import offload
from bot.domain import exchanges, lifecycle
from bot.domain.choosing import lookup_processor
from bot.domain.processors import is_chat
from bot.domain.research import Answer
from bot.domain.thread import Thread
from bot.domain.turn import Ending, EndingKind, State, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.leased_turn import SHORT_WAIT, LeasedTurn
from bot.engine.posting import Poster
from bot.engine.processor_choice import choices_for, question_link
from bot.engine.refusals import deliver_refusal
from bot.engine.spending import with_balance
from bot.errors import Cause, Refused, Unavailable
from bot.slack.citations.sources import size_of, sources
from bot.slack.messages import answer as messages
from bot.slack.messages import long_answer, quick_answer
from bot.slack.messages.failures import failure_message
from bot.slack.messages.parts import MessagePart, with_question_line
from bot.slack.messages.turn_facts import TurnFacts, facts_of
from bot.slack.views.share_form import shared_answer

log = logging.getLogger(__name__)

BROADCAST_AFTER = 600.0  # seconds of a run, after which its answer may also go to the channel
OUTAGE_FOR = 6 * 3600.0  # seconds for which a result that cannot be read is fetched again
UNKNOWN_FOR = 300.0  # seconds for which "no such run" is not final: servers may lag behind
UNDELIVERED_FOR = 24 * 3600.0  # seconds for which an answer is kept for a channel closed to us
LONGEST_RETRY = 300.0  # seconds between two attempts to deliver it
INVITED_WITHIN = 120.0  # seconds: a mention may arrive before the invitation to its channel


class Delivery:
    """Delivers the ending of one turn.

    Attributes:
        thread: as it goes on after the turn.
        answer: of the run; None while it is not known, and when there is none.
        reserved: the last edit of a quick answer has its reservation.
    """

    def __init__(
        self, context: EngineContext, leased: LeasedTurn, poster: Poster, *, thread: Thread
    ) -> None:
        self.thread = thread
        self.answer: Answer | None = None
        self.reserved = False
        self._context = context
        self._leased = leased
        self._poster = poster
        self._last_processor = thread.processor
        self._question_link = ""

    async def deliver(self, queued: int) -> None:
        """Post how the turn ended. Raises what posting raises.

        Args:
            queued: how many questions are queued behind the turn.
        """
        if (
            self._ending.kind is EndingKind.NOT_ALLOWED
            and quick_answer.QUICK_ANSWER not in self._turn.posts
        ):
            return  # only its asker reads why
        if self._leased.claim.mailbox == str(self._turn.question.thread):
            self.thread = exchanges.with_unanswered(self.thread, self._turn)
        # else it was stopped as it waited: what runs meanwhile writes the thread's record
        self._question_link = self._link_if_apart(queued)
        if self._ending.kind in (EndingKind.OVER_BUDGET, EndingKind.NOT_OFFERED):
            await deliver_refusal(self._context, self._poster, self._facts)
        elif is_chat(self._turn.processor) and self._ending.kind is not EndingKind.CONFIRM:
            await self._deliver_quick()
        else:
            await self._deliver_run()

    async def _deliver_run(self) -> None:
        start = self._turn.question.start
        if self._ending.kind is EndingKind.ANSWERED and self.answer is None:
            await self._fetch()
        if start in (TurnKind.THANKED, TurnKind.DECLINED):
            return
        if self.answer is None:
            if start is TurnKind.WELCOME:
                self._poster.thread = self._turn.question.place
            if self._ending.kind is not EndingKind.WITHDRAWN or self._others_wait:
                facts = self._facts
                await self._poster.post(with_question_line(failure_message(facts), facts.turn))
        elif start is TurnKind.FILES:
            await self._post(await self._build(long_answer.report_parts))
            await self._post(await self._build(long_answer.report_messages))
        elif start is TurnKind.SHARE:
            self._poster.thread = self._turn.question.place
            await self._post(await self._build(self._shared))
        else:
            size = size_of(self.answer)
            text = await offload(size, messages.raw_content, self.answer)
            found = await offload(size, sources, self.answer)
            self._leased.stage(replace(self._turn, sources=len(found)))
            self.thread = exchanges.with_exchange(self.thread, self._turn, text)
            parts = await self._build(messages.answer_parts)
            await self._post(messages.broadcast_first(parts) if self._is_broadcast else parts)
            await self._post(await self._build(long_answer.report_messages))

    async def _deliver_quick(self) -> None:
        """Complete the message of a quick answer, or post it."""
        context, turn = self._context, self._turn
        thread = turn.question.thread
        access = await context.gate.access()
        look_up = lookup_processor(
            self._last_processor,
            await choices_for(context, turn),
            context.default_processor,
            access.offered(thread.channel),
        )
        is_shown = quick_answer.QUICK_ANSWER in turn.posts
        if self._ending.kind is EndingKind.WITHDRAWN and not is_shown:
            return
        if self._ending.kind is EndingKind.ANSWERED:
            self.thread = exchanges.with_exchange(self.thread, turn, turn.draft)
        facts = facts_of(await with_balance(context, turn), context.default_processor)
        parts = await offload(len(turn.draft), quick_answer.quick_parts, facts, look_up)
        first, *others = parts
        await self._poster.replace(first, reserved=self.reserved)
        self.reserved = False
        await self._post(others)

    async def retry_or_drop(self, refused: Refused) -> None:
        """Decide what to do when Slack refuses the messages of this turn.

        What is not paid for is dropped soon, and the rest after a day: then the turn has ended. It
        may have waited for hours before, so the time counts from the first refusal on.

        Raises:
            Unavailable: to try again later.
        """
        turn, now = self._turn, self._context.clock()
        closed = refused.cause is Cause.PLACE or (refused.cause is Cause.CONTENT and refused.sure)
        if turn.ending is None and turn.refused_since is None:
            await self._leased.save(replace(turn, refused_since=now))
        waited = now - (turn.ending.at if turn.ending else turn.refused_since or now)
        paid = turn.run or turn.started_at
        if waited < (UNDELIVERED_FOR if paid or not closed else INVITED_WITHIN):
            first = self._context.retry_timing.delivery
            pause = grown_with(waited, first=first, longest=LONGEST_RETRY)
            raise Unavailable(str(refused), pause) from refused
        log.error("turn not delivered: %s", refused)
        if turn.state is not State.ENDED:
            broken = replace(lifecycle.refusal(refused, now), kind=EndingKind.BROKEN, ref_id=None)
            self._leased.stage(lifecycle.ended(turn, broken))

    @property
    def _others_wait(self) -> bool:
        """Whether anybody else than the asker wants to be mentioned with the answer."""
        return any(person != self._turn.question.asker for person in self._turn.signals.pings)

    @property
    def _is_broadcast(self) -> bool:
        turn = self._turn
        took = self._ending.at - (turn.started_at or self._ending.at)
        return self._context.broadcast and not turn.question.direct and took > BROADCAST_AFTER

    def _link_if_apart(self, queued: int) -> str:
        """Return the link to the question where the answer does not follow it directly; else "".

        Another queued question means that it was asked between the two.
        """
        turn = self._turn
        if turn.question_link or turn.question.start.needs_no_run:
            return turn.question_link
        return question_link(self._context, turn) if queued else ""

    async def _build(
        self, build: Callable[[TurnFacts, Answer], list[MessagePart]]
    ) -> list[MessagePart]:
        answer = self.answer
        assert answer
        return await offload(size_of(answer), build, self._facts, answer)

    def _shared(self, facts: TurnFacts, answer: Answer) -> list[MessagePart]:
        return [shared_answer(facts, answer, self._context.workspace)]

    async def _post(self, parts: list[MessagePart]) -> None:
        for part in parts:
            await self._poster.post(part, saves=False)

    async def _fetch(self) -> None:
        """Fetch the answer of a run that an earlier execution saw completed."""
        assert self._turn.run
        now = self._context.clock()
        can_wait = now < self._ending.at + OUTAGE_FOR
        lost = Ending(EndingKind.TOO_LATE, now, message=lifecycle.UNREAD)
        try:
            self.answer = await self._context.task_runs.result(self._turn.run, SHORT_WAIT)
        except Unavailable:
            if can_wait:
                raise
        except Refused as refused:
            waits = OUTAGE_FOR if refused.cause is Cause.KEY else UNKNOWN_FOR
            if now < self._ending.at + waits:
                raise Unavailable(str(refused)) from refused
            lost = lifecycle.refusal(refused, now)
        else:
            if self.answer:
                return
            if can_wait:
                raise Unavailable("the result of a completed run is not ready")
        await self._leased.save(lifecycle.ended_otherwise(self._turn, lost))

    @property
    def _turn(self) -> Turn:
        return self._leased.turn

    @property
    def _ending(self) -> Ending:
        assert self._turn.ending
        return self._turn.ending

    @property
    def _facts(self) -> TurnFacts:
        turn = self._turn
        if not is_chat(turn.processor):  # an edit must not mention people its message did not
            turn = replace(turn, question_link=self._question_link)
        return facts_of(turn, self._context.default_processor)
