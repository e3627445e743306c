"""Buttons and menus on the bot's messages. Their values are only ids, checked before use."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import Unavailable
from bot.ports import Accepted, Channel, Mailbox, Message, Person
from bot.processors import PROCESSORS
from bot.slack import actions, incoming, picker

log = logging.getLogger(__name__)

#: Slack wants a press acknowledged within 3 s, and Bolt acknowledges when the listener returns.
RETURN_WITHIN = 2.7  # seconds

Act = Callable[[incoming.Action], Awaitable[Message | None]]


def register(app: AsyncApp, mailbox: Mailbox, default: str) -> None:
    """Listen to everything that can be pressed or chosen."""

    async def follow_ups(action: incoming.Action) -> Message | None:
        if action.thread is None:
            return None
        name = _chosen(action)
        await mailbox.choose(action.thread, name)
        return picker.set_for_thread(name)

    async def again(action: incoming.Action, *, look: bool) -> Message | None:
        if action.turn is None:
            return picker.too_old()
        match await mailbox.put_again(action.turn, action.message, look=look):
            case None:
                return picker.too_old()
            case Accepted.KNOWN:
                return picker.already()
            case _:
                return None

    async def for_channel(action: incoming.Action) -> Message:
        choices = await mailbox.choices(action.team, action.channel, action.user, None)
        name = _chosen(action)
        await mailbox.choose(Channel(action.team, action.channel), name)
        return picker.picker(replace(choices, channel=name), default)

    async def for_person(action: incoming.Action) -> Message:
        choices = await mailbox.choices(action.team, action.channel, action.user, None)
        name = _chosen(action)
        await mailbox.choose(Person(action.team, action.user), name)
        return picker.picker(replace(choices, person=name), default)

    _listen(app, actions.FOLLOW_UPS, follow_ups)
    _listen(app, actions.TRY_AGAIN, lambda action: again(action, look=False))
    _listen(app, actions.LOOK_AGAIN, lambda action: again(action, look=True))
    for action_id in (actions.PROCESSOR_CHANNEL, actions.RESET_CHANNEL):
        _listen(app, action_id, for_channel, replace_original=True)
    for action_id in (actions.PROCESSOR_MINE, actions.RESET_MINE):
        _listen(app, action_id, for_person, replace_original=True)

    @app.action(re.compile(".*"))
    async def other(ack: AsyncAck) -> None:
        """Acknowledge links, and presses of what an older release put there."""
        await ack()


def _listen(app: AsyncApp, action_id: str, act: Act, *, replace_original: bool = False) -> None:
    """Carry out an action, and answer with a message that only the person sees.

    `replace_original` puts it in the place of the (ephemeral) message acted on.
    """

    @app.action(action_id)
    async def listener(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
        deadline = asyncio.get_running_loop().time() + RETURN_WITHIN
        action = incoming.action(body)
        replacing = replace_original
        try:
            answer = await act(action)
        except _UnknownChoice as unknown:
            answer, replacing = picker.unknown(unknown.name), False
        except Unavailable as error:
            log.warning("an action could not be carried out: %s", error)
            answer, replacing = picker.not_written(), False
        await ack()
        if answer:
            await _tell(respond, answer, action, deadline, replace_original=replacing)


async def _tell(
    respond: AsyncRespond,
    answer: Message,
    action: incoming.Action,
    deadline: float,
    *,
    replace_original: bool,
) -> None:
    """Answer through the response URL: a courtesy, for what was chosen is written down."""
    try:
        async with asyncio.timeout_at(deadline):
            response = await respond(
                text=answer.text,
                blocks=answer.blocks,
                response_type="ephemeral",
                replace_original=replace_original,
                thread_ts=action.thread.ts if action.thread else None,
            )
    except Exception as error:
        # Whatever it was, the press must be acknowledged. The address is a secret: it stays out.
        log.warning("an answer to an action did not reach Slack: %s", type(error).__name__)
    else:
        if response.status_code != 200:
            log.warning("an answer to an action was refused: %s", response.status_code)


class _UnknownChoice(Exception):
    """The value chosen is no processor's name (any more)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _chosen(action: incoming.Action) -> str | None:
    """Return the processor chosen; None to take the choice back."""
    if action.value == actions.INHERIT:
        return None
    if action.value not in PROCESSORS:
        raise _UnknownChoice(action.value)
    return action.value
