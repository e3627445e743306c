"""What is kept of messages that are not ours (yet): a bounded lot, on a real Valkey server."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import cast

import pytest
from redis.asyncio import Redis

from bot.domain import lifecycle, naming
from bot.domain.choices import FollowUps
from bot.domain.prompt import LONGEST_QUESTION
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question
from bot.ports import DELETED, Acceptance, Addressing, Channel
from bot.store import codec
from bot.store.keys import STRAY_LIFE, STRAYS, STRAYS_OF_A_THREAD, TURN_LIFE, Keys
from bot.store.store import Store
from tests.contract.store.store_harness import Clock, taken

ADA, BOB = UserId("U1"), UserId("U2")
KEYS = Keys("B1")


def thread(number: int = 0) -> ThreadKey:
    return ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(f"17000{number:05}.000100"))


KEY = thread()


def asked(number: int = 0, where: ThreadKey = KEY, text: str = "", asker: UserId = ADA) -> Question:
    message = MessageTs(f"{int(float(where.ts)) + number}.{number:06}")
    return Question(where, message, asker, text or f"question {number}")


async def lines_up(store: Store, redis: Redis, where: ThreadKey = KEY) -> list[str]:
    """What the questions of a thread ask, oldest first, as its owner would read them."""
    texts = []
    for name in cast("list[str]", await redis.zrange(KEYS.box(str(where)), 0, -1)):
        turn = await store.mailbox.turn(TurnId(name))
        assert turn
        texts.append(turn.question.text)
    return texts


# --- replies ------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["x", "é", "語", "😀", '"', "\n"])
async def test_a_long_stray_reply_is_cut_to_the_longest_question(
    store: Store, redis: Redis, character: str
) -> None:
    long = asked(1, text=character * 39_000)
    assert await store.mailbox.put(long, Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
    (kept,) = cast("list[str]", await redis.hvals(KEYS.strays(KEY)))
    text = json.loads(kept.partition(" ")[2])["question"]["text"]
    assert text == character * (LONGEST_QUESTION + 1)


@pytest.mark.parametrize("over", [-1, 0, 1, 24_000])
async def test_a_reply_that_becomes_ours_is_as_askable_as_it_was(
    store: Store, redis: Redis, over: int
) -> None:
    text = "x" * (LONGEST_QUESTION + over)
    await store.mailbox.put(asked(1, text=text), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    _, kept = await lines_up(store, redis)
    assert (len(kept) > LONGEST_QUESTION) == (len(text) > LONGEST_QUESTION)
    if over <= 0:
        assert kept == text


async def test_a_question_to_us_is_kept_uncut(store: Store, redis: Redis) -> None:
    await store.mailbox.put(asked(text="x" * 39_000), Addressing.ADDRESSED)
    await store.mailbox.put(asked(1, text="y" * 39_000), Addressing.THREAD_REPLY)
    assert await lines_up(store, redis) == ["x" * 39_000, "y" * 39_000]


async def test_the_latest_hundred_replies_of_a_thread_are_kept(
    store: Store, redis: Redis, clock: Clock
) -> None:
    for number in range(1, STRAYS_OF_A_THREAD + 51):
        clock.now += 1
        assert (
            await store.mailbox.put(asked(number), Addressing.THREAD_REPLY) is Acceptance.NOT_OURS
        )
        assert await redis.hlen(KEYS.strays(KEY)) <= STRAYS_OF_A_THREAD
    assert await redis.zcard(KEYS.stray_times(KEY)) == STRAYS_OF_A_THREAD
    assert await redis.zcard(KEYS.all_strays) == STRAYS_OF_A_THREAD
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    latest = [f"question {number}" for number in range(51, STRAYS_OF_A_THREAD + 51)]
    assert await lines_up(store, redis) == ["question 0", *latest]


async def test_replies_of_one_second_are_bounded_as_well(store: Store, redis: Redis) -> None:
    for number in range(1, STRAYS_OF_A_THREAD + 21):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    assert await redis.hlen(KEYS.strays(KEY)) == STRAYS_OF_A_THREAD


async def test_one_thread_takes_no_room_from_another(
    store: Store, redis: Redis, clock: Clock
) -> None:
    await store.mailbox.put(asked(1, thread(7)), Addressing.THREAD_REPLY)
    for number in range(1, STRAYS_OF_A_THREAD + 51):
        clock.now += 1
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(0, thread(7)), Addressing.ADDRESSED)
    assert await lines_up(store, redis, thread(7)) == ["question 0", "question 1"]


async def test_the_strays_of_the_latest_threads_are_kept(
    store: Store, redis: Redis, clock: Clock
) -> None:
    for number in range(STRAYS + 30):
        clock.now += 0.1
        await store.mailbox.put(asked(1, thread(number)), Addressing.THREAD_REPLY)
    assert await redis.zcard(KEYS.all_strays) == STRAYS
    kept = [key async for key in redis.scan_iter("*:strays:*", count=10_000)]
    assert len(kept) == STRAYS
    assert len([key async for key in redis.scan_iter("*:stray-times:*", count=10_000)]) == STRAYS
    assert KEYS.strays(thread(0)) not in kept
    assert KEYS.strays(thread(STRAYS + 29)) in kept


async def test_a_reply_delivered_again_is_kept_once(store: Store, redis: Redis) -> None:
    for _ in range(3):
        await store.mailbox.put(asked(1), Addressing.THREAD_REPLY)
    assert await redis.zcard(KEYS.all_strays) == 1
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert await lines_up(store, redis) == ["question 0", "question 1"]


async def test_no_strays_remain_once_a_thread_is_ours(store: Store, redis: Redis) -> None:
    for number in range(1, 4):
        await store.mailbox.put(asked(number), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(1, thread(7)), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert not await redis.exists(KEYS.strays(KEY), KEYS.stray_times(KEY))
    (left,) = cast("list[str]", await redis.zrange(KEYS.all_strays, 0, -1))
    assert left.startswith(f"{thread(7)} ")


SENT = (
    (ADA, Addressing.ADDRESSED),
    (ADA, Addressing.THREAD_REPLY),
    (BOB, Addressing.THREAD_REPLY),
    (BOB, Addressing.ADDRESSED),
    (BOB, Addressing.THREAD_REPLY),
    (UserId("U3"), Addressing.THREAD_REPLY),
)


@pytest.mark.parametrize(
    ("follow_ups", "ours"), [(FollowUps.EVERY, "012345"), (FollowUps.ASKER, "0134")]
)
async def test_in_whatever_order_messages_arrive_the_same_ones_are_ours(
    store: Store, redis: Redis, follow_ups: FollowUps, ours: str
) -> None:
    await store.choices.choose_follow_ups(Channel(KEY.team, KEY.channel), follow_ups)
    for number, order in enumerate(permutations(range(len(SENT)))):
        where = thread(100 * number)
        for place in order:
            asker, addressing = SENT[place]
            await store.mailbox.put(asked(place, where, asker=asker), addressing)
        expected = [f"question {place}" for place in ours]
        assert await lines_up(store, redis, where) == expected, order


async def test_strays_expire_after_minutes(store: Store, redis: Redis, clock: Clock) -> None:
    await store.mailbox.put(asked(1), Addressing.THREAD_REPLY)
    await store.mailbox.edit(naming.turn_id(asked(2)), asked(2, text="edited"), MessageTs("1.2"))
    await store.mailbox.withdraw(naming.turn_id(asked(3)), DELETED)
    keys = [key async for key in redis.scan_iter() if not key.endswith((":ready", ":live"))]
    assert len(keys) == 6
    for key in keys:
        assert 0 < await redis.ttl(key) <= STRAY_LIFE
    clock.now += STRAY_LIFE
    await store.mailbox.put(asked(4), Addressing.THREAD_REPLY)
    assert await redis.hkeys(KEYS.strays(KEY)) == [naming.turn_id(asked(4))]
    assert await redis.zcard(KEYS.all_strays) == 1


@pytest.mark.parametrize(
    "reach", [Addressing.DIRECT_REPLY, Addressing.ADDRESSED, Addressing.SIDE, Addressing.AMBIENT]
)
async def test_only_replies_become_strays(store: Store, redis: Redis, reach: Addressing) -> None:
    await store.mailbox.put(asked(1, text="x" * 39_000), reach)
    assert not await redis.exists(KEYS.strays(KEY), KEYS.all_strays)


# --- records of the release before ---------------------------------------------------------


async def old_stray(redis: Redis, clock: Clock, number: int, text: str) -> None:
    """Keep a reply as release 0.3 did."""
    turn = lifecycle.received(asked(number, text=text), clock())
    stray = f"{naming.queue_position(turn)} {codec.dump_turn(turn)}"
    await redis.hset(KEYS.strays(KEY), turn.id, stray)
    await redis.zadd(KEYS.stray_times(KEY), {turn.id: int(clock())})
    await redis.expire(KEYS.strays(KEY), STRAY_LIFE)
    await redis.expire(KEYS.stray_times(KEY), STRAY_LIFE)


async def test_replies_that_the_release_before_kept_become_ours(
    store: Store, redis: Redis, clock: Clock
) -> None:
    await old_stray(redis, clock, 1, "old")
    await store.mailbox.put(asked(2, text="new"), Addressing.THREAD_REPLY)
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert await lines_up(store, redis) == ["question 0", "old", "new"]


async def test_strays_of_older_releases_beyond_a_hundred_are_dropped(
    store: Store, redis: Redis, clock: Clock
) -> None:
    for number in range(1, 2 * STRAYS_OF_A_THREAD):
        clock.now += 1
        await old_stray(redis, clock, number, "old " * 100)
    clock.now += 1
    await store.mailbox.put(asked(500, text="new"), Addressing.THREAD_REPLY)
    assert await redis.hlen(KEYS.strays(KEY)) == STRAYS_OF_A_THREAD
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert len(await lines_up(store, redis)) == STRAYS_OF_A_THREAD + 1


# --- edits and deletions of messages that are no turns -------------------------------------


async def test_a_long_stray_edit_is_cut_to_the_longest_question(store: Store, redis: Redis) -> None:
    name = naming.turn_id(asked())
    await store.mailbox.edit(name, asked(text="x" * 39_000), MessageTs("1.2"))
    kept = await redis.hget(KEYS.turn(name), "edited")
    assert kept
    assert len(codec.load_question(kept).text) == LONGEST_QUESTION + 1
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    await store.mailbox.edit(name, asked(text="y" * 39_000), MessageTs("1.3"))
    turn = await store.mailbox.turn(name)
    assert turn
    assert turn.signals.edited
    assert turn.signals.edited.text == "y" * 39_000


@pytest.mark.parametrize("change", ["edit", "withdraw"])
async def test_the_latest_stray_edits_and_deletions_are_kept(
    store: Store, redis: Redis, clock: Clock, change: str
) -> None:
    ours = asked(0, thread(0))
    await store.mailbox.withdraw(naming.turn_id(ours), DELETED)
    await store.mailbox.put(ours, Addressing.ADDRESSED)
    for number in range(1, STRAYS + 30):
        clock.now += 0.1
        question = asked(0, thread(number))
        if change == "edit":
            await store.mailbox.edit(naming.turn_id(question), question, MessageTs("1.2"))
        else:
            await store.mailbox.withdraw(naming.turn_id(question), DELETED)
    assert await redis.zcard(KEYS.early) == STRAYS
    kept = [key async for key in redis.scan_iter("*:turn:*", count=10_000)]
    assert len(kept) == STRAYS + 1
    assert KEYS.turn(naming.turn_id(asked(0, thread(1)))) not in kept
    # A message that became a turn is kept with its signals, as long as any other turn.
    hold, turn = await taken(store)
    assert turn.id == naming.turn_id(ours)
    assert turn.signals.gone
    assert hold.mailbox == str(ours.thread)
    assert await redis.ttl(KEYS.turn(turn.id)) > TURN_LIFE - 60


async def test_many_edits_of_one_message_are_kept_as_one(store: Store, redis: Redis) -> None:
    name = naming.turn_id(asked())
    for number in range(50):
        edited = replace(asked(), text=f"edit {number}")
        await store.mailbox.edit(name, edited, MessageTs(f"17000{number + 1:05}.2"))
    assert await redis.zcard(KEYS.early) == 1
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    turn = await store.mailbox.turn(name)
    assert turn
    assert turn.signals.edited
    assert turn.signals.edited.text == "edit 49"
