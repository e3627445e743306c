"""Arbitrary Markdown for the property tests: the marks that matter, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

_WORDS = ["alpha", "beta", "gamma", "x", "1", "é"]
_LINES = ["\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n  ", "\n    ", "\r\n", "\n# ", "\n| a | b |\n"]
_MARKS = ["-", "*", "**", "_", "~~", "#", ">", "`", "``", "```", "~~~", "|", "|-|-|", "---", "==="]
_MARKS += [
    "\\",
    "!",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "<",
    ">",
    "&lt;",
    "&amp;",
    "&#60;",
    "2.",
    "\t",
]
_ATTACKS = ["<!here>", "<@U123>", "<https://e.com>", "<https://evil.example|bank.example>", "<br>"]
_ATTACKS += [
    "[bank.example](https://evil.example)",
    "[x](javascript:1)",
    "![i](https://e.com/i.png)",
]
_ATTACKS += [
    "[r]",
    "[r]: https://e.com 'T'",
    "[q]: javascript:x",
    "@here",
    "@channel",
    "<b>",
    "</b>",
]
_ATTACKS += ["https://x.com/@here/a", "\u202e", "\x00", "\ud800", "\u00a0", "\u3000", "\u2028"]

markdown = st.lists(
    st.sampled_from(_WORDS + _LINES * 3 + _MARKS + _ATTACKS + [" "] * 12) | st.text(max_size=3),
    max_size=120,
).map("".join)
