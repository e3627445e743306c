"""The messages that bring an answer: its text, its sources, its footer, and mentions. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.research import Answer
from bot.slack import limits
from bot.slack.blockkit.blocks import section
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.answer_markdown import answer_markdown, sources_markdown
from bot.slack.messages.answer_footer import answer_footer
from bot.slack.messages.answer_pieces import (
    MOST_MESSAGES,
    answer_part,
    fitting_pieces,
    room_above,
    with_blocks_below,
)
from bot.slack.messages.long_answer import report_note, report_parts, report_summary
from bot.slack.messages.parts import MessagePart, with_line_above, with_question_line
from bot.slack.messages.source_list import source_list
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import (
    mentions,
)
from bot.slack.messages.warnings import warnings_block


def answer_parts(facts: TurnFacts, answer: Answer) -> list[MessagePart]:
    """Return the messages of an answer, with its sources, its footer and mentions.

    There are up to three. A longer answer becomes a summary and two files: a report for people,
    and the evidence as JSON for programs.

    Args:
        facts: the answered turn.
        answer: untrusted: nothing in it may ping, hide a link's target or exceed Slack's limits.
    """
    content = answer_markdown(answer)
    policy = citation_policy(answer, content)
    footer = [*warnings_block(answer), *answer_footer(facts)]
    ours = source_list(answer, policy)
    is_report = len(content) > MOST_MESSAGES * limits.PART_TEXT
    room = room_above([*ours.blocks, *footer])
    pieces = [] if is_report else fitting_pieces(content, policy, room)
    report: list[MessagePart] = []
    if not 0 < len(pieces) <= MOST_MESSAGES:
        report = report_parts(facts, answer)
        ours = source_list(answer, policy, report_note(content, policy))
        room = room_above([*ours.blocks, *footer])
        pieces = fitting_pieces(report_summary(content), policy, room)
    rooms = [*[limits.PART_JSON] * (len(pieces) - 1), room]
    parts = [
        answer_part(n, p, policy=policy, room=r)
        for n, (p, r) in enumerate(zip(pieces, rooms, strict=True))
    ]
    parts[-1] = with_blocks_below(
        parts[-1],
        ours.words,
        [*ours.blocks, *footer],
        sources=lambda: sources_markdown(answer, policy),
    )
    parts[0] = with_question_line(_with_mentions(parts[0], mentions(facts)), facts.turn)
    return parts + report


def broadcast_first(parts: list[MessagePart]) -> list[MessagePart]:
    """Broadcast the first message of an answer to its channel; where Slack refuses, do not."""
    first, *others = parts
    return [replace(first, ready=(replace(first.best, broadcast=True), *first.ready)), *others]


def raw_content(answer: Answer) -> str:
    """Return the content of an answer as Parallel sent it, to restate it in a later question."""
    return answer.content if isinstance(answer.content, str) else answer_markdown(answer)


def _with_mentions(part: MessagePart, people: str) -> MessagePart:
    """Put mentions above a message of an answer; `people` is their mrkdwn, "" for nobody."""
    if not people:
        return part
    words = f"{people} your answer is ready:"
    return with_line_above(part, words, section(words))
