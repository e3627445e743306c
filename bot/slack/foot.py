"""What stands under an answer: how sure it is, and what can be done with it. Pure.

Values are ids only: a turn's, or a word and a turn's; Slack allows an option's 150 characters. What
has many choices opens in a modal (`processor_forms`), for a message may be only so large
(`limits.FOOT`).
"""

from __future__ import annotations

from typing import Any

from bot.model import Answer, Turn
from bot.ports import Blocks
from bot.processors import Processor
from bot.slack import actions
from bot.slack.blockkit import button, mrkdwn, option, plain_text
from bot.slack.sources import confidence
from bot.slack.telling import Telling


def foot(telling: Telling, answer: Answer) -> Blocks:
    """Return the blocks under an answer.

    Args:
        telling: the turn that it answers.
        answer: whose confidence is told.
    """
    turn = telling.turn
    said = confidence(answer)
    told: Blocks = [{"type": "context", "elements": [mrkdwn(f"Confidence: {said}")]}]
    sources = button("Sources", actions.EVIDENCE, turn.id)
    return [*(told if said else []), *_foot(turn, [sources], files=True)]


def quick_foot(telling: Telling, look_up: Processor, more: Blocks) -> Blocks:
    """Return the blocks under a quick answer, which has no sources and no report.

    Args:
        telling: the turn that it answers.
        look_up: the processor that would look it up with sources.
        more: buttons that this one answer has besides.
    """
    return _foot(telling.turn, [look_up_button(telling.turn, look_up), *more], files=False)


def look_up_button(turn: Turn, look_up: Processor) -> dict[str, Any]:
    """Return the button that asks the question of a quick answer again, with sources."""
    return {
        **button("Look it up with sources", actions.LOOK_UP, f"{look_up.name} {turn.id}"),
        "confirm": {
            "title": plain_text("Look it up?"),
            "text": plain_text(
                f"This starts a paid run with {look_up.name}: {look_up.price_words}, usually "
                f"{look_up.usual_time}."
            ),
            "confirm": plain_text("Look it up"),
            "deny": plain_text("Cancel"),
        },
    }


def _foot(turn: Turn, first: Blocks, *, files: bool) -> Blocks:
    can_be_done = [
        *first,
        button("Follow up", actions.FOLLOW_UP, turn.id),
        button("Re-run with…", actions.RERUN, turn.id),
        _more(turn, files=files),
    ]
    return [
        {"type": "actions", "elements": can_be_done},
        {"type": "context_actions", "elements": [_feedback(turn)]},
    ]


def _more(turn: Turn, *, files: bool) -> dict[str, Any]:
    offers = (
        *((("Full report as files", actions.MORE_FILES),) if files else ()),
        ("Processor for this thread…", actions.MORE_PROCESSOR),
        *((("Share…", actions.MORE_SHARE),) if files else ()),
        ("Mute this thread", actions.MORE_MUTE),
    )
    return {
        "type": "overflow",
        "action_id": actions.MORE,
        "options": [option(label, f"{word} {turn.id}") for label, word in offers],
    }


def _feedback(turn: Turn) -> dict[str, Any]:
    def vote(label: str, word: str) -> dict[str, Any]:
        return {"text": plain_text(label), "value": f"{word} {turn.id}"}

    return {
        "type": "feedback_buttons",
        "action_id": actions.FEEDBACK,
        "positive_button": vote("Helpful", actions.GOOD),
        "negative_button": vote("Not helpful", actions.BAD),
    }
