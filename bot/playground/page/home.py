"""What Slack shows for an app: its Home tab, suggested prompts, and the status with Stop.

Sources: https://docs.slack.dev/surfaces/app-home, https://docs.slack.dev/ai/agent-sessions.
"""

from __future__ import annotations

from bot.playground.page.blockkit.blocks import view_body
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, joined, tag
from bot.playground.page.view_state import ViewState

_TABS = (("home", "Home", "home"), ("", "Messages", "channel-log"))


def tabs(state: ViewState) -> Html:
    """Draw the tabs above the direct messages with the app, if it has a Home tab."""
    app = state.slack.app
    if state.channel.kind != "im" or not app.home:
        return NOTHING
    drawn = []
    for name, shown, controls in _TABS:
        here = state.home == (name == "home")
        drawn.append(
            tag(
                "button",
                escaped(shown),
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


def home(state: ViewState) -> Html:
    """Draw the view published in the person's Home tab."""
    if not state.home:
        return NOTHING
    view = state.slack.home(state.person)
    if view is None:
        return tag("p", escaped("The app has published nothing here yet."), class_="empty")
    return tag("div", view_body(view.content, state.names), data_view=view.id, class_="view")


def prompts(state: ViewState) -> Html:
    """Draw the app's suggested prompts as buttons that post them."""
    suggested = state.slack.app.suggested if state.channel.kind == "im" else ()
    buttons = [
        tag(
            "button",
            escaped(prompt.title),
            type="button",
            class_="bk-button",
            title=prompt.message,
            data_do="prompt",
            data_text=prompt.message,
        )
        for prompt in suggested
    ]
    return tag("div", *buttons, class_="prompts") if buttons else NOTHING


def working(state: ViewState) -> Html:
    """Draw the status below a thread whose session is processing, with its Stop button."""
    if state.thread is None or state.slack.session(state.thread) != "processing":
        return NOTHING
    line = tag("span", escaped("Working…"), class_="status")
    if not state.slack.app.has_stop_button:
        return line
    stop = tag("button", escaped("Stop"), type="button", class_="bk-button", data_do="stop")
    return joined([line, stop])
