""" "Research this" on any message; and the forms, that one and the one of a branch."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain import derived
from bot.domain.choosing import in_force
from bot.domain.turn import Question
from bot.errors import Refused, Unavailable
from bot.ports import Addressing, HandlerContext
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.payloads import interactivity
from bot.slack.payloads.fields import word
from bot.slack.views import question_forms
from handlers.interactivity import ACT_WITHIN, LOOK_WITHIN, Rejected, on_submission, open_view

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the shortcut and to both forms."""

    @app.shortcut(action_ids.RESEARCH)
    async def chosen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
        try:
            async with asyncio.timeout(ACT_WITHIN):
                await _open(context, interactivity.parse_shortcut(body, context.me))
        except (Rejected, Unavailable, TimeoutError) as error:
            log.warning("a form was not opened: %s", type(error).__name__)
            answer = error.answer if isinstance(error, Rejected) else ephemeral.not_saved()
            try:
                async with asyncio.timeout(0.4):
                    if respond.response_url:
                        await respond(text=answer.text, response_type="ephemeral")
                    else:
                        trigger = word(body, "trigger_id")
                        await context.views.open(trigger, question_forms.note_modal(answer.text))
            except Exception as lost:  # a courtesy; its address is a secret
                log.warning("an answer to a shortcut did not reach Slack: %s", type(lost).__name__)
        await ack()

    async def sent(body: dict[str, Any]) -> question_forms.FormErrors | None:
        try:
            form = question_forms.parse_submission(body)
        except ValueError as error:  # what it is about was not put there by this release
            raise Rejected(ephemeral.unknown_place()) from error
        return form if isinstance(form, question_forms.FormErrors) else await _asked(context, form)

    for callback_id in (action_ids.RESEARCH, action_ids.BRANCH):
        on_submission(app, callback_id, question_forms.QUESTION, sent)


async def _open(context: HandlerContext, shortcut: interactivity.Shortcut) -> None:
    thread = shortcut.thread
    if not (thread.team and thread.channel and shortcut.message and shortcut.user):
        raise Rejected(ephemeral.unknown_place())
    choices = await context.mailbox.choices(thread.team, thread.channel, shortcut.user, thread)
    chosen, _ = in_force(None, choices, context.default_processor)
    about = question_forms.Research(thread, shortcut.message, shortcut.at or shortcut.message)
    form = question_forms.research_form(shortcut.text, chosen, about, context.me, shortcut.files)
    await open_view(context, shortcut.trigger, form)


async def _asked(
    context: HandlerContext, sent: question_forms.QuestionSubmission
) -> question_forms.FormErrors | None:
    """Ask it, once however often it is sent; None when that is done. Raises Rejected."""
    if not sent.asker:
        raise Rejected(ephemeral.unknown_place())
    question = await _question(context, sent)
    if question is None:
        return question_forms.question_error(ephemeral.too_old().text)
    if isinstance(sent.about, question_forms.Research) and not await _can_answer(context, question):
        return question_forms.not_in_channel()
    await context.mailbox.put(question, Addressing.ADDRESSED)
    return None


async def _can_answer(context: HandlerContext, question: Question) -> bool:
    """Whether we are a member of the question's channel; True when Slack does not say in time.

    A run for a question elsewhere would be paid, and its answer lost.
    """
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            return await context.messenger.is_member(question.thread)
    except (Refused, Unavailable, TimeoutError) as error:
        log.info("whether we are there is not known: %s", str(error) or type(error).__name__)
        return True


async def _question(
    context: HandlerContext, sent: question_forms.QuestionSubmission
) -> Question | None:
    match sent.about:
        case question_forms.Research() as about:
            return question_forms.research_question(sent, about)
        case question_forms.Branch(turn, at):
            earlier = await context.mailbox.turn(turn)
            if earlier is None:
                return None
            return question_forms.branch_question(
                sent, derived.branched(earlier, sent.text, sent.asker, at)
            )
