"""Forget a thread: the button, the form that confirms it, and what becomes of it."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp

from bot.domain.thread import TeamId, ThreadKey, UserId
from bot.ports import HandlerContext, Message
from bot.ports.forgetting import Forgetting
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.messages.forgetting import NO_LINK, outcome
from bot.slack.payloads.interactivity import Action
from bot.slack.payloads.message_links import thread_of_link
from bot.slack.views.forget_form import forget_form, parse_forget_submission
from bot.slack.views.question_forms import note_modal
from handlers.interactivity import JSON, View, on_actions, on_submissions, open_view
from handlers.rejection import Rejected


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the button and to its form."""
    on_actions(app, context, {action_ids.FORGET: forget}, stops=True)
    on_submissions(app, context, {action_ids.FORGET: submit}, field="", stops=True)


async def forget(context: HandlerContext, action: Action) -> None:
    """Open the form for the thread of the message. Raises Rejected."""
    if action.thread is None:
        raise Rejected(ephemeral.unknown_place())
    await open_forget_form(context, action.thread, action.user, action.trigger_id)


async def open_forget_form(
    context: HandlerContext, thread: ThreadKey, person: UserId, trigger_id: str
) -> None:
    """Ask a person whether a thread is to be forgotten; nothing is deleted yet.

    Raises:
        Rejected: they may not do that, it is in progress, or nothing is stored of it.
        Unavailable: try later.
    """
    is_admin = person in context.admins
    found = await context.thread_records.may_forget(thread, person, is_admin=is_admin)
    if found is not Forgetting.FORGOTTEN:
        raise Rejected(Message(outcome(found)))
    await open_view(context, trigger_id, forget_form(thread))


async def open_forget_form_of(
    context: HandlerContext, team: TeamId, link: str, person: UserId, trigger_id: str
) -> None:
    """Do as `open_forget_form` for the thread of a linked message."""
    found = thread_of_link(link)
    if found is None:
        raise Rejected(Message(NO_LINK))
    await open_forget_form(context, ThreadKey(team, *found), person, trigger_id)


async def submit(context: HandlerContext, body: JSON) -> View:
    """Forget a thread, if its person still may, and say in the form what became of it.

    Raises:
        Rejected: the form lacks what it is about, or its person.
    """
    try:
        thread, person = parse_forget_submission(body)
    except ValueError as error:  # its metadata is not of this release
        raise Rejected(ephemeral.unknown_place()) from error
    is_admin = person in context.admins
    found = await context.thread_records.forget(thread, person, is_admin=is_admin)
    return dict(note_modal(outcome(found)))
