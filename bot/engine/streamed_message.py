"""Shows a quick answer while it streams in: one message that grows.

Where Slack's own streaming is accepted (direct messages), the message is a stream that is appended
to; elsewhere it is an ordinary one that is edited from time to time. Both need one last edit, for
the footer and the final text. So nothing is shown early unless that edit's reservation, among
Slack's 50 a minute, has been made: without one, the answer is posted once it is complete. What is
shown was saved before (`Turn.draft`), so the next owner can complete the message.

Showing an answer early is optional. A failure ends the showing, not the answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace

from bot.concurrency.offload import offload
from bot.domain.thread import MessageTs
from bot.domain.turn import Turn
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.engine.pacing import pause_optional_edits
from bot.engine.posting import Poster
from bot.errors import AnswerLost, Refused, Unavailable
from bot.slack.limits import PART_TEXT
from bot.slack.messages import quick_answer
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.quick_answer import QUICK_ANSWER
from bot.slack.messages.turn_facts import TurnFacts, facts_of

log = logging.getLogger(__name__)

REMEMBERED = 24 * 3600.0  # seconds for which streams that Slack refuses are not tried again


class StreamedMessage:
    """The message of one quick answer, while the answer streams in.

    Attributes:
        reserved: its last edit has its reservation.
        is_over: no more is shown before the end.
    """

    def __init__(self, context: EngineContext, leased: LeasedTurn, poster: Poster) -> None:
        self.reserved = False
        self.is_over = False
        self._context = context
        self._leased = leased
        self._poster = poster
        self._messenger = context.messenger
        self._rate_limiter = context.rate_limiter
        self._timing = context.timing
        self._loop = asyncio.get_running_loop()
        self._sent = ""
        self._next = 0.0
        self._edits_from = 0.0
        self._edit_lag_until = 0.0

    @property
    def wait(self) -> float:
        """Seconds until it may show more."""
        return max(0.0, self._next - self._loop.time())

    @property
    def is_shown(self) -> bool:
        """Whether there is a message, or may be one: its post may have been carried out."""
        return QUICK_ANSWER in self._turn.posts

    async def think(self) -> None:
        """Post that the model is thinking, where nothing is posted yet."""
        if not self.is_shown and await self._may_begin():
            await self._optionally(self._poster.post(quick_answer.thinking_message(self._facts)))

    async def grow(self, text: str) -> None:
        """Show the text so far, if the rate limiter allows it now."""
        if self.is_over or self.wait:
            return
        self.is_over = len(text) > PART_TEXT  # the message is full with this
        self._next = self._loop.time() + self._timing.min_interval
        if not self.is_shown:
            if await self._may_begin():
                await self._optionally(self._begin(text))
        elif self._turn.streams:
            await self._optionally(self._append(text))
        else:
            await self._optionally(self._edit(text))

    async def settle(self) -> None:
        """Wait until no edit of the message can be in flight whose answer was lost."""
        await asyncio.sleep(max(0.0, self._edit_lag_until - self._loop.time()))

    async def _may_begin(self) -> bool:
        if not self.reserved:
            with suppress(Unavailable):
                self.reserved = await self._rate_limiter.try_edit(self._leased.claim)
            self.is_over = self.is_over or not self.reserved
        return self.reserved

    async def _begin(self, text: str) -> None:
        if self._turn.question.direct:
            first = await self._stream_text(text)
            edits_from = self._loop.time() + self._timing.append_interval / 2
            self._edits_from = self._edits_from or edits_from
            if not first and self._loop.time() < self._edits_from:
                self._next = 0.0  # the next words may be enough to begin a stream
                return
            may_stream = first and await self._rate_limiter.try_stream(self._leased.claim)
            if may_stream and await self._stream(text, first):
                return
        self._stage_draft(text)
        await self._poster.post(await self._built(text))
        self._next = self._loop.time() + self._timing.append_interval  # no edit has been made yet

    async def _stream(self, text: str, first: str) -> bool:
        """Begin a message that Slack streams; False where Slack refuses streams."""
        self._stage_draft(text)
        try:
            await self._poster.stream(QUICK_ANSWER, first)
        except Refused as refused:
            log.warning("stream refused: %s", refused)
            await self._rate_limiter.disable_streams(REMEMBERED)
            return False
        self._sent = first
        self._next = self._loop.time() + self._timing.append_interval
        return True

    async def _append(self, text: str) -> None:
        self._next = self._loop.time() + self._timing.append_interval
        more = await self._stream_text(text)
        ts = self._turn.posts.get(QUICK_ANSWER)
        if not more or not ts or not await self._rate_limiter.try_append(self._leased.claim):
            return
        await self._save(text)
        await self._messenger.append_stream(self._turn.question.thread, ts, more)
        self._sent += more

    async def _edit(self, text: str) -> None:
        ts = self._turn.posts.get(QUICK_ANSWER)
        if not ts or not await self._rate_limiter.try_edit(self._leased.claim):
            return
        await self._save(text)
        part = await self._built(text)
        await self._change(ts, part)

    async def _change(self, ts: MessageTs, part: MessagePart) -> None:
        try:
            await self._messenger.update(self._turn.question.thread, ts, part.best)
        except AnswerLost:  # Slack may still carry it out, even after the last edit
            self._edit_lag_until = self._loop.time() + self._timing.edit_lag
            raise

    async def _built(self, text: str) -> MessagePart:
        return await offload(len(text), quick_answer.growing_message, self._facts, text)

    async def _stream_text(self, text: str) -> str:
        return await offload(len(text), quick_answer.stream_text, text, self._sent)

    def _stage_draft(self, text: str) -> None:
        """Have the next save write what is about to be shown."""
        self._leased.stage(replace(self._turn, draft=text))

    async def _save(self, text: str) -> None:
        await self._leased.save(replace(self._turn, draft=text))

    async def _optionally(self, showing: Coroutine[None, None, None]) -> None:
        try:
            await showing
        except Unavailable as error:
            log.info("partial answer not shown: %s", error)
            await pause_optional_edits(self._rate_limiter, error)
            self.is_over = self.is_over or self._turn.posts.get(QUICK_ANSWER) is None
        except (AnswerLost, Refused) as error:
            log.info("partial answer not shown: %s", error)
            self.is_over = True

    @property
    def _turn(self) -> Turn:
        return self._leased.turn

    @property
    def _facts(self) -> TurnFacts:
        return facts_of(self._turn, self._context.default_processor)
