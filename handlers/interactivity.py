"""Actions and forms: acknowledged in time, and answered to the one person who acted.

Slack wants an action acknowledged within 3 s, and Bolt acknowledges it when the listener returns;
an action is not delivered again. So a handler has a deadline (`bot.ports.Deadlines`). What it
returns is shown to the person only: see `private_replies`; of a form, beneath the field that it is
about.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext, Message
from bot.slack.messages import ephemeral
from bot.slack.payloads.fields import part
from bot.slack.payloads.interactivity import Action, parse_block_action
from bot.slack.views import question_forms
from handlers import private_replies

log = logging.getLogger(__name__)

JSON = dict[str, Any]
View = dict[str, Any]
ActionHandler = Callable[[HandlerContext, Action], Awaitable[Message | None]]
SubmissionHandler = Callable[
    [HandlerContext, JSON], Awaitable[question_forms.FormErrors | View | None]
]


class Rejected(Exception):
    """An action cannot be carried out; `answer` says why."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer.text)
        self.answer = answer


def on_action(
    app: AsyncApp,
    context: HandlerContext,
    action_id: str,
    handler: ActionHandler,
    *,
    replace_original: bool = False,
) -> None:
    """Have a handler carry out an action; what it returns is shown to the person only.

    Args:
        app: the Bolt app.
        context: for the handler.
        action_id: of the button or menu.
        handler: raises Rejected when the action cannot be carried out.
        replace_original: the answer replaces the (ephemeral) message that was acted on.
    """

    async def listener(body: JSON, ack: AsyncAck, respond: AsyncRespond) -> None:
        began = asyncio.get_running_loop().time()
        action = parse_block_action(body)
        replacing = replace_original
        try:
            async with asyncio.timeout_at(began + context.deadlines.act):
                answer = (
                    await handler(context, action)
                    if action.is_complete
                    else ephemeral.unknown_place()
                )
        except Rejected as rejected:
            answer, replacing = rejected.answer, False
        except Unavailable as error:
            log.warning("action not carried out: %s", error)
            answer, replacing = ephemeral.not_saved(), False
        except TimeoutError:
            log.warning("action timed out")
            answer, replacing = ephemeral.too_slow(), False
        await ack()
        if answer:
            reply = private_replies.Reply(answer, action, replace_original=replacing)
            await private_replies.send(context, respond, reply, began + context.deadlines.listener)

    app.action(action_id)(listener)


def on_submission(
    app: AsyncApp,
    context: HandlerContext,
    callback_id: str,
    handler: SubmissionHandler,
    *,
    field: str,
) -> None:
    """Have a handler accept a form, or leave the form open and say what is wrong with it.

    Args:
        app: the Bolt app.
        context: for the handler.
        callback_id: the form's.
        handler: accepts the body; returns what is wrong or a modal to show instead, or raises
            Rejected.
        field: the block of the form beneath which it is said that it cannot be accepted.
    """

    async def listener(body: JSON, ack: AsyncAck) -> None:
        try:
            async with asyncio.timeout(context.deadlines.act):
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
        elif set(answer.complaints) <= _fields(body):
            await ack(response_action="errors", errors=answer.complaints)
        else:  # Slack refuses complaints about a field that the form does not have
            words = "\n".join(answer.complaints.values())
            await ack(response_action="update", view=question_forms.note_modal(words))

    app.view(callback_id)(listener)


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
