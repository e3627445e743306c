"""How much of a growing Markdown text no later word can change. Pure."""

from __future__ import annotations

import re

from bot.slack.markdown.escaping import is_punctuation

#: Before the text of a line: marks of quotes and lists.
_MARGIN = re.compile(r"(?:[ \t]|>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$))*")
#: This could become a thematic break, or the line below the header of a table.
_DASHES = re.compile(r"[|:*_\- \t]*")
#: Marks that can open something that ends later, and the ends of words; escaped characters are
#: neither.
_MARK = re.compile(
    r"\\\S|(?P<ticks>`+)|(?P<run>\*+|_+|~+)|(?P<open>\[)|(?P<close>\](?!\()|\))|(?P<end>[ \n])"
)


def settled_length(text: str, end: int) -> int:
    """Return how many characters of a text, up to `end`, no later character can change.

    In the last paragraph, that is up to the last space or line end where no bracket, emphasis or
    code is open.
    """
    found = start = text.rfind("\n\n", 0, end) + 1
    margin, words = _begin(text, start)
    brackets, ticks, runs = 0, "", list[str]()
    for match in _MARK.finditer(text, start, end):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        match match.lastgroup:
            case "ticks" if len(match[0]) < 3:  # `stream_text` handles code fences
                ticks = "" if ticks == match[0] else ticks or match[0]
            case _ if ticks:
                pass  # nothing opens within code
            case "run" if match[0][:3] != "~~~":
                _open_or_close(runs, match[0], before=before, after=after)
            case "open":
                brackets += 1
            case "close":
                brackets = max(0, brackets - 1)
            case "end" if match.start() <= (margin if match[0] == "\n" else words):
                pass  # a list item without words, half a table
            case "end" if before == "\\":
                pass  # half an escape
            case "end" if not brackets and not runs:
                found = match.start()
        if match[0] == "\n":
            margin, words = _begin(text, match.end())
    return found


def end_of_margin(text: str, start: int) -> int:
    """Return where the text of a line begins, behind marks of quotes and lists."""
    match = _MARGIN.match(text, start)
    assert match
    return match.end()


def _begin(text: str, start: int) -> tuple[int, int]:
    """Return where a line begins behind its margin, and where its words do."""
    margin = end_of_margin(text, start)
    dashes = _DASHES.match(text, margin)
    assert dashes
    return margin, dashes.end()


def _open_or_close(runs: list[str], run: str, before: str, after: str) -> None:
    """Open or close emphasis by a run of marks.

    https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run
    """
    opens, closes = _flanks(after, before), _flanks(before, after)
    if run[0] == "_":
        opens, closes = opens and not closes, closes and not opens
    if closes and run in runs:
        runs.remove(run)
    elif opens:
        runs.append(run)


def _flanks(inside: str, outside: str) -> bool:
    """Whether a run stands at words on its one side, as seen from its other."""
    return bool(inside.strip()) and (
        not is_punctuation(inside) or not outside.strip() or is_punctuation(outside)
    )
