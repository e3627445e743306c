"""Posts each message of a turn once, in the best variant that Slack accepts.

Posting is not idempotent, so it has two halves: the intent is saved before the call, the message's
ts after it. An execution that finds an intent without its outcome searches Slack for the message,
by the tag in its metadata (for a file: by its id), before it posts. A connection that broke does
not stop a post that is on its way, so when nothing is found it searches once more, some seconds
after the answer was lost. A variant that Slack refuses gives way to the next simpler one; so does
one that Slack answers with a server error again and again.

Each call first waits for the rate limiter, which all replicas share. A message that Slack streams
(`streamed_message`) carries no tag before its stream is stopped: it is found as ours without one.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from bot.domain import lifecycle
from bot.domain.thread import MessageTs
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.engine.pacing import wait_for_post, wait_for_reservation
from bot.engine.variants import built_variant, has_fallback
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Message, Tag, Upload
from bot.slack.limits import EDITED_TEXT
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.status import STATUS
from bot.slack.wording import cut_mrkdwn

log = logging.getLogger(__name__)

LONGEST_POST = 30.0  # seconds after which the client gives a call to Slack up
MOST_SERVER_ERRORS = 4  # from Slack for one variant, after which the next one is tried
UPLOAD_FOR = 3600.0  # seconds after the end of a run for which an upload is tried


class Poster:
    """Posts the messages of one turn. Raises Refused when Slack accepts no variant at all.

    Attributes:
        thread: where; a shared answer is posted elsewhere (`Question.place`).
    """

    def __init__(self, context: EngineContext, leased: LeasedTurn) -> None:
        self._leased = leased
        self._messenger = context.messenger
        self._rate_limiter = context.rate_limiter
        self._clock = context.clock
        self._post_lag = context.timing.post_lag
        self.thread = leased.turn.question.thread

    async def post(self, part: MessagePart, *, saves: bool = True) -> None:
        """Post a part, unless it is posted already.

        `saves` tells whether to write the outcome. Otherwise the next save does; should the bot
        die before it, the message is searched for.
        """
        await self.reconcile(part.name)
        await self._fall_back(part)
        for number in range(part.count):
            if self._outcome(part.name):
                return
            if number >= self._leased.turn.variants.get(part.name, 0):
                await self._post_variant(part, number, saves=saves)

    async def reconcile(self, name: str) -> None:
        """Find out whether the message called `name` was posted, if the answer to that was lost."""
        turn = self._leased.turn
        if name not in turn.posts or self._outcome(name):
            return
        now = self._clock()  # before the search: what it misses must have been old enough by then
        left = (now if turn.posting_until is None else turn.posting_until) + self._post_lag - now
        try:
            await self._search(name)
            if left > 0 and not self._outcome(name):
                # The call has been given up, so `post_lag` is always long enough.
                await self._leased.sleep(min(left, self._post_lag))
                await self._search(name)
        except Refused as refused:
            # A second status does less harm than none; nothing else may be posted twice.
            if name != STATUS or refused.cause is not Cause.SCOPE:
                raise
            log.warning("status not searched for: %s", refused)

    async def stream(self, name: str, markdown: str) -> None:
        """Post the message called `name` as one that Slack streams, beginning with this Markdown.

        Raises:
            Refused: it was not posted.
            Unavailable: it was not posted; or that is not known, and it will be searched for.
        """
        leased, variant = self._leased, self._leased.turn.variants.get(name, 0)
        leased.stage(replace(leased.turn, streams=name))
        await self._record_intent(name)
        try:
            ts = await self._messenger.start_stream(self.thread, markdown)
        except AnswerLost as lost:
            now = self._clock()
            await leased.save(lifecycle.answer_lost(leased.turn, name, now, server_error=False))
            raise Unavailable(str(lost)) from lost
        except (Refused, Unavailable):
            await leased.save(lifecycle.not_posted(leased.turn, name, variant))
            raise
        await leased.save(lifecycle.posted(leased.turn, name, ts))

    async def replace(self, part: MessagePart, *, reserved: bool = False) -> None:
        """Edit the message called `part.name` to say what the part says; post it if there is none.

        Args:
            part: an edit uses its best variant. Where Slack refuses that, or the message is gone,
                the part is posted instead.
            reserved: the edit has its reservation already.
        """
        name, leased = part.name, self._leased
        await self.reconcile(name)
        ts = self._outcome(name)
        if ts is None:
            return await self.post(part)
        if not reserved:
            await wait_for_reservation(self._rate_limiter.reserve_edit(), leased.sleep)
        await leased.save()  # raises if the lease was lost: the edit would undo the next owner's
        best = part.edited or replace(part.best, text=cut_mrkdwn(part.best.text, EDITED_TEXT))
        following = leased.turn.variants.get(name, 0)
        try:
            if leased.turn.streams == name:
                tag = Tag(leased.turn.id, name)
                await self._repeat(name, lambda: self._messenger.stop_stream(self.thread, ts, tag))
                leased.stage(lifecycle.unstreamed(leased.turn, name))
            await self._repeat(name, lambda: self._messenger.update(self.thread, ts, best))
        except Refused as refused:
            if refused.cause not in (Cause.CONTENT, Cause.GONE):
                raise
            log.warning("message not edited: %s", refused)
            # A message that may not be edited must not stay beside the one that counts.
            with suppress(Refused):
                await self._repeat(name, lambda: self._messenger.delete(self.thread, ts))
            if refused.cause is Cause.CONTENT and refused.sure:
                following = min(part.ready.index(part.best) + 1, part.count - 1)
            await leased.save(lifecycle.not_posted(leased.turn, name, following))
            await self.post(part)

    async def _repeat(self, name: str, call: Callable[[], Awaitable[None]]) -> None:
        """Make a call about a posted message that does no harm when it is made again.

        Raises:
            Unavailable: also where its answer was lost.
            Refused: also after too many server errors, which may be about this message.
        """
        leased = self._leased
        try:
            await leased.retry_short_limits(call)
        except AnswerLost as lost:
            now, is_theirs = self._clock(), lost.server_error
            await leased.save(lifecycle.answer_lost(leased.turn, name, now, server_error=is_theirs))
            if is_theirs and self._is_stuck(name):
                raise Refused(Cause.CONTENT, str(lost), sure=False) from lost
            raise Unavailable(str(lost), lost.retry_after) from lost

    async def change(self, name: str, message: Message) -> bool:
        """Edit the message called `name` if the rate limiter can spare an edit.

        Returns:
            Whether nothing is left to do; so also for a message that does not exist or that Slack
            does not let us edit.
        """
        ts = self._outcome(name)
        if not ts:
            return True
        try:
            if not await self._rate_limiter.try_edit(self._leased.claim):
                return False
            await self._messenger.update(self.thread, ts, message)
        except (Unavailable, AnswerLost) as error:  # repeating an edit does no harm
            log.info("message not edited yet: %s", error)
            return False
        except Refused as refused:
            log.warning("message not edited: %s", refused)
        return True

    async def _fall_back(self, part: MessagePart) -> None:
        """Go on to the next variant, if there is one, after too many server errors."""
        name, turn = part.name, self._leased.turn
        following = turn.variants.get(name, 0) + 1
        if not self._outcome(name) and self._is_stuck(name) and following < part.count:
            log.warning("message variant given up after server errors of Slack")
            await self._leased.save(lifecycle.not_posted(turn, name, following))

    def _is_stuck(self, name: str) -> bool:
        return self._leased.turn.server_errors.get(name, 0) >= MOST_SERVER_ERRORS

    def _outcome(self, name: str) -> MessageTs | None:
        return self._leased.turn.posts.get(name)

    async def _post_variant(self, part: MessagePart, number: int, *, saves: bool) -> None:
        name, leased, variant = part.name, self._leased, await built_variant(part, number)
        try:
            if isinstance(variant, Upload):
                ts = await self._share(name, variant)
            else:
                ts = await self._post_message(name, variant)
        except Refused as refused:
            if number + 1 == part.count or not has_fallback(variant, refused):
                raise
            log.warning("message variant refused: %s", refused.message)
            await leased.save(lifecycle.not_posted(leased.turn, name, number + 1))
        except AnswerLost as lost:  # the next execution searches for it
            now = self._clock()
            turn = lifecycle.answer_lost(leased.turn, name, now, server_error=lost.server_error)
            await leased.save(turn)
            if lost.server_error and self._is_stuck(name) and number + 1 == part.count:
                raise Refused(Cause.CONTENT, str(lost), sure=False) from lost
            raise Unavailable(str(lost)) from lost
        else:
            leased.stage(lifecycle.posted(leased.turn, name, ts))
            if saves:
                await leased.save()

    async def _post_message(self, name: str, message: Message) -> MessageTs:
        turn = self._leased.turn
        about = (self.thread.channel, turn.question.asker, f"{turn.id} {name}")
        await wait_for_post(lambda: self._rate_limiter.reserve_post(*about), self._leased.sleep)
        # An ordinary post is tagged, also in place of a stream that never began.
        self._leased.stage(lifecycle.unstreamed(self._leased.turn, name))

        async def call() -> MessageTs:
            await self._record_intent(name)
            return await self._messenger.post(self.thread, message, Tag(turn.id, name))

        return await self._leased.retry_short_limits(call)

    async def _share(self, name: str, upload: Upload) -> MessageTs:
        """Share a file. Its id, known before it is visible, is what a search finds it by."""
        leased, key = self._leased, lifecycle.file_of(name)
        file = leased.turn.posts.get(key)
        if not file:
            file = MessageTs(await self._upload(upload))
            leased.stage(lifecycle.posted(leased.turn, key, file))
        shared: MessageTs = file

        async def call() -> None:
            await self._record_intent(name)
            await self._messenger.share_file(self.thread, shared, upload)

        await leased.retry_short_limits(call)
        return shared

    async def _upload(self, upload: Upload) -> str:
        """Upload a file to Slack. Raises Refused when that has failed for too long."""
        try:
            return await self._leased.retry_short_limits(lambda: self._messenger.upload(upload))
        except Unavailable as error:
            ending = self._leased.turn.ending
            if ending and self._clock() > ending.at + UPLOAD_FOR:
                raise Refused(Cause.CONTENT, f"no file can be uploaded: {error}") from error
            raise

    async def _record_intent(self, name: str) -> None:
        """Save that the next call posts; nothing may come between.

        Also where that is saved already: a process that was suspended while it searched for the
        message must not post what another owner has posted since, and this save raises then.
        """
        until = self._clock() + LONGEST_POST
        await self._leased.save(lifecycle.about_to_post(self._leased.turn, name, until))

    async def _search(self, name: str) -> None:
        """Search Slack for the message, and save its ts if it is there."""
        leased, question = self._leased, self._leased.turn.question
        since = (question.at if question.to else None) or question.message
        file = leased.turn.posts.get(lifecycle.file_of(name))
        if file:
            shared: MessageTs = file
            is_shared = await leased.retry_short_limits(
                lambda: self._messenger.is_shared(self.thread, shared, since)
            )
            found = file if is_shared else None
        elif leased.turn.streams == name:
            found = await leased.retry_short_limits(
                lambda: self._messenger.find_stream(self.thread, since)
            )
        else:
            tag = Tag(leased.turn.id, name)
            found = await leased.retry_short_limits(
                lambda: self._messenger.find_posted(self.thread, tag, since)
            )
        if found:
            await leased.save(lifecycle.posted(leased.turn, name, found))
