"""What the local Task API knows: runs, interactions, groups, credit; and who may start a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from bot.playground.task_api.groups import Group
from bot.playground.task_api.runs import LocalRun
from bot.playground.task_api.words import JSON, Refusal, Status
from bot.processors import PROCESSORS

#: From pro on, progress is kept unless a request says no (task-api/task-sse).
CHEAPEST_TRACKED = PROCESSORS["pro"].price


class Records:
    """The memory of one local Task API.

    Attributes:
        runs: every run, in order of creation.
        groups: every group, by its id.
        created: the runs that nobody has taken yet.
        credit: US dollars left; None for as much as you like. A run's price is reserved when it
            is created and given back unless it completes.
        chaining_refused: status and message for whoever continues an interaction; None to let it.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        allowed: Collection[str] | None,
        silent: Collection[str],
    ) -> None:
        """Begin empty. `allowed`: the processors that may be used; `silent`: those that keep no
        progress even when asked to."""
        self.runs: list[LocalRun] = []
        self.groups: dict[str, Group] = {}
        self.created: asyncio.Queue[LocalRun] = asyncio.Queue()
        self.credit: Decimal | None = None
        self.chaining_refused: tuple[int, str] | None = None
        self._clock = clock
        self._allowed = PROCESSORS if allowed is None else allowed
        self._silent = silent
        self._by_id: dict[str, LocalRun] = {}
        self._interactions: dict[str, LocalRun] = {}
        self._reserved: dict[str, Decimal] = {}

    def start(self, bodies: Sequence[JSON], group: Group | None = None) -> list[LocalRun]:
        """Create runs from good bodies: all of them, or none.

        Raises:
            Refusal: a processor that does not exist or may not be used (403), an interaction that
                cannot be continued (422), too little credit (402).
        """
        for body in bodies:
            if body["processor"] not in PROCESSORS or body["processor"] not in self._allowed:
                raise Refusal(403, field=("processor",), reason=f"{body['processor']}: not allowed")
        previous = [self._previous(body.get("previous_interaction_id")) for body in bodies]
        price = sum((PROCESSORS[body["processor"]].price for body in bodies), Decimal(0))
        if self.credit is not None and price > self.credit:
            raise Refusal(402)
        runs = [self._new(*each, group) for each in zip(bodies, previous, strict=True)]
        if group:
            group.added(runs)
        return runs

    def run(self, run_id: str) -> LocalRun:
        """Return the run. Raises Refusal (404)."""
        if run_id not in self._by_id:
            raise Refusal(404, "Run id not found")
        return self._by_id[run_id]

    def group(self, taskgroup_id: str) -> Group:
        """Return the group. Raises Refusal (404)."""
        if taskgroup_id not in self.groups:
            raise Refusal(404, "TaskGroup not found")
        return self.groups[taskgroup_id]

    def new_group(self, metadata: JSON | None) -> Group:
        """Create an empty group."""
        group = Group(metadata, self._clock)
        self.groups[group.taskgroup_id] = group
        return group

    def forget_interactions(self) -> None:
        """Make every interaction known so far an unknown one."""
        self._interactions.clear()

    def _previous(self, interaction_id: str | None) -> LocalRun | None:
        """Return the run to continue.

        It must have completed: that a run still going, or a failed one, can be continued is
        promised nowhere.
        """
        if interaction_id is None:
            return None
        if self.chaining_refused:
            raise Refusal(*self.chaining_refused)
        found = self._interactions.get(interaction_id)
        if found is None or found.status is not Status.COMPLETED:
            reason = "unknown interaction" if found is None else "the interaction has no output"
            raise Refusal(422, field=("previous_interaction_id",), reason=reason)
        return found

    def _new(self, body: JSON, previous: LocalRun | None, group: Group | None) -> LocalRun:
        wanted = body.get("enable_events")
        if wanted is None:
            wanted = PROCESSORS[body["processor"]].price >= CHEAPEST_TRACKED
        run = LocalRun(
            body,
            previous=previous,
            taskgroup_id=group.taskgroup_id if group else None,
            tracked=wanted and body["processor"] not in self._silent,
            clock=self._clock,
            moved=self._moved,
        )
        if self.credit is not None:
            self._reserved[run.run_id] = PROCESSORS[run.processor].price
            self.credit -= self._reserved[run.run_id]
        self.runs.append(run)
        self._by_id[run.run_id] = run
        self._interactions[run.interaction_id] = run
        self.created.put_nowait(run)
        return run

    def _moved(self, run: LocalRun, was: Status) -> None:
        if run.status.is_over:
            reserved = self._reserved.pop(run.run_id, Decimal(0))
            if self.credit is not None and run.status is not Status.COMPLETED:
                self.credit += reserved
        if run.taskgroup_id:
            self.groups[run.taskgroup_id].moved(run, was)
