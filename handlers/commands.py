"""`/processor`: sets the processor of a channel or a person, and which replies are follow-ups."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.choices import Choices, FollowUps
from bot.domain.processors import find_processor
from bot.errors import Unavailable
from bot.ports import Channel, HandlerContext, Message, Person
from bot.slack.messages import ephemeral, processor_picker, replies_setting
from bot.slack.messages.channel_default import not_announced
from bot.slack.payloads.interactivity import Command, parse_slash_command
from bot.slack.wording import CHANNEL, place_name
from handlers import channel_default
from handlers.admission import require
from handlers.offers import offered_in, require_offered
from handlers.rejection import Rejected

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the slash command."""
    app.command("/processor")(partial(processor_command, context))


async def processor_command(context: HandlerContext, body: dict[str, Any], ack: AsyncAck) -> None:
    """Carry out the command. The answer is the acknowledgement; only the person sees it."""
    try:
        answer = await _answer(context, parse_slash_command(body))
    except Rejected as rejected:
        answer = rejected.answer
    except Unavailable as error:
        log.warning("command not carried out: %s", error)
        answer = ephemeral.not_saved()
    await ack(text=answer.text, blocks=answer.blocks, response_type="ephemeral")


async def _answer(context: HandlerContext, command: Command) -> Message:
    if not (command.team and command.channel and command.user):
        return ephemeral.unknown_place()
    await require(context, command.channel, command.user, unseen=True)
    offered = await offered_in(context, command.channel)
    default, here = context.default_processor, place_name(command.channel)
    match command.words:
        case ():
            choices = await _choices(context, command)
            return processor_picker.processor_picker(choices, default, offered, here=here)
        case ("help", *_):
            return processor_picker.help_text(offered, here)
        case ("me",):
            choices = await _choices(context, command)
            return processor_picker.current_choices(choices, default, offered, here)
        case ("reset",):
            place = Channel(command.team, command.channel)
            return await channel_default.set_default(context, place, command.user, None)
        case ("me", "reset") | ("reset", "me"):
            return await _set_for_person(context, command, None, offered)
        case ("replies", *words):
            if here != CHANNEL:
                return replies_setting.in_direct_message()
            return await _replies(context, command, words)
        case (word,) if processor := find_processor(word):
            require_offered(context, processor.name, offered)
            return await _set_for_channel(context, command, processor.name)
        case ("me", word) if processor := find_processor(word):
            require_offered(context, processor.name, offered)
            return await _set_for_person(context, command, processor.name, offered)
        case ("me", *words) | words:
            return processor_picker.unknown_processor(" ".join(words), offered)


async def _set_for_channel(context: HandlerContext, command: Command, name: str) -> Message:
    """Set the processor of the channel, or first ask whether it may cost that much."""
    place = Channel(command.team, command.channel)
    if question := channel_default.to_confirm(context, name, command.user, place):
        return question
    return await channel_default.set_default(context, place, command.user, name)


async def _set_for_person(
    context: HandlerContext, command: Command, name: str | None, offered: Sequence[str]
) -> Message:
    choices = await _choices(context, command)
    await context.choices.choose(Person(command.team, command.user), name)
    return processor_picker.set_for_person(
        replace(choices, person=name),
        context.default_processor,
        offered,
        place_name(command.channel),
    )


async def _replies(context: HandlerContext, command: Command, words: list[str]) -> Message:
    """Show or set which replies are follow-ups in the channel."""
    channel = Channel(command.team, command.channel)
    match words:
        case []:
            chosen = await context.choices.follow_ups(channel)
            return replies_setting.current(chosen, context.follow_ups)
        case ["every" | "mention" | "only-me" | "reset" as word]:
            chosen = None if word == "reset" else FollowUps(word)
            before = await context.choices.follow_ups(channel)
            await context.choices.choose_follow_ups(channel, chosen)
            answer = replies_setting.confirmed(chosen, context.follow_ups)
            if chosen is before:
                return answer
            words_there = replies_setting.announced(command.user, chosen, context.follow_ups)
            is_announced = await channel_default.announce(context, channel, words_there)
            return answer if is_announced else not_announced(answer)
        case _:
            return replies_setting.unknown(" ".join(words))


async def _choices(context: HandlerContext, command: Command) -> Choices:
    return await context.choices.read(command.team, command.channel, command.user, thread=None)
