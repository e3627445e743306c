"""The picker of `/processor`: processors of the channel and of the person. It replaces itself."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choices import Choices
from bot.ports import Channel, HandlerContext, Message, Person
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.messages.processor_picker import processor_picker
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import on_actions
from handlers.rejection import Rejected
from handlers.turns import chosen_processor


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the menus and buttons of the picker."""
    on_actions(
        app,
        context,
        {
            action_ids.PROCESSORS_ALL: show_all,
            action_ids.PROCESSOR_CHANNEL: choose_for_channel,
            action_ids.RESET_CHANNEL: choose_for_channel,
            action_ids.PROCESSOR_MINE: choose_for_person,
            action_ids.RESET_MINE: choose_for_person,
        },
        replace_original=True,
    )


async def show_all(context: HandlerContext, action: Action) -> Message:
    """Show the table of all processors."""
    choices = await _choices(context, action)
    return processor_picker(choices, context.default_processor, everything=True)


async def choose_for_channel(context: HandlerContext, action: Action) -> Message:
    """Set or reset the processor of the channel."""
    if not action.channel:
        raise Rejected(ephemeral.unknown_place())
    choices = await _choices(context, action)
    name = chosen_processor(action.value)
    await context.choices.choose(Channel(action.team, action.channel), name)
    return processor_picker(replace(choices, channel=name), context.default_processor)


async def choose_for_person(context: HandlerContext, action: Action) -> Message:
    """Set or reset the processor of the person."""
    choices = await _choices(context, action)
    name = chosen_processor(action.value)
    await context.choices.choose(Person(action.team, action.user), name)
    return processor_picker(replace(choices, person=name), context.default_processor)


async def _choices(context: HandlerContext, action: Action) -> Choices:
    return await context.choices.read(action.team, action.channel, action.user, thread=None)
