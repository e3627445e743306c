"""What stands under an answer: how sure it is, and what can be done with it. Pure.

Values are ids only: a turn's, or a word and a turn's; Slack allows an option's 150 characters.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot.model import Answer, Turn
from bot.ports import Blocks
from bot.processors import PROCESSORS, Processor
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
    can_be_done = [
        _follow_ups(),
        _again_on(telling),
        button("Sources & evidence", actions.EVIDENCE, turn.id),
        _more(turn),
    ]
    return [
        *(told if said else []),
        {"type": "actions", "elements": can_be_done},
        {"type": "context_actions", "elements": [_feedback(turn)]},
    ]


def quick_foot(telling: Telling, look_up: Processor, more: Blocks) -> Blocks:
    """Return the blocks under a quick answer, which has no evidence and no report.

    Args:
        telling: the turn that it answers.
        look_up: the processor that would look it up with sources.
        more: buttons that this one answer has besides.
    """
    can_be_done = [
        look_up_button(telling.turn, look_up),
        *more,
        _follow_ups(),
        _again_on(telling),
        _more(telling.turn, files=False),
    ]
    return [
        {"type": "actions", "elements": can_be_done},
        {"type": "context_actions", "elements": [_feedback(telling.turn)]},
    ]


def look_up_button(turn: Turn, look_up: Processor) -> dict[str, Any]:
    """Return the button that asks the question of a quick answer again, with sources."""
    return {
        **button("Look it up with sources", actions.LOOK_UP, f"{look_up.name} {turn.id}"),
        "confirm": {
            "title": plain_text("Look it up with sources?"),
            "text": plain_text(
                f"This starts a paid run of {look_up.name} for the same question: "
                f"{look_up.price_words}, usually {look_up.usual_time}. This answer stays."
            ),
            "confirm": plain_text("Look it up"),
            "deny": plain_text("Cancel"),
        },
    }


def _follow_ups() -> dict[str, Any]:
    """Offer processors for the thread. What follow-ups use now differs from person to person."""
    options = [option(f"{p.name} · {p.facts}", p.name) for p in PROCESSORS.values()]
    options.append(option("as chosen for me or the channel", actions.INHERIT))
    return {
        "type": "static_select",
        "action_id": actions.FOLLOW_UPS,
        "placeholder": plain_text("Follow-ups use…"),
        "options": options,
    }


def _again_on(telling: Telling) -> dict[str, Any]:
    now = telling.processor
    return {
        "type": "static_select",
        "action_id": actions.AGAIN_ON,
        "placeholder": plain_text("Ask again on…"),
        "options": [
            option(
                f"{other.name} · {difference(other.price - now.price)} · {_speed(other)}",
                f"{other.name} {telling.turn.id}",
            )
            for other in PROCESSORS.values()
            if other != now
        ],
        "confirm": {
            "title": plain_text("Ask the same question again?"),
            "text": plain_text(
                "This starts and pays a new run for the same question. The run of this answer cost "
                f"{now.price_words}; the menu says how much more or less the new one costs. This "
                "answer stays."
            ),
            "confirm": plain_text("Ask again"),
            "deny": plain_text("Not now"),
        },
    }


def _speed(processor: Processor) -> str:
    return f"{processor.usual_time}, no sources" if processor.is_chat else processor.usual_time


def difference(dollars: Decimal) -> str:
    """Say how much more or less something costs: ``+$0.075``, ``−$2.30``, ``same price``."""
    if not dollars:
        return "same price"
    cents, thousandths = divmod(int(abs(dollars) * 1000), 10)
    amount = f"{cents // 100}.{cents % 100:02}{thousandths or ''}"
    return f"{'+' if dollars > 0 else '−'}${amount}"


def _more(turn: Turn, *, files: bool = True) -> dict[str, Any]:
    offers = (
        *((("Full report as files", actions.MORE_FILES),) if files else ()),
        ("Follow up on this answer", actions.MORE_BRANCH),
        ("Mute this thread", actions.MORE_MUTE),
    )
    return {
        "type": "overflow",
        "action_id": actions.MORE,
        "options": [option(label, f"{word} {turn.id}") for label, word in offers],
    }


def _feedback(turn: Turn) -> dict[str, Any]:
    def vote(label: str, word: str, spoken: str) -> dict[str, Any]:
        return {
            "text": plain_text(label),
            "value": f"{word} {turn.id}",
            "accessibility_label": spoken,
        }

    return {
        "type": "feedback_buttons",
        "action_id": actions.FEEDBACK,
        "positive_button": vote("Helpful", actions.GOOD, "This answer was helpful"),
        "negative_button": vote("Not helpful", actions.BAD, "This answer was not helpful"),
    }
