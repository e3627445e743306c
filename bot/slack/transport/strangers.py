"""Events for another bot: its app's SLACK_APP_TOKEN or SLACK_SIGNING_SECRET beside our bot token.

Each token is right by itself, so the start finds nothing, and nobody is ever answered.
https://docs.slack.dev/apis/events-api: `authorizations` names the installation an event is for.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.thread import UserId
from bot.slack.payloads.fields import items, word

log = logging.getLogger(__name__)

LOGGED_EVERY = 60.0  # seconds
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")


class Strangers(AsyncMiddleware):
    """Logs, once in a while, that events are for another bot than `me`."""

    def __init__(self, me: UserId) -> None:
        self._me = me
        self._told = -LOGGED_EVERY

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Let everything pass."""
        if _for_another(req.body, self._me) and time.monotonic() - self._told >= LOGGED_EVERY:
            self._told = time.monotonic()
            log.error(
                "Slack's events are for another bot than that of SLACK_BOT_TOKEN. To do: use the "
                "tokens of one app in one workspace (SLACK_APP_TOKEN, or SLACK_SIGNING_SECRET "
                "without it, is of another)."
            )
        return await next()


def _for_another(body: dict[str, Any], me: UserId) -> bool:
    for installed in items(body.get("authorizations")):
        if isinstance(installed, dict) and installed.get("is_bot") is True:
            bot = word(installed, "user_id")
            return bool(_PERSON.fullmatch(bot)) and bot != me
    return False
