"""What an error says, in whatever form it comes. Pure.

The API's own envelope is ``{"type": "error", "error": {"ref_id", "message", "detail"}}``
(ErrorResponse of https://docs.parallel.ai/public-openapi.json), which it also sends without its
``type``. Beside it stand the form of the web framework that it is built with (HTTPValidationError),
OpenAI's, which the Chat API promises "approximately"
(https://docs.parallel.ai/chat-api/sdk-compatibility), problem details
(https://www.rfc-editor.org/rfc/rfc9457), and the pages and plain texts of whatever is in between.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.parallel.text import loaded, one_line

LONGEST_WORDS = 600  # characters of an error message that are worth showing
LONGEST_REFERENCE = 100  # characters of a ref_id; Parallel's have 36
MOST_ENTRIES = 20  # of a list, and of the fields of an object, that are worth showing
DEEPEST = 20  # levels of an error that are looked at
LONGEST_PAGE = 20_000  # characters of a page or a plain text that are looked at

_WORDS = ("error", "title", "message", "msg", "error_description", "description", "reason")
_DETAILS = ("detail", "details", "errors")
_OWN = {"ref_id", "message", "detail"}  # the fields of the contract's Error
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)[^<>]*>[^<]*", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_EVENT = re.compile(r"^data:(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """What an error says.

    Attributes:
        message: in one line, with the detail, at most `LONGEST_WORDS` characters; may be empty.
        ref_id: Parallel's reference, for their support.
        is_envelope: it came in the form that the API documents, so it is the API's own word.
        is_error: it came as an ``error`` with a message: the word of somebody who knows the call.
        is_page: it came as a page or a plain text, so it was meant for whoever looks at it.
    """

    message: str = ""
    ref_id: str | None = None
    is_envelope: bool = False
    is_error: bool = False
    is_page: bool = False

    @staticmethod
    def read(body: str) -> Said:
        """Read the body of a refusal."""
        try:
            return _object(loaded(body))
        except (ValueError, RecursionError):
            return _page(body)

    @staticmethod
    def of(error: object) -> Said:
        """Read an error that is a part of something else: ``{ref_id, message, detail}``."""
        return Said(_line(error), _reference(error) if isinstance(error, dict) else None)

    def words(self, status: int) -> str:
        """Return what was said with this HTTP status, or that nothing was."""
        if not self.message:
            return f"it answered {status} without a reason"
        return f"it answered {status}: {self.message}" if self.is_page else self.message


def _object(data: object) -> Said:
    """Read JSON."""
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(error, dict):
        return Said(_line(data), is_page=isinstance(data, str))
    message = error.get("message")
    is_error = isinstance(message, str) and bool(message.strip())
    return Said(
        _line(error) or _line({**data, "error": None}),
        _reference(error),
        is_envelope=data.get("type") == "error" or (is_error and error.keys() <= _OWN),
        is_error=is_error,
    )


def _line(data: object) -> str:
    return one_line(" – ".join(dict.fromkeys(_said(data))), LONGEST_WORDS)


def _said(data: object, depth: int = DEEPEST) -> Iterator[str]:
    """Yield the words of an error, wherever in it they are.

    Of an object those in the fields that are known to hold words; what else it names may be the
    request. Where it has none of those fields, they are looked for deeper.
    """
    match data:
        case _ if not depth:
            return
        case str():
            yield data.strip()
        case list():
            for entry in data[:MOST_ENTRIES]:
                yield from _said(entry, depth - 1)
        case dict():
            found = [w for name in _WORDS for w in _said(data.get(name), depth - 1) if w]
            found += [w for name in _DETAILS if (w := _detail(data.get(name)))]
            yield from found or _deeper(data, depth)


def _deeper(data: dict[str, Any], depth: int) -> Iterator[str]:
    """Yield the words in an object that has none in the fields where they are to be expected."""
    others = [value for name, value in data.items() if name not in {*_WORDS, *_DETAILS}]
    inner = [value for value in others if isinstance(value, dict | list)]
    found = [words for value in inner[:MOST_ENTRIES] for words in _said(value, depth - 1)]
    codes = (data.get("code"), data.get("type"))
    yield from found or [code for code in codes if isinstance(code, str) and code != "error"]


def _detail(detail: object, depth: int = DEEPEST) -> str:
    """Put an error's detail, of whatever form, into one line; what lies deeper is left out.

    FastAPI's entries also carry the value that was refused, which would be the question: of those
    only the place and the message are taken.
    """
    match detail:
        case _ if not depth:
            return "…"
        case None:
            return ""
        case str() | bool() | int() | float():
            return str(detail)[: 2 * LONGEST_WORDS]
        case {"msg": str(msg), **rest}:
            place = rest.get("loc")
            parts = place[:MOST_ENTRIES] if isinstance(place, list) else []
            known = [str(part) for part in parts if isinstance(part, str | int) and part != "body"]
            return f"{'.'.join(known)}: {msg}" if known else msg
        case dict():
            fields = list(detail.items())[:MOST_ENTRIES]
            said = ((name, _detail(value, depth - 1)) for name, value in fields)
            words = "; ".join(f"{name}: {words}" for name, words in said if words)
        case list():
            entries = (_detail(entry, depth - 1) for entry in detail[:MOST_ENTRIES])
            words = "; ".join(filter(None, entries))
        case _:
            return ""
    return words[: 2 * LONGEST_WORDS]


def _page(body: str) -> Said:
    """Read what is no JSON: a page by its title, events by their data, else the text.

    Of JSON that is cut nothing is taken: what it begins with may be the request.
    """
    text = body[:LONGEST_PAGE].removeprefix("\ufeff").strip()
    if text.startswith(("{", "[")):
        return Said()
    for data in _EVENT.findall(text):
        with suppress(ValueError, RecursionError):
            return _object(loaded(data))
    if text.startswith("<"):
        titles = (one_line(html.unescape(each), LONGEST_WORDS) for each in _TITLE.findall(text))
        text = next(filter(None, titles), "") or _TAG.sub(" ", _HIDDEN.sub(" ", text))
        text = html.unescape(text)
    return Said(one_line(text, LONGEST_WORDS), is_page=True)


def _reference(error: dict[str, Any]) -> str | None:
    given = error.get("ref_id")
    return one_line(given, LONGEST_REFERENCE) or None if isinstance(given, str) else None
