"""Processors on offer: what is not on offer cannot be chosen anywhere, and people read what is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain import policies
from bot.domain.thread import ChannelId, TeamId
from bot.playground.slack import Outcome
from bot.slack import action_ids as actions
from tests.e2e.dialogue import answered, elements, said, saw_ephemeral, shown
from tests.e2e.stage import Stage

ADMIN = "U0ADMIN"


@pytest.fixture
async def offering(stage: Stage) -> Stage:
    """A bot that offers three processors; its default, ``core-fast``, is one of them."""
    await stage.stop_bot()
    await stage.start_bot(ALLOWED_PROCESSORS="speed,lite,core-fast", ADMINS=ADMIN)
    return stage


def words_of(outcome: Outcome) -> str:
    """Return what a command was answered."""
    return "\n".join(message.text for message in outcome.messages)


def values(place: Any) -> list[str]:
    """Return the processors that a menu of a modal offers."""
    (menu,) = [
        block["element"]
        for block in place.content["blocks"]
        if block.get("element", {}).get("option_groups")
    ]
    return [each["value"] for group in menu["option_groups"] for each in group["options"]]


async def offer(stage: Stage, redis_url: str, names: str, channel: str | None = None) -> None:
    """Have an admin change what is on offer while the bot is at work."""
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        prefix = next(iter([key async for key in redis.scan_iter("*:turn:*")])).split(":turn:")[0]
        name = policies.processors(ChannelId(channel) if channel else None)
        team = TeamId(stage.slack.app.team_id)
        await redis.hset(f"{prefix}:policies:{team}", name, names)
        await redis.expire(f"{prefix}:policies:{team}", 600)


@pytest.mark.also_over_http
async def test_a_mark_for_what_is_not_on_offer_is_refused_with_what_is(offering: Stage) -> None:
    asked = await offering.ada.says(offering.general, f"{offering.me} !ultra8x who owns it?")
    refusal = await said(offering, asked, "isn't on offer here")
    assert "*ultra8x* isn't on offer here. No run was started" in refusal.text
    assert "`quick`, `standard`, or by name `speed`, `lite`, `core-fast`" in refusal.text
    assert f"/team/{ADMIN}|" in refusal.text
    assert refusal.pings == {offering.ada.id}
    assert [each["text"]["text"] for each in elements(refusal)] == [
        "Use Standard (core-fast) ($0.025)",
        "Use lite ($0.005)",
        "Use Quick (speed) ($0.005)",
    ]
    assert offering.texts(asked) == [refusal.text]  # no status that says it researches
    stale = replace(refusal)
    await offering.bob.clicks(refusal, actions.USE_FIRST)
    await offering.ada.clicks(stale, actions.USE_SECOND)
    run = await offering.parallel.next_run()
    assert run.processor == "core-fast"
    run.finishes("Egypt.")
    await said(offering, asked, "Egypt.")
    await offering.slack.until(lambda: saw_ephemeral(offering, "Already"))
    assert len(offering.parallel.runs) == 1


async def test_an_edit_to_what_is_on_offer_is_asked(offering: Stage) -> None:
    asked = await offering.ada.says(offering.general, f"{offering.me} !pro who owns it?")
    await said(offering, asked, "isn't on offer here")
    await offering.ada.edits(asked, f"{offering.me} !lite who owns it?")
    assert (await offering.parallel.next_run()).processor == "lite"


async def test_a_default_that_is_not_on_offer_gives_way_and_that_is_said(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(ALLOWED_PROCESSORS="lite,base-fast,ultra")
    _, status, run = await begun_in(stage)
    assert run.processor == "base-fast"
    assert "Researching with *base-fast*" in status.text
    assert "*Standard (core-fast)* isn't on offer here" in status.text


async def begun_in(stage: Stage) -> tuple[Any, Any, Any]:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    status = await stage.slack.thread(asked).next()
    return asked, status, await stage.parallel.next_run()


async def test_choices_that_are_no_longer_on_offer_are_passed_over(stage: Stage) -> None:
    await stage.ada.command("/processor", "me pro", stage.general)
    await stage.ada.command("/processor", "base", stage.general)
    await stage.stop_bot()
    await stage.start_bot(ALLOWED_PROCESSORS="base,lite")
    _, status, run = await begun_in(stage)
    assert run.processor == "base"
    assert "*pro* isn't on offer here" in status.text
    outcome = await stage.ada.command("/processor", "me", stage.general)
    assert "Just me, everywhere:* pro, which isn't on offer here" in words_of(outcome)


@pytest.mark.parametrize("words", ["pro", "me pro"])
async def test_the_command_sets_only_what_is_on_offer(offering: Stage, words: str) -> None:
    outcome = await offering.ada.command("/processor", words, offering.general)
    assert "*pro* isn't on offer here" in words_of(outcome)
    assert f"<@{ADMIN}> can change that" in words_of(outcome)
    _, _, run = await begun_in(offering)
    assert run.processor == "core-fast"


async def test_menus_show_what_is_on_offer_and_forms_take_nothing_else(
    offering: Stage, redis_url: str
) -> None:
    _, answer, _ = await answered(offering)
    await offering.ada.clicks(answer, actions.RERUN)
    form = offering.ada.views()[-1]
    assert values(form) == ["speed", "lite"]
    await offer(offering, redis_url, "speed core-fast")
    outcome = await offering.ada.submits(form, {"processor": {"processor": "lite"}})
    assert "lite isn't on offer here any more" in str(outcome.errors)
    await offering.ada.clicks(answer, actions.FOLLOW_UP)
    assert values(offering.ada.views()[-1]) == ["speed", "core-fast"]
    assert len(offering.parallel.runs) == 1


async def test_a_channel_has_a_list_of_its_own(offering: Stage, redis_url: str) -> None:
    await answered(offering)
    await offer(offering, redis_url, "ultra-fast", offering.general.id)
    asked = await offering.ada.says(offering.general, f"{offering.me} !ultra-fast who built it?")
    run = await offering.parallel.next_run()
    assert run.processor == "ultra-fast"
    elsewhere = offering.slack.channel("news", members=[offering.ada], bot=True)
    asked = await offering.ada.says(elsewhere, f"{offering.me} !ultra-fast who built it?")
    await said(offering, asked, "isn't on offer here")


async def test_a_question_that_waits_is_judged_when_it_starts(
    offering: Stage, redis_url: str
) -> None:
    asked = await offering.ada.says(offering.general, f"{offering.me} who owns it?")
    first = await offering.parallel.next_run()
    await offering.waited_for(first)
    await offering.ada.replies(asked, f"{offering.me} !lite and who built it?")
    await offering.slack.until(lambda: bool(offering.slack.thread(asked).messages[-1].reactions))
    await offer(offering, redis_url, "core-fast")
    first.finishes("Egypt.")
    refusal = await said(offering, asked, "*lite* isn't on offer here")
    assert "Available: `standard`, or by name `core-fast`" in refusal.text
    assert len(offering.parallel.runs) == 1


async def test_old_messages_and_forged_presses_start_nothing_else(
    offering: Stage, redis_url: str
) -> None:
    asked = await offering.ada.says(offering.general, f"{offering.me} !speed who owns it?")
    (await offering.parallel.next_chat()).finishes("Egypt.")
    answer = await said(offering, asked, "No sources were checked")
    assert answer.blocks
    forged = replace(answer, blocks=with_value(answer.blocks, actions.LOOK_UP, "ultra8x"))
    await offering.ada.clicks(forged, actions.LOOK_UP)
    await offering.slack.until(lambda: saw_ephemeral(offering, "*ultra8x* isn't on offer here"))
    await offer(offering, redis_url, "speed")
    await offering.ada.clicks(answer, actions.LOOK_UP)
    await offering.slack.until(
        lambda: saw_ephemeral(offering, "*Standard (core-fast)* isn't on offer here")
    )
    assert offering.parallel.runs == []


def with_value(blocks: list[dict[str, Any]], action: str, name: str) -> list[dict[str, Any]]:
    """Return blocks whose button names another processor."""

    def changed(element: dict[str, Any]) -> dict[str, Any]:
        if element.get("action_id") != action:
            return element
        turn = element["value"].rpartition(" ")[2]
        return {**element, "value": f"{name} {turn}"}

    return [
        {**block, "elements": [changed(each) for each in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in blocks
    ]


async def test_the_cheaper_processor_of_a_price_is_one_on_offer(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(ALLOWED_PROCESSORS="base,ultra8x", CONFIRM_FROM_USD="0.30")
    asked = await stage.ada.says(stage.general, f"{stage.me} !ultra8x who owns it?")
    note = await said(stage, asked, "costs $2.40")
    assert "Use base instead ($0.01)" in [each["text"]["text"] for each in elements(note)]
    assert note.blocks
    forged = replace(note, blocks=with_value(note.blocks, actions.CONFIRM_CHEAPER, "lite"))
    await stage.ada.clicks(forged, actions.CONFIRM_CHEAPER)
    await stage.slack.until(lambda: saw_ephemeral(stage, "*lite* isn't on offer here"))
    await stage.ada.clicks(note, actions.CONFIRM_CHEAPER)
    assert (await stage.parallel.next_run()).processor == "base"


async def test_the_picker_lists_what_is_on_offer(offering: Stage) -> None:
    outcome = await offering.ada.command("/processor", "", offering.general)
    assert "pro-fast" not in words_of(outcome).partition("Priority")[0]
    (picker,) = offering.slack.ephemerals(offering.ada)
    assert "Deep" not in shown(picker).partition("Priority")[0]
    await offering.ada.chooses(picker, actions.PROCESSOR_MINE, "lite")
    _, _, run = await begun_in(offering)
    assert run.processor == "lite"
