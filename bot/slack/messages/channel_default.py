"""What is said when the processor of a channel changes: to whoever does it, and to the channel.

Everybody in a channel pays for its default, so each change is announced there; and a dear one is
confirmed by the person who chose it, whose message only they see. Pure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.domain.choices import Choices
from bot.domain.choosing import processor_in_force
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import TurnId, UserId
from bot.ports import EntryId, Message, Tag
from bot.slack import action_ids
from bot.slack.blockkit.blocks import context
from bot.slack.blockkit.elements import button
from bot.slack.messages.parts import message_variants
from bot.slack.wording import CHANNEL


def confirm_default(processor: Processor, by: UserId, here: str = CHANNEL) -> Message:
    """Ask a person whether a dear processor is to be the default of a channel.

    Args:
        processor: the dear one.
        by: the person.
        here: what a channel is called here: `wording.place_name`.
    """
    seen = " The channel will see that you set it." if here == CHANNEL else ""
    words = (
        f":moneybag: Make *{processor.label}* this {here}'s default? Every question here that "
        f"doesn't choose another one would cost {processor.price_words} and usually take "
        f"{processor.usual_time}.{seen}"
    )
    value = f"{processor.name} {by}"
    buttons = [
        button(f"Set it ({processor.price_words} a run)", action_ids.CHANNEL_CONFIRM, value),
        button("Don't", action_ids.CHANNEL_DECLINE, value),
    ]
    return message_variants(words, buttons)[0]


def announcement_tag(job: EntryId) -> Tag:
    """Return the tag of what announces a change, by the job that was enqueued with it."""
    return Tag(TurnId(f"announce-{job}"), "announcement")


def announcement(by: UserId, name: str | None, default: str, offered: Collection[str]) -> Message:
    """Tell a channel who changed its default, and what is in force there now.

    Args:
        by: the person.
        name: of the channel's processor; None when it was cleared.
        default: the bot's own.
        offered: the names of those on offer there.
    """
    now, _ = processor_in_force(None, Choices(channel=name), default, offered)
    return announced(by, PROCESSORS.get(name or ""), now)


def announced(by: UserId, chosen: Processor | None, now: Processor) -> Message:
    """Tell a channel who changed its default.

    Args:
        by: the person.
        chosen: the new default; None when it was cleared.
        now: the processor in force then.
    """
    terms = f"*{now.label}* ({now.terms})"
    words = f":gear: <@{by}> set this channel's default to {terms}."
    if chosen is None:
        words = f":gear: <@{by}> cleared this channel's default. Questions here now use {terms}."
    return message_variants(
        f"{words} Personal and thread settings still come first. `/processor` changes it."
    )[0]


def not_announced(answer: Message) -> Message:
    """Add to an answer that the channel was not told."""
    words = "I couldn't tell the channel: I can't post here. `/invite` me to change that."
    blocks = [*answer.blocks, context(words)] if answer.blocks else None
    return replace(answer, text=f"{answer.text}\n{words}", blocks=blocks)


def unchanged(here: str = CHANNEL) -> Message:
    """Say that a default was left as it is."""
    return Message(f"OK, this {here}'s default stays as it is.")


def not_yours() -> Message:
    """Say that somebody else chose it."""
    return Message("Only the person who chose it can confirm that. `/processor` is for everybody.")
