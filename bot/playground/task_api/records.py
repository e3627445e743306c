"""The state of the local Task API: runs, chats, interactions, groups and credit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.groups import LocalTaskGroup
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.prices import CHAT_PRICES, TASK_PROCESSORS
from bot.playground.task_api.protocol import JSON, Refusal, Status
from bot.playground.task_api.runs import LocalRun

#: From `pro` on, events are enabled by default: https://docs.parallel.ai/task-api/task-sse.
EVENTS_BY_DEFAULT_FROM = TASK_PROCESSORS["pro"].price


class Records:
    """Keeps the state, and creates runs, chats and groups.

    Attributes:
        runs: every run, in order of creation.
        chats: every chat, in order of acceptance.
        groups: every group, by its id.
        created: runs that the caller has not taken yet.
        accepted: chats that the caller has not taken yet.
        credit: US dollars left; None for unlimited. A run's price is reserved when it is created
            and returned unless it completes. A chat's price is charged on acceptance: whether an
            aborted chat is billed is not documented.
        chaining_error: status and message for requests that continue an interaction; None to
            accept them.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        allowed: Collection[str] | None,
        silent: Collection[str],
    ) -> None:
        """Start empty.

        Args:
            clock: seconds since 1970.
            allowed: the processors and models that may be used; None for all.
            silent: the processors that record no events even when asked to.
        """
        self.runs: list[LocalRun] = []
        self.chats: list[LocalChat] = []
        self.groups: dict[str, LocalTaskGroup] = {}
        self.created: asyncio.Queue[LocalRun] = asyncio.Queue()
        self.accepted: asyncio.Queue[LocalChat] = asyncio.Queue()
        self.credit: Decimal | None = None
        self.chaining_error: tuple[int, str] | None = None
        self._clock = clock
        self._allowed = allowed
        self._silent = silent
        self._by_id: dict[str, LocalRun] = {}
        self._interactions: dict[str, Interaction] = {}
        self._reserved: dict[str, Decimal] = {}

    def create_runs(
        self, bodies: Sequence[JSON], group: LocalTaskGroup | None = None
    ) -> list[LocalRun]:
        """Create a run for each validated body: all of them, or none.

        Raises:
            Refusal: an unknown or forbidden processor (403), an interaction that cannot be
                continued (422), insufficient credit (402).
        """
        for body in bodies:
            self._require_allowed(body["processor"], TASK_PROCESSORS, "processor")
        previous = [self._previous(body.get("previous_interaction_id")) for body in bodies]
        price = sum((TASK_PROCESSORS[body["processor"]].price for body in bodies), Decimal(0))
        if self.credit is not None and price > self.credit:
            raise Refusal(402)
        runs = [self._create_run(*each, group) for each in zip(bodies, previous, strict=True)]
        if group:
            group.add(runs)
        return runs

    def create_chat(self, body: JSON) -> LocalChat:
        """Accept a chat request with a validated body.

        Raises:
            Refusal: a forbidden model (403), an interaction that cannot be continued (422),
                insufficient credit (402).
        """
        self._require_allowed(body["model"], CHAT_PRICES, "model")
        previous = self._previous(body.get("previous_interaction_id"))
        price = CHAT_PRICES[body["model"]]
        if self.credit is not None:
            if price > self.credit:
                raise Refusal(402)
            self.credit -= price
        chat = LocalChat(body, previous=previous, clock=self._clock)
        assert chat.interaction_id
        self.chats.append(chat)
        self._interactions[chat.interaction_id] = chat
        self.accepted.put_nowait(chat)
        return chat

    def run(self, run_id: str) -> LocalRun:
        """Return the run. Raises Refusal (404)."""
        if run_id not in self._by_id:
            raise Refusal(404, "Run id not found")
        return self._by_id[run_id]

    def group(self, taskgroup_id: str) -> LocalTaskGroup:
        """Return the group. Raises Refusal (404)."""
        if taskgroup_id not in self.groups:
            raise Refusal(404, "TaskGroup not found")
        return self.groups[taskgroup_id]

    def create_group(self, metadata: JSON | None) -> LocalTaskGroup:
        """Create an empty group."""
        group = LocalTaskGroup(metadata, self._clock)
        self.groups[group.taskgroup_id] = group
        return group

    def forget_interactions(self) -> None:
        """Forget all interactions, so that continuing one is refused."""
        self._interactions.clear()

    def _require_allowed(self, name: str, sold: Collection[str], field: str) -> None:
        if name not in sold or (self._allowed is not None and name not in self._allowed):
            raise Refusal(403, field=(field,), reason=f"{name}: not allowed")

    def _previous(self, interaction_id: str | None) -> Interaction | None:
        """Return the run or chat to continue. Raises Refusal (422) unless it has completed.

        Continuing an active or a failed one is not documented.
        """
        if interaction_id is None:
            return None
        if self.chaining_error:
            raise Refusal(*self.chaining_error)
        found = self._interactions.get(interaction_id)
        if found is None or found.status is not Status.COMPLETED:
            reason = "unknown interaction" if found is None else "the interaction has no output"
            raise Refusal(422, field=("previous_interaction_id",), reason=reason)
        return found

    def _create_run(
        self, body: JSON, previous: Interaction | None, group: LocalTaskGroup | None
    ) -> LocalRun:
        enable_events = body.get("enable_events")
        if enable_events is None:
            enable_events = TASK_PROCESSORS[body["processor"]].price >= EVENTS_BY_DEFAULT_FROM
        run = LocalRun(
            body,
            previous=previous,
            taskgroup_id=group.taskgroup_id if group else None,
            records_events=enable_events and body["processor"] not in self._silent,
            clock=self._clock,
            on_status_change=self._status_changed,
        )
        if self.credit is not None:
            self._reserved[run.run_id] = TASK_PROCESSORS[run.processor].price
            self.credit -= self._reserved[run.run_id]
        self.runs.append(run)
        self._by_id[run.run_id] = run
        self._interactions[run.interaction_id] = run
        self.created.put_nowait(run)
        return run

    def _status_changed(self, run: LocalRun, previous: Status) -> None:
        if run.status.is_over:
            reserved = self._reserved.pop(run.run_id, Decimal(0))
            if self.credit is not None and run.status is not Status.COMPLETED:
                self.credit += reserved
        if run.taskgroup_id:
            self.groups[run.taskgroup_id].status_changed(run, previous)
