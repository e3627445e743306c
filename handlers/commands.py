"""`/processor`: shows and sets the processor of a channel or a person."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import Unavailable
from bot.ports import Channel, Mailbox, Message, Person
from bot.processors import PROCESSORS
from bot.slack import incoming, picker

log = logging.getLogger(__name__)


def register(app: AsyncApp, mailbox: Mailbox, default: str) -> None:
    """Listen to the slash command. The answer is the acknowledgement; only the person sees it."""

    @app.command("/processor")
    async def processor(body: dict[str, Any], ack: AsyncAck) -> None:
        try:
            answer = await _answer(incoming.command(body), mailbox, default)
        except Unavailable as error:
            log.warning("a command could not be carried out: %s", error)
            answer = picker.not_written()
        await ack(text=answer.text, blocks=answer.blocks, response_type="ephemeral")


async def _answer(command: incoming.Command, mailbox: Mailbox, default: str) -> Message:
    match command.words:
        case ("help", *_) | ("me",):
            return picker.help_text()
        case ("reset",):
            return await _for_channel(command, None, mailbox, default)
        case ("me", "reset") | ("reset", "me"):
            return await _for_person(command, None, mailbox, default)
        case (name,) if name in PROCESSORS:
            return await _for_channel(command, name, mailbox, default)
        case ("me", name) if name in PROCESSORS:
            return await _for_person(command, name, mailbox, default)
        case ():
            choices = await mailbox.choices(command.team, command.channel, command.user, None)
            return picker.picker(choices, default)
        case ("me", *words) | words:
            return picker.unknown(" ".join(words))


async def _for_channel(
    command: incoming.Command, name: str | None, mailbox: Mailbox, default: str
) -> Message:
    choices = await mailbox.choices(command.team, command.channel, command.user, None)
    await mailbox.choose(Channel(command.team, command.channel), name)
    return picker.set_for_channel(replace(choices, channel=name), default)


async def _for_person(
    command: incoming.Command, name: str | None, mailbox: Mailbox, default: str
) -> Message:
    choices = await mailbox.choices(command.team, command.channel, command.user, None)
    await mailbox.choose(Person(command.team, command.user), name)
    return picker.set_for_person(replace(choices, person=name), default)
