"""Quick answers on the page: they stream, can be looked up with sources, and may be cut off."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from bot.playground.task_api import LocalChat
from tests.browser.conftest import WITHIN, Window

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)


async def asked(window: Window, question: str) -> tuple[LocalChat, Locator]:
    """Ask in the channel and open the thread; returns the chat request and the bot's message."""
    await window.page.locator("#channel-text").fill(f"@Threadline !speed {question}")
    await window.page.locator("#channel-text").press("Enter")
    chat = await window.research.next_chat(10)
    chat.says("The canal belongs ")
    await (
        window.channel.locator(".message", has_text=question)
        .get_by_role("button", name="1 reply")
        .click()
    )
    return chat, window.thread.locator(".message", has_text="The canal belongs")


async def test_quick_answer_streams_and_is_posted_once(ada: Window) -> None:
    chat, answer = await asked(ada, "who owns it?")
    await expect(answer).to_contain_text("Writing…")
    await expect(answer.get_by_role("button", name="Stop")).to_be_visible()
    chat.says("to **Egypt**, ")
    await expect(answer).to_contain_text("belongs to Egypt")
    chat.finishes("see https://example.org/suez.")
    await expect(answer).to_contain_text("No sources were checked.")
    await expect(answer).to_have_count(1)
    await expect(answer).not_to_contain_text("Writing…")
    await expect(answer.get_by_role("link")).to_have_count(0)
    await expect(answer.get_by_role("button", name="Sources", exact=True)).to_have_count(0)
    await ada.page.get_by_role("button", name="Inspector").click()
    await expect(ada.panel).to_contain_text("Chat API")
    await expect(ada.panel).to_contain_text(chat.interaction_id or "")


async def test_look_it_up_shows_its_price_and_starts_a_run(ada: Window) -> None:
    chat, answer = await asked(ada, "who built it?")
    chat.finishes("to its shareholders.")
    await answer.get_by_role("button", name="Look it up with sources").click()
    confirm = ada.page.get_by_role("alertdialog").or_(ada.page.get_by_role("dialog"))
    await expect(confirm).to_contain_text("core-fast")
    await expect(confirm).to_contain_text("It costs $0.025 and usually takes 15 s–2 min.")
    await confirm.get_by_role("button", name="Look it up").click()
    run = await ada.research.next_run(10)
    assert run.previous_interaction_id == chat.interaction_id
    run.finishes("Lesseps did.")
    await expect(ada.thread).to_contain_text("Lesseps did.")


async def test_cut_off_answer_offers_try_again(ada: Window) -> None:
    chat, answer = await asked(ada, "who runs it?")
    await expect(answer).to_contain_text("Writing…")
    chat.breaks()
    await expect(answer).to_contain_text("cut off here")
    await answer.get_by_role("button", name="Try again · Quick (speed) · $0.005").click()
    again = await ada.research.next_chat(10)
    again.finishes("An authority runs it.")
    await expect(ada.thread).to_contain_text("An authority runs it.")
    await expect(answer).to_have_count(1)
