"""Which processors may be chosen where."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.choosing import EVERY
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId
from bot.ports import HandlerContext
from bot.slack.messages import offers
from handlers.rejection import Rejected


async def offered_in(context: HandlerContext, channel: ChannelId) -> tuple[str, ...]:
    """Return the names of the processors on offer in a channel, the cheapest first.

    Args:
        context: its gate knows what admins allow.
        channel: "" for what is on offer where no channel has a list of its own.

    Raises:
        Unavailable: nobody can tell.
    """
    return (await context.gate.access()).offered(channel)


def require_offered(
    context: HandlerContext, name: str | None, offered: tuple[str, ...] = EVERY
) -> None:
    """Let a person choose a processor; None takes a choice back. Raises Rejected."""
    if name in PROCESSORS and name not in offered:
        raise Rejected(offers.not_to_choose(PROCESSORS[name], offered, context.admins))


def require_any(context: HandlerContext, offered: Collection[str], but: str | None = None) -> None:
    """Make sure that a menu has processors to choose from. Raises Rejected."""
    if not set(offered) - {but}:
        raise Rejected(offers.nothing_to_choose(context.admins))
