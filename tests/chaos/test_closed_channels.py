"""Slack closes the door while a run is going on: its answer waits, and the thread goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tests.chaos.faults import (
    DAY,
    all_at_once,
    asked,
    at_work,
    is_receipt,
    one_answer_arrives,
    put_forward,
)
from tests.e2e.dialogue import BASIS
from tests.e2e.stage import Stage


def _archived(stage: Stage, closed: bool) -> None:
    stage.general.archived = closed


def _removed(stage: Stage, closed: bool) -> None:
    members, me = stage.general.members, stage.slack.app.bot_user_id
    (members.discard if closed else members.add)(me)


def _revoked(stage: Stage, closed: bool) -> None:
    stage.slack.app.auth_error = "token_revoked" if closed else None


Door = Callable[[Stage, bool], None]
DOORS: dict[str, Door] = {
    "archived": _archived,
    "removed": _removed,
    "token revoked": _revoked,
}


async def test_an_answer_waits_for_a_channel_that_refuses_posts(redis_url: str) -> None:
    async def play(door: Door, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            question, thread, run = await asked(stage)
            door(stage, True)
            run.finishes("Egypt.", basis=BASIS)
            await _refused_to_tell(stage)
            door(stage, False)
            await put_forward(stage, redis_url)
            await one_answer_arrives(thread)
            await stage.ada.replies(question, "since when?")
            second = await stage.parallel.next_run()
            assert second.previous_interaction_id == run.interaction_id
            assert len(stage.parallel.runs) == 2

    await all_at_once((name, partial(play, door)) for name, door in DOORS.items())


async def test_a_thread_continues_after_a_day_without_its_answer(redis_url: str) -> None:
    """The chain goes on: what was found is known to Parallel, though nobody here has read it."""

    async def play(door: Door, seed: int) -> None:
        async with at_work(redis_url, seed) as stage:
            question, thread, run = await asked(stage)
            door(stage, True)
            run.finishes("Egypt.", basis=BASIS)
            await _refused_to_tell(stage)
            door(stage, False)
            await stage.stop_bot()
            await stage.start_bot(lambda: time.time() + DAY + 60)
            door(stage, True)
            await put_forward(stage, redis_url)
            await _refused_to_tell(stage)
            door(stage, False)
            await stage.ada.replies(question, "since when?")
            second = await stage.parallel.next_run()
            assert second.previous_interaction_id == run.interaction_id
            second.finishes("1956.", basis=BASIS)
            await thread.until(lambda t: is_receipt(t.said[-2]))
            assert len(thread.said) == 3

    await all_at_once((name, partial(play, door)) for name, door in DOORS.items())


async def _refused_to_tell(stage: Stage) -> None:
    """Wait until Slack has refused the answer, or the look for it, from now on."""
    before = len(stage.slack.calls)
    await stage.slack.until(
        lambda: any(
            call.method in ("chat.postMessage", "conversations.replies")
            and not (call.answer or {}).get("ok")
            for call in stage.slack.calls[before:]
        )
    )
