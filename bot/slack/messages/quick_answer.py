"""Quick answers: their message while the text arrives, and at the end. Pure.

A quick answer has no sources. So nothing in it is a link, `[n]` is just a number in brackets, and
below it the message says once that no sources were checked. While the text arrives, an edited
message shows as much of it as fits. Slack's own streams can only append, so they show only what no
later word can change (`stream_text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.processors import Processor
from bot.domain.turn import EndingKind, Turn
from bot.ports import Blocks, Message
from bot.slack import action_ids, limits
from bot.slack.blockkit.blocks import actions, context, markdown_block
from bot.slack.blockkit.elements import Button, button
from bot.slack.citations.verification import CitationPolicy
from bot.slack.limits import EDITED_TEXT
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.settled import end_of_margin, settled_length
from bot.slack.messages.answer_footer import look_up_button, quick_answer_footer
from bot.slack.messages.answer_pieces import (
    MOST_MESSAGES,
    answer_part,
    fitting_pieces,
    room_above,
    with_blocks_below,
)
from bot.slack.messages.budgets import left_words
from bot.slack.messages.failures import failure_message
from bot.slack.messages.long_answer import report_file, report_note, report_summary
from bot.slack.messages.parts import MessagePart, message_variants, with_question_line
from bot.slack.messages.turn_buttons import ask_edited_button, try_again_button
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import note_lines, parent_line, question_words, replies_continue
from bot.slack.text.escaping import clean_foreign, escape_mrkdwn
from bot.slack.wording import duration, quoted

QUICK_ANSWER = "answer:quick"  #: its message's name in `Turn.posts`
NO_CITATIONS = CitationPolicy(frozenset())  #: what a quick answer may cite
NO_SOURCES = "No sources were checked."

#: The beginning of a line that may be more than plain words.
_STARTS_A_BLOCK = re.compile(r"\s|[-+>=#|]|\d{1,9}[.)]|[*_][*_ \t]*\Z")


# --- while it arrives -------------------------------------------------------------------


def thinking_message(facts: TurnFacts) -> MessagePart:
    """Say that no text has arrived yet."""
    part = MessagePart(
        QUICK_ANSWER,
        message_variants(":thought_balloon: Still thinking…", [_stop_button(facts.turn)]),
    )
    return with_question_line(part, facts.turn)


def growing_message(facts: TurnFacts, text: str) -> MessagePart:
    """Show the text that has arrived.

    Args:
        facts: the turn.
        text: Markdown, not empty; untrusted.
    """
    piece = first_piece(text)
    shown = to_plain_text(piece, EDITED_TEXT, NO_CITATIONS) or escape_mrkdwn(piece)
    blocks: Blocks = [
        markdown_block(piece),
        context("Writing…"),
        actions([_stop_button(facts.turn)]),
    ]
    return with_question_line(
        MessagePart(QUICK_ANSWER, (Message(shown, blocks), Message(shown))), facts.turn
    )


def first_piece(text: str) -> str:
    """Return as much of a text as one message takes, sanitized."""
    return fitting_pieces(clean_foreign(text[: limits.PART_TEXT]), NO_CITATIONS, limits.PART_JSON)[
        0
    ]


def stream_text(text: str, sent: str) -> str:
    """Return what may be appended to a stream; "" for nothing yet.

    All that the stream shows then is sanitized. What later words could change (half a link, bold
    without an end) waits for them, or for the last edit.

    Args:
        text: all that has arrived; untrusted.
        sent: what the stream shows.
    """
    if len(text) > limits.PART_TEXT:
        return ""
    text = clean_foreign(text)  # a line may end in a carriage return, too
    whole, line = text[: text.rfind("\n") + 1], text[text.rfind("\n") + 1 :]
    shown = _sanitized(whole)
    stays = shown
    for more in _possible_next(whole):
        stays = stays[: _common_length(stays, _sanitized(whole + more))]
    if stays == shown:
        waits = _STARTS_A_BLOCK.match(line) or "|" in line or _is_below_row(whole, shown)
        words = 0 if waits else len(line)
        shown = _sanitized(text[: settled_length(text, len(whole) + words)].rstrip(" "))
    else:  # a code fence without its end, or a row that may begin a table
        shown = stays[: max(stays.rfind("\n"), 0)].rstrip()
    fits = len(shown) <= limits.PART_TEXT
    return shown[len(sent) :] if fits and shown.startswith(sent) else ""


def _sanitized(text: str) -> str:
    return sanitize(text, NO_CITATIONS, growing=True)


def _possible_next(lines: str) -> Iterator[str]:
    """Yield what may come next in the block of the last of these lines: text, or a table row."""
    last = lines.rstrip().rpartition("\n")[2]
    margin = end_of_margin(last, 0)
    within = re.sub(r"[^ \t>]", " ", last[:margin])
    yield within + "x"
    if "|" in last:
        cells = last[margin:].strip().strip("|").count("|") + 1
        yield within + "|".join(["-"] * cells) + "|"


def _is_below_row(lines: str, shown: str) -> bool:
    """Whether what follows may be a row of a table, which needs no bars."""
    return shown.endswith("|") and bool(lines[:-1].rpartition("\n")[2].strip())


def _common_length(one: str, other: str) -> int:
    """Return the length of the beginning that two texts share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def new_thread_message(turn: Turn) -> Message:
    """Begin a thread for a question that was queued in another one; mention its asker."""
    asked = turn.signals.edited or turn.question
    words = f":speech_balloon: <@{asked.asker}> asked: {quoted(question_words(asked), 300)}"
    return message_variants(words)[0]


