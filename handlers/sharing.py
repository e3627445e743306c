"""An answer shared with another channel that both its person and the bot are members of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.thread import UserId
from bot.domain.turn import Turn
from bot.errors import Refused, Unavailable
from bot.ports import Addressing, HandlerContext, Place
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from bot.slack.views import question_forms, share_form
from handlers.interactivity import JSON, on_actions, on_submissions, open_view
from handlers.rejection import Rejected
from handlers.turns import action_time, researched_turn_of

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the form and to the menu in it."""
    on_actions(app, context, {action_ids.SHARE_CHANNEL: preview})
    on_submissions(app, context, {action_ids.SHARE: submit}, field=share_form.CHANNEL)


async def open_share_form(context: HandlerContext, action: Action) -> None:
    """Open the form for the answer that was acted on. Raises Rejected."""
    turn = await researched_turn_of(context, action)
    places = _allowed(await _places(context, action.user), turn)
    if not places:
        raise Rejected(ephemeral.no_channel_to_share(context.me))
    form = share_form.share_form(
        turn, places, share_form.SharedAnswer(turn.id, action_time(action))
    )
    await open_view(context, action.trigger_id, form)


async def preview(context: HandlerContext, action: Action) -> None:
    """Say in the form who sees the channel that was chosen in it. Raises Rejected."""
    try:
        about = share_form.SharedAnswer.parse(action.view.metadata if action.view else "")
    except ValueError as error:
        raise Rejected(ephemeral.unknown_place()) from error
    turn = await context.mailbox.turn(about.turn)
    if turn is None or action.view is None:
        raise Rejected(ephemeral.too_old())
    places = _allowed(await _places(context, action.user), turn)
    place = next((place for place in places if place.channel == action.value), None)
    if place is None:
        raise Rejected(ephemeral.not_shared())
    try:
        async with asyncio.timeout(context.deadlines.lookup):
            members = await context.views.member_count(place.channel)
            sees = share_form.audience(place, members)
            form = share_form.share_form(turn, places, about, sees=sees)
            await context.views.update(action.view.id, form)
    except (Refused, Unavailable, TimeoutError) as error:  # the form works without it
        log.warning("audience of a channel not shown: %s", str(error) or type(error).__name__)


async def submit(context: HandlerContext, body: JSON) -> question_forms.FormErrors | JSON:
    """Share the answer; return what is wrong with the form, or the modal that says it is shared."""
    try:
        form = share_form.parse_share_submission(body)
    except ValueError as error:
        raise Rejected(ephemeral.unknown_place()) from error
    return form if isinstance(form, question_forms.FormErrors) else await _share(context, form)


async def _share(
    context: HandlerContext, form: share_form.ShareSubmission
) -> question_forms.FormErrors | JSON:
    """Share it, once however often the form is sent. Raises Rejected."""
    turn = await context.mailbox.turn(form.about.turn)
    if turn is None or turn.run is None:
        return share_form.channel_error(ephemeral.too_old().text)
    thread = turn.question.thread
    places = {place.channel: place for place in await _places(context, form.by)}
    sees_answer = turn.question.direct or thread.channel in places
    place = places.get(form.to)
    if not sees_answer or place is None or place.is_shared:
        return share_form.channel_error(ephemeral.not_shared().text)
    shared = derived.shared(turn, form.by, form.about.at, to=form.to, comment=form.comment)
    await context.mailbox.append(shared, Addressing.SIDE)
    return share_form.sharing_modal(place)


def _allowed(places: Sequence[Place], turn: Turn) -> list[Place]:
    """Return where an answer may be shared: not in its own channel, nor with other companies."""
    here = turn.question.thread.channel
    return [place for place in places if not place.is_shared and place.channel != here]


async def _places(context: HandlerContext, person: UserId) -> Sequence[Place]:
    """Return the channels of a person and the bot. Raises Rejected when Slack does not say."""
    try:
        async with asyncio.timeout(context.deadlines.lookup):
            return await context.views.places(person)
    except (Refused, Unavailable, TimeoutError) as error:
        log.warning("channels to share with not read: %s", str(error) or type(error).__name__)
        raise Rejected(ephemeral.channels_unknown()) from error
