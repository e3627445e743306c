"""What Slack itself shows of an app: its Home tab, shortcuts, prompts and Stop."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack import LocalSlack
from tests.browser.conftest import WITHIN, violations
from tests.browser.small_app import Heard, bolt_app, options, served, text

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)

MODAL = {
    "type": "modal",
    "title": text("Research this"),
    "submit": text("Start"),
    "callback_id": "research",
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": text("Question"),
            "element": {"type": "plain_text_input", "action_id": "words"},
        }
    ],
}


def home(colour: str) -> dict[str, Any]:
    """Return a Home tab that shows which colour is chosen."""
    chosen = {"text": text(colour.title()), "value": colour}
    menu = {
        "type": "static_select",
        "action_id": "colour",
        "placeholder": text("Colour"),
        "options": options("red", "green"),
        "initial_option": chosen,
    }
    plans = {"type": "button", "action_id": "plans", "text": text("See the plans")}
    said = {"type": "mrkdwn", "text": f"*Now it is {colour}.*"}
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": text("Your settings")},
            {"type": "section", "block_id": "row", "text": said, "accessory": menu},
            {"type": "actions", "block_id": "more", "elements": [plans]},
        ],
    }


def build(heard: Heard, slack: LocalSlack) -> AsyncApp:
    """Build an app that has all of it, and notes what it hears."""
    app = bolt_app(slack)

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        if event["tab"] == "home":
            await app.client.views_publish(user_id=event["user"], view=home("red"))
        heard.queue.put_nowait(("opened", event["tab"]))

    @app.action("colour")
    async def coloured(ack: Any, action: dict[str, Any], body: dict[str, Any]) -> None:
        await ack()
        colour = action["selected_option"]["value"]
        await app.client.views_publish(user_id=body["user"]["id"], view=home(colour))
        heard.queue.put_nowait(("colour", colour))

    @app.action("plans")
    async def plans(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await app.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        heard.queue.put_nowait(("plans", body["container"]["type"]))

    @app.shortcut("research_message")
    async def research(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await app.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        heard.queue.put_nowait(("shortcut", body["message"]["text"]))

    @app.view("research")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        heard.queue.put_nowait(("asked", view["state"]["values"]["question"]["words"]["value"]))

    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any]) -> None:
        await app.client.agents_sessions_setStatus(
            channel_id=event["channel"], thread_ts=event["thread_ts"], status="active"
        )
        heard.queue.put_nowait(("stopped", event["thread_ts"]))

    @app.event(re.compile("^(message|app_mention)$"))
    async def said() -> None:
        """Hear what is said, and do nothing."""

    return app


@dataclass(frozen=True)
class Stand:
    """A page on #general, and the Slack and the app behind it."""

    page: Page
    slack: LocalSlack
    app: AsyncApp
    heard: Heard
    url: str

    async def opens_messages(self) -> None:
        """Go to the direct messages with the app."""
        row = self.page.locator("#channels").get_by_role("button", name="Threadline", exact=True)
        await row.click()
        assert await self.heard.next() == ("opened", "messages")

    async def opens_home(self) -> None:
        """Go to the app's Home tab."""
        await self.opens_messages()
        await self.page.get_by_role("tab", name="Home").click()
        assert await self.heard.next() == ("opened", "home")
        await expect(self.page.locator("#home")).to_contain_text("Your settings")


@pytest_asyncio.fixture(loop_scope="session")
async def stand(context: BrowserContext) -> AsyncIterator[Stand]:
    """Ada's window on #general."""
    heard = Heard()
    async with LocalSlack() as slack:
        slack.channel("general", members=[slack.person("ada"), slack.person("bob")])
        app = build(heard, slack)
        async with served(slack, app) as url:
            page = await context.new_page()
            await page.goto(url)
            yield Stand(page, slack, app, heard, url)
            await page.close()


async def test_home_shows_what_the_app_publishes_and_stays_live(stand: Stand) -> None:
    page, slack = stand.page, stand.slack
    await stand.opens_home()
    shown = page.get_by_role("tabpanel", name="Home")
    await expect(shown).to_contain_text("Now it is red.")
    await expect(page.locator("#channel-text")).to_be_hidden()
    await shown.get_by_role("combobox", name="Colour").select_option("green")
    assert await stand.heard.next() == ("colour", "green")
    await expect(shown).to_contain_text("Now it is green.")
    await stand.app.client.views_publish(user_id=slack.person("ada").id, view=home("blue"))
    await expect(shown).to_contain_text("Now it is blue.")
    await shown.get_by_role("button", name="See the plans").click()
    assert await stand.heard.next() == ("plans", "view")
    await expect(page.get_by_role("dialog", name="Research this")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.locator("#channel-text")).to_be_visible()
    await expect(shown).to_be_hidden()
    assert await stand.heard.next() == ("opened", "messages")


async def test_home_is_another_for_everybody_and_found_again_after_a_reload(stand: Stand) -> None:
    page, slack = stand.page, stand.slack
    await stand.opens_home()
    await stand.app.client.views_publish(user_id=slack.person("bob").id, view=home("blue"))
    await page.reload()
    assert await stand.heard.next() == ("opened", "home")
    await expect(page.locator("#home")).to_contain_text("Now it is red.")
    await expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")


