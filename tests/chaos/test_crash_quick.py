"""Wherever the bot's process dies: a quick answer is paid once, and is in one message.

Real processes are killed with SIGKILL right before and right after their effects on Slack,
Parallel and Redis, and between the pieces of an answer. What is lost of an answer is lost, and said
to be; what people saw of it stays, and asked again it comes in full. A small, seeded sample runs
with all tests; `make chaos` runs every moment, over sockets with a restart and with a second
replica, over HTTP in these two ways by turns. `CHAOS_SEED` repeats a choice.
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

from bot.slack import action_ids
from bot.slack.messages.quick_answer import NO_SOURCES, QUICK_ANSWER
from tests.chaos.quick_judge import faults
from tests.chaos.quick_matrix import MODES, SAMPLE, QuickMatrix, every_case, sample
from tests.chaos.quick_script import FIRST, REPLY, QuickScript, QuickTranscript, Said
from tests.chaos.transcript import Money

FULL = os.environ.get("CHAOS") == "full"


@pytest.mark.timeout(3600)
async def test_a_killed_bot_leaves_one_message_of_each_quick_answer(
    server: Path, tell: Callable[[str], None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or time.time())
    chance = random.Random(seed)
    matrix = QuickMatrix(server)
    began = time.monotonic()
    moments = await matrix.moments(MODES, QuickScript)
    for mode, always, _ in SAMPLE:
        assert set(always) <= set(moments[mode])
    cases = (every_case if FULL else sample)(moments, chance)
    wrong = [found for found in await asyncio.gather(*map(matrix.judge, cases)) if found]
    took = time.monotonic() - began
    played = Counter(case.mode for case in cases)
    for mode, passed in moments.items():
        tell(f"quick answers, {mode}: {len(passed)} moments, {played[mode]} conversations")
    tell(
        f"quick answers: {len(cases)} conversations in {took:.0f} s, {len(wrong)} wrong; "
        f"CHAOS_SEED={seed}"
    )
    assert not wrong, "\n\n".join([f"CHAOS_SEED={seed}", *wrong])


async def test_a_broken_rule_of_quick_answers_is_noticed(server: Path) -> None:
    """Without this the matrix proves nothing: an undisturbed conversation breaks no rule."""
    good = (await QuickMatrix(server).undisturbed(script=QuickScript)).transcript
    assert isinstance(good, QuickTranscript)
    assert faults(good) == []
    assert good.money == Money(good.price, good.price)
    place = next(n for n, said in enumerate(good.said) if said.part == QUICK_ANSWER)
    answer, asked = good.said[place], good.asked[0]

    def changed(said: Said) -> QuickTranscript:
        return replace(good, said=(*good.said[:place], said, *good.said[place + 1 :]))

    def words(old: str, new: str) -> QuickTranscript:
        return changed(replace(answer, words=answer.words.replace(old, new)))

    piece = asked.answers[0][-1]
    twice = replace(asked, answers=2 * asked.answers)
    untagged = replace(answer, turn="", part="")
    for bad, expected in (
        (replace(good, said=(*good.said, answer)), "2 messages are about the answer"),
        (replace(good, said=(*good.said, answer)), "stands in 2 messages"),
        (replace(good, said=(*good.said, untagged)), "without a tag"),
        (changed(untagged), "0 messages are about the answer"),
        (replace(good, asked=(twice, *good.asked[1:])), "2 requests were accepted"),
        (words(NO_SOURCES, "Writing…"), "still says"),
        (words(NO_SOURCES, ""), "must say once"),
        (words(NO_SOURCES, 2 * NO_SOURCES), "must say once"),
        (words(piece, ""), "passes for all of it"),
        (words(piece, "cut off here"), "cannot be asked again"),
        (words(piece, "cut off here"), "never answered in full"),
        (replace(words(piece, ""), seen=frozenset({piece})), "has vanished"),
        (changed(replace(answer, streaming=True)), "still streams"),
        (changed(replace(answer, pressable=(action_ids.STOP,))), "can still be stopped"),
        (replace(good, runs_said={**good.runs_said, REPLY: ("No.",)}), "runs for “since when?”"),
        (replace(good, runs_said={**good.runs_said, FIRST: ()}), "runs for “who owns it?”"),
        (replace(good, marked=1), "⏳"),
        (replace(good, working=1), "still say that we work"),
        (replace(good, remains=["box"]), "left in Redis"),
        (replace(good, money=Money(good.price + 1, good.price)), "count as spent"),
        (replace(good, money=Money(good.price, good.price - 1)), "are settled"),
    ):
        assert any(expected in fault for fault in faults(bad)), expected
