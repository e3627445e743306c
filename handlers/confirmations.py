"""Start, start cheaper, don't: the answers to a question about a price."""

from __future__ import annotations

from contextlib import suppress

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.choosing import CONFIRMED_WITHIN, cheaper_processor
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import UserId
from bot.domain.turn import EndingKind, Turn, TurnKind
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import budgets, ephemeral
from bot.slack.messages.turn_facts import facts_of
from bot.slack.payloads import reaction_events
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import on_actions
from handlers.rejection import Rejected
from handlers.turns import action_time, ask, turn_of


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the buttons below a price."""
    on_actions(
        app,
        context,
        {
            action_ids.CONFIRM: confirm,
            action_ids.CONFIRM_CHEAPER: confirm_cheaper,
            action_ids.DECLINE: decline,
        },
    )


async def confirm(context: HandlerContext, action: Action) -> Message | None:
    """Ask the question at its price."""
    turn = await _turn_to_confirm(context, action)
    if turn.question.start is TurnKind.CONFIRM:  # a reaction asked it
        return await ask(context, reaction_events.confirmed_question(turn.question))
    return await _start(context, action, turn, facts_of(turn, context.default_processor).processor)


async def confirm_cheaper(context: HandlerContext, action: Action) -> Message | None:
    """Ask the question on the cheaper processor."""
    turn = await _turn_to_confirm(context, action)
    processor = cheaper_processor(facts_of(turn, context.default_processor).processor)
    if processor is None or turn.question.start is TurnKind.CONFIRM:
        raise Rejected(ephemeral.too_old())
    return await _start(context, action, turn, processor)


async def decline(context: HandlerContext, action: Action) -> Message:
    """Delete the question about the price."""
    await _turn_to_confirm(context, action)
    if action.thread and action.message:
        with suppress(Refused, AnswerLost, Unavailable):  # it asks nothing more by itself
            await context.messenger.delete(action.thread, action.message)
    return ephemeral.not_started()


async def _start(
    context: HandlerContext, action: Action, turn: Turn, processor: Processor
) -> Message | None:
    """Ask a question once, and say in place of the buttons who confirmed it."""
    question = derived.confirmed(turn, processor.name, action_time(action))
    answer = await ask(context, question)
    if answer is None and action.thread and action.message:
        done = budgets.started(UserId(action.user), processor)
        with suppress(Refused, AnswerLost, Unavailable):  # a courtesy: the question is asked
            await context.messenger.update(action.thread, action.message, done)
    return answer


async def _turn_to_confirm(context: HandlerContext, action: Action) -> Turn:
    """Return the turn whose price its asker, or an admin, answers in time. Raises Rejected."""
    turn = await turn_of(context, action)
    asks_price = turn.question.start is TurnKind.CONFIRM or (
        turn.ending is not None and turn.ending.kind is EndingKind.CONFIRM
    )
    if not asks_price or not (turn.processor in PROCESSORS or turn.question.processor):
        raise Rejected(ephemeral.too_old())
    if action.user != turn.question.asker and action.user not in context.admins:
        raise Rejected(ephemeral.not_yours(turn.question.asker))
    if turn.ending and turn.ending.at + CONFIRMED_WITHIN < float(action_time(action)):
        raise Rejected(ephemeral.lapsed())
    return turn
