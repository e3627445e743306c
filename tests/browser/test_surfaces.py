"""What Slack shows for any app: its Home tab, message shortcuts, suggested prompts and Stop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack import LocalSlack
from tests.browser.conftest import WITHIN, violations
from tests.browser.small_app import ReceivedPayloads, bolt_app, served
from tests.browser.surfaces_app import add_home_tab, add_shortcut_and_stop, home

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)


@dataclass(frozen=True)
class PageWithApp:
    """A page on #general, with its local Slack and the app."""

    page: Page
    slack: LocalSlack
    app: AsyncApp
    received: ReceivedPayloads
    url: str

    async def opens_messages(self) -> None:
        """Open the direct messages with the app."""
        row = self.page.locator("#channels").get_by_role("button", name="Threadline", exact=True)
        await row.click()
        assert await self.received.next() == ("opened", "messages")

    async def opens_home(self) -> None:
        """Open the app's Home tab."""
        await self.opens_messages()
        await self.page.get_by_role("tab", name="Home").click()
        assert await self.received.next() == ("opened", "home")
        await expect(self.page.locator("#home")).to_contain_text("Your settings")


@pytest_asyncio.fixture(loop_scope="session")
async def window(context: BrowserContext) -> AsyncIterator[PageWithApp]:
    """Ada's window on #general."""
    received = ReceivedPayloads()
    async with LocalSlack() as slack:
        slack.channel("general", members=[slack.person("ada"), slack.person("bob")])
        app = bolt_app(slack)
        add_home_tab(app, received)
        add_shortcut_and_stop(app, received)
        async with served(slack, app) as url:
            page = await context.new_page()
            await page.goto(url)
            yield PageWithApp(page=page, slack=slack, app=app, received=received, url=url)
            await page.close()


async def test_home_tab_shows_the_published_view_and_updates(window: PageWithApp) -> None:
    page, slack = window.page, window.slack
    await window.opens_home()
    shown = page.get_by_role("tabpanel", name="Home")
    await expect(shown).to_contain_text("Now it is red.")
    await expect(page.locator("#channel-text")).to_be_hidden()
    await shown.get_by_role("combobox", name="Colour").select_option("green")
    assert await window.received.next() == ("colour", "green")
    await expect(shown).to_contain_text("Now it is green.")
    await window.app.client.views_publish(user_id=slack.person("ada").id, view=home("blue"))
    await expect(shown).to_contain_text("Now it is blue.")
    await shown.get_by_role("button", name="See the plans").click()
    assert await window.received.next() == ("plans", "view")
    await expect(page.get_by_role("dialog", name="Research this")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.locator("#channel-text")).to_be_visible()
    await expect(shown).to_be_hidden()
    assert await window.received.next() == ("opened", "messages")


async def test_home_tab_is_personal_and_survives_a_reload(window: PageWithApp) -> None:
    page, slack = window.page, window.slack
    await window.opens_home()
    await window.app.client.views_publish(user_id=slack.person("bob").id, view=home("blue"))
    await page.reload()
    assert await window.received.next() == ("opened", "home")
    await expect(page.locator("#home")).to_contain_text("Now it is red.")
    await expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")


async def test_app_without_a_home_tab_has_no_tabs(window: PageWithApp) -> None:
    page = window.page
    window.slack.app.home = False
    await window.opens_messages()
    await expect(page.locator("#channel-title")).to_have_text("Threadline")
    await expect(page.get_by_role("button", name="Compare")).to_be_visible()
    await expect(page.locator("#app-tabs")).to_be_empty()
    channel = window.slack.dm(window.slack.person("ada")).id
    await page.goto(f"{window.url}/?channel={channel}&tab=home")
    await expect(page.locator("#notice")).to_contain_text("no Home tab")
    await expect(page.locator("#channel-title")).to_have_text("# general")


async def test_arrow_keys_move_between_tabs(window: PageWithApp) -> None:
    page = window.page
    await window.opens_messages()
    await page.get_by_role("tab", name="Messages").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="Home")).to_be_focused()
    await expect(page.locator("#home")).to_contain_text("Your settings")
    await page.keyboard.press("Tab")
    await expect(page.locator("#home")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("combobox", name="Colour")).to_be_focused()


