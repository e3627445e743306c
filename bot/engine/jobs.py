"""Errands beside and after the walk of a turn: the ⏳ mark, the receipt, the session.

An errand is an entry of the same stream that gives out the threads, so it outlives every process
and is run by whoever is alive. Each may be run twice without harm.

*Marks* are made at once. *Receipts* change a status that says "researching" once the turn is done.
They are not part of the walk, because Slack allows 50 edits a minute in all: a walk that waited for
its place among them would keep its thread from the next question, and thousands of them would fill
the process. A few clerks take the receipts one after the other, so that no more than that many
places in the line are waited for. *Sessions* are Slack's own sign that we work in a thread: it goes
with the receipt, unless the thread works on its next turn by then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.domain import naming
from bot.domain.thread import MessageTs, ThreadKey, TurnId
from bot.domain.turn import EndingKind
from bot.engine.posting import LONGEST_IN_LINE
from bot.engine.status_updates import disable_refused_sessions
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import EntryId, Job, JobKind, Messenger, RateLimiter, TurnStore, WorkQueue
from bot.slack.messages.status import STATUS, final_status
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)

CONCURRENT_FINAL_STATUSES = 4  # receipts under way at once
LONGEST_PAUSE = 60.0  # seconds between two tries of an errand
CLOSED_PAUSE = 300.0  # seconds between two tries while Slack takes no edits of ours at all
PLACE_PAUSE = 1_800.0  # seconds between two tries where it takes none, or why is not known
MOST_SIGNS = 10  # tries to end a session, some minutes
TRIED_FOR = 24 * 3600.0  # seconds after its turn's end that a receipt is tried


@dataclass(frozen=True, slots=True)
class JobContext:
    """What errands are run with.

    Attributes:
        clock: tells seconds since 1970.
        first_pause: seconds before an errand is tried a second time.
    """

    store: TurnStore
    messenger: Messenger
    rate_limiter: RateLimiter
    work_queue: WorkQueue
    default_processor: str
    clock: Callable[[], float]
    first_pause: float


class JobRunner:
    """Runs the errands that this replica was given."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        #: How often each errand was tried; an errand that is not here is not ours.
        self._tries: dict[EntryId, int] = {}
        self._marking: set[asyncio.Task[None]] = set()
        self._receipts: asyncio.Queue[Job] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._stopped = False

    def __contains__(self, token: object) -> bool:
        return token in self._tries

    def begin(self, job: Job) -> None:
        """Run an errand, or put it in line."""
        if self._stopped:
            return
        self._tries.setdefault(job.entry, 0)
        match job.kind:
            case JobKind.QUEUED_REACTION:
                marking = asyncio.create_task(self._run(job))
                self._marking.add(marking)
                marking.add_done_callback(self._marking.discard)
            case JobKind.FINAL_STATUS | JobKind.AGENT_SESSION:
                self._receipts.put_nowait(job)
                if len(self._workers) < CONCURRENT_FINAL_STATUSES:
                    self._workers.append(asyncio.create_task(self._run_queued()))

    def stop(self) -> Sequence[asyncio.Task[None]]:
        """Interrupt what is under way, and return its tasks. Others will run these errands."""
        self._stopped = True
        tasks = [*self._marking, *self._workers]
        for task in tasks:
            task.cancel()
        return tasks

    async def _run_queued(self) -> None:
        while True:
            await self._run(await self._receipts.get())

    async def _run(self, job: Job) -> None:
        """Try an errand once; it comes again when it could not be run now."""
        about = {"about": job.about}
        try:
            match job.kind:
                case JobKind.QUEUED_REACTION:
                    await self._add_queued_reaction(TurnId(job.about))
                case JobKind.FINAL_STATUS:
                    await self._update_final_status(TurnId(job.about))
                case JobKind.AGENT_SESSION:
                    await self._end_session(ThreadKey.parse(job.about))
        except Refused as refused:
            log.warning("no %s: %s", _NAMES[job.kind], refused, extra=about)
        except (Unavailable, AnswerLost) as error:
            sign = job.kind is JobKind.AGENT_SESSION
            if not (sign and self._tries[job.entry] >= MOST_SIGNS):  # it is over in an hour
                return self._retry_later(job, getattr(error, "retry_after", None))
            log.warning("a session was not ended: %s", error, extra=about)
        except Exception:
            log.exception("unexpected", extra=about)
            return self._retry_later(job, LONGEST_PAUSE)
        try:
            await self._context.work_queue.acknowledge(job)
        except Unavailable:
            return self._retry_later(job, None)
        self._tries.pop(job.entry, None)
        return None

    def _retry_later(self, job: Job, seconds: float | None) -> None:
        tries = self._tries.get(job.entry, 0)
        self._tries[job.entry] = tries + 1
        pause = pause_after(tries, self._context.first_pause, seconds)
        asyncio.get_running_loop().call_later(pause, self.begin, job)

    async def _add_queued_reaction(self, name: TurnId) -> None:
        """Mark a message as waiting; take the mark away if its turn came in the meantime."""
        store, messenger = self._context.store, self._context.messenger
        channel, message = naming.message_of(name)
        waiting = await store.is_queued(name)
        if waiting:
            await messenger.add_queued_reaction(channel, message)
            waiting = await store.is_queued(name)
        if not waiting:  # an earlier try, whose answer was lost, may have marked it, too
            await messenger.remove_queued_reaction(channel, message)

    async def _update_final_status(self, name: TurnId) -> None:
        """Change the status of a turn that is done, and have the session say so, too."""
        context = self._context
        turn = await context.store.turn(name)
        if turn is None or turn.ending is None or not (status := turn.posts.get(STATUS)):
            return None
        if context.clock() > turn.ending.at + TRIED_FOR:
            log.error("a status was never changed", extra={"turn": turn.id})
            return None
        thread, words = (
            turn.question.thread,
            final_status(facts_of(turn, context.default_processor)),
        )
        await self._wait_for_reservation(context.rate_limiter.reserve_edit())
        try:
            if turn.ending.kind is EndingKind.WITHDRAWN and turn.run is None:
                if await self._deleted(thread, status):  # nothing is left to tell
                    return await self._end_session_or_retry(thread)
                await self._wait_for_reservation(context.rate_limiter.reserve_edit())
            await context.messenger.update(thread, status, words)
        except Refused as refused:
            if pause := _may_pass(refused):
                raise Unavailable(str(refused), pause) from refused
            log.warning("a status was not changed: %s", refused, extra={"turn": turn.id})
        return await self._end_session_or_retry(thread)

    async def _deleted(self, thread: ThreadKey, status: MessageTs) -> bool:
        """Delete a status; False where Slack does not let us, so that it must say how it ended."""
        try:
            await self._context.messenger.delete(thread, status)
        except Refused as refused:
            log.warning(
                "a status was not deleted: %s", refused, extra={"slack_thread": str(thread)}
            )
            return False
        return True

    async def _end_session_or_retry(self, thread: ThreadKey) -> None:
        """Have Slack's sign say what is so; when that fails, an errand of its own sees to it."""
        try:
            await self._end_session(thread)
        except (Unavailable, AnswerLost) as error:
            log.info("a session is not ended yet: %s", error, extra={"slack_thread": str(thread)})
            await self._context.work_queue.session_stopped(thread)

    async def _end_session(self, thread: ThreadKey) -> None:
        """Have Slack's sign say what is so."""
        context = self._context
        try:
            place = await context.rate_limiter.reserve_session_end(thread)
            if place is None:
                return
            await asyncio.sleep(min(place, LONGEST_IN_LINE))
            await context.messenger.set_session_status(thread, working=False)
            if await context.store.is_busy(thread):
                await context.messenger.set_session_status(thread, working=True)
        except Refused as refused:
            if refused.cause is not Cause.PLACE:
                await disable_refused_sessions(context.rate_limiter, refused)

    async def _wait_for_reservation(self, place: Awaitable[float]) -> None:
        try:
            seconds = await place
        except Unavailable as error:
            log.warning("called without a place in line: %s", error)
        else:
            await asyncio.sleep(min(seconds, LONGEST_IN_LINE))


def pause_after(tries: int, first: float, asked: float | None = None) -> float:
    """Seconds until an errand is tried again: twice as long each time, no shorter than asked."""
    # After a day of tries, two to their power is no float any more.
    doubled = first * (1 << min(tries, 10))
    return max(asked or 0.0, min(doubled, LONGEST_PAUSE))


def _may_pass(refused: Refused) -> float | None:
    """Seconds until what Slack refused may be taken: a token is put right; None for never."""
    if refused.cause in (Cause.TOKEN, Cause.SCOPE):
        return CLOSED_PAUSE
    return PLACE_PAUSE if refused.cause is Cause.PLACE or not refused.sure else None


_NAMES = {
    JobKind.QUEUED_REACTION: "⏳ mark",
    JobKind.FINAL_STATUS: "receipt",
    JobKind.AGENT_SESSION: "end of a session",
}
