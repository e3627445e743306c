""" "Research this" on any message: the shortcut opens a form."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.choosing import processor_in_force
from bot.errors import Unavailable
from bot.ports import HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads import interactivity
from bot.slack.views import question_forms
from handlers.admission import require
from handlers.interactivity import open_view
from handlers.offers import offered_in, require_any
from handlers.rejection import Rejected

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the shortcut."""
    app.shortcut(action_ids.RESEARCH)(partial(research, context))


async def research(
    context: HandlerContext, body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond
) -> None:
    """Open the form for a question about the message, or say why not; then acknowledge."""
    began = asyncio.get_running_loop().time()
    shortcut = interactivity.parse_shortcut(body, context.me)
    try:
        async with asyncio.timeout_at(began + context.deadlines.act):
            await _open_form(context, shortcut)
    except (Rejected, Unavailable, TimeoutError) as error:
        log.warning("shortcut not carried out: %s", type(error).__name__)
        answer = error.answer if isinstance(error, Rejected) else ephemeral.not_saved()
        deadline = began + context.deadlines.listener
        await _reply(context, respond, answer, trigger_id=shortcut.trigger_id, deadline=deadline)
    await ack()


async def _open_form(context: HandlerContext, shortcut: interactivity.Shortcut) -> None:
    thread = shortcut.thread
    if not (thread.team and thread.channel and shortcut.message and shortcut.user):
        raise Rejected(ephemeral.unknown_place())
    await require(context, thread.channel, shortcut.user)
    offered = await offered_in(context, thread.channel)
    require_any(context, offered)
    choices = await context.choices.read(thread.team, thread.channel, shortcut.user, thread=thread)
    chosen, _ = processor_in_force(None, choices, context.default_processor, offered)
    about = question_forms.Research(thread, shortcut.message, shortcut.at or shortcut.message)
    form = question_forms.research_form(
        shortcut.text, chosen, about, me=context.me, files=shortcut.files, offered=offered
    )
    await open_view(context, shortcut.trigger_id, form)


async def _reply(
    context: HandlerContext,
    respond: AsyncRespond,
    answer: Message,
    *,
    trigger_id: str,
    deadline: float,
) -> None:
    """Tell the person, until the deadline (event loop time); never raises."""
    try:
        async with asyncio.timeout_at(deadline):
            if respond.response_url:
                await respond(text=answer.text, response_type="ephemeral")
            else:
                await context.views.open(trigger_id, question_forms.note_modal(answer.text))
    except Exception as error:  # the response URL is a secret
        log.warning("reply to a shortcut not sent: %s", type(error).__name__)
