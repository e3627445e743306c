"""The row of buttons below an answer. Pure.

The row must fit a phone (390 pixels) without a second line. Slack puts ``context_actions``, its own
thumbs, into a row of their own, and thumbs as buttons do not fit beside three others and the ⋯
menu. So below a quick answer *Rate this answer* in the menu shows the thumbs to the person who
wants them; other answers are rated below their evidence.

Values are the id of a turn, or a word and an id; Slack allows 150 characters for the value of an
option, and five options in a ⋯ menu. Long menus open in a modal (`processor_forms`), because the
size of a message is limited (`limits.ANSWER_FOOTER`).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.processors import Processor
from bot.domain.thread import TurnId
from bot.domain.turn import Turn
from bot.ports import Blocks, Message
from bot.slack import action_ids
from bot.slack.blockkit.blocks import actions, context_actions, section
from bot.slack.blockkit.elements import (
    Button,
    Overflow,
    button,
    confirmation,
    feedback_button,
    feedback_buttons,
    option,
    overflow,
)
from bot.slack.messages.forgetting import LABEL
from bot.slack.messages.turn_facts import TurnFacts


def answer_footer(facts: TurnFacts) -> Blocks:
    """Return the blocks below an answer; `facts` is the answered turn."""
    turn = facts.turn
    row: list[Button | Overflow] = [
        button("Sources", action_ids.EVIDENCE, turn.id),
        button("Follow up", action_ids.FOLLOW_UP, turn.id),
        button("Re-run with…", action_ids.RERUN, turn.id),
        _more(turn, report=True),
    ]
    return [actions(row)]


def quick_answer_footer(
    facts: TurnFacts, look_up: Processor | None, more: Sequence[Button]
) -> Blocks:
    """Return the blocks below a quick answer, which has no sources and no report.

    Args:
        facts: the answered turn.
        look_up: the processor to look it up with, with sources; None when none is on offer.
        more: further buttons of this answer.
    """
    turn = facts.turn
    row: list[Button | Overflow] = [
        *([look_up_button(turn, look_up)] if look_up else []),
        *more,
        button("Follow up", action_ids.FOLLOW_UP, turn.id),
        _more(turn, report=False),
    ]
    return [actions(row)]


def look_up_button(turn: Turn, look_up: Processor) -> Button:
    """Return the button that asks the question of a quick answer again, with sources."""
    cost = (
        f"This starts a paid run with {look_up.label}. It costs {look_up.price_words} and "
        f"usually takes {look_up.usual_time}."
    )
    return button(
        "Look it up with sources",
        action_ids.LOOK_UP,
        f"{look_up.name} {turn.id}",
        confirm=confirmation("Look it up?", cost, confirm="Look it up"),
    )


def rating(turn: TurnId) -> Message:
    """Ask one person whether an answer was helpful, with Slack's own thumbs."""
    words = "Was this answer helpful?"
    thumbs = feedback_buttons(
        action_ids.FEEDBACK,
        positive=feedback_button("Helpful", f"{action_ids.GOOD} {turn}"),
        negative=feedback_button("Not helpful", f"{action_ids.BAD} {turn}"),
    )
    return Message(words, [section(words), context_actions(thumbs)])


def _more(turn: Turn, *, report: bool) -> Overflow:
    rerun = ("Re-run with…", action_ids.RERUN)  # the row of a quick answer has no room for it
    rate = ("Rate this answer", action_ids.MORE_RATE)
    offers = (
        ("Download full report", action_ids.MORE_FILES) if report else rerun,
        ("Processor for this thread…", action_ids.MORE_PROCESSOR),
        *((("Share…", action_ids.MORE_SHARE),) if report else ()),
        ("Mute this thread", action_ids.MORE_MUTE),
        *(() if report else (rate,)),
        (LABEL, action_ids.FORGET),
    )
    return overflow(action_ids.MORE, [option(label, f"{word} {turn.id}") for label, word in offers])
