"""Events as Slack delivers them, for the tests that parse them."""

from __future__ import annotations

from typing import Any

from bot.domain.thread import UserId
from bot.domain.turn import Question
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import QuestionAsked

ME = UserId("U0BOT")
TS, ROOT = "1700000000.000100", "1699999999.000900"


def body(text: str = "<@U0BOT> who?", kind: str = "message", **event: Any) -> dict[str, Any]:
    """Return an event as Slack delivers it; by default a mention at the top of a channel."""
    inner_event = {
        "type": kind,
        "user": "U1ADA",
        "text": text,
        "ts": TS,
        "channel": "C1",
        "channel_type": "channel",
        "event_ts": TS,
        "client_msg_id": "0e0b6b0e-0000-4000-8000-000000000000",
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": []}],
        **event,
    }
    return {
        "token": "verification",
        "team_id": "T1",
        "api_app_id": "A1",
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": 1700000000,
        "authorizations": [
            {"enterprise_id": None, "team_id": "T1", "user_id": "U0BOT", "is_bot": True}
        ],
        "is_ext_shared_channel": False,
        "event": inner_event,
    }


def reply(text: str, **event: Any) -> dict[str, Any]:
    return body(text, thread_ts=ROOT, **event)


def asked(inner_event: dict[str, Any]) -> Question:
    found = parse_message(inner_event, ME)
    assert isinstance(found, QuestionAsked)
    return found.question
