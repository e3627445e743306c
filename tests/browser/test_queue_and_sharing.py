"""Threads with several people: small talk, stop, queued questions, sharing, new topics.

The bot runs in this process, so that its clock can be advanced, without Slack's rate limits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio
import redis
from playwright.async_api import Locator, expect

from bot.engine.context import UpdateTiming
from bot.playground.run import RunningPlayground
from bot.playground.slack import Message
from tests.browser.conftest import WITHIN, Window
from tests.browser.small_app import paged
from tests.browser.test_conversation import answered, dialog, said
from tests.e2e.dialogue import Clock
from tests.e2e.stage import staged

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)
UPDATE_TIMING = UpdateTiming(
    min_interval=0.05, max_interval=0.5, debounce=0.02, edit_lag=0.1, post_lag=0.1
)


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The bot's clock."""
    return Clock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(valkey: str, clock: Clock) -> AsyncIterator[RunningPlayground]:
    """A page, with the bot in this process."""
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
    async with staged("socket", valkey, rate_limits=False) as stage:
        stage.slack.dm(stage.ada)
        await stage.start_bot(clock, timing=UPDATE_TIMING)
        async with paged(stage.slack, stage.parallel) as running:
            yield running


async def says(window: Window, words: str) -> Locator:
    """Post in the channel; returns the message."""
    await window.page.locator("#channel-text").fill(words)
    await window.page.locator("#channel-text").press("Enter")
    return window.channel.locator(".message", has_text=words).last


def messages(window: Window) -> Iterable[Message]:
    """Return all messages of the channel in the window."""
    channels = window.running.playground.slack.workspace.channels.values()
    return next(each for each in channels if each.id in window.page.url).visible()


async def opens(message: Locator) -> None:
    """Open a message's thread."""
    await message.get_by_role("button", name="1 reply").click()


async def test_thanks_get_a_reaction_and_a_greeting_gets_help(ada: Window) -> None:
    await answered(ada, "who owns it?", "Egypt does.")
    before = len(ada.research.runs)
    await ada.replies("thanks!")
    await expect(said(ada, "thanks!").locator(".reactions")).to_contain_text("🙌")
    await opens(await says(ada, "@Threadline hi"))
    helped = said(ada, "Mention me with a question")
    assert len(ada.research.runs) == before
    await helped.get_by_role("button", name="Ask it anyway").click()
    assert (await ada.research.next_run(10)).input == "hi"


async def test_stop_offers_to_stop_queued_questions(ada: Window) -> None:
    await ada.asks("who dug it?")
    before = len(ada.research.runs)
    await ada.replies("and since when?")
    await ada.replies("and before?")
    await expect(said(ada, "Up next")).to_contain_text("2. “and before?”")
    await ada.replies("stop")
    stopped = said(ada, "Stopped waiting")
    await expect(stopped).to_contain_text("Your other 2 questions in this thread start in 30 s.")
    await stopped.get_by_role("button", name="Stop all 3").click()
    await expect(said(ada, "Stopping 2 more questions")).to_contain_text("Only visible to you")
    await expect(said(ada, "No run was started")).to_have_count(2)
    assert len(ada.research.runs) == before


async def test_answer_to_a_queued_question_links_it_and_names_its_author(ada: Window) -> None:
    first = await ada.asks("who runs it?")
    slack = ada.running.playground.slack
    root = next(each for each in messages(ada) if "who runs it?" in each.text)
    await slack.person("bob").replies(root, "and since when?")
    await expect(said(ada, "Researching")).to_contain_text("Up next: 1. “and since when?”")
    first.finishes("An authority does.")
    run = await ada.research.next_run(10)
    status = said(ada, "Researching")
    await expect(status).to_contain_text("@Bob asked “and since when?”")
    await status.get_by_role("link", name="“and since when?”").click()
    await expect(ada.thread.get_by_text("and since when?", exact=True)).to_be_in_viewport()
    run.finishes("Since 1956.")
    await expect(said(ada, "Since 1956.")).to_contain_text("@Bob asked “and since when?”")


async def test_answer_is_shared_with_another_channel(ada: Window) -> None:
    slack = ada.running.playground.slack
    slack.channel("sales", members=[slack.person("ada"), slack.person("bob")])
    await answered(ada, "what does it earn?", "About 9 billion dollars.")
    answer = said(ada, "About 9 billion dollars.")
    await answer.locator("details.bk-overflow summary").click()
    await answer.get_by_role("button", name="Share…").click()
    form = dialog(ada, "Share this answer")
    await expect(form.locator("blockquote")).to_have_text("what does it earn?")
    await form.get_by_label("Channel").select_option(label="#sales")
    await expect(form).to_contain_text("2 people can see it in #sales")
    await form.get_by_label("Comment").fill("Worth a look")
    await form.get_by_role("button", name="Share", exact=True).click()
    await expect(form).to_contain_text("The answer will appear in #sales")
    await form.get_by_text("Close", exact=True).click()
    await ada.page.locator("#channels").get_by_role("button", name="sales").click()
    shared = ada.channel.locator(".message", has_text="About 9 billion dollars.")
    await expect(shared).to_contain_text("@Ada shared an answer to “what does it earn?”")
    await expect(shared.locator("blockquote")).to_have_text("Worth a look")
    await expect(shared.get_by_role("link", name="Page 1")).to_be_visible()
    await shared.get_by_role("link", name="Its thread").click()
    await expect(said(ada, "what does it earn?").first).to_be_visible()


async def test_new_topic_links_the_last_answer(ada: Window) -> None:
    await ada.page.locator("#channels").get_by_role("button", name="Threadline", exact=True).click()
    for question, answer in (("how old is it?", "Since 1869."), ("how long?", "193 km.")):
        message = await says(ada, question)
        run = await ada.research.next_run(10)
        await opens(message)
        if question == "how long?":
            notice = said(ada, "New topic. To follow up on the last answer, reply in its thread")
            await expect(notice.get_by_role("link", name="in its thread")).to_be_visible()
        run.finishes(answer)
        await expect(said(ada, answer)).to_be_visible()
    await said(ada, "New topic").get_by_role("link", name="in its thread").click()
    await expect(said(ada, "Since 1869.")).to_be_visible()
    await expect(said(ada, "193 km.")).to_have_count(0)


async def test_slow_run_is_reported_as_slow_and_awaited(ada: Window, clock: Clock) -> None:
    run = await ada.asks("!lite-fast who paid for it?")
    status = said(ada, "Researching")
    await expect(status).to_contain_text("usually 10–20 s")
    clock.ahead += 3_600
    await expect(status).to_contain_text("Slower than usual. I'll wait up to 24 h in all")
    await expect(status.get_by_role("button", name="Stop")).to_be_visible()
    run.finishes("Its shareholders.")
    await expect(said(ada, "Its shareholders.")).to_contain_text("@Ada your answer is ready")
