"""Make the README's pictures: ``python -m tests.browser.picture docs``.

They show a scripted conversation in the playground in a real browser: an active run, the evidence
of the first answer, and the Home tab. Emoji need a font that has them (Debian: apt install
fonts-noto-color-emoji).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from bot.playground.run import RunningPlayground, playground
from bot.playground.task_api import LocalTaskApi
from tests.browser.conftest import Window, browser_path

SCALE = 1.4  # pixels of the picture per pixel of the page
PLAYGROUND = ViewportSize(width=1440, height=1016)
EVIDENCE = ViewportSize(width=1100, height=720)
HOME = ViewportSize(width=1100, height=790)
#: All sources are in domains reserved for examples, so that no real page is misquoted.
ANSWER = """The **Suez Canal Authority** owns and runs the canal. It is an Egyptian state \
authority, set up when the canal was nationalized on 26 July 1956 \
([The authority](https://example.org/authority), \
[An encyclopedia](https://example.com/suez-canal)).
"""
AUTHORITY, ENCYCLOPEDIA = (
    {
        "url": "https://example.org/authority",
        "title": "The authority, on itself",
        "excerpts": ["A public authority, which alone manages, runs and maintains the canal."],
    },
    {
        "url": "https://example.com/suez-canal",
        "title": "An encyclopedia, on the canal",
        "excerpts": ["On 26 July 1956 the president of Egypt nationalized the canal."],
    },
)
REASONING = (
    "The authority says so of itself, and the encyclopedia tells independently of it when and how "
    "the canal came to Egypt. No source contradicts them."
)


def basis(*citations: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the basis of an answer."""
    return [{"field": "output", "reasoning": REASONING, "citations": list(citations)}]


async def take(browser: Browser, folder: Path) -> None:
    """Perform the conversation and write the pictures (PNG)."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        environ = {"PATH": os.environ["PATH"], "DATA_DIR": data}
        async with playground(environ, port=0) as running:
            research = running.playground.research
            assert isinstance(research, LocalTaskApi)
            research.automatic = None
            page = await browser.new_page(
                viewport=PLAYGROUND, device_scale_factor=SCALE, reduced_motion="reduce"
            )
            await answer_in_another_channel(page, running)
            await evidence_of_an_answer(page, running, folder / "evidence.png")
            await conversation_in_progress(page, running, folder / "playground.png")
            await home(page, running, folder / "home.png")
            await page.close()


async def answer_in_another_channel(page: Page, running: RunningPlayground) -> None:
    """Ask in another channel, and rate the answer as helpful."""
    await page.goto(f"{running.url}/?channel=random")
    window = Window(page, running)
    run = await window.asks("how long is the Suez Canal?")
    run.finishes("It is **193 km** long.", basis(ENCYCLOPEDIA), confidence="medium")
    answer = window.thread.locator(".message", has_text="193 km")
    await answer.get_by_role("button", name="Sources").click()
    await page.get_by_role("button", name="Helpful", exact=True).click()
    await expect(page.get_by_text("Thanks for the feedback")).to_be_visible()
    for title in ("Threadline", "Sources & evidence"):  # the thanks are over the evidence
        opened = page.get_by_role("dialog", name=title)
        await opened.get_by_role("button", name="Close").click()
    await expect(page.locator("#modal")).to_be_hidden()


async def evidence_of_an_answer(page: Page, running: RunningPlayground, path: Path) -> None:
    """Ask the first question, and photograph the evidence of its answer."""
    await page.set_viewport_size(EVIDENCE)
    await page.goto(running.url)
    window = Window(page, running)
    run = await window.asks("who owns the Suez Canal?")
    run.finishes(ANSWER, basis(AUTHORITY, ENCYCLOPEDIA), confidence="high")
    await window.thread.get_by_role("button", name="Sources", exact=True).click()
    opened = page.get_by_role("dialog", name="Sources & evidence")
    await expect(opened).to_contain_text("independently")
    await page.mouse.move(0, 0)
    await page.screenshot(path=path)
    await opened.get_by_role("button", name="Close").click()
    await expect(page.locator("#modal")).to_be_hidden()


async def conversation_in_progress(page: Page, running: RunningPlayground, path: Path) -> None:
    """Ask a follow-up, and photograph the answer, the active run and their chain."""
    await page.set_viewport_size(PLAYGROUND)
    window = Window(page, running)
    await window.replies("and before 1956?")
    run = await window.research.next_run()
    run.begins()
    run.says("Reading the company's annual reports")
    run.progress(62, considered=48, read=11)
    await window.replies("who paid for it?")
    status = window.thread.locator(".message", has_text="Researching")
    await expect(status).to_contain_text("who paid for it?")
    await expect(status).to_contain_text("62%")
    await page.get_by_role("button", name="Inspector").click()
    await expect(window.panel.locator(".turn")).to_have_count(3)
    await page.mouse.move(0, 0)
    await window.thread.evaluate("log => log.parentElement.scrollTo(0, log.scrollHeight)")
    await page.screenshot(path=path)


async def home(page: Page, running: RunningPlayground, path: Path) -> None:
    """Photograph the Home tab while that run is active."""
    await page.set_viewport_size(HOME)
    await page.goto(f"{running.url}/?channel=dm&tab=home")
    shown = page.get_by_role("tabpanel", name="Home")
    await expect(shown.get_by_role("button", name="Stop")).to_have_count(2)
    await expect(shown).to_contain_text("Answer ratings")
    await page.screenshot(path=path)


async def main(folder: Path) -> None:
    """Take the pictures in a browser of their own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox"]
        )
        await take(browser, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
