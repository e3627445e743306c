"""What people want of turns since they asked, and what is theirs: written beside the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from redis.asyncio import Redis

from bot.domain import lifecycle
from bot.domain.model import (
    ChannelId,
    Ending,
    EndingKind,
    FollowUps,
    InteractionId,
    MessageTs,
    Question,
    Run,
    RunId,
    RunStatus,
    Start,
    TeamId,
    ThreadKey,
    Turn,
    TurnId,
    UserId,
)
from bot.ports import Accepted, Channel, Chore, Errand, Hold, Reach
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


async def waiting(store: Store, hold: Hold) -> tuple[tuple[str, ...], int]:
    """What the questions ask that wait behind the one at work, and how many wait."""
    line = await store.waiting(hold)
    return line.texts, line.number


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(redis_url: str, clock: Clock) -> AsyncIterator[Store]:
    async with Store(redis_url, "B1", lease=10, retention=90, clock=clock) as store:
        await store.join()
        yield store


def asked(number: int = 0, asker: UserId = ADA, **more: object) -> Question:
    message = MessageTs(f"{1700000000 + number}.000100")
    return replace(Question(KEY, message, asker, f"question {number}"), **more)  # type: ignore[arg-type]


def at(seconds: int) -> MessageTs:
    return MessageTs(f"{1700000100 + seconds}.000200")


async def taken(store: Store) -> tuple[Hold, Turn]:
    """Take the thread's mailbox up."""
    while True:
        for work in await store.read(1):
            if isinstance(work, Hold):
                turn = await store.head(work)
                assert turn
                return work, turn
            await store.settle(work)


async def done(store: Store, hold: Hold, turn: Turn) -> None:
    ended = lifecycle.ended(turn, Ending(EndingKind.CANCELLED, 1.0))
    await store.finish(hold, lifecycle.done(ended), None, receipt=False)


async def test_a_wish_is_read_with_the_turn_and_told_to_every_replica(
    store: Store, redis_url: str
) -> None:
    async with Store(redis_url, "B1", lease=10, retention=90) as other:
        await other.join()
        await store.put(asked(), Reach.ADDRESSED)
        hold, turn = await taken(store)
        assert turn.wishes.stop is None
        await store.stop(turn.id, BOB)
        assert await store.news() == [str(KEY)]
        assert await other.news() == [str(KEY)]
        assert await other.news() == []
        again = await store.head(hold)
        assert again
        assert again.wishes.stop == BOB
        read = await other.turn(turn.id)
        assert read == again


async def test_who_joins_later_is_not_told_what_was_told_before(
    store: Store, redis_url: str
) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    await store.stop(lifecycle.turn_id(asked()), BOB)
    async with Store(redis_url, "B1", lease=10, retention=90) as late:
        await late.join()
        assert await late.news() == []


