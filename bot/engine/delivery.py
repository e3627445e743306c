"""Tells people how a turn ended: the answer with its parts, or what went wrong.

A new message notifies, so it comes first; the status is changed afterwards (`bot.engine.jobs`). The
answer is held by the walk that saw the run's end; a later walk asks Parallel for it again, for as
long as Parallel may be out of reach, not for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.beside import beside
from bot.domain import lifecycle
from bot.domain.processors import Processor, is_chat
from bot.domain.research import Answer
from bot.domain.thread import Thread
from bot.domain.turn import Ending, EndingKind, Turn, TurnKind
from bot.engine.leased_turn import SHORT_WAIT, LeasedTurn
from bot.engine.posting import Poster
from bot.errors import Cause, Refused, Unavailable
from bot.ports import TaskRuns
from bot.slack.citations.sources import size_of, sources
from bot.slack.messages import answer as messages
from bot.slack.messages import long_answer, quick_answer
from bot.slack.messages.failures import failure_message
from bot.slack.messages.parts import MessagePart, with_question_line
from bot.slack.messages.turn_facts import TurnFacts, facts_of
from bot.slack.views.share_form import shared_answer

NEWS_AFTER = 600.0  # seconds a run took from which on the channel may see its answer, too
OUTAGE_FOR = 6 * 3600.0  # seconds that a result which cannot be read is asked for
UNKNOWN_FOR = 300.0  # seconds that "no such run" is not believed: not every server knows at once
KEY_PAUSE = 300.0  # seconds between two tries while Parallel does not take the key


@dataclass(slots=True)
class Delivery:
    """Delivers the end of the turn on `leased`. Raises what posting raises.

    Attributes:
        thread: as it goes on from here.
        answer: None until it is known, and when there is none.
        reserved: the last edit of a quick answer has its place among Slack's edits.
        broadcast: answers that took long stand in the channel, too.
        clock: tells seconds since 1970.
        workspace: its address, such as ``https://example.slack.com/``.
        which: the address of the question, where that does not stand right above; else "".
    """

    leased: LeasedTurn
    poster: Poster
    task_runs: TaskRuns
    thread: Thread
    default_processor: str
    broadcast: bool
    clock: Callable[[], float]
    workspace: str = ""
    answer: Answer | None = None
    reserved: bool = False
    which: str = ""

    async def deliver(self) -> None:
        """Say how it ended."""
        if self._ending.kind is EndingKind.ANSWERED and self.answer is None:
            await self._fetch()
        if self._turn.question.start is TurnKind.THANKED:
            return
        if self.answer is None:
            if self._turn.question.start is TurnKind.WELCOME:
                self.poster.thread = self._turn.question.place
            if self._ending.kind is not EndingKind.WITHDRAWN or self._others_wait:
                facts = self._facts
                await self.poster.post(with_question_line(failure_message(facts), facts.turn))
        elif self._turn.question.start is TurnKind.FILES:
            await self._post(await self._built(long_answer.report_parts))
            await self._post(await self._built(long_answer.report_messages))
        elif self._turn.question.start is TurnKind.SHARE:
            self.poster.thread = self._turn.question.place
            await self._post(await self._built(self._shared))
        else:
            told = messages.raw_content(self.answer)
            self.leased.turn = replace(self._turn, sources=len(sources(self.answer)))
            self.thread = lifecycle.with_exchange(self.thread, self._turn, told)
            parts = await self._built(messages.answer_parts)
            await self._post(messages.broadcast_first(parts) if self._is_news else parts)
            await self._post(await self._built(long_answer.report_messages))

    async def deliver_quick(self, look_up: Processor) -> None:
        """Say how a quick answer ended, in the message that grew, if there is one.

        Args:
            look_up: the processor that would look it up with sources.
        """
        turn = self._turn
        stands = quick_answer.QUICK_ANSWER in turn.posts
        if self._ending.kind is EndingKind.WITHDRAWN and not stands:
            return
        if self._ending.kind is EndingKind.ANSWERED:
            self.thread = lifecycle.with_exchange(self.thread, turn, turn.draft)
        facts = self._facts
        parts = await beside(len(turn.draft), quick_answer.quick_parts, facts, look_up)
        first, *others = parts
        await self.poster.replace(first, reserved=self.reserved)
        self.reserved = False
        await self._post(others)

    @property
    def _others_wait(self) -> bool:
        """Whether somebody else than the asker wanted to be told of the end."""
        return any(person != self._turn.question.asker for person in self._turn.signals.pings)

    @property
    def _is_news(self) -> bool:
        turn = self._turn
        took = self._ending.at - (turn.started_at or self._ending.at)
        return self.broadcast and not turn.question.direct and took > NEWS_AFTER

    async def _built(
        self, build: Callable[[TurnFacts, Answer], list[MessagePart]]
    ) -> list[MessagePart]:
        answer = self.answer
        assert answer
        return await beside(size_of(answer), build, self._facts, answer)

    def _shared(self, facts: TurnFacts, answer: Answer) -> list[MessagePart]:
        return [shared_answer(facts, answer, self.workspace)]

    async def _post(self, parts: list[MessagePart]) -> None:
        for part in parts:
            await self.poster.post(part)

    async def _fetch(self) -> None:
        """Get the answer of a run that an earlier walk saw completed."""
        assert self._turn.run
        patient = self.clock() < self._ending.at + OUTAGE_FOR
        lost = Ending(EndingKind.TOO_LATE, self.clock(), message=lifecycle.UNREAD)
        try:
            self.answer = await self.task_runs.result(self._turn.run, SHORT_WAIT)
        except Unavailable:
            if patient:
                raise
        except Refused as refused:
            is_key = refused.cause is Cause.KEY
            if is_key and patient:
                raise Unavailable(str(refused), KEY_PAUSE) from refused
            if not is_key and self.clock() < self._ending.at + UNKNOWN_FOR:
                raise Unavailable(str(refused)) from refused
            lost = replace(
                lost,
                kind=EndingKind.REFUSED,
                cause=refused.cause,
                message=refused.message,
                ref_id=refused.ref_id,
            )
        else:
            if self.answer:
                return
            if patient:
                raise Unavailable("the result of a completed run is not ready")
        await self.leased.save(lifecycle.ended_otherwise(self._turn, lost))

    @property
    def _turn(self) -> Turn:
        return self.leased.turn

    @property
    def _ending(self) -> Ending:
        assert self._turn.ending
        return self._turn.ending

    @property
    def _facts(self) -> TurnFacts:
        turn = self._turn
        if not is_chat(turn.processor):  # an edit must mention nobody whom its message did not
            turn = replace(turn, which=self.which)
        return facts_of(turn, self.default_processor)
