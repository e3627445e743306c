"""The words of a short message, in the one spelling that keywords are compared in. Pure."""

from __future__ import annotations

import re
import unicodedata

EMOJI = re.compile(r":[^\s:]{1,100}:")  # as Slack writes them
_STOP_SIGN = re.compile(
    r":(?:octagonal_sign|stop|stop_sign|stop_button|black_square_for_stop|no_entry|no_entry_sign):"
    "|[🛑⏹⛔🚫]"
)
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")  # "stoooppp"
_DROPPED = "'’ʼ`´\u200b\u200c\u200d\u2060\ufe0e\ufe0f"  # "don't" is one word
#: The same for ASCII, where each character stands for itself.
_ASCII = {c: " " for c in range(128) if not chr(c).isalnum()} | dict.fromkeys(map(ord, "'`"))


def normalize(text: str, drawn_out: str = r"\1") -> str:
    """Return a text as its words only: lower case, without accents, punctuation and emoji.

    Args:
        text: untrusted.
        drawn_out: what three or more of the same letter become.
    """
    if ":" in text or not text.isascii():
        text = EMOJI.sub(" ", _STOP_SIGN.sub(" stop ", text))
    if text.isascii():
        words = text.lower().translate(_ASCII)
    else:
        text = unicodedata.normalize("NFKD", text.casefold())
        kept = ("" if c in _DROPPED or _is_accent(c) else _or_space(c) for c in text)
        words = unicodedata.normalize("NFC", "".join(kept)).replace("下さい", "ください")
    return " ".join(_DRAWN_OUT.sub(drawn_out, words).split())


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0652"


def _or_space(character: str) -> str:
    return character if unicodedata.category(character)[0] in "LMN" else " "
