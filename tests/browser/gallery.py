"""Photograph everything the bot says: ``python -m tests.browser.gallery FOLDER [WIDTH]``.

Each page of `tests.unit.slack.test_words.BOOK` is drawn by the Block Kit renderer of the
playground and photographed in a real browser; an index lists all pictures. The only maintained
package for this, slack-blocks-to-jsx, lacks markdown blocks, modals and Home tabs, and needs
React and a bundler. Emoji need a font that has them (Debian: apt install fonts-noto-color-emoji).
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from bot.playground.page.blockkit.blocks import blocks, view_body
from bot.playground.page.blockkit.tags import Html, escaped, joined, tag
from bot.playground.page.blockkit.text import mrkdwn
from bot.playground.page.blockkit.tokens import Names
from bot.playground.page.panes import modal
from bot.playground.page.server import STATIC
from bot.ports import Message, Upload
from tests.browser.conftest import browser_path
from tests.unit.slack.phrasebook import Chapter, Said
from tests.unit.slack.test_words import BOOK

WIDTH = 760  # pixels; about the width of a thread beside its channel
NAMES = Names(
    users={"U1": "Ada", "U2": "Bob", "U3": "Eve", "U0BOT": "Threadline"},
    channels={"C1": "general", "C7": "sales", "C8": "board"},
)
#: In addition to the page's own: each page is shown alone, in full, as wide as the window.
STYLE = """
html, body { height: auto; }
body { display: block; }
article { padding: .6rem 0; }
article > pre { margin: 0; padding: 0 .9rem; white-space: pre-wrap; }
article dialog { position: static; width: auto; max-width: 34rem; max-height: none; }
article dialog .view { max-height: none; }
article .home { padding: 0 .9rem; }
"""
INDEX = """
body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; }
figure { margin: 1rem 0 2rem; } figcaption { color: #555; }
img { max-width: 100%; border: 1px solid #ccc; }
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page of the book to photograph."""

    number: int
    chapter: str
    title: str
    said: Said

    @property
    def file(self) -> str:
        """The name of the picture's file."""
        plain = re.sub(r"[^a-z0-9]+", "-", f"{self.chapter} {self.title}".lower()).strip("-")
        return f"{self.number:03}-{plain[:90]}.png"


def pictures(book: Sequence[tuple[str, Chapter]]) -> list[Picture]:
    """Return the pictures to take, in the book's order."""
    pages = ((name, title, said) for name, chapter in book for title, said in chapter())
    return [Picture(number, *page) for number, page in enumerate(pages, 1)]


async def take(browser: Browser, these: Iterable[Picture], folder: Path, width: int) -> None:
    """Write the pictures (PNG) and their index into a folder, which is created.

    Args:
        browser: to draw them with.
        these: the pictures.
        folder: earlier pictures in it are removed.
        width: of the window, in pixels.
    """
    these = list(these)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("[0-9][0-9][0-9]-*.png"):
        old.unlink()
    page = await browser.new_page(
        viewport={"width": width, "height": 900}, device_scale_factor=1.5, color_scheme="light"
    )
    css = [(STATIC / name).read_text() for name in ("page.css", "blocks.css")]
    await page.set_content(_document("\n".join([*css, STYLE]), tag("article")))
    shown = page.locator("article")
    for each in these:  # one at a time: all at once would be too high for a browser
        await shown.evaluate("(article, drawn) => { article.innerHTML = drawn }", draw(each.said))
        await shown.screenshot(path=folder / each.file)
    await page.close()
    (folder / "index.html").write_text(_document(INDEX, joined(_chapters(these))))


def draw(said: Said) -> Html:
    """Draw a message, file, modal or Home tab with its surroundings in Slack."""
    match said:
        case str():
            return tag("pre", escaped(said))
        case Upload():
            shown = tag("b", escaped(f"📄 {said.title}")), tag("pre", escaped(said.content))
            return _posted(joined([mrkdwn(said.comment, NAMES), tag("div", *shown, class_="file")]))
        case Message(blocks=None):
            return _posted(tag("div", mrkdwn(said.text, NAMES), class_="bk-text"))
        case Message():
            return _posted(blocks(said.blocks or [], NAMES))
        case {"type": "modal"}:
            return tag("dialog", Html(modal(said, "V1", NAMES)), open=True)
        case _:
            return tag("div", view_body(said, NAMES), class_="home")


def _posted(content: Html) -> Html:
    name = tag("b", escaped("Threadline"))
    app = tag("span", escaped("APP"), class_="app")
    head = tag("div", name, escaped(" "), app, class_="head")
    face = tag("div", escaped("T"), class_="avatar", data_who="Threadline")
    said = tag("div", head, tag("div", content, class_="content"), class_="said")
    return tag("div", face, said, class_="message")


def _chapters(these: Iterable[Picture]) -> Iterator[Html]:
    for name, group in groupby(these, key=lambda each: each.chapter):
        yield tag("h2", escaped(name))
        for each in group:
            image = f'<img src="{each.file}" alt="{each.file}" loading="lazy">'
            yield tag("figure", tag("figcaption", escaped(each.title)), Html(image))


def _document(css: str, body: Html) -> str:
    head = f'<meta charset="utf-8"><title>Everything the bot says</title><style>{css}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


async def main(folder: Path, width: int) -> str:
    """Photograph the whole book; return a summary."""
    these = pictures(BOOK)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox"]
        )
        await take(browser, these, folder, width=width)
        await browser.close()
    return f"{len(these)} pictures, {width} pixels wide: {folder / 'index.html'}"


if __name__ == "__main__":
    _, where, *wide = sys.argv
    print(asyncio.run(main(Path(where), int(wide[0]) if wide else WIDTH)))
