"""Parallel's Task API and Chat API, as the engine needs them. Implemented by `bot.parallel`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.research import Answer, ChatChunk, Progress, Run, RunRequest
from bot.domain.thread import GroupId, RunId, TurnId
from bot.domain.turn import Turn


class TaskRuns(Protocol):
    """Task runs. https://docs.parallel.ai/task-api/task-quickstart"""

    async def create(self, request: RunRequest) -> Run:
        """Create a run. It costs money and the API has no idempotency key, so it is sent once.

        Raises:
            Refused: nothing was started; `cause` is KEY, CREDIT, PROCESSOR, CHAIN or INPUT.
            Unavailable: nothing was started (429, 503, no connection); try later.
            AnswerLost: a run may have been started.
        """
        ...

    async def retrieve(self, run: RunId) -> Run:
        """Retrieve the run with its status. Raises Refused (KEY, UNKNOWN_RUN)."""
        ...

    async def result(self, run: RunId, timeout: float) -> Answer | None:
        """Wait up to `timeout` seconds for the output; None when the run is still active.

        Raises:
            Refused: UNKNOWN_RUN if the run failed or does not exist (`retrieve` tells which); KEY.
        """
        ...

    def events(self, run: RunId) -> AbstractAsyncContextManager[AsyncIterator[Progress]]:
        """Open the run's event stream. It is a hint: it may be silent, end early, or repeat."""
        ...


class TaskGroups(Protocol):
    """Task groups: a run created in one can be found again by its metadata."""

    async def create_group(self, metadata: Mapping[str, str]) -> GroupId:
        """Create an empty group, which is free. Raises Refused or Unavailable."""

    async def add_run(self, group: GroupId, request: RunRequest) -> RunId:
        """Create a run in a group, once; `TaskRuns.retrieve` returns its interaction.

        Raises what `TaskRuns.create` raises.
        """

    async def find_run(self, group: GroupId, turn: TurnId) -> Run | None:
        """Find the run whose metadata names this turn; None when the group has none.

        Raises:
            Refused: KEY, UNKNOWN_RUN (there is no such group).
            Unavailable: try later.
        """


class ChatCompletions(Protocol):
    """The Chat API: an answer in seconds, in one response that cannot be fetched again.

    https://docs.parallel.ai/chat-api/chat-quickstart
    """

    def create(self, request: RunRequest) -> AbstractAsyncContextManager[AsyncIterator[ChatChunk]]:
        """Ask, and stream the answer. It costs money once sent, so it is sent once.

        The iteration ends when the answer is complete. Entering raises:
            Refused: nothing was started; `cause` is KEY, CREDIT, PROCESSOR, CHAIN or INPUT.
            Unavailable: nothing was started (429, no connection); try later.
            AnswerLost: it may have been started; the answer is lost.

        Iterating raises AnswerLost when the response breaks off.
        """
        ...


class AnswerSource(Protocol):
    """Answers of earlier turns. Implemented by `bot.parallel.answers`."""

    async def fetch(self, turn: Turn) -> Answer:
        """Return the answer of an answered turn, from Parallel.

        Raises:
            Refused: it does not exist any more, or the key is not accepted.
            Unavailable: try later.
        """
        ...
