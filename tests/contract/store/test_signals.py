"""What people want of turns since they asked, and what is theirs: written beside the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from redis.asyncio import Redis

from bot.domain import lifecycle, naming
from bot.domain.choices import FollowUps
from bot.domain.research import Run, RunStatus
from bot.domain.thread import (
    ChannelId,
    InteractionId,
    MessageTs,
    RunId,
    TeamId,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Question, Turn, TurnKind
from bot.ports import Acceptance, Addressing, Channel, Claim, Job, JobKind
from bot.store.keys import DAY, STRAY_LIFE
from bot.store.store import Store

ROOT = MessageTs("1700000000.000100")
TEAM = TeamId("T1")
KEY = ThreadKey(TEAM, ChannelId("C1"), ROOT)
ADA, BOB = UserId("U1"), UserId("U2")


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


async def waiting(store: Store, hold: Claim) -> tuple[tuple[str, ...], int]:
    """What the questions ask that wait behind the one at work, and how many wait."""
    line = await store.turns.queue_preview(hold)
    return line.texts, line.number


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(redis_url: str, clock: Clock) -> AsyncIterator[Store]:
    async with Store(redis_url, "B1", lease=10, retention=90, clock=clock) as store:
        await store.work_queue.register()
        yield store


def asked(number: int = 0, asker: UserId = ADA, **more: object) -> Question:
    message = MessageTs(f"{1700000000 + number}.000100")
    return replace(Question(KEY, message, asker, f"question {number}"), **more)  # type: ignore[arg-type]


def at(seconds: int) -> MessageTs:
    return MessageTs(f"{1700000100 + seconds}.000200")


async def taken(store: Store) -> tuple[Claim, Turn]:
    """Take the thread's mailbox up."""
    while True:
        for work in await store.work_queue.receive(1):
            if isinstance(work, Claim):
                turn = await store.turns.current(work)
                assert turn
                return work, turn
            await store.work_queue.acknowledge(work)


async def done(store: Store, hold: Claim, turn: Turn) -> None:
    ended = lifecycle.ended(turn, Ending(EndingKind.CANCELLED, 1.0))
    await store.turns.finish(hold, lifecycle.done(ended), None, final_status=False)


async def test_a_signal_is_read_with_its_turn_and_notifies_every_replica(
    store: Store, redis_url: str
) -> None:
    async with Store(redis_url, "B1", lease=10, retention=90) as other:
        await other.work_queue.register()
        await store.mailbox.put(asked(), Addressing.ADDRESSED)
        hold, turn = await taken(store)
        assert turn.signals.stop is None
        await store.mailbox.stop(turn.id, BOB)
        assert await store.work_queue.notifications() == [str(KEY)]
        assert await other.work_queue.notifications() == [str(KEY)]
        assert await other.work_queue.notifications() == []
        again = await store.turns.current(hold)
        assert again
        assert again.signals.stop == BOB
        read = await other.mailbox.turn(turn.id)
        assert read == again


async def test_a_new_replica_gets_no_earlier_notifications(store: Store, redis_url: str) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.stop(naming.turn_id(asked()), BOB)
    async with Store(redis_url, "B1", lease=10, retention=90) as late:
        await late.work_queue.register()
        assert await late.work_queue.notifications() == []


