"""Warns about events for another bot: the tokens in the settings belong to two apps.

SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is of another app than SLACK_BOT_TOKEN. Each is valid by
itself, so the checks at the start find nothing, and no question is ever answered. An event's
`authorizations` name the installation that it is for: https://docs.slack.dev/apis/events-api
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

LOGGED_EVERY = 60.0  # seconds between two warnings
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


class OtherBotWarning(AsyncMiddleware):
    """Logs, once a minute at most, that events are for another bot than `me`."""

    def __init__(self, me: UserId) -> None:
        self._me = me
        self._logged_at = -LOGGED_EVERY

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Pass on everything."""
        now = time.monotonic()
        if _is_for_another(req.body, self._me) and now - self._logged_at >= LOGGED_EVERY:
            self._logged_at = now
            log.error(
                "Slack's events are for another bot than that of SLACK_BOT_TOKEN. To do: use the "
                "tokens of one app in one workspace (SLACK_APP_TOKEN, or SLACK_SIGNING_SECRET "
                "without it, is of another)."
            )
        return await next()


def _is_for_another(body: dict[str, Any], me: UserId) -> bool:
    for installation in items(body.get("authorizations")):
        if isinstance(installation, dict) and installation.get("is_bot") is True:
            bot = word(installation, "user_id")
            return bool(_USER_ID.fullmatch(bot)) and bot != me
    return False
