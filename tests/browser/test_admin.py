"""What an admin does with `/threadline` on the page: forms, their complaints, and a report."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Window, violations

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def commands(window: Window, text: str) -> None:
    field = window.page.locator("#channel-text")
    await field.fill(text)
    await field.press("Enter")


async def test_an_admin_sets_a_budget_in_its_form(ada: Window) -> None:
    name = "an-admin-sets-a-budget-in-its-form"
    await commands(ada, f"/threadline budget channel #{name}")
    form = ada.page.get_by_role("dialog", name="Budget")
    await expect(form).to_contain_text("Each channel's budget a day: no limit")
    assert await violations(ada.page) == []
    await form.get_by_label("US dollars").fill("a lot")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("Please write dollars such as 5 or 2.50")
    await form.get_by_label("US dollars").fill("12.50")
    await form.get_by_role("button", name="Save").click()
    done = ada.page.get_by_role("dialog", name="Threadline")
    await expect(done).to_contain_text(f"#{name}'s budget a day: $12.50 (was no limit).")
    await done.get_by_text("Close", exact=True).click()
    await expect(done).to_be_hidden()
    await commands(ada, f"/threadline budget channel #{name} default")
    await expect(ada.channel.locator(".ephemeral").last).to_contain_text("no limit, the default")


async def test_an_admin_denies_people_and_processors_in_one_form(ada: Window) -> None:
    await commands(ada, "/threadline deny")
    form = ada.page.get_by_role("dialog", name="Deny")
    assert await violations(ada.page) == []
    bob = ada.running.playground.slack.person("bob")
    await form.get_by_label("People (optional)").select_option(bob.id)
    await form.get_by_label("Processors (optional)").select_option(["ultra", "ultra8x"])
    await form.get_by_role("button", name="Deny").click()
    done = ada.page.get_by_role("dialog", name="Threadline")
    await expect(done).to_contain_text("Questions by @Bob: denied (was allowed).")
    await expect(done).to_contain_text("Processors on offer: all but ultra, ultra8x (was all).")
    await done.get_by_text("Close", exact=True).click()
    await expect(done).to_be_hidden()
    for words in ("allow @bob default", "allow processors default"):
        await commands(ada, f"/threadline {words}")
        answer = ada.channel.locator(".ephemeral").last
        await expect(answer).to_contain_text("the default")
