"""Questions that wait until their price is confirmed, when they are edited, deleted or stopped."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from bot.domain import confirmation, naming
from bot.domain.choosing import CONFIRMED_WITHIN
from bot.domain.thread import MessageTs, UserId
from bot.domain.turn import Question, Turn, TurnKind
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Acceptance, Addressing, HandlerContext, Message
from bot.slack.messages import budgets, ephemeral
from bot.slack.messages.failures import price_message
from bot.slack.messages.turn_facts import facts_of
from bot.slack.payloads import yes_no
from handlers.admission import JUDGED_LATER, takes_replies

_OF_ITS_MESSAGE = (naming.EDITED, naming.CONFIRMED)  #: presses of turns that a message asks


async def void_latest(context: HandlerContext, turn: Turn, at: MessageTs, *, deleted: bool) -> Turn:
    """Return what the message of a turn asks now; a price that it asked about before is void.

    Args:
        context: has the mailbox and the history.
        turn: the message's first.
        at: when the message was edited or, as `DELETED`, deleted; what it asks since then stays.
        deleted: the message is gone.

    Returns:
        The turn, or the latest one that an edit or a confirmed price began.

    Raises:
        Unavailable: try again.
    """
    latest = await latest_of_message(context, turn)
    asked_at = naming.asked_at(latest.question)
    if not confirmation.asks_price(latest) or float(asked_at) >= float(at):
        return latest
    if not await _decline(context, confirmation.void(latest)):  # it was answered before
        return await latest_of_message(context, turn)
    words = budgets.replaced_by_edit(budgets.priced(facts_of(latest, context.default_processor)))
    await _show(context, latest, None if deleted else words)
    return latest


async def latest_of_message(context: HandlerContext, turn: Turn) -> Turn:
    """Return the latest turn that asks the message of a turn, which is its first."""
    question = turn.question
    of_message = [
        each
        for each in await _asked(context, question)
        if each.question.message == question.message
        and each.question.start is TurnKind.QUESTION
        and each.question.press.startswith(_OF_ITS_MESSAGE)
    ]
    # By Slack's time: the clocks of two replicas may differ by more than lies between two edits.
    return max([turn, *of_message], key=naming.queue_position)


async def was_not_granted(context: HandlerContext, turn: Turn) -> bool:
    """Whether what a message asks last was not started for its price, processor or a budget.

    Args:
        context: has the history.
        turn: the message's first. An edit may ask more than a first one that needs no run.

    Raises:
        Unavailable: try again.
    """
    latest = turn
    if turn.question.start.needs_no_run and turn.ending is not None:
        latest = await latest_of_message(context, turn)
    return confirmation.was_not_granted(latest)


async def asked_anyway(context: HandlerContext, turn: Turn) -> Turn | None:
    """Return the turn that somebody had ask a message anyway; None where nobody did.

    Args:
        context: has the mailbox.
        turn: the message's first, which was not taken for a question.

    Raises:
        Unavailable: try again.
    """
    if not turn.question.start.needs_no_run:
        return None
    thread = turn.question.thread
    name = naming.turn_id_of(thread.team, thread.channel, turn.question.message, naming.ANYWAY)
    return await context.mailbox.turn(name)


async def answer(context: HandlerContext, question: Question, addressing: Addressing) -> bool:
    """Take a reply that only says yes or no for the answer to a price that its asker was told.

    A no declines it. A yes does not start it, which costs money: they hear that a button does.

    Args:
        context: has the mailbox and the history.
        question: what the person said.
        addressing: to whom; what people say to one another answers nothing.

    Returns:
        Whether there was a price to answer when they said so.

    Raises:
        Unavailable: try again.
    """
    says_yes = yes_no.says_yes(question.text)
    if says_yes is None:
        return False
    if addressing in JUDGED_LATER and not await takes_replies(context, question.thread):
        return False
    prices = await _prices(context, question)
    if not says_yes:
        await _decline_all(context, question, prices)
    elif any([await _decision(context, turn) is None for turn in prices]):
        with suppress(Refused, AnswerLost, Unavailable):
            words = ephemeral.press_start()
            place = question.private_place
            await context.messenger.post_ephemeral(place, question.asker, words)
    return bool(prices)


async def stop(context: HandlerContext, question: Question) -> bool:
    """Decline all prices that a person was asked about in a thread, as they said stop.

    Args:
        context: has the mailbox and the history.
        question: what the person said there.

    Returns:
        Whether there was any.

    Raises:
        Unavailable: try again.
    """
    return await _decline_all(context, question, await _prices(context, question))


async def _decline_all(context: HandlerContext, question: Question, prices: Sequence[Turn]) -> bool:
    """Decline prices as a person said so; whether any of them was not answered before."""
    at = naming.asked_at(question)
    found = False
    for turn in prices:
        if await _decline(context, confirmation.declined(turn, at)):
            found = True
            processor = budgets.priced(facts_of(turn, context.default_processor))
            await _show(context, turn, budgets.declined(UserId(question.asker), processor))
    return found


async def _prices(context: HandlerContext, question: Question) -> Sequence[Turn]:
    """Return the turns whose price a person was asked about when they said something.

    In a thread, those of the thread; in a direct message outside of threads, the latest one there.
    Slack may deliver what they said again, or late, when the price has been answered since then.
    """
    is_outside = naming.is_outside_threads(question)
    at = float(naming.asked_at(question))
    found = [
        turn
        for turn in await _asked(context, question)
        if (is_outside or turn.question.thread == question.thread)
        and confirmation.asks_price(turn)
        and turn.ending
        and turn.ending.at + CONFIRMED_WITHIN >= at
        and float(naming.asked_at(turn.question)) <= at  # else it is delivered again
        and not await _was_decided(context, turn, at)
    ]
    return found[:1] if is_outside else found


async def _was_decided(context: HandlerContext, turn: Turn, at: float) -> bool:
    """Whether a price had been confirmed or declined before a time."""
    decision = await _decision(context, turn)
    return decision is not None and float(naming.asked_at(decision.question)) < at


async def _decision(context: HandlerContext, turn: Turn) -> Turn | None:
    """Return the turn that confirms or declines a price; None while nobody has answered."""
    return await context.mailbox.turn(confirmation.answer_id(turn))


async def _asked(context: HandlerContext, question: Question) -> Sequence[Turn]:
    """Return the latest turns that the asker of a question asked, in its channel."""
    thread = question.thread
    found = await context.history.asked(thread.team, question.asker, 0)
    return [each for each in found.turns if each.question.thread.channel == thread.channel]


async def _decline(context: HandlerContext, question: Question) -> bool:
    """Decline a price; whether it is declined by exactly this."""
    if await context.mailbox.put(question, Addressing.SIDE) is not Acceptance.DUPLICATE:
        return True
    known = await context.mailbox.turn(naming.turn_id(question))
    return known is not None and known.question == question


async def _show(context: HandlerContext, turn: Turn, words: Message | None) -> None:
    """Show what became of a price, a courtesy; None deletes what asked about it."""
    thread, message = turn.question.thread, price_message(turn)
    if message is None:
        return
    with suppress(Refused, AnswerLost, Unavailable):
        if words is None:
            await context.messenger.delete(thread, message)
        else:
            await context.messenger.update(thread, message, words)
