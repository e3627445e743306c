"""What people do, as forms posted by the page or by hand (``curl -d``).

The response to each is a line of text; 400 with the reason when a person cannot do it in Slack; 409
with Slack's error when the bot did not respond correctly.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground import bodies
from bot.playground.page.fault_menu import FAULTS
from bot.playground.page.view_state import default_channel, find_channel, find_message
from bot.playground.parts import Playground
from bot.playground.slack import Channel, Message, Outcome, Person, View

HELP = """Threadline's playground: open {url} in a browser, or talk to it with plain HTTP:

  curl -s {url}/say -d who=ada -d text='@Threadline who owns the Suez Canal?'
  curl -s {url}/transcript                       everything said, with the ts of each message
  curl -s {url}/say -d who=bob -d thread=TS -d text='since when?'
  curl -s {url}/say -d who=ada -d channel=dm -d text='a direct message'
  curl -s {url}/upload -F who=ada -F text='@Threadline what is it?' -F file=@notes.txt
  curl -s {url}/edit -d who=ada -d message=TS -d text='@Threadline who built it?'
  curl -s {url}/delete -d who=ada -d message=TS
  curl -s {url}/react -d who=ada -d message=TS -d name=mag    again: takes the reaction back
  curl -s {url}/command -d who=ada -d text='pro-fast'         /processor pro-fast
  curl -s {url}/press -d who=ada -d message=TS -d action=try_again
  curl -s {url}/press -d who=ada -d message=TS -d action=rerun    answers with its VIEW
  curl -s {url}/press -d who=ada -d view=VIEW -d action=ACTION
  curl -s {url}/submit -d who=ada -d view=VIEW -d processor/processor=pro-fast
  curl -s {url}/close -d who=ada -d view=VIEW                 closes a modal without submitting it
  curl -s {url}/shortcut -d who=ada -d message=TS -d shortcut=research_message
  curl -s {url}/stop -d who=ada -d message=TS                 Slack's own Stop of a thread's work
  curl -s {url}/open -d who=ada -d tab=home                   the Home tab; answers with its VIEW
  curl -s {url}/dismiss -d who=ada -d message=TS              puts away what only she sees
  curl -s {url}/redeliver -d message=TS                       sends its events to the bot again
  curl -s {url}/file/FILE                                     what a file of the bot's holds
  curl -s {url}/trouble -d name=kill                          {faults}
  curl -s {url}/help                                          this

