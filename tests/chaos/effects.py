"""The effects of the bot on the outside, counted as they happen, and the moments to strike at.

An effect has two moments: *before*, when it has been asked for and nothing has happened, and
*after*, when it has taken place and the bot has not learned it. A moment is named by what the
effect is and which of its kind, so it has the same name in every run of the same conversation.

What counts. Redis: every command that writes for a question or a choice (`redis_proxy` knows the
others: reads, the lease, the search for dead replicas), and every read that hands out work, which
has an *after* only: before it, nothing was asked for. Slack: every call but the two of a bot's
start, uploads, answers to a press, acknowledgements (an *after* only). Parallel: every call about
a run or a group; the reads among them the first time for each run, or for each create call that is
looked for, because how often they are repeated is chance, and streams with a *before* only; and
what happens to a chat request (`chat_effects`).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.playground.slack.delivery.delivery import Delivery
from bot.playground.slack.state.entities import Change

When = Literal["before", "after"]
START_CALLS = {"auth.test", "apps.connections.open"}


@dataclass(frozen=True, slots=True)
class Moment:
    """Right before or right after an effect, such as ``slack chat.postMessage #2``."""

    effect: str
    when: When

    def __str__(self) -> str:
        return f"{self.effect} {self.when}"


#: Where to strike next: at a moment, or at the n-th moment from the last strike on.
Target = Moment | int


@dataclass(slots=True)
class _Doubt:
    """The bot in this slot means to create a run. `created`: whether the call took effect."""

    slot: int
    created: bool = False


