"""A channel's processor: a dear one is confirmed by who set it, and each change is announced."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.domain.thread import ChannelId, TeamId, UserId
from bot.playground.slack import Channel as Room
from bot.playground.slack import Message, Outcome
from bot.ports import Channel
from bot.slack import action_ids as actions
from tests.contract.redis_servers import command, valkey
from tests.e2e.dialogue import action_ids, saw_ephemeral
from tests.e2e.stage import AGAIN_SOON, Stage, staged


@pytest.fixture
async def asking(stage: Stage) -> Stage:
    """A bot that asks about prices from $0.30 on, which is its default."""
    await stage.stop_bot()
    await stage.start_bot(CONFIRM_FROM_USD="0.30")
    return stage


def announcements(stage: Stage, channel: Room) -> list[Message]:
    """Return what the bot said in a channel, outside of threads."""
    me = stage.slack.app.bot_user_id
    said = (m for m in channel.messages.values() if m.user == me and not m.ephemeral_to)
    return [message for message in said if message.thread_ts in (None, message.ts)]


async def processor_of_next(stage: Stage) -> str:
    await stage.bob.says(stage.general, f"{stage.me} !lite who owns it?")
    await stage.parallel.next_run()
    await stage.bob.says(stage.general, f"{stage.me} who built it?")
    return (await stage.parallel.next_run()).processor


@pytest.mark.also_over_http
async def test_every_change_is_announced_once_with_who_made_it(asking: Stage) -> None:
    outcome = await asking.ada.command("/processor", "deep", asking.general)
    assert "This channel now uses *Deep (pro-fast)*" in outcome.messages[0].text
    (said,) = announcements(asking, asking.general)
    assert f"<@{asking.ada.id}> set this channel's default to *Deep" in said.text
    assert "$0.10 a run, usually 30 s–5 min" in said.text
    assert said.pings <= {asking.ada.id}
    await asking.bob.command("/processor", "pro-fast", asking.general)
    assert announcements(asking, asking.general) == [said]  # nothing changed
    await asking.bob.command("/processor", "reset", asking.general)
    _, cleared = announcements(asking, asking.general)
    assert f"<@{asking.bob.id}> cleared this channel's default" in cleared.text
    assert "now use *Standard (core-fast)*" in cleared.text


async def test_a_change_of_which_replies_are_answered_is_announced_once(asking: Stage) -> None:
    for _ in range(2):
        await asking.ada.command("/processor", "replies mention", asking.general)
    (said,) = announcements(asking, asking.general)
    assert f"<@{asking.ada.id}> changed which replies I answer" in said.text
    assert "only replies in my threads that mention me" in said.text
    await asking.bob.command("/processor", "replies reset", asking.general)
    _, cleared = announcements(asking, asking.general)
    assert "I answer every reply in my threads" in cleared.text
    away = asking.slack.channel("away", members=[asking.ada], bot=False)
    (answer,) = (await asking.ada.command("/processor", "replies mention", away)).messages
    assert "I couldn't tell the channel" in answer.text


async def test_a_dear_default_is_set_by_who_confirms_its_price(asking: Stage) -> None:
    outcome = await asking.ada.command("/processor", "ultra8x", asking.general)
    (question,) = outcome.messages
    assert "would cost $2.40 and usually take 5 min–2 h" in question.text
    assert action_ids(question) == [actions.CHANNEL_CONFIRM, actions.CHANNEL_DECLINE]
    assert announcements(asking, asking.general) == []
    forged = replace(question, ephemeral_to=asking.bob.id)
    await asking.bob.clicks(forged, actions.CHANNEL_CONFIRM)
    await asking.slack.until(
        lambda: saw_ephemeral(asking, "Only the person who chose it", person=asking.bob)
    )
    assert announcements(asking, asking.general) == []
    await asking.ada.clicks(question, actions.CHANNEL_CONFIRM)
    (said,) = announcements(asking, asking.general)
    assert f"<@{asking.ada.id}> set this channel's default to *ultra8x*" in said.text
    assert "This channel now uses *ultra8x*" in question.text
    assert action_ids(question) == []


async def test_a_dear_default_that_is_not_confirmed_is_not_set(asking: Stage) -> None:
    (question,) = (await asking.ada.command("/processor", "exhaustive", asking.general)).messages
    await asking.ada.clicks(question, actions.CHANNEL_DECLINE)
    assert question.text == "OK, this channel's default stays as it is."
    assert await processor_of_next(asking) == "core-fast"
    assert announcements(asking, asking.general) == []


async def test_the_menu_of_the_picker_asks_as_well(asking: Stage) -> None:
    (picker,) = (await asking.ada.command("/processor", "", asking.general)).messages
    await asking.ada.chooses(picker, actions.PROCESSOR_CHANNEL, "ultra-fast")
    assert "Make *ultra-fast* this channel's default?" in picker.text
    await asking.ada.clicks(picker, actions.CHANNEL_CONFIRM)
    (said,) = announcements(asking, asking.general)
    assert "*ultra-fast*" in said.text


async def test_a_cheap_choice_in_the_picker_is_announced(asking: Stage) -> None:
    (picker,) = (await asking.ada.command("/processor", "", asking.general)).messages
    await asking.ada.chooses(picker, actions.PROCESSOR_CHANNEL, "lite")
    (said,) = announcements(asking, asking.general)
    assert "set this channel's default to *lite*" in said.text
    assert action_ids(picker) or picker.blocks
    await asking.ada.clicks(picker, actions.RESET_CHANNEL)
    assert "cleared this channel's default" in announcements(asking, asking.general)[1].text


async def test_a_channel_that_takes_no_post_is_set_and_its_person_hears_so(asking: Stage) -> None:
    away = asking.slack.channel("away", members=[asking.ada], bot=False)
    (answer,) = (await asking.ada.command("/processor", "deep", away)).messages
    assert "This channel now uses *Deep (pro-fast)*" in answer.text
    assert "I couldn't tell the channel" in answer.text


async def test_a_lost_announcement_undoes_nothing(asking: Stage) -> None:
    asking.slack.faults.next("chat.postMessage", status=503)
    (answer,) = (await asking.ada.command("/processor", "pro", asking.general)).messages
    assert "This channel now uses *pro*" in answer.text
    assert await processor_of_next(asking) == "pro"


async def test_a_change_whose_listener_died_is_announced_by_a_job(asking: Stage) -> None:
    await asking.stop_bot()
    by, channel = UserId(asking.ada.id), ChannelId(asking.general.id)
    place = Channel(TeamId(asking.slack.app.team_id), channel)
    async with asking.other_replica() as replica:  # as if it died then
        assert await replica.choices.choose_default(place, by, "lite")
        assert await replica.choices.choose_default(place, by, "pro")
    await asking.start_bot(retry_timing=replace(AGAIN_SOON, announcement=0.0))
    await asking.slack.until(lambda: announcements(asking, asking.general))
    assert await processor_of_next(asking) == "pro"
    (said,) = announcements(asking, asking.general)  # lite is of no interest any more
    assert f"<@{by}> set this channel's default to *pro*" in said.text


async def test_a_change_whose_listener_died_after_the_post_is_announced_once() -> None:
    async with (
        valkey() as port,
        Redis(port=port, decode_responses=True) as redis,
        staged("socket", f"redis://127.0.0.1:{port}", rate_limits=False) as stage,
    ):
        await stage.start_bot()
        await command(port, "ACL", "SETUSER", "default", "-xdel")  # so the job stays
        await stage.ada.command("/processor", "pro", stage.general)
        await stage.stop_bot()
        await command(port, "ACL", "SETUSER", "default", "+xdel")
        (ready,) = [key async for key in redis.scan_iter("*:ready")]
        assert await redis.xlen(ready) == 1
        await stage.start_bot(retry_timing=replace(AGAIN_SOON, announcement=0.0))
        async with asyncio.timeout(60):
            while await redis.xlen(ready):
                await asyncio.sleep(0.01)
        assert len(announcements(stage, stage.general)) == 1


async def test_a_change_that_slack_takes_no_post_of_just_then_is_announced_later(
    asking: Stage,
) -> None:
    await asking.stop_bot()
    await asking.start_bot(retry_timing=replace(AGAIN_SOON, announcement=0.0))
    asking.slack.faults.next("chat.postMessage", ratelimited=1)
    await asking.ada.command("/processor", "pro", asking.general)
    await asking.slack.until(lambda: announcements(asking, asking.general))


async def test_a_persons_own_choice_is_nobody_elses_business(asking: Stage) -> None:
    outcome: Outcome = await asking.ada.command("/processor", "me ultra8x", asking.general)
    assert "Your questions now use *ultra8x*" in outcome.messages[0].text
    assert announcements(asking, asking.general) == []
