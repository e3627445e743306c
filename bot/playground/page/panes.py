"""The workspace as one person sees it: channels, a conversation, a thread, a modal, as HTML."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape

from bot.playground.page.blockkit.blocks import view_body
from bot.playground.page.blockkit.controls import JSON
from bot.playground.page.blockkit.tokens import Names
from bot.playground.page.home import home, prompts, tabs
from bot.playground.page.messages import draw_message
from bot.playground.page.view_state import Sight
from bot.playground.slack import Channel, Message

MOST_MESSAGES = 200  # of a conversation, the latest


def conversation_panes(sight: Sight, dismissed: Collection[str]) -> dict[str, str]:
    """Draw what changes when something is said; keys are the ids of the page's elements."""
    return {
        "channels": _channels(sight),
        "channel-title": escape(title(sight.channel, sight)),
        "app-tabs": tabs(sight),
        "home": home(sight),
        "channel-log": _channel_log(sight, dismissed),
        "thread-log": _thread_log(sight, dismissed),
        "modal": _modal(sight),
    }


def title(channel: Channel, sight: Sight) -> str:
    """Return the name of a conversation as its people see it: a group is called by the others."""
    if channel.kind == "im":
        return "Threadline"
    if channel.kind == "mpim":
        names = sight.names.users
        return ", ".join(sorted(names[one] for one in channel.members - {sight.person.id}))
    return f"# {channel.name}" + (" (archived)" if channel.archived else "")


def _channels(sight: Sight) -> str:
    everywhere = sight.slack.workspace.channels.values()
    there = [c for c in everywhere if c.kind != "im" and sight.person.id in c.members]
    groups = [channel for channel in there if channel.kind == "mpim"]
    rows = "".join(_row(channel, sight) for channel in there if channel not in groups)
    direct = "".join(_row(channel, sight) for channel in (sight.slack.dm(sight.person), *groups))
    return (
        f'<h2 id="h-channels">Channels</h2><ul aria-labelledby="h-channels">{rows}</ul>'
        f'<h2 id="h-direct">Direct messages</h2><ul aria-labelledby="h-direct">{direct}</ul>'
    )


def _row(channel: Channel, sight: Sight) -> str:
    here = ' aria-current="page"' if channel is sight.channel else ""
    name = escape(title(channel, sight))
    return f'<li><button type="button" data-channel="{channel.id}"{here}>{name}</button></li>'


def _channel_log(sight: Sight, dismissed: Collection[str]) -> str:
    shown = [
        message
        for message in sight.channel.visible()
        if message.thread_ts in (None, message.ts) or message.broadcast
    ]
    whispered = _whispered(sight, None, dismissed)
    latest = sorted([*shown, *whispered], key=_when)[-MOST_MESSAGES:]
    if not latest and (suggested := prompts(sight)):
        return f'<li class="empty">Nothing here yet. Ask something, such as:{suggested}</li>'
    if not latest:
        return (
            '<li class="empty">Nothing here yet. Mention the bot with a question, such as '
            "<q>@Threadline who owns the Suez Canal?</q></li>"
        )
    return "".join(draw_message(message, sight, in_thread=False) for message in latest)


def _thread_log(sight: Sight, dismissed: Collection[str]) -> str:
    root = sight.thread
    if root is None:
        return ""
    whispered = _whispered(sight, root.ts, dismissed)
    replies = sorted([*root.replies(), *whispered], key=_when)[-MOST_MESSAGES:]
    status = sight.slack.workspace.statuses.get((root.channel.id, root.ts))
    last = f'<li class="status">{escape(status)}</li>' if status else ""
    return (
        "".join(draw_message(message, sight, in_thread=True) for message in [root, *replies]) + last
    )


def _whispered(sight: Sight, thread: str | None, dismissed: Collection[str]) -> Iterable[Message]:
    return (
        message
        for message in sight.slack.ephemerals(sight.person)
        if message.channel is sight.channel
        and message.thread_ts == thread
        and message.ts not in dismissed
    )


def _when(message: Message) -> float:
    return float(message.ts)


def _modal(sight: Sight) -> str:
    views = sight.person.views()
    return modal(views[-1].content, views[-1].id, sight.names) if views else ""


def modal(content: JSON, view_id: str, names: Names) -> str:
    """Draw what stands in the dialog of a modal that Slack would open."""
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
