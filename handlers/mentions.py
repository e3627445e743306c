"""`app_mention`: one of the two events of a mention."""

from __future__ import annotations

from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.ports import HandlerContext
from bot.slack.payloads.fields import is_shared
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import QuestionAsked
from handlers.acceptance import accept


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to mentions."""
    app.event("app_mention")(partial(take_mention, context))


async def take_mention(context: HandlerContext, body: dict[str, Any]) -> None:
    """Put the question of a mention into the mailbox."""
    match parse_message(body, context.me):
        case QuestionAsked(question, addressing):
            await accept(context, question, addressing, shared=is_shared(body))
