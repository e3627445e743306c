"""The local Slack, put together: start it, connect an app, and act as its people."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground.slack.administration import Administration
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.api.limits import SlidingWindowLimiter
from bot.playground.slack.api.web import Web
from bot.playground.slack.apps import OtherApp
from bot.playground.slack.delivery.delivery import Delivery, Dispatcher, SentInteraction
from bot.playground.slack.delivery.sockets import DisconnectReason, SocketMode
from bot.playground.slack.delivery.webhook import HttpTransport
from bot.playground.slack.interactivity.interactions import Interactions
from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.interactivity.views import Views
from bot.playground.slack.people import Person, Thread
from bot.playground.slack.posting import MessageWriter
from bot.playground.slack.state.app import DEFAULT_SCOPES, App
from bot.playground.slack.state.entities import JSON, Call, Change, Channel, Message, View
from bot.playground.slack.state.faults import Faults
from bot.playground.slack.state.files import File
from bot.playground.slack.state.workspace import T, Workspace


class LocalSlack:
    """A Slack workspace with one app installed, served over HTTP and WebSocket.

    Args:
        transport: how the app is reached: Socket Mode, or HTTP requests to `events_url`.
        scopes: the app's scopes.
        retry_delays: seconds before each retry of an unacknowledged event.
        ack_timeout: seconds within which the app must acknowledge.
        rate_limits: whether the Web API's rate limits are enforced.
        connection_seconds: the lifetime of a Socket Mode connection.
        clock: seconds since 1970, for timestamps, rate limits, trigger ids and response URLs.
            Waiting always takes real time.
        seed: for every random choice, including ids.
        middlewares: aiohttp middlewares around every request.
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
        self._http = HttpTransport(self.workspace, ack_timeout)
        self._sockets: SocketMode | None = None
        if transport == "socket":
            self._sockets = SocketMode(
                self.workspace, self.faults, ack_timeout, connection_seconds=connection_seconds
            )
        carrier = self._sockets or self._http
        self._dispatcher = Dispatcher(self.workspace, carrier, retry_delays)
        self.administration = Administration(self.workspace, self._dispatcher)
        self._messages = MessageWriter(self.workspace, self._dispatcher)
        self._responses = Responses(self.workspace, self._messages)
        views = Views(self.workspace, self._responses)
        self._interactions = Interactions(
            self.workspace, self._dispatcher, self._responses, views=views
        )
        backend = Backend(
            workspace=self.workspace,
            messages=self._messages,
            views=views,
            responses=self._responses,
            sockets=self._sockets,
            limiter=SlidingWindowLimiter(enforced=rate_limits),
        )
        self._web = Web(backend, self.faults, middlewares)
        self._runner: web.AppRunner | None = None
        self._people: dict[str, Person] = {}
        self._apps: dict[str, OtherApp] = {}

    # Running

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Serve; port 0 takes a free one. Raises OSError when the port is in use."""
        listening = socket.create_server((host, port))
        self._responses.base_url = f"http://{host}:{listening.getsockname()[1]}/"
        self._runner = web.AppRunner(self._web.application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Cancel all deliveries, close all connections and stop serving."""
        await self._dispatcher.close()
        if self._sockets:
            await self._sockets.close()
        await self._http.close()
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
        """The address given to clients, ending in a slash; that of a proxy in front, if set."""
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
        """The app: its tokens, signing secret, ids and manifest."""
        return self.workspace.app

    @property
    def events_url(self) -> str | None:
        """The app's request URL for events, commands and interactions (HTTP transport)."""
        return self._http.url

    @events_url.setter
    def events_url(self, url: str) -> None:
        self._http.url = url

    async def verify_url(self) -> bool:
        """Send a `url_verification` to the request URL. Returns whether the app answered it."""
        return await self._http.verify()

    # The workspace and its people

    def person(self, name: str, team: str | None = None, *, sister: bool = False) -> Person:
        """Return the person of that name, created on first use.

        `team`: the domain of their own workspace, of another company or (`sister`) of ours.
        """
        if name not in self._people:
            user = self.workspace.user(name, team, sister=sister)
            self._people[name] = Person(
                user=user,
                workspace=self.workspace,
                messages=self._messages,
                dispatcher=self._dispatcher,
                interactions=self._interactions,
            )
        return self._people[name]

    def other_app(self, name: str) -> OtherApp:
        """Return another app installed in the workspace, created on first use."""
        if name not in self._apps:
            self._apps[name] = OtherApp(name, self.workspace, self._messages)
        return self._apps[name]

    def channel(
        self, name: str, members: Iterable[Person] = (), *, bot: bool = True, private: bool = False
    ) -> Channel:
        """Return the channel of that name, created on first use; `members` and the app join it."""
        ids = {person.id for person in members} | ({self.app.bot_user_id} if bot else set())
        return self.workspace.channel(name, "group" if private else "channel", ids)

    def dm(self, person: Person) -> Channel:
        """Return the direct messages between a person and the app."""
        return self.workspace.direct(person.id)

    def mpim(self, people: Iterable[Person]) -> Channel:
        """Return the group direct messages of these people and the app."""
        ids = {person.id for person in people} | {self.app.bot_user_id}
        return self.workspace.channel("mpdm-" + "--".join(sorted(ids)), "mpim", ids)

    # State

    def thread(self, message: Message) -> Thread:
        """Return the thread that a message is in or starts."""
        root = message.channel.messages[message.root]
        return Thread(self.workspace, root)

    def ephemerals(self, person: Person) -> list[Message]:
        """Return the ephemeral messages to this person, oldest first."""
        return list(self.workspace.ephemerals.get(person.id, []))

    def home(self, person: Person) -> View | None:
        """Return the view published in a person's Home tab; None if there is none."""
        return self.workspace.home(person.id)

    def session(self, message: Message) -> str | None:
        """Return the status of the agent session in a message's thread; None without a session."""
        return self.workspace.session_status(message)

    def streaming(self, message: Message) -> bool:
        """Return whether a message is being streamed now, which lasts for at most 5 minutes."""
        return self.workspace.streaming(message)

    @property
    def files(self) -> list[File]:
        """All shared files, oldest first."""
        return [file for file in self.workspace.files.values() if file.shared]

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, oldest first, without tokens."""
        return self.workspace.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Every event sent, oldest first, with its delivery attempts."""
        return self._dispatcher.sent

    @property
    def interactions(self) -> list[SentInteraction]:
        """Every slash command and interaction sent, oldest first."""
        return self._dispatcher.interactions

    @property
    def connections(self) -> int:
        """The number of open Socket Mode connections."""
        return len(self._sockets.connections) if self._sockets else 0

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` with every change. Returns a function that unsubscribes it."""
        return self.workspace.watch(callback)

    async def until(self, look: Callable[[], T | None], timeout: float = 60.0) -> T:
        """Return the result of `look` once it is true; it is called after every change.

        Raises TimeoutError after `timeout` seconds.
        """
        return await self.workspace.until(look, timeout)

    # Faults

    @property
    def mention_order(self) -> Literal["app_mention first", "message first", "random"]:
        """Which of a mention's two events is sent first."""
        return self._dispatcher.mention_order

    @mention_order.setter
    def mention_order(self, order: Literal["app_mention first", "message first", "random"]) -> None:
        self._dispatcher.mention_order = order

    async def redeliver(self, message: Message) -> list[Delivery]:
        """Send the events of a message again under their old ids, marked as retries.

        Returns those deliveries; ``over`` of each is set when it is acknowledged again.
        """
        deliveries = self._messages.deliveries[message]
        for delivery in deliveries:
            self._dispatcher.redeliver(delivery)
        return deliveries

    async def unfurls(self, message: Message) -> None:
        """Add previews of the links in a message, as Slack does some time after it was posted.

        Raises ValueError when there is no link in it, or the message was streamed.
        """
        self._messages.unfurl(message)

    async def deliver(self, event: JSON) -> Delivery:
        """Send any event unchanged, regardless of the app's subscriptions."""
        return self._dispatcher.send_event(event)

    async def disconnect(self, reason: DisconnectReason = "refresh_requested") -> None:
        """End every Socket Mode connection, as Slack does from time to time."""
        if self._sockets:
            await self._sockets.disconnect(reason)

    def drop_sockets(self, *, still_sending: bool = False, registered_for: float = 0.0) -> None:
        """Make every Socket Mode connection half-open: it neither sends nor receives any more.

        Args:
            still_sending: it sends payloads, but does not receive the acknowledgements.
            registered_for: seconds for which Slack still counts it among the ten, and gives it
                payloads, after the app has closed it.
        """
        if self._sockets:
            self._sockets.drop(still_sending=still_sending, registered_for=registered_for)

    def revoke(self, error: Literal["token_revoked", "account_inactive"] = "token_revoked") -> None:
        """Revoke the bot's token: every call is refused with `error` from now on."""
        self.app.auth_error = error
