"""What has no listener of ours: acknowledged, because Bolt answers 404 or raises an error.

After a 404 Slack would deliver an event again, and show an error to whoever pressed a button that
an older release posted.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable

from slack_bolt import BoltResponse
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.messages import ephemeral
from bot.slack.payloads import interactivity
from bot.slack.views import question_forms

log = logging.getLogger(__name__)

_ANYTHING = re.compile(".*")


def register(app: AsyncApp) -> None:
    """Acknowledge all events, actions, forms and shortcuts. Call after all other listeners."""
    for matching in (app.action, app.view, app.view_closed, app.shortcut):
        matching(_ANYTHING)(_acknowledge)
    app.event(_ANYTHING)(_ignore)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


async def _ignore() -> None:
    """Acknowledge an event, which Bolt does when its listener returns."""


class MalformedInteractions(AsyncMiddleware):
    """Answers interactions that do not name an action or a form; Bolt raises errors at them."""

    def __init__(self, within: float) -> None:
        """Answer within so many seconds, or not at all."""
        self._within = within

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Pass on everything else."""
        if interactivity.can_be_matched(req.body):
            return await next()
        log.warning("interaction without an action or a form received")
        if req.body.get("type") == "view_submission":
            note = question_forms.note_modal(ephemeral.unknown_place().text)
            return BoltResponse(status=200, body={"response_action": "update", "view": note})
        try:
            async with asyncio.timeout(self._within):
                if respond := req.context.respond:
                    await respond(ephemeral.unknown_place().text)
        except Exception as error:  # the response URL is a secret
            log.info("malformed interaction not answered: %s", type(error).__name__)
        return BoltResponse(status=200)
