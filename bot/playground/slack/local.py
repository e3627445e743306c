"""The local Slack, put together: start it, point an app at it, and play its people."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground.slack.api.backend import Backend
from bot.playground.slack.api.limits import Meter
from bot.playground.slack.api.web import Web
from bot.playground.slack.apps import OtherApp
from bot.playground.slack.delivery.delivery import Asked, Delivery, WorkQueue
from bot.playground.slack.delivery.sockets import Reason, Sockets
from bot.playground.slack.delivery.webhook import Webhook
from bot.playground.slack.interactivity.interactions import Interactions
from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.interactivity.views import Views
from bot.playground.slack.people import Person, Thread
from bot.playground.slack.posting import Posting
from bot.playground.slack.state.app import DEFAULT_SCOPES, App
from bot.playground.slack.state.entities import JSON, Call, Change, Channel, Message, View
from bot.playground.slack.state.faults import Faults
from bot.playground.slack.state.files import File
from bot.playground.slack.state.workspace import T, Workspace


class LocalSlack:
    """A Slack workspace with one app installed, served over HTTP and WebSocket.

    `transport` is how the app is reached: by Socket Mode, or by HTTP at `events_url`.
    `retry_delays` (seconds) are the waits before an unacknowledged event is sent again,
    `ack_timeout` (seconds) how long an answer may take. `clock` gives seconds since 1970 for
    timestamps, rate limits, trigger ids and response URLs; waiting is always in real time.
    `seed` fixes every random choice, the ids among them. `middlewares` of aiohttp go around every
    request.
    """

    def __init__(
        self,
        transport: Literal["socket", "http"] = "socket",
        scopes: Iterable[str] = DEFAULT_SCOPES,
        retry_delays: Sequence[float] = (0, 60, 300),
        *,
        ack_timeout: float = 3.0,
        rate_limits: bool = True,
        connection_seconds: float = 3600.0,
        clock: Callable[[], float] = time.time,
        seed: int = 1,
        middlewares: Sequence[Middleware] = (),
    ) -> None:
        self.faults = Faults()
        self.workspace = Workspace(set(scopes), clock, seed)
        self._webhook = Webhook(self.workspace, ack_timeout)
        self._sockets: Sockets | None = None
        if transport == "socket":
            self._sockets = Sockets(self.workspace, self.faults, ack_timeout, connection_seconds)
        carrier = self._sockets or self._webhook
        self._deliveries = WorkQueue(self.workspace, carrier, retry_delays)
        self._posting = Posting(self.workspace, self._deliveries)
        self._responses = Responses(self.workspace, self._posting)
        views = Views(self.workspace, self._responses)
        self._interactions = Interactions(self.workspace, self._deliveries, self._responses, views)
        meter = Meter(enforced=rate_limits)
        backend = Backend(
            self.workspace, self._posting, views, self._responses, self._sockets, meter
        )
        self._web = Web(backend, self.faults, middlewares)
        self._runner: web.AppRunner | None = None
        self._people: dict[str, Person] = {}
        self._apps: dict[str, OtherApp] = {}

    # Running

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Serve; port 0 takes a free one. Raises OSError when the port is taken."""
        listening = socket.create_server((host, port))
        self._responses.base_url = f"http://{host}:{listening.getsockname()[1]}/"
        self._runner = web.AppRunner(self._web.application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """End every delivery and connection, and stop serving."""
        await self._deliveries.close()
        if self._sockets:
            await self._sockets.close()
        await self._webhook.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> LocalSlack:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """Its address, with a slash, as it gives it to others; something may stand before it."""
        return self._responses.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._responses.base_url = url

    @property
    def api_url(self) -> str:
        """The base URL for a Slack client."""
        return f"{self.base_url}api/"

    @property
    def app(self) -> App:
        """The app: its tokens, secret and ids, and all that it declares."""
        return self.workspace.app

    @property
    def events_url(self) -> str | None:
        """The app's request URL for events, commands and interactions (HTTP transport)."""
        return self._webhook.url

    @events_url.setter
    def events_url(self, url: str) -> None:
        self._webhook.url = url

    async def verify_url(self) -> bool:
        """Send the challenge to the request URL and say whether the app answered it."""
        return await self._webhook.verify()

    # The workspace and its people

    def person(self, name: str, team: str | None = None) -> Person:
        """Return the person of that name, the same one every time.

        With `team`, the domain of another workspace, somebody new is from there (Slack Connect).
        """
        if name not in self._people:
            user = self.workspace.user(name, team)
            self._people[name] = Person(
                user, self.workspace, self._posting, self._deliveries, self._interactions
            )
        return self._people[name]

    def other_app(self, name: str) -> OtherApp:
        """Return another app that is installed in the workspace, the same one every time."""
        if name not in self._apps:
            self._apps[name] = OtherApp(name, self.workspace, self._posting)
        return self._apps[name]

    def channel(
        self,
        name: str,
        members: Iterable[Person] = (),
        *,
        bot: bool = True,
        private: bool = False,
    ) -> Channel:
        """Return the channel of that name, made when new; `members` and the app join it."""
        ids = {person.id for person in members} | ({self.app.bot_user_id} if bot else set())
        return self.workspace.channel(name, "group" if private else "channel", ids)

    def dm(self, person: Person) -> Channel:
        """Return the direct messages between a person and the app."""
        return self.workspace.direct(person.id)

    def mpim(self, people: Iterable[Person]) -> Channel:
        """Return the group direct messages of these people and the app."""
        ids = {person.id for person in people} | {self.app.bot_user_id}
        return self.workspace.channel("mpdm-" + "--".join(sorted(ids)), "mpim", ids)

    # Looking

    def thread(self, message: Message) -> Thread:
        """Return a view of the thread that a message is in or starts."""
        root = message.channel.messages[message.root]
        return Thread(self.workspace, root)

    def ephemerals(self, person: Person) -> list[Message]:
        """Return what only this person sees, oldest first."""
        return list(self.workspace.ephemerals.get(person.id, []))

    def home(self, person: Person) -> View | None:
        """Return what is published in a person's Home tab now; None when nothing yet."""
        return self.workspace.home(person.id)

    def session(self, message: Message) -> str | None:
        """Return the status now of the agent session in a message's thread; None without one."""
        return self.workspace.session_status(message)

    def streaming(self, message: Message) -> bool:
        """Say whether a message of the app's is being streamed now; for 5 minutes at the most."""
        return self.workspace.streaming(message)

    @property
    def files(self) -> list[File]:
        """The files that were shared, oldest first."""
        return [file for file in self.workspace.files.values() if file.shared]

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, oldest first, without tokens."""
        return self.workspace.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Every event sent, oldest first, with its attempts."""
        return self._deliveries.sent

    @property
    def asked(self) -> list[Asked]:
        """Every command and interaction sent, oldest first."""
        return self._deliveries.asked

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are open."""
        return len(self._sockets.connections) if self._sockets else 0

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` with every change. Returns the function that ends it."""
        return self.workspace.watch(callback)

    async def until(self, look: Callable[[], T | None], timeout: float = 60.0) -> T:
        """Return what `look` gives once it is true; asked after every change.

        Raises TimeoutError after `timeout` seconds.
        """
        return await self.workspace.until(look, timeout)

    # Making trouble

    @property
    def mention_order(self) -> Literal["app_mention first", "message first", "random"]:
        """Which of a mention's two events is sent first."""
        return self._deliveries.mention_order

    @mention_order.setter
    def mention_order(self, order: Literal["app_mention first", "message first", "random"]) -> None:
        self._deliveries.mention_order = order

    async def redeliver(self, message: Message) -> list[Delivery]:
        """Send the events of a message again under their old ids, marked as retries.

        Returns those deliveries; wait for ``over`` of one to see it acknowledged again.
        """
        deliveries = self._posting.caused[message]
        for delivery in deliveries:
            self._deliveries.again(delivery)
        return deliveries

    async def unfurls(self, message: Message) -> None:
        """Show previews of the links in a message, which Slack does a while after it was said.

        Raises ValueError when there is no link in it, or the message was streamed.
        """
        self._posting.unfurl(message)

    async def deliver(self, event: JSON) -> Delivery:
        """Send any event as it is, whatever the app subscribes to."""
        return self._deliveries.raw(event)

    async def disconnect(self, reason: Reason = "refresh_requested") -> None:
        """End every Socket Mode connection, as Slack does now and then."""
        if self._sockets:
            await self._sockets.disconnect(reason)

    def drop_sockets(self, *, speaking: bool = False, lingering: float = 0.0) -> None:
        """Let every Socket Mode connection die silently: open, but deaf and dumb.

        One that is `speaking` still brings payloads to the app, and never hears that they were
        taken. It goes on taking payloads for `lingering` seconds after the app has given it up,
        and counts among the ten.
        """
        if self._sockets:
            self._sockets.drop(speaking=speaking, lingering=lingering)

    def revoke(self, error: Literal["token_revoked", "account_inactive"] = "token_revoked") -> None:
        """Take the bot's token away: every call is refused with `error` from now on."""
        self.app.gone = error
