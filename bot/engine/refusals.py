"""Says why a question was not started: in its thread, or to its asker alone."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.engine.context import EngineContext
from bot.engine.posting import Poster
from bot.errors import AnswerLost, Refused
from bot.ports import Message
from bot.slack.messages.failures import failure_message
from bot.slack.messages.parts import with_question_line
from bot.slack.messages.quick_answer import QUICK_ANSWER
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import question_words
from bot.slack.text.links import profile_link
from bot.slack.wording import quoted

log = logging.getLogger(__name__)


async def deliver_refusal(context: EngineContext, poster: Poster, facts: TurnFacts) -> None:
    """Say that a budget has no room for a question, or that its processor is not on offer.

    A budget's second refusal in its period is for the asker alone: sixty questions must not make
    sixty messages. Admins are named without a mention, which would notify them.

    Args:
        context: its messenger shows what is for the asker alone.
        poster: of the turn.
        facts: the ended turn.
    """
    turn = facts.turn
    is_repeated = turn.budget is not None and turn.budget.is_repeated
    if is_repeated and not turn.posts and await _say_privately(context, facts):
        return
    names = await context.gate.names(context.budget_rules.admins)
    people = {each: profile_link(context.workspace, each, name) for each, name in names.items()}
    part = failure_message(replace(facts, people=people))
    if QUICK_ANSWER in turn.posts:
        await poster.replace(replace(part, name=QUICK_ANSWER))
    else:
        await poster.post(with_question_line(part, turn))


async def _say_privately(context: EngineContext, facts: TurnFacts) -> bool:
    """Show a refusal to its asker alone; False where Slack may not have. Raises Unavailable."""
    question = facts.turn.question
    words = f"{failure_message(facts).best.text}\nYour question: {quoted(question_words(question))}"
    place = question.private_place
    try:
        await context.messenger.post_ephemeral(place, question.asker, Message(words))
    except (Refused, AnswerLost) as error:
        log.info("refusal not shown privately: %s", error)
        return False
    return True
