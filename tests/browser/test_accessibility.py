"""Accessibility and safety of the page: axe, keyboard, narrow windows, no foreign content."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.playground.run import RunningPlayground
from bot.playground.task_api import LocalRun
from tests.browser.conftest import WITHIN, Window, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)
PANELS = ("chain", "traffic", "log", "trouble")
SOURCE = {"url": "https://example.com/a", "title": "A source", "excerpts": ["So it is."]}
BASIS = {"field": "output", "reasoning": "Read.", "citations": [SOURCE]}


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1500, 360])
async def test_page_and_panels_have_no_accessibility_violations(
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
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    text = f"## Looks\n\n**Fine**, `code`, [a link](https://example.com/a).\n\n{table}"
    run.finishes(text, [BASIS], confidence="low")
    await expect(window.thread).to_contain_text("Fine")
    assert "\n".join(await violations(page)) == ""
    for panel in PANELS:
        await page.goto(f"{running.url}/?channel={channel.id}&panel={panel}")
        await expect(window.panel).not_to_be_empty()
        assert "\n".join(await violations(page)) == ""
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page scrolls sideways with {panel} open"
    await context.close()


async def check(page: Page, width: int) -> None:
    """Assert that axe finds no violation and that the page does not scroll sideways."""
    assert "\n".join(await violations(page)) == ""
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, "the page scrolls sideways"


async def busy_thread(window: Window) -> tuple[Locator, LocalRun]:
    """Fill the open thread: an answer, an active run, a queued question. Returns the first two."""
    run = await window.asks("what can be done?")
    run.finishes("Much.", [BASIS], confidence="medium")
    answer = window.thread.locator(".message", has_text="Much.")
    await window.replies("how long does it take?")
    run = await window.research.next_run(10)
    run.begins()
    run.progress(50, considered=3, read=2)
    await window.replies("and then?")
    await expect(window.thread).to_contain_text("Up next")
    return answer, run


@pytest.mark.parametrize(("colours", "width"), [("light", 1500), ("dark", 360)])
async def test_menus_and_modals_have_no_accessibility_violations(
    browser: Browser, running: RunningPlayground, colours: Literal["light", "dark"], width: int
) -> None:
    context = await browser.new_context(
        color_scheme=colours, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(WITHIN)
    page = await context.new_page()
    slack = running.playground.slack
    channel = slack.channel(f"do-{colours}-{width}", members=[slack.person("ada")])
    await page.goto(f"{running.url}/?channel={channel.id}")
    window = Window(page, running)
    answer, run = await busy_thread(window)
    await answer.get_by_label("More options").click()
    await check(page, width)
    for button, title, text in (
        ("Processor for this thread…", "Processor for a thread", ""),
        ("Follow up", "Follow up", ""),
        ("Sources", "Sources & evidence", "Read."),
        ("Re-run with…", "Re-run with…", ""),
    ):
        await answer.get_by_role("button", name=button, exact=button == "Sources").click()
        dialog = page.get_by_role("dialog", name=title)
        await expect(dialog).to_be_visible()
        await expect(dialog).to_contain_text(text)
        await check(page, width)
        await page.keyboard.press("Escape")
    await expect(page.locator("#modal")).to_be_hidden()
    await page.goto(f"{running.url}/?channel=dm&tab=home")
    await expect(page.locator("#home").get_by_role("button", name="Stop").first).to_be_visible()
    await check(page, width)
    await context.close()
    run.finishes("Not long.")
    (await window.research.next_run(10)).finishes("Then it ends.")


async def test_keyboard_is_enough_to_ask_and_try_again(ada: Window) -> None:
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


async def test_page_loads_nothing_from_other_origins(ada: Window) -> None:
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    await ada.page.reload()
    run = await ada.asks("is there a picture?")
    run.finishes("![a picture](https://example.com/a.png) and [a page](https://example.com/)")
    await expect(ada.thread).to_contain_text("a page")
    assert asked
    assert [url for url in asked if not url.startswith((ada.running.url, "data:"))] == []


async def test_written_text_never_becomes_markup(ada: Window) -> None:
    evil = '<img src=x onerror="document.title=1"> <b>bold</b> javascript:alert(1)'
    run = await ada.asks(f"what is {evil}")
    run.finishes(f"It is {evil} and [this](javascript:alert(1)).")
    await expect(ada.thread).to_contain_text("javascript:alert(1) and")
    assert await ada.thread.locator("img, b:text('bold')").count() == 0
    assert await ada.page.locator("a[href^='javascript']").count() == 0
    assert await ada.page.title() == "Threadline playground"


async def test_header_takes_little_height_on_a_phone(
    browser: Browser, running: RunningPlayground
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(running.url)
    await expect(page.locator("#channels button").first).to_be_visible()
    tall = "['.top', '#channels'].map(e => document.querySelector(e).offsetHeight)"
    assert sum(await page.evaluate(tall)) <= 84
    await context.close()
