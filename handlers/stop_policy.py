"""Who may stop what: by a keyword, by Slack's own Stop, by a button.

"Stop" and the like stop the turn that the thread works on. What people also say to one another
("never mind") means one's own question: where it is not addressed to us it stops nobody else's, and
nothing at all where replies are no follow-ups.
"""

from __future__ import annotations

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import naming
from bot.domain.thread import UserId
from bot.domain.turn import Question, Turn, TurnKind
from bot.ports import Addressing, HandlerContext
from bot.slack.payloads.message_intents import KeywordCommand
from handlers import unconfirmed
from handlers.admission import takes_replies


def is_redelivery(request: AsyncBoltRequest) -> bool:
    """Whether Slack delivers an event again; Bolt sets the header for Socket Mode, too."""
    return any(number != "0" for number in request.headers.get("x-slack-retry-num") or ())


async def may_stop(context: HandlerContext, turn: Turn, person: UserId) -> bool:
    """Whether a person may stop a turn: its asker, others who asked in its thread, admins."""
    return (
        person == turn.question.asker
        or person in context.admins
        or await context.mailbox.has_asked(turn.question.thread, person)
    )


async def stop(
    context: HandlerContext,
    command: KeywordCommand,
    *,
    is_redelivery: bool,
    by_slack: bool = False,
) -> None:
    """Stop the turn in progress in a thread, or say why not. A stopped turn says so itself.

    Args:
        context: has the mailbox.
        command: names the person and the thread.
        is_redelivery: the command may have been obeyed already.
        by_slack: Slack's own Stop was pressed, which Slack shows although nothing is in progress.
    """
    mailbox, question = context.mailbox, command.question
    addressing = Addressing.SIDE if command.addressed else Addressing.AMBIENT
    name = naming.turn_id(question)
    if is_redelivery and await mailbox.was_obeyed(name):
        return
    turn = await mailbox.at_work(question.thread) or await _latest_in_direct(context, question)
    if turn and command.loose:
        own = await mailbox.asked_by(question.thread, question.asker)
        if not (own or command.addressed) or not await _means_us(context, command):
            return  # they are talking to one another
        turn = own or turn
    if turn is None:
        means_us = not command.loose or await _means_us(context, command)
        if means_us and await unconfirmed.stop(context, question):
            return
        if by_slack:
            await mailbox.session_stopped(question.thread)
            return
        if means_us:
            await _stop_undelivered(context, question)
        # Said between people it is not for us, unless the person has asked something here.
        if command.addressed or await mailbox.has_asked(question.thread, question.asker):
            await mailbox.put(command.reply(TurnKind.NOTHING_TO_STOP), addressing)
    elif _came_after(turn, command, is_redelivery=is_redelivery):
        # The turn that was meant has ended or is still to come; this one must not be stopped.
        await _stop_undelivered(context, question)
    elif await may_stop(context, turn, question.asker):
        await mailbox.stop(turn.id, question.asker, name)
    else:
        await mailbox.put(command.reply(TurnKind.MAY_NOT_STOP), addressing)


async def _latest_in_direct(context: HandlerContext, question: Question) -> Turn | None:
    """Return the person's latest open turn, for a stop said in a direct message outside threads."""
    place = question.thread
    if not naming.is_outside_threads(question):
        return None
    asked = await context.history.asked(place.team, question.asker, 0)
    return next(
        (
            turn
            for turn in asked.turns
            if turn.ending is None
            and not turn.signals.gone  # it left the line, and ends no more
            and turn.question.thread.channel == place.channel
            and not turn.question.start.needs_no_run
        ),
        None,
    )


async def _stop_undelivered(context: HandlerContext, question: Question) -> None:
    """Stop what the person asked before: Slack may deliver it late, or its asker is looked up."""
    at = naming.asked_at(question)
    await context.mailbox.stop_undelivered(question.thread, question.asker, at)


async def _means_us(context: HandlerContext, command: KeywordCommand) -> bool:
    """Whether it is addressed to us, or replies are follow-ups."""
    return command.addressed or await takes_replies(context, command.question.thread)


def _came_after(turn: Turn, command: KeywordCommand, *, is_redelivery: bool) -> bool:
    """Whether a turn was asked only after a command was given; for a redelivery, or started."""
    asked = float(naming.asked_at(turn.question))
    given = float(naming.asked_at(command.question))
    came_late = naming.is_asked_by_message(turn.question) and turn.received > given
    if not is_redelivery or came_late:  # `started` is by our clock, which may be ahead of Slack's
        return asked > given
    started = turn.busy_since or turn.starting_at or asked
    return max(asked, started) > given
