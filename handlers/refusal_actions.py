"""Buttons below a refusal: the same question on another processor, which costs what it says."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.turn import EndingKind
from bot.ports import HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from handlers.interactivity import on_actions
from handlers.rejection import Rejected
from handlers.turns import ask, chosen_processor, require_unchanged, turn_of

_REFUSED = (EndingKind.NOT_OFFERED, EndingKind.OVER_BUDGET)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the buttons."""
    names = (action_ids.USE_FIRST, action_ids.USE_SECOND, action_ids.USE_THIRD)
    on_actions(app, context, dict.fromkeys(names, use_instead))


async def use_instead(context: HandlerContext, action: Action) -> Message | None:
    """Ask a refused question on the processor that the button names.

    Its id is that of *Try again* on the same message, so that all its buttons ask once.
    """
    turn = await turn_of(context, action)
    if turn.ending is None or turn.ending.kind not in _REFUSED:
        raise Rejected(ephemeral.too_old())
    await require_unchanged(context, turn)
    name = await chosen_processor(context, action, action.choice)
    if name is None or not action.message:
        raise Rejected(ephemeral.unknown_place())
    again = derived.asked_again(turn, action.user, action.message, look=False)
    return await ask(context, replace(again.question, processor=name))
