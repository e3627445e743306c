"""Parallel's refusals, sorted by what the caller must do about them.

Pure: no I/O, no clock. Error bodies come in three forms: the API's own envelope; that of the web
framework it is built with, for requests that never reached it; and OpenAI's, which the Chat API
promises "approximately".
https://docs.parallel.ai/public-openapi.json (ErrorResponse, HTTPValidationError) and
https://docs.parallel.ai/chat-api/sdk-compatibility
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from bot.errors import AnswerLost, Cause, Refused, Unavailable

LONGEST_WAIT = 3600.0  # seconds of a Retry-After that we obey
LONGEST_WORDS = 600  # characters of an error message that are worth showing
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMES_HALVES = re.compile(r"\\u[dD][89a-fA-F]")  # also whole characters, in two halves
REDIRECTS = (301, 302, 307, 308)  # the request was not handled here (303 means that it was)


def not_started(
    status: int, body: str, wait: float | None, *, chained: bool, listed: bool = False
) -> Refused | Unavailable | AnswerLost:
    """Say what an answer other than 2xx to a create call means.

    Whether a run was started is the question: a refusal that comes from the API itself says no.
    A 5xx (or 408) with a body that is not the API's own comes from something in between, which
    cannot know: AnswerLost. 429 and 503 are answers of who did not take the request at all. Of its
    own 5xx the API says that the call may be repeated; where it costs nothing to find out whether
    it took effect, that is done.

    Args:
        wait: what `retry_after` read from the headers.
        chained: the request carried a `previous_interaction_id`.
        listed: a run that was started all the same can be found.
    """
    said = Said.read(body)
    words = said.message or f"it answered {status} without a reason"
    if status in (429, 503):
        return Unavailable(f"Parallel cannot take the run now ({status}): {words}", wait)
    if status >= 500 or status == 408:
        if said.is_envelope and not listed:
            return Unavailable(f"Parallel failed to take the run ({status}): {words}", wait)
        who = "Parallel" if said.is_envelope else "something in Parallel's stead"
        return AnswerLost(f"{who} answered {status}")
    if status in REDIRECTS:
        return Refused(Cause.INPUT, f"the API's address answers with a redirect ({status})")
    if status < 400:
        return AnswerLost(f"Parallel answered {status}, which nothing documents")
    return Refused(_cause(status, said, chained=chained), words, said.ref_id)


def not_completed(
    status: int, body: str, wait: float | None, *, chained: bool
) -> Refused | Unavailable | AnswerLost:
    """Say what an answer other than 200 to a chat completion means.

    A request may be sent again only after 429, which is documented as not counted. Nothing says
    that a 5xx, 503 included, started nothing, so it is sent no second time.

    Args:
        wait: what `retry_after` read from the headers.
        chained: the request carried a `previous_interaction_id`.
    """
    said = Said.read(body)
    words = said.message or f"it answered {status} without a reason"
    if status == 429:
        return Unavailable(f"Parallel cannot answer now ({status}): {words}", wait)
    if 400 <= status < 500 and status != 408:
        return Refused(_cause(status, said, chained=chained), words, said.ref_id)
    return AnswerLost(f"Parallel answered {status}: {words}")


def not_read(status: int, body: str, wait: float | None) -> Refused | Unavailable:
    """Say what an answer other than 200 to a reading call means. Reading again does no harm.

    That there is no such run is believed only in the API's own form: a 404 in another comes from
    something in between, such as a gateway, or a server that does not know its paths yet.
    """
    said = Said.read(body)
    words = said.message or f"it answered {status} without a reason"
    if status == 401:
        return Refused(Cause.KEY, words, said.ref_id)
    if status == 404 and said.is_envelope:
        return Refused(Cause.UNKNOWN_RUN, words, said.ref_id)
    return Unavailable(f"Parallel could not tell ({status}): {words}", wait)


def retry_after(header: str | None, now: float) -> float | None:
    """Read a Retry-After header, seconds or a date: seconds from `now`, 0 to one hour.

    None when there is none, or none that can be read. `now` is in seconds since 1970.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            date = parsedate_to_datetime(header)
        except ValueError:
            return None
        # A date without a zone is in UTC, which `timestamp` would take for local time.
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    return None if math.isnan(seconds) else min(LONGEST_WAIT, max(0.0, seconds))


