"""Deliver events to the app at least once: retry each until it is acknowledged.

The app must acknowledge within 3 seconds. Retries have the same ``event_id`` and follow after each
of the retry delays; slash commands and interactions are sent once.
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

EnvelopeType = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, slots=True)
class Retry:
    """The number of a retry, from 1, and why the previous attempt failed."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ack:
    """The result of one attempt. `body` is the app's response: JSON, or ``{"text": …}``."""

    ok: bool
    reason: str = ""
    body: JSON | None = None
    no_retry: bool = False


class Transport(Protocol):
    """A way to send payloads to the app."""

    async def send(self, kind: EnvelopeType, payload: JSON, retry: Retry | None) -> Ack:
        """Send a payload once and wait for its acknowledgement."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver an event; `seconds` until it was acknowledged or failed."""

    number: int
    acked: bool
    reason: str
    seconds: float


@dataclass(eq=False, slots=True)
class Delivery:
    """One event; `at` (seconds since 1970) is when it happened.

    `over` is set when it is acknowledged or given up.
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
class SentInteraction:
    """A slash command or interaction; `at`: seconds since 1970; `ack`: None while it is sent."""

    kind: EnvelopeType
    payload: JSON
    at: float
    ack: Ack | None = None


class Dispatcher:
    """Sends events and interactions, and keeps all that were sent."""

    def __init__(
        self, workspace: Workspace, transport: Transport, retry_delays: Sequence[float]
    ) -> None:
        self.sent: list[Delivery] = []
        self.interactions: list[SentInteraction] = []
        self.mention_order: Literal["app_mention first", "message first", "random"] = "random"
        self._workspace = workspace
        self._transport = transport
        self._retry_delays = tuple(retry_delays)
        self._tasks: set[asyncio.Task[None]] = set()

    def send_events(self, inner_events: Sequence[JSON]) -> list[Delivery]:
        """Send the events that the app is subscribed to, each with its own id."""
        ordered = [
            event for event in inner_events if events.is_subscribed(self._workspace.app, event)
        ]
        if len(ordered) > 1:
            by_chance = self._workspace.random.random() < 0.5
            if self.mention_order == "message first" or (
                self.mention_order == "random" and by_chance
            ):
                ordered.reverse()
        return [self.send_event(event) for event in ordered]

    def send_event(self, event: JSON) -> Delivery:
        """Send an event without checking subscriptions and scopes."""
        workspace = self._workspace
        event_id = workspace.new_id("Ev")
        now = workspace.clock()
        place = event.get("channel") or (event.get("item") or {}).get("channel")
        channel = workspace.channels.get(str(place))
        shared = channel is not None and workspace.is_shared(channel)
        payload = events.event_callback(
            workspace.app,
            event,
            event_id,
            now=now,
            shared=shared,
            enterprise=workspace.enterprise,
        )
        delivery = Delivery(event_id, payload, now)
        self.sent.append(delivery)
        self._start(self._deliver(delivery, None))
        return delivery

    def redeliver(self, delivery: Delivery) -> None:
        """Send an event again under its id, as if its acknowledgement had been lost."""
        delivery.over.clear()
        self._start(self._deliver(delivery, Retry(1, "timeout")))

    async def send_interaction(self, kind: EnvelopeType, payload: JSON) -> Ack:
        """Send a slash command or an interaction once, and return the app's response."""
        interaction = SentInteraction(kind, payload, self._workspace.clock())
        self.interactions.append(interaction)
        interaction.ack = await self._transport.send(kind, payload, None)
        return interaction.ack

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
        self._workspace.publish(
            "event acknowledged" if delivery.acked else "event given up", delivery
        )

    async def _try(self, delivery: Delivery, retry: Retry | None) -> Ack:
        self._workspace.publish("event sent", delivery)
        started = time.monotonic()
        ack = await self._transport.send("events_api", delivery.payload, retry)
        number = retry.number if retry else 0
        seconds = time.monotonic() - started
        delivery.attempts.append(
            Attempt(number=number, acked=ack.ok, reason=ack.reason, seconds=seconds)
        )
        return ack
