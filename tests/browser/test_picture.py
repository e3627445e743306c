"""``make picture``: the conversation that the README's pictures show can still be performed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.picture import take

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_pictures_of_the_readme_can_be_taken(browser: Browser, tmp_path: Path) -> None:
    await take(browser, tmp_path / "docs")
    taken = sorted(path.name for path in (tmp_path / "docs").iterdir())
    assert taken == ["evidence.png", "home.png", "playground.png"]
