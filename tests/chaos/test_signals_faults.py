"""Redis is away, or an owner dead, while signals arrive: none is silently lost.

Slack does not redeliver a press, so the person reads that it was not saved.
What is an event (a word, an edit, a deletion) is refused, comes again, and has its effect.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.playground.slack import Message, Outcome
from bot.slack import action_ids as actions
from tests.chaos.faults import DAY
from tests.chaos.replicas import asked as asked_process
from tests.chaos.replicas import replicas
from tests.chaos.test_redis_faults import LASTING, RETRY, WITHIN, Fault
from tests.chaos.valkey import Valkey, valkey
from tests.e2e.dialogue import action_ids, answered, begun, said, saw_ephemeral, shown, turn
from tests.e2e.stage import Stage, staged
from tests.e2e.test_again import words_of

NOT_WRITTEN = "couldn't do that"
#: One that does not answer, one that is not there, one that takes no writes.
AWAY = [fault for fault in LASTING if fault.name.split()[0] in ("hung", "dead,", "slow:")]


@pytest.fixture
async def server() -> AsyncIterator[Valkey]:
    """A server of one's own."""
    async with valkey() as running:
        yield running


@pytest.fixture(params=AWAY, ids=lambda fault: fault.name)
async def fault(request: pytest.FixtureRequest) -> Fault:
    """How Redis is away."""
    found: Fault = request.param
    return found


@pytest.fixture
async def stage(server: Valkey) -> AsyncIterator[Stage]:
    """Two bots at work, so that the one that receives a signal need not be the one that applies it.

    Over sockets: Slack sends each payload to one of them, by chance.
    """
    async with staged("socket", server.url, rate_limits=False, retry_delays=RETRY) as stage:
        other = Stage("socket", stage.slack, stage.parallel, server.url)
        await stage.start_bot(LEASE_SECONDS="2")
        await other.start_bot(LEASE_SECONDS="2")
        try:
            yield stage
        finally:
            await other.close()


async def refused(stage: Stage, message: Message) -> None:
    """Wait until the bot has refused to take an event of this message."""
    await stage.slack.until(
        lambda: any(
            not attempt.acked
            for delivery in stage.slack.deliveries
            if delivery.event.get("ts") == message.ts or message.ts in str(delivery.event)
            for attempt in delivery.attempts
        ),
    )


# --- presses ----------------------------------------------------------------------------


@pytest.mark.parametrize("action", [actions.STOP, actions.PING])
async def test_a_press_that_redis_cannot_take_is_reported_and_can_be_repeated(
    stage: Stage, server: Valkey, fault: Fault, action: str
) -> None:
    asked, status, run = await begun(stage)
    await fault.begins(server)
    outcome = await stage.ada.clicks(status, action)
    assert outcome.error is None
    assert [NOT_WRITTEN in message.text for message in outcome.messages] == [True]
    await fault.ends(server)
    if action == actions.PING:
        await _presses_again(stage, lambda: stage.ada.clicks(status, action), "I'll notify you")
        run.finishes("Egypt.")
        await said(stage, asked, f"<@{stage.ada.id}>")
        return
    if actions.STOP in action_ids(status):  # it may have been written down after all
        await stage.ada.clicks(status, action)
    await said(stage, asked, "Stopped waiting")
    assert len(stage.texts(asked)) == 2


async def test_a_failed_press_for_files_or_a_re_run_is_reported_and_done_once(
    stage: Stage, server: Valkey, fault: Fault
) -> None:
    asked, answer, _ = await answered(stage)
    name = turn(stage, asked)
    choices = (
        (actions.MORE, f"{actions.MORE_FILES} {name}"),
        (actions.EVIDENCE, None),
    )
    await stage.ada.clicks(answer, actions.RERUN)
    (form,) = stage.ada.views()
    chosen = {"processor": {"processor": "pro-fast"}}
    await fault.begins(server)
    outcome = await stage.ada.submits(form, chosen)
    assert (outcome.error, list(outcome.errors)) == (None, ["processor"])
    assert NOT_WRITTEN in outcome.errors["processor"]
    for action, value in choices:
        outcome = await _do(stage, answer, action, value)
        assert outcome.error is None
        texts = [message.text for message in outcome.messages]
        # Reading goes on where only writing does not.
        assert NOT_WRITTEN in "".join(texts) or (action == actions.EVIDENCE and stage.ada.views())
    await fault.ends(server)
    for action, value in choices[:1] * 2:
        assert (await _do(stage, answer, action, value)).error is None
    for _ in range(2):
        await stage.ada.clicks(answer, actions.RERUN)
        (form,) = stage.ada.views()
        assert (await stage.ada.submits(form, chosen)).error is None
    run = await stage.parallel.next_run(WITHIN)
    run.finishes("Egypt does.")
    await said(stage, asked, "Egypt does.")
    await stage.slack.until(lambda: len(stage.slack.files) == 2)
    assert len(stage.parallel.runs) == 2


