"""Creates a turn's run: at most one that is paid for, whatever is lost on the way.

A run costs money from its creation on, cannot be cancelled, and the API has no idempotency key
(https://docs.parallel.ai/public-openapi.json). So the intent is saved (state `starting`) before the
one POST, and a POST is never repeated once its bytes may have left. What remains is an *uncertain
creation*: the answer to the POST was lost, or the process died between the intent and the answer.

*Plain runs* (the default) leave the decision to people: nothing is started, a message in the thread
says that it is not known whether a run exists, and a button asks the question again. Plain runs
cannot be listed, so there is nothing to look in.

*Task groups* (`TASK_GROUPS=on`) resolve it: the runs of a thread are created in one group, whose
runs can be listed with their metadata, which names the turn. A listed run is adopted. One that is
not listed is created again, but only `CREATE_SETTLED_AFTER` seconds after the intent: a connection
that broke does not stop a request that is on its way, so an early listing proves nothing. An empty
group is free of charge. Parallel documents chains for plain runs only (that they work in groups
follows from the shared schema), hence groups are off by default. What is refused in a group is
tried as a plain run, because a refusal has started nothing.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain import exchanges, lifecycle, prompt
from bot.domain.research import Run, RunRequest, RunStatus
from bot.domain.thread import GroupId, Thread
from bot.domain.turn import Ending, EndingKind, State, Turn
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.engine.operator_matters import log_to_do
from bot.engine.spending import reserve_and_save
from bot.errors import AnswerLost, Cause, Refused, Unavailable

log = logging.getLogger(__name__)

BUSY_FOR = 6 * 3600.0  # seconds that Parallel may be unable to accept a run before we give up
UNCERTAIN_FOR = 3600.0  # seconds that a group may be impossible to list before a person is asked


class RunCreator:
    """Creates the run of one turn."""

    def __init__(self, context: EngineContext, leased: LeasedTurn, thread: Thread) -> None:
        """Prepare. `thread` is the thread as it is; the question may build on an earlier turn."""
        self._context = context
        self._leased = leased
        self._thread = exchanges.before(thread, leased.turn.question)
        self._messenger = context.messenger
        self._task_runs = context.task_runs
        self._task_groups = context.task_groups
        self._clock = context.clock
        self._settled_after = context.create_settled_after

    async def create(self, *, interrupted: bool) -> Ending | None:
        """Create the run, unless it turns out to exist.

        Args:
            interrupted: another execution ended between the intent and the create call's answer.

        Returns:
            None when the turn is `running`; else how it ended.

        Raises:
            Unavailable: not now. `busy_since` of the turn says since when.
            Draining: the bot is shutting down; nothing was started.
        """
        if interrupted and (ending := await self._resolve_uncertain()):
            return ending
        while self._turn.state is not State.RUNNING:
            request = await self.request()
            try:
                group = await self._group()
            except Unavailable as error:
                if ending := await self._busy(error):
                    return ending
                raise
            if ending := lifecycle.ending_if_cancelled(self._turn, self._clock()):
                return ending  # a signal that came while the request was prepared
            self._leased.raise_if_draining()  # a create call that is cut short is uncertain
            turn = replace(
                self._turn, group=group, previous=request.previous, restates=request.restates
            )
            if ending := await reserve_and_save(self._context, self._leased, turn):
                return ending
            if ending := await self._create_once(request, group):
                return ending
        return None

    async def _create_once(self, request: RunRequest, group: GroupId | None) -> Ending | None:
        """Send the create call once, and record its outcome. Returns how the turn ended, if so."""
        try:
            run = await self._send(request, group)
        except Refused as refused:
            return await self._refused(refused)
        except AnswerLost as lost:
            log.warning("answer to a create call lost: %s", lost)
            log_to_do(lost)
            return await self._resolve_uncertain(lost)
        except Unavailable as error:
            if ending := await self._busy(error):
                return ending
            raise
        await self._record_run(run)
        return None

    async def _send(self, request: RunRequest, group: GroupId | None) -> Run:
        if group is None:
            return await self._task_runs.create(request)
        assert self._task_groups
        run = await self._task_groups.add_run(group, request)
        return Run(run, None, RunStatus.QUEUED)  # its interaction is retrieved later

    async def _record_run(self, run: Run) -> None:
        await self._leased.save_outcome(lifecycle.started(self._turn, run, self._clock()))
        log.info("run started")

    async def _refused(self, refused: Refused) -> Ending | None:
        turn = self._turn
        if turn.group:
            log.warning("run refused in its task group: %s", refused)
            queued = lifecycle.not_started(turn, busy_since=turn.busy_since)
            await self._leased.save_outcome(replace(queued, group=None, ungrouped=True))
            return None
        if refused.cause is Cause.CHAIN and not turn.restated:
            log.warning("chain refused, restating earlier turns")
            await self._leased.save_outcome(lifecycle.chain_refused(turn))
            return None
        log_to_do(refused)
        return lifecycle.refusal(refused, self._clock())

    async def _busy(self, error: Unavailable) -> Ending | None:
        turn, now = lifecycle.put_off(self._turn, error), self._clock()
        self._leased.stage(turn)
        since = turn.busy_since or now
        if now - since > BUSY_FOR:
            return Ending(EndingKind.BUSY, now)
        if turn.state is State.STARTING:
            turn = lifecycle.not_started(turn, busy_since=since)
        await self._leased.save_outcome(replace(turn, busy_since=since))
        return None

    # --- task groups --------------------------------------------------------------------

    async def _group(self) -> GroupId | None:
        """Return the turn's group, the thread's, or a new one; None to create a plain run."""
        if self._task_groups is None or self._turn.ungrouped:
            return None
        if group := self._turn.group or self._thread.group:
            return group
        try:
            return await self._task_groups.create_group({"thread": str(self._turn.question.thread)})
        except Refused as refused:
            log.warning("task group refused: %s", refused)
            return None

    async def _resolve_uncertain(self, lost: AnswerLost | None = None) -> Ending | None:
        """Find out whether the run was created; it is adopted, or may be created again.

        Args:
            lost: how the answer was lost; None after a crash.

        Returns:
            How the turn ended when that cannot be found out; else None.
        """
        turn = self._turn
        assert turn.starting_at is not None
        if self._task_groups is None or turn.group is None:
            return lifecycle.uncertain(self._clock(), lost)
        while True:
            try:
                # Read before the search: what it misses must have been old enough by then.
                left = turn.starting_at + self._settled_after - self._clock()
                run = await self._task_groups.find_run(turn.group, turn.id)
            except (Refused, Unavailable) as error:
                log.warning("task group not listed: %s", error)
                if self._clock() > turn.starting_at + UNCERTAIN_FOR:
                    return lifecycle.uncertain(self._clock(), lost)
                if isinstance(error, Unavailable):
                    raise
                # A new group may not be known everywhere yet; a wrong key may be put right.
                raise Unavailable(str(error)) from error
            if run:
                log.info("run found in its task group")
                await self._record_run(run)
                return None
            if left <= 0:
                log.info("run not created")
                await self._leased.save(lifecycle.not_started(turn, busy_since=turn.busy_since))
                return None
            await self._leased.sleep(min(left, self._settled_after / 9))

    # --- the request --------------------------------------------------------------------

    async def request(self) -> RunRequest:
        """Build the request: the question, with the context it needs to be understood."""
        turn, question = self._turn, self._turn.question
        if self._thread.interaction or self._thread.history:
            return prompt.follow_up_request(turn, self._thread)
        if question.message == question.thread.ts:
            return prompt.plain_request(turn)
        try:
            earlier = await self._leased.retry_short_limits(
                lambda: self._messenger.history(question.thread, question.message)
            )
        except Refused as refused:
            log.warning("earlier messages not read: %s", refused)
            self._leased.stage(replace(self._turn, without_history=True))
            return prompt.plain_request(turn)
        if files := [name for message in earlier for name in message.files]:
            files = list(dict.fromkeys([*question.files, *files]))  # the status names them all
            turn = replace(turn, question=replace(question, files=tuple(files)))
            self._leased.stage(turn)
        return prompt.request_with_context(turn, earlier)

    @property
    def _turn(self) -> Turn:
        return self._leased.turn
