"""The forms that ask a question: "Research this" on a message, and a follow-up on an answer."""

from __future__ import annotations

import asyncio
import logging

from slack_bolt.app.async_app import AsyncApp

from bot.domain import derived
from bot.domain.processors import PROCESSORS
from bot.domain.turn import Question
from bot.errors import Refused, Unavailable
from bot.ports import Addressing, HandlerContext
from bot.slack import action_ids
from bot.slack.messages import ephemeral, offers
from bot.slack.views import question_forms
from handlers.interactivity import JSON, on_submissions
from handlers.offers import offered_in
from handlers.overflow import NOT_TAKEN
from handlers.rejection import Rejected

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to both forms."""
    forms = {action_ids.RESEARCH: submit, action_ids.BRANCH: submit}
    on_submissions(app, context, forms, field=question_forms.QUESTION)


async def submit(context: HandlerContext, body: JSON) -> question_forms.FormErrors | None:
    """Ask the question of a form, once however often it is sent; return what is wrong with it.

    Raises:
        Rejected: it lacks what it is about, or its person.
    """
    try:
        form = question_forms.parse_submission(body)
    except ValueError as error:  # its metadata is not of this release
        raise Rejected(ephemeral.unknown_place()) from error
    if isinstance(form, question_forms.FormErrors):
        return form
    if not form.asker:
        raise Rejected(ephemeral.unknown_place())
    question = await _question(context, form)
    if question is None:
        return question_forms.question_error(ephemeral.too_old().text)
    offered = await offered_in(context, question.thread.channel)
    if form.processor not in offered:
        words = offers.not_in_form(PROCESSORS[form.processor], offered).text
        return question_forms.processor_error(words)
    if isinstance(form.about, question_forms.Research) and not await _can_answer(context, question):
        return question_forms.not_in_channel()
    if await context.mailbox.put(question, Addressing.ADDRESSED) in NOT_TAKEN:
        return question_forms.question_error(ephemeral.thread_is_full().text)
    return None


async def _question(
    context: HandlerContext, form: question_forms.QuestionSubmission
) -> Question | None:
    """Return what a form asks; None when the answer that it is about is forgotten."""
    match form.about:
        case question_forms.Research() as about:
            return question_forms.research_question(form, about)
        case question_forms.Branch(turn, at):
            earlier = await context.mailbox.turn(turn)
            if earlier is None:
                return None
            return question_forms.branch_question(
                form, derived.branched(earlier, form.text, form.asker, at=at)
            )


async def _can_answer(context: HandlerContext, question: Question) -> bool:
    """Whether we are a member of the question's channel; True when Slack does not say in time.

    A run for a question elsewhere would be paid, and its answer lost.
    """
    try:
        async with asyncio.timeout(context.deadlines.lookup):
            return await context.messenger.is_member(question.thread)
    except (Refused, Unavailable, TimeoutError) as error:
        log.info("membership not read: %s", str(error) or type(error).__name__)
        return True
