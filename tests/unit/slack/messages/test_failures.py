"""What is offered where there is no answer: a new run only to who wanted one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import derived
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import ChannelId
from bot.domain.turn import EndingKind, Turn, TurnKind
from bot.slack import action_ids
from bot.slack.messages.failures import failure_message
from bot.slack.messages.turn_facts import TurnFacts
from tests.unit.slack.phrasebook import elements, shown
from tests.unit.turns import ADA, BOB, KEY, PRO, SPEED, STARTED, asked, looking, over, running

DAY = 86_400.0


def begun_with(start: TurnKind) -> Turn:
    """A turn of each kind, as it is begun."""
    match start:
        case TurnKind.RESUME:
            return looking()
        case TurnKind.FILES:
            return derived.files_turn(running(), BOB, KEY.ts)
        case TurnKind.SHARE:
            return derived.shared(running(), BOB, KEY.ts, ChannelId("C7"), "")
    return replace(asked("hello", start), processor=None if start.needs_no_run else PRO.name)


def offered(facts: TurnFacts) -> list[str]:
    """The ids of the buttons below."""
    blocks = failure_message(facts).best.blocks or []
    return [e["action_id"] for e in elements(blocks) if e["type"] == "button"]


@pytest.mark.parametrize("default", [PRO, SPEED], ids=lambda processor: processor.name)
@pytest.mark.parametrize("start", TurnKind)
def test_an_internal_failure_offers_a_run_only_to_questions(
    start: TurnKind, default: Processor
) -> None:
    ended = over(begun_with(start), EndingKind.BROKEN, STARTED + DAY)
    processor = PROCESSORS.get(ended.turn.processor or "", default)
    wanted = {TurnKind.QUESTION: [action_ids.TRY_AGAIN], TurnKind.RESUME: [action_ids.LOOK_AGAIN]}
    assert offered(replace(ended, processor=processor)) == wanted.get(start, [])


@pytest.mark.parametrize(
    ("start", "missing", "where"),
    [
        (TurnKind.FILES, "there are no files", "report*"),
        (TurnKind.SHARE, "nothing was shared", "*Share…*"),
    ],
)
@pytest.mark.parametrize("kind", [EndingKind.REFUSED, EndingKind.TOO_LATE, EndingKind.BROKEN])
def test_what_an_answer_did_not_bring_is_asked_for_again_where_it_was(
    start: TurnKind, missing: str, where: str, kind: EndingKind
) -> None:
    ended = over(begun_with(start), kind, STARTED + DAY, message="unread")
    words = shown(failure_message(ended).best)
    assert missing in words
    assert where in words
    assert "no extra charge" in words
    assert ("Parallel says" in words) == (kind is EndingKind.REFUSED)
    assert f"<@{ADA}>" not in words
    assert offered(ended) == []
