"""The forms that choose a processor: for another run of an answered question, and for a thread."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.processors import PROCESSORS
from bot.domain.thread import MessageTs, ThreadKey
from bot.domain.turn import Question
from bot.errors import Cause
from bot.ports import HandlerContext
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.messages.offers import not_in_form
from bot.slack.payloads.interactivity import Action
from bot.slack.views import processor_forms, question_forms
from bot.slack.views.processor_forms import InvalidSubmission, ProcessorSubmission, Rerun
from handlers.interactivity import JSON, on_actions, on_submissions, open_view
from handlers.offers import offered_in, require_any
from handlers.rejection import Rejected
from handlers.turns import action_time, answered_turn_of, ask_again, turn_of


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the button that opens the form for a re-run, and to both forms."""
    on_actions(app, context, {action_ids.RERUN: open_rerun_form})
    forms = {action_ids.RERUN: submit, action_ids.THREAD_PROCESSOR: submit}
    on_submissions(app, context, forms, field=processor_forms.MENU)


async def open_rerun_form(context: HandlerContext, action: Action) -> None:
    """Open the form that asks a question again.

    Its question was answered, or refused because its processor is not allowed. Raises Rejected.
    """
    turn = await turn_of(context, action)
    is_refused = turn.ending is not None and turn.ending.cause is Cause.PROCESSOR
    if not is_refused:
        turn = await answered_turn_of(context, action)
    now = PROCESSORS.get(turn.processor or "") or PROCESSORS[context.default_processor]
    offered = await offered_in(context, turn.question.thread.channel)
    require_any(context, offered, but=now.name)
    about = Rerun(turn.id, action_time(action))
    form = processor_forms.rerun_form(turn, now, about, offered)
    await open_view(context, action.trigger_id, form)


async def open_thread_form(context: HandlerContext, action: Action) -> None:
    """Open the form for the processor of the message's thread. Raises Rejected."""
    if action.thread is None:
        raise Rejected(ephemeral.unknown_place())
    team, channel = action.thread.team, action.thread.channel
    choices = await context.choices.read(team, channel, action.user, thread=action.thread)
    offered = await offered_in(context, channel)
    form = processor_forms.thread_form(choices.thread, action.thread, offered)
    await open_view(context, action.trigger_id, form)


async def submit(context: HandlerContext, body: JSON) -> question_forms.FormErrors | None:
    """Ask again on the chosen processor, or set it for the thread; return what is wrong."""
    try:
        chosen = processor_forms.parse_processor_submission(body)
    except InvalidSubmission as error:
        return question_forms.FormErrors({processor_forms.MENU: str(error)})
    match chosen.about:
        case Rerun() as about:
            await _rerun(context, about, chosen)
        case ThreadKey() as thread:
            await _require_offered(context, thread, chosen)
            await context.choices.choose(thread, chosen.processor)
    return None


async def _require_offered(
    context: HandlerContext, thread: ThreadKey, chosen: ProcessorSubmission
) -> None:
    """Make sure that a form chose what is on offer. Raises Rejected, with plain text for a form."""
    offered = await offered_in(context, thread.channel)
    if chosen.processor is not None and chosen.processor not in offered:
        raise Rejected(not_in_form(PROCESSORS[chosen.processor], offered))


async def _rerun(context: HandlerContext, about: Rerun, chosen: ProcessorSubmission) -> None:
    """Ask the question of an answered turn on the chosen processor, once. Raises Rejected."""
    turn = await context.mailbox.turn(about.turn)
    if turn is None:
        raise Rejected(ephemeral.too_old())
    await _require_offered(context, turn.question.thread, chosen)

    def question_of(at: MessageTs, attempt: int) -> Question:
        return derived.rerun_on(turn, str(chosen.processor), chosen.by, at=at, attempt=attempt)

    await ask_again(context, question_of, about.at, from_form=True)
