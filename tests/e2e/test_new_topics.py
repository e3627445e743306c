"""Direct messages: a message outside of threads starts a new topic, and a notice says so once."""

from __future__ import annotations

import pytest

from bot.playground.slack import Message
from tests.e2e.dialogue import Clock, said, shown
from tests.e2e.stage import Stage, staged

NEW_TOPIC = "New topic. To follow up on the last answer, reply"


async def asks(stage: Stage, words: str) -> Message:
    """Ada asks in her direct messages, and is answered; returns what is said of the work on it."""
    asked = await stage.ada.says(stage.slack.dm(stage.ada), words)
    status = await stage.slack.thread(asked).next()
    while_going = shown(status)
    (await stage.parallel.next_run()).finishes(f"As to {words}.")
    await said(stage, asked, f"As to {words}.")
    await stage.slack.until(lambda: "Researching" not in shown(status))
    assert (NEW_TOPIC in while_going) == (NEW_TOPIC in shown(status))
    return status


@pytest.mark.also_over_http
async def test_the_second_topic_says_how_to_follow_up_and_where(stage: Stage) -> None:
    first = await asks(stage, "who owns it?")
    assert NEW_TOPIC not in shown(first)
    second = await asks(stage, "and since when?")
    assert f"{NEW_TOPIC} <" in shown(second)
    root = (first.thread_ts or "").replace(".", "")
    assert f"/p{root}" in shown(second)
    assert stage.parallel.runs[1].previous_interaction_id is None
    assert NEW_TOPIC not in shown(await asks(stage, "and before?"))


async def test_a_reply_in_its_thread_is_no_new_topic(one: Stage) -> None:
    first = await asks(one, "who owns it?")
    await one.ada.replies(first, "since when?")
    run = await one.parallel.next_run()
    assert run.previous_interaction_id == one.parallel.runs[0].interaction_id
    run.finishes("1956.")
    await said(one, first, "1956.")
    assert not any(NEW_TOPIC in text for text in one.texts(first))


async def test_after_half_an_hour_it_goes_without_saying(redis_url: str) -> None:
    clock = Clock()
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(clock)
        await asks(stage, "who owns it?")
        clock.ahead = 31 * 60
        assert NEW_TOPIC not in shown(await asks(stage, "what is new?"))
        assert NEW_TOPIC in shown(await asks(stage, "and what else?"))


async def test_mentions_in_channels_start_new_topics_without_a_notice(one: Stage) -> None:
    for words in ("who owns it?", "who built it?"):
        asked = await one.ada.says(one.general, f"{one.me} {words}")
        (await one.parallel.next_run()).finishes("Egypt.")
        await said(one, asked, "Egypt.")
        assert not any(NEW_TOPIC in text for text in one.texts(asked))


async def test_a_quick_answer_has_the_new_topic_notice(one: Stage) -> None:
    await asks(one, "who owns it?")
    asked = await one.ada.says(one.slack.dm(one.ada), "!speed and since when?")
    (await one.parallel.next_chat()).finishes("1956.")
    await said(one, asked, NEW_TOPIC)
