"""Many questions of one person: colleagues come in between, and what is too much waits or is told.

The local Slack's and the bot's limits are the real ones where posts are shared out.
"""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.concurrency.offload import SHORT, offload
from bot.playground.slack import Message, Person
from bot.playground.task_api import LocalRun
from bot.slack import action_ids as actions
from bot.slack.markdown.json_tree import REST
from bot.store.rate_limiter import SLACK
from tests.e2e.dialogue import acknowledged, said, shown
from tests.e2e.stage import Stage, staged

LINED = ":hourglass_flowing_sand:"


def waits(stage: Stage, asked: Message) -> bool:
    """Whether the thread says that its question waits for a place."""
    return any("Waiting: " in shown(message) for message in stage.slack.thread(asked).said)


async def until_waiting(stage: Stage, asked: list[Message]) -> None:
    for question in asked:
        await stage.slack.thread(question).until(
            lambda t: t.said and "Waiting: " in shown(t.said[0])
        )


async def seven(stage: Stage, person: Person | None = None) -> list[Message]:
    """Ask seven questions one after the other; returns them when five run and two wait."""
    person = person or stage.ada
    asked = []
    for number in range(7):
        question = await person.says(stage.general, f"{stage.me} question {number}?")
        await stage.slack.thread(question).next()
        asked.append(question)
    await until_waiting(stage, asked[5:])
    await stage.slack.until(lambda: len(stage.parallel.runs) == 5)
    return asked


def posts_before(stage: Stage, question: Message) -> int:
    """Return how many messages were posted between a question and the first sign for it."""
    calls = [call for call in stage.slack.calls if call.status == 200]
    signs = [
        n
        for n, call in enumerate(calls)
        if call.method == "chat.postMessage" and call.arguments.get("thread_ts") == question.ts
    ]
    return sum(
        call.method == "chat.postMessage" and call.at >= float(question.ts)
        for call in calls[: signs[0]]
    )


@pytest.mark.parametrize("channel", ["general", "random"])
async def test_a_colleague_is_heard_in_the_middle_of_fifty_mentions(
    redis_url: str, channel: str
) -> None:
    async with staged("socket", redis_url) as stage:
        await stage.start_bot(limits=SLACK)
        place = (
            stage.general
            if channel == "general"
            else stage.slack.channel("random", [stage.ada, stage.bob])
        )
        for number in range(50):
            await stage.ada.says(stage.general, f"{stage.me} question {number}?")
        await acknowledged(stage)
        question = await stage.bob.says(place, f"{stage.me} and mine?")
        await stage.slack.thread(question).next()
        assert posts_before(stage, question) <= 3
        assert not waits(stage, question)


@pytest.mark.also_over_http
async def test_the_sixth_question_of_a_person_waits_and_starts_when_one_ends(stage: Stage) -> None:
    asked = await seven(stage)
    sixth, seventh = (stage.slack.thread(each) for each in asked[5:])
    assert "5 of your questions are running here" in shown(sixth.said[0])
    assert "next in line" in shown(sixth.said[0])
    assert "1 more of yours is ahead" in shown(seventh.said[0])
    await stage.slack.until(lambda: LINED[1:-1] in reactions(stage, asked[5]))
    bobs = await stage.bob.says(stage.general, f"{stage.me} mine?")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 6)
    assert not waits(stage, bobs)
    stage.parallel.runs[2].finishes("Egypt.")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 7)
    assert "question 5?" in stage.parallel.runs[-1].input
    await stage.slack.until(lambda: LINED[1:-1] not in reactions(stage, asked[5]))
    for run in stage.parallel.runs:
        if run.status.is_active:
            run.finishes("Egypt.")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 8)
    stage.parallel.runs[-1].finishes("Egypt.")
    for question in asked:
        await said(stage, question, "Egypt.")
        await stage.slack.thread(question).until(lambda t: ":white_check_mark:" in shown(t.said[0]))
    await said(stage, bobs, "Egypt.")


def reactions(stage: Stage, message: Message) -> list[str]:
    return list(message.reactions)


