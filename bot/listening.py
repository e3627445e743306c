"""Listens to Slack: the Bolt app, Socket Mode or HTTP, and the health check.

With an app-level token the bot opens a socket to Slack, else Slack sends signed HTTP requests.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.single_flight import SingleFlight
from bot.configuration.settings import Settings
from bot.errors import SettingsError, Unavailable
from bot.ports.channel_ids import ChannelIds
from bot.slack.transport.http import served, site, slack_events
from bot.slack.transport.other_bot import OtherBotWarning
from bot.slack.transport.renamed_channels import RenamedChannels
from bot.slack.transport.respond import RespondOverSession
from bot.slack.transport.socket_pacing import Pacing
from bot.slack.transport.sockets import SlackSocket
from bot.startup.checks import not_listening
from bot.startup.slack_checks import Identity
from bot.store.connection import Connection

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What is known once the bot serves: the URL of its HTTP server, None when it has none."""

    url: str | None


def bolt_app(
    settings: Settings, client: AsyncWebClient, identity: Identity, ids: ChannelIds
) -> AsyncApp:
    """Build the Bolt app, without listeners."""

    async def authorize() -> AuthorizeResult:
        """Answer from what `auth.test` returned at startup.

        Bolt would call it again with the first event, and acknowledge (so lose) the event when
        Slack does not answer.
        """
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token=settings.slack_bot_token,
        )

    app = AsyncApp(
        name="app.py",  # else Bolt looks through the source of the whole call stack for it
        # Without a secret no HTTP endpoint is served; Socket Mode needs no signatures.
        signing_secret=settings.slack_signing_secret or "",
        client=client,
        authorize=authorize,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )
    app.use(RenamedChannels(ids))
    app.use(RespondOverSession(ids))
    app.use(OtherBotWarning(identity.user))
    return app


@asynccontextmanager
async def listen(
    settings: Settings, app: AsyncApp, redis: Connection, *, pacing: Pacing
) -> AsyncIterator[Running]:
    """Listen to Slack during the block, over a socket or over HTTP, and answer health checks.

    Args:
        settings: with an app-level token (Socket Mode) or a signing secret (HTTP).
        app: with its listeners.
        redis: checked by the health check.
        pacing: how fast sockets are opened.

    Raises:
        SettingsError: the HTTP server cannot listen on its address.
    """
    token, secret = settings.slack_app_token, settings.slack_signing_secret
    socket = SlackSocket(app, token, pacing) if token else None
    checking: SingleFlight[str, None] = SingleFlight()

    async def health(_: web.Request) -> web.Response:
        wrong = []
        try:
            # Anybody may ask; many checks at once would leave no connection for the bot's own work.
            await checking.run("redis", redis.check)
        except Unavailable as error:
            wrong.append(str(error))
        if socket and not socket.is_open:
            wrong.append("the socket to Slack is closed")
        return web.json_response({"ok": not wrong, "wrong": wrong}, status=503 if wrong else 200)

    async with AsyncExitStack() as stack:
        url = None
        if settings.serves_http:
            events = None if socket else slack_events(app, secret or "")
            url = await _serve_http(stack, settings, site(health, events))
        if socket:
            await stack.enter_async_context(socket.kept_open())
        log.info("listening to Slack over %s", "Socket Mode" if socket else f"{url}/slack/events")
        yield Running(url)


async def _serve_http(
    stack: AsyncExitStack, settings: Settings, application: web.Application
) -> str:
    try:
        return await stack.enter_async_context(served(application, settings.host, settings.port))
    except OSError as error:
        raise SettingsError([not_listening(settings, error)]) from error
