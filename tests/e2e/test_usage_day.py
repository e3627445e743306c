"""A random day: the usage report adds up to the cent with what the local API was asked for."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import random
from collections import Counter
from decimal import Decimal

import pytest

from bot.domain.money import dollars, micros
from bot.domain.processors import PROCESSORS, SPEED
from bot.playground.slack.people import Thread
from bot.playground.task_api import LocalChat, LocalRun, Status
from tests.e2e.dialogue import acknowledged
from tests.e2e.stage import Stage

TURNS = 2_000 if os.environ.get("CHAOS") == "full" else 80
AT_ONCE = 40  # questions
PEOPLE, CHANNELS = 8, 5
RUNS = ("lite", "base", "core-fast", "core", "pro-fast")
CHOICES = (*RUNS, *RUNS, "speed")  # of quick answers, Parallel allows 300 a minute


@pytest.mark.timeout(900)
async def test_a_random_day_adds_up_to_the_cent(stage: Stage) -> None:
    chance = random.Random(os.environ.get("CHAOS_SEED", "a day"))

    async def research(run: LocalRun) -> None:
        run.begins()
        if chance.random() < 0.2:
            run.fails("no sources")
        else:
            run.finishes("Egypt.")

    async def answer(chat: LocalChat) -> None:
        chat.finishes("Egypt.")

    stage.parallel.automatic = research
    stage.parallel.automatic_chat = answer
    people = [stage.slack.person(f"person-{n}") for n in range(PEOPLE)]
    channels = [stage.slack.channel(f"day-{n}", [*people, stage.ada]) for n in range(CHANNELS)]
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.ada.id, RUNNING_PER_PERSON="off")
    for _ in range(0, TURNS, AT_ONCE):
        asked = [
            await chance.choice(people).says(
                chance.choice(channels), f"{stage.me} !{chance.choice(CHOICES)} who owns it?"
            )
            for _ in range(AT_ONCE)
        ]
        for question in asked:
            thread = stage.slack.thread(question)
            await thread.until(
                lambda t: any("Egypt." in m.text or "failed" in m.text for m in t.said)
            )
    await acknowledged(stage)
    completed = [run.processor for run in stage.parallel.runs if run.status is not Status.FAILED]
    paid = Counter([*completed, *(SPEED.name for _ in stage.parallel.chats)])
    total = sum((PROCESSORS[name].price * n for name, n in paid.items()), Decimal(0))
    head = f"*Usage today:* {dollars(micros(total))} for {paid.total():,} runs"
    async with asyncio.timeout(60):
        while not (await _reply(stage, "usage")).startswith(head):
            await asyncio.sleep(0.05)
    await _reply(stage, "usage csv")
    (file,) = await stage.slack.until(lambda: [f for f in stage.slack.files if f.shares] or None)
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert sum(Decimal(row["usd"]) for row in rows) == total
    assert sum(int(row["failed_runs"]) for row in rows) == len(stage.parallel.runs) - len(completed)
    reported: Counter[str] = Counter()
    for row in rows:
        reported[row["processor"]] += int(row["paid_runs"])
    assert +reported == paid
    assert len(stage.parallel.runs) + len(stage.parallel.chats) == TURNS


def _is_over(thread: Thread) -> bool:
    return any(words in said.text for words in ("Egypt.", "failed") for said in thread.said)


async def _reply(stage: Stage, words: str) -> str:
    outcome = await stage.ada.command("/threadline", words, stage.general)
    (message,) = outcome.messages
    return message.text