async def test_what_has_ended_cannot_be_wished_for(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    assert await store.ping(turn.id, BOB)
    await done(store, hold, turn)
    assert not await store.ping(turn.id, ADA)
    await store.stop(turn.id, BOB)
    await store.edit(turn.id, asked(text="another"), ROOT)
    await store.withdraw(turn.id)
    read = await store.turn(turn.id)
    assert read
    assert read.wishes.pings == (BOB,)
    assert (read.wishes.stop, read.wishes.edited, read.wishes.gone) == (None, None, False)


async def test_an_edited_question_that_waits_says_the_new_text(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await store.put(asked(1), Reach.REPLY)
    edited = asked(1, text="edited", processor="pro")
    await store.edit(lifecycle.turn_id(asked(1)), edited, at(1))
    assert await waiting(store, hold) == (("edited",), 1)
    await done(store, hold, turn)
    second = await store.head(hold)
    assert second
    assert second.question.text == "question 1"
    assert second.wishes.edited == edited


async def test_of_several_edits_the_latest_counts_in_whatever_order_they_come(
    store: Store,
) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    name = lifecycle.turn_id(asked())
    await store.edit(name, asked(text="right"), at(9))
    await store.edit(name, asked(text="wrong"), at(8))  # delivered again, a minute later
    _, turn = await taken(store)
    assert turn.wishes.edited == asked(text="right")
    await store.edit(name, asked(text="better"), at(10))
    found = await store.turn(name)
    assert found
    assert found.wishes.edited == asked(text="better")


async def test_an_edit_or_a_deletion_may_be_heard_before_its_question(store: Store) -> None:
    await store.edit(lifecycle.turn_id(asked()), asked(text="right"), at(1))
    assert await store.put(asked(text="wrong"), Reach.ADDRESSED) is Accepted.NEW
    hold, turn = await taken(store)
    assert turn.wishes.edited == asked(text="right")
    await done(store, hold, turn)

    await store.withdraw(lifecycle.turn_id(asked(2)))
    assert await store.put(asked(2), Reach.REPLY) is Accepted.NEW
    _, turn = await taken(store)
    assert turn.question.text == "question 2"
    assert turn.wishes.gone


async def test_what_is_heard_of_messages_that_are_no_turns_is_soon_forgotten(
    store: Store, redis_url: str
) -> None:
    await store.withdraw(lifecycle.turn_id(asked()))
    async with Redis.from_url(redis_url) as client:
        (key,) = [key async for key in client.scan_iter("*:turn:*")]
        assert 0 < await client.ttl(key) <= STRAY_LIFE
        assert await store.put(asked(), Reach.ADDRESSED) is Accepted.NEW
        assert await client.ttl(key) > DAY


async def test_an_order_that_was_obeyed_is_remembered(store: Store) -> None:
    order = TurnId("T1:C1:1700000005.000100")
    assert not await store.was_obeyed(order)
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await store.stop(turn.id, BOB, order)
    assert await store.was_obeyed(order)
    await done(store, hold, turn)
    other = TurnId("T1:C1:1700000006.000100")
    await store.stop(turn.id, BOB, other)  # too late
    assert not await store.was_obeyed(other)


async def test_no_ping_is_promised_once_the_answer_is_made(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await store.save(hold, lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 1.0)))
    assert not await store.ping(turn.id, BOB)
    found = await store.turn(turn.id)
    assert found
    assert found.wishes.pings == ()


async def test_a_deleted_question_leaves_the_line(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    for number in (1, 2):
        await store.put(asked(number), Reach.REPLY)
    await store.withdraw(lifecycle.turn_id(asked(1)))
    assert await waiting(store, hold) == (("question 2",), 1)
    await store.withdraw(turn.id)  # the one at work: its owner ends it
    head = await store.head(hold)
    assert head
    assert head.wishes.gone
    assert await store.put(asked(1), Reach.REPLY) is Accepted.KNOWN


async def test_replies_before_a_late_mention_count_for_ten_minutes(
    store: Store, clock: Clock
) -> None:
    assert await store.put(asked(1), Reach.REPLY) is Accepted.NOT_OURS
    clock.now += STRAY_LIFE - 1
    assert await store.put(asked(2), Reach.REPLY) is Accepted.NOT_OURS
    clock.now += 2
    await store.put(asked(), Reach.ADDRESSED)
    hold, _ = await taken(store)
    assert await waiting(store, hold) == (("question 2",), 1)


async def test_replies_before_a_mention_that_was_added_by_an_edit_are_not_ours(
    store: Store,
) -> None:
    assert await store.put(asked(1, BOB), Reach.REPLY) is Accepted.NOT_OURS
    await store.put(replace(asked(), at=at(2)), Reach.ADDRESSED)
    hold, turn = await taken(store)
    assert turn.id == lifecycle.turn_id(asked())
    assert await waiting(store, hold) == ((), 0)
    assert await store.put(asked(200, BOB), Reach.REPLY) is Accepted.NEW


async def test_the_first_five_that_wait_are_told_of_and_how_many_there_are(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, _ = await taken(store)
    for number in range(1, 8):
        await store.put(asked(number), Reach.REPLY)
    first = tuple(f"question {number}" for number in range(1, 6))
    assert await waiting(store, hold) == (first, 7)


async def test_a_question_stopped_while_it_waits_is_told_of_beside_the_line(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, _ = await taken(store)
    for number in (1, 2):
        await store.put(asked(number), Reach.REPLY)
    stopped = lifecycle.turn_id(asked(1))
    assert await store.is_waiting(stopped)
    await store.stop(stopped, BOB)
    assert await waiting(store, hold) == (("question 2",), 1)
    assert not await store.is_waiting(stopped)
    beside, turn = await taken(store)
    assert beside.mailbox == lifecycle.beside(hold.mailbox)
    assert (turn.id, turn.waited, turn.wishes.stop) == (stopped, True, BOB)
    await done(store, beside, turn)
    assert (await store.at_work(KEY)) == (await store.head(hold))


async def test_the_only_question_deleted_before_anybody_took_it_up(store: Store) -> None:
    """Its entry stands for a mailbox that is not empty: its owner must find it there."""
    await store.put(asked(), Reach.ADDRESSED)
    await store.withdraw(lifecycle.turn_id(asked()))
    hold, turn = await taken(store)
    assert turn.wishes.gone
    await done(store, hold, turn)
    assert await store.put(asked(1), Reach.REPLY) is Accepted.NEW
    again, _ = await taken(store)
    assert again.token != hold.token


async def test_a_wish_wakes_a_mailbox_that_was_put_off(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await store.give_back(hold, 3600.0)
    await store.stop(turn.id, ADA)
    async with asyncio.timeout(5):
        _, again = await taken(store)
    assert again.wishes.stop == ADA


@pytest.mark.parametrize("wish", ["stop", "withdraw"])
async def test_a_wish_that_comes_as_a_mailbox_is_put_off_is_not_put_off(
    store: Store, wish: str
) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await (store.stop(turn.id, ADA) if wish == "stop" else store.withdraw(turn.id))
    await store.give_back(hold, 3600.0, turn.id)  # it was wanted when last looked at
    async with asyncio.timeout(5):
        hold, turn = await taken(store)
    assert turn.wishes.is_unwanted
    await store.give_back(hold, 3600.0)  # that is known by now, and has to wait
    assert await store.sweep() == []
    assert await store.pending() == []


async def test_what_a_thread_works_on_and_who_has_asked(store: Store) -> None:
    assert await store.at_work(KEY) is None
    await store.put(asked(), Reach.ADDRESSED)
    first = await store.at_work(KEY)
    assert first
    assert first.question == asked()
    hold, turn = await taken(store)
    await store.put(asked(1, BOB), Reach.REPLY)
    at_work = await store.at_work(KEY)
    assert at_work
    assert at_work.id == turn.id
    assert await store.has_asked(KEY, BOB)
    assert not await store.has_asked(KEY, UserId("U3"))
    await done(store, hold, turn)
    second = await store.at_work(KEY)
    assert second
    assert second.question.asker == BOB


async def test_a_muted_thread_is_left_alone_until_it_is_unmuted(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    await store.mute(KEY, muted=True)
    assert await store.put(asked(1), Reach.REPLY) is Accepted.NOT_OURS
    assert await store.put(asked(2), Reach.ADDRESSED) is Accepted.NEW
    await store.mute(KEY, muted=False)
    assert await store.put(asked(3), Reach.REPLY) is Accepted.NEW


async def test_follow_ups_are_chosen_for_a_channel(store: Store) -> None:
    channel = Channel(TEAM, KEY.channel)
    await store.put(asked(), Reach.ADDRESSED)
    assert await store.follow_ups(channel) is None
    await store.choose_follow_ups(channel, FollowUps.MENTION)
    assert await store.follow_ups(channel) is FollowUps.MENTION
    assert await store.put(asked(1), Reach.REPLY) is Accepted.NOT_OURS
    assert await store.put(asked(2), Reach.ADDRESSED) is Accepted.NEW
    await store.choose_follow_ups(channel, None)
    assert await store.put(asked(3), Reach.REPLY) is Accepted.NEW


async def test_follow_ups_can_be_mentions_everywhere(redis_url: str) -> None:
    mention = FollowUps.MENTION
    async with Store(redis_url, "B1", lease=10, retention=90, follow_ups=mention) as store:
        await store.put(asked(), Reach.ADDRESSED)
        assert await store.put(asked(1), Reach.REPLY) is Accepted.NOT_OURS
        await store.choose_follow_ups(Channel(TEAM, KEY.channel), FollowUps.EVERY)
        assert await store.put(asked(2), Reach.REPLY) is Accepted.NEW


async def test_a_thread_sleeps_after_two_weeks_and_says_so_once(store: Store, clock: Clock) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    clock.now += 10 * DAY
    await done(store, hold, turn)  # a turn that ends keeps it awake, too
    clock.now += 13 * DAY
    assert await store.put(asked(1), Reach.REPLY) is Accepted.NEW
    clock.now += 15 * DAY
    assert await store.put(asked(2), Reach.REPLY) is Accepted.ASLEEP
    assert await store.put(asked(2), Reach.REPLY) is Accepted.ASLEEP  # delivered again
    assert await store.put(asked(3), Reach.REPLY) is Accepted.NOT_OURS
    note = asked(2, start=Start.ASLEEP, press="asleep")
    assert await store.put(note, Reach.ASIDE) is Accepted.NEW
    assert await store.put(asked(4), Reach.REPLY) is Accepted.NOT_OURS
    assert await store.put(asked(2), Reach.ADDRESSED) is Accepted.NEW  # *Continue*
    assert await store.put(asked(5), Reach.REPLY) is Accepted.NEW


async def test_what_a_person_asked_and_what_it_cost(store: Store, clock: Clock) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await store.put(asked(1, BOB), Reach.REPLY)
    await store.put(asked(2, start=Start.HELP), Reach.ASIDE)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    started = lifecycle.started(
        lifecycle.about_to_start(lifecycle.chosen(turn, "pro"), 1.0), run, 2.0
    )
    await store.started(hold, started, Decimal("0.1"))
    await store.started(hold, started, Decimal("0.1"))  # its reply was lost: counted once
    assert (await store.asked(TEAM, ADA, 0)).turns == (started,)
    assert await store.spent(TEAM, ADA) == [("2023-11", Decimal("0.1"))]
    theirs = await store.asked(TEAM, BOB, 0)
    assert [turn.question.asker for turn in theirs.turns] == [BOB]
    assert await store.spent(TEAM, BOB) == []


async def test_what_a_person_asked_is_read_by_pages_up_to_five_hundred(
    store: Store, clock: Clock
) -> None:
    for number in range(510):
        clock.now += 1
        await store.put(asked(number), Reach.ADDRESSED)
    pages: list[list[str]] = []
    after: int | None = 0
    while after is not None:
        page = await store.asked(TEAM, ADA, after)
        pages.append([turn.question.text for turn in page.turns])
        after = page.after
    assert [len(page) for page in pages] == [50] * 10
    assert pages[0][0] == asked(509).text
    assert pages[-1][-1] == asked(10).text
    ids = [lifecycle.turn_id(asked(n)) for n in (3, 7)]
    known = await store.known([*ids, TurnId("T1:C1:1.2")])
    assert [turn.id for turn in known] == ids


async def test_an_answer_is_rated_once_by_a_person_and_the_last_word_counts(
    store: Store,
) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    await store.save(hold, lifecycle.chosen(turn, "pro"))
    for person, good in ((ADA, True), (ADA, True), (BOB, False), (BOB, True), (BOB, False)):
        assert await store.rate(turn.id, person, good=good)
    assert await store.ratings() == {"pro": (1, 1)}
    assert not await store.rate(TurnId("T1:C1:1.2"), ADA, good=True)


async def test_a_finished_turn_leaves_its_receipt_to_be_made(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    ended = lifecycle.done(lifecycle.ended(turn, Ending(EndingKind.CANCELLED, 1.0)))
    await store.finish(hold, ended, None, receipt=True)
    (chore,) = await store.read(5)
    assert chore == Chore(chore.token, turn.id, Errand.RECEIPT)
    assert [piece.token for piece in await store.pending()] == [chore.token]
    assert isinstance(chore, Chore)
    await store.settle(chore)
    assert await store.pending() == []


async def test_a_session_is_looked_at_only_when_nothing_goes_on(store: Store) -> None:
    await store.put(asked(), Reach.ADDRESSED)
    hold, turn = await taken(store)
    assert await store.is_busy(KEY)
    await store.session_stopped(KEY)
    assert await store.read(5) == []
    await done(store, hold, turn)
    assert not await store.is_busy(KEY)
    await store.session_stopped(KEY)
    (chore,) = await store.read(5)
    assert chore == Chore(chore.token, str(KEY), Errand.SESSION)
