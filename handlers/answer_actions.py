"""What can be done with an answer: other processors, its files, a branch, a word of praise."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.choosing import in_force
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
from handlers.answered_turns import answered, ask_on, came_to_nothing, researched
from handlers.interactivity import Rejected, known, on_action, open_view, processor, turn_of, when
from handlers.processor_forms import open_rerun_form, open_thread_form
from handlers.sharing import open_share_form
from handlers.status_actions import mute


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to what stands under answers, but for their evidence."""

    async def follow_ups(action: Action) -> Message | None:
        if action.thread is None:
            raise Rejected(ephemeral.unknown_place())
        name = processor(action.value)
        await context.mailbox.choose(action.thread, name)
        return processor_picker.set_for_thread(name)

    async def again_on(action: Action) -> Message:
        turn = await answered(context, action)
        return ephemeral.asking_again(await asked_on(action, turn, derived.on_another))

    async def look_up(action: Action) -> Message:
        turn = await turn_of(context, action)
        if turn.ending is None or not is_chat(turn.processor):
            raise Rejected(ephemeral.too_old())
        return ephemeral.looking_up(await asked_on(action, turn, derived.looked_up))

    async def asked_on(action: Action, turn: Turn, derive: Callable[..., Question]) -> str:
        name = processor(action.word)
        if name is None:
            raise Rejected(processor_picker.unknown_processor(action.word))

        def question_of(at: MessageTs, attempt: int) -> Question:
            return derive(turn, name, action.user, at, attempt)

        await ask_on(context, question_of, when(action))
        return name

    async def follow_up(action: Action) -> None:
        await _branch(context, action)

    async def more(action: Action) -> Message | None:
        match action.word:
            case action_ids.MORE_FILES:
                return await _files(context, action)
            case action_ids.MORE_BRANCH:
                await _branch(context, action)
            case action_ids.MORE_PROCESSOR:
                await open_thread_form(context, action)
            case action_ids.MORE_SHARE:
                await open_share_form(context, action)
            case action_ids.MORE_MUTE:
                await mute(context, action, muted=True)
            case action_ids.MORE_RATE:
                return rating((await turn_of(context, action)).id)
            case action_ids.RERUN:
                await open_rerun_form(context, action)
            case "":
                raise Rejected(ephemeral.unknown_place())
        return None  # also for a word of another release

    async def feedback(action: Action) -> Message:
        turn = await turn_of(context, action)
        if action.word not in (action_ids.GOOD, action_ids.BAD):
            raise Rejected(ephemeral.unknown_place())
        good = action.word == action_ids.GOOD
        if not await context.mailbox.rate(turn.id, action.user, good=good):
            raise Rejected(ephemeral.too_old())
        return ephemeral.thanks(good)

    on_action(app, context, action_ids.FOLLOW_UP, follow_up)
    on_action(app, context, action_ids.FOLLOW_UPS, follow_ups)
    on_action(app, context, action_ids.AGAIN_ON, again_on)
    on_action(app, context, action_ids.LOOK_UP, look_up)
    on_action(app, context, action_ids.MORE, more)
    on_action(app, context, action_ids.FEEDBACK, feedback)


async def _branch(context: HandlerContext, action: Action) -> None:
    """Open the form for a question that continues an answer. Raises Rejected."""
    turn = await answered(context, action)
    question = turn.question
    choices = await context.mailbox.choices(
        action.team, action.channel, action.user, question.thread
    )
    chosen, _ = in_force(None, choices, context.default_processor)
    about = question_forms.Branch(turn.id, when(action))
    await open_view(
        context, action.trigger, question_forms.branch_form(question_words(question), chosen, about)
    )


async def _files(context: HandlerContext, action: Action) -> Message:
    turn = await researched(context, action)
    files = derived.files_of(turn, action.user, when(action))
    accepted = await context.mailbox.append(files, Addressing.SIDE)
    if accepted is Acceptance.DUPLICATE:
        before = await context.mailbox.turn(files.id)
        if before is None or not came_to_nothing(before):
            return await known(context, files.id)
        files = derived.files_of(turn, action.user, when(action), again=True)
        await context.mailbox.append(files, Addressing.SIDE)
    return ephemeral.files_on_their_way()
