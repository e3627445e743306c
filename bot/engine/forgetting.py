"""Deletes the turns of a thread that was forgotten, and tells the thread.

Prices that could still be confirmed there lose their buttons, a courtesy: without their turns they
would neither start anything nor lapse.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from bot.domain.thread import MessageTs, TurnId, UserId
from bot.domain.turn import Turn
from bot.engine.confirmation import open_price
from bot.engine.context import CLOCKS_DIFFER_BY, EngineContext
from bot.engine.pacing import wait_for_post, wait_for_reservation
from bot.errors import AnswerLost, Refused, Unavailable, Unreadable
from bot.ports import Tag
from bot.ports.forgetting import Forgotten
from bot.slack.messages.budgets import forgotten_price
from bot.slack.messages.forgetting import thread_note
from bot.slack.messages.turn_facts import facts_of

log = logging.getLogger(__name__)

PART = "forgotten"


async def forget_thread(context: EngineContext, forgotten: Forgotten) -> None:
    """Delete the thread's turns, then say so in the thread, once.

    Raises:
        Unavailable: to do again.
        AnswerLost: the note may have been posted; to do again.
    """
    thread, records = forgotten.thread, context.thread_records
    turns = await records.turns(forgotten)
    prices = [price for name in turns if (price := await _open_price(context, name))]
    for name, asker in turns.items():
        await records.forget_turn(thread, name, asker)
    log.info("thread forgotten")
    for turn, message in prices:
        await _take_buttons_off(context, turn, message)
    if forgotten.by is None:
        return
    since = forgotten.at - CLOCKS_DIFFER_BY
    tag = Tag(TurnId(f"{thread}~forget-{forgotten.at}"), PART)
    try:
        if await context.messenger.find_posted(thread, tag, MessageTs(f"{since:.6f}")):
            return
        await wait_for_post(
            lambda: context.rate_limiter.reserve_post(thread.channel, UserId(""), tag.turn)
        )
        await context.messenger.post(thread, thread_note(forgotten.by), tag)
    except Refused as refused:  # a courtesy
        log.warning("forgotten thread not told: %s", refused)


async def _open_price(context: EngineContext, name: TurnId) -> tuple[Turn, MessageTs] | None:
    """Return a turn whose price nobody has answered, and the message that asks about it.

    None for any other turn. Raises Unavailable.
    """
    try:
        turn = await context.store.turn(name)
    except Unreadable:  # of another release
        return None
    message = await open_price(context, turn) if turn else None
    return (turn, message) if turn and message else None


async def _take_buttons_off(context: EngineContext, turn: Turn, message: MessageTs) -> None:
    """Say in place of a price's buttons that it was forgotten."""
    words = forgotten_price(facts_of(turn, context.default_processor))
    with suppress(Refused, AnswerLost, Unavailable):
        await wait_for_reservation(context.rate_limiter.reserve_edit())
        await context.messenger.update(turn.question.thread, message, words)