async def test_message_shortcut_opens_the_modal(window: PageWithApp) -> None:
    page, slack = window.page, window.slack
    bob, general = slack.person("bob"), slack.channel("general")
    await bob.says(general, "the canal is Egyptian")
    message = page.locator("#channel-log .message", has_text="the canal is Egyptian")
    menu = message.get_by_label("More actions")
    await menu.focus()
    await page.keyboard.press("Enter")
    shortcut = message.get_by_role("button", name="Research this Threadline")
    await shortcut.focus()
    await page.keyboard.press("Enter")
    assert await window.received.next() == ("shortcut", "the canal is Egyptian")
    dialog = page.get_by_role("dialog", name="Research this")
    await dialog.get_by_label("Question").fill("is it?")
    await dialog.get_by_role("button", name="Start").click()
    assert await window.received.next() == ("asked", "is it?")
    await expect(page.locator("#modal")).to_be_hidden()
    await expect(shortcut).to_be_hidden()
    await expect(menu).to_be_focused()


async def test_stop_is_shown_while_a_session_is_processing(window: PageWithApp) -> None:
    page, slack = window.page, window.slack
    root = await slack.person("bob").says(slack.channel("general"), "who owns it?")
    await slack.person("ada").replies(root, "I wonder too")
    await page.get_by_role("button", name="1 reply").click()
    work = page.locator("#thread-work")
    await expect(page.locator("#thread-log")).to_contain_text("I wonder too")
    await expect(work).to_be_empty()
    where: dict[str, str] = {"channel_id": root.channel.id, "thread_ts": root.ts}
    await window.app.client.agents_sessions_setStatus(**where, status="processing")
    await expect(work).to_contain_text("Working…")
    await work.get_by_role("button", name="Stop").click()
    assert await window.received.next() == ("stopped", root.ts)
    await expect(work).to_be_empty()
    slack.app.events.discard("agent_session_stopped")
    await window.app.client.agents_sessions_setStatus(**where, status="processing")
    await expect(work).to_have_text("Working…")


async def test_empty_direct_messages_show_suggested_prompts(window: PageWithApp) -> None:
    page, slack = window.page, window.slack
    await window.opens_messages()
    prompt = slack.app.suggested[1]
    await page.get_by_role("button", name=prompt.title).click()
    await expect(page.locator("#channel-log .message")).to_contain_text(prompt.message)
    await expect(page.locator("#channel-log").get_by_role("button", name="Compare")).to_have_count(
        0
    )
    await expect(page.locator("#channel-text")).to_be_focused()
    (said,) = slack.dm(slack.person("ada")).visible()
    assert (said.text, said.user) == (prompt.message, slack.person("ada").id)


async def test_broadcast_reply_in_the_channel_opens_its_thread(
    window: PageWithApp,
) -> None:
    page, slack = window.page, window.slack
    general = slack.channel("general")
    root = await slack.person("bob").says(general, "who owns it?")
    await slack.person("ada").replies(root, "wait for it")
    await window.app.client.chat_postMessage(
        channel=general.id, thread_ts=root.ts, text="Egypt does.", reply_broadcast=True
    )
    shown = page.locator("#channel-log .message", has_text="Egypt does.")
    await shown.get_by_role("button", name="Replied to a thread").click()
    thread = page.locator("#thread-log .message")
    await expect(thread).to_have_count(3)
    await expect(thread.nth(0)).to_contain_text("who owns it?")
    await expect(thread.nth(2)).to_contain_text("Also sent to the channel")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1500, 360])
async def test_app_surfaces_have_no_accessibility_violations(
    browser: Browser, window: PageWithApp, colours: Literal["light", "dark"], width: int
) -> None:
    context = await browser.new_context(
        color_scheme=colours, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(WITHIN)
    page = await context.new_page()
    slack, client = window.slack, window.app.client
    general, dm = slack.channel("general"), slack.dm(slack.person("ada"))
    root = await slack.person("bob").says(general, "who owns it?")
    where: dict[str, str] = {"channel_id": general.id, "thread_ts": root.ts}
    await client.agents_sessions_setStatus(**where, status="processing")
    await slack.person("bob").replies(root, "I do", broadcast=True)
    for query, shown in (
        (f"channel={dm.id}", "#channel-log"),
        (f"channel={dm.id}&tab=home", "#home"),
        (f"channel={general.id}", "#channel-log"),
        (f"channel={general.id}&thread={root.ts}", "#thread-work"),
    ):
        await page.goto(f"{window.url}/?{query}")
        await expect(page.locator(f"{shown} button").first).to_be_attached()
        if shown == "#channel-log" and query.endswith(general.id):
            await page.locator("details.more summary").last.focus()
            await page.keyboard.press("Enter")
        assert "\n".join(await violations(page)) == ""
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page scrolls sideways at {query}"
    await context.close()
