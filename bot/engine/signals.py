"""Applies signals to a turn: stop, edit, deletion.

Listeners write signals beside the turn's record; the worker refreshes them when they change. They
are applied before the run is created, and while it is awaited. After the run's creation an edit
changes nothing here: the answer offers to research the new text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from bot.domain import lifecycle, naming
from bot.domain.turn import Ending, EndingKind, State, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn, do_nothing
from bot.engine.processor_choice import choose_processor
from bot.slack.messages import quick_answer
from bot.slack.messages.failures import price_message

T = TypeVar("T")


async def apply_signals(context: EngineContext, leased: LeasedTurn) -> None:
    """End a queued turn that was stopped or deleted; stage the new text of one that was edited.

    Does nothing once the run is about to be created.
    """
    turn = leased.turn
    if turn.state is not State.QUEUED:
        return
    if ending := lifecycle.ending_if_cancelled(turn, context.clock()):
        await end_turn(context, leased, ending)
    elif turn.signals.edited and _takes_edits(turn):
        leased.stage(lifecycle.reworded(turn, turn.signals.edited))
        access = await context.gate.access()
        agreed = turn.processor or turn.question.processor
        await choose_processor(context, leased, access, agreed=agreed)


def _takes_edits(turn: Turn) -> bool:
    is_question = turn.question.start is TurnKind.QUESTION
    # That message answers the earlier text.
    return is_question and quick_answer.QUICK_ANSWER not in turn.posts


def overtaken(turn: Turn) -> bool:
    """Whether a turn could not start, and was changed before that was written.

    What changes its message later is not signalled: the listener asks the new text (see SIGNAL in
    `bot.store.scripts.signals`).

    Args:
        turn: whose signals were read as its ending was written.
    """
    if turn.ending is None or turn.ending.kind not in lifecycle.NOT_STARTED:
        return False
    if turn.signals.is_cancelled:
        return price_message(turn) is None  # else its buttons say so
    if turn.ending.kind is EndingKind.CONFIRM and turn.question.press.startswith(naming.CONFIRMED):
        return False  # begun once more, the higher price would count as agreed
    return turn.signals.edited is not None and _takes_edits(turn)


async def unless_cancelled(
    leased: LeasedTurn,
    awaited: Coroutine[None, None, T],
    *,
    now: Callable[[], float],
    on_change: Callable[[], None],
) -> T | Ending | None:
    """Await, but not once the turn is stopped or deleted.

    Args:
        leased: the turn.
        awaited: is cancelled then.
        now: returns seconds since 1970.
        on_change: called whenever the signals have been read.

    Returns:
        What `awaited` returned; or how the turn ended.
    """
    loop = asyncio.get_running_loop()

    def changed() -> None:
        on_change()
        if leased.turn.signals.is_cancelled and not scope.expired():
            scope.reschedule(loop.time())

    try:
        async with asyncio.timeout(None) as scope:
            leased.on_change = changed
            changed()
            return await awaited
    except TimeoutError:
        if not scope.expired():
            raise
        return lifecycle.ending_if_cancelled(leased.turn, now())
    finally:
        leased.on_change = do_nothing
