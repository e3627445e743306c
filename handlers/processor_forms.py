"""The forms that choose a processor: for another run of an answered question, and for a thread."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.processors import PROCESSORS
from bot.domain.thread import MessageTs, ThreadKey
from bot.domain.turn import Question
from bot.errors import Cause
from bot.ports import HandlerContext
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads.interactivity import Action
from bot.slack.views import processor_forms, question_forms
from bot.slack.views.processor_forms import InvalidSubmission, ProcessorSubmission, Rerun
from handlers.answered_turns import answered, ask_on
from handlers.interactivity import Rejected, on_action, on_submission, open_view, turn_of, when


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the button that opens the form for a re-run, and to both forms."""

    async def sent(body: dict[str, Any]) -> question_forms.FormErrors | None:
        try:
            chosen = processor_forms.parse_processor_submission(body)
        except InvalidSubmission as error:
            return question_forms.FormErrors({processor_forms.MENU: str(error)})
        match chosen.about:
            case Rerun() as about:
                await _rerun(context, about, chosen)
            case ThreadKey() as thread:
                await context.mailbox.choose(thread, chosen.processor)
        return None

    on_action(app, context, action_ids.RERUN, lambda action: open_rerun_form(context, action))
    for callback_id in (action_ids.RERUN, action_ids.THREAD_PROCESSOR):
        on_submission(app, callback_id, processor_forms.MENU, sent)


async def open_rerun_form(context: HandlerContext, action: Action) -> None:
    """Open the form that asks a question again which was answered, or may not be asked there."""
    turn = await turn_of(context, action)
    refused = turn.ending is not None and turn.ending.cause is Cause.PROCESSOR
    if not refused:
        turn = await answered(context, action)
    now = PROCESSORS.get(turn.processor or "") or PROCESSORS[context.default_processor]
    form = processor_forms.rerun_form(turn, now, Rerun(turn.id, when(action)))
    await open_view(context, action.trigger, form)


async def open_thread_form(context: HandlerContext, action: Action) -> None:
    """Open the form for the processor of the message's thread. Raises Rejected."""
    if action.thread is None:
        raise Rejected(ephemeral.unknown_place())
    team, channel = action.thread.team, action.thread.channel
    choices = await context.mailbox.choices(team, channel, action.user, action.thread)
    form = processor_forms.thread_form(choices.thread, action.thread)
    await open_view(context, action.trigger, form)


async def _rerun(context: HandlerContext, about: Rerun, chosen: ProcessorSubmission) -> None:
    """Ask the question of an answered turn on the chosen processor, once. Raises Rejected."""
    turn = await context.mailbox.turn(about.turn)
    if turn is None:
        raise Rejected(ephemeral.too_old())

    def question_of(at: MessageTs, attempt: int) -> Question:
        return derived.on_another(turn, str(chosen.processor), chosen.by, at, attempt)

    await ask_on(context, question_of, about.at, form=True)
