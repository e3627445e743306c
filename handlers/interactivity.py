"""Presses and forms: acknowledged in time, and answered to the one who pressed.

Slack wants a press acknowledged within 3 s, and Bolt acknowledges when the listener returns; a
press is not delivered again. So an act has `ACT_WITHIN` to be carried out, and what it has to say
goes to the person only: on a message through the response URL, in a view in a modal, in a form
beneath the field that it is about.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import naming
from bot.domain.processors import PROCESSORS
from bot.domain.thread import MessageTs, TurnId
from bot.domain.turn import Question, Turn
from bot.errors import Refused, Unavailable
from bot.ports import Acceptance, Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker
from bot.slack.payloads import interactivity
from bot.slack.payloads.fields import part
from bot.slack.views import question_forms

log = logging.getLogger(__name__)

RETURN_WITHIN = 2.7  # seconds
OPEN_WITHIN = 1.2  # seconds that Slack has to open a modal
LOOK_WITHIN = 1.0  # seconds that Slack has to tell where a person is, or we are
ACT_WITHIN = 2.3  # seconds; the rest is for telling that it was too slow

JSON = dict[str, Any]
View = dict[str, Any]
ActionHandler = Callable[[interactivity.Action], Awaitable[Message | None]]
SubmissionHandler = Callable[[JSON], Awaitable[question_forms.FormErrors | View | None]]


class Rejected(Exception):
    """An act cannot be carried out; `answer` says why."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer.text)
        self.answer = answer


def on_action(
    app: AsyncApp,
    context: HandlerContext,
    action_id: str,
    act: ActionHandler,
    *,
    replace_original: bool = False,
) -> None:
    """Carry out an action, and answer with a message that only the person sees.

    Args:
        app: the Bolt app.
        context: what the act works with.
        action_id: of the button or menu.
        act: raises Rejected when it cannot be carried out.
        replace_original: put the answer in the place of the (ephemeral) message acted on.
    """

    @app.action(action_id)
    async def listener(body: JSON, ack: AsyncAck, respond: AsyncRespond) -> None:
        began = asyncio.get_running_loop().time()
        action = interactivity.parse_block_action(body)
        replacing = replace_original
        try:
            async with asyncio.timeout_at(began + ACT_WITHIN):
                answer = await act(action) if action.is_whole else ephemeral.unknown_place()
        except Rejected as declined:
            answer, replacing = declined.answer, False
        except Unavailable as error:
            log.warning("an action could not be carried out: %s", error)
            answer, replacing = ephemeral.not_saved(), False
        except TimeoutError:
            log.warning("an action took too long")
            answer, replacing = ephemeral.too_slow(), False
        await ack()
        if answer:
            deadline = began + RETURN_WITHIN
            await _tell(context, respond, answer, action, deadline, replace_original=replacing)


def on_submission(app: AsyncApp, callback_id: str, field: str, act: SubmissionHandler) -> None:
    """Take a form that is sent; or leave it open, and say what is wrong with it.

    Args:
        app: the Bolt app.
        callback_id: the form's.
        field: its block beneath which it is said why it cannot be taken.
        act: takes the body; returns what is wrong or a modal to show instead, or raises Rejected.
    """

    @app.view(callback_id)
    async def listener(body: JSON, ack: AsyncAck) -> None:
        try:
            async with asyncio.timeout(ACT_WITHIN):
                wrong = await act(body)
        except Rejected as declined:
            wrong = question_forms.FormErrors({field: declined.answer.text})
        except (Unavailable, TimeoutError) as error:
            log.warning("a form could not be taken: %s", str(error) or type(error).__name__)
            wrong = question_forms.FormErrors({field: ephemeral.not_saved().text})
        if wrong is None:
            await ack()
        elif not isinstance(wrong, question_forms.FormErrors):
            await ack(response_action="update", view=wrong)
        elif set(wrong.complaints) <= _fields(body):
            await ack(response_action="errors", errors=wrong.complaints)
        else:  # Slack takes no complaint about a field that is not there
            words = "\n".join(wrong.complaints.values())
            await ack(response_action="update", view=question_forms.note_modal(words))


def _fields(body: JSON) -> set[str]:
    blocks = part(body, "view").get("blocks")
    found = blocks if isinstance(blocks, list) else []
    return {str(block.get("block_id")) for block in found if isinstance(block, dict)}


def acknowledge_all_else(app: AsyncApp) -> None:
    """Acknowledge links, and what an older release put there to be pressed or sent."""

    async def other(ack: AsyncAck) -> None:
        await ack()

    anything = re.compile(".*")
    app.action(anything)(other)
    app.view(anything)(other)
    app.view_closed(anything)(other)
    app.shortcut(anything)(other)


