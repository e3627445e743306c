"""The playground's control port: people script the local Slack with plain HTTP.

Bound to this machine. A request whose Host is not a local name, or that carries a foreign Origin,
is refused, so that no web page can press buttons here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.slack import Channel, LocalSlack, Message, Outcome, Person

HELP = """Threadline's playground. Talk to the bot with plain HTTP:

  curl -s {url}/say -d who=ada -d text='@Threadline who owns the Suez Canal?'
  curl -s {url}/transcript                       everything said, with the ts of each message
  curl -s {url}/say -d who=bob -d thread=TS -d text='since when?'
  curl -s {url}/say -d who=ada -d channel=dm -d text='a direct message'
  curl -s {url}/command -d who=ada -d text='pro-fast'         /processor pro-fast
  curl -s {url}/press -d who=ada -d message=TS -d action=try_again
  curl -s {url}/choose -d who=ada -d message=TS -d action=follow_ups -d value=pro-fast
  curl -s {url}/trouble -d call=chat.postMessage -d error=fatal_error

Channels: general, random, dm. People: ada, bob, or anyone you name.
"""

LOCAL = {"127.0.0.1", "localhost", "::1"}
_MENTION = re.compile(r"@threadline\b", re.IGNORECASE)


class Control:
    """The control port of one playground."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, port: int, host: str = "127.0.0.1") -> None:
        """Serve. Raises OSError when the port is taken."""
        app = web.Application(middlewares=[_only_local])
        app.router.add_get("/", self._help)
        app.router.add_get("/transcript", self._transcript)
        for name, handler in (
            ("say", self._say),
            ("command", self._command),
            ("press", self._press),
            ("choose", self._choose),
            ("trouble", self._trouble),
        ):
            app.router.add_post(f"/{name}", _kindly(handler))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner:
            await self._runner.cleanup()

    async def _help(self, _: web.Request) -> web.Response:
        return web.Response(text=HELP.format(url=self.url))

    async def _transcript(self, _: web.Request) -> web.Response:
        workspace = self._slack.workspace
        lines = []
        for channel in workspace.channels.values():
            lines.append(f"# {channel.name}")
            for message in channel.visible():
                if message.thread_ts in (None, message.ts):
                    lines += self._told(message, "")
                    for reply in message.replies():
                        lines += self._told(reply, "    ")
        return web.Response(text="\n".join(lines) + "\n")

    def _told(self, message: Message, indent: str) -> list[str]:
        who = self._slack.workspace.users[message.user].name
        marks = "".join(f" :{name}:" for name in message.reactions)
        files = "".join(f" [file {file.name}]" for file in message.files)
        text = message.text.replace("\n", f"\n{indent}    ")
        return [f"{indent}{message.ts} {who}: {text}{files}{marks}"]

    # --- what people do -----------------------------------------------------------------

    async def _say(self, form: dict[str, str]) -> str:
        person, text = self._person(form), form.get("text", "")
        text = _MENTION.sub(f"<@{self._slack.app.bot_user_id}>", text)
        if thread := form.get("thread"):
            said = await person.replies(self._message(thread), text)
        else:
            said = await person.says(self._channel(form, person), text)
        return said.ts

    async def _command(self, form: dict[str, str]) -> str:
        person = self._person(form)
        name = form.get("command", "/processor")
        channel = self._channel(form, person)
        return _outcome(await person.command(name, form.get("text", ""), channel))

    async def _press(self, form: dict[str, str]) -> str:
        message = self._message(form.get("message", ""))
        return _outcome(await self._person(form).clicks(message, form.get("action", "")))

    async def _choose(self, form: dict[str, str]) -> str:
        message = self._message(form.get("message", ""))
        action, value = form.get("action", ""), form.get("value", "")
        return _outcome(await self._person(form).chooses(message, action, value))

    async def _trouble(self, form: dict[str, str]) -> str:
        how: dict[str, Any] = {k: form[k] for k in ("error", "cut") if k in form}
        how |= {k: int(form[k]) for k in ("status", "ratelimited", "times") if k in form}
        self._slack.faults.next(form.get("call", ""), **how)
        return f"the next {form.get('call')} will meet that"

    # --- finding things -----------------------------------------------------------------

    def _person(self, form: dict[str, str]) -> Person:
        return self._slack.person(form.get("who", "ada"))

    def _channel(self, form: dict[str, str], person: Person) -> Channel:
        name = form.get("channel", "general").lstrip("#")
        if name == "dm":
            return self._slack.dm(person)
        return self._slack.channel(name, members=[person])

    def _message(self, ts: str) -> Message:
        for channel in self._slack.workspace.channels.values():
            if ts in channel.messages:
                return channel.messages[ts]
        raise ValueError(f"there is no message {ts!r}; GET /transcript shows them")


def _outcome(outcome: Outcome) -> str:
    return outcome.error or "\n".join(message.text for message in outcome.messages) or "done"


def _kindly(
    handler: Callable[[dict[str, str]], Awaitable[str]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            return web.Response(text=await handler(form) + "\n")
        except (ValueError, TypeError) as error:
            return web.Response(status=400, text=f"{error}\n")

    return handle


@web.middleware
async def _only_local(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    origin = request.headers.get("origin")
    hosts = [urlsplit(f"//{request.host}").hostname]
    if origin is not None:
        hosts.append(urlsplit(origin).hostname)
    if any(host not in LOCAL for host in hosts):
        return web.Response(status=403, text="the playground answers only this machine\n")
    return await handler(request)
