"""Read the message of an error response, whatever its form. Pure.

The API's own envelope is ``{"type": "error", "error": {"ref_id", "message", "detail"}}``
(ErrorResponse of https://docs.parallel.ai/public-openapi.json), which it also sends without
``type``. Other forms: FastAPI's (HTTPValidationError), OpenAI's, which the Chat API promises
"approximately" (https://docs.parallel.ai/chat-api/sdk-compatibility), problem details
(https://www.rfc-editor.org/rfc/rfc9457), and HTML or plain text of whatever is in between.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.parallel.text import load_json, one_line

LONGEST_MESSAGE = 600  # characters of an error message that are shown
LONGEST_REFERENCE = 100  # characters of a ref_id that are shown; Parallel's have 36
MOST_ENTRIES = 20  # of a list, and fields of an object, that are read
DEEPEST = 20  # levels of nested JSON that are read
LONGEST_JSON = 3_000_000  # characters of JSON that are parsed, while nothing else is done
LONGEST_PAGE = 20_000  # characters of HTML or plain text that are read

_MESSAGE_FIELDS = ("error", "title", "message", "msg", "error_description", "description", "reason")
_DETAIL_FIELDS = ("detail", "details", "errors")
_ENVELOPE_FIELDS = {"ref_id", "message", "detail"}  # of Error in the API's contract
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)[^<>]*>[^<]*", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_EVENT = re.compile(r"^data:(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error response says.

    Attributes:
        message: one line with the detail, at most `LONGEST_MESSAGE` characters; may be empty.
        ref_id: Parallel's reference, for their support.
        is_envelope: it has the documented form, so it comes from the API itself.
        is_error: it is an ``error`` with a message, so it comes from something that knows the call.
        is_page: it is HTML or plain text.
        is_markup: it is HTML or XML, so something in between sent it: the API sends JSON.
    """

    message: str = ""
    ref_id: str | None = None
    is_envelope: bool = False
    is_error: bool = False
    is_page: bool = False
    is_markup: bool = False

    @staticmethod
    def read(body: str) -> ErrorBody:
        """Read the body of a refusal."""
        if len(body) > LONGEST_JSON:
            return _page(body)
        try:
            return _object(load_json(body))
        except (ValueError, RecursionError):
            return _page(body)

    @staticmethod
    def of(error: object) -> ErrorBody:
        """Read an error inside another object: ``{ref_id, message, detail}``."""
        return ErrorBody(_line(error), _reference(error) if isinstance(error, dict) else None)

    def page_words(self, status: int) -> str:
        """Return what a web page in the API's place says."""
        return f"{status} with a web page{f': {self.message}' if self.message else ''}"

    def words(self, status: int) -> str:
        """Return the message, with the status where the message alone would say too little."""
        if not self.message:
            return f"it answered {status} without a reason"
        return f"it answered {status}: {self.message}" if self.is_page else self.message


def _object(data: object) -> ErrorBody:
    """Read an error that is JSON."""
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(error, dict):
        return ErrorBody(_line(data), is_page=isinstance(data, str))
    message = error.get("message")
    is_error = isinstance(message, str) and bool(message.strip())
    return ErrorBody(
        _line(error) or _line({**data, "error": None}),
        _reference(error),
        is_envelope=data.get("type") == "error" or (is_error and error.keys() <= _ENVELOPE_FIELDS),
        is_error=is_error,
    )


def _line(data: object) -> str:
    return one_line(" – ".join(dict.fromkeys(_messages(data))), LONGEST_MESSAGE)


def _messages(data: object, depth: int = DEEPEST) -> Iterator[str]:
    """Yield the messages in an error.

    Of an object only the fields that are known to hold messages are read, because others may repeat
    the request. Without any of those fields, nested values are searched.
    """
    match data:
        case _ if not depth:
            return
        case str():
            yield data.strip()
        case list():
            for entry in data[:MOST_ENTRIES]:
                yield from _messages(entry, depth - 1)
        case dict():
            values = [data.get(name) for name in _MESSAGE_FIELDS]
            found = [text for value in values for text in _messages(value, depth - 1) if text]
            found += [text for name in _DETAIL_FIELDS if (text := _detail(data.get(name)))]
            yield from found or _deeper(data, depth)


def _deeper(data: dict[str, Any], depth: int) -> Iterator[str]:
    """Yield the messages in an object that has none in the known fields."""
    known = {*_MESSAGE_FIELDS, *_DETAIL_FIELDS}
    others = [value for name, value in data.items() if name not in known]
    nested = [value for value in others if isinstance(value, dict | list)]
    found = [text for value in nested[:MOST_ENTRIES] for text in _messages(value, depth - 1)]
    codes = (data.get("code"), data.get("type"))
    yield from found or [code for code in codes if isinstance(code, str) and code != "error"]


def _detail(detail: object, depth: int = DEEPEST) -> str:
    """Return an error's detail, of whatever form, as one line; deeper levels are left out.

    FastAPI's entries also carry the refused value, which would be the question, so only their place
    (`loc`) and message (`msg`) are taken.
    """
    match detail:
        case _ if not depth:
            return "…"
        case None:
            return ""
        case str() | bool() | int() | float():
            return str(detail)[: 2 * LONGEST_MESSAGE]
        case {"msg": str(msg), **others}:
            place = others.get("loc")
            parts = place[:MOST_ENTRIES] if isinstance(place, list) else []
            known = [str(part) for part in parts if isinstance(part, str | int) and part != "body"]
            return f"{'.'.join(known)}: {msg}" if known else msg
        case dict():
            fields = list(detail.items())[:MOST_ENTRIES]
            details = ((name, _detail(value, depth - 1)) for name, value in fields)
            words = "; ".join(f"{name}: {detail}" for name, detail in details if detail)
        case list():
            entries = (_detail(entry, depth - 1) for entry in detail[:MOST_ENTRIES])
            words = "; ".join(filter(None, entries))
        case _:
            return ""
    return words[: 2 * LONGEST_MESSAGE]


def _page(body: str) -> ErrorBody:
    """Read an error that is not JSON: HTML by its title, events by their data, else the text.

    JSON that is cut off is not read, because it may begin with the request.
    """
    text = body[:LONGEST_PAGE].removeprefix("\ufeff").strip()
    if text.startswith(("{", "[")):
        return ErrorBody()
    for data in _EVENT.findall(text):
        with suppress(ValueError, RecursionError):
            return _object(load_json(data))
    is_markup = text.startswith("<")
    if is_markup:
        titles = (one_line(html.unescape(each), LONGEST_MESSAGE) for each in _TITLE.findall(text))
        text = next(filter(None, titles), "") or _TAG.sub(" ", _HIDDEN.sub(" ", text))
        text = html.unescape(text)
    return ErrorBody(one_line(text, LONGEST_MESSAGE), is_page=True, is_markup=is_markup)


def _reference(error: dict[str, Any]) -> str | None:
    given = error.get("ref_id")
    return one_line(given, LONGEST_REFERENCE) or None if isinstance(given, str) else None
