"""`message`: replies, direct messages, the other event of a mention; orders, edits, deletions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import derived
from bot.domain.prompt import kept
from bot.domain.turn import Question, State, TurnKind
from bot.ports import Acceptance, Addressing, HandlerContext
from bot.slack.payloads.keywords import Word
from bot.slack.payloads.message_events import (
    KeywordCommand,
    QuestionEdited,
    QuestionWithdrawn,
    parse_message,
    parse_message_change,
)
from handlers import stop_policy


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to messages of every kind; those that want nothing of us are acknowledged only."""

    @app.event("message")
    async def message(body: dict[str, Any], request: AsyncBoltRequest) -> None:
        match parse_message(body, context.me):
            case (question, reach):
                await _asked(context, question, reach)
            case KeywordCommand(Word.STOP) as order:
                await stop_policy.carry_out_stop(
                    context, order, again=stop_policy.is_delivered_again(request)
                )
            case KeywordCommand() as order:
                await _muted(context, order)
            case None:
                await _revised(context, body)


async def _asked(context: HandlerContext, question: Question, reach: Addressing) -> None:
    accepted = await context.mailbox.put(question, reach)
    if accepted is Acceptance.DORMANT:
        note = replace(kept(question), start=TurnKind.DORMANT, press="asleep")
        await context.mailbox.put(note, Addressing.SIDE)


async def _muted(context: HandlerContext, order: KeywordCommand) -> None:
    """Mute or unmute, and say so. Doing it again on a redelivery changes nothing.

    Without a mention it counts from those who have asked in the thread; else it is not for us.
    """
    thread, person = order.given.thread, order.given.asker
    if not order.addressed and not await context.mailbox.has_asked(thread, person):
        return
    muted = order.word is Word.MUTE
    await context.mailbox.mute(thread, muted=muted)
    await context.mailbox.put(
        order.answered(TurnKind.MUTED if muted else TurnKind.UNMUTED), Addressing.SIDE
    )


async def _revised(context: HandlerContext, body: dict[str, Any]) -> None:
    match parse_message_change(body, context.me):
        case QuestionEdited() as edited:
            await context.mailbox.edit(edited.turn, edited.question, edited.at)
            if edited.corrects:
                await _corrected(context, edited)
        case QuestionWithdrawn(turn, deleted, stopped_by):
            known = await context.mailbox.turn(turn) if stopped_by else None
            if stopped_by and known and known.state in (State.STARTING, State.RUNNING):
                await context.mailbox.stop(turn, stopped_by)
            else:
                # What was paid goes on, unless nothing is left for its answer to stand under.
                await context.mailbox.withdraw(turn, waiting=not deleted)


async def _corrected(context: HandlerContext, edited: QuestionEdited) -> None:
    """Ask what the edit asks, when nothing was started for what the message said before."""
    known = await context.mailbox.turn(edited.turn)
    if known is None:  # it was none of our business until now
        await _asked(context, replace(edited.question, at=edited.at), edited.reach)
    elif question := derived.corrected(known, edited.question, edited.at):
        await _asked(context, question, edited.reach)
