"""Fixes what a turn is researched with, once it is first in line: its processor, its context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import derived, lifecycle, naming, prompt
from bot.domain.access import Access, Offer
from bot.domain.choices import Choices
from bot.domain.choosing import needs_confirmation, processor_in_force
from bot.domain.turn import Ending, EndingKind, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn
from bot.slack.messages.turn_facts import facts_of
from bot.slack.text.links import permalink


async def choose_processor(
    context: EngineContext, leased: LeasedTurn, access: Access, *, agreed: str | None = None
) -> None:
    """Stage the processor and the links that the status shows, or end a turn that cannot start.

    A default that is not on offer gives way to another processor. What was asked for by name, or
    has been announced, ends the turn instead.

    Args:
        context: its choices say which processor is in force.
        leased: the turn, which is queued.
        access: what admins allow now.
        agreed: of a turn that was just edited, the processor in force before.

    Raises Unavailable, and LeaseLost when the turn ends.
    """
    question = leased.turn.question
    offered = access.offered(question.thread.channel)
    agreed = agreed or leased.turn.processor
    if leased.turn.processor is None:
        await _stage_processor(context, leased, offered)
    await _link_last_topic(context, leased)
    turn = leased.turn
    if not turn.posts and not turn.question_link and derived.needs_question_link(turn):
        leased.stage(replace(turn, question_link=question_link(context, turn)))
    if question.start is not TurnKind.QUESTION:
        return
    if kind := _obstacle(context, leased.turn, offered, agreed):
        leased.stage(with_offer(context, leased.turn, offered))
        await end_turn(context, leased, Ending(kind, context.clock()))


async def _stage_processor(
    context: EngineContext, leased: LeasedTurn, offered: Sequence[str]
) -> None:
    turn, default = leased.turn, context.default_processor
    asked, chosen = turn.question.processor, await choices_for(context, turn)
    processor, _ = processor_in_force(asked, chosen, default, offered)
    wanted, _ = processor_in_force(asked, chosen, default)
    offer = Offer(missing=wanted.name) if wanted != processor else None
    leased.stage(replace(lifecycle.chosen(turn, processor.name), offer=offer))


def _obstacle(
    context: EngineContext, turn: Turn, offered: Sequence[str], agreed: str | None
) -> EndingKind | None:
    """Return how a question ends that cannot start as it is; None when it can."""
    processor = facts_of(turn, context.default_processor).processor
    if processor.name not in offered:
        return EndingKind.NOT_OFFERED
    if len(turn.question.text) > prompt.longest_question(processor):
        return EndingKind.TOO_LONG
    limit = context.budget_rules.confirm_from
    if needs_confirmation(turn.question, processor, limit, agreed=agreed):
        return EndingKind.CONFIRM
    return None


def with_offer(context: EngineContext, turn: Turn, offered: Sequence[str]) -> Turn:
    """Return a turn whose messages name the processors on offer, and who can change that."""
    offer = turn.offer or Offer()
    admins = context.budget_rules.admins
    return replace(turn, offer=replace(offer, processors=tuple(offered), admins=admins))


async def choices_for(context: EngineContext, turn: Turn) -> Choices:
    """Read the processors chosen for the turn's thread, asker and channel."""
    question, thread = turn.question, turn.question.thread
    return await context.choices.read(thread.team, thread.channel, question.asker, thread)


def question_link(context: EngineContext, turn: Turn) -> str:
    """Return the URL of the message that says what a turn asks.

    For a question written in a form, that is the message the form was opened on.
    """
    return permalink(context.workspace, turn.question.thread, derived.question_message(turn))


async def _link_last_topic(context: EngineContext, leased: LeasedTurn) -> None:
    """Stage the link to the person's latest answer, where this question may be meant to follow it.

    Direct messages are threads, too: a message outside of them begins a chain of its own, and the
    status says so.
    """
    turn, question = leased.turn, leased.turn.question
    is_new_topic = naming.is_outside_threads(question)
    if not is_new_topic or question.press or question.parent or turn.posts or turn.last_answer:
        return
    latest = await context.store.last_answered(turn, lifecycle.SAME_TOPIC)
    if latest:
        leased.stage(replace(turn, last_answer=permalink(context.workspace, latest, latest.ts)))
