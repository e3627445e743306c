"""Parallel's Task API over HTTP (`bot.ports.Research`, `bot.ports.Groups`)."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import quote

from httpx_sse import EventSource

from bot.connections.network import Network
from bot.domain.research import Answer, Progress, Run, RunRequest, RunStatus
from bot.domain.thread import GroupId, RunId, TurnId
from bot.errors import AnswerLost, Unavailable
from bot.parallel import api_errors, wire
from bot.parallel.connection import Connection, Timeouts, malformed_means_later, silence_means
from bot.parallel.error_bodies import Said
from bot.parallel.text import one_line

__all__ = ["TaskApi", "Timeouts"]

log = logging.getLogger(__name__)

LONGEST_STATUS = 40  # characters of a run's status that are worth showing
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
        self._unknown: set[str] = set()

    async def create(self, request: RunRequest) -> Run:
        """Create a run: one POST on a fresh connection, whatever happens.

        Raises:
            Refused: it was not started: KEY, CREDIT, PROCESSOR, CHAIN, INPUT.
            Unavailable: it was not started; later.
            AnswerLost: it may have been started.
        """
        response = await self.post(RUNS, wire.request_body(request))
        if not response.is_success:
            raise api_errors.not_started(*self.said(response), chained=request.previous is not None)
        try:
            return self._noted(wire.created(data := wire.parsed(self.text(response))), data)
        except wire.Malformed as error:
            raise AnswerLost(f"Parallel's answer to a create call is no run: {error}") from error

    async def retrieve(self, run: RunId) -> Run:
        """Ask how the run stands.

        Raises:
            Refused: KEY, UNKNOWN_RUN.
            Unavailable: later.
        """
        response = await self.get(f"{RUNS}/{quote(run, safe='')}", self.timeouts.look)
        if response.status_code != 200:
            raise api_errors.not_read(*self.said(response))
        with malformed_means_later("a run"):
            return self._noted(wire.run(data := wire.parsed(self.text(response))), data)

    async def result(self, run: RunId, timeout: float) -> Answer | None:
        """Wait up to `timeout` seconds, in whole ones, for the output; None when still active.

        Raises:
            Refused: UNKNOWN_RUN when the run failed or does not exist (`look` tells which), KEY.
            Unavailable: later; also for an output that is neither text nor an object.
        """
        seconds = max(1, math.ceil(timeout))
        response = await self.get(
            f"{RUNS}/{quote(run, safe='')}/result?timeout={seconds}",
            seconds + self.timeouts.result,
        )
        if response.status_code == 408:
            return None
        if response.status_code != 200:
            raise api_errors.not_read(*self.said(response))
        with malformed_means_later("a result"):
            return wire.answer(wire.parsed(self.text(response)))

    @asynccontextmanager
    async def events(self, run: RunId) -> AsyncIterator[AsyncIterator[Progress]]:
        """Hold the run's event stream; the iteration ends when Parallel closes it.

        Both entering and iterating raise:
            Refused: KEY, UNKNOWN_RUN.
            Unavailable: there is no stream, or it broke off.
        """
        path = f"{RUNS}/{quote(run, safe='')}/events"
        async with self.event_source(path) as source, aclosing(self._told(source)) as told:
            yield told

    async def _told(self, source: EventSource) -> AsyncGenerator[Progress, None]:
        with silence_means(Unavailable):
            async with aclosing(source.aiter_sse()) as events:
                async for event in events:
                    data = self.discreet(event.data)
                    try:
                        told = wire.progress(wire.parsed(data))
                    except wire.Malformed as error:
                        if event.event == "error":
                            words = Said.read(data).message or "no reason given"
                            raise Unavailable(f"the event stream broke off: {words}") from error
                        log.debug("event skipped: %s", error)
                        continue
                    if told:
                        yield told

    # --- task groups --------------------------------------------------------------------

    async def create_group(self, metadata: Mapping[str, str]) -> GroupId:
        """Make an empty group, which is free: one made in vain does no harm.

        Raises:
            Refused: it was not made.
            Unavailable: later.
        """
        try:
            response = await self.post(GROUPS, {"metadata": dict(metadata)})
        except AnswerLost as lost:
            raise Unavailable(str(lost)) from lost
        if not response.is_success:
            refused = api_errors.not_started(*self.said(response), chained=False)
            raise Unavailable(str(refused)) if isinstance(refused, AnswerLost) else refused
        with malformed_means_later("a group"):
            return wire.group(wire.parsed(self.text(response)))

    async def add_run(self, group: GroupId, request: RunRequest) -> RunId:
        """Create a run in a group: one POST, like `start`, and raising the same."""
        path = f"{GROUPS}/{quote(group, safe='')}/runs"
        response = await self.post(path, {"inputs": [wire.request_body(request)]})
        if not response.is_success:
            chained = request.previous is not None
            raise api_errors.not_started(*self.said(response), chained=chained, listed=True)
        try:
            return wire.added(wire.parsed(self.text(response)))
        except wire.Malformed as error:
            raise AnswerLost(f"Parallel's answer to a create call is no run: {error}") from error

    async def find_run(self, group: GroupId, turn: TurnId) -> Run | None:
        """Find the run that was created in the group for this turn; None when there is none.

        Raises:
            Refused: KEY, UNKNOWN_RUN (there is no such group).
            Unavailable: later; also when fewer runs were listed than there are.
        """
        path = f"{GROUPS}/{quote(group, safe='')}"
        response = await self.get(path, self.timeouts.look)
        if response.status_code != 200:
            raise api_errors.not_read(*self.said(response))
        with malformed_means_later("a group"):
            there = wire.group_size(wire.parsed(self.text(response)))
        listed = 0
        with silence_means(Unavailable):
            async with (
                asyncio.timeout(self.timeouts.look),
                self.event_source(f"{path}/runs") as source,
            ):
                async for event in source.aiter_sse():
                    with malformed_means_later("a list of runs"):
                        run, of = wire.member(wire.parsed(self.discreet(event.data)))
                    if of == turn:
                        return run
                    listed += 1
        if listed < there:
            raise Unavailable(f"only {listed} of {there} runs of a group were listed")
        return None

    def _noted(self, run: Run, data: dict[str, Any]) -> Run:
        """Tell the log of a status that we do not know, once."""
        status = one_line(str(data.get("status")), LONGEST_STATUS)
        if run.status is RunStatus.UNKNOWN and status not in self._unknown:
            self._unknown.add(status)
            log.warning("unknown run status %r, taken as still going", status)
        return run
