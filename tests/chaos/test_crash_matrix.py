"""Wherever the bot's process dies: no question is lost, nothing is posted or paid twice.

Real processes are killed with SIGKILL right before and right after their effects on Slack,
Parallel and Redis: over Slack's sockets, with task groups, and over HTTP. A small, seeded sample
runs with all tests; `make chaos` runs every moment, with a restart and with a second replica, and
conversations with two kills. So it is for a second conversation, of stops, edits and the like, over
sockets and over HTTP, in the two ways of going on by turns. `CHAOS_SEED` repeats a choice.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.matrix import (
    DEAREST,
    MODES,
    SAMPLE,
    SIGNAL_MODES,
    SIGNALS_SAMPLE,
    Case,
    Matrix,
    differences,
    every_case,
    every_signals_case,
    miscounted,
    sample,
    sampled_signals_cases,
)
from tests.chaos.signals_script import SignalsScript

FULL = os.environ.get("CHAOS") == "full"


@pytest.mark.timeout(3600)
async def test_a_killed_bot_leaves_the_conversation_as_it_would_have_been(
    server: Path, tell: Callable[[str], None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or time.time())
    chance = random.Random(seed)
    matrix = Matrix(server)
    moments = await matrix.moments()
    for mode, always, _ in SAMPLE:
        assert set(always) <= set(moments[mode])
    if FULL:
        cases = every_case(moments, await matrix.in_mid_run(), chance)
    else:
        cases = sample(moments, chance)
    began = time.monotonic()
    wrong = [found for found in await _judged(matrix, cases) if found]
    took = time.monotonic() - began
    played = Counter(case.mode for case in cases)
    for mode, passed in moments.items():
        tell(f"{mode}: {len(passed)} moments, {played[mode]} conversations")
    tell(
        f"crash matrix: {len(cases)} conversations in {took:.0f} s, {len(wrong)} wrong; "
        f"CHAOS_SEED={seed}"
    )
    assert not wrong, "\n\n".join([f"CHAOS_SEED={seed}", *wrong])


@pytest.mark.timeout(3600)
async def test_signals_survive_a_killed_bot(server: Path, tell: Callable[[str], None]) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or time.time())
    chance = random.Random(seed)
    matrix = Matrix(server)
    moments = await matrix.moments(SIGNAL_MODES, SignalsScript)
    for mode, always, _ in SIGNALS_SAMPLE:
        assert set(always) <= set(moments[mode])
    cases = (every_signals_case if FULL else sampled_signals_cases)(moments, chance)
    began = time.monotonic()
    wrong = [found for found in await _judged(matrix, cases) if found]
    took = time.monotonic() - began
    passed = " and ".join(f"{len(moments[mode])} ({mode})" for mode in moments)
    tell(
        f"signals: {passed} moments, {len(cases)} conversations in {took:.0f} s, "
        f"{len(wrong)} wrong; CHAOS_SEED={seed}"
    )
    assert not wrong, "\n\n".join([f"CHAOS_SEED={seed}", *wrong])


async def test_a_message_or_a_run_too_many_would_be_noticed(server: Path) -> None:
    """The basis of the matrix: undisturbed conversations agree, and differences are found."""
    first = (await Matrix(server).undisturbed()).transcript
    again = Matrix(server)
    for mode in MODES:
        assert differences(first, (await again.undisturbed(mode)).transcript) == []
    transcripts = [
        (await again.undisturbed(mode, script=SignalsScript)).transcript for mode in SIGNAL_MODES
    ]
    assert differences(*transcripts) == []
    assert await again.in_mid_run()
    assert differences(first, replace(first, messages=[*first.messages, first.messages[-1]]))
    assert differences(first, replace(first, runs=[*first.runs, first.runs[-1]]))
    assert not miscounted(first)
    for wrong in (-1, 1):
        assert miscounted(replace(first, price=first.price + wrong))
    assert miscounted(replace(first, price=first.price - DEAREST - 1), doubts=1)


async def _judged(matrix: Matrix, cases: list[Case]) -> list[str | None]:
    return await asyncio.gather(*map(matrix.judge, cases))
