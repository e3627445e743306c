"""Makes the README's picture: ``python -m tests.browser.picture docs/playground.png``.

A conversation of two turns in the playground, answered by hand, in a real browser.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from playwright.async_api import ViewportSize, async_playwright, expect

from bot.playground.task_api import LocalTaskApi
from bot.trying import playground
from tests.browser.conftest import Window, browser_path

SIZE = ViewportSize(width=1440, height=960)
ANSWER = """The **Suez Canal Authority** (SCA) owns and runs the canal. It is an Egyptian state \
authority, set up when the canal was nationalized on 26 July 1956 \
([Suez Canal Authority](https://www.suezcanal.gov.eg/), \
[Britannica](https://www.britannica.com/topic/Suez-Canal)).

| Suez Canal | |
| --- | --- |
| Owner | Arab Republic of Egypt |
| Operator | Suez Canal Authority |
| Length | 193 km |
"""
SECOND = """Before 1956 the canal was run by the *Compagnie universelle du canal maritime \
de Suez*. France and Britain held most of its shares: Britain had bought Egypt's 44 % in 1875 \
([Britannica](https://www.britannica.com/topic/Suez-Canal)).
"""
BASIS = {
    "field": "output",
    "reasoning": "Both sources agree.",
    "citations": [
        {
            "url": "https://www.suezcanal.gov.eg/",
            "title": "Suez Canal Authority",
            "excerpts": ["About the SCA"],
        },
        {
            "url": "https://www.britannica.com/topic/Suez-Canal",
            "title": "Suez Canal | Britannica",
            "excerpts": ["History of the canal"],
        },
    ],
}


async def take(path: Path) -> None:
    """Play the conversation and write the picture (PNG)."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"PATH": os.environ["PATH"], "DATA_DIR": folder}
        async with playground(environ, port=0) as trial, async_playwright() as playwright:
            research = trial.playground.research
            assert isinstance(research, LocalTaskApi)
            research.automatic = None
            browser = await playwright.chromium.launch(
                executable_path=browser_path(), args=["--no-sandbox"]
            )
            page = await browser.new_page(viewport=SIZE, device_scale_factor=1.5)
            await page.goto(trial.url)
            window = Window(page, trial)
            run = await window.asks("who owns the Suez Canal?")
            run.finishes(ANSWER, [BASIS], confidence="high")
            await expect(window.thread.locator(".message", has_text="193 km")).to_be_visible()
            await window.replies("and before 1956?")
            second = await research.next_run()
            second.finishes(SECOND, [BASIS], confidence="high")
            await expect(window.thread.locator(".message", has_text="1875")).to_be_visible()
            await page.get_by_role("button", name="Underneath").click()
            await expect(window.panel.locator(".turn.done")).to_have_count(2)
            path.parent.mkdir(exist_ok=True)
            await page.screenshot(path=path)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
