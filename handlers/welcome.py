"""Invited to a channel, the bot says once what it does, what that costs, and how to mute it.

Where it answers nobody, such as in a channel that is shared with another company, only whoever
invited it reads so.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.access import Verdict
from bot.domain.choosing import processor_in_force
from bot.domain.thread import ThreadKey, UserId
from bot.domain.turn import Question
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Addressing, HandlerContext, Message
from bot.ports.gate import Admission
from bot.slack.messages.admin import refused
from bot.slack.payloads.agent_events import parse_invitation
from bot.slack.payloads.fields import is_shared
from handlers.offers import offered_in


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to people and apps joining the bot's channels; only the bot itself counts."""
    app.event("member_joined_channel")(partial(say_hello, context))


async def say_hello(context: HandlerContext, body: dict[str, Any]) -> None:
    """Put the welcome into the mailbox, with the processor in force in the channel."""
    welcome = parse_invitation(body, context.me)
    if welcome is None:
        return
    thread = welcome.thread
    admission = await context.gate.judge(thread.channel, welcome.asker, shared=is_shared(body))
    if admission.verdict in (Verdict.SHARED_CHANNEL, Verdict.CHANNEL):
        await _explain(context, welcome, admission)
        return
    choices = await context.choices.read(thread.team, thread.channel, UserId(""), thread=None)
    offered = await offered_in(context, thread.channel)
    processor, _ = processor_in_force(None, choices, context.default_processor, offered)
    await context.mailbox.put(replace(welcome, processor=processor.name), Addressing.SIDE)


async def _explain(context: HandlerContext, welcome: Question, admission: Admission) -> None:
    """Tell the inviter why nobody is answered in the channel. A courtesy."""
    team, channel = welcome.thread.team, welcome.thread.channel
    if welcome.asker == context.me:  # Slack did not say who it was
        return
    with suppress(Refused, AnswerLost, Unavailable):
        words = refused(admission.verdict, admission.access, channel, pressed=True)
        place = ThreadKey.of_channel(team, channel)
        await context.messenger.post_ephemeral(place, welcome.asker, Message(words))
