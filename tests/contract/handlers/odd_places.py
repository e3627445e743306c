"""The app, Ada's answered question, and all that people see of a press: for odd presses."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.thread import InteractionId, MessageTs, RunId, TurnId
from bot.domain.turn import Ending, EndingKind, State
from tests.contract.handlers.bolt_harness import (
    ASKS,
    ROOT,
    ResponseUrl,
    bolt_app,
    event,
    response_address,
    tell,
)
from tests.contract.handlers.memory import Memory, OpenGate

Json = dict[str, Any]
Change = Callable[[Json], Json]

TURN = TurnId(f"T1:C1:{ROOT}")
AT = MessageTs("1700000099.000100")
#: What no part of a body is.
STRANGE: tuple[Any, ...] = (
    None,
    "x",
    [],
    {},
    {"id": 7, "ts": 7, "text": 7},
    {"id": "<!channel>:", "ts": "x"},
)


class Calls:
    """A Web API that takes everything; the calls it got."""

    def __init__(self) -> None:
        self.methods: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.methods.append(request.match_info["method"])
        channels = [{"id": "C1", "name": "general"}, {"id": "C2", "name": "sales"}]
        answer: Json = {"view": {"id": "V9"}, "ts": AT, "messages": [], "channels": channels}
        return web.json_response({"ok": True, **answer})


@asynccontextmanager
async def web_api() -> AsyncIterator[Calls]:
    """Serve such a Web API."""
    calls, site = Calls(), web.Application()
    site.router.add_post("/api/{method}", calls.answer)
    site.router.add_get("/api/{method}", calls.answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    calls.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield calls
    finally:
        await runner.cleanup()


class Place:
    """The app, Ada's answered question in its mailbox, and what people see of it."""

    def __init__(self, app: AsyncApp, mailbox: Memory, calls: Calls, said: ResponseUrl) -> None:
        self.app, self.mailbox, self.calls, self.said = app, mailbox, calls, said
        self._turns = dict(mailbox.turns)

    def begin(self) -> None:
        """Put everything back to where it began."""
        self.mailbox.turns = dict(self._turns)
        self.mailbox.chosen, self.mailbox.rated = {}, {}
        self.mailbox.muted = set()
        self.calls.methods.clear()
        self.said.said.clear()

    def begin_from_here(self) -> None:
        """Have `begin` put everything back to how it is now."""
        self._turns = dict(self.mailbox.turns)

    @property
    def kept(self) -> object:
        """What is written down now; turns do not change, others take their place."""
        mailbox = self.mailbox
        return dict(mailbox.turns), dict(mailbox.chosen), dict(mailbox.rated), set(mailbox.muted)

    @property
    def has_answered(self) -> bool:
        """Whether the person sees that something has come of it."""
        return bool(self.said.said) or any(m.startswith("views.") for m in self.calls.methods)


@asynccontextmanager
async def opened_place(
    caplog: pytest.LogCaptureFixture, gate: OpenGate | None = None
) -> AsyncIterator[Place]:
    """Have the app at work; in the end no error may have been logged with its traceback."""
    caplog.set_level(logging.INFO)
    async with web_api() as calls, response_address() as said:
        mailbox = Memory()
        client = AsyncWebClient(token="xoxb-1", base_url=calls.url, retry_handlers=[])
        app = bolt_app(mailbox, client=client, gate=gate, admins=["U1ADA"])
        await tell(app, event("message", text=ASKS, ts=ROOT))
        mailbox.turns[TURN] = replace(
            mailbox.turns[TURN],
            state=State.DONE,
            processor="core",
            run=RunId("trun_1"),
            interaction=InteractionId("trun_1"),
            ending=Ending(EndingKind.ANSWERED, 0),
        )
        yield Place(app, mailbox, calls, said)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def without(*names: str) -> Change:
    """Take these out of a body."""
    return lambda body: {name: value for name, value in body.items() if name not in names}


def having(**changes: Any) -> Change:
    """Put these into a body."""
    return lambda body: {**body, **changes}
