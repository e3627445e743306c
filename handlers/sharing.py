"""An answer shared with another channel, where both its person and the bot are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.model import Turn, UserId
from bot.errors import Refused, Unavailable
from bot.ports import Hall, Place, Reach
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from bot.slack.views import question_forms, share_form
from handlers.answered_turns import researched
from handlers.interactivity import LOOK_WITHIN, Declined, listen, listen_form, open_view, when

log = logging.getLogger(__name__)


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to the form."""

    async def sent(body: dict[str, Any]) -> question_forms.Wrong | dict[str, Any]:
        try:
            form = share_form.sent(body)
        except ValueError as error:
            raise Declined(ephemeral.nowhere()) from error
        return form if isinstance(form, question_forms.Wrong) else await _share(hall, form)

    async def chosen(action: Action) -> None:
        await _preview(hall, action)

    listen(app, hall, action_ids.SHARE_CHANNEL, chosen)
    listen_form(app, action_ids.SHARE, share_form.CHANNEL, sent)


async def open_share_form(hall: Hall, action: Action) -> None:
    """Open the form for the answer that stands above the press. Raises Declined."""
    turn = await researched(hall, action)
    places = _choice(await _places(hall, action.user), turn)
    if not places:
        raise Declined(ephemeral.nowhere_to_share(hall.me))
    form = share_form.share_form(turn, places, share_form.About(turn.id, when(action)))
    await open_view(hall, action.trigger, form)


async def _preview(hall: Hall, action: Action) -> None:
    """Say in the form who sees the channel that was chosen in it. Raises Declined."""
    try:
        about = share_form.About.parse(action.view.metadata if action.view else "")
    except ValueError as error:
        raise Declined(ephemeral.nowhere()) from error
    turn = await hall.mailbox.turn(about.turn)
    if turn is None or action.view is None:
        raise Declined(ephemeral.too_old())
    places = _choice(await _places(hall, action.user), turn)
    place = next((place for place in places if place.channel == action.value), None)
    if place is None:
        raise Declined(ephemeral.not_shared())
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            members = await hall.views.members(place.channel)
            seen = share_form.share_form(turn, places, about, share_form.audience(place, members))
            await hall.views.change(action.view.id, seen)
    except (Refused, Unavailable, TimeoutError) as error:  # a courtesy
        log.warning("who sees a channel is not shown: %s", str(error) or type(error).__name__)


def _choice(places: Sequence[Place], turn: Turn) -> list[Place]:
    """Return where an answer may be shared: not where it stands, nor outside of the company."""
    here = turn.question.thread.channel
    return [place for place in places if not place.is_shared and place.channel != here]


async def _share(hall: Hall, form: share_form.Sent) -> question_forms.Wrong | dict[str, Any]:
    """Share it, once however often the form is sent. Raises Declined."""
    turn = await hall.mailbox.turn(form.about.turn)
    if turn is None or turn.run is None:
        return share_form.wrong(ephemeral.too_old().text)
    thread = turn.question.thread
    there = {place.channel: place for place in await _places(hall, form.by)}
    sees = turn.question.direct or thread.channel in there
    place = there.get(form.to)
    if not sees or place is None or place.is_shared:
        return share_form.wrong(ephemeral.not_shared().text)
    shared = derived.shared(turn, form.by, form.about.at, form.to, form.comment)
    await hall.mailbox.append(shared, Reach.ASIDE)
    return share_form.on_its_way(place)


async def _places(hall: Hall, person: UserId) -> Sequence[Place]:
    """Return where a person and we both are. Raises Declined when Slack does not tell in time."""
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            return await hall.views.places(person)
    except (Refused, Unavailable, TimeoutError) as error:
        log.warning("where somebody is, is not known: %s", str(error) or type(error).__name__)
        raise Declined(ephemeral.places_unknown()) from error
