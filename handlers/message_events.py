"""`message`: replies, direct messages and mentions; keyword commands, edits and deletions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import confirmation, derived, naming
from bot.domain.turn import State, Turn, TurnKind
from bot.ports import Addressing, EditOutcome, HandlerContext
from bot.slack.payloads.fields import is_shared
from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.message_changes import QuestionEdited, QuestionWithdrawn, WordsEdited
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import KeywordCommand, QuestionAsked
from handlers import stop_policy, unconfirmed
from handlers.acceptance import accept
from handlers.admission import JUDGED_LATER, admits, may_edit, may_stop_here


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to messages of every kind; those that want nothing of us are only acknowledged."""
    app.event("message")(partial(take_message, context))


async def take_message(
    context: HandlerContext, body: dict[str, Any], request: AsyncBoltRequest
) -> None:
    """Write down what a message, an edit or a deletion asks for."""
    shared = is_shared(body)
    match parse_message(body, context.me):
        case QuestionAsked(question, addressing):
            await accept(context, question, addressing, shared=shared)
        case KeywordCommand(Keyword.STOP) as command:
            question, addressed = command.question, command.addressed
            if await may_stop_here(context, question, addressed=addressed):
                is_redelivery = stop_policy.is_redelivery(request)
                await stop_policy.stop(context, command, is_redelivery=is_redelivery)
        case KeywordCommand() as command:
            await mute(context, command, shared=shared)
        case QuestionEdited() as edited:
            await edit(context, edited, shared=shared)
        case QuestionWithdrawn() as withdrawn:
            await withdraw(context, withdrawn, shared=shared)
        case WordsEdited(question, at) if context.research_reaction:
            for turn in await context.mailbox.asking(question.thread, question.message):
                await context.mailbox.edit(turn.id, question, at)


async def mute(context: HandlerContext, command: KeywordCommand, *, shared: bool) -> None:
    """Mute or unmute the thread, and say so. A redelivery changes nothing.

    Without a mention it counts only from those who have asked in the thread.
    """
    thread, person = command.question.thread, command.question.asker
    if not command.addressed and not await context.mailbox.has_asked(thread, person):
        return
    if not await admits(context, command.question, Addressing.ADDRESSED, shared=shared):
        return
    muted = command.keyword is Keyword.MUTE
    note = command.reply(TurnKind.MUTED if muted else TurnKind.UNMUTED)
    if await context.mailbox.turn(naming.turn_id(note)):
        return  # the contrary may have been ordered since
    if await context.mailbox.mute(thread, naming.asked_at(note), muted=muted):
        await context.mailbox.put(note, Addressing.SIDE)


async def edit(context: HandlerContext, edited: QuestionEdited, *, shared: bool) -> None:
    """Have the turn of a message ask what the message asks now."""
    known = await context.mailbox.turn(edited.turn) is not None
    is_judged = known or shared or edited.addressing not in JUDGED_LATER
    if is_judged and not await may_edit(context, edited.question, known=known, shared=shared):
        return
    outcome = await context.mailbox.edit(edited.turn, edited.question, edited.at, when=edited.when)
    if outcome is EditOutcome.STALE:
        return
    # Where nothing was started for what it said before, the edit is asked like a new message.
    earlier = await context.mailbox.turn(edited.turn)
    if earlier is None:
        if edited.corrects:  # it was not for us until now
            late = replace(edited.question, at=edited.at)
            await accept(context, late, edited.addressing, shared=shared)
        return
    if anyway := await unconfirmed.asked_anyway(context, earlier):
        earlier = await unconfirmed.void_latest(context, anyway, edited.at, deleted=False)
    if outcome in (EditOutcome.TAKEN, EditOutcome.OFFERED):
        return
    if await unconfirmed.was_not_granted(context, earlier):
        earlier = await _void_or_edit(context, earlier, edited)
        if not confirmation.was_not_granted(earlier):
            return
    corrects = edited.corrects
    question = derived.corrected(earlier, edited.question, edited.at, corrects=corrects)
    if question and (corrects or await _asks_nothing_else(context, earlier)):
        await accept(context, question, edited.addressing, shared=shared)


async def _asks_nothing_else(context: HandlerContext, turn: Turn) -> bool:
    """Whether no edit was asked after this turn; an earlier one may be delivered later."""
    return (await unconfirmed.latest_of_message(context, turn)).id == turn.id


async def _void_or_edit(context: HandlerContext, earlier: Turn, edited: QuestionEdited) -> Turn:
    """Return the latest turn of a message whose first one was not started.

    Its price is void, if it asks about one. Otherwise it is edited.
    """
    while True:
        latest = await unconfirmed.void_latest(context, earlier, edited.at, deleted=False)
        if latest.id == earlier.id or confirmation.was_not_granted(latest):
            return latest
        outcome = await context.mailbox.edit(latest.id, edited.question, edited.at)
        if outcome is EditOutcome.TAKEN:
            return latest
        earlier = latest  # it may have ended since it was read


async def withdraw(context: HandlerContext, withdrawn: QuestionWithdrawn, *, shared: bool) -> None:
    """Withdraw a question, and obey the command that its message was edited into.

    A run that was paid for goes on, unless that stops it, or its message is gone and the answer has
    no place.
    """
    waiting, thread = not withdrawn.deleted, withdrawn.thread
    if not await context.mailbox.withdraw(
        withdrawn.turn, withdrawn.at, waiting=waiting, thread=thread, when=withdrawn.when
    ):
        return
    own = await context.mailbox.turn(withdrawn.turn)  # one that ended before is not withdrawn
    known = own
    if known and (anyway := await unconfirmed.asked_anyway(context, known)):
        known = anyway
        await context.mailbox.withdraw(known.id, withdrawn.at, waiting=waiting)
    if known and await unconfirmed.was_not_granted(context, known):
        at, deleted = withdrawn.at, withdrawn.deleted
        known = await unconfirmed.void_latest(context, known, at, deleted=deleted)
        await context.mailbox.withdraw(known.id, withdrawn.at, waiting=waiting)
    if withdrawn.note and known and known.signals.gone and known.run is None:
        await context.mailbox.put(withdrawn.note, Addressing.SIDE)
    match withdrawn.command:
        case None:
            pass
        case KeywordCommand(Keyword.STOP) as command:
            await _stop_what_it_asked(context, withdrawn, command)
            if own and own.question.start.needs_no_run:  # such as "is it done?"
                await stop_policy.stop(context, command, is_redelivery=False)
        case KeywordCommand() as command:
            await mute(context, command, shared=shared)


async def _stop_what_it_asked(
    context: HandlerContext, withdrawn: QuestionWithdrawn, command: KeywordCommand
) -> None:
    """Stop what a message had asked before it was edited into a stop command."""
    person, thread = command.question.asker, command.question.thread
    _, message = naming.message_of(withdrawn.turn)
    for turn in await context.mailbox.asking(thread, message):
        question = replace(turn.question, asker=person)
        if (
            turn.state in (State.STARTING, State.RUNNING)
            and derived.is_asked_before(turn, withdrawn.when)
            and await may_stop_here(context, question, addressed=False)
        ):
            await context.mailbox.stop(turn.id, person)
