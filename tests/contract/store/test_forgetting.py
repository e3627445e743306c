"""Forgetting a thread: who may, what goes, and what a redelivery finds."""

from __future__ import annotations

import json
from dataclasses import replace

from redis.asyncio import Redis

from bot.domain import exchanges, lifecycle
from bot.domain.thread import ChannelId, InteractionId, MessageTs, Thread, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Question, TurnKind
from bot.ports import DELETED, Acceptance, Addressing, Job, JobKind
from bot.ports.forgetting import Forgetting, Forgotten
from bot.store.keys import FORGOTTEN_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import ADA, BOB, KEY, Clock, asked, at, taken

OTHER = ThreadKey(KEY.team, KEY.channel, MessageTs("1700009999.000100"))


async def answer(store: Store, question: Question, addressing: Addressing) -> None:
    """Ask a question, and answer it."""
    await store.mailbox.put(question, addressing)
    claim, turn = await taken(store)
    thread = await store.turns.thread(question.thread)
    turn = replace(turn, interaction=InteractionId("i1"))
    ended = lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 1.0))
    thread = exchanges.with_exchange(thread, turn, "Egypt.")
    await store.turns.finish(claim, lifecycle.done(ended), thread, job=None)


async def conversation(store: Store) -> None:
    """Ada's conversation of two questions."""
    await answer(store, asked(), Addressing.ADDRESSED)
    await answer(store, asked(1), Addressing.THREAD_REPLY)


async def jobs(store: Store) -> list[Forgotten]:
    """Receive the jobs that delete turns."""
    found = [work for work in await store.work_queue.receive(50) if isinstance(work, Job)]
    return [Forgotten.parse(job.about) for job in found if job.kind is JobKind.FORGET]


async def forgotten(store: Store, person: UserId = ADA, *, is_admin: bool = False) -> Forgotten:
    """Forget the thread, and delete its turns as the job does."""
    outcome = await store.thread_records.forget(KEY, person, is_admin=is_admin)
    assert outcome is Forgetting.FORGOTTEN
    (job,) = await jobs(store)
    await delete_turns(store, job)
    return job


async def delete_turns(store: Store, job: Forgotten) -> None:
    """Delete a thread's turns as the job does."""
    for turn, asker in (await store.thread_records.turns(job)).items():
        await store.thread_records.forget_turn(job.thread, turn, asker)


async def words_in(redis: Redis) -> str:
    """Return every value of every turn and thread, as text."""
    keys = [key async for key in redis.scan_iter("*:turn:*")]
    keys += [key async for key in redis.scan_iter("*:thread:*")]
    keys += [key async for key in redis.scan_iter("*:strays:*")]
    return json.dumps([await redis.hgetall(key) for key in keys])


async def test_whoever_asked_every_question_can_have_it_forgotten(
    store: Store, redis: Redis
) -> None:
    await conversation(store)
    assert await store.thread_records.may_forget(KEY, ADA, is_admin=False) is Forgetting.FORGOTTEN
    assert "question 1" in await words_in(redis)
    job = await forgotten(store)
    assert (job.thread, job.by) == (KEY, ADA)
    assert "question" not in await words_in(redis)
    assert "Egypt" not in await words_in(redis)
    assert await store.turns.thread(KEY) == Thread(KEY)
    assert (await store.history.asked(KEY.team, ADA, 0)).turns == ()
    assert await redis.exists(store.connection.keys.asker(KEY.team) + ADA) == 0


async def test_others_cannot_and_admins_can(store: Store) -> None:
    await conversation(store)
    records = store.thread_records
    assert await records.forget(KEY, BOB, is_admin=False) is Forgetting.NOT_THEIRS
    await answer(store, asked(2, BOB), Addressing.THREAD_REPLY)
    assert await records.forget(KEY, ADA, is_admin=False) is Forgetting.NOT_THEIRS
    assert await records.forget(KEY, BOB, is_admin=False) is Forgetting.NOT_THEIRS
    assert len((await store.turns.thread(KEY)).history) == 3
    await forgotten(store, UserId("U9"), is_admin=True)
    assert await store.turns.thread(KEY) == Thread(KEY)


async def test_a_thread_with_a_question_in_progress_is_kept(store: Store) -> None:
    await conversation(store)
    await store.mailbox.put(asked(2), Addressing.THREAD_REPLY)
    records = store.thread_records
    assert await records.may_forget(KEY, ADA, is_admin=True) is Forgetting.BUSY
    assert await records.forget(KEY, ADA, is_admin=True) is Forgetting.BUSY
    assert len((await store.turns.thread(KEY)).history) == 2


