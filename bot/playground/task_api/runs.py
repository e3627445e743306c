"""One run: its state machine, its progress, and how it looks to a client.

The one who holds the run plays the researcher: `begins`, `says`, `progress`, then `finishes`,
`fails` or `cancelled`. Everyone who waits for the run waits for `changed`, which is set, and
replaced by a new one, at every change: any number may wait, and nobody has to look again and again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from bot.playground.task_api import contract
from bot.playground.task_api.interactions import Interaction, before
from bot.playground.task_api.protocol import JSON, Status, error, new_id, timestamp


class LocalRun:
    """A run of the local Task API.

    Attributes:
        run_id: of this run.
        interaction_id: another id on purpose: nothing promises that the two are equal.
        body: the request that created it, as it came.
        previous: the run or chat whose interaction it continues; None when it continues none.
        taskgroup_id: of the group that it was started in, if any.
        status: how it stands.
        output: None until it is completed.
        changed: set at the next change of any kind.
    """

    def __init__(
        self,
        body: JSON,
        *,
        previous: Interaction | None,
        taskgroup_id: str | None,
        tracked: bool,
        clock: Callable[[], float],
        moved: Callable[[LocalRun, Status], None],
    ) -> None:
        """Create a queued run.

        `tracked`: whether progress is kept for the event stream. `moved` is called with the run
        and its former status whenever the status has changed.
        """
        self.run_id = new_id("trun")
        self.interaction_id = new_id("interaction")
        self.body = body
        self.previous = previous
        self.taskgroup_id = taskgroup_id
        self.status = Status.QUEUED
        self.output: JSON | None = None
        self.changed = asyncio.Event()
        self._tracked = tracked
        self._clock = clock
        self._moved = moved
        self._error: JSON | None = None
        self._warnings: list[JSON] = []
        self._progress: list[JSON] = []
        self._created_at = self._modified_at = timestamp(clock())

    # What was asked

    @property
    def input(self) -> str:
        """The input as text; an object as JSON."""
        given = self.body["input"]
        return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)

    @property
    def processor(self) -> str:
        """The processor's name."""
        return str(self.body["processor"])

    @property
    def previous_interaction_id(self) -> str | None:
        """The interaction that this run continues; None when it continues none."""
        return self.body.get("previous_interaction_id")

    @property
    def metadata(self) -> JSON:
        """The metadata as given; empty when none was."""
        return self.body.get("metadata") or {}

    @property
    def context(self) -> list[Interaction]:
        """All the runs and chats that this one builds on, oldest first."""
        return before(self)

    # What the researcher does; each raises RuntimeError when the run is over

    def begins(self) -> None:
        """Take the run from the queue, or go on after the action that was required."""
        self._become(Status.RUNNING)

    def says(self, message: str, kind: str = "search") -> None:
        """Tell what is being done; `kind` is the suffix of the event's type, a known one or not."""
        said = {"message": message, "timestamp": timestamp(self._clock())}
        self._tell({"type": f"task_run.progress_msg.{kind}", **said})

    def progress(
        self,
        percent: float,
        considered: float | None = None,
        read: float | None = None,
        sample: Sequence[str] | None = None,
    ) -> None:
        """Tell how far it is (0 to 100), the numbers of sources, and some of those read (URLs).

        A whole number stays as it is written: to JSON Schema 3.0 is an integer, too.
        """
        stats = {
            "num_sources_considered": considered,
            "num_sources_read": read,
            "sources_read_sample": None if sample is None else list(sample),
        }
        event = {"type": "task_run.progress_stats", "source_stats": stats}
        self._tell({**event, "progress_meter": percent})

    def warns(self, message: str, kind: str = "warning", detail: JSON | None = None) -> None:
        """Warn of something; a client reads it in the run's `warnings`, from then on.

        Raises ValueError when it is not what the OpenAPI file says.
        """
        self._alive()
        warning = {"type": kind, "message": message, "detail": detail}
        contract.check("Warning", warning)
        self._warnings.append(warning)

    def finishes(
        self,
        content: str | JSON,
        basis: Sequence[JSON] | None = None,
        confidence: str | None = None,
    ) -> None:
        """Complete the run with a text, or with an object for JSON output.

        `confidence` goes to each part of the basis that has none; without a basis it makes one, of
        the field `answer`, as real texts have it, or of each field of an object.
        Raises ValueError when the output is not what the OpenAPI file says.
        """
        if basis is None:
            names = ["answer"] if isinstance(content, str) else list(content)
            said = {"citations": [], "reasoning": "As the output says."}
            basis = [{"field": name, **said} for name in names] if confidence else []
        parts = [{**part, "confidence": part.get("confidence") or confidence} for part in basis]
        kind = "text" if isinstance(content, str) else "json"
        output = {"type": kind, "content": content, "basis": parts}
        contract.check("TaskRunTextOutput" if kind == "text" else "TaskRunJsonOutput", output)
        if self.status is not Status.RUNNING:
            self.begins()
        self.output = output
        self._become(Status.COMPLETED)

    def fails(self, message: str, detail: JSON | None = None) -> None:
        """Let the run fail; a client reads the message in the run's `error`."""
        self._alive()
        self._error = error(message, detail)
        self._become(Status.FAILED)

    def cancelled(self) -> None:
        """Cancel the run, as its owners can at the provider, though not by a call."""
        self._become(Status.CANCELLED)

    def needs_action(self) -> None:
        """Let the run wait for somebody's action; `begins` goes on."""
        self._become(Status.ACTION_REQUIRED)

    # What a client sees

    def wire(self) -> JSON:
        """Return the run as a TaskRun."""
        return {
            "run_id": self.run_id,
            "interaction_id": self.interaction_id,
            "status": self.status.value,
            "is_active": self.status.is_active,
            "warnings": list(self._warnings) or None,
            "error": self._error,
            "processor": self.processor,
            "metadata": self.metadata,
            "taskgroup_id": self.taskgroup_id,
            "created_at": self._created_at,
            "modified_at": self._modified_at,
        }

    def state_event(
        self, *, event_id: str | None = None, include_input: bool = False, output: bool = False
    ) -> JSON:
        """Return the run as a TaskRunEvent."""
        return {
            "type": "task_run.state",
            "event_id": event_id,
            "input": self.body if include_input else None,
            "run": self.wire(),
            "output": self.output if output else None,
        }

    async def events(self) -> AsyncGenerator[JSON]:
        """Stream the state, all progress from the start, changes as they come, and the end.

        The last event tells the end, with the output. It comes for an end long past, too.
        """
        told = self.status
        yield self.state_event()
        sent = 0
        while True:
            changed = self.changed
            if self.status is not told and not self.status.is_over:
                told = self.status
                yield self.state_event()
            while sent < len(self._progress):
                sent += 1
                yield self._progress[sent - 1]
            if self.status.is_over:
                yield self.state_event(output=True)
                return
            await changed.wait()

    async def ended(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for the end, and say whether it came."""
        try:
            async with asyncio.timeout(timeout):
                while not self.status.is_over:
                    await self.changed.wait()
        except TimeoutError:
            return False
        return True

    def __repr__(self) -> str:
        """Show id, status and processor: enough for a failing test."""
        return f"<LocalRun {self.run_id} {self.status} {self.processor}>"

    # Inside

    def _alive(self) -> None:
        if self.status.is_over:
            raise RuntimeError(f"{self!r} is over")

    def _become(self, status: Status) -> None:
        self._alive()
        was, self.status = self.status, status
        self._modified_at = timestamp(self._clock())
        self._moved(self, was)
        self._ring()

    def _tell(self, event: dict[str, Any]) -> None:
        if self.status is not Status.RUNNING:
            self.begins()
        if self._tracked:
            self._progress.append(event)
            self._ring()

    def _ring(self) -> None:
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()
