"""Jobs that finished turns leave: the final status, and the agent session."""

from __future__ import annotations

import pytest

from bot.domain import lifecycle
from bot.domain.turn import Ending, EndingKind
from bot.errors import Unavailable
from bot.ports import Addressing, Job, JobKind
from bot.store.store import Store
from tests.contract.store.store_harness import KEY, asked, done, taken


async def test_a_finished_turn_leaves_its_receipt_to_be_made(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    ended = lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.CANCELLED, 1.0)))
    await store.turns.finish(hold, ended, None, job=JobKind.FINAL_STATUS)
    (job,) = await store.work_queue.receive(5)
    assert job == Job(job.entry, turn.id, JobKind.FINAL_STATUS)
    assert [piece.entry for piece in await store.work_queue.list_pending()] == [job.entry]
    assert isinstance(job, Job)
    await store.work_queue.acknowledge(job)
    assert await store.work_queue.list_pending() == []


async def test_a_session_ends_only_when_nothing_goes_on(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    assert await store.turns.is_busy(KEY)
    await store.work_queue.session_stopped(KEY)
    (job,) = await store.work_queue.receive(5)
    assert job == Job(job.entry, str(KEY), JobKind.AGENT_SESSION)
    with pytest.raises(Unavailable, match="in progress"):
        await store.rate_limiter.reserve_session_end(KEY)
    await done(store, hold, turn)
    assert not await store.turns.is_busy(KEY)
    assert await store.rate_limiter.reserve_session_end(KEY) == 0
    await store.rate_limiter.disable_sessions(60)
    assert await store.rate_limiter.reserve_session_end(KEY) is None