def loaded(text: str) -> Any:
    """Read JSON. It can name halves of characters, which no record can carry: they are replaced.

    Raises:
        ValueError, RecursionError: it cannot be read.
    """
    data = json.loads(text)
    return whole(data) if _NAMES_HALVES.search(text) else data


def joined(text: str) -> str:
    """Put the halves of characters in a text together, and replace those that stand alone."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def whole(data: Any) -> Any:
    """Replace the halves of characters in JSON."""
    match data:
        case str():
            return _SURROGATE.sub("\ufffd", data)
        case list():
            return [whole(each) for each in data]
        case dict():
            return {whole(name): whole(value) for name, value in data.items()}
        case _:
            return data


@dataclass(frozen=True, slots=True)
class Said:
    """What an error says.

    Attributes:
        message: in one line, with the detail, at most `LONGEST_WORDS` characters; may be empty.
        ref_id: Parallel's reference, for their support.
        is_envelope: it came in the form that the API documents, so it is the API's own word.
    """

    message: str = ""
    ref_id: str | None = None
    is_envelope: bool = False

    @staticmethod
    def read(body: str) -> Said:
        """Read ``{"type": "error", "error": {…}}``, or FastAPI's ``{"detail": …}``, or OpenAI's
        ``{"error": {"message": …}}``.
        """
        try:
            data = loaded(body)
        except (ValueError, RecursionError):
            return Said()
        if not isinstance(data, dict):
            return Said()
        error = data.get("error")
        if data.get("type") == "error" and isinstance(error, dict):
            return Said.of(error, is_envelope=True)
        if isinstance(error, dict):
            return Said.of(error)
        if isinstance(error, str):
            return Said(_cut(error))
        return Said(_cut(_words(data.get("detail"))))

    @staticmethod
    def of(error: dict[str, Any], *, is_envelope: bool = False) -> Said:
        """Read ``{ref_id, message, detail}``."""
        parts = [_text(error.get("message")), _words(error.get("detail"))]
        message = _cut(" – ".join(part for part in parts if part))
        return Said(message, _text(error.get("ref_id")), is_envelope)


def _cause(status: int, said: Said, *, chained: bool) -> Cause:
    """Sort a 4xx to a create call.

    No page says how an interaction that cannot be continued is refused, so anything that looks
    like it counts. Taking another refusal for it costs one more request, without the interaction,
    whose refusal is then told as what it is.
    """
    names_it = status in (400, 403, 422) and "interaction" in said.message.lower()
    if chained and (status in (404, 409, 410) or names_it):
        return Cause.CHAIN
    match status:
        case 401:
            return Cause.KEY
        case 402:
            return Cause.CREDIT
        case 403:
            return Cause.PROCESSOR
        case _:
            return Cause.INPUT


def _words(detail: object, depth: int = 20) -> str:
    """Put an error's detail, of whatever form, into one line; what lies deeper is left out.

    FastAPI's entries also carry the value that was refused, which would be the question: of those
    only the place and the message are taken.
    """
    match detail:
        case _ if not depth:
            return "…"
        case None:
            return ""
        case {"msg": msg, "loc": [*loc]}:
            return f"{'.'.join(str(part) for part in loc if part != 'body')}: {msg}"
        case {**fields}:
            said = ((name, _words(value, depth - 1)) for name, value in fields.items())
            return "; ".join(f"{name}: {words}" for name, words in said if words)
        case [*entries]:
            return "; ".join(filter(None, (_words(entry, depth - 1) for entry in entries)))
        case _:
            return str(detail)


def _cut(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
