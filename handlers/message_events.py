"""`message`: replies, direct messages, the other event of a mention; orders, edits, deletions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import derived
from bot.domain.model import Question, Start, State
from bot.domain.prompt import kept
from bot.ports import Accepted, Hall, Reach
from bot.slack.payloads.keywords import Word
from bot.slack.payloads.message_events import Edited, Order, TakenBack, heard, revised
from handlers import stop_policy


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to messages of every kind; those that want nothing of us are acknowledged only."""

    @app.event("message")
    async def message(body: dict[str, Any], request: AsyncBoltRequest) -> None:
        match heard(body, hall.me):
            case (question, reach):
                await _asked(hall, question, reach)
            case Order(Word.STOP) as order:
                await stop_policy.ordered(
                    hall, order, again=stop_policy.is_delivered_again(request)
                )
            case Order() as order:
                await _muted(hall, order)
            case None:
                await _revised(hall, body)


async def _asked(hall: Hall, question: Question, reach: Reach) -> None:
    accepted = await hall.mailbox.put(question, reach)
    if accepted is Accepted.ASLEEP:
        note = replace(kept(question), start=Start.ASLEEP, press="asleep")
        await hall.mailbox.put(note, Reach.ASIDE)


async def _muted(hall: Hall, order: Order) -> None:
    """Mute or unmute, and say so. Doing it again on a redelivery changes nothing.

    Without a mention it counts from those who have asked in the thread; else it is not for us.
    """
    thread, person = order.given.thread, order.given.asker
    if not order.addressed and not await hall.mailbox.has_asked(thread, person):
        return
    muted = order.word is Word.MUTE
    await hall.mailbox.mute(thread, muted=muted)
    await hall.mailbox.put(order.answered(Start.MUTED if muted else Start.UNMUTED), Reach.ASIDE)


async def _revised(hall: Hall, body: dict[str, Any]) -> None:
    match revised(body, hall.me):
        case Edited() as edited:
            await hall.mailbox.edit(edited.turn, edited.question, edited.at)
            if edited.corrects:
                await _corrected(hall, edited)
        case TakenBack(turn, deleted, stopped_by):
            known = await hall.mailbox.turn(turn) if stopped_by else None
            if stopped_by and known and known.state in (State.STARTING, State.RUNNING):
                await hall.mailbox.stop(turn, stopped_by)
            else:
                # What was paid goes on, unless nothing is left for its answer to stand under.
                await hall.mailbox.withdraw(turn, waiting=not deleted)


async def _corrected(hall: Hall, edited: Edited) -> None:
    """Ask what the edit asks, when nothing was started for what the message said before."""
    known = await hall.mailbox.turn(edited.turn)
    if known is None:  # it was none of our business until now
        await _asked(hall, replace(edited.question, at=edited.at), edited.reach)
    elif question := derived.corrected(known, edited.question, edited.at):
        await _asked(hall, question, edited.reach)
