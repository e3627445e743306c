"""Decode text and JSON that come over HTTP, and remove characters that no log may show. Pure.

JSON is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1), whatever a header says, and so
is an event stream. Other bytes, such as pages of gateways, may be in the header's encoding.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from bot.domain.unicode import replace_lone_surrogates

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")  # also in pairs, which are characters
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls other than white space
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"  # no width, or a change of direction
)
#: Python's names for encodings of web pages. Its other codecs are no text encodings, or slow.
_PAGE_ENCODINGS = re.compile(
    r"(?:iso8859-|cp125|cp932|shift_jis|euc_|gb|big5|koi8|mac-|utf-(?:16|32)).*"
)
#: Brackets in JSON. A list of two characters takes 100 bytes of memory, and nothing else is done
#: while JSON is parsed: 20 MB would be 800 MB and three seconds. Answers have some thousand.
MOST_NESTED = 500_000
_READ_AHEAD = 20  # times the wanted length that are read; the rest would be cut anyway


def decode(raw: bytes, charset: str | None) -> str:
    """Decode a body; bytes that cannot be decoded are replaced.

    Args:
        raw: the body of a response.
        charset: from its header, if any; used only when the bytes are not UTF-8.
    """
    for name in (json.detect_encoding(raw), _known(charset)):
        try:
            return raw.decode(name)
        except UnicodeError:
            continue
    return raw.decode("utf-8", "replace")


def _known(charset: str | None) -> str:
    try:
        name = codecs.lookup(charset or "").name
    except (LookupError, ValueError):
        return "utf-8"
    return name if _PAGE_ENCODINGS.fullmatch(name) else "utf-8"


def load_json(text: str) -> Any:
    """Parse JSON, and replace lone surrogates in it, which no record can carry.

    Raises:
        ValueError, RecursionError: it is not JSON, or too deep, or has too many values.
    """
    if text.count("[") + text.count("{") > MOST_NESTED:
        raise ValueError("too many lists and objects")
    data = json.loads(text.removeprefix("\ufeff"))
    return replace_surrogates(data) if _SURROGATE_ESCAPE.search(text) else data


def replace_surrogates(data: Any) -> Any:
    """Replace lone surrogates in parsed JSON. Raises RecursionError when it is too deep."""
    match data:
        case str():
            return replace_lone_surrogates(data)
        case list():
            return [replace_surrogates(each) for each in data]
        case dict():
            return {
                replace_surrogates(name): replace_surrogates(value) for name, value in data.items()
            }
        case _:
            return data


def one_line(text: str, most: int) -> str:
    """Return foreign text as one line of at most `most` characters, for a log or a person.

    Invisible characters are removed, among them those that change the direction of text or control
    a terminal.
    """
    shown = replace_lone_surrogates(_INVISIBLE.sub("", text[: _READ_AHEAD * most]))
    line = " ".join(shown.split())
    return line if len(line) <= most else line[: most - 1] + "…"
