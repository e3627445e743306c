"""What Slack itself shows of an app: its Home tab, suggested prompts, and work with its Stop.

Sources: https://docs.slack.dev/surfaces/app-home, https://docs.slack.dev/ai/agent-sessions.
"""

from __future__ import annotations

from bot.playground.page.blockkit.blocks import view_body
from bot.playground.page.blockkit.tags import NOTHING, Html, joined, tag, words
from bot.playground.page.view_state import Sight

_TABS = (("home", "Home", "home"), ("", "Messages", "channel-log"))


def tabs(sight: Sight) -> Html:
    """Draw the tabs of the direct messages with an app that has a Home tab."""
    app = sight.slack.app
    if sight.channel.kind != "im" or not app.home:
        return NOTHING
    drawn = []
    for name, shown, controls in _TABS:
        here = sight.home == (name == "home")
        drawn.append(
            tag(
                "button",
                words(shown),
                type="button",
                role="tab",
                id=f"tab-{name or 'messages'}",
                data_tab=name,
                aria_controls=controls,
                aria_selected="true" if here else "false",
                tabindex="0" if here else "-1",
            )
        )
    return tag("div", *drawn, class_="tabs", role="tablist", aria_label=app.name)


def home(sight: Sight) -> Html:
    """Draw what the app has published in the Home tab of the one who looks at it."""
    if not sight.home:
        return NOTHING
    view = sight.slack.home(sight.person)
    if view is None:
        return tag("p", words("The app has published nothing here yet."), class_="empty")
    return tag("div", view_body(view.content, sight.names), data_view=view.id, class_="view")


def prompts(sight: Sight) -> Html:
    """Draw the app's suggested prompts as buttons that say them; nothing where it has none."""
    suggested = sight.slack.app.suggested if sight.channel.kind == "im" else ()
    buttons = [
        tag(
            "button",
            words(prompt.title),
            type="button",
            class_="bk-button",
            title=prompt.message,
            data_do="prompt",
            data_text=prompt.message,
        )
        for prompt in suggested
    ]
    return tag("div", *buttons, class_="prompts") if buttons else NOTHING


def working(sight: Sight) -> Html:
    """Draw Slack's line below a thread whose session is processing, with its Stop button."""
    if sight.thread is None or sight.slack.session(sight.thread) != "processing":
        return NOTHING
    line = tag("span", words("Working…"), class_="status")
    if not sight.slack.app.has_stop_button:
        return line
    stop = tag("button", words("Stop"), type="button", class_="bk-button", data_do="stop")
    return joined([line, stop])
