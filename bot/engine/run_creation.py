"""Creates a turn's run: at most one that is paid for, whatever is lost on the way.

A run costs money from its creation on, cannot be cancelled, and the API has no idempotency key
(https://docs.parallel.ai/public-openapi.json). So the intent is saved (state `starting`) before the
one POST, and a POST is never repeated once its bytes may have left. What remains is an *uncertain
creation*: the answer to the POST was lost, or the process died between the intent and the answer.

*Plain runs* (the default) leave the decision to people: nothing is started, the thread is told that
it is not known whether a run exists, and a button starts the question again. Plain runs cannot be
listed, so there is nothing to look in.

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
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain import lifecycle, prompt
from bot.domain.processors import PROCESSORS
from bot.domain.research import Run, RunRequest, RunStatus
from bot.domain.thread import GroupId, Thread
from bot.domain.turn import Ending, EndingKind, State, Turn
from bot.engine.context import CREATE_SETTLED_AFTER
from bot.engine.leased_turn import LeasedTurn
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Messenger, TaskGroups, TaskRuns

log = logging.getLogger(__name__)

BUSY_FOR = 6 * 3600.0  # seconds that Parallel may be unable to take a run before we give up
DOUBT_FOR = 3600.0  # seconds that the list may be unreadable before a person is asked


@dataclass(frozen=True, slots=True)
class RunCreator:
    """Starts the run of the turn on `leased`.

    Attributes:
        thread: as the question sees it.
        task_groups: None when task groups are not used.
        clock: tells seconds since 1970.
        settled: seconds from the intent on, after which a request that is not there never comes.
    """

    leased: LeasedTurn
    thread: Thread
    messenger: Messenger
    task_runs: TaskRuns
    task_groups: TaskGroups | None
    clock: Callable[[], float]
    settled: float = CREATE_SETTLED_AFTER

    async def create(self, *, interrupted: bool) -> Ending | None:
        """Start the run, unless it turns out to be started.

        Args:
            interrupted: another walk ended between the intent and the create call's answer.

        Returns:
            None when the run is going; else how the turn ended.

        Raises:
            Unavailable: not now. `busy_since` of the turn says since when.
            Draining: the bot is stopping; nothing was started.
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
            if ending := lifecycle.ending_if_cancelled(self._turn, self.clock()):
                return ending  # heard of while the request was made ready
            self.leased.raise_if_draining()  # a create call that is cut short leaves a doubt
            turn = replace(
                self._turn, group=group, previous=request.previous, restates=request.restates
            )
            await self.leased.save(lifecycle.about_to_start(turn, self.clock()))
            try:
                run = await self._create(request, group)
            except Refused as refused:
                if ending := await self._refused(refused):
                    return ending
            except AnswerLost as lost:
                log.warning(
                    "the answer to a create call was lost: %s", lost, extra=self.leased.about
                )
                if ending := await self._resolve_uncertain():
                    return ending
            except Unavailable as error:
                if ending := await self._busy(error):
                    return ending
                raise
            else:
                await self._record_run(run)
        return None

    async def _create(self, request: RunRequest, group: GroupId | None) -> Run:
        if group is None:
            return await self.task_runs.create(request)
        assert self.task_groups
        run = await self.task_groups.add_run(group, request)
        return Run(run, None, RunStatus.QUEUED)  # which interaction it is, is asked later

    async def _record_run(self, run: Run) -> None:
        turn = lifecycle.started(self._turn, run, self.clock())
        cost = PROCESSORS[turn.processor].price if turn.processor in PROCESSORS else Decimal(0)
        await self.leased.save_outcome(turn, cost)
        log.info("run started", extra=self.leased.about)

    async def _refused(self, refused: Refused) -> Ending | None:
        turn = self._turn
        if turn.group:
            log.warning("refused in a task group: %s", refused, extra=self.leased.about)
            again = lifecycle.not_started(turn, busy_since=turn.busy_since)
            await self.leased.save_outcome(replace(again, group=None, ungrouped=True))
            return None
        if refused.cause is Cause.CHAIN and not turn.restated:
            log.warning("chaining was refused: starting anew", extra=self.leased.about)
            await self.leased.save_outcome(lifecycle.chain_refused(turn))
            return None
        return self._ending(EndingKind.REFUSED, refused)

    async def _busy(self, error: Unavailable) -> Ending | None:
        turn, now = lifecycle.put_off(self._turn, error), self.clock()
        self.leased.turn = turn
        since = turn.busy_since or now
        if now - since > BUSY_FOR:
            return self._ending(EndingKind.BUSY)
        if turn.state is State.STARTING:
            turn = lifecycle.not_started(turn, busy_since=since)
        await self.leased.save_outcome(replace(turn, busy_since=since))
        return None

    # --- task groups --------------------------------------------------------------------

    async def _group(self) -> GroupId | None:
        """Return the group to start in: the turn's, the thread's, or a new one; None for none."""
        if self.task_groups is None or self._turn.ungrouped:
            return None
        if known := self._turn.group or self.thread.group:
            return known
        try:
            return await self.task_groups.create_group({"thread": str(self._turn.question.thread)})
        except Refused as refused:
            log.warning("no task group: %s", refused, extra=self.leased.about)
            return None

    async def _resolve_uncertain(self) -> Ending | None:
        """Find out whether the run was started. Afterwards it goes on, or may be started again.

        Returns how the turn ended when that cannot be found out.
        """
        turn = self._turn
        assert turn.starting_at is not None
        if self.task_groups is None or turn.group is None:
            return self._ending(EndingKind.UNCERTAIN)
        while True:
            try:
                # Asked before the look: what is found not to be there must have been old enough.
                left = turn.starting_at + self.settled - self.clock()
                run = await self.task_groups.find_run(turn.group, turn.id)
            except (Refused, Unavailable) as error:
                log.warning("the group cannot be listed: %s", error, extra=self.leased.about)
                if self.clock() > turn.starting_at + DOUBT_FOR:
                    return self._ending(EndingKind.UNCERTAIN)
                if isinstance(error, Unavailable):
                    raise
                # A group may be known late; a key is put right.
                raise Unavailable(str(error)) from error
            if run:
                log.info("the run was found in its group", extra=self.leased.about)
                await self._record_run(run)
                return None
            if left <= 0:
                log.info("no run was started after all", extra=self.leased.about)
                await self.leased.save(lifecycle.not_started(turn, busy_since=turn.busy_since))
                return None
            await self.leased.sleep(min(left, self.settled / 9))

    # --- pieces -------------------------------------------------------------------------

    async def request(self) -> RunRequest:
        """Put the question into words for Parallel, with what it needs to be understood."""
        turn, question = self._turn, self._turn.question
        if self.thread.interaction or self.thread.history:
            return prompt.follow_up(turn, self.thread)
        if question.message == question.thread.ts or question.direct:
            return prompt.alone(turn)
        try:
            earlier = await self.leased.retry_short_limits(
                lambda: self.messenger.history(question.thread, question.message)
            )
        except Refused as refused:
            log.warning("earlier messages not read: %s", refused, extra=self.leased.about)
            self.leased.turn = replace(self._turn, alone=True)
            return prompt.alone(turn)
        if files := [name for each in earlier for name in each.files]:
            files = list(dict.fromkeys([*question.files, *files]))  # people are told of them all
            asked = replace(question, files=tuple(files))
            self.leased.turn = turn = replace(turn, question=asked)
        return prompt.about(turn, earlier)

    def _ending(self, kind: EndingKind, refused: Refused | None = None) -> Ending:
        if refused is None:
            return Ending(kind, self.clock())
        return Ending(kind, self.clock(), refused.cause, refused.message, refused.ref_id)

    @property
    def _turn(self) -> Turn:
        return self.leased.turn