async def test_what_has_ended_cannot_be_wished_for(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    assert await store.mailbox.ping(turn.id, BOB)
    await done(store, hold, turn)
    assert not await store.mailbox.ping(turn.id, ADA)
    await store.mailbox.stop(turn.id, BOB)
    await store.mailbox.edit(turn.id, asked(text="another"), ROOT)
    await store.mailbox.withdraw(turn.id)
    read = await store.mailbox.turn(turn.id)
    assert read
    assert read.signals.pings == (BOB,)
    assert (read.signals.stop, read.signals.edited, read.signals.gone) == (None, None, False)


async def test_an_edited_question_that_waits_says_the_new_text(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.put(asked(1), Addressing.THREAD_REPLY)
    edited = asked(1, text="edited", processor="pro")
    await store.mailbox.edit(naming.turn_id(asked(1)), edited, at(1))
    assert await waiting(store, hold) == (("edited",), 1)
    await done(store, hold, turn)
    second = await store.turns.current(hold)
    assert second
    assert second.question.text == "question 1"
    assert second.signals.edited == edited


async def test_of_several_edits_the_latest_counts_in_whatever_order_they_come(
    store: Store,
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    name = naming.turn_id(asked())
    await store.mailbox.edit(name, asked(text="right"), at(9))
    await store.mailbox.edit(name, asked(text="wrong"), at(8))  # delivered again, a minute later
    _, turn = await taken(store)
    assert turn.signals.edited == asked(text="right")
    await store.mailbox.edit(name, asked(text="better"), at(10))
    found = await store.mailbox.turn(name)
    assert found
    assert found.signals.edited == asked(text="better")


async def test_an_edit_or_a_deletion_may_arrive_before_its_question(store: Store) -> None:
    await store.mailbox.edit(naming.turn_id(asked()), asked(text="right"), at(1))
    assert await store.mailbox.put(asked(text="wrong"), Addressing.ADDRESSED) is Acceptance.NEW
    hold, turn = await taken(store)
    assert turn.signals.edited == asked(text="right")
    await done(store, hold, turn)

    await store.mailbox.withdraw(naming.turn_id(asked(2)))
    assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.NEW
    _, turn = await taken(store)
    assert turn.question.text == "question 2"
    assert turn.signals.gone


async def test_signals_of_messages_that_are_no_turns_expire_soon(
    store: Store, redis_url: str
) -> None:
    await store.mailbox.withdraw(naming.turn_id(asked()))
    async with Redis.from_url(redis_url) as client:
        (key,) = [key async for key in client.scan_iter("*:turn:*")]
        assert 0 < await client.ttl(key) <= STRAY_LIFE
        assert await store.mailbox.put(asked(), Addressing.ADDRESSED) is Acceptance.NEW
        assert await client.ttl(key) > DAY


async def test_an_order_that_was_obeyed_is_remembered(store: Store) -> None:
    order = TurnId("T1:C1:1700000005.000100")
    assert not await store.mailbox.was_obeyed(order)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.stop(turn.id, BOB, order)
    assert await store.mailbox.was_obeyed(order)
    await done(store, hold, turn)
    other = TurnId("T1:C1:1700000006.000100")
    await store.mailbox.stop(turn.id, BOB, other)  # too late
    assert not await store.mailbox.was_obeyed(other)


async def test_no_ping_is_promised_once_the_answer_is_made(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.turns.save(hold, lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 1.0)))
    assert not await store.mailbox.ping(turn.id, BOB)
    found = await store.mailbox.turn(turn.id)
    assert found
    assert found.signals.pings == ()


async def test_a_deleted_question_leaves_the_line(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    for number in (1, 2):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    await store.mailbox.withdraw(naming.turn_id(asked(1)))
    assert await waiting(store, hold) == (("question 2",), 1)
    await store.mailbox.withdraw(turn.id)  # the one at work: its owner ends it
    head = await store.turns.current(hold)
    assert head
    assert head.signals.gone
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.DUPLICATE


async def test_replies_before_a_late_mention_count_for_ten_minutes(
    store: Store, clock: Clock
) -> None:
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    clock.now += STRAY_LIFE - 1
    assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    clock.now += 2
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, _ = await taken(store)
    assert await waiting(store, hold) == (("question 2",), 1)


async def test_replies_before_a_mention_that_was_added_by_an_edit_are_not_ours(
    store: Store,
) -> None:
    assert await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    await store.mailbox.put(replace(asked(), at=at(2)), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    assert turn.id == naming.turn_id(asked())
    assert await waiting(store, hold) == ((), 0)
    assert await store.mailbox.put(asked(200, BOB), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_the_queue_preview_has_five_questions_and_the_total(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, _ = await taken(store)
    for number in range(1, 8):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    first = tuple(f"question {number}" for number in range(1, 6))
    assert await waiting(store, hold) == (first, 7)


async def test_a_question_stopped_in_the_queue_gets_a_mailbox_of_its_own(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, _ = await taken(store)
    for number in (1, 2):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    stopped = naming.turn_id(asked(1))
    assert await store.turns.is_queued(stopped)
    await store.mailbox.stop(stopped, BOB)
    assert await waiting(store, hold) == (("question 2",), 1)
    assert not await store.turns.is_queued(stopped)
    beside, turn = await taken(store)
    assert beside.mailbox == naming.side_mailbox(hold.mailbox)
    assert (turn.id, turn.waited, turn.signals.stop) == (stopped, True, BOB)
    await done(store, beside, turn)
    assert (await store.mailbox.at_work(KEY)) == (await store.turns.current(hold))


async def test_the_only_question_deleted_before_anybody_took_it_up(store: Store) -> None:
    """Its stream entry means that the mailbox is not empty: its owner must find it there."""
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.withdraw(naming.turn_id(asked()))
    hold, turn = await taken(store)
    assert turn.signals.gone
    await done(store, hold, turn)
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NEW
    again, _ = await taken(store)
    assert again.entry != hold.entry


async def test_a_signal_wakes_a_mailbox_released_with_a_delay(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.work_queue.release(hold, 3600.0)
    await store.mailbox.stop(turn.id, ADA)
    async with asyncio.timeout(60):
        _, again = await taken(store)
    assert again.signals.stop == ADA


@pytest.mark.parametrize("signal", ["stop", "withdraw"])
async def test_a_signal_during_a_delayed_release_cancels_the_delay(
    store: Store, signal: str
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await (
        store.mailbox.stop(turn.id, ADA) if signal == "stop" else store.mailbox.withdraw(turn.id)
    )
    await store.work_queue.release(hold, 3600.0, turn.id)  # it was wanted when last looked at
    async with asyncio.timeout(60):
        hold, turn = await taken(store)
    assert turn.signals.is_cancelled
    await store.work_queue.release(hold, 3600.0)  # that is known by now, and has to wait
    assert await store.work_queue.reclaim() == []
    assert await store.work_queue.list_pending() == []


async def test_what_a_thread_works_on_and_who_has_asked(store: Store) -> None:
    assert await store.mailbox.at_work(KEY) is None
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    first = await store.mailbox.at_work(KEY)
    assert first
    assert first.question == asked()
    hold, turn = await taken(store)
    await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY)
    at_work = await store.mailbox.at_work(KEY)
    assert at_work
    assert at_work.id == turn.id
    assert await store.mailbox.has_asked(KEY, BOB)
    assert not await store.mailbox.has_asked(KEY, UserId("U3"))
    await done(store, hold, turn)
    second = await store.mailbox.at_work(KEY)
    assert second
    assert second.question.asker == BOB


async def test_a_muted_thread_is_left_alone_until_it_is_unmuted(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.mute(KEY, muted=True)
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(asked(2), Addressing.ADDRESSED) is Acceptance.NEW
    await store.mailbox.mute(KEY, muted=False)
    assert await store.mailbox.put(asked(3), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_follow_ups_are_chosen_for_a_channel(store: Store) -> None:
    channel = Channel(TEAM, KEY.channel)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert await store.choices.follow_ups(channel) is None
    await store.choices.choose_follow_ups(channel, FollowUps.MENTION)
    assert await store.choices.follow_ups(channel) is FollowUps.MENTION
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(asked(2), Addressing.ADDRESSED) is Acceptance.NEW
    await store.choices.choose_follow_ups(channel, None)
    assert await store.mailbox.put(asked(3), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_follow_ups_can_be_mentions_everywhere(redis_url: str) -> None:
    mention = FollowUps.MENTION
    async with Store(redis_url, "B1", lease=10, retention=90, follow_ups=mention) as store:
        await store.mailbox.put(asked(), Addressing.ADDRESSED)
        assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
        await store.choices.choose_follow_ups(Channel(TEAM, KEY.channel), FollowUps.EVERY)
        assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_a_thread_sleeps_after_two_weeks_and_says_so_once(store: Store, clock: Clock) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    clock.now += 10 * DAY
    await done(store, hold, turn)  # a turn that ends keeps it awake, too
    clock.now += 13 * DAY
    assert await store.mailbox.put(asked(1), Addressing.THREAD_REPLY) is Acceptance.NEW
    clock.now += 15 * DAY
    assert await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.DORMANT
    assert (
        await store.mailbox.put(asked(2), Addressing.THREAD_REPLY) is Acceptance.DORMANT
    )  # delivered again
    assert await store.mailbox.put(asked(3), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    note = asked(2, start=TurnKind.DORMANT, press="asleep")
    assert await store.mailbox.put(note, Addressing.SIDE) is Acceptance.NEW
    assert await store.mailbox.put(asked(4), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    assert await store.mailbox.put(asked(2), Addressing.ADDRESSED) is Acceptance.NEW  # *Continue*
    assert await store.mailbox.put(asked(5), Addressing.THREAD_REPLY) is Acceptance.NEW


async def test_what_a_person_asked_and_what_it_cost(store: Store, clock: Clock) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.mailbox.put(asked(1, BOB), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(2, start=TurnKind.HELP), Addressing.SIDE)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    started = lifecycle.started(
        lifecycle.about_to_start(lifecycle.chosen(turn, "pro"), 1.0), run, 2.0
    )
    await store.turns.record_created(hold, started, Decimal("0.1"))
    await store.turns.record_created(
        hold, started, Decimal("0.1")
    )  # its reply was lost: counted once
    assert (await store.history.asked(TEAM, ADA, 0)).turns == (started,)
    assert await store.history.spent(TEAM, ADA) == [("2023-11", Decimal("0.1"))]
    theirs = await store.history.asked(TEAM, BOB, 0)
    assert [turn.question.asker for turn in theirs.turns] == [BOB]
    assert await store.history.spent(TEAM, BOB) == []


async def test_what_a_person_asked_is_read_by_pages_up_to_five_hundred(
    store: Store, clock: Clock
) -> None:
    for number in range(510):
        clock.now += 1
        await store.mailbox.put(asked(number), Addressing.ADDRESSED)
    pages: list[list[str]] = []
    after: int | None = 0
    while after is not None:
        page = await store.history.asked(TEAM, ADA, after)
        pages.append([turn.question.text for turn in page.turns])
        after = page.after
    assert [len(page) for page in pages] == [50] * 10
    assert pages[0][0] == asked(509).text
    assert pages[-1][-1] == asked(10).text
    ids = [naming.turn_id(asked(n)) for n in (3, 7)]
    known = await store.history.known([*ids, TurnId("T1:C1:1.2")])
    assert [turn.id for turn in known] == ids


async def test_an_answer_is_rated_once_by_a_person_and_the_last_word_counts(
    store: Store,
) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    await store.turns.save(hold, lifecycle.chosen(turn, "pro"))
    for person, good in ((ADA, True), (ADA, True), (BOB, False), (BOB, True), (BOB, False)):
        assert await store.history.rate(turn.id, person, good=good)
    assert await store.history.ratings() == {"pro": (1, 1)}
    assert not await store.history.rate(TurnId("T1:C1:1.2"), ADA, good=True)


async def test_a_finished_turn_leaves_its_receipt_to_be_made(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    ended = lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.CANCELLED, 1.0)))
    await store.turns.finish(hold, ended, None, final_status=True)
    (job,) = await store.work_queue.receive(5)
    assert job == Job(job.entry, turn.id, JobKind.FINAL_STATUS)
    assert [piece.entry for piece in await store.work_queue.list_pending()] == [job.entry]
    assert isinstance(job, Job)
    await store.work_queue.acknowledge(job)
    assert await store.work_queue.list_pending() == []


async def test_a_session_is_looked_at_only_when_nothing_goes_on(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store)
    assert await store.turns.is_busy(KEY)
    await store.work_queue.session_stopped(KEY)
    assert await store.work_queue.receive(5) == []
    await done(store, hold, turn)
    assert not await store.turns.is_busy(KEY)
    await store.work_queue.session_stopped(KEY)
    (job,) = await store.work_queue.receive(5)
    assert job == Job(job.entry, str(KEY), JobKind.AGENT_SESSION)
