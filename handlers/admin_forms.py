"""The forms of `/threadline`, when they are sent: by whoever is an admin at that moment."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.ports import HandlerContext, Message
from bot.slack import action_ids
from bot.slack.blockkit.blocks import modal
from bot.slack.views import admin_forms
from bot.slack.views.processor_forms import InvalidSubmission
from bot.slack.views.question_forms import FormErrors
from handlers.admin_changes import Admin, change
from handlers.interactivity import JSON, on_submissions
from handlers.rejection import Rejected


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to both forms."""
    budget, access = {action_ids.ADMIN_BUDGET: submit}, {action_ids.ADMIN_ACCESS: submit}
    on_submissions(app, context, budget, field=admin_forms.AMOUNT, for_admins=True)
    on_submissions(app, context, access, field=admin_forms.CHANNELS, for_admins=True)


async def submit(context: HandlerContext, body: JSON) -> dict[str, Any] | FormErrors:
    """Carry out what a form says; return what was changed, or what is wrong with the form."""
    try:
        sent = admin_forms.parse_admin_submission(body)
    except InvalidSubmission as error:
        raise Rejected(Message(str(error))) from error
    if isinstance(sent, FormErrors):
        return sent
    admin = Admin(sent.opened_in.team, sent.opened_in.channel, sent.by)
    done = await change(context, admin, sent.command)
    return modal("Threadline", done.blocks or [])
