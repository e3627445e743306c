"""Who is mentioned when a run that was slower than usual has ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.processors import PROCESSORS, SPEED
from bot.domain.turn import EndingKind, Turn, TurnKind
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import mentions
from tests.unit.turns import ADA, BOB, EVE, STARTED, asked, looking, over, running, with_signals

USUAL = 2 * PROCESSORS["pro-fast"].longest  # seconds


def mentioned(turn: Turn, seconds: float, but: str | None = None) -> str:
    """Return who is mentioned when the turn ends so many seconds after its run was started."""
    return mentions(over(turn, EndingKind.ANSWERED, STARTED + seconds), but)


@pytest.mark.parametrize("turn", [running(), looking()])
def test_the_asker_is_mentioned_after_a_slow_run(turn: Turn) -> None:
    assert mentioned(turn, USUAL) == ""
    assert mentioned(turn, USUAL + 1) == f"<@{ADA}>"
    assert mentioned(turn, USUAL + 1, but=ADA) == ""


def test_each_person_is_mentioned_once_and_the_asker_first() -> None:
    turn = with_signals(running(), pings=(BOB, ADA, EVE))
    assert mentioned(turn, USUAL) == f"<@{BOB}> <@{ADA}> <@{EVE}>"
    assert mentioned(turn, USUAL + 1) == f"<@{ADA}> <@{BOB}> <@{EVE}>"


def test_nobody_is_mentioned_without_a_slow_run() -> None:
    files = replace(running(), question=replace(running().question, start=TurnKind.FILES))
    assert mentioned(files, 9_000.0) == ""  # shared on a press, long after the run
    assert mentioned(asked(), 9_000.0) == ""
    quick = over(replace(running(), processor=SPEED.name), EndingKind.ANSWERED, STARTED + 60.0)
    assert mentions(TurnFacts(quick.turn, SPEED)) == ""
