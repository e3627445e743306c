"""Budgets: what people see when a run would cost more than is left, and when most is used."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from redis.asyncio import Redis

from bot.slack import action_ids as actions
from tests.e2e.stage import Stage

WITHIN = 30.0  # seconds


async def sums(redis_url: str, scope: str) -> tuple[int, int]:
    """Return what is held and spent of the only budget of a scope; zeros when there is none."""
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        keys = [key async for key in redis.scan_iter(f"*:budget:*:{scope}:*")]
        held, spent = await redis.hmget(keys[0], ["held", "settled"]) if keys else (0, 0)
    return int(held or 0), int(spent or 0)


async def until_sums(redis_url: str, scope: str, expected: tuple[int, int]) -> None:
    async with asyncio.timeout(WITHIN):
        while await sums(redis_url, scope) != expected:
            await asyncio.sleep(0.02)


async def answered(stage: Stage, text: str) -> list[str]:
    """Ask, and let the run finish. Returns what the bot has said in the thread then."""
    asked = await stage.ada.says(stage.general, f"{stage.me} {text}")
    thread = stage.slack.thread(asked)
    run = await stage.parallel.next_run()
    run.finishes("The state.")
    await thread.until(lambda t: any("The state." in said.text for said in t.said))
    await thread.until(lambda t: ":white_check_mark:" in t.said[0].text)
    return [said.text for said in thread.said]


@pytest.mark.also_over_http
async def test_a_question_over_budget_is_refused_with_what_is_left_and_what_fits(
    stage: Stage, redis_url: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_PERSON_DAY_USD="0.06", ADMINS="U999")
    said = await answered(stage, "who owns it?")
    assert "$0.035 left of your budget today" in said[0]
    await until_sums(redis_url, "person", (0, 25_000))
    asked = await stage.ada.says(stage.general, f"{stage.me} !pro-fast and who built it?")
    refusal = await stage.slack.thread(asked).until(
        lambda t: next((said for said in t.said if "No run was started" in said.text), None)
    )
    assert "costs $0.10, but your budget for today ($0.06) has only $0.035 left" in refusal.text
    assert "/team/U999|U999> can raise it with `/threadline budget`" in refusal.text
    assert refusal.pings == {stage.ada.id}
    fitting = refusal.text.partition("These still fit:")[2]
    assert "core-fast" in fitting
    assert "pro" not in fitting
    assert len(stage.parallel.runs) == 1
    await until_sums(redis_url, "person", (0, 25_000))


async def test_a_price_is_held_while_the_run_goes_on(stage: Stage, redis_url: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_CHANNEL_DAY_USD="0.04")
    first = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    run = await stage.parallel.next_run()
    await until_sums(redis_url, "channel", (25_000, 0))
    second = await stage.bob.says(stage.general, f"{stage.me} who built it?")
    await stage.slack.thread(second).until(
        lambda t: any("this channel's budget for today" in said.text for said in t.said)
    )
    run.finishes("The state.")
    await stage.slack.thread(first).until(
        lambda t: any("The state." in said.text for said in t.said)
    )
    await until_sums(redis_url, "channel", (0, 25_000))
    assert len(stage.parallel.runs) == 1


async def test_a_run_that_failed_gives_its_price_back(stage: Stage, redis_url: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_WORKSPACE_MONTH_USD="1")
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    run = await stage.parallel.next_run()
    await until_sums(redis_url, "workspace", (25_000, 0))
    run.fails("no sources")
    await until_sums(redis_url, "workspace", (0, 0))


@pytest.mark.parametrize("call", ["create", "chat"])
async def test_what_parallel_refuses_gives_its_price_back(
    stage: Stage, call: Literal["create", "chat"]
) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_PERSON_DAY_USD="0.005")  # for one
    stage.parallel.faults.next(call, status=402)
    word = "speed" if call == "chat" else "lite"
    asked = await stage.ada.says(stage.general, f"{stage.me} !{word} who owns it?")
    await stage.slack.thread(asked).until(lambda t: any("credit" in m.text for m in t.said))
    await stage.ada.says(stage.general, f"{stage.me} !lite who built it?")
    assert (await stage.parallel.next_run()).processor == "lite"


async def test_a_stopped_run_is_held_until_it_really_ends(stage: Stage, redis_url: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_WORKSPACE_MONTH_USD="1")
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    thread = stage.slack.thread(asked)
    status = await thread.next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    await stage.ada.clicks(status, actions.STOP)
    await thread.until(lambda t: any("Stopped" in said.text for said in t.said[1:]))
    assert await sums(redis_url, "workspace") == (25_000, 0)
    run.finishes("Too late.")
    await until_sums(redis_url, "workspace", (0, 25_000))


async def test_most_of_a_budget_used_is_said_once(stage: Stage, redis_url: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_PERSON_DAY_USD="0.1")
    said = [text for number in range(4) for text in await answered(stage, f"question {number}?")]
    (warning,) = [text for text in said if ":warning:" in text]
    assert "$0.10 of $0.10" in warning
    assert await sums(redis_url, "person") == (0, 100_000)