async def test_an_app_without_home_has_no_tabs(stand: Stand) -> None:
    page = stand.page
    stand.slack.app.home = False
    await stand.opens_messages()
    await expect(page.locator("#channel-title")).to_have_text("Threadline")
    await expect(page.get_by_role("button", name="Compare")).to_be_visible()
    await expect(page.locator("#app-tabs")).to_be_empty()
    channel = stand.slack.dm(stand.slack.person("ada")).id
    await page.goto(f"{stand.url}/?channel={channel}&tab=home")
    await expect(page.locator("#notice")).to_contain_text("no Home tab")
    await expect(page.locator("#channel-title")).to_have_text("# general")


async def test_tabs_are_walked_with_the_arrow_keys(stand: Stand) -> None:
    page = stand.page
    await stand.opens_messages()
    await page.get_by_role("tab", name="Messages").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="Home")).to_be_focused()
    await expect(page.locator("#home")).to_contain_text("Your settings")
    await page.keyboard.press("Tab")
    await expect(page.locator("#home")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("combobox", name="Colour")).to_be_focused()


async def test_a_shortcut_in_a_messages_menu_opens_the_apps_modal(stand: Stand) -> None:
    page, slack = stand.page, stand.slack
    bob, general = slack.person("bob"), slack.channel("general")
    await bob.says(general, "the canal is Egyptian")
    message = page.locator("#channel-log .message", has_text="the canal is Egyptian")
    menu = message.get_by_label("More actions")
    await menu.focus()
    await page.keyboard.press("Enter")
    shortcut = message.get_by_role("button", name="Research this Threadline")
    await shortcut.focus()
    await page.keyboard.press("Enter")
    assert await stand.heard.next() == ("shortcut", "the canal is Egyptian")
    dialog = page.get_by_role("dialog", name="Research this")
    await dialog.get_by_label("Question").fill("is it?")
    await dialog.get_by_role("button", name="Start").click()
    assert await stand.heard.next() == ("asked", "is it?")
    await expect(page.locator("#modal")).to_be_hidden()
    await expect(shortcut).to_be_hidden()
    await expect(menu).to_be_focused()


async def test_stop_is_there_while_the_app_works(stand: Stand) -> None:
    page, slack = stand.page, stand.slack
    root = await slack.person("bob").says(slack.channel("general"), "who owns it?")
    await slack.person("ada").replies(root, "I wonder too")
    await page.get_by_role("button", name="1 reply").click()
    work = page.locator("#thread-work")
    await expect(page.locator("#thread-log")).to_contain_text("I wonder too")
    await expect(work).to_be_empty()
    where: dict[str, str] = {"channel_id": root.channel.id, "thread_ts": root.ts}
    await stand.app.client.agents_sessions_setStatus(**where, status="processing")
    await expect(work).to_contain_text("Working…")
    await work.get_by_role("button", name="Stop").click()
    assert await stand.heard.next() == ("stopped", root.ts)
    await expect(work).to_be_empty()
    slack.app.events.discard("agent_session_stopped")
    await stand.app.client.agents_sessions_setStatus(**where, status="processing")
    await expect(work).to_have_text("Working…")


async def test_empty_direct_messages_suggest_what_to_ask(stand: Stand) -> None:
    page, slack = stand.page, stand.slack
    await stand.opens_messages()
    prompt = slack.app.suggested[1]
    await page.get_by_role("button", name=prompt.title).click()
    await expect(page.locator("#channel-log .message")).to_contain_text(prompt.message)
    await expect(page.locator("#channel-log").get_by_role("button", name="Compare")).to_have_count(
        0
    )
    await expect(page.locator("#channel-text")).to_be_focused()
    (said,) = slack.dm(slack.person("ada")).visible()
    assert (said.text, said.user) == (prompt.message, slack.person("ada").id)


async def test_a_reply_sent_to_the_channel_is_shown_there_and_leads_to_its_thread(
    stand: Stand,
) -> None:
    page, slack = stand.page, stand.slack
    general = slack.channel("general")
    root = await slack.person("bob").says(general, "who owns it?")
    await slack.person("ada").replies(root, "wait for it")
    await stand.app.client.chat_postMessage(
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
async def test_nothing_of_it_is_wrong_for_who_cannot_see_it_well(
    browser: Browser, stand: Stand, colours: Literal["light", "dark"], width: int
) -> None:
    context = await browser.new_context(
        color_scheme=colours, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(WITHIN)
    page = await context.new_page()
    slack, client = stand.slack, stand.app.client
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
        await page.goto(f"{stand.url}/?{query}")
        await expect(page.locator(f"{shown} button").first).to_be_attached()
        if shown == "#channel-log" and query.endswith(general.id):
            await page.locator("details.more summary").last.focus()
            await page.keyboard.press("Enter")
        assert "\n".join(await violations(page)) == ""
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page scrolls sideways at {query}"
    await context.close()
