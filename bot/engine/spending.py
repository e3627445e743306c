"""Holds the price of a run in the budgets before it is created.

It is held first before anything is posted about the turn, so that sixty questions without room do
not make sixty messages; and once more, which changes nothing, as the create call is about to leave.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain import budgets, lifecycle
from bot.domain.budgets import Balance, BudgetNote, OverBudget
from bot.domain.money import micros
from bot.domain.processors import PROCESSORS
from bot.domain.turn import Ending, EndingKind, State, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn
from bot.engine.posting import Poster
from bot.engine.processor_choice import with_offer
from bot.slack.messages.budgets import warning_post
from bot.slack.messages.turn_facts import facts_of


async def reserve_and_save(context: EngineContext, leased: LeasedTurn, turn: Turn) -> Ending | None:
    """Write that the create call is about to leave, once all budgets have room for its price.

    Args:
        context: its budgets hold the price.
        leased: the turn.
        turn: as it is about to start, before `lifecycle.about_to_start`.

    Returns:
        How the turn ended, when a budget has no room, or when it was stopped or withdrawn since its
        signals were read; nothing is written then.

    Raises:
        LeaseLost: another replica owns the turn now.
    """
    now, zone = context.clock(), context.budget_rules.zone
    begun = lifecycle.about_to_start(turn, now)
    outcome = await leased.reserve(context.budgets, begun, _price(turn))
    if outcome is None:
        await leased.refresh_signals()
        return lifecycle.ending_if_cancelled(leased.turn, now) or Ending(EndingKind.WITHDRAWN, now)
    if isinstance(outcome, OverBudget):
        leased.stage(turn)
        return await _over_budget(context, leased, outcome)
    # Written with what becomes of the create call: a crash before that only loses the words.
    shown = outcome.tightest if context.budget_rules.is_shown else None
    leased.stage(
        replace(
            leased.turn,
            budget=_receipt(context, shown) if shown else None,
            warned=tuple(budgets.note(each, now, zone) for each in outcome.warnings)
            or leased.turn.warned,
        )
    )
    return None


async def reserve_before_posts(context: EngineContext, leased: LeasedTurn) -> None:
    """Hold the price of a queued question before its first message; without room the turn ends.

    Raises:
        LeaseLost: another replica owns the turn now.
        Unavailable: Redis does not answer.
    """
    turn = leased.turn
    is_new = turn.state is State.QUEUED and turn.question.start is TurnKind.QUESTION
    if not is_new or turn.posts:
        return
    outcome = await leased.reserve(context.budgets, turn, _price(turn), warns=False)
    if isinstance(outcome, OverBudget):
        await end_turn(context, leased, await _over_budget(context, leased, outcome))


async def _over_budget(context: EngineContext, leased: LeasedTurn, outcome: OverBudget) -> Ending:
    """Stage what is said about a budget without room, and return how the turn ends."""
    now, rules, turn = context.clock(), context.budget_rules, leased.turn
    thread = turn.question.thread
    note = budgets.note(outcome.balance, now, rules.zone, affordable=outcome.affordable)
    is_first = await context.budgets.is_first_refusal(turn, note.scope)
    note = replace(note, admins=rules.admins, is_repeated=not is_first)
    offered = (await context.gate.access()).offered(thread.channel)
    leased.stage(with_offer(context, replace(turn, budget=note), offered))
    return Ending(EndingKind.OVER_BUDGET, now)


def _price(turn: Turn) -> int:
    """Return what the turn's run costs, in millionths of a dollar."""
    processor = PROCESSORS.get(turn.processor or "")
    return micros(processor.price) if processor else 0


async def with_balance(context: EngineContext, turn: Turn) -> Turn:
    """Return a turn that ends with what is left of the tightest budget now, if that is shown."""
    if turn.budget is None or not turn.started_at:
        return turn
    question = turn.question
    found = await context.budgets.balances(
        question.thread.team, question.thread.channel, question.asker
    )
    if (tightest := budgets.tightest(found)) is None:
        return replace(turn, budget=None)
    return replace(turn, budget=_receipt(context, tightest))


def _receipt(context: EngineContext, balance: Balance) -> BudgetNote:
    """Return what a turn that has started says about a budget."""
    rules = context.budget_rules
    note = budgets.note(balance, context.clock(), rules.zone)
    return replace(note, counts_failed=rules.failed_runs_count)


async def post_warnings(context: EngineContext, leased: LeasedTurn, poster: Poster) -> None:
    """Post that most of a budget is used, once a budget and period, about a run that exists."""
    if not leased.turn.started_at:
        return
    facts = facts_of(leased.turn, context.default_processor)
    for note in leased.turn.warned:
        await poster.post(warning_post(facts, note))
