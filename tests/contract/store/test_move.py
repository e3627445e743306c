"""A question that waits is asked in a thread of its own instead: on a real Valkey server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain import derived, naming
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Parent, Question, Relation, State, Turn, TurnKind
from bot.ports import DELETED, Acceptance, Addressing, Claim, JobKind
from bot.store.keys import TURN_LIFE
from bot.store.store import Store
from tests.contract.store.store_harness import done, next_jobs, taken

TEAM, CHANNEL = TeamId("T1"), ChannelId("C1")
ADA, BOB = UserId("U1"), UserId("U2")
KEY = ThreadKey(TEAM, CHANNEL, MessageTs("1700000000.000100"))
NEW = ThreadKey(TEAM, CHANNEL, MessageTs("1700000500.000100"))
NOW = 1_700_000_600.0


def asked(
    number: int = 0, asker: UserId = ADA, thread: ThreadKey = KEY, **more: object
) -> Question:
    message = MessageTs(f"{int(float(thread.ts)) + number}.000100")
    question = Question(thread, message, asker, f"question {number}", processor="speed")
    return replace(question, **more)  # type: ignore[arg-type]


def name(number: int = 0, thread: ThreadKey = KEY) -> TurnId:
    return naming.turn_id(asked(number, thread=thread))


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with Store(redis_url, "B1", lease=10, retention=90, clock=lambda: NOW) as store:
        await store.work_queue.register()
        yield store


async def line(store: Store, number: int = 2) -> tuple[Claim, Turn]:
    """Let so many questions wait behind one at work."""
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    hold, turn = await taken(store, str(KEY))
    for each in range(1, number + 1):
        assert await store.mailbox.put(asked(each, BOB), Addressing.THREAD_REPLY) is Acceptance.NEW
    assert await next_jobs(store, number) == [
        (JobKind.QUEUED_REACTION, name(n)) for n in range(1, number + 1)
    ]
    return hold, turn


async def test_a_question_that_waits_is_asked_in_the_new_thread(store: Store) -> None:
    hold, _ = await line(store)
    assert await store.mailbox.move(name(1), NEW, "speed")
    assert (await store.turns.queue_preview(hold)).texts == ("question 2",)
    beside, turn = await taken(store, str(NEW))
    assert turn.id == naming.turn_id_of(TEAM, CHANNEL, NEW.ts)
    expected = asked(1, BOB, thread=NEW, message=NEW.ts)
    assert (turn.question, turn.state, turn.received) == (expected, State.QUEUED, NOW)
    assert not turn.waited
    assert not await done(store, beside, turn)
    assert await store.work_queue.list_pending() == [hold]


async def test_the_mark_of_a_moved_question_is_taken_away(store: Store) -> None:
    await line(store)
    assert await store.turns.is_queued(name(1))
    assert await store.mailbox.move(name(1), NEW, "speed")
    assert await next_jobs(store, 1) == [(JobKind.QUEUED_REACTION, name(1))]
    assert not await store.turns.is_queued(name(1))  # so the job removes the reaction
    old = await store.mailbox.turn(name(1))
    assert old
    assert (old.signals.gone, old.state, old.waited) == (True, State.QUEUED, True)


async def test_the_owner_of_the_thread_is_notified_of_a_move(store: Store) -> None:
    await line(store)
    await store.work_queue.notifications()
    assert await store.mailbox.move(name(1), NEW, "speed")
    assert await store.work_queue.notifications() == [str(KEY)]


async def test_the_others_go_on_in_their_order(store: Store) -> None:
    hold, turn = await line(store, 3)
    assert await store.mailbox.move(name(2), NEW, "speed")
    order = [turn.id]
    while await done(store, hold, turn):
        head = await store.turns.current(hold)
        assert head
        turn = head
        order.append(turn.id)
    assert order == [name(0), name(1), name(3)]


async def test_a_question_is_moved_once(store: Store) -> None:
    await line(store)
    other = replace(NEW, ts=MessageTs("1700000501.000100"))
    moves = await asyncio.gather(
        *(store.mailbox.move(name(1), thread, "speed") for thread in (NEW, other, NEW))
    )
    assert sorted(moves) == [False, False, True]
    assert not await store.mailbox.move(name(1), NEW, "speed")
    turns = [
        await store.mailbox.turn(naming.turn_id_of(TEAM, CHANNEL, each.ts)) for each in (NEW, other)
    ]
    assert len([turn for turn in turns if turn]) == 1


async def test_only_a_queued_question_is_moved(store: Store, redis_url: str) -> None:
    hold, turn = await line(store)
    before = await all_of(redis_url)
    assert not await store.mailbox.move(name(0), NEW, "speed")  # at work
    assert not await store.mailbox.move(name(7), NEW, "speed")  # unknown
    assert await all_of(redis_url) == before
    await done(store, hold, turn)
    second = await store.turns.current(hold)
    assert second
    before = await all_of(redis_url)
    assert not await store.mailbox.move(name(0), NEW, "speed")  # ended
    assert not await store.mailbox.move(name(1), NEW, "speed")  # at work by now
    assert await all_of(redis_url) == before


async def test_a_question_that_was_stopped_or_deleted_is_not_moved(store: Store) -> None:
    await line(store, 3)
    await store.mailbox.stop(name(1), ADA)
    await store.mailbox.withdraw(name(2), DELETED)
    assert not await store.mailbox.move(name(1), NEW, "speed")
    assert not await store.mailbox.move(name(2), NEW, "speed")
    assert await store.mailbox.turn(naming.turn_id_of(TEAM, CHANNEL, NEW.ts)) is None


async def test_the_only_question_that_nobody_has_begun_stays(store: Store) -> None:
    await store.mailbox.put(asked(), Addressing.ADDRESSED)
    assert not await store.mailbox.move(name(0), NEW, "speed")
    _, turn = await taken(store, str(KEY))
    assert turn.id == name(0)


async def test_the_new_text_of_an_edited_question_is_moved(store: Store) -> None:
    await line(store)
    edited = asked(1, BOB, text="edited", processor="speed")
    await store.mailbox.edit(name(1), edited, MessageTs("1700000100.000200"))
    assert await store.mailbox.move(name(1), NEW, "speed")
    _, turn = await taken(store, str(NEW))
    assert turn.question == replace(edited, thread=NEW, message=NEW.ts)


async def test_who_asked_an_edited_text_stays_its_asker_when_it_moves(store: Store) -> None:
    await line(store)
    pressed = asked(1, BOB, press="edited-1", at=MessageTs("1700000050.000100"))
    await store.mailbox.put(pressed, Addressing.ADDRESSED)
    await store.mailbox.edit(
        name(1), asked(1, ADA, text="new text"), MessageTs("1700000060.000100")
    )
    assert await store.mailbox.move(naming.turn_id(pressed), NEW, "speed")
    _, moved = await taken(store, str(NEW))
    assert (moved.question.asker, moved.question.text) == (BOB, "new text")


async def test_a_moved_question_builds_on_what_it_did(store: Store) -> None:
    hold, first = await line(store)
    question = derived.branched(first, "and then?", BOB, MessageTs("1700000200.000100"))
    assert await store.mailbox.put(question, Addressing.ADDRESSED) is Acceptance.NEW
    assert await store.mailbox.move(naming.turn_id(question), NEW, "speed")
    _, turn = await taken(store, str(NEW))
    assert turn.question.parent == question.parent
    assert (turn.question.press, turn.question.at) == ("", None)
    assert (turn.question.text, turn.question.start) == ("and then?", TurnKind.QUESTION)
    assert (await store.turns.queue_preview(hold)).number == 2


async def test_the_new_thread_is_ours_from_its_first_message_on(store: Store) -> None:
    await line(store)
    reply = asked(5, ADA, thread=NEW)
    assert (
        await store.mailbox.put(asked(6, ADA, thread=NEW), Addressing.THREAD_REPLY)
        is Acceptance.NOT_OURS
    )
    assert await store.mailbox.move(name(1), NEW, "speed")
    assert await store.mailbox.has_asked(NEW, BOB)
    assert not await store.mailbox.has_asked(NEW, ADA)
    assert await store.mailbox.put(reply, Addressing.THREAD_REPLY) is Acceptance.NEW
    hold, turn = await taken(store, str(NEW))
    assert await done(store, hold, turn)
    follower = await store.turns.current(hold)
    assert follower
    assert follower.question == reply


async def test_the_asker_finds_the_moved_question_among_the_recent_ones(store: Store) -> None:
    await line(store)
    assert await store.mailbox.move(name(1), NEW, "speed")
    recent = await store.history.asked(TEAM, BOB, 0)
    assert naming.turn_id_of(TEAM, CHANNEL, NEW.ts) in [turn.id for turn in recent.turns]


async def test_every_key_of_a_move_has_a_life(store: Store, redis_url: str) -> None:
    """The fixture looks for keys without one; here, how long they last."""
    await line(store)
    assert await store.mailbox.move(name(1), NEW, "speed")
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        lives = {key.partition("}:")[2]: await client.ttl(key) async for key in client.scan_iter()}
    new = str(NEW)
    for key in (f"turn:{new}", f"box:{new}", f"asker:{TEAM}:{BOB}"):
        assert lives[key] == pytest.approx(TURN_LIFE, abs=60)
    assert lives[f"thread:{new}"] == pytest.approx(90 * 24 * 3600, abs=60)


async def test_a_replica_that_leaves_after_a_move_leaves_the_new_thread(
    store: Store, redis_url: str
) -> None:
    await line(store)
    assert await store.mailbox.move(name(1), NEW, "speed")
    hold, _ = await taken(store, str(NEW))
    await store.work_queue.deregister()
    async with Store(redis_url, "B1", lease=10, retention=90) as other:
        await other.work_queue.register()
        assert hold in await other.work_queue.reclaim()
        turn = await other.turns.current(hold)
        assert turn
        assert turn.question.text == "question 1"


async def all_of(url: str) -> dict[str, str]:
    """All that is in Redis, but the leases."""
    async with Redis.from_url(url) as client:
        keys = [key async for key in client.scan_iter() if not key.endswith(b":live")]
        return {key.decode(): repr(await client.dump(key)) for key in sorted(keys)}


async def test_a_move_keeps_five_hundred_of_a_persons_questions(
    store: Store, redis_url: str
) -> None:
    await line(store)
    async with Redis.from_url(redis_url) as client:
        (key,) = [key async for key in client.scan_iter(f"*:asker:{TEAM}:{BOB}")]
        await client.zadd(key, {f"T1:C1:{n}.1": n for n in range(600)})
        assert await store.mailbox.move(name(1), NEW, "speed")
        assert await client.zcard(key) == 500


@pytest.mark.parametrize("press", ["", "edited-1", "anyway", "confirm", "again-lite"])
async def test_what_was_moved_follows_its_message(store: Store, press: str) -> None:
    """Whatever asks the message, and also what is pressed in the new thread."""
    await line(store)
    moved = asked(1, BOB)
    if press:
        moved = asked(1, BOB, press=press, at=MessageTs("1700000050.000100"))
        await store.mailbox.put(moved, Addressing.ADDRESSED)
    assert await store.mailbox.move(naming.turn_id(moved), NEW, "speed")
    hold, turn = await taken(store, str(NEW))
    edits = (("who dug it?", "1700000550.000100"), ("who built it?", "1700000560.000100"))
    for number in (1, 0, 1):  # late, and again
        text, when = (edits[number][0], MessageTs(edits[number][1]))
        await store.mailbox.edit(name(1), asked(1, BOB, text=text), when, when=when)
    found = await store.mailbox.turn(turn.id)
    assert found
    assert found.signals.edited
    assert found.signals.edited.text == "who built it?"
    await done(store, hold, turn)
    button = MessageTs("1700000570.000100")
    again = derived.asked_again(found, BOB, button, look=False)
    await store.mailbox.append(again, Addressing.ADDRESSED)
    latest = await store.mailbox.latest_edit(turn.id)
    assert latest
    assert latest.text == "who built it?"
    assert [each.id for each in await store.mailbox.asking(KEY, asked(1).message)][-1] == again.id
    when = MessageTs("1700000650.000100")
    assert await store.mailbox.withdraw(name(1), DELETED, when=when)
    assert await store.mailbox.latest_edit(turn.id) is None
    withdrawn = await store.mailbox.turn(again.id)
    assert withdrawn
    assert withdrawn.signals.gone


async def test_a_change_from_before_a_move_that_is_delivered_again_changes_nothing(
    store: Store,
) -> None:
    await line(store)
    pressed = asked(1, BOB, press="edited-1", at=MessageTs("1700000050.000100"))
    await store.mailbox.put(pressed, Addressing.ADDRESSED)
    assert await store.mailbox.move(naming.turn_id(pressed), NEW, "speed")
    _, turn = await taken(store, str(NEW))
    early = MessageTs("1700000060.000100")
    await store.mailbox.withdraw(name(1), early, waiting=True, when=early)
    found = await store.mailbox.turn(turn.id)
    assert found
    assert not found.signals.gone


@pytest.mark.parametrize("press", ["again-lite", "lookup-lite", "edited-1", "confirm", "anyway"])
async def test_an_older_release_asks_an_edit_as_what_was_pressed_says(
    store: Store, press: str
) -> None:
    """It takes all of the edit that is written beside a turn, not only its words."""
    _, first = await line(store)
    parent = Parent(first.id, Relation.RERUN, None, "question 0")
    pressed = asked(1, BOB, press=press, at=MessageTs("1700000050.000100"))
    if press.endswith("lite"):
        pressed = replace(pressed, processor="lite", parent=parent)
    await store.mailbox.put(pressed, Addressing.ADDRESSED)
    edited, when = asked(1, ADA, text="edited", processor=None), MessageTs("1700000060.000100")
    await store.mailbox.edit(name(1), edited, when, when=when)
    found = await store.mailbox.turn(naming.turn_id(pressed))
    assert found
    processor = "lite" if press.endswith("lite") else None
    assert found.signals.edited == replace(pressed, text="edited", processor=processor)
