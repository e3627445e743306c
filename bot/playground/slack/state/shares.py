"""Attachments that Slack makes: forwarded messages, previews of messages, pasted tables. Pure.

Slack documents none of the three. Their form is that of recorded payloads:

- forwarded: ``share_with_message.json`` and ``share_without_message.json`` of
  https://github.com/MercuryTechnologies/slack-web (tests/golden/SlackWebhookEvent);
- the preview of a linked message also has ``is_msg_unfurl``, but no ``is_share``:
  https://github.com/ColeMurray/background-agents/pull/1146;
- tables: https://github.com/vercel/chat/issues/803.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.playground.slack.state.entities import JSON, Message
from bot.playground.slack.state.workspace import Workspace

NO_PREVIEW = "[no preview available]"  #: the fallback of an attachment with blocks only


def share(workspace: Workspace, message: Message) -> JSON:
    """Return the attachment for a forwarded message."""
    shown = _shown(workspace, message)
    return {**shown, "color": "D0D0D0", "is_share": True, "footer": "Slack Conversation"}


def message_preview(workspace: Workspace, message: Message) -> JSON:
    """Return the attachment for the preview of a message."""
    url = workspace.permalink(message)
    return {**_shown(workspace, message), "original_url": url, "footer": "Slack Conversation"}


def pasted_table(rows: list[list[str]]) -> JSON:
    """Return the attachment for a pasted table."""
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    return {"id": 1, "blocks": [{"type": "table", "rows": cells}], "fallback": NO_PREVIEW}


def _shown(workspace: Workspace, message: Message) -> JSON:
    team, channel = workspace.app.team_id, message.channel.id
    author = workspace.users.get(message.user)
    name = author.real_name if author else message.username or ""
    at = datetime.fromtimestamp(float(message.ts), UTC)
    shown: JSON = {
        "ts": message.ts,
        "author_id": message.user,
        "channel_id": channel,
        "channel_team": team,
        "is_msg_unfurl": True,
        "from_url": workspace.permalink(message),
        "fallback": f"[{at:%B} {at.day}, {at:%Y %H:%M}] {name}: {message.text}",
        "text": message.text,
        "author_name": name,
        "author_link": f"https://{workspace.domain}.slack.com/team/{message.user}",
        "author_subname": name,
        "mrkdwn_in": ["text"],
    }
    if message.blocks:
        inner_message = {"blocks": message.blocks}
        place = {"team": team, "channel": channel, "ts": message.ts}
        shown["message_blocks"] = [{**place, "message": inner_message}]
    if message.files:
        shown["files"] = [file.wire_in_message() for file in message.files]
    return shown
