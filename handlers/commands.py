"""`/processor`: sets the processor of a channel or a person, and which replies are follow-ups."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.choices import FollowUps
from bot.domain.processors import called
from bot.errors import Unavailable
from bot.ports import Channel, HandlerContext, Message, Person
from bot.slack.messages import ephemeral, processor_picker
from bot.slack.payloads import interactivity

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the slash command. The answer is the acknowledgement; only the person sees it."""

    @app.command("/processor")
    async def processor(body: dict[str, Any], ack: AsyncAck) -> None:
        try:
            answer = await _answer(interactivity.parse_slash_command(body), context)
        except Unavailable as error:
            log.warning("a command could not be carried out: %s", error)
            answer = ephemeral.not_saved()
        await ack(text=answer.text, blocks=answer.blocks, response_type="ephemeral")


async def _answer(command: interactivity.Command, context: HandlerContext) -> Message:
    if not (command.team and command.channel and command.user):
        return ephemeral.unknown_place()
    match command.words:
        case ("help", *_):
            return processor_picker.help_text()
        case ("me",):
            choices = await context.mailbox.choices(
                command.team, command.channel, command.user, None
            )
            return processor_picker.current_choices(choices, context.default_processor)
        case ("reset",):
            return await _for_channel(command, None, context)
        case ("me", "reset") | ("reset", "me"):
            return await _for_person(command, None, context)
        case ("replies", "every" | "mention" | "only-me" | "reset" as which):
            chosen = None if which == "reset" else FollowUps(which)
            return await _replies(command, chosen, context)
        case ("replies",):
            here = Channel(command.team, command.channel)
            chosen = await context.mailbox.follow_ups(here)
            return processor_picker.replies_now(chosen, context.follow_ups)
        case ("replies", *_):
            return processor_picker.help_text()
        case (word,) if processor := called(word):
            return await _for_channel(command, processor.name, context)
        case ("me", word) if processor := called(word):
            return await _for_person(command, processor.name, context)
        case ():
            choices = await context.mailbox.choices(
                command.team, command.channel, command.user, None
            )
            return processor_picker.processor_picker(choices, context.default_processor)
        case ("me", *words) | words:
            return processor_picker.unknown_processor(" ".join(words))


async def _for_channel(
    command: interactivity.Command, name: str | None, context: HandlerContext
) -> Message:
    choices = await context.mailbox.choices(command.team, command.channel, command.user, None)
    await context.mailbox.choose(Channel(command.team, command.channel), name)
    return processor_picker.set_for_channel(
        replace(choices, channel=name), context.default_processor
    )


async def _for_person(
    command: interactivity.Command, name: str | None, context: HandlerContext
) -> Message:
    choices = await context.mailbox.choices(command.team, command.channel, command.user, None)
    await context.mailbox.choose(Person(command.team, command.user), name)
    return processor_picker.set_for_person(replace(choices, person=name), context.default_processor)


async def _replies(
    command: interactivity.Command, chosen: FollowUps | None, context: HandlerContext
) -> Message:
    await context.mailbox.choose_follow_ups(Channel(command.team, command.channel), chosen)
    return processor_picker.replies_set(chosen, context.follow_ups)
