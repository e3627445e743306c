"""Buttons, menus, forms and modals of any app work on the page; a small Bolt app receives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack import LocalSlack
from tests.browser.conftest import WITHIN
from tests.browser.small_app import ReceivedPayloads, bolt_app, options, served, text

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)


MODAL = {
    "type": "modal",
    "title": text("Order"),
    "submit": text("Buy"),
    "close": text("Never mind"),
    "notify_on_close": True,
    "callback_id": "order",
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": text("What"),
            "element": {"type": "plain_text_input", "action_id": "words", "initial_value": "tea"},
        },
        {
            "type": "input",
            "block_id": "size",
            "label": text("Size"),
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "options": options("small", "large"),
            },
        },
        {
            "type": "input",
            "block_id": "extras",
            "optional": True,
            "label": text("Extras"),
            "element": {
                "type": "checkboxes",
                "action_id": "these",
                "options": options("milk", "sugar", "lemon"),
                "initial_options": options("sugar"),
            },
        },
    ],
}
MESSAGE = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Choose* <https://example.com|here>"}},
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "order", "text": text("Order…"), "value": "1"},
            {
                "type": "button",
                "action_id": "burn",
                "text": text("Burn"),
                "style": "danger",
                "confirm": {
                    "title": text("Sure?"),
                    "text": text("It will be gone."),
                    "confirm": text("Burn it"),
                    "deny": text("Keep it"),
                },
            },
            {
                "type": "static_select",
                "action_id": "menu",
                "placeholder": text("Pick one"),
                "options": options("red", "green"),
            },
            {"type": "overflow", "action_id": "more", "options": options("share", "hide")},
            {"type": "radio_buttons", "action_id": "side", "options": options("left", "right")},
        ],
    },
]


def build(slack: LocalSlack, received: ReceivedPayloads) -> AsyncApp:
    """Return an app that opens the modal and records what it receives."""
    app = bolt_app(slack)

    @app.command("/processor")
    async def command(ack: Any, say: Any) -> None:
        await ack()
        await say(text="menu", blocks=MESSAGE)

    @app.action({"block_id": "row"})
    async def acted(ack: Any, action: dict[str, Any], body: dict[str, Any]) -> None:
        await ack()
        if action["action_id"] == "order":
            await app.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        chosen = (action.get("selected_option") or {}).get("value")
        received.queue.put_nowait((action["action_id"], chosen))

    @app.view("order")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["what"]["words"]["value"] == "coffee":
            await ack(response_action="errors", errors={"what": "We have only tea."})
        else:
            await ack()
        received.queue.put_nowait(("submitted", values))

    @app.view_closed("order")
    async def closed(ack: Any) -> None:
        await ack()
        received.queue.put_nowait(("closed", None))

    return app


@pytest_asyncio.fixture(loop_scope="session")
async def shop(context: BrowserContext) -> AsyncIterator[tuple[Page, ReceivedPayloads]]:
    """A page on a channel in which the app has posted its message."""
    received = ReceivedPayloads()
    async with LocalSlack() as slack:
        slack.channel("general", members=[slack.person("ada")])
        async with served(slack, build(slack, received)) as url:
            page = await context.new_page()
            await page.goto(url)
            await page.locator("#channel-text").fill("/processor")
            await page.locator("#channel-text").press("Enter")
            await expect(page.get_by_role("button", name="Order…")).to_be_visible()
            yield page, received
            await page.close()


async def test_buttons_and_menus_send_block_actions(shop: tuple[Page, ReceivedPayloads]) -> None:
    page, received = shop
    await page.get_by_role("combobox", name="Pick one").select_option("green")
    assert await received.next() == ("menu", "green")
    await page.locator("details.bk-overflow summary").click()
    await page.get_by_role("button", name="Hide").click()
    assert await received.next() == ("more", "hide")
    await page.get_by_role("radio", name="Left").check()
    assert await received.next() == ("side", "left")
    await page.keyboard.press("ArrowDown")
    assert await received.next() == ("side", "right")
    await expect(page.get_by_role("radio", name="Left")).not_to_be_checked()


async def test_confirm_dialog_is_shown_before_the_action(
    shop: tuple[Page, ReceivedPayloads],
) -> None:
    page, received = shop
    await page.get_by_role("button", name="Burn", exact=True).click()
    await expect(page.get_by_text("It will be gone.")).to_be_visible()
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_role("button", name="Burn", exact=True).click()
    await page.get_by_role("button", name="Burn it").click()
    assert await received.next() == ("burn", None)
    assert received.queue.empty()


async def test_modal_is_submitted_and_shows_its_errors(shop: tuple[Page, ReceivedPayloads]) -> None:
    page, received = shop
    await page.get_by_role("button", name="Order…").click()
    dialog = page.get_by_role("dialog", name="Order")
    await expect(dialog).to_be_visible()
    assert (await received.next())[0] == "order"
    await dialog.get_by_label("What").fill("coffee")
    await dialog.get_by_label("Size").select_option("large")
    await dialog.get_by_label("Sugar").uncheck()
    await dialog.get_by_label("Milk").check()
    await dialog.get_by_label("Lemon").check()
    await dialog.get_by_role("button", name="Buy").click()
    await expect(dialog.get_by_role("alert")).to_have_text("We have only tea.")
    name, values = await received.next()
    assert name == "submitted"
    assert values["size"]["choice"]["selected_option"]["value"] == "large"
    chosen = values["extras"]["these"]["selected_options"]
    assert [option["value"] for option in chosen] == ["milk", "lemon"]
    await dialog.get_by_label("What").fill("green tea")
    await dialog.get_by_label("Milk").uncheck()
    await dialog.get_by_label("Lemon").uncheck()
    await dialog.get_by_role("button", name="Buy").click()
    await expect(page.locator("#modal")).to_be_hidden()
    _, values = await received.next()
    assert values["what"]["words"]["value"] == "green tea"
    assert values["extras"]["these"]["selected_options"] == []


async def test_modal_closes_with_its_button_and_with_escape(
    shop: tuple[Page, ReceivedPayloads],
) -> None:
    page, received = shop
    for how in ("button", "escape"):
        await page.get_by_role("button", name="Order…").click()
        dialog = page.get_by_role("dialog", name="Order")
        await expect(dialog.get_by_label("What")).to_have_value("tea")
        assert (await received.next())[0] == "order"
        if how == "button":
            await dialog.get_by_role("button", name="Never mind").click()
        else:
            await page.keyboard.press("Escape")
        assert await received.next() == ("closed", None)
        await expect(page.locator("#modal")).to_be_hidden()
