"""`/processor`: sets the processor of a channel or a person, and which replies are follow-ups."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.model import FollowUps
from bot.domain.processors import called
from bot.errors import Unavailable
from bot.ports import Channel, Hall, Message, Person
from bot.slack.messages import ephemeral, processor_picker
from bot.slack.payloads import interactivity

log = logging.getLogger(__name__)


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to the slash command. The answer is the acknowledgement; only the person sees it."""

    @app.command("/processor")
    async def processor(body: dict[str, Any], ack: AsyncAck) -> None:
        try:
            answer = await _answer(interactivity.command(body), hall)
        except Unavailable as error:
            log.warning("a command could not be carried out: %s", error)
            answer = ephemeral.not_written()
        await ack(text=answer.text, blocks=answer.blocks, response_type="ephemeral")


async def _answer(command: interactivity.Command, hall: Hall) -> Message:
    if not (command.team and command.channel and command.user):
        return ephemeral.nowhere()
    match command.words:
        case ("help", *_):
            return processor_picker.help_text()
        case ("me",):
            choices = await hall.mailbox.choices(command.team, command.channel, command.user, None)
            return processor_picker.present(choices, hall.default_processor)
        case ("reset",):
            return await _for_channel(command, None, hall)
        case ("me", "reset") | ("reset", "me"):
            return await _for_person(command, None, hall)
        case ("replies", "every" | "mention" | "only-me" | "reset" as which):
            chosen = None if which == "reset" else FollowUps(which)
            return await _replies(command, chosen, hall)
        case ("replies",):
            here = Channel(command.team, command.channel)
            chosen = await hall.mailbox.follow_ups(here)
            return processor_picker.replies_now(chosen, hall.follow_ups)
        case ("replies", *_):
            return processor_picker.help_text()
        case (word,) if processor := called(word):
            return await _for_channel(command, processor.name, hall)
        case ("me", word) if processor := called(word):
            return await _for_person(command, processor.name, hall)
        case ():
            choices = await hall.mailbox.choices(command.team, command.channel, command.user, None)
            return processor_picker.picker(choices, hall.default_processor)
        case ("me", *words) | words:
            return processor_picker.unknown(" ".join(words))


async def _for_channel(command: interactivity.Command, name: str | None, hall: Hall) -> Message:
    choices = await hall.mailbox.choices(command.team, command.channel, command.user, None)
    await hall.mailbox.choose(Channel(command.team, command.channel), name)
    return processor_picker.set_for_channel(replace(choices, channel=name), hall.default_processor)


async def _for_person(command: interactivity.Command, name: str | None, hall: Hall) -> Message:
    choices = await hall.mailbox.choices(command.team, command.channel, command.user, None)
    await hall.mailbox.choose(Person(command.team, command.user), name)
    return processor_picker.set_for_person(replace(choices, person=name), hall.default_processor)


async def _replies(command: interactivity.Command, chosen: FollowUps | None, hall: Hall) -> Message:
    await hall.mailbox.choose_follow_ups(Channel(command.team, command.channel), chosen)
    return processor_picker.replies_set(chosen, hall.follow_ups)
