"""What can be done with an answer: other processors, its files, a branch, feedback."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.choosing import processor_in_force
from bot.domain.processors import is_chat
from bot.domain.thread import MessageTs
from bot.domain.turn import Question, Turn
from bot.ports import Acceptance, Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker
from bot.slack.messages.answer_footer import rating
from bot.slack.messages.turn_lines import question_words
from bot.slack.payloads.interactivity import Action
from bot.slack.views import question_forms
from bot.slack.wording import place_name
from handlers.forgetting import forget
from handlers.interactivity import on_actions, open_view
from handlers.offers import offered_in, require_any
from handlers.processor_forms import open_rerun_form, open_thread_form
from handlers.rejection import Rejected
from handlers.sharing import open_share_form
from handlers.thread_actions import mute
from handlers.turns import (
    action_time,
    answered_turn_of,
    ask_again,
    chosen_processor,
    is_unanswered,
    known,
    researched_turn_of,
    turn_of,
)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the buttons and menus of answers, except for their evidence."""
    on_actions(
        app,
        context,
        {
            action_ids.FOLLOW_UP: branch,
            action_ids.FOLLOW_UPS: choose_for_thread,
            action_ids.AGAIN_ON: rerun,
            action_ids.LOOK_UP: look_up,
            action_ids.MORE: more,
            action_ids.FEEDBACK: feedback,
        },
    )


async def branch(context: HandlerContext, action: Action) -> None:
    """Open the form for a question that continues an answer. Raises Rejected."""
    turn = await answered_turn_of(context, action)
    question = turn.question
    choices = await context.choices.read(
        action.team, action.channel, action.user, thread=question.thread
    )
    offered = await offered_in(context, question.thread.channel)
    require_any(context, offered)
    chosen, _ = processor_in_force(None, choices, context.default_processor, offered)
    about = question_forms.Branch(turn.id, action_time(action))
    form = question_forms.branch_form(question_words(question), chosen, about, offered)
    await open_view(context, action.trigger_id, form)


async def choose_for_thread(context: HandlerContext, action: Action) -> Message | None:
    """Set the processor of the thread."""
    if action.thread is None:
        raise Rejected(ephemeral.unknown_place())
    name = await chosen_processor(context, action, action.value)
    await context.choices.choose(action.thread, name)
    return processor_picker.set_for_thread(name, place_name(action.thread.channel))


async def rerun(context: HandlerContext, action: Action) -> Message:
    """Ask an answered question again on another processor."""
    turn = await answered_turn_of(context, action)
    return ephemeral.asking_again(await _ask_on(context, action, turn, derive=derived.rerun_on))


async def look_up(context: HandlerContext, action: Action) -> Message:
    """Ask a question that had a quick answer again, with sources."""
    turn = await turn_of(context, action)
    if turn.ending is None or not is_chat(turn.processor):
        raise Rejected(ephemeral.too_old())
    return ephemeral.looking_up(await _ask_on(context, action, turn, derive=derived.looked_up))


async def more(context: HandlerContext, action: Action) -> Message | None:
    """Carry out what was chosen in the overflow menu."""
    match action.choice:
        case action_ids.MORE_FILES:
            return await _share_files(context, action)
        case action_ids.MORE_BRANCH:
            await branch(context, action)
        case action_ids.MORE_PROCESSOR:
            await open_thread_form(context, action)
        case action_ids.MORE_SHARE:
            await open_share_form(context, action)
        case action_ids.FORGET:
            await forget(context, action)
        case action_ids.MORE_MUTE:
            await mute(context, action)
        case action_ids.MORE_RATE:
            return rating((await turn_of(context, action)).id)
        case action_ids.RERUN:
            await open_rerun_form(context, action)
        case "":
            raise Rejected(ephemeral.unknown_place())
    return None  # also for a choice of another release


async def feedback(context: HandlerContext, action: Action) -> Message:
    """Count what a person thinks of an answer."""
    turn = await turn_of(context, action)
    if action.choice not in (action_ids.GOOD, action_ids.BAD):
        raise Rejected(ephemeral.unknown_place())
    good = action.choice == action_ids.GOOD
    if not await context.history.rate(turn.id, action.user, good=good):
        raise Rejected(ephemeral.too_old())
    return ephemeral.thanks(good)


async def _ask_on(
    context: HandlerContext, action: Action, turn: Turn, *, derive: Callable[..., Question]
) -> str:
    """Ask a turn's question on the processor that was chosen, and return its name."""
    name = await chosen_processor(context, action, action.choice)
    if name is None:
        raise Rejected(processor_picker.unknown_processor(action.choice))

    def question_of(at: MessageTs, attempt: int) -> Question:
        return derive(turn, name, action.user, at=at, attempt=attempt)

    await ask_again(context, question_of, action_time(action))
    return name


async def _share_files(context: HandlerContext, action: Action) -> Message:
    """Ask for the files of an answer; once more when an earlier request ended without them."""
    turn = await researched_turn_of(context, action)
    files = derived.files_turn(turn, action.user, action_time(action))
    accepted = await context.mailbox.append(files, Addressing.SIDE)
    if accepted is Acceptance.DUPLICATE:
        before = await context.mailbox.turn(files.id)
        if before is None or not is_unanswered(before):
            return await known(context, files.id)
        files = derived.files_turn(turn, action.user, action_time(action), again=True)
        await context.mailbox.append(files, Addressing.SIDE)
    return ephemeral.files_on_their_way()
