"""The page for everybody: keyboard, screen reader, light and dark, narrow windows, no network."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from bot.playground.run import RunningPlayground
from tests.browser.conftest import WITHIN, Window, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)
PANELS = ("chain", "traffic", "log", "trouble")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1500, 360])
async def test_nothing_is_wrong_for_who_cannot_see_it_well(
    browser: Browser, running: RunningPlayground, colours: Literal["light", "dark"], width: int
) -> None:
    context = await browser.new_context(
        color_scheme=colours, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(WITHIN)
    page = await context.new_page()
    name = f"see-{colours}-{width}"
    slack = running.playground.slack
    channel = slack.channel(name, members=[slack.person("ada")])
    await page.goto(f"{running.url}/?channel={channel.id}")
    window = Window(page, running)
    run = await window.asks("what does it look like?")
    await expect(window.thread).to_contain_text("Researching")
    source = {"url": "https://example.com/a", "title": "A source", "excerpts": ["So it is."]}
    basis = {"field": "output", "reasoning": "Read.", "citations": [source]}
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    text = f"## Looks\n\n**Fine**, `code`, [a link](https://example.com/a).\n\n{table}"
    run.finishes(text, [basis], confidence="low")
    await expect(window.thread).to_contain_text("Fine")
    assert "\n".join(await violations(page)) == ""
    for panel in PANELS:
        await page.goto(f"{running.url}/?channel={channel.id}&panel={panel}")
        await expect(window.panel).not_to_be_empty()
        assert "\n".join(await violations(page)) == ""
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page scrolls sideways with {panel} open"
    await context.close()


@pytest.mark.parametrize(("colours", "width"), [("light", 1500), ("dark", 360)])
async def test_nor_with_what_can_be_done_with_questions_and_answers(
    browser: Browser, running: RunningPlayground, colours: Literal["light", "dark"], width: int
) -> None:
    context = await browser.new_context(
        color_scheme=colours, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(WITHIN)
    page = await context.new_page()

    async def is_fine() -> None:
        assert "\n".join(await violations(page)) == ""
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, "the page scrolls sideways"

    slack = running.playground.slack
    channel = slack.channel(f"do-{colours}-{width}", members=[slack.person("ada")])
    await page.goto(f"{running.url}/?channel={channel.id}")
    window = Window(page, running)
    run = await window.asks("what can be done?")
    source = {"url": "https://example.com/a", "title": "A source", "excerpts": ["So it is."]}
    basis = {"field": "output", "reasoning": "Read.", "citations": [source]}
    run.finishes("Much.", [basis], confidence="medium")
    answer = window.thread.locator(".message", has_text="Much.")
    await window.replies("how long does it take?")
    run = await window.research.next_run(10)
    run.begins()
    run.progress(50, considered=3, read=2)
    await window.replies("and then?")
    await expect(window.thread).to_contain_text("Up next")
    await answer.get_by_label("More options").click()
    await is_fine()
    await answer.get_by_role("button", name="Processor for this thread…").click()
    await expect(page.get_by_role("dialog", name="Processor for a thread")).to_be_visible()
    await is_fine()
    await page.keyboard.press("Escape")
    await answer.get_by_role("button", name="Follow up").click()
    await expect(page.get_by_role("dialog", name="Follow up")).to_be_visible()
    await is_fine()
    await page.keyboard.press("Escape")
    await answer.get_by_role("button", name="Sources", exact=True).click()
    await expect(page.get_by_role("dialog", name="Sources & evidence")).to_contain_text("Read.")
    await is_fine()
    await page.keyboard.press("Escape")
    await answer.get_by_role("button", name="Re-run with…").click()
    await expect(page.get_by_role("dialog", name="Re-run with…")).to_be_visible()
    await is_fine()
    await page.keyboard.press("Escape")
    await expect(page.locator("#modal")).to_be_hidden()
    await page.goto(f"{running.url}/?channel=dm&tab=home")
    await expect(page.locator("#home").get_by_role("button", name="Stop").first).to_be_visible()
    await is_fine()
    await context.close()
    run.finishes("Not long.")
    (await window.research.next_run(10)).finishes("Then it ends.")


async def test_everything_is_done_with_the_keyboard(ada: Window) -> None:
    page = ada.page
    await page.locator("#channel-text").focus()
    await page.keyboard.type("@thr")
    await expect(page.get_by_role("option", name=re.compile("the bot"))).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("can you hear keys?")
    await page.keyboard.press("Enter")
    run = await ada.research.next_run(10)
    opens = ada.channel.get_by_role("button", name="1 reply")
    await opens.focus()
    await page.keyboard.press("Enter")
    await expect(ada.thread).to_contain_text("Researching")
    run.fails("No.")
    again = ada.thread.get_by_role("button", name="Try again")
    await again.focus()
    await page.keyboard.press("Space")
    (await ada.research.next_run(10)).finishes("Yes.")
    await expect(ada.thread).to_contain_text("Yes.")
    await page.get_by_role("button", name="Inspector").focus()
    await page.keyboard.press("Enter")
    tab = page.get_by_role("tab", name="Chain")
    await tab.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Events and calls")).to_be_focused()
    await expect(ada.panel).to_contain_text("bot → Parallel")


async def test_nothing_is_loaded_from_elsewhere(ada: Window) -> None:
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    await ada.page.reload()
    run = await ada.asks("is there a picture?")
    run.finishes("![a picture](https://example.com/a.png) and [a page](https://example.com/)")
    await expect(ada.thread).to_contain_text("a page")
    assert asked
    assert [url for url in asked if not url.startswith((ada.running.url, "data:"))] == []


async def test_what_people_write_never_becomes_a_part_of_the_page(ada: Window) -> None:
    evil = '<img src=x onerror="document.title=1"> <b>bold</b> javascript:alert(1)'
    run = await ada.asks(f"what is {evil}")
    run.finishes(f"It is {evil} and [this](javascript:alert(1)).")
    await expect(ada.thread).to_contain_text("javascript:alert(1) and")
    assert await ada.thread.locator("img, b:text('bold')").count() == 0
    assert await ada.page.locator("a[href^='javascript']").count() == 0
    assert await ada.page.title() == "Threadline playground"


async def test_on_a_phone_the_header_leaves_the_screen_to_the_conversation(
    browser: Browser, running: RunningPlayground
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(running.url)
    await expect(page.locator("#channels button").first).to_be_visible()
    tall = "['.top', '#channels'].map(e => document.querySelector(e).offsetHeight)"
    assert sum(await page.evaluate(tall)) <= 84
    await context.close()
