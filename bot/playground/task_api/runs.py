"""One run: its state machine, its progress events, and its JSON forms.

The caller decides the course of the run: `begins`, `says`, `progress`, then `finishes`, `fails` or
`cancelled`. `changed` is set, and replaced by a new event, at every change, so that any number of
requests can wait without polling.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from bot.playground.task_api import contract
from bot.playground.task_api.interactions import Interaction, chain_before
from bot.playground.task_api.protocol import JSON, Status, error_object, new_id, timestamp


class LocalRun:
    """A run of the local Task API.

    Attributes:
        run_id: its id.
        interaction_id: deliberately different: no page promises that the two are equal.
        body: the request that created it, unchanged.
        previous: the run or chat whose interaction it continues; None when it continues none.
        taskgroup_id: the id of its task group, if any.
        status: its current status.
        output: None until it has completed.
        changed: set at the next change of any kind.
    """

    def __init__(
        self,
        body: JSON,
        *,
        previous: Interaction | None,
        taskgroup_id: str | None,
        records_events: bool,
        clock: Callable[[], float],
        on_status_change: Callable[[LocalRun, Status], None],
    ) -> None:
        """Create a queued run.

        Args:
            body: the request.
            previous: the run or chat that it continues.
            taskgroup_id: the id of its task group.
            records_events: whether progress is kept for the event stream.
            clock: seconds since 1970.
            on_status_change: called with the run and its previous status after each change.
        """
        self.run_id = new_id("trun")
        self.interaction_id = new_id("interaction")
        self.body = body
        self.previous = previous
        self.taskgroup_id = taskgroup_id
        self.status = Status.QUEUED
        self.output: JSON | None = None
        self.changed = asyncio.Event()
        self._records_events = records_events
        self._clock = clock
        self._on_status_change = on_status_change
        self._error: JSON | None = None
        self._warnings: list[JSON] = []
        self._progress: list[JSON] = []
        self._created_at = self._modified_at = timestamp(clock())

    # The request

    @property
    def input(self) -> str:
        """The input as text; an object is encoded as JSON."""
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
        """The request's metadata; empty when there is none."""
        return self.body.get("metadata") or {}

    @property
    def context(self) -> list[Interaction]:
        """All the runs and chats that this one continues, oldest first."""
        return chain_before(self)

    # The run's course; each method raises RuntimeError when the run is over

    def begins(self) -> None:
        """Start the run, or continue it after `needs_action`."""
        self._set_status(Status.RUNNING)

    def says(self, message: str, kind: str = "search") -> None:
        """Emit a progress message; `kind` is the suffix of the event's type, a known one or not."""
        content = {"message": message, "timestamp": timestamp(self._clock())}
        self._emit({"type": f"task_run.progress_msg.{kind}", **content})

    def progress(
        self,
        percent: float,
        considered: float | None = None,
        read: float | None = None,
        sample: Sequence[str] | None = None,
    ) -> None:
        """Emit progress statistics: percent (0 to 100), numbers of sources, and some of their URLs.

        Numbers are sent as given: in JSON Schema 3.0 is an integer, too.
        """
        stats = {
            "num_sources_considered": considered,
            "num_sources_read": read,
            "sources_read_sample": None if sample is None else list(sample),
        }
        event = {"type": "task_run.progress_stats", "source_stats": stats}
        self._emit({**event, "progress_meter": percent})

    def warns(self, message: str, kind: str = "warning", detail: JSON | None = None) -> None:
        """Add a warning to the run's `warnings`.

        Raises ValueError when it does not match the OpenAPI file.
        """
        self._require_active()
        warning = {"type": kind, "message": message, "detail": detail}
        contract.check("Warning", warning)
        self._warnings.append(warning)

    def finishes(
        self,
        content: str | JSON,
        basis: Sequence[JSON] | None = None,
        confidence: str | None = None,
    ) -> None:
        """Complete the run with a text, or with an object as JSON output.

        `confidence` is set in each part of the basis that has none. Without a basis, one is made:
        for the field `answer` of a text, as in real results, or for each field of an object.
        Raises ValueError when the output does not match the OpenAPI file.
        """
        if basis is None:
            names = ["answer"] if isinstance(content, str) else list(content)
            support = {"citations": [], "reasoning": "As the output says."}
            basis = [{"field": name, **support} for name in names] if confidence else []
        parts = [{**part, "confidence": part.get("confidence") or confidence} for part in basis]
        kind = "text" if isinstance(content, str) else "json"
        output = {"type": kind, "content": content, "basis": parts}
        contract.check("TaskRunTextOutput" if kind == "text" else "TaskRunJsonOutput", output)
        if self.status is not Status.RUNNING:
            self.begins()
        self.output = output
        self._set_status(Status.COMPLETED)

    def fails(self, message: str, detail: JSON | None = None) -> None:
        """Fail the run with this message in its `error`."""
        self._require_active()
        self._error = error_object(message, detail)
        self._set_status(Status.FAILED)

    def cancelled(self) -> None:
        """Cancel the run, as its owner can on the platform; the API has no such operation."""
        self._set_status(Status.CANCELLED)

    def needs_action(self) -> None:
        """Set the run to `action_required`; `begins` continues it."""
        self._set_status(Status.ACTION_REQUIRED)

    # JSON forms and streams

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
        """Stream the status, all progress from the start, every change, and the end.

        The last event has the output. It is sent for a run that ended long ago, too.
        """
        sent_status = self.status
        yield self.state_event()
        sent = 0
        while True:
            changed = self.changed
            if self.status is not sent_status and not self.status.is_over:
                sent_status = self.status
                yield self.state_event()
            while sent < len(self._progress):
                sent += 1
                yield self._progress[sent - 1]
            if self.status.is_over:
                yield self.state_event(output=True)
                return
            await changed.wait()

    async def wait_for_end(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for the run to end. Returns whether it has."""
        try:
            async with asyncio.timeout(timeout):
                while not self.status.is_over:
                    await self.changed.wait()
        except TimeoutError:
            return False
        return True

    def __repr__(self) -> str:
        """Return id, status and processor, for the output of failing tests."""
        return f"<LocalRun {self.run_id} {self.status} {self.processor}>"

    # Inside

    def _require_active(self) -> None:
        if self.status.is_over:
            raise RuntimeError(f"{self!r} is over")

    def _set_status(self, status: Status) -> None:
        self._require_active()
        previous, self.status = self.status, status
        self._modified_at = timestamp(self._clock())
        self._on_status_change(self, previous)
        self._notify()

    def _emit(self, event: dict[str, Any]) -> None:
        if self.status is not Status.RUNNING:
            self.begins()
        if self._records_events:
            self._progress.append(event)
            self._notify()

    def _notify(self) -> None:
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()
