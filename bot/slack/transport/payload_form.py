"""Whether a body has the form of Slack's payloads that Bolt and our listeners rely on. Pure.

Only that is checked, so that whatever Slack adds passes.
Sources: https://docs.slack.dev/reference/events/message and
https://docs.slack.dev/reference/interaction-payloads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

#: Types whose `view` need not be an object: our listeners answer them in any case.
_ANSWERED = ("block_actions", "view_submission", "view_closed")
#: Types of interactions that no surface of ours sends, though Bolt trusts their form.
_OF_NO_SURFACE = (
    *("block_suggestion", "interactive_message", "workflow_step_edit"),
    *("dialog_submission", "dialog_cancellation", "dialog_suggestion"),
)
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
#: Fields of a message that are strings where they are there, and what tells whether one is valid.
_FORMS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("text", "subtype"), lambda _: True),
    **dict.fromkeys(("channel", "user", "bot_id", "channel_type"), str.isascii),
    **dict.fromkeys(("ts", "thread_ts", "deleted_ts"), _TS.fullmatch),
}


def is_payload(body: Any) -> bool:
    """Whether a body is an event, a command or an interaction whose fields have Slack's types."""
    if not isinstance(body, dict):
        return False
    if not any(isinstance(body.get(kind), str) for kind in ("type", "command", "ssl_check")):
        return False
    if body.get("type") in _OF_NO_SURFACE:
        return False
    if body.get("type") not in _ANSWERED and not isinstance(body.get("view", {}), dict):
        return False
    if body.get("type") == "event_callback" or "event" in body:  # Bolt looks into it in any body
        return _is_event(body.get("event"))
    if body.get("type") == "block_actions":
        actions = body.get("actions")
        return isinstance(actions, list) and {type(action) for action in actions} == {dict}
    return True


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return False
    if event["type"] not in ("message", "app_mention"):
        return True
    inner = [event[name] for name in ("message", "previous_message") if event.get(name)]
    return all(_is_message(message) for message in (event, *inner))


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict):
        return False
    for name, has_form in _FORMS.items():
        value = message.get(name)
        if value is not None and not (isinstance(value, str) and has_form(value)):
            return False
    return True
