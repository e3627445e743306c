"""Text and JSON as they come over HTTP: which characters the bytes are, and which may stay. Pure.

JSON is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1), whatever a header calls it, and
so is an event stream. Bytes that are not may be in what the header says, as pages of gateways are.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from bot.domain.unicode import replace_lone_surrogates

_NAMES_HALVES = re.compile(r"\\u[dD][89a-fA-F]")  # also whole characters, in two halves
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls, but for what separates words or lines
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"  # what shows nothing, or turns the direction of what follows
)
#: The names that Python has for encodings of web pages. Others are no text, or slow to read.
_PAGES = re.compile(r"(?:iso8859-|cp125|cp932|shift_jis|euc_|gb|big5|koi8|mac-|utf-(?:16|32)).*")
_LOOKED_AT = 20  # times the length wanted: what is behind that would be cut anyway


def decoded(raw: bytes, charset: str | None) -> str:
    """Return the text that the bytes are; what cannot be read is replaced.

    Args:
        raw: the body of a response.
        charset: what its header says, if anything; believed where the bytes are not UTF-8.
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
    return name if _PAGES.fullmatch(name) else "utf-8"


def loaded(text: str) -> Any:
    """Read JSON. It can name halves of characters, which no record can carry: they are replaced.

    Raises:
        ValueError, RecursionError: it cannot be read.
    """
    data = json.loads(text.removeprefix("\ufeff"))
    return whole(data) if _NAMES_HALVES.search(text) else data


def whole(data: Any) -> Any:
    """Replace the halves of characters in JSON. Raises RecursionError when it is too deep."""
    match data:
        case str():
            return replace_lone_surrogates(data)
        case list():
            return [whole(each) for each in data]
        case dict():
            return {whole(name): whole(value) for name, value in data.items()}
        case _:
            return data


def one_line(text: str, most: int) -> str:
    """Return words from outside in one line of at most `most` characters, for a log or a person.

    Characters that nobody can see are left out, among them those that turn the direction of a line
    or steer a terminal.
    """
    shown = replace_lone_surrogates(_UNSEEN.sub("", text[: _LOOKED_AT * most]))
    line = " ".join(shown.split())
    return line if len(line) <= most else line[: most - 1] + "…"
