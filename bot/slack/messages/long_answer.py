"""A long answer: a summary in its thread and two files, or messages where Slack takes none. Pure.

`report_files` writes what is in the files.
"""

from __future__ import annotations

from bot.domain.research import Answer
from bot.ports import Upload
from bot.slack import limits
from bot.slack.citations.references import References
from bot.slack.citations.verification import CitationPolicy, citation_policy
from bot.slack.markdown.answer_markdown import answer_markdown
from bot.slack.markdown.cutting import beginning
from bot.slack.markdown.summary import summary
from bot.slack.messages.answer_pieces import (
    answer_part,
    fitting_pieces,
    room_above,
    with_blocks_below,
)
from bot.slack.messages.parts import MessagePart, editable_message
from bot.slack.messages.report_files import basis_json, report_markdown
from bot.slack.messages.source_list import source_list
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import (
    support_details,
)
from bot.slack.wording import cut

MOST_REPORT_MESSAGES = 30  # where no file can be shared
SUMMARY = 6_000  # characters
SUMMARY_SOURCE = 200_000  # characters at the beginning of a report to summarize
REPORT_MESSAGES_TEXT = 400_000  # characters at the beginning of a report to split into messages


def report_parts(facts: TurnFacts, answer: Answer) -> list[MessagePart]:
    """Return the two files of an answer: the report, and its evidence as JSON."""
    return [_report(facts, answer), _basis(facts, answer)]


def report_messages(facts: TurnFacts, answer: Answer) -> list[MessagePart]:
    """Return the report as messages if Slack took no file; else nothing."""
    if not facts.turn.variants.get("report"):
        return []
    content = answer_markdown(answer)
    policy = citation_policy(answer, content)
    start = beginning(content, REPORT_MESSAGES_TEXT)
    pieces = fitting_pieces(start, policy, limits.PART_JSON)
    left = sum(map(len, pieces[MOST_REPORT_MESSAGES:])) + len(content) - len(start)
    pieces = pieces[:MOST_REPORT_MESSAGES]
    note = ""
    if left:
        note = (
            f"The report has about {left:,} more characters, too many for a thread, and I can't "
            f"upload files here. Parallel keeps all of it.\n{support_details(facts.turn)}"
        )
    ours = source_list(answer, policy, note)
    room = room_above(ours.blocks)
    pieces[-1:] = fitting_pieces(pieces[-1], policy, room)  # with the sources below it
    parts = [
        answer_part(100 + n, piece, policy=policy, room=room) for n, piece in enumerate(pieces)
    ]
    parts[-1] = with_blocks_below(parts[-1], ours.words, ours.blocks)
    return parts


def report_summary(content: str) -> str:
    """Return the summary of a report, still untrusted."""
    return summary(beginning(content, SUMMARY_SOURCE), SUMMARY)


def report_note(content: str, policy: CitationPolicy) -> str:
    """Say in mrkdwn that the whole report is attached."""
    own_list = policy.references is References.OWN
    listed = ", with references" if own_list else ""
    return f"_Full report ({len(content):,} characters{listed}) attached below._"


def _report(facts: TurnFacts, answer: Answer) -> MessagePart:
    question = facts.turn.question.text
    return report_file(question, report_markdown(question, answer))


def report_file(question: str, content: str) -> MessagePart:
    """Return the file of a report; `content` is sanitized Markdown."""
    upload = Upload(
        name="report.md",
        title=cut(question, 80) or "Report",
        content=content,
        comment="Full report",
    )
    refused = editable_message("I can't upload files here, so here is the full report as messages.")
    return MessagePart("report", (upload, refused))


def _basis(facts: TurnFacts, answer: Answer) -> MessagePart:
    turn = facts.turn
    upload = Upload(
        name="evidence.json",
        title="Sources and evidence (JSON)",
        content=basis_json(
            turn.question.text, turn.run, processor=facts.processor.name, answer=answer
        ),
        comment="Sources and evidence (JSON)",
    )
    refused = editable_message("I can't upload the sources and evidence (JSON) here.")
    return MessagePart("basis", (upload, refused))