async def test_a_form_that_cannot_be_kept_says_so_and_is_sent_once_more(
    stage: Stage, server: Valkey, fault: Fault
) -> None:
    asked, answer, _ = await answered(stage)
    await stage.ada.clicks(answer, actions.FOLLOW_UP)
    (form,) = stage.ada.views()
    block = next(b for b in form.content["blocks"] if b["type"] == "input")
    typed = {block["block_id"]: {block["element"]["action_id"]: "who owned it before?"}}
    await fault.begins(server)
    outcome = await stage.ada.submits(form, typed)
    assert NOT_WRITTEN in "".join(outcome.errors.values())
    await fault.ends(server)
    for _ in range(20):
        outcome = await stage.ada.submits(form, typed)
        if not outcome.errors:
            break
    assert outcome.error is None
    run = await stage.parallel.next_run(WITHIN)
    assert run.input == "who owned it before?"
    run.finishes("A company.")
    await said(stage, asked, "A company.")
    assert len(stage.parallel.runs) == 2


async def test_home_opens_when_redis_is_back_and_a_failed_stop_is_reported(
    stage: Stage, server: Valkey, fault: Fault
) -> None:
    asked, _, _ = await begun(stage)
    await stage.ada.opens_home()
    home = await stage.slack.until(lambda: stage.slack.home(stage.ada))
    await fault.begins(server)
    await stage.bob.opens_home()
    outcome = await stage.ada.clicks(home, actions.STOP)
    assert outcome.error is None
    assert NOT_WRITTEN in "".join(map(words_of, stage.ada.views()))
    await fault.ends(server)
    await stage.slack.until(lambda: stage.slack.home(stage.bob), timeout=WITHIN)
    if not any("Stopped" in text for text in stage.texts(asked)):
        await stage.ada.clicks(home, actions.STOP)
    await said(stage, asked, "Stopped waiting")


# --- events -----------------------------------------------------------------------------


async def test_an_event_that_redis_could_not_take_takes_effect_later(
    stage: Stage, server: Valkey, fault: Fault
) -> None:
    """Also in the replica that holds the thread, which another replica notifies."""
    stopped, _, _ = await begun(stage, "who stops?")
    edited, status, _ = await begun(stage, "who edits?")
    deleted, other_status, _ = await begun(stage, "who deletes?")
    await fault.begins(server)
    word = await stage.ada.replies(stopped, "stop")
    await stage.ada.edits(edited, f"{stage.me} who edited?")
    await stage.ada.deletes(deleted)
    for message in (word, edited, deleted):
        await refused(stage, message)
    await fault.ends(server)
    recovered = time.monotonic()
    await said(stage, stopped, "Stopped waiting")
    await stage.slack.until(lambda: actions.EDITED_AGAIN in action_ids(status))
    await stage.slack.until(lambda: "was deleted" in shown(other_status))
    assert time.monotonic() - recovered < WITHIN
    assert [len(stage.texts(m)) for m in (stopped, edited, deleted)] == [2, 1, 1]
    assert len(stage.parallel.runs) == 3


