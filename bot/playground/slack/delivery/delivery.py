"""Events reach the app at least once: sent, awaited, and sent again until acknowledged.

An acknowledgement counts within 3 seconds. Events are sent again after each of the retry delays
with the same ``event_id``; commands and interactions are sent once.
Source: https://docs.slack.dev/apis/events-api#retries.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bot.playground.slack.delivery import events
from bot.playground.slack.state.entities import JSON
from bot.playground.slack.state.workspace import Workspace

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, slots=True)
class Retry:
    """Says that this is not the first try: its number from 1, and what was wrong before."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ack:
    """What came of one try. `body` is what the app answered with: JSON, or ``{"text": …}``."""

    ok: bool
    reason: str = ""
    body: JSON | None = None
    no_retry: bool = False


class Transport(Protocol):
    """One way of reaching the app."""

    async def send(self, kind: Kind, payload: JSON, retry: Retry | None) -> Ack:
        """Send a payload once and wait for its acknowledgement."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at delivering an event, and the seconds until its answer or the giving up."""

    number: int
    acked: bool
    reason: str
    seconds: float


@dataclass(eq=False, slots=True)
class Delivery:
    """One event on its way; `at` (seconds since 1970) is when it arose.

    `over` is set when it was acknowledged or given up.
    """

    event_id: str
    payload: JSON
    at: float
    attempts: list[Attempt] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acked(self) -> bool:
        """Whether the app has acknowledged it."""
        return any(attempt.acked for attempt in self.attempts)

    @property
    def event(self) -> JSON:
        """The inner event."""
        inner: JSON = self.payload["event"]
        return inner


@dataclass(eq=False, slots=True)
class Asked:
    """A command or an interaction, sent `at` (seconds since 1970). `ack` is None until answered."""

    kind: Kind
    payload: JSON
    at: float
    ack: Ack | None = None


class WorkQueue:
    """Every event sent so far, and the tasks that send them."""

    def __init__(
        self, workspace: Workspace, transport: Transport, retry_delays: Sequence[float]
    ) -> None:
        self.sent: list[Delivery] = []
        self.asked: list[Asked] = []
        self.mention_order: Literal["app_mention first", "message first", "random"] = "random"
        self._workspace = workspace
        self._transport = transport
        self._retry_delays = tuple(retry_delays)
        self._tasks: set[asyncio.Task[None]] = set()

    def events(self, inner: Sequence[JSON]) -> list[Delivery]:
        """Send those of the events that the app is to hear of, each under its own id."""
        ordered = [event for event in inner if events.heard(self._workspace.app, event)]
        if len(ordered) > 1:
            by_chance = self._workspace.random.random() < 0.5
            if self.mention_order == "message first" or (
                self.mention_order == "random" and by_chance
            ):
                ordered.reverse()
        return [self.raw(event) for event in ordered]

    def raw(self, event: JSON) -> Delivery:
        """Send any event, asking for neither subscription nor scope."""
        workspace = self._workspace
        event_id = workspace.new_id("Ev")
        now = workspace.clock()
        channel = workspace.channels.get(str(event.get("channel")))
        shared = channel is not None and workspace.is_shared(channel)
        payload = events.envelope(workspace.app, event, event_id, now, shared=shared)
        delivery = Delivery(event_id, payload, now)
        self.sent.append(delivery)
        self._start(self._deliver(delivery, None))
        return delivery

    def again(self, delivery: Delivery) -> None:
        """Send an event once more under its old id, as if its acknowledgement had been lost."""
        delivery.over.clear()
        self._start(self._deliver(delivery, Retry(1, "timeout")))

    async def ask(self, kind: Kind, payload: JSON) -> Ack:
        """Send a command or an interaction, once, and return what the app answered."""
        asked = Asked(kind, payload, self._workspace.clock())
        self.asked.append(asked)
        asked.ack = await self._transport.send(kind, payload, None)
        return asked.ack

    async def close(self) -> None:
        """Stop delivering."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, retry: Retry | None) -> None:
        first = retry.number if retry else 0
        for delay in (None, *self._retry_delays[first:]):
            if delay is not None:
                await asyncio.sleep(delay)
            ack = await self._try(delivery, retry)
            if ack.ok or ack.no_retry:
                break
            retry = Retry((retry.number if retry else 0) + 1, ack.reason)
        delivery.over.set()
        self._workspace.changed(
            "event acknowledged" if delivery.acked else "event given up", delivery
        )

    async def _try(self, delivery: Delivery, retry: Retry | None) -> Ack:
        self._workspace.changed("event sent", delivery)
        started = time.monotonic()
        ack = await self._transport.send("events_api", delivery.payload, retry)
        number = retry.number if retry else 0
        seconds = time.monotonic() - started
        delivery.attempts.append(Attempt(number, ack.ok, ack.reason, seconds))
        return ack
