"""A Bolt app with a Home tab, a message shortcut that opens a modal, and Slack's Stop."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from tests.browser.small_app import ReceivedPayloads, options, text

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
    """Return a Home tab that shows the selected colour."""
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


def add_home_tab(app: AsyncApp, received: ReceivedPayloads) -> None:
    """Add a Home tab with a menu and a button."""

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        if event["tab"] == "home":
            await app.client.views_publish(user_id=event["user"], view=home("red"))
        received.queue.put_nowait(("opened", event["tab"]))

    @app.action("colour")
    async def coloured(ack: Any, action: dict[str, Any], body: dict[str, Any]) -> None:
        await ack()
        colour = action["selected_option"]["value"]
        await app.client.views_publish(user_id=body["user"]["id"], view=home(colour))
        received.queue.put_nowait(("colour", colour))

    @app.action("plans")
    async def plans(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await app.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        received.queue.put_nowait(("plans", body["container"]["type"]))


def add_shortcut_and_stop(app: AsyncApp, received: ReceivedPayloads) -> None:
    """Add a message shortcut that opens a modal, and Slack's Stop."""

    @app.shortcut("research_message")
    async def research(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await app.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        received.queue.put_nowait(("shortcut", body["message"]["text"]))

    @app.view("research")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        received.queue.put_nowait(("asked", view["state"]["values"]["question"]["words"]["value"]))

    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any]) -> None:
        await app.client.agents_sessions_setStatus(
            channel_id=event["channel"], thread_ts=event["thread_ts"], status="active"
        )
        received.queue.put_nowait(("stopped", event["thread_ts"]))

    @app.event(re.compile("^(message|app_mention)$"))
    async def said() -> None:
        """Acknowledge messages."""
