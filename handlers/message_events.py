"""`message`: replies, direct messages and mentions; keyword commands, edits and deletions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import derived
from bot.domain.prompt import truncated
from bot.domain.turn import Question, State, TurnKind
from bot.ports import Acceptance, Addressing, HandlerContext
from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.message_changes import QuestionEdited, QuestionWithdrawn
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import KeywordCommand, QuestionAsked
from handlers import stop_policy
from handlers.admission import admits


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to messages of every kind; those that want nothing of us are only acknowledged."""
    app.event("message")(partial(take_message, context))


async def take_message(
    context: HandlerContext, body: dict[str, Any], request: AsyncBoltRequest
) -> None:
    """Write down what a message, an edit or a deletion asks for."""
    match parse_message(body, context.me):
        case QuestionAsked(question, addressing):
            await put(context, question, addressing)
        case KeywordCommand(Keyword.STOP) as command:
            is_redelivery = stop_policy.is_redelivery(request)
            await stop_policy.stop(context, command, is_redelivery=is_redelivery)
        case KeywordCommand() as command:
            await mute(context, command)
        case QuestionEdited() as edited:
            await edit(context, edited)
        case QuestionWithdrawn() as withdrawn:
            await withdraw(context, withdrawn)


async def put(context: HandlerContext, question: Question, addressing: Addressing) -> None:
    """Put a question into the mailbox; in a dormant thread, the note that offers to continue."""
    if not await admits(context, question, addressing):
        return
    accepted = await context.mailbox.put(question, addressing)
    if accepted is Acceptance.DORMANT:
        note = replace(truncated(question), start=TurnKind.DORMANT, press="asleep")
        await context.mailbox.put(note, Addressing.SIDE)


async def mute(context: HandlerContext, command: KeywordCommand) -> None:
    """Mute or unmute the thread, and say so. A redelivery changes nothing.

    Without a mention it counts only from those who have asked in the thread.
    """
    thread, person = command.question.thread, command.question.asker
    if command.addressed and not await admits(context, command.question, Addressing.ADDRESSED):
        return
    if not command.addressed and not await context.mailbox.has_asked(thread, person):
        return
    muted = command.keyword is Keyword.MUTE
    await context.mailbox.mute(thread, muted=muted)
    note = command.reply(TurnKind.MUTED if muted else TurnKind.UNMUTED)
    await context.mailbox.put(note, Addressing.SIDE)


async def edit(context: HandlerContext, edited: QuestionEdited) -> None:
    """Have the turn of a message ask what the message asks now."""
    await context.mailbox.edit(edited.turn, edited.question, edited.at)
    if not edited.corrects:
        return
    # Nothing was started for what the message said before, so the edit is asked like a new message.
    earlier = await context.mailbox.turn(edited.turn)
    if earlier is None:  # it was not for us until now
        await put(context, replace(edited.question, at=edited.at), edited.addressing)
    elif question := derived.corrected(earlier, edited.question, edited.at):
        await put(context, question, edited.addressing)


async def withdraw(context: HandlerContext, withdrawn: QuestionWithdrawn) -> None:
    """Withdraw a question; stop its run only when the message was edited to a stop command.

    A run that was paid for goes on, unless its message is gone and the answer has no place.
    """
    turn, person = withdrawn.turn, withdrawn.stopped_by
    known = await context.mailbox.turn(turn) if person else None
    if person and known and known.state in (State.STARTING, State.RUNNING):
        await context.mailbox.stop(turn, person)
    else:
        await context.mailbox.withdraw(turn, waiting=not withdrawn.deleted)
