"""Where conversations of quick answers are disturbed, and how they are judged."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.chaos.crash import GoesOn, Mode, Played
from tests.chaos.effects import Moment
from tests.chaos.matrix import WAYS, Case, Matrix, Moments, double, in_turns
from tests.chaos.quick_judge import faults
from tests.chaos.quick_script import QuickScript, QuickTranscript

MODES = (Mode.SOCKET, Mode.HTTP)
_NOT_STARTED = Moment("slack chat.startStream #1", "before")
_STARTED = Moment("slack chat.startStream #1", "after")
#: Never left out: money, the one message or what people saw is in the balance.
MOST_DANGEROUS = (
    Moment("parallel chat #1", "before"),
    Moment("parallel chat #1", "after"),
    Moment("parallel piece of chat 1 #1", "after"),
    Moment("slack chat.postMessage #1", "after"),  # its ts is not written down
    Moment("slack chat.update #2", "before"),  # the first answer's last edit
    Moment("slack chat.update #2", "after"),
    _STARTED,  # its ts is not written down, and it has no tag
)
#: What the sample takes of each mode: these moments always, and so many others.
SAMPLE = ((Mode.SOCKET, MOST_DANGEROUS[:-2], 2), (Mode.HTTP, MOST_DANGEROUS[-2:], 1))
AT_ONCE = 6  # conversations; they wait a little longer than the others do
DOUBLES = 40  # conversations with two kills in the full matrix


def every_case(moments: Moments, chance: random.Random) -> list[Case]:
    """Kill at each moment, over sockets in both ways of going on; and twice in some conversations.

    Over HTTP in one of the ways, in turns.
    """
    plain = moments[Mode.SOCKET]
    cases = [Case((m,), way) for m in plain for way in WAYS]
    cases += in_turns(moments[Mode.HTTP], Mode.HTTP, chance)
    cases += [_unstarted_twice(plain, way) for way in WAYS]
    cases += [double(_of_quick_answers(plain), Mode.SOCKET, chance) for _ in range(DOUBLES)]
    return _quick(cases)


def sample(moments: Moments, chance: random.Random) -> list[Case]:
    """Kill at the most dangerous moments and at some others; and twice in two conversations."""
    plain = moments[Mode.SOCKET]
    cases = [  # they take longest, so they are played first
        _unstarted_twice(plain, chance.choice(WAYS)),
        double(_of_quick_answers(plain), Mode.SOCKET, chance),
    ]
    for mode, always, others in SAMPLE:
        rest = [m for m in moments[mode] if m not in always]
        cases += in_turns([*always, *chance.sample(rest, others)], mode, chance)
    return _quick(cases)


class QuickMatrix(Matrix):
    """Judges by rules: what is left need not be what an undisturbed conversation leaves."""

    def __init__(self, server: Path) -> None:
        super().__init__(server, AT_ONCE)

    async def faults(self, case: Case, played: Played) -> list[str]:
        """Tell in words which rules are broken."""
        assert isinstance(played.transcript, QuickTranscript)
        return [] if played.trouble else faults(played.transcript)


def _quick(cases: Sequence[Case]) -> list[Case]:
    return [replace(case, script=QuickScript) for case in cases]


def _of_quick_answers(moments: Sequence[Moment]) -> list[Moment]:
    """Choose the moments from a request for a quick answer on up to the answer's last edit."""
    chosen, under_way = [], False
    for moment in moments:
        under_way = under_way or moment.effect.startswith("parallel chat #")
        if moment.effect.startswith("redis FINISH"):
            under_way = False
        if under_way:
            chosen.append(moment)
    return chosen


def _unstarted_twice(moments: Sequence[Moment], way: GoesOn) -> Case:
    """Kill before a stream is started, and again after the message posted in its stead."""
    post = "slack chat.postMessage"
    before = moments[: moments.index(_NOT_STARTED)]
    posts = sum(m.when == "after" and m.effect.startswith(post) for m in before)
    return Case((_NOT_STARTED, Moment(f"{post} #{posts + 1}", "after")), way)
