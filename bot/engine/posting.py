"""Posts each message of a turn once, in the best form that Slack takes.

Posting is not idempotent, so it has two halves: the intent is saved before Slack is asked, the
message's ts after. A walk that finds an intent without its outcome looks for the message in Slack,
by the tag in its metadata (a file: by its id), before it posts. A connection that broke does not
stop a post that is on its way in, so who finds nothing looks once more, some seconds after the
answer was lost. A form that Slack refuses gives way to the next simpler one; so does one that Slack
stumbles over again and again, which is no outage: there the looks would not get through.

Before each call it takes its place in the line of all replicas, so that Slack need not ask them to
slow down.

A message that Slack streams (`streamed_message`) is posted like any other, but carries no tag
before it is stopped: it is found as the one of ours that has none.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from bot.beside import beside
from bot.domain import lifecycle
from bot.domain.thread import MessageTs
from bot.engine.leased_turn import LeasedTurn
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Message, Messenger, RateLimiter, Tag, Upload
from bot.slack.limits import EDITED_TEXT
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.status import STATUS
from bot.slack.wording import cut

log = logging.getLogger(__name__)

LONGEST_POST = 30.0  # seconds; a call to Slack is given up then
MOST_STUMBLES = 4  # times that a form is tried which Slack answers with trouble of its own
UPLOAD_FOR = 3600.0  # seconds after its run's end that a file may be impossible to upload
LONGEST_IN_LINE = 130.0  # seconds, also should Redis's clock jump; then Slack itself may say more


class Poster:
    """Says things in the thread of one turn. Raises Refused when Slack takes no form at all.

    Attributes:
        thread: where; an answer that is shared is said elsewhere (`Question.place`).
    """

    def __init__(
        self,
        leased: LeasedTurn,
        messenger: Messenger,
        rate_limiter: RateLimiter,
        *,
        clock: Callable[[], float],
        late: float,
    ) -> None:
        """Prepare.

        Args:
            leased: the turn that is told of.
            messenger: where it is told.
            rate_limiter: is asked before each call.
            clock: seconds since 1970.
            late: seconds that a post may still be carried out after its answer was lost.
        """
        self._leased = leased
        self._messenger = messenger
        self._rate_limiter = rate_limiter
        self._clock = clock
        self._late = late
        self.thread = leased.turn.question.thread

    async def post(self, part: MessagePart) -> None:
        """Post a part, unless it stands there already."""
        if self._outcome(part.name):
            return
        await self.reconcile(part.name)
        await self._fall_back(part)
        for number in range(part.count):
            if self._outcome(part.name):
                return
            if number >= self._leased.turn.variants.get(part.name, 0):
                await self._post_form(part, number, await _variant(part, number))

    async def reconcile(self, name: str) -> None:
        """Find out whether the message called `name` stands, if the answer to its post was lost."""
        turn = self._leased.turn
        if name not in turn.posts or self._outcome(name):
            return
        now = self._clock()  # before the look: what is not there by then must be old enough
        left = (now if turn.posting_until is None else turn.posting_until) + self._late - now
        try:
            await self._look_for(name)
            if left > 0 and not self._outcome(name):
                # Nobody waits for its answer any more, so this long is always enough.
                await self._leased.sleep(min(left, self._late))
                await self._look_for(name)
        except Refused as refused:
            # A second status does less harm than none; all else must not stand twice.
            if name != STATUS or refused.cause is not Cause.SCOPE:
                raise
            log.warning("a status is not looked for: %s", refused, extra=self._leased.about)

    async def stream(self, name: str, markdown: str) -> None:
        """Post the message called `name` as one that Slack streams, beginning with this Markdown.

        Raises:
            Refused: it was not posted.
            Unavailable: it was not posted; or that is not known, and it will be looked for.
        """
        leased, form = self._leased, self._leased.turn.variants.get(name, 0)
        leased.turn = replace(leased.turn, streams=name)
        await self._record_intent(name)
        try:
            ts = await self._messenger.start_stream(self.thread, markdown)
        except AnswerLost as lost:
            now = self._clock()
            await leased.save(lifecycle.answer_lost(leased.turn, name, now, stumbled=False))
            raise Unavailable(str(lost)) from lost
        except (Refused, Unavailable):
            await leased.save(lifecycle.not_posted(leased.turn, name, form))
            raise
        await leased.save(lifecycle.posted(leased.turn, name, ts))

    async def replace(self, part: MessagePart, *, reserved: bool = False) -> None:
        """Have the message called `part.name` say what the part says; post it where it is not.

        Args:
            part: in its best form when it is an edit. Where Slack refuses that, or the message is
                gone, it is posted anew.
            reserved: the edit has its place in the line already.
        """
        name, leased = part.name, self._leased
        await self.reconcile(name)
        ts = self._outcome(name)
        if ts is None:
            return await self.post(part)
        if leased.turn.streams == name:
            tag = Tag(leased.turn.id, name)
            await leased.retry_short_limits(
                lambda: self._messenger.stop_stream(self.thread, ts, tag)
            )
            leased.turn = lifecycle.unstreamed(leased.turn, name)
        if not reserved:
            await self._wait_for_reservation(self._rate_limiter.reserve_edit())
        await leased.save(
            leased.turn
        )  # who lost the lease meanwhile must not undo the next one's edit
        best = part.edited or replace(part.best, text=cut(part.best.text, EDITED_TEXT))
        following = leased.turn.variants.get(name, 0)
        try:
            await leased.retry_short_limits(lambda: self._messenger.update(self.thread, ts, best))
        except AnswerLost as lost:
            raise Unavailable(str(lost)) from lost
        except Refused as refused:
            if refused.cause not in (Cause.CONTENT, Cause.GONE):
                raise
            log.warning("a message was not changed: %s", refused, extra=leased.about)
            # Also one that may not be edited any more must not stand beside the one that counts.
            with suppress(Refused):
                await leased.retry_short_limits(lambda: self._messenger.delete(self.thread, ts))
            if refused.cause is Cause.CONTENT:
                following = part.ready.index(part.best) + 1
            await leased.save(lifecycle.not_posted(leased.turn, name, following))
            await self.post(part)

    async def change(self, name: str, message: Message) -> bool:
        """Change the message called `name`, if that need not wait. Returns whether it is settled.

        One that is not there to change, or not ours to, is left alone.
        """
        ts = self._outcome(name)
        if not ts:
            return True
        try:
            if not await self._rate_limiter.try_edit(self._leased.claim):
                return False
            await self._messenger.update(self.thread, ts, message)
        except (Unavailable, AnswerLost) as error:  # changing it once more does no harm
            log.info("a message is not changed yet: %s", error, extra=self._leased.about)
            return False
        except Refused as refused:
            log.warning("a message was not changed: %s", refused, extra=self._leased.about)
        return True

    async def _fall_back(self, part: MessagePart) -> None:
        """Go on to the next form, if there is one, of a part that Slack stumbles over."""
        name, turn = part.name, self._leased.turn
        following = turn.variants.get(name, 0) + 1
        if not self._outcome(name) and self._is_stuck(name) and following < part.count:
            log.warning("Slack stumbles over a message: next form", extra=self._leased.about)
            await self._leased.save(lifecycle.not_posted(turn, name, following))

    def _is_stuck(self, name: str) -> bool:
        return self._leased.turn.server_errors.get(name, 0) >= MOST_STUMBLES

    def _outcome(self, name: str) -> MessageTs | None:
        return self._leased.turn.posts.get(name)

    async def _post_form(self, part: MessagePart, number: int, form: Message | Upload) -> None:
        name, leased = part.name, self._leased
        try:
            if isinstance(form, Upload):
                ts = await self._share(name, form)
            else:
                ts = await self._post_message(name, form)
        except Refused as refused:
            if number + 1 == part.count or not _has_fallback(form, refused):
                raise
            log.warning("Slack refused a message: %s", refused.message, extra=leased.about)
            await leased.save(lifecycle.not_posted(leased.turn, name, number + 1))
        except AnswerLost as lost:  # the next walk looks for it
            now = self._clock()
            await leased.save(lifecycle.answer_lost(leased.turn, name, now, stumbled=lost.stumbled))
            if lost.stumbled and self._is_stuck(name) and number + 1 == part.count:
                raise Refused(Cause.CONTENT, str(lost), sure=False) from lost
            raise Unavailable(str(lost)) from lost
        else:
            await leased.save(lifecycle.posted(leased.turn, name, ts))

    async def _post_message(self, name: str, message: Message) -> MessageTs:
        await self._wait_for_reservation(self._rate_limiter.reserve_post(self.thread.channel))
        # It is tagged, also where a stream was to stand that never began.
        self._leased.turn = lifecycle.unstreamed(self._leased.turn, name)
        tag = Tag(self._leased.turn.id, name)

        async def call() -> MessageTs:
            await self._record_intent(name)
            return await self._messenger.post(self.thread, message, tag)

        return await self._leased.retry_short_limits(call)

    async def _share(self, name: str, upload: Upload) -> MessageTs:
        """Share a file. Its id, known before it is visible, is what finds it again."""
        leased, key = self._leased, lifecycle.file_of(name)
        file = leased.turn.posts.get(key)
        if not file:
            file = MessageTs(await self._upload(upload))
            leased.turn = lifecycle.posted(leased.turn, key, file)
        shared: MessageTs = file

        async def call() -> None:
            await self._record_intent(name)
            await self._messenger.share_file(self.thread, shared, upload)

        await leased.retry_short_limits(call)
        return shared

    async def _upload(self, upload: Upload) -> str:
        """Bring a file to Slack. Raises Refused when that has been impossible for too long."""
        try:
            return await self._leased.retry_short_limits(lambda: self._messenger.upload(upload))
        except Unavailable as error:
            ending = self._leased.turn.ending
            if ending and self._clock() > ending.at + UPLOAD_FOR:
                raise Refused(Cause.CONTENT, f"no file can be uploaded: {error}") from error
            raise

    async def _wait_for_reservation(self, place: Awaitable[float]) -> None:
        """Wait for the time of our place; not at all when nobody can tell it."""
        try:
            seconds = await place
        except Unavailable as error:
            log.warning("called without a place in line: %s", error, extra=self._leased.about)
            return
        if seconds > 0:
            await self._leased.sleep(min(seconds, LONGEST_IN_LINE))

    async def _record_intent(self, name: str) -> None:
        """Write down that the next call posts; nothing may come between.

        Also where that is known already: who was frozen while it looked for the message must not
        post what another owner has posted since.
        """
        until = self._clock() + LONGEST_POST
        await self._leased.save(lifecycle.about_to_post(self._leased.turn, name, until))

    async def _look_for(self, name: str) -> None:
        leased, question = self._leased, self._leased.turn.question
        since = (question.at if question.to else None) or question.message
        file = leased.turn.posts.get(lifecycle.file_of(name))
        if file:
            shared: MessageTs = file
            there = await leased.retry_short_limits(
                lambda: self._messenger.is_shared(self.thread, shared, since)
            )
            found = file if there else None
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


async def _variant(part: MessagePart, number: int) -> Message | Upload:
    if number < len(part.ready):
        return part.ready[number]
    assert part.fallback_file
    return await beside(len(part.best.text), part.fallback_file)


def _has_fallback(form: Message | Upload, refused: Refused) -> bool:
    """Whether another form may be taken."""
    match form:
        case Upload():
            causes = {Cause.CONTENT, Cause.SCOPE}
        case Message(broadcast=True):  # some channels are closed, but not their threads
            causes = {Cause.CONTENT, Cause.PLACE}
        case _:
            causes = {Cause.CONTENT}
    return refused.cause in causes
