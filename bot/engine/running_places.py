"""Waits until a question's asker has fewer others running in the channel.

The wait is no coroutine and no poll: the mailbox is released, and whoever leaves a place wakes the
next in line (`bot.store.scripts.running`). Its status says so meanwhile, and the ⏳ mark does for
the first in line. Quick answers do not wait: they take seconds.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.processors import is_chat
from bot.domain.turn import State, TurnKind
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.engine.posting import Poster
from bot.engine.signals import apply_signals
from bot.slack.messages.status import STATUS, in_line_part, in_line_status
from bot.slack.messages.turn_facts import facts_of


class PutOff(Exception):
    """The mailbox was released until its question has a place to run: the claim is over."""


async def wait_for_place(context: EngineContext, leased: LeasedTurn, poster: Poster) -> None:
    """Return when the turn has a place to run, needs none, or has ended.

    Raises:
        PutOff: it has none yet, and its thread was told.
    """
    while _needs_place(leased):
        waiting = await context.places.line_up(leased.claim, leased.turn)
        if waiting is None:
            break
        facts, now = facts_of(leased.turn, context.default_processor), context.clock()
        if STATUS not in leased.turn.posts:
            leased.stage(replace(leased.turn, lined=True))
            await poster.post(in_line_part(facts, waiting, now))
        else:
            await poster.change(STATUS, in_line_status(facts, waiting, now))
        await apply_signals(context, leased)
        if not _needs_place(leased):
            return
        waiting = await context.places.line_up(leased.claim, leased.turn, put_off=True)
        if waiting is None:
            break
        if waiting.is_put_off:
            raise PutOff
        await leased.refresh_signals()  # it was stopped or deleted a moment ago
        await apply_signals(context, leased)
    leased.stage(replace(leased.turn, has_place=True))


def _needs_place(leased: LeasedTurn) -> bool:
    turn = leased.turn
    return (
        turn.state is State.QUEUED
        and turn.question.start is TurnKind.QUESTION
        and not turn.has_place
        and not is_chat(turn.processor)
    )
