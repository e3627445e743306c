"""What Slack's errors mean to a caller.

A call fails as `Refused` (by cause), `Unavailable` (nothing took effect) or, where something may
have taken effect, `AnswerLost`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.connections.outgoing import NotReached
from bot.errors import AnswerLost, Cause, Refused, Unavailable, Unreached
from bot.slack import error_table
from bot.slack.error_details import details, name_of

T = TypeVar("T")

log = logging.getLogger(__name__)

STREAM_IS_OVER = error_table.STREAM_IS_OVER

LONGEST_WAIT = 3600.0  # seconds of a Retry-After that we obey

LATER = 60.0  # seconds until what passes is tried again
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
        raise Unavailable(str(lost), lost.retry_after) from lost


async def paged(
    call: Callable[..., Awaitable[Any]], listed: str, pages: int, how: Mapping[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    """Yield what a method lists by cursor: https://docs.slack.dev/apis/web-api/pagination.

    Args:
        call: the method.
        listed: the name of the list in its answers.
        pages: how many are read at most.
        how: its arguments; `limit` is the size of a page.

    Raises:
        Refused: Slack said no.
        Unavailable: later.
    """
    cursor: str | None = None
    for _ in range(pages):
        page = await reading(lambda at=cursor: call(**how, cursor=at))  # type: ignore[misc]
        for each in page.get(listed) or ():
            yield each
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


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
    except NotReached as error:
        raise Unreached(f"Slack cannot be reached: {error}", error.fix) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise AnswerLost(f"Slack's answer was lost: {type(error).__name__}") from error
    except (AttributeError, ValueError, RecursionError) as error:
        # slack_sdk stumbles over what is no JSON object, and over what is nested too deeply.
        raise AnswerLost("something answered in Slack's stead") from error


def _meaning(error: SlackApiError) -> Exception:
    """Sort Slack's refusal. The response is slack_sdk's own, or aiohttp's when it was no JSON."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    answer = data if isinstance(data, dict) else {}
    name = name_of(answer)
    if status == 429 or name in error_table.RATE_LIMITS:
        return Unavailable("Slack asks to slow down", retry_after_of(response))
    if status == 407:  # to http:// there is no tunnel, so the proxy itself answers
        return Unreached(
            "Slack cannot be reached: the proxy wants another user or password (407)",
            "check user and password in HTTP_PROXY",
        )
    if told := details(answer):
        log.warning("Slack refused %s: %s: %s", _method(response), name or status, told)
    if name == "streaming_state_conflict":
        return Unavailable("Slack still streams the message", STREAM_SETTLES)
    if name in error_table.LATER:
        return Unavailable(f"Slack cannot do it now: {name}", LATER)
    if status >= 500 or name in error_table.THEIRS or not name:
        stumbled = name in error_table.STUMBLES or (not name and 400 <= status < 500)
        if not name and status < 400:
            return AnswerLost("something answered in Slack's stead")
        return AnswerLost(
            f"Slack answered {status} {name}".rstrip(),
            stumbled=stumbled,
            retry_after=wait_asked_for(response),
        )
    cause = error_table.cause_of(name)
    return Refused(cause or Cause.CONTENT, name, sure=cause is not None)


def _method(response: Any) -> str:
    name = str(getattr(response, "api_url", "")).rpartition("/")[2]
    return name if re.fullmatch(r"[A-Za-z.]{1,60}", name) else "a call"


def retry_after_of(response: Any) -> float:
    """Seconds that Slack asks to wait, an hour at most; 1 when it does not say."""
    return wait_asked_for(response) or 1.0


def wait_asked_for(response: Any) -> float | None:
    """Seconds that Slack asks to wait, 1 to 3,600; None when it does not say, or not in seconds."""
    headers = {k.lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    try:
        return min(max(1.0, float(headers["retry-after"])), LONGEST_WAIT)
    except (KeyError, TypeError, ValueError):
        return None
