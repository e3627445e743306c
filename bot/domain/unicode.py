"""Unicode that programs are not made for: surrogates, controls, endless combining marks. Pure.

Surrogates are halves of characters, which JSON can name and UTF-8 cannot carry. ``"\\ud83d"`` is
valid JSON, and Python reads it into a string that no record and no request can be written from.
https://www.rfc-editor.org/rfc/rfc8259#section-8.2
"""

from __future__ import annotations

import json
import re
import unicodedata

#: Of one letter: https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
MOST_MARKS = 30
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


def replace_lone_surrogates(text: str) -> str:
    """Replace each surrogate by U+FFFD.

    Two that make one character are replaced, too: `json.loads` has joined those of its input, and
    `join_surrogates` joins those of texts that were read in pieces.
    """
    return _SURROGATE.sub("\ufffd", text)


def join_surrogates(text: str) -> str:
    """Join each two surrogates that make one character, and replace the others by U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escape_unseen(json_text: str) -> str:
    r"""Write as escapes, such as ``\u202e``, what JSON may hold but no file or terminal should.

    These are surrogates, which cannot be UTF-8, control characters, line separators, marks that
    change the direction of text, and tags.
    """
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], json_text)


def normalized(text: str) -> str:
    """Normalize a text to NFKC, without more than `MOST_MARKS` combining marks of one letter.

    Python sorts the marks of a letter in quadratic time, and holds all threads up meanwhile. It
    sorts them decomposed: some characters that do not combine decompose into marks.
    """
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        for part in unicodedata.normalize("NFKD", character):
            marks = marks + 1 if unicodedata.combining(part) else 0
            if marks <= MOST_MARKS:
                kept.append(part)
    return unicodedata.normalize("NFKC", "".join(kept))
