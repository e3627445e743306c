"""`message`: replies, direct messages and mentions; keyword commands, edits and deletions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import derived
from bot.domain.prompt import kept
from bot.domain.turn import Question, State, TurnKind
from bot.ports import Acceptance, Addressing, HandlerContext
from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.message_changes import QuestionEdited, QuestionWithdrawn
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import KeywordCommand, QuestionAsked
from handlers import stop_policy


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to messages of every kind; those that want nothing of us are only acknowledged."""

    @app.event("message")
    async def message(body: dict[str, Any], request: AsyncBoltRequest) -> None:
        is_retry = stop_policy.is_delivered_again(request)
        match parse_message(body, context.me):
            case QuestionAsked(question, addressing):
                await _put(context, question, addressing)
            case KeywordCommand(Keyword.STOP) as command:
                await stop_policy.carry_out_stop(context, command, again=is_retry)
            case KeywordCommand() as command:
                await _mute(context, command)
            case QuestionEdited() as edited:
                await _edit(context, edited)
            case QuestionWithdrawn() as withdrawn:
                await _withdraw(context, withdrawn)


async def _put(context: HandlerContext, question: Question, addressing: Addressing) -> None:
    """Put a question into the mailbox; in a dormant thread, the note that offers to continue."""
    accepted = await context.mailbox.put(question, addressing)
    if accepted is Acceptance.DORMANT:
        note = replace(kept(question), start=TurnKind.DORMANT, press="asleep")
        await context.mailbox.put(note, Addressing.SIDE)


async def _mute(context: HandlerContext, command: KeywordCommand) -> None:
    """Mute or unmute the thread, and say so. A redelivery changes nothing.

    Without a mention it counts only from those who have asked in the thread.
    """
    thread, person = command.question.thread, command.question.asker
    if not command.addressed and not await context.mailbox.has_asked(thread, person):
        return
    muted = command.keyword is Keyword.MUTE
    await context.mailbox.mute(thread, muted=muted)
    await context.mailbox.put(
        command.reply(TurnKind.MUTED if muted else TurnKind.UNMUTED), Addressing.SIDE
    )


async def _edit(context: HandlerContext, edited: QuestionEdited) -> None:
    await context.mailbox.edit(edited.turn, edited.question, edited.at)
    if not edited.corrects:
        return
    # Nothing was started for what the message said before, so the edit asks for the first time.
    earlier = await context.mailbox.turn(edited.turn)
    if earlier is None:  # it was not for us until now
        await _put(context, replace(edited.question, at=edited.at), edited.addressing)
    elif question := derived.corrected(earlier, edited.question, edited.at):
        await _put(context, question, edited.addressing)


async def _withdraw(context: HandlerContext, withdrawn: QuestionWithdrawn) -> None:
    """Stop a running turn whose message was edited to "stop"; else withdraw the question.

    A run that was paid for goes on, unless its message is gone and the answer has no place.
    """
    turn, person = withdrawn.turn, withdrawn.stopped_by
    known = await context.mailbox.turn(turn) if person else None
    if person and known and known.state in (State.STARTING, State.RUNNING):
        await context.mailbox.stop(turn, person)
    else:
        await context.mailbox.withdraw(turn, waiting=not withdrawn.deleted)
