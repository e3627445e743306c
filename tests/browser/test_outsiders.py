"""The page as people who may not ask see it: a guest, and somebody of another company."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Page, expect

from bot.playground.run import RunningPlayground
from tests.browser.conftest import WITHIN, Window, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)


async def become(page: Page, who: str) -> None:
    """Choose whose view the page shows."""
    await page.get_by_label("You are").select_option(who)


async def say(page: Page, text: str) -> None:
    await page.locator("#channel-text").fill(text)
    await page.locator("#channel-text").press("Enter")


async def test_another_companys_person_sees_the_shared_channel_only_and_is_refused(
    context: BrowserContext, running: RunningPlayground
) -> None:
    page = await context.new_page()
    await page.goto(f"{running.url}/?who=ada")
    await become(page, "eve")
    title = page.locator("#channel-title")
    await expect(title).to_have_text("# partners (shared with another company)")
    await expect(page.locator("#channels")).not_to_contain_text("general")
    await say(page, "@Threadline who owns the Suez Canal?")
    refused = page.locator("#channel-log .ephemeral")
    await expect(refused).to_contain_text("I only answer people who belong to it")
    assert await violations(page) == []
    await become(page, "ada")
    await expect(title).to_have_text("# general")
    await page.locator("#channels").get_by_role("button", name="partners").click()
    await expect(title).to_have_text("# partners (shared with another company)")
    await say(page, "@Threadline who owns the Suez Canal?")
    await expect(refused).to_contain_text("shared with another company")


async def test_a_guest_is_refused_in_the_channel_that_they_are_in(
    context: BrowserContext, running: RunningPlayground
) -> None:
    page = await context.new_page()
    await page.goto(f"{running.url}/?who=bob&channel=random")
    await become(page, "gil")
    await expect(page.locator("#channel-title")).to_have_text("# general")
    await say(page, "@Threadline who owns the Suez Canal?")
    refused = page.locator("#channel-log .ephemeral")
    await expect(refused).to_contain_text("I don't answer guests here")


async def test_the_workbench_shares_a_channel_in_mid_thread(
    context: BrowserContext, running: RunningPlayground
) -> None:
    page = await context.new_page()
    await page.goto(f"{running.url}/?who=bob&channel=random&panel=trouble")
    bob = Window(page, running)
    run = await bob.asks("who owns the Suez Canal?")
    await page.locator("[data-trouble=share]").click()
    await expect(page.locator("#channel-title")).to_contain_text("shared with another company")
    run.finishes("It belongs to Egypt.")
    await expect(bob.thread).to_contain_text("It belongs to Egypt.")
    await bob.replies("since when?")
    await expect(bob.thread.locator(".ephemeral")).to_contain_text("shared with another company")
    await page.locator("[data-trouble=unshare]").click()
    await bob.replies("since when?")
    second = await bob.research.next_run(10)
    assert second.previous_interaction_id == run.interaction_id
    second.finishes("Since 1956.")
    await expect(bob.thread).to_contain_text("Since 1956.")
