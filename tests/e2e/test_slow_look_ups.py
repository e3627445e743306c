"""Look-ups that Slack's rate limit puts off, or that take long.

No question is lost, and nobody is refused for it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.engine.gate import LOOKED_UP_WITHIN
from bot.playground.slack import Channel
from bot.slack import action_ids as actions
from tests.e2e.dialogue import (
    Clock,
    Gate,
    acknowledged,
    answered,
    begun,
    said,
    saw_ephemeral,
    shown,
)
from tests.e2e.stage import AGAIN_SOON, Stage, staged
from tests.e2e.test_access import GUEST, OUTSIDER, SHARED, UNKNOWN, WAITS, share, shared_channel

LOOK_UPS = ("users.info", "conversations.info")
SLOW = LOOKED_UP_WITHIN + 0.4  # seconds


def no_single_channels(stage: Stage) -> None:
    """Have Slack put off all look-ups of single channels."""
    stage.slack.faults.next("conversations.info", times=99, ratelimited=30)


async def test_a_channel_that_slack_does_not_tell_of_alone_is_found_in_the_list(
    stage: Stage,
) -> None:
    no_single_channels(stage)
    secret = stage.slack.channel("secret", members=[stage.ada], private=True)
    places: list[Channel] = [stage.general, secret, stage.slack.mpim([stage.ada, stage.bob])]
    for place in places:
        await stage.ada.says(place, f"{stage.me} who owns it?")
        await stage.parallel.next_run()
    assert stage.slack.ephemerals(stage.ada) == []
    calls = [call.method for call in stage.slack.calls]
    assert calls.count("conversations.info") == 1
    assert calls.count("users.conversations") == 1


async def test_a_channel_that_was_made_since_the_list_is_found_in_the_next_one(
    stage: Stage,
) -> None:
    no_single_channels(stage)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    fresh = stage.slack.channel("fresh", members=[stage.ada])
    asked = await stage.ada.says(fresh, f"{stage.me} who built it?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert not saw_ephemeral(stage, UNKNOWN)


async def test_the_list_refuses_what_a_single_look_up_refuses(stage: Stage) -> None:
    no_single_channels(stage)
    partners, eve = shared_channel(stage)
    plans = stage.slack.channel("plans", members=[stage.bob])
    stage.slack.administration.invite(plans)
    await stage.ada.says(partners, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    await stage.bob.says(plans, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED, person=stage.bob))
    await eve.says(partners, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, OUTSIDER, person=eve))
    assert stage.parallel.runs == []


async def test_a_listed_channel_that_is_shared_then_is_refused(stage: Stage) -> None:
    no_single_channels(stage)
    other = stage.slack.channel("other", members=[stage.ada])
    await stage.ada.says(other, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    eve = stage.slack.person("eve", team="partner")
    stage.general.members.add(eve.id)
    await share(stage, stage.general)
    await stage.ada.says(stage.general, f"{stage.me} who built it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    await eve.says(stage.general, f"{stage.me} who built it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, OUTSIDER, person=eve))
    assert len(stage.parallel.runs) == 1


async def test_a_question_waits_until_slack_tells_who_asks_and_only_its_asker_sees_it(
    stage: Stage,
) -> None:
    stage.slack.faults.next("users.info", ratelimited=1)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, WAITS))
    assert stage.slack.thread(asked).said == []
    assert stage.parallel.runs == []
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert [WAITS in each.text for each in stage.slack.ephemerals(stage.ada)] == [True]
    assert stage.slack.ephemerals(stage.bob) == []


async def test_who_waits_sees_so_although_slack_takes_no_private_message_at_first(
    stage: Stage,
) -> None:
    stage.slack.faults.next("users.info", times=3, ratelimited=1)
    stage.slack.faults.next("chat.postEphemeral", ratelimited=1)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    assert [WAITS in each.text for each in stage.slack.ephemerals(stage.ada)] == [True]


async def test_a_refusal_that_slack_does_not_show_is_shown_the_next_time(stage: Stage) -> None:
    stage.bob.user.guest = "multi-channel"
    stage.slack.faults.next("chat.postEphemeral", ratelimited=1)
    for number in range(3):
        await stage.bob.says(stage.general, f"{stage.me} who owns it, {number}?")
        await acknowledged(stage)
    assert [GUEST in each.text for each in stage.slack.ephemerals(stage.bob)] == [True]


async def test_a_reply_waits_until_slack_tells_who_asks(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    stage.slack.faults.next("users.info", ratelimited=1)
    await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: saw_ephemeral(stage, WAITS, person=stage.bob))
    run = await stage.parallel.next_run()
    assert run.body["previous_interaction_id"]


async def test_a_reply_that_waited_its_turn_is_not_lost_to_a_look_up_that_fails_once(
    stage: Stage,
) -> None:
    await stage.stop_bot()
    clock = Clock()
    await stage.start_bot(clock)
    asked, _, first = await begun(stage)
    await stage.bob.replies(asked, "since when?")
    await acknowledged(stage)
    clock.ahead = 5.0  # longer than what fails is looked up again
    stage.slack.faults.next("users.info", status=503)
    first.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    run = await stage.parallel.next_run()
    assert run.body["previous_interaction_id"]
    assert stage.slack.ephemerals(stage.bob) == []


async def test_a_question_that_waited_for_slack_is_not_lost_to_a_look_up_that_fails_then(
    stage: Stage,
) -> None:
    stage.slack.faults.next("users.info", ratelimited=1)  # longer than what fails is looked up
    stage.slack.faults.next("users.info", status=503)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    assert not saw_ephemeral(stage, UNKNOWN)


async def test_whoever_waits_and_may_not_ask_is_refused_then(stage: Stage) -> None:
    stage.bob.user.guest = "multi-channel"
    stage.slack.faults.next("users.info", ratelimited=1)
    await stage.bob.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, GUEST, person=stage.bob))
    waited, refused = (each.text for each in stage.slack.ephemerals(stage.bob))
    assert WAITS in waited
    assert GUEST in refused
    assert stage.parallel.runs == []


async def test_a_question_that_waits_can_be_deleted(stage: Stage) -> None:
    stage.slack.faults.next("users.info", ratelimited=1)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, WAITS))
    await stage.ada.deletes(asked)
    await acknowledged(stage)
    await stage.ada.says(stage.general, f"{stage.me} who built it?")
    run = await stage.parallel.next_run()
    assert "who built it?" in str(run.body["input"])


async def test_our_own_people_stop_what_they_began_in_a_channel_that_nobody_can_tell_of(
    stage: Stage,
) -> None:
    asked, status, _ = await begun(stage)
    _, pressed, _ = await begun(stage)
    for delivery in stage.slack.administration.unshare(stage.general):  # so it is looked up again
        await delivery.over.wait()
    stage.slack.faults.next("conversations.info", times=99, error="missing_scope")
    await stage.ada.clicks(pressed, actions.STOP)
    await stage.slack.until(lambda: "stopped" in shown(pressed).lower())
    await stage.ada.replies(asked, f"{stage.me} stop")
    await stage.slack.until(lambda: "stopped" in shown(status).lower())


async def test_more_channels_than_slack_tells_of_in_a_minute_are_all_answered(
    redis_url: str,
) -> None:
    async with staged("socket", redis_url, rate_limits=True) as stage:
        await stage.start_bot()
        channels = [
            stage.slack.channel(f"channel-{number}", members=[stage.ada]) for number in range(120)
        ]
        async with asyncio.TaskGroup() as group:
            for number, channel in enumerate(channels):
                words = f"{stage.me} question {number}?"
                group.create_task(stage.ada.says(channel, words))
        for _ in channels:
            await stage.parallel.next_run()
        assert stage.slack.ephemerals(stage.ada) == []


# --- a slow Slack -----------------------------------------------------------------------


@pytest.mark.parametrize("methods", [LOOK_UPS[:1], LOOK_UPS[1:], LOOK_UPS])
async def test_a_question_is_answered_however_slowly_slack_tells_who_asks(
    one: Stage, methods: tuple[str, ...]
) -> None:
    for method in methods:
        one.slack.faults.next(method, times=99, delay=SLOW)
    asked = await one.ada.says(one.general, f"{one.me} who owns it?")
    (await one.parallel.next_run()).finishes("Egypt.")
    await said(one, asked, "Egypt.")
    await one.bob.replies(asked, "since when?")
    run = await one.parallel.next_run()
    assert run.body["previous_interaction_id"]
    assert one.slack.ephemerals(one.ada) == one.slack.ephemerals(one.bob) == []


async def test_a_press_that_a_slow_slack_tells_nothing_of_in_time_works_the_next_time(
    one: Stage,
) -> None:
    _, answer, _ = await answered(one)
    cay = one.slack.person("cay")
    one.general.members.add(cay.id)
    one.slack.faults.next("users.info", times=99, delay=SLOW)
    await cay.clicks(answer, actions.RERUN)
    await one.slack.until(lambda: saw_ephemeral(one, UNKNOWN, person=cay))
    await cay.clicks(answer, actions.RERUN)
    assert len(cay.views()) == 1


async def test_a_question_that_slack_is_slow_about_can_be_deleted(one: Stage) -> None:
    answers = asyncio.Event()
    one.slack.faults.next("users.info", gate=answers)
    asked = await one.ada.says(one.general, f"{one.me} who owns it?")
    await acknowledged(one)
    await one.ada.deletes(asked)
    await acknowledged(one)
    answers.set()
    await one.ada.says(one.general, f"{one.me} who built it?")
    run = await one.parallel.next_run()
    assert "who built it?" in str(run.body["input"])
    assert one.slack.thread(asked).said == []


async def test_a_bot_that_waits_for_a_slow_slack_stops_and_its_question_is_answered_later(
    one: Stage,
) -> None:
    answers = asyncio.Event()
    one.slack.faults.next("users.info", gate=answers)
    asked = await one.ada.says(one.general, f"{one.me} who owns it?")
    await acknowledged(one)
    await one.stop_bot()
    answers.set()
    await one.start_bot()
    (await one.parallel.next_run()).finishes("Egypt.")
    await said(one, asked, "Egypt.")


# --- an outage and a refusal ------------------------------------------------------------


REFUSED: dict[str, Any] = {"error": "missing_scope"}
NO_ANSWER: dict[str, Any] = {"status": 503}


@pytest.mark.parametrize(
    ("look_ups", "is_taken"),
    [
        ([(NO_ANSWER, 0), (REFUSED, 60)], True),  # refused once only
        ([(NO_ANSWER, 60), (REFUSED, 0), (REFUSED, 11)], False),
        ([(REFUSED, 0), (NO_ANSWER, 60), (REFUSED, 0), (REFUSED, 5)], True),
        ([(REFUSED, 0), (NO_ANSWER, 11), (REFUSED, 11), (NO_ANSWER, 11)], True),
        ([(NO_ANSWER, 0), (NO_ANSWER, 590)], True),
        ([(NO_ANSWER, 0), (REFUSED, 590), (NO_ANSWER, 11)], False),  # ten minutes in all
    ],
)
async def test_a_refusal_counts_from_the_first_in_a_row_and_an_outage_from_its_start(
    stage: Stage, look_ups: list[tuple[dict[str, Any], int]], is_taken: bool
) -> None:
    """Each look-up of the asker takes so many seconds."""
    await stage.stop_bot()
    clock = Clock()
    timing = replace(AGAIN_SOON, admission=10.0, outage=600.0)
    await stage.start_bot(clock, retry_timing=timing)
    asked, _, _ = await answered(stage)
    gates = [Gate() for _ in look_ups]
    for (how, _), gate in zip(look_ups, gates, strict=True):
        stage.slack.faults.next("users.info", gate=gate, **how)
    await stage.bob.replies(asked, "since when?")
    for (_, seconds), gate in zip(look_ups, gates, strict=True):
        await gate.reached.wait()
        clock.ahead += seconds
        gate.set()
    if is_taken:
        run = await stage.parallel.next_run()
        assert run.body["previous_interaction_id"]
        assert not saw_ephemeral(stage, UNKNOWN, person=stage.bob)
    else:
        await stage.slack.until(lambda: saw_ephemeral(stage, UNKNOWN, person=stage.bob))
        assert len(stage.parallel.runs) == 1


async def test_whose_first_look_up_takes_long_hears_that_the_question_waits(stage: Stage) -> None:
    """Slack hangs: that is told after the first look-up, not after the second."""
    await stage.stop_bot()
    clock, hangs, hangs_on = Clock(), Gate(), Gate()
    await stage.start_bot(clock, retry_timing=replace(AGAIN_SOON, outage=600.0, slow_admission=5.0))
    asked, _, _ = await answered(stage)
    stage.slack.faults.next("users.info", gate=hangs, status=503)
    stage.slack.faults.next("users.info", gate=hangs_on)
    await stage.bob.replies(asked, "since when?")
    await hangs.reached.wait()
    clock.ahead += 30.0
    hangs.set()
    await stage.slack.until(lambda: saw_ephemeral(stage, WAITS, person=stage.bob))
    hangs_on.set()
    await stage.parallel.next_run()