class Readable(AsyncMiddleware):
    """Acknowledges what does not say what was pressed or sent: Bolt raises errors at that."""

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Let everything else pass."""
        if interactivity.can_be_matched(req.body):
            return await next()
        log.warning("an interaction does not say what was pressed or sent")
        if req.body.get("type") == "view_submission":
            shown = {
                "response_action": "update",
                "view": question_forms.note_modal(ephemeral.unknown_place().text),
            }
            return BoltResponse(status=200, body=shown)
        try:
            async with asyncio.timeout(ACT_WITHIN):
                if respond := req.context.respond:
                    await respond(ephemeral.unknown_place().text)
        except Exception as error:  # a courtesy; its address is a secret
            log.info("nobody could be told: %s", type(error).__name__)
        return BoltResponse(status=200)


# --- what acts have in common -----------------------------------------------------------


def processor(name: str) -> str | None:
    """Return the processor chosen; None to take the choice back. Raises Rejected."""
    if name == action_ids.INHERIT:
        return None
    if name not in PROCESSORS:
        raise Rejected(processor_picker.unknown_processor(name))
    return name


async def turn_of(context: HandlerContext, action: interactivity.Action) -> Turn:
    """Return the turn that a press is about.

    Raises:
        Rejected: it is forgotten, or not of this place; in a view, not the person's own.
    """
    turn = await context.mailbox.turn(action.turn) if action.turn else None
    if turn is None or (action.view and turn.question.asker != action.user):
        raise Rejected(ephemeral.too_old())
    return turn


def when(action: interactivity.Action) -> MessageTs:
    """Return the time that names a press. Raises Rejected when Slack told none."""
    if not action.when:
        raise Rejected(ephemeral.unknown_place())
    return action.when


async def ask(
    context: HandlerContext, question: Question, reach: Addressing = Addressing.ADDRESSED
) -> Message | None:
    """Ask what a press asks; when an earlier press did, say what is so of it."""
    if await context.mailbox.put(question, reach) is Acceptance.DUPLICATE:
        return await known(context, naming.turn_id(question))
    return None


async def known(context: HandlerContext, turn: TurnId) -> Message:
    """Say what is so of the turn that an earlier press began."""
    before = await context.mailbox.turn(turn)
    going_on = before is not None and before.ending is None
    return ephemeral.already_started() if going_on else ephemeral.already_finished()


async def finish_in_background(doing: Coroutine[Any, Any, None], until: float) -> None:
    """Do something that need not be done when the press is acknowledged.

    Args:
        doing: must see to its own errors.
        until: loop time; what is not done by then goes on in the background.
    """
    task = asyncio.create_task(doing)
    _running_on.add(task)
    task.add_done_callback(_running_on.discard)
    left = until - asyncio.get_running_loop().time()
    await asyncio.wait([task], timeout=max(0.0, left))


_running_on: set[asyncio.Task[None]] = set()


async def open_view(context: HandlerContext, trigger: str, view: Mapping[str, Any]) -> str:
    """Open a modal, and return its id. Raises Rejected when Slack does not, or not in time."""
    try:
        async with asyncio.timeout(OPEN_WITHIN):
            return await context.views.open(trigger, view)
    except (Refused, Unavailable, TimeoutError) as error:
        log.warning("a modal was not opened: %s", str(error) or type(error).__name__)
        raise Rejected(question_forms.not_opened()) from error


# --- answering --------------------------------------------------------------------------


async def _tell(
    context: HandlerContext,
    respond: AsyncRespond,
    answer: Message,
    action: interactivity.Action,
    deadline: float,
    *,
    replace_original: bool,
) -> None:
    """Tell the person: a courtesy, for what was done is written down."""
    try:
        async with asyncio.timeout_at(deadline):
            if action.view or (not respond.response_url and action.trigger):
                show = context.views.open
                if action.view and not action.view.is_home:  # over the modal, which stays
                    show = context.views.push
                await show(action.trigger, question_forms.note_modal(answer.text))
                return
            response = await respond(
                text=answer.text,
                blocks=answer.blocks,
                response_type="ephemeral",
                replace_original=replace_original,
                thread_ts=action.thread.ts if action.thread else None,
            )
    except Exception as error:
        # Whatever it was, the press must be acknowledged. The address is a secret: it stays out.
        log.warning("an answer to an action did not reach Slack: %s", type(error).__name__)
    else:
        if response.status_code != 200:
            log.warning("an answer to an action was refused: %s", response.status_code)
