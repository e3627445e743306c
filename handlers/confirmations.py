"""Start, start cheaper, don't: the answers to a question about a price.

Whatever comes first decides: a confirmed question and a declined one have the same id, so only one
of them is accepted. What is edited or deleted meanwhile is declined, too (`unconfirmed`).
"""

from __future__ import annotations

from contextlib import suppress

from slack_bolt.app.async_app import AsyncApp

from bot.domain import confirmation
from bot.domain.access import Verdict
from bot.domain.choosing import CONFIRMED_WITHIN
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import UserId
from bot.domain.turn import Turn, TurnKind
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Acceptance, Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import budgets, ephemeral
from bot.slack.messages.admin import refused
from bot.slack.messages.failures import price_message
from bot.slack.messages.turn_facts import facts_of
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import on_actions
from handlers.offers import offered_in, require_offered
from handlers.overflow import NOT_TAKEN
from handlers.rejection import Rejected
from handlers.rereading import words_now
from handlers.turns import action_time, known, require_unchanged, turn_of


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
    return await _start(context, action, turn, _priced(context, turn))


async def confirm_cheaper(context: HandlerContext, action: Action) -> Message | None:
    """Ask the question on the cheaper processor that the button names."""
    turn = await _turn_to_confirm(context, action)
    processor = PROCESSORS.get(action.choice)
    if processor is None or processor.price >= _priced(context, turn).price:
        raise Rejected(ephemeral.too_old())
    return await _start(context, action, turn, processor)


async def decline(context: HandlerContext, action: Action) -> Message:
    """Start nothing, and say in place of the buttons who declined."""
    turn = await _turn_to_confirm(context, action)
    question = confirmation.declined(turn, action_time(action))
    if await context.mailbox.put(question, Addressing.SIDE) is Acceptance.DUPLICATE:
        return await _decided(context, turn)
    await _update_message(
        context, action, turn, budgets.declined(action.user, _priced(context, turn))
    )
    return ephemeral.not_started()


async def _start(
    context: HandlerContext, action: Action, turn: Turn, processor: Processor
) -> Message | None:
    """Ask a question once, and say in place of the buttons who confirmed it."""
    if action.user != turn.question.asker:
        await _require_asker(context, turn)
    offered = await offered_in(context, turn.question.thread.channel)
    require_offered(context, processor.name, offered)
    question = confirmation.confirmed(turn, processor.name, action_time(action))
    if turn.question.start is TurnKind.CONFIRM:  # of a reaction, to anybody's message
        question = await words_now(context, question)
    accepted = await context.mailbox.put(question, Addressing.ADDRESSED)
    if accepted is Acceptance.DUPLICATE:
        return await _decided(context, turn)
    if accepted in NOT_TAKEN:  # the buttons stay
        return ephemeral.thread_is_full()
    await _update_message(context, action, turn, budgets.started(UserId(action.user), processor))
    return None


async def _require_asker(context: HandlerContext, turn: Turn) -> None:
    """Let an admin confirm a price only while its asker may ask. Raises Rejected, Unavailable."""
    question = turn.question
    channel = question.thread.channel
    admission = await context.gate.judge(channel, question.asker, direct=question.direct)
    if admission.verdict is Verdict.UNKNOWN:
        words = refused(admission.verdict, admission.access, channel, pressed=True)
        raise Rejected(Message(words))
    if admission.verdict is not Verdict.ALLOWED:
        raise Rejected(ephemeral.asker_may_not_ask(question.asker))


async def _decided(context: HandlerContext, turn: Turn) -> Message:
    """Say what became of a price that was answered before."""
    answer = confirmation.answer_id(turn)
    before = await context.mailbox.turn(answer)
    if before is not None and before.question.start is TurnKind.DECLINED:
        return ephemeral.declined()
    return await known(context, answer)


async def _turn_to_confirm(context: HandlerContext, action: Action) -> Turn:
    """Return the turn whose price its asker, or an admin, answers in time. Raises Rejected."""
    turn = await turn_of(context, action)
    if not confirmation.asks_price(turn):
        raise Rejected(ephemeral.too_old())
    if action.user != turn.question.asker and action.user not in context.admins:
        raise Rejected(ephemeral.not_yours(turn.question.asker))
    if turn.ending and turn.ending.at + CONFIRMED_WITHIN < float(action_time(action)):
        raise Rejected(ephemeral.lapsed())
    await require_unchanged(context, turn)
    return turn


def _priced(context: HandlerContext, turn: Turn) -> Processor:
    return budgets.priced(facts_of(turn, context.default_processor))


# --- the message that asked -------------------------------------------------------------
# A courtesy: what was decided is durable before, and shown where the buttons are pressed again.


async def _update_message(
    context: HandlerContext, action: Action, turn: Turn, words: Message
) -> None:
    # The answer to its post may have been lost, so that the turn does not know it yet.
    if message := action.message or price_message(turn):
        with suppress(Refused, AnswerLost, Unavailable):
            await context.messenger.update(turn.question.thread, message, words)
