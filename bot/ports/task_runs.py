"""Parallel's Task API and Chat API, as the core needs them: bot.parallel, bot.parallel.answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.research import Answer, ChatChunk, Progress, Run, RunRequest
from bot.domain.thread import GroupId, RunId, TurnId
from bot.domain.turn import Turn


class TaskRuns(Protocol):
    """Parallel's Task API."""

    async def create(self, request: RunRequest) -> Run:
        """Create a run. It costs money and the API has no idempotency key: sent once only.

        Raises:
            Refused: it was not started; `cause` says why (KEY, CREDIT, PROCESSOR, CHAIN, INPUT).
            Unavailable: it was not started (429, 503, no connection); later.
            AnswerLost: it may have been started.
        """
        ...

    async def retrieve(self, run: RunId) -> Run:
        """Ask how the run stands. Raises Refused (KEY, UNKNOWN_RUN)."""
        ...

    async def result(self, run: RunId, timeout: float) -> Answer | None:
        """Wait up to `timeout` seconds for the output; None when the run is still active.

        Raises:
            Refused: UNKNOWN_RUN when the run failed or does not exist (`look` tells which), KEY.
        """
        ...

    def events(self, run: RunId) -> AbstractAsyncContextManager[AsyncIterator[Progress]]:
        """Hold the run's event stream. It is a hint: it may be silent, end early, or repeat."""
        ...


class TaskGroups(Protocol):
    """Task groups at Parallel: a run created in one can be found again by its metadata."""

    async def create_group(self, metadata: Mapping[str, str]) -> GroupId:
        """Make an empty group, free of charge. Raises Refused or Unavailable."""

    async def add_run(self, group: GroupId, request: RunRequest) -> RunId:
        """Create a run in a group, once; its interaction is told by `TaskRuns.look`.

        Raises what `TaskRuns.start` raises.
        """

    async def find_run(self, group: GroupId, turn: TurnId) -> Run | None:
        """Find the run whose metadata names this turn; None when the group has none.

        Raises:
            Refused: KEY, UNKNOWN_RUN (there is no such group).
            Unavailable: later.
        """


class ChatCompletions(Protocol):
    """Parallel's Chat API: an answer in seconds, in one response that nobody can fetch again."""

    def create(self, request: RunRequest) -> AbstractAsyncContextManager[AsyncIterator[ChatChunk]]:
        """Ask, and stream the answer. It costs money once sent: sent once only.

        The iteration ends when the answer is complete. Entering raises:
            Refused: nothing was started; `cause` says why (KEY, CREDIT, PROCESSOR, CHAIN, INPUT).
            Unavailable: nothing was started (429, no connection); later.
            AnswerLost: it may have been started, and cannot be had any more.

        Iterating raises AnswerLost when the response breaks off.
        """
        ...


class AnswerSource(Protocol):
    """What was answered, looked up again. bot.parallel.answers."""

    async def fetch(self, turn: Turn) -> Answer:
        """Return the answer of an answered turn, from Parallel.

        Raises:
            Refused: it is not there any more, or not for us.
            Unavailable: not now.
        """
        ...
