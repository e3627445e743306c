"""One message as HTML, with the person's menu of actions."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from bot.playground.page.blockkit.attachments import attachments
from bot.playground.page.blockkit.blocks import blocks
from bot.playground.page.blockkit.tags import escaped, joined, tag
from bot.playground.page.blockkit.text import mrkdwn, plain
from bot.playground.page.view_state import ViewState
from bot.playground.slack import File, Message

REACTIONS = ("eyes", "+1", "white_check_mark", "tada", "thinking_face")
_DISMISS = '<div class="tools"><button type="button" data-do="dismiss">Dismiss</button></div>'
PREVIEW_CHARACTERS = 3_000  # of a text file


def draw_message(message: Message, state: ViewState, *, in_thread: bool) -> str:
    """Draw a message as a list item."""
    user = state.slack.workspace.users.get(message.user)
    name = user.real_name if user else "Slackbot"
    ephemeral = message.ephemeral_to is not None
    kind = " ephemeral" if ephemeral else ""
    parts = [
        f'<li class="message{kind}" id="{_place(in_thread)}-{message.ts}" data-ts="{message.ts}">',
        f'<div class="avatar" aria-hidden="true" data-who="{escape(name)}">{escape(name[0])}</div>',
        '<div class="said">',
        _head(message, name),
        '<p class="only">Only visible to you</p>' if ephemeral else "",
        _broadcast(message, in_thread=in_thread) if message.broadcast else "",
        f'<div class="content">{_content(message, state)}</div>',
        attachments(message, state.names),
        *(_file(file) for file in message.files),
        _reactions(message, state),
        "" if in_thread or message.broadcast else _replies(message, state),
        "</div>",
        _DISMISS if ephemeral else _tools(message, state, in_thread=in_thread),
        "</li>",
    ]
    return "".join(parts)


def _place(in_thread: bool) -> str:
    return "t" if in_thread else "c"


def _head(message: Message, name: str) -> str:
    at = datetime.fromtimestamp(float(message.ts), UTC)
    app = ' <span class="app">APP</span>' if message.by_app else ""
    edited = ' <span class="edited">(edited)</span>' if message.edited_ts else ""
    return (
        f'<div class="head"><b>{escape(name)}</b>{app} '
        f'<time datetime="{at.isoformat()}" title="ts {message.ts}">'
        f"{at.astimezone():%H:%M}</time>{edited}</div>"
    )


def _broadcast(message: Message, *, in_thread: bool) -> str:
    """Draw the note on a reply that was also sent to the channel."""
    if in_thread:
        return '<p class="only">Also sent to the channel</p>'
    opens = f'class="replies" data-thread="{message.root}"'
    return f'<p class="only"><button type="button" {opens}>Replied to a thread</button></p>'


def _content(message: Message, state: ViewState) -> str:
    if message.blocks:
        return blocks(message.blocks, state.names)
    return f'<div class="bk-text">{mrkdwn(message.text, state.names)}</div>' if message.text else ""


def _file(file: File) -> str:
    preview = ""
    if file.content is not None and file.name.rpartition(".")[2] in ("md", "json", "txt", "csv"):
        text = file.content.decode(errors="replace")
        shown = escape(text[:PREVIEW_CHARACTERS])
        cut = "\n…" if len(text) > PREVIEW_CHARACTERS else ""
        preview = f"<details><summary>Preview</summary><pre>{shown}{cut}</pre></details>"
    name = escape(file.title or file.name)
    return (
        f'<div class="file"><a href="/file/{file.id}" download="{escape(file.name)}">📄 {name}</a> '
        f'<span class="size">{_size(file.length)}</span>{preview}</div>'
    )


def _size(length: int) -> str:
    return f"{length} bytes" if length < 1_000 else f"{length / 1_000:,.0f} kB"


def _reactions(message: Message, state: ViewState) -> str:
    if not message.reactions:
        return ""
    users = state.names.users
    drawn = []
    for name, who in message.reactions.items():
        mine = "true" if state.person.id in who else "false"
        by = escape(", ".join(users.get(user, user) for user in who))
        drawn.append(
            f'<button type="button" data-react="{escape(name)}" aria-pressed="{mine}" '
            f'title="{by}" aria-label="{escape(name)}, by {by}">'
            f"{plain(f':{name}:')} {len(who)}</button>"
        )
    return f'<div class="reactions">{"".join(drawn)}</div>'


def _replies(message: Message, state: ViewState) -> str:
    replies = message.replies()
    status = state.slack.workspace.statuses.get((message.channel.id, message.root), "")
    status = f' <span class="status">{escape(status)}</span>' if status else ""
    if not replies:
        return status
    counted = "1 reply" if len(replies) == 1 else f"{len(replies)} replies"
    opens = f'class="replies" data-thread="{message.ts}"'
    return f'<button type="button" {opens}>{counted}</button>{status}'


def _tools(message: Message, state: ViewState, *, in_thread: bool) -> str:
    choices = "".join(
        f'<button type="button" data-react="{name}" aria-label="React with {name}">'
        f"{plain(f':{name}:')}</button>"
        for name in REACTIONS
    )
    gone = message.subtype == "tombstone"
    tools = [] if in_thread else [("thread", "Reply in thread")]
    if message.user == state.person.id and not gone:
        tools += [("edit", "Edit"), ("delete", "Delete")]
    tools.append(("redeliver", "Redeliver its events"))
    buttons = "".join(
        f'<button type="button" data-do="{name}">{label}</button>' for name, label in tools
    )
    buttons += "" if gone else _shortcuts(state)
    opens = f'data-thread="{message.root}" aria-label="Reply in thread"'
    reply = "" if in_thread else f'<button type="button" {opens}>💬</button>'
    return (
        f'<div class="tools">{choices}{reply}<details class="more"><summary aria-label="More '
        f'actions" title="More actions">⋯</summary><div>{buttons}</div></details></div>'
    )


def _shortcuts(state: ViewState) -> str:
    """Draw the app's message shortcuts, the last items of a message's menu."""
    app = state.slack.app
    return joined(
        tag(
            "button",
            escaped(f"{name} "),
            tag("span", escaped(app.name), class_="app"),
            type="button",
            data_shortcut=callback_id,
        )
        for callback_id, name in app.shortcuts.items()
    )
