"""The workspace as one person sees it: channels, a conversation, a thread, a modal, as HTML."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape

from bot.playground.page.blockkit.blocks import view_body
from bot.playground.page.blockkit.controls import JSON
from bot.playground.page.blockkit.tokens import Names
from bot.playground.page.home import home, prompts, tabs
from bot.playground.page.messages import draw_message
from bot.playground.page.view_state import ViewState
from bot.playground.slack import Channel, Message

MOST_MESSAGES = 200  # of a conversation, the latest


def conversation_panes(state: ViewState, dismissed: Collection[str]) -> dict[str, str]:
    """Draw the panes that depend on the conversations, by the ids of their elements."""
    return {
        "channels": _channels(state),
        "channel-title": escape(title(state.channel, state)),
        "app-tabs": tabs(state),
        "home": home(state),
        "channel-log": _channel_log(state, dismissed),
        "thread-log": _thread_log(state, dismissed),
        "modal": _modal(state),
    }


def title(channel: Channel, state: ViewState) -> str:
    """Return a conversation's name; a group DM is named after its other members."""
    if channel.kind == "im":
        return "Threadline"
    if channel.kind == "mpim":
        names = state.names.users
        return ", ".join(sorted(names[member] for member in channel.members - {state.person.id}))
    shared = " (shared with another company)" if state.slack.workspace.is_shared(channel) else ""
    return f"# {channel.name}{shared}" + (" (archived)" if channel.archived else "")


def _channels(state: ViewState) -> str:
    channels = state.slack.workspace.channels.values()
    joined = [c for c in channels if c.kind != "im" and state.person.id in c.members]
    groups = [channel for channel in joined if channel.kind == "mpim"]
    rows = "".join(_row(channel, state) for channel in joined if channel not in groups)
    direct = "".join(_row(channel, state) for channel in (state.slack.dm(state.person), *groups))
    return (
        f'<h2 id="h-channels">Channels</h2><ul aria-labelledby="h-channels">{rows}</ul>'
        f'<h2 id="h-direct">Direct messages</h2><ul aria-labelledby="h-direct">{direct}</ul>'
    )


def _row(channel: Channel, state: ViewState) -> str:
    here = ' aria-current="page"' if channel is state.channel else ""
    name = escape(title(channel, state))
    return f'<li><button type="button" data-channel="{channel.id}"{here}>{name}</button></li>'


def _channel_log(state: ViewState, dismissed: Collection[str]) -> str:
    shown = [
        message
        for message in state.channel.visible()
        if message.thread_ts in (None, message.ts) or message.broadcast
    ]
    ephemerals = _ephemerals(state, None, dismissed)
    latest = sorted([*shown, *ephemerals], key=_sort_key)[-MOST_MESSAGES:]
    if not latest and (suggested := prompts(state)):
        return f'<li class="empty">Nothing here yet. Ask something, such as:{suggested}</li>'
    if not latest:
        return (
            '<li class="empty">Nothing here yet. Mention the bot with a question, such as '
            "<q>@Threadline who owns the Suez Canal?</q></li>"
        )
    return "".join(draw_message(message, state, in_thread=False) for message in latest)


def _thread_log(state: ViewState, dismissed: Collection[str]) -> str:
    root = state.thread
    if root is None:
        return ""
    ephemerals = _ephemerals(state, root.ts, dismissed)
    replies = sorted([*root.replies(), *ephemerals], key=_sort_key)[-MOST_MESSAGES:]
    status = state.slack.workspace.statuses.get((root.channel.id, root.ts))
    last = f'<li class="status">{escape(status)}</li>' if status else ""
    return (
        "".join(draw_message(message, state, in_thread=True) for message in [root, *replies]) + last
    )


def _ephemerals(
    state: ViewState, thread: str | None, dismissed: Collection[str]
) -> Iterable[Message]:
    return (
        message
        for message in state.slack.ephemerals(state.person)
        if message.channel is state.channel
        and message.thread_ts == thread
        and message.ts not in dismissed
    )


def _sort_key(message: Message) -> float:
    return float(message.ts)


def _modal(state: ViewState) -> str:
    views = state.person.views()
    return modal(views[-1].content, views[-1].id, state.names) if views else ""


def modal(content: JSON, view_id: str, names: Names) -> str:
    """Draw the content of a modal's dialog."""
    close = content.get("close") or {"text": "Close"}
    submit = content.get("submit")
    button = (
        f'<button type="submit" class="bk-button primary">{escape(submit["text"])}</button>'
        if submit
        else ""
    )
    return (
        f'<form method="dialog" data-view="{view_id}" id="view-{view_id}">'
        f'<h2 id="modal-title">{escape(content["title"]["text"])}</h2>'
        f'<div class="view">{view_body(content, names)}</div>'
        f'<footer><button type="button" class="bk-button" data-do="close">'
        f"{escape(close['text'])}</button>{button}</footer></form>"
    )
