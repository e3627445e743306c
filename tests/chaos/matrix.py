"""The crash matrix: which conversations are disturbed where, and what is wrong with one after.

A disturbed conversation must leave what an undisturbed one does. Where the answer to a create call
is lost, that is the conversation in which only this answer was lost and nobody was killed: the bot
says that it cannot tell, and a person starts again.
"""

from __future__ import annotations

import asyncio
import difflib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.chaos.conversation import Outline
from tests.chaos.crash import GoesOn, Played, play
from tests.chaos.effects import Moment, Target

AT_ONCE = 5  # conversations; each is mostly a wait
#: Never left out: a question, money or an answer is in the balance here.
MOST_DANGEROUS = (
    Moment("redis PUT of question 2 #1", "before"),
    Moment("parallel create #1", "before"),
    Moment("parallel create #1", "after"),
    Moment("slack chat.postMessage #2", "before"),
    Moment("slack chat.postMessage #2", "after"),
    Moment("slack files.completeUploadExternal #1", "after"),
)
_RUN = ("events", "result")
_SHOWN = 60  # lines of a difference


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation to be disturbed: where, who goes on, and whether its run takes long."""

    targets: tuple[Target, ...]
    goes_on: GoesOn
    patient: bool = False

    def __str__(self) -> str:
        told = (str(t) if isinstance(t, Moment) else f"{t} moments later" for t in self.targets)
        patient = ", in mid-run" if self.patient else ""
        return f"killed at {', then '.join(told)} ({self.goes_on}{patient})"


def every_case(
    moments: Sequence[Moment], in_mid_run: Sequence[Moment], chance: random.Random, doubles: int
) -> list[Case]:
    """Kill at each moment, in both ways of going on; and twice in some conversations."""
    ways = (GoesOn.RESTART, GoesOn.REPLICA)
    cases = [Case((m,), way) for m in moments for way in ways]
    cases += [Case((m,), way, patient=True) for m in in_mid_run for way in ways]
    return [*cases, *(_double(moments, chance) for _ in range(doubles))]


def sample(moments: Sequence[Moment], chance: random.Random, others: int) -> list[Case]:
    """Kill at the most dangerous moments and at some others; and twice in two conversations."""
    rest = [m for m in moments if m not in MOST_DANGEROUS]
    chosen = [*MOST_DANGEROUS, *chance.sample(rest, others)]
    ways = [GoesOn.RESTART, GoesOn.REPLICA]
    chance.shuffle(ways)
    cases = [Case((moment,), ways[n % 2]) for n, moment in enumerate(chosen)]
    return [*cases, _double(moments, chance), _double(moments, chance)]


def _double(moments: Sequence[Moment], chance: random.Random) -> Case:
    # What follows a strike in the second half may be too short for a second one 20 moments later.
    first = chance.choice(moments[: -len(moments) // 4])
    way = chance.choice((GoesOn.RESTART, GoesOn.REPLICA))
    return Case((first, chance.randint(1, 20)), way)


class Matrix:
    """Plays cases on one Valkey server, several at a time, and judges them."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._databases: asyncio.Queue[int] = asyncio.Queue()
        for number in range(AT_ONCE):
            self._databases.put_nowait(number)
        self._references: dict[frozenset[int], asyncio.Task[Played]] = {}

    async def undisturbed(self, lost: Iterable[int] = ()) -> Played:
        """Have the conversation with nobody killed, and the answers to these create calls lost."""
        numbers = frozenset(lost)
        if numbers not in self._references:
            cuts = [Moment(f"parallel create #{number}", "after") for number in sorted(numbers)]
            self._references[numbers] = asyncio.create_task(self._play(cuts, GoesOn.NOBODY))
        played = await self._references[numbers]
        assert played.trouble is None, f"{played.trouble}\n{played.log}"
        return played

    async def in_mid_run(self) -> list[Moment]:
        """Return the moments while a run goes on whose progress is shown."""
        played = await self._play((), GoesOn.NOBODY, patient=True)
        assert played.trouble is None, f"{played.trouble}\n{played.log}"
        begins, ends = (Moment(f"parallel {what} of run 1 #1", "before") for what in _RUN)
        return played.passed[played.passed.index(begins) : played.passed.index(ends)]

    async def judge(self, case: Case) -> str | None:
        """Play a case. Returns what is wrong, in words; None when all is well."""
        played = await self._play(case.targets, case.goes_on, patient=case.patient)
        reference = await self.undisturbed(played.lost)
        wrong = [*_wrong(case, played), *differences(_expected(reference, played), played.outline)]
        if not wrong:
            return None
        struck = ", ".join(map(str, played.struck)) or "nowhere"
        return "\n".join(
            (f"=== {case}", f"struck: {struck}", *wrong, "last log lines:", played.log)
        )

    async def _play(
        self, targets: Sequence[Target], goes_on: GoesOn, *, patient: bool = False
    ) -> Played:
        database = await self._databases.get()
        try:
            return await play(self._server, database, targets, goes_on, patient=patient)
        finally:
            self._databases.put_nowait(database)


def _wrong(case: Case, played: Played) -> list[str]:
    wrong = []
    if played.trouble:
        wrong.append(f"it did not come to its end: {played.trouble}")
    if len(played.struck) < len(case.targets):
        wrong.append("the moment to strike at was never reached")
    wrong += [f"{n} runs for turn {turn}" for turn, n in played.outline.costs.items() if n > 1]
    return wrong


def _expected(reference: Played, played: Played) -> Outline:
    """Return the reference without the runs that the strikes prevented."""
    whole = reference.outline
    all_there = len(played.outline.runs) == len(whole.runs)
    kept = []
    for number, run in enumerate(whole.runs, 1):
        created = played.lost.get(number, True)
        if created or (created is None and all_there):
            kept.append(run)
    return replace(whole, runs=kept)


def differences(expected: Outline, found: Outline) -> list[str]:
    """Tell in readable lines what differs; nothing when nothing does."""
    told = []
    for what in ("messages", "runs", "whispers", "remains"):
        lines = list(
            difflib.unified_diff(
                getattr(expected, what),
                getattr(found, what),
                f"{what} expected",
                f"{what} found",
                n=2,
                lineterm="",
            )
        )
        told += [line[:300] for line in lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            told.append(f"… and {len(lines) - _SHOWN} more lines")
    return told
