"""Background jobs beside and after the execution of a turn.

A job is an entry of the stream that also hands out the mailboxes, so it outlives every process and
is run by a replica that is alive. Each may run twice without harm.

- *Confirmation*: of a question whose price is asked about, change the status if it has one, and
  after an hour take the buttons off.
- *Queued reaction*: add ⏳ to a message that waits behind another; run at once.
- *Final status*: edit a status that still says "researching" once its turn is done. This is not
  part of the execution, because Slack allows 50 edits a minute in all: a turn that waited for its
  reservation would keep its thread from the next question, and thousands of them would fill the
  process. A few workers take these jobs in order, so that no more than that many reservations are
  waited for. The agent session of the thread ends with it, or after its next turn.
- *Settlement*: ask now and then whether a run that goes on after its turn has ended, for a day, and
  settle what its turn holds of the budgets.
- *Announcement*: tell a channel that its default was changed, if its listener has not.
- *Forget*: delete the turns of a thread that was forgotten, and tell the thread.
- *Agent session*: end the session alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.concurrency.backoff import Backoff
from bot.domain import naming
from bot.domain.thread import MessageTs, ThreadKey, TurnId
from bot.domain.turn import EndingKind
from bot.engine.agent_session import end_session
from bot.engine.announcing import announce
from bot.engine.confirmation import lapse
from bot.engine.context import EngineContext
from bot.engine.forgetting import forget_thread
from bot.engine.pacing import wait_for_reservation
from bot.engine.settlement import settle_run
from bot.engine.spending import with_balance
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.log import log_context
from bot.ports import DefaultChange, EntryId, Job, JobKind, WorkQueue
from bot.ports.forgetting import Forgotten
from bot.slack.messages.status import STATUS, final_status
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)

CONCURRENT_FINAL_STATUSES = 4
LONGEST_PAUSE = 60.0  # seconds between two attempts of a job
CLOSED_PAUSE = 300.0  # seconds between two attempts while Slack accepts no edits of ours at all
PLACE_PAUSE = 1_800.0  # seconds between two attempts in a closed channel, or for unknown reasons
SESSION_ATTEMPTS = 10  # to end an agent session, over some minutes; Slack clears it after 60
TRIED_FOR = 24 * 3600.0  # seconds after the end of a turn for which its final status is tried


class JobRunner:
    """Runs the jobs that this replica was given."""

    def __init__(self, context: EngineContext, work_queue: WorkQueue) -> None:
        self._context = context
        self._work_queue = work_queue
        #: The jobs that are ours, with the delays between their attempts.
        self._backoffs: dict[EntryId, Backoff] = {}
        self._reactions: set[asyncio.Task[None]] = set()
        self._final_statuses: asyncio.Queue[Job] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._is_stopped = False

    def __contains__(self, entry: object) -> bool:
        return entry in self._backoffs

    def begin(self, job: Job) -> None:
        """Run a job, or queue it."""
        if self._is_stopped:
            return
        first = self._context.retry_timing.job
        self._backoffs.setdefault(job.entry, Backoff(first, LONGEST_PAUSE))
        match job.kind:
            case (
                JobKind.QUEUED_REACTION
                | JobKind.CONFIRMATION
                | JobKind.SETTLEMENT
                | JobKind.ANNOUNCEMENT
                | JobKind.FORGET
            ):
                reaction = asyncio.create_task(self._run(job))
                self._reactions.add(reaction)
                reaction.add_done_callback(self._reactions.discard)
            case JobKind.FINAL_STATUS | JobKind.AGENT_SESSION:
                self._final_statuses.put_nowait(job)
                if len(self._workers) < CONCURRENT_FINAL_STATUSES:
                    self._workers.append(asyncio.create_task(self._run_queued()))

    def stop(self) -> Sequence[asyncio.Task[None]]:
        """Cancel the jobs in progress and return their tasks; other replicas will run them."""
        self._is_stopped = True
        tasks = [*self._reactions, *self._workers]
        for task in tasks:
            task.cancel()
        return tasks

    async def _run_queued(self) -> None:
        while True:
            await self._run(await self._final_statuses.get())

    async def _run(self, job: Job) -> None:
        with log_context(lambda: _log_fields(job)):
            await self._try(job)

    async def _try(self, job: Job) -> None:
        """Run a job once; it is scheduled again when it cannot be run now."""
        try:
            match job.kind:
                case JobKind.QUEUED_REACTION:
                    await self._add_queued_reaction(TurnId(job.about))
                case JobKind.FINAL_STATUS:
                    await self._update_final_status(TurnId(job.about))
                case JobKind.CONFIRMATION:
                    await self._update_final_status(TurnId(job.about))
                    await lapse(self._context, TurnId(job.about))
                case JobKind.SETTLEMENT:
                    await settle_run(self._context, TurnId(job.about))
                case JobKind.ANNOUNCEMENT:
                    await announce(self._context, job.entry, DefaultChange.parse(job.about))
                case JobKind.FORGET:
                    await forget_thread(self._context, Forgotten.parse(job.about))
                case JobKind.AGENT_SESSION:
                    await end_session(self._context, ThreadKey.parse(job.about))
        except Refused as refused:
            log.warning("%s refused: %s", _NAMES[job.kind], refused)
        except (Unavailable, AnswerLost) as error:
            failures = self._backoffs[job.entry].failures
            if job.kind is not JobKind.AGENT_SESSION or failures < SESSION_ATTEMPTS:
                return self._retry_later(job, getattr(error, "retry_after", None))
            log.info("agent session not ended: %s", error)
        except Exception:
            log.exception("job failed unexpectedly")
            return self._retry_later(job, LONGEST_PAUSE)
        try:
            await self._work_queue.acknowledge(job)
        except Unavailable:
            return self._retry_later(job, None)
        self._backoffs.pop(job.entry, None)
        return None

    def _retry_later(self, job: Job, retry_after: float | None) -> None:
        pause = self._backoffs[job.entry].next(retry_after)
        asyncio.get_running_loop().call_later(pause, self.begin, job)

    async def _add_queued_reaction(self, turn: TurnId) -> None:
        """Add ⏳ to a message; remove it if its turn has begun meanwhile."""
        store, messenger = self._context.store, self._context.messenger
        channel, message = naming.message_of(turn)
        is_queued = await store.is_queued(turn)
        if is_queued:
            try:
                await messenger.add_queued_reaction(channel, message)
            except AnswerLost as lost:  # Slack may still carry it out
                raise Unavailable(str(lost), self._context.timing.edit_lag) from lost
            is_queued = await store.is_queued(turn)
        if not is_queued:  # an earlier attempt, whose answer was lost, may have added it, too
            await messenger.remove_queued_reaction(channel, message)

    async def _update_final_status(self, name: TurnId) -> None:
        """Edit the status of a turn that is done, and end the agent session."""
        context = self._context
        turn = await context.store.turn(name)
        if turn is None or turn.ending is None or not (status := turn.posts.get(STATUS)):
            return None
        if context.clock() > turn.ending.at + TRIED_FOR:
            log.error("final status given up")
            return None
        thread = turn.question.thread
        priced = await with_balance(context, turn)
        message = final_status(facts_of(priced, context.default_processor))
        await wait_for_reservation(context.rate_limiter.reserve_edit())
        try:
            if turn.ending.kind is EndingKind.WITHDRAWN and turn.run is None:
                if await self._delete(thread, status):  # there is nothing to say
                    return await self._end_session_or_retry(thread)
                await wait_for_reservation(context.rate_limiter.reserve_edit())
            await context.messenger.update(thread, status, message)
        except Refused as refused:
            if pause := _retry_pause(refused):
                raise Unavailable(str(refused), pause) from refused
            log.warning("final status refused: %s", refused)
        return await self._end_session_or_retry(thread)

    async def _delete(self, thread: ThreadKey, status: MessageTs) -> bool:
        """Delete a status; False where Slack does not allow it, so that it must be edited."""
        try:
            await self._context.messenger.delete(thread, status)
        except Refused as refused:
            log.warning("status not deleted: %s", refused)
            return False
        return True

    async def _end_session_or_retry(self, thread: ThreadKey) -> None:
        """End the agent session; when that fails, enqueue a job for it."""
        try:
            await end_session(self._context, thread)
        except (Unavailable, AnswerLost) as error:
            log.info("agent session not ended yet: %s", error)
            await self._work_queue.session_stopped(thread)


def _log_fields(job: Job) -> Mapping[str, str]:
    if job.kind is JobKind.ANNOUNCEMENT:
        return {"channel": DefaultChange.parse(job.about).place.channel}
    is_of_thread = job.kind in (JobKind.AGENT_SESSION, JobKind.FORGET)
    return {"slack_thread" if is_of_thread else "turn": job.about.partition(" ")[0]}


def _retry_pause(refused: Refused) -> float | None:
    """Return the seconds after which Slack may accept what it refused; None for never.

    A token or a scope is put right by an operator; a channel may be opened again.
    """
    if refused.cause in (Cause.TOKEN, Cause.SCOPE):
        return CLOSED_PAUSE
    return PLACE_PAUSE if refused.cause is Cause.PLACE or not refused.sure else None


_NAMES = {
    JobKind.QUEUED_REACTION: "queued reaction",
    JobKind.FINAL_STATUS: "final status",
    JobKind.CONFIRMATION: "lapse of a confirmation",
    JobKind.SETTLEMENT: "settlement",
    JobKind.ANNOUNCEMENT: "announcement of a default",
    JobKind.FORGET: "deletion of a thread's turns",
    JobKind.AGENT_SESSION: "end of agent session",
}
