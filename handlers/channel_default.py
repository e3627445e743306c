"""The processor of a channel: confirmed first where it is dear, and announced in the channel."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from slack_bolt.app.async_app import AsyncApp

from bot.domain.choosing import is_confirmed_first
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ThreadKey, UserId
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Channel, EntryId, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import channel_default, ephemeral, processor_picker
from bot.slack.payloads.interactivity import Action
from bot.slack.wording import place_name
from handlers.interactivity import on_actions
from handlers.offers import offered_in
from handlers.rejection import Rejected
from handlers.turns import chosen_processor

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the buttons below the price of a dear default."""
    on_actions(
        app,
        context,
        {
            action_ids.CHANNEL_CONFIRM: confirm,
            action_ids.CHANNEL_DECLINE: decline,
        },
        replace_original=True,
    )


async def confirm(context: HandlerContext, action: Action) -> Message:
    """Set the default whose price its chooser confirms."""
    name = await chosen_processor(context, action, _own_choice(action))
    place = Channel(action.team, action.channel)
    return await set_default(context, place, action.user, name)


async def decline(context: HandlerContext, action: Action) -> Message:
    """Leave the default as it is."""
    _own_choice(action)
    return channel_default.unchanged(place_name(action.channel))


def _own_choice(action: Action) -> str:
    """Return the processor that a button names. Raises Rejected to all but its chooser."""
    name, _, by = action.value.rpartition(" ")
    if not action.channel or name not in PROCESSORS:
        raise Rejected(ephemeral.unknown_place())
    if by != action.user:
        raise Rejected(channel_default.not_yours())
    return name


def to_confirm(
    context: HandlerContext, name: str | None, by: UserId, place: Channel
) -> Message | None:
    """Return the question whether a dear processor is to be a default; None for any other."""
    processor = PROCESSORS.get(name or "")
    if processor is None or not is_confirmed_first(processor, context.confirm_from):
        return None
    return channel_default.confirm_default(processor, by, place_name(place.channel))


async def set_default(
    context: HandlerContext, place: Channel, by: UserId, name: str | None
) -> Message:
    """Set or clear a channel's processor, and return what the person is told.

    The arguments and errors are those of `change_default`.
    """
    is_announced = await change_default(context, place, by, name)
    offered = await offered_in(context, place.channel)
    choices = await context.choices.read(place.team, place.channel, by, thread=None)
    here = place_name(place.channel)
    answer = processor_picker.set_for_channel(choices, context.default_processor, offered, here)
    return answer if is_announced else channel_default.not_announced(answer)


async def change_default(
    context: HandlerContext, place: Channel, by: UserId, name: str | None
) -> bool:
    """Set or clear a channel's processor, and announce a change there.

    Args:
        context: its choices keep it.
        place: the channel.
        by: who set it.
        name: of the processor; None clears it.

    Returns:
        False when the channel takes no post.

    Raises:
        Unavailable: it could not be saved.
    """
    if place.channel.startswith("D"):  # nobody else reads it there
        await context.choices.choose(place, name)
        return True
    job = await context.choices.choose_default(place, by, name)
    if job is None:
        return True
    offered = await offered_in(context, place.channel)
    words = channel_default.announcement(by, name, context.default_processor, offered)
    return await announce(context, place, words, job)


async def announce(
    context: HandlerContext, place: Channel, announcement: Message, job: EntryId | None = None
) -> bool:
    """Post in a channel; False when it takes no post.

    A post that is late, or lost, counts as one: what is announced is durable. One that was not sent
    is left to the job, if there is one: what costs nothing has none.
    """

    async def post() -> bool:
        is_taken = True
        try:
            if job:
                top = ThreadKey.of_channel(place.team, place.channel)
                tag = channel_default.announcement_tag(job)
                await context.messenger.post(top, announcement, tag)
            else:
                await context.messenger.post_in_channel(place.team, place.channel, announcement)
        except Refused as refused:
            is_taken = False
            log.info("change of a channel not announced: %s", refused)
        except AnswerLost as lost:
            log.warning("change of a channel perhaps not announced: %s", lost)
        except Unavailable as error:
            log.info("change of a channel not announced now: %s", error)
            return True
        if job:
            with suppress(Unavailable):
                await context.choices.announced(job)
        return is_taken

    deadline = asyncio.get_running_loop().time() + context.deadlines.lookup
    return await context.background.run_until(deadline, post()) is not False