# --- in the end -------------------------------------------------------------------------


def quick_parts(facts: TurnFacts, look_up: Processor | None) -> list[MessagePart]:
    """Return the messages of an ended quick answer: its text, or why there is none.

    Args:
        facts: the ended turn; its `draft` is the text, untrusted.
        look_up: the processor to look it up with, with sources; None when none is on offer.
    """
    turn = facts.turn
    assert turn.ending
    if not has_text(turn):
        return [with_question_line(replace(failure_message(facts), name=QUICK_ANSWER), turn)]
    footer = _footer(facts, look_up)
    draft = clean_foreign(turn.draft)
    pieces = fitting_pieces(draft, NO_CITATIONS, room_above(footer))
    report: list[MessagePart] = []
    words = _outcome_line(facts)
    if len(pieces) > MOST_MESSAGES:
        words = f"{report_note(turn.draft, NO_CITATIONS)}\n{words}"
        footer = _footer(facts, look_up, words)
        pieces = fitting_pieces(report_summary(draft), NO_CITATIONS, room_above(footer))
        whole = sanitize(draft, NO_CITATIONS, file=True)
        report = [report_file(turn.question.text, whole)]
    *first, last = (answer_part(number, piece, NO_CITATIONS) for number, piece in enumerate(pieces))
    parts = [*first, with_blocks_below(last, words, footer)]
    return [with_question_line(replace(parts[0], name=QUICK_ANSWER), turn), *parts[1:], *report]


def has_text(turn: Turn) -> bool:
    """Whether an ended quick answer is shown with the text that has arrived."""
    kinds = (EndingKind.ANSWERED, EndingKind.CUT_OFF, EndingKind.STOPPED)
    return bool(turn.ending and turn.ending.kind in kinds and is_visible(turn.draft))


def is_visible(text: str) -> bool:
    """Whether a text has a visible character."""
    return bool(clean_foreign(text).strip())


def _footer(facts: TurnFacts, look_up: Processor | None, words: str = "") -> Blocks:
    turn = facts.turn
    assert turn.ending
    blocks: Blocks = [context(words or _outcome_line(facts))]
    if turn.ending.kind is EndingKind.ANSWERED:
        more = [ask_edited_button(facts)] if turn.signals.edited else []
        if back := replies_continue(turn)[1]:
            blocks.append(actions(back))
        return [*blocks, *quick_answer_footer(facts, look_up, more)]
    looking_up = [look_up_button(turn, look_up)] if look_up else []
    return [*blocks, actions([try_again_button(facts), *looking_up])]


def _outcome_line(facts: TurnFacts) -> str:
    """Say in one line how the text came about, and that it has no sources."""
    turn = facts.turn
    assert turn.ending
    took = duration(turn.ending.at - turn.started_at) if turn.started_at else None
    fragments = [
        f"{_CUT_SHORT.get(turn.ending.kind, ':zap:')} *{facts.processor.label}*",
        took,
        facts.processor.price_words,
        left_words(turn),
        "the question was edited in the meantime" if turn.signals.edited else None,
        *note_lines(turn),
        *parent_line(turn, shortly=True),
        NO_SOURCES,
    ]
    return "\n".join(filter(None, (" · ".join(filter(None, fragments)), replies_continue(turn)[0])))


_CUT_SHORT = {
    EndingKind.CUT_OFF: ":scissors: The answer was cut off here ·",
    EndingKind.STOPPED: ":octagonal_sign: The answer was stopped here ·",
}


def _stop_button(turn: Turn) -> Button:
    return button("Stop", action_ids.STOP, turn.id)