class Effects:
    """Counts effects, and strikes at the targets, one after the other.

    Attributes:
        passed: every moment so far, in order.
        struck: those where it struck.
        lost: the create calls whose answer was lost by it, by the number of their intent from 1,
            and whether they took effect: None where either may be.
        questions: the turns (by id) in the order they were first put into a mailbox.
        writer: the slot of the bot that wrote to Redis last.
    """

    def __init__(self, targets: list[Target], strike: Callable[[int], bool]) -> None:
        """Prepare. `strike` is called with the slot of the bot whose effect it is.

        It returns False when there is nobody in that slot to be struck.
        """
        self.passed: list[Moment] = []
        self.struck: list[Moment] = []
        self.lost: dict[int, bool | None] = {}
        self.questions: list[str] = []
        self.writer = 0
        self._targets = list(targets)
        self._strike = strike
        self._since = 0
        self._counts: Counter[str] = Counter()
        self._intents = 0
        self._doubt: _Doubt | None = None

    def begins(self, kind: str) -> str:
        """Name an effect of this kind that is about to happen."""
        self._counts[kind] += 1
        return f"{kind} #{self._counts[kind]}"

    def strikes(self, effect: str, when: When, slot: int) -> bool:
        """Pass a moment of a bot's. Returns True when it was struck here: then go no further."""
        moment = Moment(effect, when)
        self.passed.append(moment)
        struck = self._is_next(moment) and self._strike(slot)
        self._follow(moment, slot, struck=struck)
        if struck:
            self._targets.pop(0)
            self._since = 0
            self.struck.append(moment)
        return struck

    def _is_next(self, moment: Moment) -> bool:
        self._since += 1
        if not self._targets:
            return False
        target = self._targets[0]
        return target == moment if isinstance(target, Moment) else target <= self._since

    def _follow(self, moment: Moment, slot: int, *, struck: bool) -> None:
        """See whether a strike hits between the intent to create a run and the run's record."""
        kind = moment.effect.rpartition(" #")[0]
        match kind, moment.when:
            case "redis RESERVE_PRICE starting", "before" if not struck:
                self._intents += 1
                self._doubt = _Doubt(slot)
            case "parallel create", "after" if self._doubt:
                self._doubt.created = True
            case "redis SAVE running", "before" if not struck:
                self._doubt = None
        if struck and self._doubt and self._doubt.slot == slot:
            # When something else was going on besides, the call may be on its way.
            perhaps = False if kind in ("redis RESERVE_PRICE starting", "parallel create") else None
            self.lost[self._intents] = self._doubt.created or perhaps
            self._doubt = None

    def acknowledged(self, change: Change) -> None:
        """Watch the local Slack: the acknowledgement of what a person said is an effect."""
        if change.kind != "event acknowledged" or not isinstance(change.subject, Delivery):
            return
        event = change.subject.event
        revised = event.get("message") or event.get("previous_message")
        written = revised or event
        if not written.get("bot_id") and written.get("client_msg_id"):
            kind = event["subtype"] if revised else event["type"]
            self.strikes(self.begins(f"slack ack of {kind}"), "after", self.writer)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is being answered: which effect it is, and of the bot in which slot."""

    request: web.Request
    effect: str
    slot: int


#: What the local server is answering, for the code that it calls meanwhile.
ASKED: ContextVar[Asked] = ContextVar("ASKED")

Name = Callable[[web.Request], str | None]
Slot = Callable[[web.Request], int]


def gate(effects: Effects, name: Name, slot: Slot) -> Middleware:
    """Return a middleware for a local server that passes the moments of each request.

    `name` gives the kind of effect, or None; `slot` the bot that asks.
    """

    @web.middleware
    async def passing(request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = name(request)
        if kind is None:
            return await handler(request)
        effect, bot = effects.begins(kind), slot(request)
        if effects.strikes(effect, "before", bot):
            return cut(request)
        ASKED.set(Asked(request, effect, bot))
        response = await handler(request)
        # A stream is read while it runs: when it ends, nothing has just happened.
        if isinstance(response, web.Response) and effects.strikes(effect, "after", bot):
            return cut(request)
        return response

    return passing


def slack_name(request: web.Request) -> str | None:
    """Name a request to the local Slack."""
    first, _, rest = request.path.lstrip("/").partition("/")
    match first:
        case "api":
            return None if rest in START_CALLS else f"slack {rest}"
        case "upload":
            return "slack upload"
        case "response":
            return "slack answer to a press"
        case _:
            return None


class ParallelNames:
    """Names requests to the local Task API: each creation, and the first reads of what they made.

    A run has the same names in a group and by itself.
    """

    def __init__(self, runs: Callable[[], list[str]]) -> None:
        """Prepare. `runs` returns the ids of all runs, in order of creation."""
        self._runs = runs
        self._seen: set[str] = set()
        self._created = 0

    def __call__(self, request: web.Request) -> str | None:
        """Name a request; None for a repeated read, and for the bot's question at its start."""
        if request.method == "POST":
            if request.path.endswith("/groups"):
                return "parallel open group"
            if request.path.endswith("/chat/completions"):
                return "parallel chat"
            self._created += 1
            return "parallel create"
        if "/groups/" in request.path:
            what = "list" if request.path.endswith("/runs") else "size"
            return self._first(f"parallel {what} of group after {self._created} creations")
        run, _, what = request.path.rpartition("/runs/")[2].partition("/")
        if run not in self._runs():
            return None
        return self._first(f"parallel {what or 'status'} of run {self._runs().index(run) + 1}")

    def _first(self, name: str) -> str | None:
        if name in self._seen:
            return None
        self._seen.add(name)
        return name


class Slots:
    """Knows which bot a request to the local Slack comes from.

    The bots reach it under different names. The addresses that Slack itself gives out are the same
    for all: an upload belongs to who asked for it, an answer to a press to who wrote it down.
    """

    def __init__(self, hosts: list[str], writer: Callable[[], int]) -> None:
        self._hosts = hosts
        self._writer = writer
        self._uploads: dict[str, int] = {}

    def of(self, request: web.Request) -> int:
        """Return the slot."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == "upload":
            return self._uploads[rest.rpartition("/")[2]]
        if first == "response":
            return self._writer()
        return self._hosts.index(request.host.rpartition(":")[0])

    @property
    def middleware(self) -> Middleware:
        """Return what learns whose upload is whose."""

        @web.middleware
        async def learn(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await handler(request)
            if request.path.endswith("files.getUploadURLExternal"):
                assert isinstance(response, web.Response)
                answer = json.loads(response.text or "{}")
                self._uploads[str(answer.get("file_id"))] = self.of(request)
            return response

        return learn


def cut(request: web.Request) -> web.Response:
    """Break the connection off. What is returned then reaches nobody."""
    if isinstance(request.transport, asyncio.WriteTransport):
        request.transport.abort()
    return web.Response(status=500)
