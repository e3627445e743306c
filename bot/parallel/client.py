"""`bot.ports.TaskRuns` and `bot.ports.TaskGroups`: Parallel's Task API over HTTP."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
from httpx_sse import EventSource

from bot.concurrency.offload import offload
from bot.connections.network import Network
from bot.domain.research import Answer, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import GroupId, RunId, TurnId
from bot.errors import AnswerLost, Unavailable
from bot.parallel import api_errors, json_fields, wire
from bot.parallel.connection import Connection, errors_raise, malformed_raises
from bot.parallel.error_bodies import ErrorBody
from bot.parallel.text import one_line
from bot.parallel.timeouts import Timeouts

__all__ = ["TaskApi", "Timeouts"]

log = logging.getLogger(__name__)

LONGEST_STATUS = 40  # characters of an unknown run status that are logged
MOST_STATUSES = 100  # unknown run statuses that are remembered, and so logged once
PARSED = 100  # characters of JSON that are parsed while one of Markdown is formatted
RUNS = "/v1/tasks/runs"
GROUPS = "/v1/tasks/groups"


class TaskApi(Connection):
    """Parallel's Task API."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeouts: Timeouts | None = None,
        network: Network | None = None,
    ) -> None:
        super().__init__(base_url, key, timeouts=timeouts, network=network)
        self._unknown_statuses: set[str] = set()

    async def create(self, request: RunRequest) -> Run:
        """Create a run: one POST on a new connection.

        Raises:
            Refused: nothing was started: KEY, CREDIT, PROCESSOR, CHAIN, INPUT.
            Unavailable: nothing was started; try later.
            AnswerLost: a run may have been started.
        """
        response = await self.post(RUNS, wire.request_body(request))
        if not response.is_success:
            chained = request.previous is not None
            raise api_errors.not_started(*self.refusal(response), chained=chained)
        try:
            data = json_fields.parse_object(self.text(response))
            run = wire.created_run(data)
        except json_fields.Malformed as error:
            raise AnswerLost(f"Parallel's answer to a create call is no run: {error}") from error
        self._log_unknown_status(run, data)
        return run

    async def retrieve(self, run: RunId) -> Run:
        """Retrieve a run.

        Raises:
            Refused: KEY, UNKNOWN_RUN.
            Unavailable: try later.
        """
        response = await self.get(f"{RUNS}/{quote(run, safe='')}", self.timeouts.status)
        if response.status_code != 200:
            raise api_errors.not_read(*self.refusal(response))
        with malformed_raises("a run"):
            data = json_fields.parse_object(self.text(response))
            found = wire.run(data)
        self._log_unknown_status(found, data)
        return found

    async def result(self, run: RunId, timeout: float) -> Answer | None:
        """Wait up to `timeout` seconds, rounded up, for the output; None when still active.

        Raises:
            Refused: UNKNOWN_RUN if the run failed or does not exist (`retrieve` tells which); KEY.
            Unavailable: try later; also for an output that is neither text nor an object.
        """
        seconds = max(1, math.ceil(timeout))
        response = await self.get(
            f"{RUNS}/{quote(run, safe='')}/result?timeout={seconds}",
            seconds + self.timeouts.result,
        )
        if response.status_code == 408:
            return None
        if response.status_code != 200:
            raise api_errors.not_read(*self.refusal(response))
        with malformed_raises("a result"):
            return await offload(len(response.content) // PARSED, self._answer, response)

    def _answer(self, response: httpx.Response) -> Answer:
        return wire.answer(json_fields.parse_object(self.text(response)))

    @asynccontextmanager
    async def events(self, run: RunId) -> AsyncIterator[AsyncIterator[Progress]]:
        """Open the run's event stream; the iteration ends when Parallel closes it.

        Raises:
            Refused: KEY, UNKNOWN_RUN. On entering only.
            Unavailable: there is no stream; in the iteration: it broke off.
        """
        path = f"{RUNS}/{quote(run, safe='')}/events"
        async with self.event_source(path) as source, aclosing(self._progress(source)) as progress:
            yield progress

    async def _progress(self, source: EventSource) -> AsyncGenerator[Progress, None]:
        with errors_raise(Unavailable):
            async with aclosing(source.aiter_sse()) as events:
                async for event in events:
                    data = self.redact(event.data)
                    try:
                        progress = wire.progress(json_fields.parse_object(data))
                    except json_fields.Malformed as error:
                        if event.event == "error":
                            words = ErrorBody.read(data).message or "no reason given"
                            raise Unavailable(f"the event stream broke off: {words}") from error
                        log.debug("event skipped: %s", error)
                        continue
                    if progress:
                        yield progress

    # --- task groups --------------------------------------------------------------------

    async def create_group(self, metadata: Mapping[str, str]) -> GroupId:
        """Create an empty group. It is free, so one that is never used does no harm.

        Raises:
            Refused: it was not created.
            Unavailable: try later; it may have been created.
        """
        try:
            response = await self.post(GROUPS, {"metadata": dict(metadata)})
        except AnswerLost as lost:
            raise Unavailable(str(lost)) from lost
        if not response.is_success:
            refused = api_errors.not_started(*self.refusal(response), chained=False)
            raise Unavailable(str(refused)) if isinstance(refused, AnswerLost) else refused
        with malformed_raises("a group"):
            return wire.group(json_fields.parse_object(self.text(response)))

    async def add_run(self, group: GroupId, request: RunRequest) -> RunId:
        """Create a run in a group: one POST. Raises what `create` raises."""
        path = f"{GROUPS}/{quote(group, safe='')}/runs"
        response = await self.post(path, {"inputs": [wire.request_body(request)]})
        if not response.is_success:
            chained = request.previous is not None
            raise api_errors.not_started(*self.refusal(response), chained=chained, listed=True)
        try:
            return wire.added_run(json_fields.parse_object(self.text(response)))
        except json_fields.Malformed as error:
            raise AnswerLost(f"Parallel's answer to a create call is no run: {error}") from error

    async def find_run(self, group: GroupId, turn: TurnId) -> Run | None:
        """Find the run that was created in the group for this turn; None when there is none.

        Raises:
            Refused: KEY, UNKNOWN_RUN (there is no such group).
            Unavailable: try later; also when fewer runs were listed than the group has.
        """
        path = f"{GROUPS}/{quote(group, safe='')}"
        response = await self.get(path, self.timeouts.status)
        if response.status_code != 200:
            raise api_errors.not_read(*self.refusal(response))
        with malformed_raises("a group"):
            size = wire.group_size(json_fields.parse_object(self.text(response)))
        listed = 0
        with errors_raise(Unavailable):
            async with (
                asyncio.timeout(self.timeouts.status),
                self.event_source(f"{path}/runs") as source,
            ):
                async for event in source.aiter_sse():
                    with malformed_raises("a list of runs"):
                        run, of = wire.member(json_fields.parse_object(self.redact(event.data)))
                    if of == turn:
                        return run
                    listed += 1
        if listed < size:
            raise Unavailable(f"only {listed} of {size} runs of a group were listed")
        return None

    def _log_unknown_status(self, run: Run, data: dict[str, Any]) -> None:
        """Log a status that this release does not know, each once."""
        status = one_line(str(data.get("status")), LONGEST_STATUS)
        known = self._unknown_statuses
        if run.status is RunStatus.UNKNOWN and status not in known and len(known) < MOST_STATUSES:
            known.add(status)
            log.warning("unknown run status %r, treated as active", status)