async def test_a_waiting_question_can_be_stopped(stage: Stage) -> None:
    asked = await seven(stage)
    sixth = stage.slack.thread(asked[5])
    await stage.ada.clicks(sixth.said[0], actions.STOP)
    await sixth.until(lambda t: "not started" in shown(t.said[0]))
    stage.parallel.runs[0].finishes("Egypt.")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 6)
    assert "question 6?" in stage.parallel.runs[-1].input


async def test_a_stopped_run_makes_room(stage: Stage) -> None:
    asked = await seven(stage)
    first = stage.slack.thread(asked[0])
    await stage.ada.clicks(first.said[0], actions.STOP)
    await first.until(lambda t: any("Stopped" in shown(each) for each in t.said[1:]))
    await stage.slack.until(lambda: len(stage.parallel.runs) == 6)
    assert "question 5?" in stage.parallel.runs[-1].input


async def test_waiting_questions_survive_a_restart(stage: Stage) -> None:
    asked = await seven(stage)
    await stage.stop_bot()
    stage.parallel.runs[1].finishes("Egypt.")
    await stage.start_bot()
    await said(stage, asked[1], "Egypt.")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 6)
    assert "question 5?" in stage.parallel.runs[-1].input


async def test_a_quick_question_does_not_wait(stage: Stage) -> None:
    await seven(stage)
    quick = await stage.ada.says(stage.general, f"{stage.me} !quick and now?")
    chat = await stage.parallel.next_chat()
    chat.says("At once.")
    chat.finishes()
    await said(stage, quick, "At once.")


async def test_no_bound_where_it_is_off(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(RUNNING_PER_PERSON="off", WAITING_PER_THREAD="0")
    for number in range(7):
        await stage.ada.says(stage.general, f"{stage.me} question {number}?")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 7)


async def test_of_twenty_five_replies_twenty_wait_and_the_others_are_told_once(
    stage: Stage,
) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    thread = stage.slack.thread(asked)
    await stage.parallel.next_run()
    for number in range(25):
        await stage.ada.replies(asked, f"and what about number {number}?")
    await acknowledged(stage)
    notice = await said(stage, asked, "waiting in this thread")
    assert "20 questions are waiting in this thread, the most at once" in shown(notice)
    assert "number 20?" in shown(notice)

    async def answer(run: LocalRun) -> None:
        run.finishes("Egypt.")

    stage.parallel.automatic = answer
    stage.parallel.runs[0].finishes("Egypt.")
    await thread.until(lambda t: sum("Egypt." in shown(each) for each in t.said) == 21)
    assert len(stage.parallel.runs) == 21
    assert sum("waiting in this thread" in shown(each) for each in thread.said) == 1
    inputs = [run.input for run in stage.parallel.runs[1:]]
    assert [f"number {n}?" in each for n, each in enumerate(inputs)] == [True] * 20
    await stage.ada.replies(asked, "and what about number 20?")
    await stage.slack.until(lambda: len(stage.parallel.runs) == 22)


async def test_an_ordinary_answer_does_not_wait_for_long_reports(one: Stage) -> None:
    stage, done = one, threading.Event()
    long = asyncio.create_task(offload(SHORT + 1, done.wait, 60))  # a report that takes its time
    report = await stage.ada.says(stage.general, f"{stage.me} all about the canal?")
    await stage.slack.thread(report).next()
    (await stage.parallel.next_run()).finishes({"canal": ["It is 193 km long."] * 9_000})
    question = await stage.bob.says(stage.general, f"{stage.me} who owns it?")
    thread = stage.slack.thread(question)
    await thread.next()
    (await stage.parallel.next_run()).finishes("Egypt owns it. " * 200)
    try:
        assert "Egypt owns it." in shown(await thread.next())
        assert len(stage.slack.thread(report).said) == 1
    finally:
        done.set()
        await long
    answered = stage.slack.thread(report)
    await answered.until(lambda t: any(message.files for message in t.said))
    assert any(REST in file.text for message in answered.said for file in message.files)
