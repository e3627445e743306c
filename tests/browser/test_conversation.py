"""Conversations with the real bot on the page: status, evidence, stop, re-run, Home tab."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from bot.playground.task_api import LocalRun
from tests.browser.conftest import WITHIN, Window

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)


def basis(number: int = 1) -> dict[str, Any]:
    """Return a basis with this number of sources."""
    cited = [
        {
            "url": f"https://example.com/{n}",
            "title": f"Page {n}",
            "excerpts": [f"So says page {n}."],
        }
        for n in range(1, number + 1)
    ]
    return {"field": "output", "reasoning": "They all agree.", "citations": cited}


def said(window: Window, words: str) -> Locator:
    """Return the messages in the open thread that contain this text."""
    return window.thread.locator(".message", has_text=words)


def dialog(window: Window, name: str) -> Locator:
    """Return the open modal with this title."""
    return window.page.get_by_role("dialog", name=name)


async def answered(window: Window, question: str, answer: str) -> LocalRun:
    """Ask a question, answer it, and wait for the answer."""
    run = await window.asks(question)
    run.finishes(answer, [basis()], confidence="high")
    await expect(said(window, answer)).to_be_visible()
    return run


async def test_status_shows_progress_and_queued_questions(ada: Window) -> None:
    run = await ada.asks("who owns it?")
    run.begins()
    run.says("Reading the company register")
    run.progress(41, considered=1_204, read=34)
    status = said(ada, "Researching").first
    await expect(status).to_contain_text("▓▓▓▓░░░░░░ 41%")
    await expect(status).to_contain_text("Sources: 1,204 considered, 34 read")
    await expect(status).to_contain_text("Now: Reading the company register")
    await ada.replies("and since when?")
    await ada.replies("and before?")
    await expect(status).to_contain_text("1. “and since when?” · 2. “and before?”")
    await status.get_by_role("button", name="Notify me when done").click()
    await expect(said(ada, "I'll notify you here")).to_contain_text("Only visible to you")
    await expect(status).to_contain_text("1 person will be notified")
    run.finishes("Egypt does.")
    await expect(said(ada, "@Ada your answer is ready:")).to_contain_text("Egypt does.")
    for answer in ("Since 1956.", "A company."):
        (await ada.research.next_run(10)).finishes(answer)
        await expect(said(ada, answer)).to_contain_text("@Ada asked “and ")
    await expect(ada.thread).not_to_contain_text("Researching")
    await expect(said(ada, "✅ Standard (core-fast)")).to_have_count(3)


async def test_evidence_modal_has_pages_and_closes(ada: Window) -> None:
    run = await ada.asks("who says so?")
    run.finishes("Many do.", [basis(34)], confidence="medium")
    button = ada.thread.get_by_role("button", name="Sources", exact=True)
    await button.click()
    opened = dialog(ada, "Sources & evidence")
    await expect(opened).to_contain_text("34 sources · Confidence: medium · Page 1 of 3")
    await expect(opened).to_contain_text("They all agree.")
    await expect(opened.locator("blockquote").nth(1)).to_have_text("So says page 1.")
    link = opened.get_by_role("link", name="Page 1", exact=True)
    await expect(link).to_have_attribute("href", "https://example.com/1")
    await opened.get_by_role("button", name="Next").click()
    await expect(opened).to_contain_text("Page 2 of 3")
    await opened.get_by_role("button", name="Previous").click()
    await expect(opened).to_contain_text("Page 1 of 3")
    await opened.get_by_role("button", name="Close").click()
    await expect(ada.page.locator("#modal")).to_be_hidden()
    await button.click()
    await expect(opened).to_contain_text("They all agree.")
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.locator("#modal")).to_be_hidden()


async def test_stop_states_the_cost_and_the_answer_can_still_be_had(ada: Window) -> None:
    run = await ada.asks("is it worth waiting for?")
    status = said(ada, "Researching")
    await status.get_by_role("button", name="Stop").click()
    stopped = said(ada, "Stopped waiting")
    await expect(stopped).to_contain_text("it goes on there and is billed ($0.025)")
    await expect(said(ada, "stopped by @Ada")).to_have_count(1)
    await expect(status).to_have_count(0)
    await stopped.get_by_role("button", name="Post the answer anyway").click()
    await expect(said(ada, "Still waiting for the same run")).to_be_visible()
    run.finishes("It was.")
    await expect(said(ada, "It was.")).to_be_visible()
    assert [each for each in ada.research.runs if "worth waiting" in each.input] == [run]


async def test_slacks_own_stop_button_stops_the_wait(ada: Window) -> None:
    run = await ada.asks("will you stop for Slack?")
    work = ada.page.locator("#thread-work")
    await work.get_by_role("button", name="Stop").click()
    await expect(said(ada, "Stopped waiting")).to_contain_text("billed")
    await expect(said(ada, "stopped by @Ada")).to_be_visible()
    await expect(work).to_be_empty()
    run.finishes("Nobody reads this.")


async def test_rerun_starts_once_its_price_is_accepted(ada: Window) -> None:
    first = await answered(ada, "how deep is it?", "24 m.")
    before = len(ada.research.runs)
    button = ada.thread.get_by_role("button", name="Re-run with…")
    await button.click()
    form = dialog(ada, "Re-run with…")
    await expect(form).to_contain_text("how deep is it?")
    await expect(form).to_contain_text("starts a new paid run")
    await expect(form).to_contain_text("$0.025")
    menu = form.get_by_label("Processor")
    await expect(
        menu.get_by_role("option", name="Deep (pro-fast) · +$0.075 · 30 s–5 min")
    ).to_be_attached()
    await form.get_by_role("button", name="Cancel").click()
    await expect(form).to_be_hidden()
    await button.click()
    await form.get_by_role("button", name="Re-run", exact=True).click()
    await expect(form).to_be_visible()  # nothing is chosen yet
    assert len(ada.research.runs) == before
    await menu.select_option(label="Deep (pro-fast) · +$0.075 · 30 s–5 min")
    await form.get_by_role("button", name="Re-run", exact=True).click()
    await expect(form).to_be_hidden()
    second = await ada.research.next_run(10)
    assert (second.processor, second.input) == ("pro-fast", first.input)
    assert second.previous_interaction_id == first.previous_interaction_id
    await expect(said(ada, "first asked with Standard (core-fast)")).to_be_visible()
    second.finishes("24 m, after dredging.")
    await expect(said(ada, "after dredging")).to_be_visible()


async def test_answer_buttons_fit_on_one_line_on_a_phone(ada: Window) -> None:
    await ada.page.set_viewport_size({"width": 390, "height": 844})
    await answered(ada, "how wide is it?", "200 m.")
    await ada.replies("!quick really?")
    (await ada.research.next_chat(10)).finishes("It is.")
    await expect(said(ada, "No sources were checked.")).to_be_visible()
    short = await said(ada, "really?").first.bounding_box()
    for answer in ("200 m.", "It is."):
        row = said(ada, answer).locator(".bk-actions")
        boxes = [await each.bounding_box() for each in await row.locator("> *").all()]
        assert len({round(box["y"]) for box in boxes if box}) == 1
        whole = await row.bounding_box()
        assert whole
        assert short
        assert whole["height"] <= short["height"]
        await row.get_by_label("More options").click()
        await expect(row.get_by_role("button", name="Forget this thread…")).to_be_in_viewport(
            ratio=1
        )
        opened = await row.bounding_box()
        assert opened
        assert opened["height"] == whole["height"]
        await row.get_by_label("More options").click()


async def test_shortcut_researches_a_message_in_its_thread(ada: Window) -> None:
    slack = ada.running.playground.slack
    channel = next(c for c in slack.workspace.channels.values() if c.id in ada.page.url)
    await slack.person("bob").says(channel, "the canal is to be doubled")
    message = ada.channel.locator(".message", has_text="the canal is to be doubled")
    await message.hover()
    await message.get_by_label("More actions").click()
    await message.get_by_role("button", name="Research this Threadline").click()
    form = dialog(ada, "Research this")
    question = form.get_by_label("Your question")
    await expect(question).to_have_value("the canal is to be doubled")
    await question.fill(" ")
    await form.get_by_role("button", name="Research").click()
    await expect(form.get_by_role("alert")).to_contain_text("Please enter a question")
    await question.fill("is the canal really to be doubled?")
    await form.get_by_label("Processor").select_option("pro")
    await form.get_by_role("button", name="Research").click()
    await expect(ada.page.locator("#modal")).to_be_hidden()
    run = await ada.research.next_run(10)
    assert run.processor == "pro"
    assert run.input.startswith("is the canal really to be doubled?")
    await message.get_by_role("button", name=re.compile("repl(y|ies)$")).click()
    await expect(said(ada, "Researching")).to_contain_text("pro · $0.10")
    run.finishes("A part of it.")
    await expect(said(ada, "A part of it.")).to_be_visible()


async def test_home_tab_lists_and_stops_runs_and_keeps_a_setting(ada: Window) -> None:
    run = await ada.asks("what is there at home?")
    thread = ada.page.url
    await ada.page.locator("#channels").get_by_role("button", name="Threadline", exact=True).click()
    await ada.page.get_by_role("tab", name="Home").click()
    home = ada.page.get_by_role("tabpanel", name="Home")
    running = home.locator(".bk-section", has_text="what is there at home?")
    await expect(running).to_contain_text("Standard (core-fast) · running for")
    await home.get_by_role("button", name="Refresh").click()
    await expect(home).to_contain_text("1 running or waiting · updated")
    await running.get_by_role("button", name="Stop").click()
    await expect(running.get_by_role("button", name="Stop")).to_have_count(0)
    menu = home.get_by_role("combobox")
    await menu.select_option("ultra-fast")
    await expect(home).to_contain_text("ultra-fast (your own setting, everywhere) · $0.30 a run")
    await ada.page.reload()
    await expect(menu).to_have_value("ultra-fast")
    await expect(home).to_contain_text(re.compile("what is there at home\\? · #.* · stopped"))
    await expect(home).to_contain_text(re.compile(r"This month: \$\d+\.\d\d"))
    await menu.select_option(label="Channel setting, or default")
    default = "Standard (core-fast) (default, unless a channel sets its own)"
    await expect(home).to_contain_text(default)
    await home.get_by_role("button", name="Search…").click()
    form = ada.page.get_by_role("dialog")
    await form.get_by_label("Words in your question").fill("THERE home")
    await form.get_by_role("button", name="Search").click()
    await expect(form).to_contain_text("1 question found:")
    await expect(form.get_by_role("link", name="what is there at home?")).to_be_visible()
    await form.get_by_text("Close", exact=True).click()
    await ada.page.goto(thread)
    await expect(said(ada, "Stopped waiting")).to_be_visible()
    run.finishes("Nobody reads this.")


async def test_earlier_answer_can_be_followed_up(ada: Window) -> None:
    first = await answered(ada, "who built the canal?", "A French company.")
    await ada.replies("who owns it now?")
    second = await ada.research.next_run(10)
    second.finishes("Egypt does.")
    await expect(said(ada, "Egypt does.")).to_be_visible()
    earlier = said(ada, "A French company.")
    await earlier.get_by_role("button", name="Follow up").click()
    form = dialog(ada, "Follow up")
    await expect(form.locator("blockquote")).to_have_text("who built the canal?")
    await form.get_by_label("Your question").fill("who paid them?")
    await form.get_by_role("button", name="Research").click()
    third = await ada.research.next_run(10)
    assert second.previous_interaction_id == first.interaction_id
    assert third.previous_interaction_id == first.interaction_id
    await expect(said(ada, "@Ada asked:")).to_contain_text("who paid them?")
    await expect(said(ada, "Continues the answer to “who built the canal?”")).to_be_visible()
    third.finishes("French investors did.")
    await expect(said(ada, "French investors did.")).to_be_visible()
    await expect(said(ada, "· continues the answer to “who built the canal?”")).to_be_visible()
