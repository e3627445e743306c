"""Wherever the bot's process dies: no question is lost, nothing is posted or paid twice.

Real processes are killed with SIGKILL right before and right after their effects on Slack,
Parallel and Redis. A small, seeded sample runs with all tests; `make chaos` runs every moment, with
a restart and with a second replica, and conversations with two kills. `CHAOS_SEED` repeats a
choice.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.matrix import MOST_DANGEROUS, Case, Matrix, differences, every_case, sample

FULL = os.environ.get("CHAOS") == "full"
DOUBLES = 40  # conversations with two kills in the full matrix
OTHERS = 7  # moments of the sample besides the most dangerous


@pytest.mark.timeout(3600 if FULL else 240)
async def test_a_killed_bot_leaves_the_conversation_as_it_would_have_been(
    server: Path, tell: Callable[[str], None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or time.time())
    chance = random.Random(seed)
    matrix = Matrix(server)
    undisturbed = await matrix.undisturbed()
    moments = list(dict.fromkeys(undisturbed.passed))
    assert set(MOST_DANGEROUS) <= set(moments)
    if FULL:
        cases = every_case(moments, await matrix.in_mid_run(), chance, DOUBLES)
    else:
        cases = sample(moments, chance, OTHERS)
    began = time.monotonic()
    wrong = [found for found in await _judged(matrix, cases) if found]
    took = time.monotonic() - began
    tell(
        f"crash matrix: {len(moments)} moments, {len(cases)} conversations in {took:.0f} s, "
        f"{len(wrong)} wrong; CHAOS_SEED={seed}"
    )
    assert not wrong, "\n\n".join([f"CHAOS_SEED={seed}", *wrong])


async def test_a_message_or_a_run_too_many_would_be_noticed(server: Path) -> None:
    """What the matrix stands on: undisturbed conversations agree, and it sees what does not."""
    first = (await Matrix(server).undisturbed()).outline
    second = (await Matrix(server).undisturbed()).outline
    assert differences(first, second) == []
    assert differences(first, replace(first, messages=[*first.messages, first.messages[-1]]))
    assert differences(first, replace(first, runs=[*first.runs, first.runs[-1]]))


async def _judged(matrix: Matrix, cases: list[Case]) -> list[str | None]:
    return await asyncio.gather(*map(matrix.judge, cases))
