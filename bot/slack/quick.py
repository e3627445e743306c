"""What the bot says of a quick answer, in its one message: while it comes, and in the end. Pure.

A quick answer has no sources. So nothing in it is a link, `[n]` is a number in brackets and no
more, and below it stands, once, that no sources were checked. While it comes, the message shows as
much of the text as fits it; whoever streams it with Slack's own streams can only append, so there
only what no later word can change is shown (`stream_text`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.model import EndingKind, Turn
from bot.ports import Blocks, Message
from bot.processors import Processor
from bot.slack import actions, limits, markdown
from bot.slack.blockkit import EDITED_TEXT, button, cut, duration, forms, mrkdwn, quoted
from bot.slack.foot import look_up_button, quick_foot
from bot.slack.integrity import Cited
from bot.slack.messages import MOST_MESSAGES, answer_part, report_file, report_note, summarized
from bot.slack.sorry import sorry
from bot.slack.telling import Part, Telling, ask_again, ask_the_new_text, follows, notes
from bot.slack.text import clean

GROWING = "answer:quick"  #: the name of the message among a turn's posts
NOTHING = Cited(frozenset(), frozenset())  #: what a quick answer may cite
NO_SOURCES = "No sources were checked."

#: How a line begins that is no plain words.
_STARTS_A_BLOCK = re.compile(r"\s|[-+>=#|]|\d{1,9}[.)]")
#: What stands before the text of a line: quotes and the marks of lists.
_MARGIN = re.compile(r"(?:[ \t]|>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))*")
#: What can open something that ends later, and where words end.
_MARK = re.compile(r"(?P<run>\*+|_+|~+|`+)|(?P<open>\[)|(?P<close>\](?!\()|\))|(?P<end>[ \n])")


# --- while it comes ---------------------------------------------------------------------


def thinking(telling: Telling) -> Part:
    """Say that nothing has come yet."""
    return Part(GROWING, forms(":thought_balloon: Still thinking…", [_stop(telling.turn)]))


def growing(telling: Telling, text: str) -> Part:
    """Show what has come so far.

    Args:
        telling: the turn that is answered.
        text: Markdown, not empty; untrusted.
    """
    piece = first_piece(text)
    shown = markdown.plain(piece, EDITED_TEXT, NOTHING) or markdown.mrkdwn(piece)
    blocks: Blocks = [
        {"type": "markdown", "text": piece},
        {"type": "context", "elements": [mrkdwn("Writing…")]},
        {"type": "actions", "elements": [_stop(telling.turn)]},
    ]
    return Part(GROWING, (Message(shown, blocks), Message(shown)))


def first_piece(text: str) -> str:
    """Return as much of a text as one message takes, `safe`."""
    pieces = markdown.split(text[: limits.PART_TEXT], cited=NOTHING)
    return pieces[0] if pieces else "…"


def stream_text(text: str, sent: str) -> str:
    """Return what may be appended to what a stream has said; "" while there is nothing.

    The whole of what it says then is `safe`. What later words could make something else of (half a
    link, a word in bold that has no end) waits for them, or for the last edit.

    Args:
        text: all that has come; untrusted.
        sent: what the stream says so far.
    """
    if len(text) > limits.PART_TEXT:
        return ""
    whole, line = text[: text.rfind("\n") + 1], text[text.rfind("\n") + 1 :]
    shown = markdown.safe(whole, NOTHING)
    with_more = markdown.safe(whole + _probe(whole), NOTHING)
    if with_more.startswith(shown):
        words = len(line) if not _STARTS_A_BLOCK.match(line) else 0
        shown = markdown.safe(text[: _settled(text, len(whole) + words)].rstrip(" "), NOTHING)
    else:  # the end of a code fence that has none yet
        shown = shown[: _alike(shown, with_more)]
    fits = len(shown) <= limits.PART_TEXT
    return shown[len(sent) :] if fits and shown.startswith(sent) else ""


def _probe(lines: str) -> str:
    """Return one more line of what the last of these lines stands in."""
    last = lines.rstrip().rpartition("\n")[2]
    margin = _MARGIN.match(last)
    assert margin
    return re.sub(r"[^ \t>]", " ", margin[0]) + "x"


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _settled(text: str, end: int) -> int:
    """Return how much of a text, up to `end`, no later word can make something else of.

    In the last paragraph that is up to the last space or line end at which no bracket, emphasis or
    code is open.
    """
    found = start = text.rfind("\n\n", 0, end) + 1
    brackets, marks = 0, set[str]()
    for match in _MARK.finditer(text, start, end):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        match match.lastgroup:
            case "run" if _may_open(match[0], before, after):
                marks ^= {match[0]}
            case "open":
                brackets += 1
            case "close":
                brackets = max(0, brackets - 1)
            case "end" if not brackets and not marks:
                found = match.start()
    return found


def _may_open(run: str, before: str, after: str) -> bool:
    """Whether a run of marks may begin or end something; that of a code fence is seen elsewhere."""
    if run[0] in "`~" and len(run) > 2:
        return False
    if run[0] == "_" and before.isalnum() and after.isalnum():
        return False
    return bool(before.strip() or after.strip())


def new_thread(turn: Turn) -> Message:
    """Begin a thread for a question that waited in another one; its asker is named."""
    asked = turn.wishes.edited or turn.question
    words = f":speech_balloon: <@{asked.asker}> asked: {quoted(asked.text, 300)}"
    return forms(words)[0]


# --- in the end -------------------------------------------------------------------------


def quick_parts(telling: Telling, look_up: Processor) -> list[Part]:
    """Say how a quick answer ended: its text, or what became of it.

    Args:
        telling: the turn, ended; its `draft` is the text, untrusted.
        look_up: the processor that would look it up with sources.
    """
    turn = telling.turn
    assert turn.ending
    if not has_text(turn):
        return [replace(sorry(telling), name=GROWING)]
    beneath = _beneath(telling, look_up)
    pieces = markdown.split(turn.draft, cited=NOTHING)
    report: list[Part] = []
    if not 0 < len(pieces) <= MOST_MESSAGES:
        gist = markdown.safe(summarized(turn.draft), NOTHING)
        pieces = markdown.split(f"{gist}\n\n{report_note(turn.draft)}", cited=NOTHING)
        report = [report_file(turn.question.text, markdown.safe(turn.draft, NOTHING, file=True))]
    *first, last = (answer_part(number, piece, [], NOTHING) for number, piece in enumerate(pieces))
    parts = [*first, _ended_with(last, _said_of(telling), beneath)]
    return [replace(parts[0], name=GROWING), *parts[1:], *report]


def _ended_with(part: Part, words: str, beneath: Blocks) -> Part:
    """Put what stands under an answer below its last part; its words stand in the text, too."""
    forms = (
        replace(form, text=f"{form.text}\n\n{words}", blocks=form.blocks and form.blocks + beneath)
        if isinstance(form, Message)
        else form
        for form in part.forms
    )
    room = EDITED_TEXT - len(words) - 2
    short = Message(f"{cut(part.best.text, room)}\n\n{words}", (part.best.blocks or []) + beneath)
    return replace(part, forms=tuple(forms), edited=short)


def has_text(turn: Turn) -> bool:
    """Whether an ended quick answer is told with the text that came."""
    kinds = (EndingKind.ANSWERED, EndingKind.CUT_OFF, EndingKind.STOPPED)
    return bool(turn.ending and turn.ending.kind in kinds and is_visible(turn.draft))


def is_visible(text: str) -> bool:
    """Whether there is anything to see in a text."""
    return bool(clean(text).strip())


def _beneath(telling: Telling, look_up: Processor) -> Blocks:
    turn = telling.turn
    assert turn.ending
    told: Blocks = [{"type": "context", "elements": [mrkdwn(_said_of(telling))]}]
    if turn.ending.kind is EndingKind.ANSWERED:
        more = [ask_the_new_text(telling)] if turn.wishes.edited else []
        return [*told, *quick_foot(telling, look_up, more)]
    buttons = [ask_again(telling), look_up_button(turn, look_up)]
    return [*told, {"type": "actions", "elements": buttons}]


def _said_of(telling: Telling) -> str:
    """Say in one line how it came about, and that it has no sources."""
    turn = telling.turn
    assert turn.ending
    took = duration(turn.ending.at - turn.started_at) if turn.started_at else None
    facts = [
        f"{_HOW.get(turn.ending.kind, ':zap:')} *{telling.processor.name}*",
        took,
        telling.processor.price_words,
        "the question was edited meanwhile" if turn.wishes.edited else None,
        *notes(turn),
        *follows(turn, shortly=True),
        NO_SOURCES,
    ]
    return " · ".join(filter(None, facts))


_HOW = {
    EndingKind.CUT_OFF: ":scissors: The answer was cut off here ·",
    EndingKind.STOPPED: ":octagonal_sign: The answer was stopped here ·",
}


def _stop(turn: Turn) -> dict[str, object]:
    return button("Stop", actions.STOP, turn.id)
