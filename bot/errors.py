"""Errors, by what the caller must do about them.

Errors of libraries never leave the adapter that met them: they are mapped to one of these and
chained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

LONGEST_RETRY_AFTER = 3600.0  # seconds of a Retry-After that we obey
_SECONDS = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?(?:[eE]\d+)?|inf)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the settings: the setting's name, what is wrong, what to do."""

    setting: str
    wrong: str
    fix: str


class SettingsError(Exception):
    """Do not start. Carries every mistake found, so that all can be corrected at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.setting}: {p.wrong}" for p in problems))
        self.problems = problems


class Cause(StrEnum):
    """Why the other side refused."""

    KEY = "key"  #: Parallel does not know the API key (401)
    CREDIT = "credit"  #: no credit left (402)
    PROCESSOR = "processor"  #: this processor is not allowed for the key (403)
    CHAIN = "chain"  #: the previous interaction cannot be continued
    INPUT = "input"  #: Parallel does not accept the request as it is (400, 413, 422)
    GATEWAY = "gateway"  #: not Parallel answered but something in between, or at a wrong address
    UNKNOWN_RUN = "unknown run"  #: no such run (404)
    CONTENT = "content"  #: Slack does not accept this variant of the message
    PLACE = "place"  #: the channel is gone, archived or closed to the bot
    TOKEN = "token"  # noqa: S105 - not a secret: Slack no longer accepts the bot's token
    SCOPE = "scope"  #: the app lacks a permission
    GONE = "gone"  #: the message to edit no longer exists


class Refused(Exception):
    """The other side refused, and repeating the call will not help: tell the person.

    A refusal that arrived has started nothing and posted nothing. One that is not `sure` has an
    error code that is unknown here, so the call may succeed later.
    """

    def __init__(
        self, cause: Cause, message: str, ref_id: str | None = None, *, sure: bool = True
    ) -> None:
        super().__init__(f"{cause}: {message}")
        self.cause = cause
        self.message = message
        self.ref_id = ref_id
        self.sure = sure


class Unavailable(Exception):
    """Not now: try again later. Nothing has taken effect.

    `retry_after` is in seconds; None when the other side asked for no time.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Parse a Retry-After header, which has seconds or a date.

    Args:
        header: its value; None when there is none.
        now: seconds since 1970.

    Returns:
        Seconds from `now`, 0 to 3,600; None without a header, or with one that is neither.
        https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if header is None:
        return None
    if _SECONDS.fullmatch(header):
        seconds = float(header)
    else:
        try:
            date = parsedate_to_datetime(header)
            # A date without a zone is in UTC, which `timestamp` would take for local time.
            seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
        except (ValueError, OverflowError, TypeError, IndexError):  # by what is wrong with it
            return None
    return min(LONGEST_RETRY_AFTER, max(0.0, seconds))


class HeldOff(Unavailable):
    """Not now, so that a person can stop this turn, too; a stop in the meantime counts at once."""


class RateLimited(Unavailable):
    """The other side takes no more calls of this kind for a while; `retry_after` says how long."""

    retry_after: float


class Unreached(Unavailable):
    """No connection could be made, so nothing was sent. `fix` says what to check."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Intercepted(Unreached):
    """Something in between, such as a proxy, answered in the other side's place."""


class Unreadable(Unavailable):
    """A record was written by another release, and is left as it is. `turn`: its id, if any."""

    def __init__(self, message: str, turn: str | None = None) -> None:
        super().__init__(message)
        self.turn = turn


class AnswerLost(Exception):
    """The request may have been sent and its answer was lost: it may or may not have taken effect.

    Never repeat it blindly; find out first whether it did. `server_error`: an answer did arrive, a
    server error about this very request, which is no outage. `retry_after` is in seconds; None when
    the other side asked for no time. `cause`: GATEWAY when something in between answered, which may
    have passed the request on; else None.
    """

    def __init__(
        self,
        message: str,
        *,
        server_error: bool = False,
        retry_after: float | None = None,
        cause: Cause | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.server_error = server_error
        self.retry_after = retry_after


class LeaseLost(Exception):
    """Another replica owns the thread now: stop, and write nothing of it any more."""
