"""What Slack's errors mean to a caller.

A call fails as `Refused` (by cause), `Unavailable` (nothing took effect) or, where something may
have taken effect, `AnswerLost`.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.connections.outgoing import NotReached
from bot.errors import (
    AnswerLost,
    Cause,
    RateLimited,
    Refused,
    Unavailable,
    Unreached,
    retry_after_seconds,
)
from bot.log import ONCE_A_MINUTE
from bot.slack import error_table
from bot.slack.error_details import details, name_of

T = TypeVar("T")

log = logging.getLogger(__name__)

STREAM_IS_OVER = error_table.STREAM_IS_OVER

RETRY_AFTER = 1.0  # seconds until the next call after a 429 without a Retry-After; the least wait
LATER = 60.0  # seconds until the next call after a temporary refusal
STREAM_SETTLES = 2.0  # seconds until a stopped stream may be edited

#: Methods whose callers say themselves what to do, or do without.
_OTHERWISE_SAID = ("auth.test", "apps.connections.open", "agents.sessions.setStatus")
_LIBRARY_ERRORS = (
    aiohttp.ClientError,
    SlackClientError,
    TimeoutError,
    OSError,
    AttributeError,
    ValueError,
    RecursionError,
)
_TO_DO = {
    Cause.TOKEN: (
        "Slack does not accept SLACK_BOT_TOKEN (%s: %s). To do: reinstall the app, copy the Bot "
        "User OAuth Token from its OAuth & Permissions page, and restart."
    ),
    Cause.SCOPE: (
        "Slack does not let the bot call %s (%s). To do: paste manifest.yml again under App "
        "Manifest and reinstall the app."
    ),
}


async def reading(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that may be repeated when its answer is lost.

    Raises:
        Refused: Slack refuses it.
        Unavailable: try again later.
    """
    try:
        return await writing(call)
    except AnswerLost as lost:
        raise Unavailable(str(lost), lost.retry_after) from lost


async def paged(
    call: Callable[..., Awaitable[Any]], listed: str, arguments: Mapping[str, Any], *, pages: int
) -> AsyncIterator[dict[str, Any]]:
    """Yield the items of a method that lists page by page; what is no object is left out.

    https://docs.slack.dev/apis/web-api/pagination

    Args:
        call: the method.
        listed: the name of the list in its answers.
        arguments: of the method; `limit` is the size of a page.
        pages: the most pages that are read.

    Raises:
        Refused: Slack refuses it.
        Unavailable: try again later.
    """
    cursor: str | None = None
    for _ in range(pages):
        page = await reading(lambda at=cursor: call(**arguments, cursor=at))  # type: ignore[misc]
        found, after = page.get(listed), page.get("response_metadata")
        for each in found if isinstance(found, list) else ():
            if isinstance(each, dict):
                yield each
        cursor = after.get("next_cursor") if isinstance(after, dict) else None
        if not (cursor and isinstance(cursor, str)):
            return


async def ignoring(errors: tuple[str, ...], call: Callable[[], Awaitable[Any]]) -> None:
    """Make a call like `writing`; these errors of Slack's mean that there is nothing to do."""
    try:
        await writing(call)
    except Refused as refused:
        if refused.message not in errors:
            raise


async def writing(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that must not be repeated blindly.

    Raises:
        Refused: Slack refuses it.
        Unavailable: nothing took effect; try again later.
        AnswerLost: it may have taken effect.
    """
    try:
        return await call()
    except SlackApiError as error:
        meant, method = _error_of(error), _method(error.response)
        _log_to_do(meant, method)
        raise meant from error
    except _LIBRARY_ERRORS as error:
        meant = _error_without_answer(error)
        _log_to_do(meant)
        raise meant from error


def _error_without_answer(error: Exception) -> Exception:
    match error:
        case NotReached():
            return Unreached(f"Slack cannot be reached: {error}", error.fix)
        case AttributeError() | ValueError() | RecursionError():
            # slack_sdk fails on what is no JSON object, and on JSON that is nested too deeply.
            return AnswerLost("something answered in Slack's stead", cause=Cause.GATEWAY)
        case _:
            return AnswerLost(f"Slack's answer was lost: {type(error).__name__}")


def _error_of(error: SlackApiError) -> Exception:
    """Return the error that an answer of Slack's means.

    Its response is slack_sdk's, or aiohttp's when the answer was no JSON.
    """
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    answer = data if isinstance(data, dict) else {}
    name = name_of(answer)
    if status == 429 or name in error_table.RATE_LIMITS:
        return RateLimited(
            "Slack asks to slow down", retry_after_of(response, time.time()) or RETRY_AFTER
        )
    if status == 407:  # to http:// there is no tunnel, so the proxy itself answers
        return Unreached(
            "Slack cannot be reached: the proxy wants another user or password (407)",
            "check user and password in HTTP_PROXY",
        )
    if found := details(answer):
        log.warning("Slack refused %s: %s: %s", _method(response), name or status, found)
    if name == "streaming_state_conflict":
        return Unavailable("Slack still streams the message", STREAM_SETTLES)
    if name in error_table.TEMPORARY:
        return Unavailable(f"Slack cannot do it now: {name}", LATER)
    if status >= 500 or name in error_table.SERVER_ERRORS or not name:
        is_server_error = name in error_table.PAYLOAD_ERRORS or (not name and 400 <= status < 500)
        if not name and status < 400:
            return AnswerLost("something answered in Slack's stead", cause=Cause.GATEWAY)
        return AnswerLost(
            f"Slack answered {status} {name}".rstrip(),
            server_error=is_server_error,
            retry_after=retry_after_of(response, time.time()),
            cause=None if name or status >= 500 else Cause.GATEWAY,
        )
    cause = error_table.cause_of(name)
    return Refused(cause or Cause.CONTENT, name, sure=cause is not None)


def _log_to_do(error: Exception, method: str = "") -> None:
    """Log an error that lasts until an operator acts, with what to do, or that Slack is away."""
    match error:
        case Unreached():
            log.warning("%s. To do: %s.", error, error.fix, extra=ONCE_A_MINUTE)
        case AnswerLost(cause=Cause.GATEWAY):
            words = "%s. To do: check SLACK_API_URL and the proxy."
            log.error(words, error, extra=ONCE_A_MINUTE)
        case AnswerLost(server_error=False):
            log.warning("%s", error, extra=ONCE_A_MINUTE)
        case Refused() if error.cause in _TO_DO and method not in _OTHERWISE_SAID:
            log.error(_TO_DO[error.cause], method, error.message, extra=ONCE_A_MINUTE)
        case _:
            pass


def _method(response: Any) -> str:
    name = str(getattr(response, "api_url", "")).rpartition("/")[2]
    return name if re.fullmatch(r"[A-Za-z.]{1,60}", name) else "a call"


def retry_after_of(response: Any, now: float) -> float | None:
    """Return the seconds that Slack asks to wait, 1 to 3,600; None when it does not say.

    Args:
        response: of slack_sdk or aiohttp.
        now: seconds since 1970.
    """
    headers = {k.lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    seconds = retry_after_seconds(headers.get("retry-after"), now)
    return None if seconds is None else max(RETRY_AFTER, seconds)
