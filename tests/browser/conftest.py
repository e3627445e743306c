"""Fixtures: a real browser, a playground, and a person's window on it."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot.playground.run import RunningPlayground, playground
from bot.playground.task_api import LocalRun, LocalTaskApi

WITHIN = 60_000  # milliseconds; the timeout of every wait on the page
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser_path() -> str | None:
    """Return the path of a Chromium on this machine; None if there is none."""
    found = (shutil.which(name) for name in BROWSERS)
    return os.environ.get("CHROMIUM") or next(filter(None, found), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium; each test has a context of its own in it."""
    path = browser_path()
    if path is None:
        message = (
            "NO BROWSER: the page is not tested. Install Chromium (Debian: apt install chromium)"
        )
        warnings.warn(pytest.PytestWarning(message), stacklevel=1)
        pytest.skip(message)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=60_000
        )
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPlayground]:
    """A playground whose runs are completed by the tests."""
    folder = tmp_path_factory.mktemp("data")
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)}
    async with playground(environ, port=0) as running:
        research = running.playground.research
        assert isinstance(research, LocalTaskApi)
        research.automatic = research.automatic_chat = None
        yield running


class Window:
    """A browser window of one person."""

    def __init__(self, page: Page, running: RunningPlayground) -> None:
        self.page = page
        self.running = running
        self.channel = page.locator("#channel-log")
        self.thread = page.locator("#thread-log")
        self.panel = page.locator("#panel")
        self.notice = page.locator("#notice")

    @property
    def research(self) -> LocalTaskApi:
        """The local Task API."""
        assert isinstance(self.running.playground.research, LocalTaskApi)
        return self.running.playground.research

    async def asks(self, question: str) -> LocalRun:
        """Ask in the channel, open the thread, and return the run that starts."""
        await self.page.locator("#channel-text").fill(f"@Threadline {question}")
        await self.page.locator("#channel-text").press("Enter")
        asked = self.channel.locator(".message", has_text=question)
        await asked.get_by_role("button", name="1 reply").click()
        return await self.research.next_run(10)

    async def replies(self, text: str) -> None:
        """Reply in the open thread."""
        await self.page.locator("#thread-text").fill(text)
        await self.page.locator("#thread-text").press("Enter")


async def violations(page: Page) -> list[str]:
    """Return the accessibility violations that axe finds on the page."""
    found = await Axe().run(page)
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:300]}"
        for each in found.response["violations"]
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserContext]:
    """A new browser context; errors and warnings on its console fail the test."""
    opened = await browser.new_context(viewport={"width": 1500, "height": 900})
    opened.set_default_timeout(WITHIN)
    messages: list[str] = []
    opened.on("weberror", lambda error: messages.append(str(error.error)))
    opened.on(
        "console",
        lambda message: (
            messages.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    yield opened
    await opened.close()
    expected = "the server responded with a status of"  # refusals that a test provokes
    assert [text for text in messages if expected not in text] == []


@pytest_asyncio.fixture(loop_scope="session")
async def ada(
    context: BrowserContext, running: RunningPlayground, request: pytest.FixtureRequest
) -> Window:
    """Ada's window on a new channel: Slack allows one message a second in each."""
    slack = running.playground.slack
    name = request.node.name.removeprefix("test_").replace("_", "-")[:80]
    channel = slack.channel(name, members=[slack.person("ada"), slack.person("bob")])
    page = await context.new_page()
    await page.goto(f"{running.url}/?who=ada&channel={channel.id}")
    return Window(page, running)
