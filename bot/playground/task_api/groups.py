"""A task group: a list of runs and a log of events, each readable from a cursor.

A cursor is the number of entries before it. An event's `event_id` is the cursor after it, so a
client that sends the last id it received gets the events that follow.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable

from bot.playground.task_api.protocol import JSON, Refusal, Status, new_id, timestamp
from bot.playground.task_api.runs import LocalRun


class LocalTaskGroup:
    """A task group.

    Attributes:
        taskgroup_id: its id.
        runs: in the order they were added.
    """

    def __init__(self, metadata: JSON | None, clock: Callable[[], float]) -> None:
        """Create an empty group."""
        self.taskgroup_id = new_id("tgrp")
        self.runs: list[LocalRun] = []
        self._metadata = metadata
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._log: list[JSON] = []
        self._changed = asyncio.Event()
        self._created_at = self._modified_at = timestamp(clock())

    @property
    def is_active(self) -> bool:
        """Whether any of its runs is active."""
        return any(Status(name).is_active for name, number in self._counts.items() if number)

    def cursors(self) -> tuple[str | None, str | None]:
        """Return the cursors after all runs and after all events; None while there are no runs."""
        if not self.runs:
            return None, None
        return str(len(self.runs)), str(len(self._log))

    def add(self, runs: list[LocalRun]) -> None:
        """Add new runs."""
        self.runs += runs
        self._counts[Status.QUEUED.value] += len(runs)
        self._log_status()

    def status_changed(self, run: LocalRun, previous: Status) -> None:
        """Record that the status of one of its runs has changed."""
        self._counts[previous.value] -= 1
        self._counts[run.status.value] += 1
        if run.status.is_over:
            self._log.append(run.state_event(event_id=str(len(self._log) + 1)))
        self._log_status()

    def status(self) -> JSON:
        """Return a TaskGroupStatus."""
        return {
            "num_task_runs": len(self.runs),
            "task_run_status_counts": {name: n for name, n in self._counts.items() if n},
            "is_active": self.is_active,
            "status_message": "",
            "modified_at": self._modified_at,
        }

    def wire(self) -> JSON:
        """Return the group as a TaskGroupResponse."""
        return {
            "taskgroup_id": self.taskgroup_id,
            "metadata": self._metadata,
            "status": self.status(),
            "created_at": self._created_at,
        }

    async def run_events(
        self, after: int, *, status: Status | None, include_input: bool, include_output: bool
    ) -> AsyncGenerator[JSON]:
        """Stream the current state of the runs after a cursor, without waiting."""
        for number, run in enumerate(self.runs[after:], after + 1):
            if status in (None, run.status):
                yield run.state_event(
                    event_id=str(number), include_input=include_input, output=include_output
                )

    async def events(self, after: int) -> AsyncGenerator[JSON]:
        """Stream the group's status, then the log after a cursor, until no run is active."""
        yield self._status_event(after)
        while True:
            changed = self._changed
            while after < len(self._log):
                after += 1
                yield self._log[after - 1]
            if not self.is_active:
                return
            await changed.wait()

    def cursor(self, last_event_id: str | None, *, of: str) -> int:
        """Check a cursor into the "runs" or the "events". Raises Refusal (422)."""
        most = len(self.runs if of == "runs" else self._log)
        given = last_event_id or "0"
        if not (given.isascii() and given.isdigit() and int(given) <= most):
            raise Refusal(
                422, field=("last_event_id",), reason="there is no such event", place="query"
            )
        return int(given)

    def _status_event(self, number: int) -> JSON:
        return {"type": "task_group_status", "event_id": str(number), "status": self.status()}

    def _log_status(self) -> None:
        self._modified_at = timestamp(self._clock())
        self._log.append(self._status_event(len(self._log) + 1))
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
