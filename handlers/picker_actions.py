"""The picker of `/processor`: processors of the channel and of the person. It replaces itself."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp

from bot.ports import Channel, HandlerContext, Message, Person
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.messages.channel_default import not_announced
from bot.slack.messages.processor_picker import processor_picker
from bot.slack.payloads.interactivity import Action
from bot.slack.wording import place_name
from handlers.channel_default import change_default, to_confirm
from handlers.interactivity import on_actions
from handlers.offers import offered_in
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
    return await _picker(context, action, everything=True)


async def choose_for_channel(context: HandlerContext, action: Action) -> Message:
    """Set or reset the processor of the channel, or first ask whether it may cost that much."""
    if not action.channel:
        raise Rejected(ephemeral.unknown_place())
    name = await chosen_processor(context, action, action.value)
    place = Channel(action.team, action.channel)
    if question := to_confirm(context, name, action.user, place):
        return question
    is_announced = await change_default(context, place, action.user, name)
    picker = await _picker(context, action)
    return picker if is_announced else not_announced(picker)


async def choose_for_person(context: HandlerContext, action: Action) -> Message:
    """Set or reset the processor of the person."""
    name = await chosen_processor(context, action, action.value)
    await context.choices.choose(Person(action.team, action.user), name)
    return await _picker(context, action)


async def _picker(context: HandlerContext, action: Action, *, everything: bool = False) -> Message:
    choices = await context.choices.read(action.team, action.channel, action.user, thread=None)
    offered = await offered_in(context, action.channel)
    return processor_picker(
        choices,
        context.default_processor,
        offered,
        everything=everything,
        here=place_name(action.channel),
    )
