"""Answers to one person: an ephemeral message through the response URL, or a modal.

In a view there is no response URL, and what was acted on must stay open: the answer is a modal over
it. Sending is a courtesy: what was asked for is durable already.
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.ports import HandlerContext, Message
from bot.slack.payloads.interactivity import Action
from bot.slack.views import question_forms

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an action. `replace_original`: in the place of the message acted on."""

    message: Message
    action: Action
    replace_original: bool = False


async def send(
    context: HandlerContext, respond: AsyncRespond, reply: Reply, *, deadline: float
) -> None:
    """Send a reply until the deadline (event loop time); never raises."""
    message, action = reply.message, reply.action
    try:
        async with asyncio.timeout_at(deadline):
            if action.view or (not respond.response_url and action.trigger_id):
                await _show_modal(context, action, message)
                return
            response = await respond(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                replace_original=reply.replace_original,
                thread_ts=action.thread.ts if action.thread else None,
            )
    except Exception as error:
        # Whatever it is, the action must be acknowledged. The response URL is a secret.
        log.warning("private reply not sent: %s", type(error).__name__)
    else:
        if response.status_code != 200:
            log.warning("private reply refused: %s", response.status_code)


async def _show_modal(context: HandlerContext, action: Action, message: Message) -> None:
    view = question_forms.note_modal(message.text)
    if action.view and not action.view.is_home:  # the modal acted on stays, beneath
        await context.views.push(action.trigger_id, view)
    else:
        await context.views.open(action.trigger_id, view)
