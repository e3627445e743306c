"""Fixes what a turn is researched with, once it is first in line: its processor, its context."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import derived, lifecycle, prompt
from bot.domain.choices import Choices
from bot.domain.choosing import needs_confirmation, processor_in_force
from bot.domain.turn import Ending, EndingKind, Turn, TurnKind
from bot.engine.context import EngineContext
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn
from bot.slack.messages.turn_facts import facts_of
from bot.slack.text.links import permalink


async def choose_processor(context: EngineContext, leased: LeasedTurn) -> None:
    """Stage the processor and the links that the status shows. A question too long ends the turn.

    Raises Unavailable, and LeaseLost when the turn ends.
    """
    question = leased.turn.question
    if leased.turn.processor is None:
        chosen = await choices_for(context, leased.turn)
        processor, _ = processor_in_force(question.processor, chosen, context.default_processor)
        leased.stage(lifecycle.chosen(leased.turn, processor.name))
    await _link_last_topic(context, leased)
    turn = leased.turn
    if not turn.posts and not turn.question_link and derived.needs_question_link(turn):
        leased.stage(replace(turn, question_link=question_link(context, turn)))
    processor = facts_of(turn, context.default_processor).processor
    is_new = question.start is TurnKind.QUESTION
    if is_new and len(question.text) > prompt.longest_question(processor):
        await end_turn(context, leased, Ending(EndingKind.TOO_LONG, context.clock()))
    elif is_new and needs_confirmation(question, processor, context.budget_rules.confirm_from):
        await end_turn(context, leased, Ending(EndingKind.CONFIRM, context.clock()))


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
    is_new_topic = question.direct and question.message == question.thread.ts
    if not is_new_topic or question.press or question.parent or turn.posts or turn.last_answer:
        return
    latest = await context.store.last_answered(turn, lifecycle.SAME_TOPIC)
    if latest:
        leased.stage(replace(turn, last_answer=permalink(context.workspace, latest, latest.ts)))