async def test_a_question_edited_or_deleted_before_it_could_be_kept(redis_url: str) -> None:
    """Slack delivers the question again a minute later: the edit may be there before it."""
    async with staged("socket", redis_url, rate_limits=False, retry_delays=()) as stage:
        edited = await stage.ada.says(stage.general, f"{stage.me} who owns teh canal?")
        deleted = await stage.ada.says(stage.general, f"{stage.me} what do I want?")
        await stage.ada.edits(edited, f"{stage.me} who owns the canal?")
        await stage.ada.deletes(deleted)
        await stage.slack.until(lambda: all(d.over.is_set() for d in stage.slack.deliveries))
        await stage.start_bot()
        for earlier in list(stage.slack.deliveries):
            if "message_" in earlier.event.get("subtype", ""):
                await (await stage.slack.deliver(earlier.event)).over.wait()
        for message in (edited, deleted):
            for again in await stage.slack.redeliver(message):
                await again.over.wait()
        run = await stage.parallel.next_run()
        assert run.input == "who owns the canal?"
        run.finishes("Egypt.")
        await said(stage, edited, "Egypt.")
        after = await stage.ada.says(stage.general, f"{stage.me} and the Panama Canal?")
        (await stage.parallel.next_run()).finishes("Panama.")
        await said(stage, after, "Panama.")
        assert stage.texts(deleted) == []
        assert len(stage.parallel.runs) == 2


# --- owners -----------------------------------------------------------------------------


async def test_a_stop_given_while_the_owner_is_dead_is_carried_out_by_the_next(
    server: Valkey, tmp_path: Path
) -> None:
    async with (
        staged("socket", server.url, rate_limits=False, retry_delays=RETRY) as stage,
        replicas(stage, tmp_path) as bots,
    ):
        first = await bots.start(LEASE_SECONDS="2")
        asked, run = await asked_process(stage, "who owns the Suez Canal?")
        reply = await stage.bob.replies(asked, "since when?")
        await stage.slack.until(lambda: reply.reactions)
        await bots.start(LEASE_SECONDS="2")
        first.kill()
        await first.wait()
        await stage.slack.until(lambda: stage.slack.connections == 1)  # presses come once only
        (status,) = stage.slack.thread(asked).said
        outcome = await stage.ada.clicks(status, actions.STOP)
        assert outcome.error is None
        await stage.slack.thread(asked).until(
            lambda t: any("Stopped waiting" in m.text for m in t.said)
        )
        run.finishes("Egypt.")
        assert await stage.parallel.next_run() is run
        second = await stage.parallel.next_run(10)
        assert second.input.startswith("since when?")
        second.finishes("1956.")
        await said(stage, asked, "1956.")
        assert sum("Stopped waiting" in text for text in stage.texts(asked)) == 1
        assert not any("Egypt." in text for text in stage.texts(asked))
        assert len(stage.parallel.runs) == 2


async def test_a_stop_delivered_again_a_day_later_stops_nothing(redis_url: str) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot()
        asked, _, _ = await begun(stage)
        word = await stage.ada.replies(asked, "stop")
        await said(stage, asked, "Stopped waiting")
        await stage.stop_bot()
        await stage.start_bot(lambda: time.time() + DAY)
        stage.parallel.faults.next("create", times=3, status=429, retry_after=1)
        await stage.ada.replies(asked, "since when?")
        await said(stage, asked, "Parallel is busy")  # it has not even begun
        for delivery in await stage.slack.redeliver(word):
            await delivery.over.wait()
        run = await stage.parallel.next_run(10)
        for delivery in await stage.slack.redeliver(word):
            await delivery.over.wait()
        run.finishes("1956.")
        await said(stage, asked, "1956.")
        assert sum("topped" in text for text in stage.texts(asked)) == 1


async def test_a_stop_is_remembered_as_long_as_slack_redelivers_it(
    redis_url: str,
) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot()
        asked, _, _ = await begun(stage)
        await stage.ada.replies(asked, "stop")
        await said(stage, asked, "Stopped waiting")
        async with Redis.from_url(redis_url) as client:
            (order,) = [key async for key in client.scan_iter("*:order:*")]
            assert await client.ttl(order) > DAY


async def _do(stage: Stage, message: Message, action: str, value: str | None) -> Outcome:
    if value is None:
        return await stage.ada.clicks(message, action)
    return await stage.ada.chooses(message, action, value)


async def _presses_again(stage: Stage, press: Callable[[], Awaitable[object]], words: str) -> None:
    """Press until the person reads these words; Redis may be barely back at the first press."""
    for _ in range(20):
        await press()
        if saw_ephemeral(stage, words):
            return
    raise AssertionError(f"never shown: {words}")
