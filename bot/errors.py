"""What can go wrong, sorted by what the caller must do about it.

Errors of other people's libraries never leave the ``client.py`` that met them: they are mapped
to one of these and chained.
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
    """Do not start. Carries every mistake found, so that one round mends them all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.setting}: {p.wrong}" for p in problems))
        self.problems = problems


class Cause(StrEnum):
    """Why the other side said no."""

    KEY = "key"  #: Parallel does not know the API key (401)
    CREDIT = "credit"  #: no credit left (402)
    PROCESSOR = "processor"  #: this processor is not allowed for the key (403)
    CHAIN = "chain"  #: the previous interaction cannot be continued
    INPUT = "input"  #: Parallel does not take the request as it is (400, 413, 422)
    UNKNOWN_RUN = "unknown run"  #: no such run (404)
    CONTENT = "content"  #: Slack does not take this message in this form
    PLACE = "place"  #: the channel is gone, archived or closed to the bot
    TOKEN = "token"  # noqa: S105 - not a secret: Slack no longer takes the bot's token
    SCOPE = "scope"  #: the app lacks a permission
    GONE = "gone"  #: the message to change is not there any more


class Refused(Exception):
    """The other side answered no, and asking again will not help: tell the person.

    A refusal that arrived has started nothing and posted nothing. One that is not `sure` says
    something that is not known here, so it may pass after all.
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

    ``retry_after`` is in seconds when the other side named a time.
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
    """Not now, unless the turn is unwanted by then: what people want was heeded just before."""


class Unreached(Unavailable):
    """No connection came about, so nothing was sent. `fix` says what to check."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Unreadable(Unavailable):
    """A record is of another release, and is left as it is. `turn` names it when it is a turn's."""

    def __init__(self, message: str, turn: str | None = None) -> None:
        super().__init__(message)
        self.turn = turn


class AnswerLost(Exception):
    """The request may have left and its answer never came: it may or may not have taken effect.

    Never repeat it blindly; ask first whether it did. `stumbled`: an answer did come, that the
    other side stumbled over this very request; it is none of an outage. ``retry_after`` is in
    seconds when the other side named a time.
    """

    def __init__(
        self, message: str, *, stumbled: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.stumbled = stumbled
        self.retry_after = retry_after


class LeaseLost(Exception):
    """The thread belongs to another replica now: stop, and touch nothing of it any more."""
