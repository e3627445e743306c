"""Actions and forms: acknowledged in time, and answered to the one person who acted.

Slack wants an action acknowledged within 3 s, and Bolt acknowledges it when the listener returns;
an action is not delivered again. So a handler has a deadline (`bot.ports.Deadlines`). What it
returns is shown to the person only: see `private_replies`; of a form, beneath the field that it is
about, which Slack shows as plain text.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext, Message
from bot.slack.messages import ephemeral
from bot.slack.payloads.fields import part
from bot.slack.payloads.interactivity import Action, parse_block_action, parse_submitter
from bot.slack.views import question_forms
from handlers import private_replies
from handlers.admission import require
from handlers.rejection import Rejected

log = logging.getLogger(__name__)

JSON = dict[str, Any]
View = dict[str, Any]
#: What Slack shows as it is written beneath a field: mentions, code, names of emoji.
_MRKDWN = re.compile(r"<[@#]|`|(?<!\S):[a-z_]+:")
ActionHandler = Callable[[HandlerContext, Action], Awaitable[Message | None]]
SubmissionHandler = Callable[
    [HandlerContext, JSON], Awaitable[question_forms.FormErrors | View | None]
]


def on_actions(
    app: AsyncApp,
    context: HandlerContext,
    handlers: Mapping[str, ActionHandler],
    *,
    replace_original: bool = False,
    stops: bool = False,
) -> None:
    """Have handlers carry out actions; what they return is shown to the person only.

    Args:
        app: the Bolt app.
        context: for the handlers.
        handlers: by the action id of the button or menu. They raise Rejected when the action cannot
            be carried out.
        replace_original: the answer replaces the (ephemeral) message that was acted on.
        stops: they only end what goes on, which our own people may do wherever they are.
    """
    for action_id, handler in handlers.items():
        act = partial(_act, context, handler, replace_original=replace_original, stops=stops)
        app.action(action_id)(act)


def on_submissions(
    app: AsyncApp,
    context: HandlerContext,
    handlers: Mapping[str, SubmissionHandler],
    *,
    field: str,
    for_admins: bool = False,
    stops: bool = False,
) -> None:
    """Have handlers accept forms, or leave a form open and say what is wrong with it.

    Args:
        app: the Bolt app.
        context: for the handlers.
        handlers: by the callback id of the form. They take the body and return what is wrong or a
            modal to show instead, or raise Rejected.
        field: the block of the form beneath which it is said that it cannot be accepted, in words
            that need no mrkdwn; others are said in a modal over the form.
        for_admins: the handlers take forms of admins only, who may change who may ask from
            anywhere, also where they may not ask.
        stops: they start and show nothing, so our own people may send them wherever they are.
    """
    for callback_id, handler in handlers.items():
        submit = partial(_submit, context, handler, field=field, stops=stops)
        app.view(callback_id)(partial(submit, judged=not for_admins))


async def _act(
    context: HandlerContext,
    handler: ActionHandler,
    body: JSON,
    ack: AsyncAck,
    respond: AsyncRespond,
    *,
    replace_original: bool,
    stops: bool,
) -> None:
    began = asyncio.get_running_loop().time()
    action = parse_block_action(body)
    try:
        async with asyncio.timeout_at(began + context.deadlines.act):
            if action.is_complete:
                await require(context, action.about, action.user, stops=stops)
                answer = await handler(context, action)
            else:
                answer = ephemeral.unknown_place()
    except Rejected as rejected:
        answer, replace_original = rejected.answer, False
    except Unavailable as error:
        log.warning("action not carried out: %s", error)
        answer, replace_original = ephemeral.not_saved(), False
    except TimeoutError:
        log.warning("action timed out")
        answer, replace_original = ephemeral.too_slow(), False
    await ack()
    if answer:
        reply = private_replies.Reply(answer, action, replace_original=replace_original)
        deadline = began + context.deadlines.listener
        await private_replies.send(context, respond, reply, deadline=deadline)


async def _submit(
    context: HandlerContext,
    handler: SubmissionHandler,
    body: JSON,
    ack: AsyncAck,
    *,
    field: str,
    stops: bool,
    judged: bool,
) -> None:
    sent = parse_submitter(body)
    try:
        async with asyncio.timeout(context.deadlines.act):
            if sent.team and sent.user and judged:
                await require(context, sent.channel, sent.user, stops=stops)
            answer = await handler(context, body)
    except Rejected as rejected:
        answer = question_forms.FormErrors({field: rejected.answer.text})
    except (Unavailable, TimeoutError) as error:
        log.warning("form not accepted: %s", str(error) or type(error).__name__)
        answer = question_forms.FormErrors({field: ephemeral.not_saved().text})
    if answer is None:
        await ack()
    elif not isinstance(answer, question_forms.FormErrors):
        await ack(response_action="update", view=answer)
    else:
        await _complain(ack, answer.complaints, _fields(body))


async def _complain(ack: AsyncAck, complaints: dict[str, str], fields: set[str]) -> None:
    """Say what is wrong with a form: beneath its fields, or in a modal over it."""
    words = "\n".join(complaints.values())
    if not set(complaints) <= fields:  # Slack refuses complaints about a field that is not there
        await ack(response_action="update", view=question_forms.note_modal(words))
    elif _MRKDWN.search(words):
        await ack(response_action="push", view=question_forms.note_modal(words))
    else:
        await ack(response_action="errors", errors=complaints)


def _fields(body: JSON) -> set[str]:
    """Return the ids of the blocks of a form."""
    blocks = part(body, "view").get("blocks")
    found = blocks if isinstance(blocks, list) else []
    return {str(block.get("block_id")) for block in found if isinstance(block, dict)}


async def open_view(context: HandlerContext, trigger_id: str, view: Mapping[str, Any]) -> str:
    """Open a modal and return its id. Raises Rejected when Slack does not open it in time."""
    try:
        async with asyncio.timeout(context.deadlines.modal):
            return await context.views.open(trigger_id, view)
    except (Refused, Unavailable, TimeoutError) as error:
        log.warning("modal not opened: %s", str(error) or type(error).__name__)
        raise Rejected(question_forms.not_opened()) from error
