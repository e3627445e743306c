"""The crash matrix: which conversations are disturbed where, and what is wrong with one after.

A disturbed conversation must leave what an undisturbed one does. Where the answer to a create call
is lost, that is the conversation in which only this answer was lost and nobody was killed: the bot
says that it cannot tell, and a person starts again. With task groups the bot finds out: there, too,
it must leave what the one does in which nothing was lost.
"""

from __future__ import annotations

import asyncio
import difflib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.chaos.crash import GoesOn, Mode, Played, play
from tests.chaos.dialogue_script import DialogueScript
from tests.chaos.effects import Moment, Target
from tests.chaos.script_base import Script
from tests.chaos.signals_script import SignalsScript
from tests.chaos.transcript import Transcript

AT_ONCE = 5  # conversations; each is mostly a wait
ATTEMPTS = 3  # of a conversation that does not pass its moment
NOT_STRUCK = "the moment to strike at was never reached"
#: Never left out: a question, money or an answer is in the balance here.
MOST_DANGEROUS = (
    Moment("redis APPEND of question 2 #1", "before"),
    Moment("parallel create #1", "before"),
    Moment("parallel create #1", "after"),
    Moment("slack chat.postMessage #2", "before"),
    Moment("slack chat.postMessage #2", "after"),
    Moment("slack files.completeUploadExternal #1", "after"),
)
#: With task groups: each leaves a doubt, which must settle itself.
DOUBTFUL = (
    Moment("parallel create #1", "before"),
    Moment("parallel create #1", "after"),
)
#: Over HTTP: what is acknowledged here by mistake is lost.
UNHEARD = MOST_DANGEROUS[:1]
#: What the sample takes of each mode: these moments always, and so many others.
SAMPLE = (
    (Mode.SOCKET, MOST_DANGEROUS, 3),
    (Mode.GROUPS, DOUBTFUL, 2),
    (Mode.HTTP, UNHEARD, 3),
)
#: Never left out of the signals script: a signal, or its effect, is at stake.
SIGNAL_MOMENTS = (
    Moment("redis SIGNAL #1", "before"),
    Moment("redis WITHDRAW #1", "after"),
    Moment("redis SIGNAL #2", "after"),
)
#: The modes of the first conversation, and of the second.
MODES = (Mode.SOCKET, Mode.GROUPS, Mode.HTTP)
SIGNAL_MODES = (Mode.GROUPS, Mode.HTTP_GROUPS)
SIGNALS_SAMPLE = ((Mode.GROUPS, SIGNAL_MOMENTS, 3), (Mode.HTTP_GROUPS, SIGNAL_MOMENTS[:1], 2))
DOUBLES = 40  # conversations with two kills in the full matrix
DOUBLES_IN_DOUBT = 12  # more of them, whose first kill leaves a doubt to a task group
WAYS = (GoesOn.RESTART, GoesOn.REPLICA)
_RUN = ("events", "result")
DEAREST = 100_000  # millionths of a dollar, of the runs of a conversation
_SHOWN = 60  # lines of a difference


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation to be disturbed.

    Attributes:
        targets: where, one after the other.
        goes_on: who goes on then.
        mode: how the bots are set up.
        patient: whether its run takes long.
        script: which conversation.
    """

    targets: tuple[Target, ...]
    goes_on: GoesOn
    mode: Mode = Mode.SOCKET
    patient: bool = False
    script: type[Script] = DialogueScript

    def __str__(self) -> str:
        described = (
            str(t) if isinstance(t, Moment) else f"{t} moments later" for t in self.targets
        )
        patient = ", in mid-run" if self.patient else ""
        where = f", {self.script.name}" if self.script.name else ""
        return (
            f"killed at {', then '.join(described)} ({self.mode}, {self.goes_on}{patient}{where})"
        )


Moments = Mapping[Mode, Sequence[Moment]]


def every_case(moments: Moments, in_mid_run: Sequence[Moment], chance: random.Random) -> list[Case]:
    """Kill at each moment of each mode; and twice in some conversations.

    Over plain sockets in both ways of going on, in the other modes in one of them, taken in turns.
    """
    plain = moments[Mode.SOCKET]
    cases = [Case((m,), way) for m in plain for way in WAYS]
    cases += [Case((m,), way, patient=True) for m in in_mid_run for way in WAYS]
    for mode in (Mode.GROUPS, Mode.HTTP):
        cases += in_turns(moments[mode], mode, chance)
    cases += [double(_early(plain), Mode.SOCKET, chance) for _ in range(DOUBLES)]
    return cases + [double(DOUBTFUL, Mode.GROUPS, chance) for _ in range(DOUBLES_IN_DOUBT)]


def sample(moments: Moments, chance: random.Random) -> list[Case]:
    """Kill at the most dangerous moments and at some others; and twice in two conversations."""
    cases = []
    for mode, always, others in SAMPLE:
        rest = [m for m in moments[mode] if m not in always]
        cases += in_turns([*always, *chance.sample(rest, others)], mode, chance)
    mode = chance.choice((Mode.SOCKET, Mode.HTTP))
    cases.append(double(_early(moments[mode]), mode, chance))
    return [*cases, double(DOUBTFUL, Mode.GROUPS, chance)]


def every_signals_case(moments: Moments, chance: random.Random) -> list[Case]:
    """Kill at each moment of the second conversation, in the ways of going on in turns."""
    return [
        replace(case, script=SignalsScript)
        for mode in SIGNAL_MODES
        for case in in_turns(moments[mode], mode, chance)
    ]


def sampled_signals_cases(moments: Moments, chance: random.Random) -> list[Case]:
    """Kill at the most dangerous moments of the second conversation, and at some others."""
    chosen = {}
    for mode, always, others in SIGNALS_SAMPLE:
        rest = [m for m in moments[mode] if m not in always]
        chosen[mode] = [*always, *chance.sample(rest, others)]
    return every_signals_case(chosen, chance)


def in_turns(moments: Sequence[Moment], mode: Mode, chance: random.Random) -> list[Case]:
    """Kill at each of the moments, in the ways of going on in turns."""
    # Mostly a moment before is followed by the one after: neither kind is to have one way only.
    first = chance.randrange(2)
    return [Case((m,), WAYS[(first + n + n // 2) % 2], mode) for n, m in enumerate(moments)]


def _early(moments: Sequence[Moment]) -> Sequence[Moment]:
    """Leave out the end: what follows may be too short for a second strike 20 moments later."""
    return moments[: -len(moments) // 4]


def double(moments: Sequence[Moment], mode: Mode, chance: random.Random) -> Case:
    """Kill at one of the moments, and once more soon after."""
    return Case((chance.choice(moments), chance.randint(1, 20)), chance.choice(WAYS), mode)


class Matrix:
    """Plays cases on one Valkey server, several at a time, and judges them."""

    def __init__(self, server: Path, at_once: int = AT_ONCE) -> None:
        """Prepare to play so many conversations at a time, each in a database of its own."""
        self._server = server
        self._databases: asyncio.Queue[int] = asyncio.Queue()
        for number in range(at_once):
            self._databases.put_nowait(number)
        self._references: dict[tuple[type[Script], Mode, frozenset[int]], asyncio.Task[Played]] = {}

    async def undisturbed(
        self,
        mode: Mode = Mode.SOCKET,
        lost: Iterable[int] = (),
        script: type[Script] = DialogueScript,
    ) -> Played:
        """Have a conversation with nobody killed, and the answers to these create calls lost."""
        key = script, mode, frozenset(lost)
        if key not in self._references:
            cuts = [Moment(f"parallel create #{number}", "after") for number in sorted(key[2])]
            case = Case(tuple(cuts), GoesOn.NOBODY, mode, script=script)
            self._references[key] = asyncio.create_task(self._play(case))
        played = await self._references[key]
        assert played.trouble is None, f"{played.trouble}\n{played.log}"
        return played

    async def moments(
        self, modes: Sequence[Mode] = MODES, script: type[Script] = DialogueScript
    ) -> Moments:
        """Return the moments of an undisturbed conversation in each mode."""
        played = await asyncio.gather(*(self.undisturbed(mode, script=script) for mode in modes))
        return {
            mode: list(dict.fromkeys(one.passed)) for mode, one in zip(modes, played, strict=True)
        }

    async def in_mid_run(self) -> list[Moment]:
        """Return the moments while a run goes on whose progress is shown."""
        played = await self._play(Case((), GoesOn.NOBODY, patient=True))
        assert played.trouble is None, f"{played.trouble}\n{played.log}"
        begins, ends = (Moment(f"parallel {what} of run 1 #1", "before") for what in _RUN)
        return played.passed[played.passed.index(begins) : played.passed.index(ends)]

    async def judge(self, case: Case) -> str | None:
        """Play a case. Returns what is wrong, in words; None when all is well.

        Some moments are passed only where two things meet, so a conversation that is as expected
        but did not pass its moment is played again.
        """
        for _ in range(ATTEMPTS):
            played = await self._play(case)
            wrong = [*_wrong(case, played), *await self.faults(case, played)]
            if wrong != [NOT_STRUCK]:
                break
        if not wrong:
            return None
        struck = ", ".join(map(str, played.struck)) or "nowhere"
        return "\n".join(
            (f"=== {case}", f"struck: {struck}", *wrong, "last log lines:", played.log)
        )

    async def faults(self, case: Case, played: Played) -> list[str]:
        """Tell in readable lines what is left that should not be, and the other way round."""
        lost = {} if case.mode.has_groups else played.lost
        reference = await self.undisturbed(case.mode, lost, case.script)
        return differences(_expected(reference, played, lost), played.transcript)

    async def _play(self, case: Case) -> Played:
        database = await self._databases.get()
        try:
            return await play(
                self._server,
                database,
                case.targets,
                case.goes_on,
                script=case.script,
                mode=case.mode,
                patient=case.patient,
            )
        finally:
            self._databases.put_nowait(database)


def _wrong(case: Case, played: Played) -> list[str]:
    wrong = []
    if played.trouble:
        wrong.append(f"it did not come to its end: {played.trouble}")
    if len(played.struck) < len(case.targets):
        wrong.append(NOT_STRUCK)
    wrong += [f"{n} runs for turn {turn}" for turn, n in played.transcript.costs.items() if n > 1]
    # A doubt counts as spent. Task groups clear it.
    doubts = 0 if case.mode.has_groups else len(played.lost)
    wrong += miscounted(played.transcript, doubts)
    return wrong


def miscounted(found: Transcript, doubts: int = 0) -> list[str]:
    """Say that the budgets count another price than that of what was created, and of the doubts."""
    settled, price = found.money.settled, found.price
    if price <= settled <= price + doubts * DEAREST:
        return []
    return [f"{settled} µ$ are settled, and what was created costs {price} µ$"]


def _expected(reference: Played, played: Played, lost: Mapping[int, bool | None]) -> Transcript:
    """Return the reference without the runs that the strikes prevented."""
    whole = reference.transcript
    all_there = len(played.transcript.runs) == len(whole.runs)
    kept = []
    for number, run in enumerate(whole.runs, 1):
        created = lost.get(number, True)
        if created or (created is None and all_there):
            kept.append(run)
    return replace(whole, runs=kept)


def differences(expected: Transcript, found: Transcript) -> list[str]:
    """Tell in readable lines what differs; nothing when nothing does."""
    described = []
    for what in ("messages", "runs", "ephemerals", "remains"):
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
        described += [line[:300] for line in lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            described.append(f"… and {len(lines) - _SHOWN} more lines")
    return described
