"""Messages as Slack sends them: of people, of apps, forwarded ones, previews, tables."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

NO_TEXT = "This content can't be displayed."
NO_PREVIEW = "[no preview available]"


def text(words: str, kind: str = "mrkdwn") -> Json:
    return {"type": kind, "text": words}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "block_id": "b", "elements": list(elements)}


def part(kind: str, *elements: Json, **more: Any) -> Json:
    return {"type": kind, "elements": list(elements), **more}


def span(kind: str, **more: Any) -> Json:
    return {"type": kind, **more}


def by_app(said: str = "", **message: Any) -> Json:
    """A message of another app."""
    return {"type": "message", "text": said, "bot_id": "B7", "app_id": "A7", "ts": "1.2", **message}


def by_person(said: str = "", **message: Any) -> Json:
    """A message of a person."""
    return {"type": "message", "text": said, "user": "U1", "ts": "1.2", **message}


#: As recorded in https://github.com/MercuryTechnologies/slack-web (share_with_message.json).
SHARED: Json = {
    "ts": "1724966776.474889",
    "author_id": "U05JAA9EN4T",
    "channel_id": "C07KTH1T4CQ",
    "channel_team": "T043DB835ML",
    "is_msg_unfurl": True,
    "message_blocks": [
        {
            "team": "T043DB835ML",
            "channel": "C07KTH1T4CQ",
            "ts": "1724966776.474889",
            "message": {
                "blocks": [
                    rich(part("rich_text_section", span("text", text="France owns the Suez Canal")))
                ]
            },
        }
    ],
    "color": "D0D0D0",
    "from_url": "https://example.slack.com/archives/C07KTH1T4CQ/p1724966776474889",
    "is_share": True,
    "fallback": "[August 29th, 2024 2:26 PM] lev: France owns the Suez Canal",
    "text": "France owns the Suez Canal",
    "author_name": "lev",
    "author_link": "https://example.slack.com/team/U05JAA9EN4T",
    "author_subname": "lev",
    "mrkdwn_in": ["text"],
    "footer": "Slack Conversation",
}
#: The preview of a message whose address was typed: recorded, too.
MESSAGE_PREVIEW: Json = {
    **{name: value for name, value in SHARED.items() if name not in ("is_share", "color")},
    "id": 1,
    "original_url": SHARED["from_url"],
}
LINK_PREVIEW: Json = {
    "id": 1,
    "from_url": "https://example.org/suez",
    "original_url": "https://example.org/suez",
    "service_name": "Example",
    "title": "The canal",
    "title_link": "https://example.org/suez",
    "text": "Words of a web page.",
    "fallback": "Example: The canal",
}
APP_PREVIEW: Json = {
    "id": 1,
    "is_app_unfurl": True,
    "app_unfurl_url": "https://example.org/issue/1",
    "bot_id": "B8",
    "blocks": [{"type": "section", "text": text("Words of an issue.")}],
    "fallback": NO_PREVIEW,
}
TABLE: Json = {
    "type": "table",
    "rows": [
        [text("Canal", "raw_text"), text("Owner", "raw_text")],
        [
            rich(part("rich_text_section", span("link", url="https://e.org", text="Suez"))),
            text("Egypt", "raw_text"),
        ],
    ],
}
