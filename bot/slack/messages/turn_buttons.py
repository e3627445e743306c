"""The buttons that act on a turn. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.processors import PROCESSORS, Processor
from bot.domain.turn import Turn
from bot.slack import action_ids
from bot.slack.blockkit.elements import Button, button
from bot.slack.messages.turn_facts import TurnFacts


def running_buttons(facts: TurnFacts) -> list[Button]:
    """Return the buttons for a turn that is in progress."""
    turn = facts.turn
    buttons = [
        button("Stop", action_ids.STOP, turn.id),
        button("Notify me when done", action_ids.PING, turn.id),
    ]
    return [*buttons, ask_edited_button(facts)] if turn.signals.edited else buttons


def ask_edited_button(facts: TurnFacts) -> Button:
    """Return the button that asks the edited question."""
    edited = facts.turn.signals.edited
    named = PROCESSORS.get(edited.processor or "") if edited else None
    processor = named or facts.processor
    words = f"Ask edited question · {processor.label} · {processor.price_words}"
    return button(words, action_ids.EDITED_AGAIN, facts.turn.id)


def try_again_button(facts: TurnFacts) -> Button:
    """Return the button that asks the question once more, on the same processor."""
    processor = facts.processor
    words = f"Try again · {processor.label} · {processor.price_words}"
    return button(words, action_ids.TRY_AGAIN, facts.turn.id)


def use_instead_buttons(turn: Turn, processors: Iterable[Processor]) -> list[Button]:
    """Return buttons that ask a refused question on other processors, three at most."""
    ids = (action_ids.USE_FIRST, action_ids.USE_SECOND, action_ids.USE_THIRD)
    return [
        button(f"Use {each.label} ({each.price_words})", action_id, f"{each.name} {turn.id}")
        for action_id, each in zip(ids, processors, strict=False)
    ]


def post_anyway_button(turn: Turn) -> Button:
    """Return the button that waits for the run of a stopped turn after all."""
    return button("Post the answer anyway", action_ids.LOOK_AGAIN, turn.id)
