"""What is known: runs, chats, interactions, groups, credit; and who may start a run or a chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.groups import Group
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.prices import CHAT_PRICES, TASK_PROCESSORS
from bot.playground.task_api.protocol import JSON, Refusal, Status
from bot.playground.task_api.runs import LocalRun

#: From pro on, progress is kept unless a request says no (task-api/task-sse).
CHEAPEST_TRACKED = TASK_PROCESSORS["pro"].price


class Records:
    """The memory of one local Task API.

    Attributes:
        runs: every run, in order of creation.
        chats: every chat, in order of acceptance.
        groups: every group, by its id.
        created: the runs that nobody has taken yet.
        accepted: the chats that nobody has taken yet.
        credit: US dollars left; None for as much as you like. A run's price is reserved when it
            is created and given back unless it completes. A chat's price is gone once the chat is
            accepted: whether one that breaks off is billed is documented nowhere.
        chaining_refused: status and message for whoever continues an interaction; None to let it.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        allowed: Collection[str] | None,
        silent: Collection[str],
    ) -> None:
        """Begin empty.

        `allowed`: the processors and models that may be used, None for all; `silent`: the
        processors that keep no progress even when asked to.
        """
        self.runs: list[LocalRun] = []
        self.chats: list[LocalChat] = []
        self.groups: dict[str, Group] = {}
        self.created: asyncio.Queue[LocalRun] = asyncio.Queue()
        self.accepted: asyncio.Queue[LocalChat] = asyncio.Queue()
        self.credit: Decimal | None = None
        self.chaining_refused: tuple[int, str] | None = None
        self._clock = clock
        self._allowed = allowed
        self._silent = silent
        self._by_id: dict[str, LocalRun] = {}
        self._interactions: dict[str, Interaction] = {}
        self._reserved: dict[str, Decimal] = {}

    def start(self, bodies: Sequence[JSON], group: Group | None = None) -> list[LocalRun]:
        """Create runs from good bodies: all of them, or none.

        Raises:
            Refusal: a processor that does not exist or may not be used (403), an interaction that
                cannot be continued (422), too little credit (402).
        """
        for body in bodies:
            self._may_use(body["processor"], TASK_PROCESSORS, "processor")
        previous = [self._previous(body.get("previous_interaction_id")) for body in bodies]
        price = sum((TASK_PROCESSORS[body["processor"]].price for body in bodies), Decimal(0))
        if self.credit is not None and price > self.credit:
            raise Refusal(402)
        runs = [self._new(*each, group) for each in zip(bodies, previous, strict=True)]
        if group:
            group.added(runs)
        return runs

    def start_chat(self, body: JSON) -> LocalChat:
        """Accept a chat request with a good body.

        Raises:
            Refusal: a model that may not be used (403), an interaction that cannot be continued
                (422), too little credit (402).
        """
        self._may_use(body["model"], CHAT_PRICES, "model")
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

    def _may_use(self, name: str, sold: Collection[str], field: str) -> None:
        if name not in sold or (self._allowed is not None and name not in self._allowed):
            raise Refusal(403, field=(field,), reason=f"{name}: not allowed")

    def _previous(self, interaction_id: str | None) -> Interaction | None:
        """Return the run or chat to continue.

        It must have completed: that one still going, or a failed one, can be continued is promised
        nowhere.
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

    def _new(self, body: JSON, previous: Interaction | None, group: Group | None) -> LocalRun:
        wanted = body.get("enable_events")
        if wanted is None:
            wanted = TASK_PROCESSORS[body["processor"]].price >= CHEAPEST_TRACKED
        run = LocalRun(
            body,
            previous=previous,
            taskgroup_id=group.taskgroup_id if group else None,
            tracked=wanted and body["processor"] not in self._silent,
            clock=self._clock,
            moved=self._moved,
        )
        if self.credit is not None:
            self._reserved[run.run_id] = TASK_PROCESSORS[run.processor].price
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
