"""Sources & evidence: a modal that opens at once, and is filled when Parallel has answered.

A modal can be opened only within 3 s of the press, so it opens before Parallel is asked. Filling it
may take longer than an action may, so that goes on in the background.
"""

from __future__ import annotations

import asyncio
import logging

from slack_bolt.app.async_app import AsyncApp

from bot.concurrency.offload import offload
from bot.domain.thread import TurnId
from bot.domain.turn import Turn
from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext, Message
from bot.slack import action_ids
from bot.slack.citations.sources import size_of
from bot.slack.messages import ephemeral
from bot.slack.messages.turn_lines import question_words
from bot.slack.payloads.interactivity import Action
from bot.slack.views.evidence_modal import evidence_modal, loading_modal, unavailable_modal
from handlers.interactivity import JSON, on_actions, open_view
from handlers.rejection import Rejected
from handlers.turns import researched_turn_of

log = logging.getLogger(__name__)

FETCH_WITHIN = 20.0  # seconds for Parallel's answer
LONGEST_NUMBER = 6  # digits of a page number


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the button of an answer, and to those that turn the pages."""
    on_actions(
        app,
        context,
        {
            action_ids.EVIDENCE: show,
            action_ids.EVIDENCE_PAGE_BACK: turn_page,
            action_ids.EVIDENCE_PAGE_ON: turn_page,
            action_ids.EVIDENCE_GOOD: rate,
            action_ids.EVIDENCE_BAD: rate,
        },
    )


async def show(context: HandlerContext, action: Action) -> None:
    """Open the modal and fill it with the first page."""
    began = asyncio.get_running_loop().time()
    turn = await researched_turn_of(context, action)
    view = await open_view(context, action.trigger_id, loading_modal())
    filling = _fill(context, view, turn, page=0)
    await context.background.run_until(began + context.deadlines.evidence, filling)


async def turn_page(context: HandlerContext, action: Action) -> None:
    """Show another page; the view's metadata names the answer."""
    began = asyncio.get_running_loop().time()
    if action.view is None:
        raise Rejected(ephemeral.unknown_place())
    turn = await context.mailbox.turn(TurnId(action.view.metadata))
    filling = _fill(context, action.view.id, turn, page=_number(action.value))
    await context.background.run_until(began + context.deadlines.evidence, filling)


async def rate(context: HandlerContext, action: Action) -> Message:
    """Count what a person thinks of the answer; the view's metadata names it. Raises Rejected."""
    if action.view is None or action.value not in (action_ids.GOOD, action_ids.BAD):
        raise Rejected(ephemeral.unknown_place())
    good = action.value == action_ids.GOOD
    if not await context.history.rate(TurnId(action.view.metadata), action.user, good=good):
        raise Rejected(ephemeral.too_old())
    return ephemeral.thanks(good)


def _number(value: str) -> int:
    """Return the page number that a button has; 0 where it has none."""
    return int(value) if value.isdecimal() and len(value) <= LONGEST_NUMBER else 0


async def _fill(context: HandlerContext, view_id: str, turn: Turn | None, *, page: int) -> None:
    """Show a page of the evidence in an open modal, or why it cannot be shown."""
    view = (
        unavailable_modal("I don't store that question any more.")
        if turn is None
        else await _page(context, turn, page)
    )
    try:
        await context.views.update(view_id, view)
    except (Refused, Unavailable) as error:  # closed meanwhile, perhaps
        log.warning("evidence modal not updated: %s", error)


async def _page(context: HandlerContext, turn: Turn, page: int) -> JSON:
    """Return a page of the evidence, or the modal that says why there is none."""
    try:
        async with asyncio.timeout(FETCH_WITHIN):
            answer = await context.answer_source.fetch(turn)
            size, question = size_of(answer), question_words(turn.question)
            return await offload(size, evidence_modal, answer, question, turn=turn.id, page=page)
    except Refused as refused:
        log.warning("evidence not fetched: %s", refused, extra={"turn": turn.id})
        return unavailable_modal("Parallel doesn't have it anymore.")
    except Unavailable:
        return unavailable_modal("I can't reach Parallel right now.")
    except TimeoutError:
        return unavailable_modal("Parallel is taking longer than usual to send it.")
    except Exception:
        log.exception("evidence not shown", extra={"turn": turn.id})
        return unavailable_modal("Something went wrong on my side.")
