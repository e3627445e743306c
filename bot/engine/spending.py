"""Holds the price of a run in the budgets before it is created."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import budgets, lifecycle
from bot.domain.budgets import OverBudget
from bot.domain.money import micros
from bot.domain.processors import PROCESSORS
from bot.domain.turn import Ending, EndingKind, Turn
from bot.engine.context import EngineContext
from bot.engine.leased_turn import LeasedTurn
from bot.engine.posting import Poster
from bot.slack.messages.budgets import warning_post
from bot.slack.messages.turn_facts import facts_of


async def reserve_and_save(context: EngineContext, leased: LeasedTurn, turn: Turn) -> Ending | None:
    """Write that the create call is about to leave, once all budgets have room for its price.

    Args:
        context: its budgets hold the price.
        leased: the turn.
        turn: as it is about to start, before `lifecycle.about_to_start`.

    Returns:
        How the turn ended, when a budget has no room; nothing is written then.

    Raises:
        LeaseLost: another replica owns the turn now.
    """
    now, zone = context.clock(), context.budget_rules.zone
    processor = PROCESSORS.get(turn.processor or "")
    price = micros(processor.price) if processor else 0
    outcome = await leased.reserve(context.budgets, lifecycle.about_to_start(turn, now), price)
    if isinstance(outcome, OverBudget):
        note = budgets.note(outcome.balance, now, zone, affordable=outcome.affordable)
        note = replace(note, admins=context.budget_rules.admins)
        leased.stage(replace(turn, budget=note))
        return Ending(EndingKind.OVER_BUDGET, now)
    # Written with what becomes of the create call: a crash before that only loses the words.
    shown = outcome.tightest if context.budget_rules.is_shown else None
    leased.stage(
        replace(
            leased.turn,
            budget=budgets.note(shown, now, zone) if shown else None,
            warned=tuple(budgets.note(each, now, zone) for each in outcome.warnings)
            or leased.turn.warned,
        )
    )
    return None


async def post_warnings(context: EngineContext, leased: LeasedTurn, poster: Poster) -> None:
    """Post that most of a budget is used, once a budget and period."""
    facts = facts_of(leased.turn, context.default_processor)
    for note in leased.turn.warned:
        await poster.post(warning_post(facts, note))