async def test_nothing_is_stored_of_an_unknown_thread(store: Store) -> None:
    records = store.thread_records
    assert await records.forget(KEY, ADA, is_admin=False) is Forgetting.NOTHING
    assert await records.forget(KEY, ADA, is_admin=True) is Forgetting.FORGOTTEN
    (job,) = await jobs(store)
    assert job.by is None  # the thread need not be told


async def test_a_redelivery_after_it_is_not_asked_again(store: Store, redis: Redis) -> None:
    await conversation(store)
    job = await forgotten(store)
    for _ in range(2):
        assert await store.mailbox.put(asked(), Addressing.ADDRESSED) is Acceptance.DUPLICATE
        again = await store.mailbox.put(asked(1), Addressing.THREAD_REPLY)
        assert again is Acceptance.DUPLICATE
        await delete_turns(store, job)  # it may run twice
    assert await store.work_queue.receive(5) == []
    key = store.connection.keys.turn(lifecycle.received(asked(), 0).id)
    assert 0 < await redis.ttl(key) <= FORGOTTEN_LIFE


async def test_a_late_edit_or_deletion_does_not_end_the_mark(store: Store, redis: Redis) -> None:
    await conversation(store)
    await forgotten(store)
    turn = lifecycle.received(asked(), 0).id
    await store.mailbox.edit(turn, asked(), MessageTs("1700000500.000100"))
    await store.mailbox.withdraw(turn, DELETED)
    assert await redis.hgetall(store.connection.keys.turn(turn)) == {"forgotten": "1"}
    assert await redis.ttl(store.connection.keys.turn(turn)) > FORGOTTEN_LIFE / 2
    assert not await store.history.rate(turn, BOB, good=True)
    assert await store.mailbox.put(asked(), Addressing.ADDRESSED) is Acceptance.DUPLICATE


async def test_replies_are_ours_again_only_after_a_mention(store: Store) -> None:
    await conversation(store)
    await forgotten(store)
    reply = await store.mailbox.put(asked(5), Addressing.THREAD_REPLY)
    assert reply is Acceptance.NOT_OURS
    await answer(store, asked(6), Addressing.ADDRESSED)
    assert len((await store.turns.thread(KEY)).history) == 1
    assert await store.mailbox.put(asked(7), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_other_threads_of_the_channel_stay(store: Store) -> None:
    await conversation(store)
    other = replace(asked(), thread=OTHER, message=OTHER.ts)
    await answer(store, other, Addressing.ADDRESSED)
    await forgotten(store)
    assert len((await store.turns.thread(OTHER)).history) == 1
    assert len((await store.history.asked(KEY.team, ADA, 0)).turns) == 1


async def test_a_question_asked_before_the_turns_are_deleted_stays(
    store: Store, clock: Clock
) -> None:
    await conversation(store)
    await store.thread_records.forget(KEY, ADA, is_admin=False)
    (job,) = await jobs(store)
    clock.now += 1
    await store.mailbox.put(asked(9), Addressing.ADDRESSED)
    await delete_turns(store, job)
    _, turn = await taken(store)
    assert turn.question == asked(9)
    assert await store.mailbox.turn(lifecycle.received(asked(), 0).id) is None


async def test_what_hangs_on_the_thread_goes_too(store: Store, redis: Redis) -> None:
    await conversation(store)
    await answer(store, asked(3, start=TurnKind.HELP), Addressing.SIDE)
    await store.choices.choose(KEY, "pro")
    await store.mailbox.mute(KEY, at(0), muted=True)
    await store.turns.hold_off(KEY, ADA, 30)
    await forgotten(store)
    assert not await store.mailbox.is_muted(KEY)
    assert (await store.choices.read(KEY.team, ChannelId("C1"), ADA, KEY)).thread is None
    left = [key async for key in redis.scan_iter(f"*{KEY}*")]
    marks = [key for key in left if ":turn:" in key]
    assert left == marks
    assert [await redis.hgetall(key) for key in marks] == [{"forgotten": "1"}] * len(marks)


async def test_it_is_recorded_without_any_text(store: Store) -> None:
    await conversation(store)
    await forgotten(store)
    (change,) = [change async for change in store.policies.changes(KEY.team)]
    assert (change.actor, change.name) == (ADA, f"forget:{KEY.channel}:{KEY.ts}")
    assert (change.before, change.after) == (None, None)
