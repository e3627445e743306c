"""Sources & evidence: a modal that stands at once, and fills when Parallel has told.

A modal opens only within 3 s of the press, so it opens before Parallel is asked. Filling it may
take longer than a press may: then that goes on in the background.
"""

from __future__ import annotations

import asyncio
import logging

from slack_bolt.app.async_app import AsyncApp

from bot.beside import beside
from bot.domain.thread import TurnId
from bot.domain.turn import Turn
from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext
from bot.slack import action_ids
from bot.slack.citations.sources import size_of
from bot.slack.messages import ephemeral
from bot.slack.messages.turn_lines import question_words
from bot.slack.payloads.interactivity import Action
from bot.slack.views.evidence_modal import evidence_modal, loading_modal, unavailable_modal
from handlers.answered_turns import researched
from handlers.interactivity import Rejected, finish_in_background, on_action, open_view

log = logging.getLogger(__name__)

TELL_WITHIN = 20.0  # seconds that Parallel has
LONGEST_NUMBER = 6  # digits of a page
FILL_WITHIN = 2.1  # seconds after which the press is acknowledged although the modal is not filled


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the button of an answer, and to those that turn the pages."""

    async def show(action: Action) -> None:
        began = asyncio.get_running_loop().time()
        turn = await researched(context, action)
        view = await open_view(context, action.trigger, loading_modal())
        await finish_in_background(_fill(context, view, turn, 0), began + FILL_WITHIN)

    async def page(action: Action) -> None:
        """Turn a page; which answer it is of was left in the view by us."""
        began = asyncio.get_running_loop().time()
        if action.view is None:
            raise Rejected(ephemeral.unknown_place())
        turn = await context.mailbox.turn(TurnId(action.view.metadata))
        filling = _fill(context, action.view.id, turn, _page(action.value))
        await finish_in_background(filling, began + FILL_WITHIN)

    on_action(app, context, action_ids.EVIDENCE, show)
    for action_id in (action_ids.EVIDENCE_PAGE_BACK, action_ids.EVIDENCE_PAGE_ON):
        on_action(app, context, action_id, page)


def _page(value: str) -> int:
    """Return the page that a button names; the first where it names none."""
    return int(value) if value.isdecimal() and len(value) <= LONGEST_NUMBER else 0


async def _fill(context: HandlerContext, view: str, turn: Turn | None, page: int) -> None:
    """Show a page of the evidence in an open modal, or why it cannot be shown."""
    if turn is None:
        shown = unavailable_modal("That question has expired.")
    else:
        try:
            async with asyncio.timeout(TELL_WITHIN):
                answer = await context.answer_source.fetch(turn)
                size, question = size_of(answer), question_words(turn.question)
                shown = await beside(size, evidence_modal, answer, question, turn.id, page)
        except Refused as refused:
            log.warning("no evidence: %s", refused, extra={"turn": turn.id})
            shown = unavailable_modal("Parallel doesn't have it anymore.")
        except Unavailable:
            shown = unavailable_modal("I can't reach Parallel right now.")
        except TimeoutError:
            shown = unavailable_modal("Parallel is taking longer than usual to send it.")
        except Exception:
            log.exception("no evidence", extra={"turn": turn.id})
            shown = unavailable_modal("Something went wrong on my side.")
    try:
        await context.views.update(view, shown)
    except (Refused, Unavailable) as error:  # closed meanwhile, perhaps
        log.warning("the evidence was not shown: %s", error)
