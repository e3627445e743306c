"""The page's server: static files, the live stream, a transcript, and people's actions.

The live stream (`/live`) sends the panes of one open page as server-sent events, each whenever its
HTML has changed. A page that loses its stream opens another and receives all panes again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path

from aiohttp import web

from bot.errors import Unavailable
from bot.playground.page import fault_menu, inspector
from bot.playground.page.access import require_same_origin, set_security_headers
from bot.playground.page.actions import HELP, UserActions
from bot.playground.page.home import working
from bot.playground.page.panes import conversation_panes
from bot.playground.page.view_state import ViewState, view_state
from bot.playground.parts import JSON, Playground
from bot.playground.slack import Message
from bot.playground.task_api import LocalTaskApi

STATIC = Path(__file__).parent / "static"
POLL_INTERVAL = 0.5  # seconds; for what does not notify of its changes
DEBOUNCE = 0.03  # seconds; so that simultaneous changes are drawn once
KEEP_ALIVE_INTERVAL = 15.0  # seconds
MOST_UPLOAD_BYTES = 20_000_000  # of one upload
_SCOPE = {
    True: "Of this thread only; close the thread to see everything.",
    False: "Everything; open a thread to see only what concerns it.",
}


class PageServer:
    """Serves the page of one playground.

    Attributes:
        url: its address once started.
    """

    def __init__(self, playground: Playground) -> None:
        self.url = ""
        self._playground = playground
        self._actions = UserActions(playground)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int, host: str = "127.0.0.1") -> None:
        """Serve; port 0 takes a free one. Raises OSError when the port is in use."""
        app = web.Application(middlewares=[require_same_origin], client_max_size=MOST_UPLOAD_BYTES)
        app.on_response_prepare.append(set_security_headers)
        app.router.add_get("/", self._index)
        app.router.add_static("/static", STATIC)
        app.router.add_get("/live", self._live)
        app.router.add_get("/file/{file}", self._file)
        app.router.add_get("/transcript", self._transcript)
        app.router.add_get("/help", self._help)
        self._actions.add_to(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def _help(self, _: web.Request) -> web.Response:
        return web.Response(text=help_text(self.url))

    async def _file(self, request: web.Request) -> web.Response:
        file = self._playground.slack.workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            return web.Response(status=404, text="there is no such file\n")
        # Always as a download: its content must not run in the page's origin.
        return web.Response(
            body=file.content,
            content_type="application/octet-stream",
            headers={"Content-Disposition": "attachment"},
        )

    # --- the live stream ----------------------------------------------------------------

    async def _live(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the page was closed
            try:
                state = view_state(self._playground.slack, request.query)
            except ValueError as error:
                await _send(response, "lost", str(error))
                return response
            await self._stream_panes(state, response)
        return response

    async def _stream_panes(self, state: ViewState, response: web.StreamResponse) -> None:
        """Send the panes that change, until the page is closed."""
        changed = asyncio.Event()
        changed.set()
        unsubscribe = self._playground.slack.subscribe(lambda _: changed.set())
        sent: dict[str, str] = {}
        idle = 0.0
        try:
            while True:
                panes: dict[str, str] = {
                    "state": self._status_line(),
                    "thread-work": working(state),
                }
                panes |= await self._panel(state)
                if changed.is_set():
                    changed.clear()
                    panes |= conversation_panes(state, self._actions.dismissed)
                changes = {name: html for name, html in panes.items() if sent.get(name) != html}
                sent |= changes
                if changes:
                    await _send(response, "panes", changes)
                idle = 0.0 if changes else idle + POLL_INTERVAL
                if idle >= KEEP_ALIVE_INTERVAL:
                    await response.write(b": still here\n\n")
                    idle = 0.0
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_INTERVAL):
                        await changed.wait()
                        await asyncio.sleep(DEBOUNCE)
        finally:
            unsubscribe()

    def _status_line(self) -> str:
        bot, slack = self._playground.bot, self._playground.slack
        word = "stopped" if not bot.pid else ("running" if slack.connections else "starting")
        research = (
            "Sample research, made up on this machine"
            if isinstance(self._playground.research, LocalTaskApi)
            else "Real research: every run is paid"
        )
        return (
            f'<span class="research">{research}</span> '
            f'<span class="bot {word}">The bot is {word}</span>'
        )

    async def _panel(self, state: ViewState) -> dict[str, str]:
        match state.panel:
            case "chain" | "traffic":
                drawn = await self._draw_inspector(state)
            case "log":
                drawn = f'<pre class="log">{escape(chr(10).join(self._playground.bot.log))}</pre>'
            case "trouble":
                drawn = fault_menu.workbench(self._playground)
            case _:
                return {}
        return {"panel": drawn}

    async def _draw_inspector(self, state: ViewState) -> str:
        """Draw the chain or the traffic, of the open thread or of everything."""
        thread: list[Message] = [state.thread, *state.thread.replies()] if state.thread else []
        record: JSON | None = None
        turns: list[JSON] = []
        if thread:
            try:
                record, turns = await self._playground.read_records(
                    thread[0].channel.id, [message.ts for message in thread]
                )
            except Unavailable:
                return "<p>The bot’s records cannot be read at the moment.</p>"
        if state.panel == "traffic":
            drawn = inspector.traffic(self._playground, thread, turns)
            return f'<p class="scope">{_SCOPE[bool(thread)]}</p>{drawn}'
        if not thread:
            return "<p>Open a thread to see its turns and how they are chained.</p>"
        return inspector.chain(record, turns, self._playground.requests)

    # --- plain text ---------------------------------------------------------------------

    async def _transcript(self, _: web.Request) -> web.Response:
        lines: list[str] = []
        for channel in self._playground.slack.workspace.channels.values():
            lines.append(f"# {channel.name}")
            for message in channel.visible():
                if message.thread_ts in (None, message.ts):
                    lines += self._transcript_lines(message, "")
                    for reply in message.replies():
                        lines += self._transcript_lines(reply, "    ")
        return web.Response(text="\n".join(lines) + "\n")

    def _transcript_lines(self, message: Message, indent: str) -> Iterator[str]:
        user = self._playground.slack.workspace.users.get(message.user)
        marks = "".join(f" :{name}:" for name in message.reactions)
        files = "".join(f" [file {file.name}]" for file in message.files)
        text = message.text.replace("\n", f"\n{indent}    ")
        yield f"{indent}{message.ts} {user.name if user else 'slackbot'}: {text}{files}{marks}"


def help_text(url: str) -> str:
    """Return the help for using the playground from the command line."""
    return HELP.format(url=url, faults=", ".join(fault_menu.FAULTS))


async def _send(response: web.StreamResponse, event: str, data: Mapping[str, str] | str) -> None:
    await response.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())
