"""The gallery: a picture of each page, and everything the bot says can be drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.gallery import draw, pictures, take
from tests.unit.slack.test_words import BOOK

pytestmark = pytest.mark.asyncio(loop_scope="session")
ALL = pictures(BOOK)
PNG = b"\x89PNG\r\n\x1a\n"


async def test_each_page_is_photographed_and_indexed(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "001-of-an-earlier-run.png").touch()
    two = [next(each for each in ALL if each.chapter == name) for name in ("Progress", "Home")]
    await take(browser, two, tmp_path, width=360)
    written = sorted(each.name for each in tmp_path.glob("*.png"))
    assert written == [each.file for each in two]
    for each in two:
        content = (tmp_path / each.file).read_bytes()
        assert content.startswith(PNG)
        assert int.from_bytes(content[16:20]) == 360 * 1.5  # the width, in the first chunk
    index = (tmp_path / "index.html").read_text()
    assert all(each.file in index and each.title in index for each in two)


async def test_every_message_and_view_can_be_drawn() -> None:
    assert len({each.file for each in ALL}) == len(ALL)
    for each in ALL:
        drawn = draw(each.said)
        assert "bk-unknown" not in drawn, each.title
        assert re.findall(r"(?<![\w/]):[a-z_]+:", drawn) == [], each.title
