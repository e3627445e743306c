"""What Slack's errors mean to a caller.

A call fails as `Refused` (by cause), `Unavailable` (nothing took effect) or, where something may
have taken effect, `AnswerLost`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import AnswerLost, Cause, Refused, Unavailable

T = TypeVar("T")

LONGEST_WAIT = 3600.0  # seconds of a Retry-After that we obey

#: https://docs.slack.dev/reference/methods/chat.appendStream: five minutes are over, or somebody
#: pressed Slack's own Stop.
STREAM_IS_OVER = ("message_not_in_streaming_state", "stopped_by_user")

#: https://docs.slack.dev/reference/methods/chat.postMessage and chat.update, and measured ones.
_CAUSES = {
    Cause.PLACE: (
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "cannot_reply_to_message",
        "thread_not_found",
        "ekm_access_denied",
        "is_inactive",
        "user_not_in_channel",
        "message_limit_exceeded",
        "messages_tab_disabled",
        "team_access_not_granted",
    ),
    Cause.TOKEN: (
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "org_login_required",
        "access_denied",
        "two_factor_setup_required",
    ),
    Cause.SCOPE: ("missing_scope", "not_allowed_token_type", "no_permission"),
    Cause.GONE: (
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "cant_delete_message",
        *STREAM_IS_OVER,
    ),
    Cause.CONTENT: (
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "only_one_table_allowed",
        "too_many_attachments",
    ),
}
_BY_ERROR = {error: cause for cause, errors in _CAUSES.items() for error in errors}
#: Slack's own trouble. The documentation of `fatal_error` says that parts may have succeeded.
_THEIRS = frozenset(
    ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited")
)
#: Those of it that may be about one message: some payloads are answered so again and again.
_STUMBLES = frozenset(("internal_error", "fatal_error"))
#: "Intermittently unavailable until the transition is complete": nothing took effect.
_LATER = frozenset(("team_added_to_org", "external_channel_migrating"))
LATER = 60.0  # seconds
STREAM_SETTLES = 2.0  # seconds until a message that was stopped may be edited


async def reading(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that changes nothing anybody sees: a lost answer is no loss.

    Raises:
        Refused: Slack said no.
        Unavailable: later.
    """
    try:
        return await writing(call)
    except AnswerLost as lost:
        raise Unavailable(str(lost)) from lost


async def unless(already: tuple[str, ...], call: Callable[[], Awaitable[Any]]) -> None:
    """Make a call like `writing`; one of these errors says that what it is for is so already."""
    try:
        await writing(call)
    except Refused as refused:
        if refused.message not in already:
            raise


async def writing(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that changes something.

    Raises:
        Refused: Slack said no.
        Unavailable: nothing took effect; later.
        AnswerLost: it may have taken effect.
    """
    try:
        return await call()
    except SlackApiError as error:
        raise _meaning(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nothing left
        raise Unavailable(f"Slack cannot be reached: {type(error).__name__}") from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise AnswerLost(f"Slack's answer was lost: {type(error).__name__}") from error
    except (AttributeError, ValueError) as error:  # slack_sdk stumbles over what is no JSON object
        raise AnswerLost("something answered in Slack's stead") from error


def _meaning(error: SlackApiError) -> Exception:
    """Sort Slack's refusal. The response is slack_sdk's own, or aiohttp's when it was no JSON."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    name = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or name in ("ratelimited", "rate_limited"):
        return Unavailable("Slack asks to slow down", retry_after_of(response))
    if name == "streaming_state_conflict":
        return Unavailable("Slack still streams the message", STREAM_SETTLES)
    if name in _LATER:
        return Unavailable(f"Slack cannot do it now: {name}", LATER)
    if status >= 500 or name in _THEIRS or not name:
        stumbled = name in _STUMBLES or (not name and 400 <= status < 500)
        return AnswerLost(f"Slack answered {status} {name}", stumbled=stumbled)
    if name.startswith("restricted_action"):
        return Refused(Cause.PLACE, name)
    cause = _BY_ERROR.get(name)
    return Refused(cause or Cause.CONTENT, name, sure=cause is not None)


def retry_after_of(response: Any) -> float:
    """Seconds that Slack asks to wait, an hour at most; 1 when it does not say."""
    headers = {k.lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    try:
        return min(max(1.0, float(headers.get("retry-after", 1))), LONGEST_WAIT)
    except (TypeError, ValueError):
        return 1.0
