"""Shows a quick answer while it comes: one message that grows.

Where Slack's own streaming is taken (direct messages), the message is a stream that is appended to;
elsewhere it is an ordinary one that is edited now and then. Either needs one edit in the end, for
the footer and the text as it is to stay. So nothing is shown early unless the place of that edit,
among Slack's 50 a minute, is taken beforehand: with none to be had, the answer is posted once it is
whole. What is shown was written down before (`Turn.draft`), so whoever takes over can finish the
message.

Showing is a courtesy. What goes wrong with it ends the showing, not the answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace

from bot.beside import beside
from bot.domain.thread import MessageTs
from bot.domain.turn import Turn
from bot.engine.context import UpdateTiming
from bot.engine.leased_turn import LeasedTurn
from bot.engine.posting import Poster
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Messenger, RateLimiter
from bot.slack.limits import PART_TEXT
from bot.slack.messages import quick_answer
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.quick_answer import QUICK_ANSWER
from bot.slack.messages.turn_facts import TurnFacts

log = logging.getLogger(__name__)

REMEMBERED = 24 * 3600.0  # seconds that we remember that Slack streams no messages here


class StreamedMessage:
    """The message of one quick answer, while it comes.

    Attributes:
        reserved: the place of its last edit is taken.
        is_over: no more will be shown before the end.
    """

    def __init__(
        self,
        leased: LeasedTurn,
        poster: Poster,
        messenger: Messenger,
        rate_limiter: RateLimiter,
        timing: UpdateTiming,
        *,
        facts: Callable[[], TurnFacts],
    ) -> None:
        """Prepare; nothing is shown yet. `facts`: what there is to tell of the turn now."""
        self.reserved = False
        self._leased = leased
        self._poster = poster
        self._messenger = messenger
        self._rate_limiter = rate_limiter
        self._timing = timing
        self._facts = facts
        self._loop = asyncio.get_running_loop()
        self._sent = ""
        self._next = 0.0
        self._edits_from = 0.0
        self._late_until = 0.0
        self.is_over = False

    @property
    def wait(self) -> float:
        """Seconds until it may show more."""
        return max(0.0, self._next - self._loop.time())

    @property
    def is_shown(self) -> bool:
        """Whether there is a message, or may be one."""
        return QUICK_ANSWER in self._turn.posts

    async def think(self) -> None:
        """Say that nothing has come yet, where nothing is said."""
        if not self.is_shown and await self._may_begin():
            await self._courtesy(self._poster.post(quick_answer.thinking_message(self._facts())))

    async def grow(self, text: str) -> None:
        """Show what has come so far, if it may be shown now."""
        if self.is_over or self.wait:
            return
        self.is_over = len(text) > PART_TEXT  # the message is full with this
        self._next = self._loop.time() + self._timing.min_interval
        if not self.is_shown:
            if await self._may_begin():
                await self._courtesy(self._begin(text))
        elif self._turn.streams:
            await self._courtesy(self._append(text))
        else:
            await self._courtesy(self._edit(text))

    async def settle(self) -> None:
        """Wait until no edit of the message is under way whose answer was lost."""
        await asyncio.sleep(max(0.0, self._late_until - self._loop.time()))

    # --- how it is shown ----------------------------------------------------------------

    async def _may_begin(self) -> bool:
        if not self.reserved:
            with suppress(Unavailable):
                self.reserved = await self._rate_limiter.try_edit(self._leased.claim)
            self.is_over = self.is_over or not self.reserved
        return self.reserved

    async def _begin(self, text: str) -> None:
        if self._turn.question.direct:
            first = await self._stream_text(text)
            self._edits_from = (
                self._edits_from or self._loop.time() + self._timing.append_interval / 2
            )
            if not first and self._loop.time() < self._edits_from:
                self._next = 0.0  # with the next word, perhaps
                return
            may_stream = first and await self._rate_limiter.try_stream(self._leased.claim)
            if may_stream and await self._stream(text, first):
                return
        self._draft(text)
        await self._poster.post(await self._built(text))
        self._next = (
            self._loop.time() + self._timing.append_interval
        )  # that was a post, and no edit yet

    async def _stream(self, text: str, first: str) -> bool:
        """Begin a message that Slack streams; False where Slack does not."""
        self._draft(text)
        try:
            await self._poster.stream(QUICK_ANSWER, first)
        except Refused as refused:
            log.warning("streams are not taken: %s", refused, extra=self._leased.about)
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
        except AnswerLost:  # it may still be carried out, after the last edit
            self._late_until = self._loop.time() + self._timing.edit_lag
            raise

    async def _built(self, text: str) -> MessagePart:
        return await beside(len(text), quick_answer.growing_message, self._facts(), text)

    async def _stream_text(self, text: str) -> str:
        return await beside(len(text), quick_answer.stream_text, text, self._sent)

    # --- pieces -------------------------------------------------------------------------

    def _draft(self, text: str) -> None:
        """Have the next save write down what is about to be shown."""
        self._leased.turn = replace(self._turn, draft=text)

    async def _save(self, text: str) -> None:
        await self._leased.save(replace(self._turn, draft=text))

    async def _courtesy(self, showing: Coroutine[None, None, None]) -> None:
        try:
            await showing
        except Unavailable as error:
            log.info("a quick answer is not shown as it comes: %s", error, extra=self._leased.about)
            if error.retry_after:
                with suppress(Unavailable):
                    await self._rate_limiter.pause_optional_edits(error.retry_after)
            self.is_over = self.is_over or self._turn.posts.get(QUICK_ANSWER) is None
        except (AnswerLost, Refused) as error:
            log.info("a quick answer is not shown as it comes: %s", error, extra=self._leased.about)
            self.is_over = True

    @property
    def _turn(self) -> Turn:
        return self._leased.turn