Channels: general, random, partners (shared with another company), dm.
People: ada, bob, gil (a guest, in general), eve (of the other company, in partners).
"""
_NAME = re.compile(r"(?<![\w@])([@#])([a-z][a-z0-9_-]*)\b", re.IGNORECASE)
Form = dict[str, str]


class InteractionFailed(Exception):
    """The interaction failed, and Slack shows an error."""


class UserActions:
    """Performs what people do on the page.

    Attributes:
        dismissed: the ts of dismissed ephemeral messages.
    """

    def __init__(self, playground: Playground) -> None:
        self.dismissed: set[str] = set()
        self._playground = playground
        self._slack = playground.slack

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        actions: dict[str, Callable[[Form], Awaitable[str]]] = {
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "command": self.command,
            "press": self.press,
            "shortcut": self.shortcut,
            "stop": self.stop,
            "open": self.open,
            "close": self.close,
            "dismiss": self.dismiss,
            "redeliver": self.redeliver,
            "trouble": self.inject_fault,
        }
        for name, action in actions.items():
            router.add_post(f"/{name}", form_handler(action))
        router.add_post("/submit", self.submit)
        router.add_post("/upload", self.upload)

    async def say(self, form: Form) -> str:
        """Post a message; with `thread` as a reply, with `broadcast` also to the channel."""
        person, text = self._person(form), self._typed(form.get("text", ""))
        if thread := form.get("thread"):
            broadcast = bool(form.get("broadcast"))
            message = await person.replies(self._message(thread), text, broadcast=broadcast)
        else:
            message = await person.says(self._channel(person, form), text)
        return message.ts

    async def edit(self, form: Form) -> str:
        """Edit one's own message."""
        text = self._typed(form.get("text", ""))
        if not text.strip():
            raise ValueError("an empty message cannot be kept; delete it instead")
        await self._person(form).edits(self._message(form.get("message", "")), text)
        return "changed"

    async def delete(self, form: Form) -> str:
        """Delete one's own message."""
        await self._person(form).deletes(self._message(form.get("message", "")))
        return "deleted"

    async def react(self, form: Form) -> str:
        """Add a reaction, or remove it if it is there."""
        person, message = self._person(form), self._message(form.get("message", ""))
        name = form.get("name", "").strip(":")
        if person.id in message.reactions.get(name, []):
            await person.unreacts(message, name)
        else:
            await person.reacts(message, name)
        return "done"

    async def command(self, form: Form) -> str:
        """Send a slash command."""
        person = self._person(form)
        if form.get("thread"):
            raise ValueError("Slack does not allow slash commands in threads")
        channel = self._channel(person, form)
        name = form.get("command", "/processor")
        return _outcome(await person.command(name, form.get("text", ""), channel))

    async def press(self, form: Form) -> str:
        """Click a button, or select `value` in a menu, of a message or an open view.

        Returns the id of the modal that this opened, if any.
        """
        person, place, action = self._person(form), self._place(form), form.get("action", "")
        value, before = form.get("value"), person.views()
        if value is not None:
            outcome = _outcome(await person.chooses(place, action, value))
        else:
            outcome = _outcome(await person.clicks(place, action))
        opened = [view.id for view in person.views() if view not in before]
        return opened[-1] if opened else outcome

    async def shortcut(self, form: Form) -> str:
        """Use a message shortcut of the app."""
        message = self._message(form.get("message", ""))
        return _outcome(await self._person(form).shortcut(form.get("shortcut", ""), message))

    async def stop(self, form: Form) -> str:
        """Click Slack's own Stop in a message's thread."""
        await self._person(form).stops(self._message(form.get("message", "")))
        return "the bot was told to stop"

    async def open(self, form: Form) -> str:
        """Open the app's ``home`` or ``messages`` tab.

        Returns the id of the published view, if any.
        """
        if form.get("tab") != "home":
            await self._person(form).opens_messages()
            return "opened"
        view = await self._person(form).opens_home()
        return view.id if view else "nothing is published there yet"

    async def close(self, form: Form) -> str:
        """Close a modal."""
        await self._person(form).closes(self._view(form))
        return "closed"

    async def dismiss(self, form: Form) -> str:
        """Dismiss an ephemeral message."""
        message = self._message(form.get("message", ""))
        self.dismissed.add(message.ts)
        self._slack.workspace.publish("ephemeral", message)
        return "put away"

    async def redeliver(self, form: Form) -> str:
        """Send the events of a message to the bot again."""
        sent = await self._slack.redeliver(self._message(form.get("message", "")))
        return f"{len(sent)} events of this message were sent to the bot again"

    async def inject_fault(self, form: Form) -> str:
        """Inject a fault; see `bot.playground.page.fault_menu`."""
        fault = FAULTS.get(form.get("name", ""))
        if fault is None:
            raise ValueError(f"there is no such trouble; there are: {', '.join(FAULTS)}")
        return await fault.apply(self._playground)

    async def submit(self, request: web.Request) -> web.Response:
        """Submit a modal; its fields are named ``block_id/action_id``.

        The response is JSON; ``errors`` are the validation errors by block id.
        """
        try:
            form = await bodies.form(request)
        except bodies.Malformed as error:
            return web.Response(status=400, text=str(error))
        given: dict[str, dict[str, str]] = {}
        for name, value in form.items():
            block, slash, action = name.partition("/")
            if slash:
                given.setdefault(block, {})[action] = value
        try:
            outcome = await self._person(form).submits(self._view(form), given)
        except ValueError as error:
            return web.Response(status=400, text=str(error))
        if outcome.error:
            return web.Response(status=409, text=outcome.error)
        return web.json_response({"errors": outcome.errors})

    async def upload(self, request: web.Request) -> web.Response:
        """Share a file (multipart field ``file``), with or without text."""
        try:
            form, file = await bodies.form_and_file(request)
            if file is None:
                return web.Response(status=400, text="no file came with that\n")
            message = await self._share(form, file)
        except ValueError as error:
            return web.Response(status=400, text=f"{error}\n")
        return web.Response(text=f"{message.ts}\n")

    async def _share(self, form: Form, file: bodies.Upload) -> Message:
        person = self._person(form)
        thread = self._message(form["thread"]) if form.get("thread") else None
        return await person.uploads(
            thread.channel if thread else self._channel(person, form),
            file.name,
            file.content,
            text=self._typed(form.get("text", "")),
            thread=thread,
        )

    # --- lookups ------------------------------------------------------------------------

    def _person(self, form: Form) -> Person:
        return self._slack.person(form.get("who") or "ada")

    def _channel(self, person: Person, form: Form) -> Channel:
        name = form.get("channel") or default_channel(self._slack, person)
        return find_channel(self._slack, person, name)

    def _message(self, ts: str) -> Message:
        return find_message(self._slack, ts)

    def _view(self, form: Form) -> View:
        view = self._slack.workspace.views.get(form.get("view", ""))
        if view is None:
            raise ValueError("that view is not open")
        return view

    def _place(self, form: Form) -> Message | View:
        return self._view(form) if form.get("view") else self._message(form.get("message", ""))

    def _typed(self, text: str) -> str:
        """Replace typed names by Slack's tokens: ``@ada`` becomes ``<@U…>``."""
        workspace = self._slack.workspace
        users = {user.name: user.id for user in workspace.users.values()}
        channels = {c.name: c.id for c in workspace.channels.values() if c.kind == "channel"}

        def named(match: re.Match[str]) -> str:
            known = (users if match[1] == "@" else channels).get(match[2].lower())
            return f"<{match[1]}{known}>" if known else match[0]

        return _NAME.sub(named, text)


def form_handler(
    action: Callable[[Form], Awaitable[str]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a request handler that calls `action` with the form."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return web.Response(text=await action(await bodies.form(request)) + "\n")
        except (ValueError, TypeError) as error:
            return web.Response(status=400, text=f"{error}\n")
        except InteractionFailed as error:
            return web.Response(status=409, text=f"{error}\n")

    return handle


def _outcome(outcome: Outcome) -> str:
    if outcome.error:
        raise InteractionFailed(f"Slack says {outcome.error}: the bot did not answer as it must")
    return "\n".join(message.text for message in outcome.messages) or "done"
