"""What the bot says in threads while all is well: status, answer, receipt. Pure.

Each utterance is a function from what happened to a `Part`: a message with its simpler forms, for
when Slack refuses the better one. How far a run is: `progress`. When it went wrong: `sorry`. What
only one person sees: `whispers`, and of processors and choices `picker`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bot.domain.derived import ASKED
from bot.domain.research import Answer
from bot.domain.turn import EndingKind, TurnKind
from bot.ports import Blocks, Message, Upload
from bot.slack import limits, markdown
from bot.slack.blockkit import EDITED_TEXT, clock, cut, duration, forms, line, mrkdwn
from bot.slack.citations.references import References
from bot.slack.citations.verification import CitationPolicy, citation_policy
from bot.slack.messages.answer_footer import answer_footer
from bot.slack.messages.parts import (
    MessagePart,
    TurnFacts,
    above,
    ask_the_new_text,
    at_hand,
    billed,
    deliver_anyway,
    details,
    facts_of,
    follows,
    headline,
    mentioned,
    mentioned_with_answer,
    named,
    notes,
    paid,
    replies_continue,
    which,
)
from bot.slack.messages.report_files import (
    as_file,
    basis_json,
    report_markdown,
    sources_markdown,
    written,
)
from bot.slack.messages.source_list import below
from bot.slack.messages.warnings import warnings_block
from bot.slack.text.escaping import clean
from bot.slack.text.escaping import mrkdwn as escaped
from bot.slack.text.links import link

__all__ = [
    "STATUS",
    "MessagePart",
    "TurnFacts",
    "answer_part",
    "answer_parts",
    "busy",
    "ended_with",
    "facts_of",
    "final_status",
    "fitting_pieces",
    "in_channel",
    "instead_of_report",
    "question_of",
    "remembered",
    "report_file",
    "report_note",
    "report_parts",
    "room_above",
    "status",
    "summarized",
]

STATUS = "status"
LONGEST_SAID, MOST_LINES = 1_000, 20  # characters and lines of a question that is posted
MOST_MESSAGES = 3  # of one answer; a longer one goes into a file
MOST_INSTEAD = 30  # messages that a report may take where no file can be shared
A_PARAGRAPH = 400  # characters by which pieces of an answer differ, cut between blocks
SUMMARY = 6_000  # characters of a report that stand in the thread
SUMMARIZED = 200_000  # characters of a report that are read for it
INSTEAD_TEXT = 400_000  # characters of a report that are read for messages instead of a file
TEXT = 39_000  # characters; Slack cuts a message's text at 40,000


# --- while it goes on -------------------------------------------------------------------


def status(facts: TurnFacts) -> MessagePart:
    """Say that the research goes on: processor, price, usual time, what can be done about it."""
    words = headline(facts)
    if facts.turn.question.start is not TurnKind.RESUME:
        words += f" · usually {facts.processor.usual_time}"
    turn = facts.turn
    lines = (words, *which(turn), *follows(turn), *mentioned_with_answer(turn), *notes(turn))
    return MessagePart(STATUS, forms("\n".join(lines), at_hand(facts)))


def question_of(facts: TurnFacts, about: str = "") -> MessagePart:
    """Post what was asked in a form, as its asker's words.

    Args:
        facts: the turn.
        about: the address of the message that it is about; "" for none.
    """
    question = facts.turn.question
    said = "\n".join(f">{escaped(line)}" for line in _lines(question.text))
    on = f" about {link(about, 'this message')}" if about else ""
    return MessagePart(ASKED, forms(f":speech_balloon: <@{question.asker}> asked{on}:\n{said}"))


def _lines(text: str) -> list[str]:
    """Return the lines of somebody's words, cut to fit a block."""
    words = cut(clean(text).strip(), LONGEST_SAID)
    lines = [line.rstrip() for line in words.splitlines()]
    return [*lines[:MOST_LINES], "…"] if len(lines) > MOST_LINES else lines


def busy(facts: TurnFacts) -> Message:
    """Say that Parallel cannot take the run yet, or cannot even be reached."""
    since = clock(facts.turn.busy_since or facts.turn.received)
    why = "I can't reach Parallel" if facts.turn.unreached else "Parallel is busy"
    words = (
        f":hourglass: {why}. I've been retrying since {since} and will keep trying, so there's no "
        f"need to ask again. *{facts.processor.label}* · {facts.processor.price_words}"
    )
    lines = (
        words,
        *which(facts.turn),
        *follows(facts.turn),
        *mentioned_with_answer(facts.turn),
    )
    return line("\n".join(lines), at_hand(facts))


# --- when it is over --------------------------------------------------------------------


def final_status(facts: TurnFacts) -> Message:
    """Say in one line how it ended and what it took; it replaces the status."""
    turn = facts.turn
    assert turn.ending
    buttons: Blocks = []
    edited = None
    if turn.ending.kind is EndingKind.WITHDRAWN:  # no other message tells of it
        buttons = [deliver_anyway(turn)] if turn.run else []
    elif turn.signals.edited:
        buttons = [ask_the_new_text(facts)]
        edited = "the question was edited in the meantime"
    told = (*notes(turn), *follows(turn, shortly=True), *which(turn))
    fragments = [*_outcome(facts), edited, *told]
    words, back = replies_continue(turn)
    said = filter(None, (" · ".join(filter(None, fragments)), words))
    return line("\n".join(said), [*buttons, *back], details(turn))


def _outcome(facts: TurnFacts) -> list[str | None]:
    turn, name = facts.turn, f"*{facts.processor.label}*"
    assert turn.ending
    took = duration(turn.ending.at - turn.started_at) if turn.started_at else None
    after = f"after {took}" if took else None
    match turn.ending.kind:
        case EndingKind.ANSWERED:
            none = (
                "0 sources" if turn.sources == 0 else None
            )  # else they are listed with the answer
            began = turn.paid_at or turn.started_at
            took = duration(turn.ending.at - began) if began else None
            return [f":white_check_mark: {name}", took, paid(facts), none]
        case EndingKind.STOPPED:
            by = f"stopped by <@{turn.ending.message}>" if turn.ending.message else "stopped"
            stopped = f"{by} {after}" if turn.run and after else by
            return [f":octagonal_sign: {name}", stopped, None if turn.run else "not started"]
        case EndingKind.WITHDRAWN:
            going_on = f"the run goes on at Parallel{billed(facts)}"
            what = f"was deleted; {going_on}" if turn.run else "was withdrawn; no run was started"
            return [f":wastebasket: {name}", f"the question {what}"]
        case EndingKind.REFUSED if turn.run:
            return [f":x: {name}", "Parallel didn't return its result", after]
        case kind:
            return [f":x: {name}", _IN_SHORT[kind], after]


_IN_SHORT = {
    EndingKind.HELPED: "not started",
    EndingKind.UNKNOWN_PROCESSOR: "not started",
    EndingKind.NOTICE: "not started",
    EndingKind.TOO_LONG: "not started",
    EndingKind.REFUSED: "not started",
    EndingKind.BUSY: "not started",
    EndingKind.UNCERTAIN: "unknown whether it started",
    EndingKind.CUT_OFF: "the answer was cut off",
    EndingKind.FAILED: "the run failed",
    EndingKind.CANCELLED: "the run was canceled",
    EndingKind.TOO_LATE: "stopped waiting",
    EndingKind.BROKEN: "stopped by an error",
}


# --- the answer -------------------------------------------------------------------------


def answer_parts(facts: TurnFacts, answer: Answer) -> list[MessagePart]:
    """Put an answer into messages, with its sources, its foot, and who wanted to be told.

    Up to three messages; a longer one becomes a summary and two files, for people and programs.

    Args:
        facts: the turn it answers.
        answer: untrusted: nothing in it may ping, hide a link's target or break Slack's limits.
    """
    content = written(answer)
    policy = citation_policy(answer, content)
    beneath = [*warnings_block(answer), *answer_footer(facts)]
    ours = below(answer, policy)
    is_report = len(content) > MOST_MESSAGES * limits.PART_TEXT
    room = room_above([*ours.blocks, *beneath])
    pieces = [] if is_report else fitting_pieces(content, policy, room)
    report: list[MessagePart] = []
    if not 0 < len(pieces) <= MOST_MESSAGES:
        report = report_parts(facts, answer)
        ours = below(answer, policy, report_note(content, policy))
        room = room_above([*ours.blocks, *beneath])
        pieces = fitting_pieces(summarized(content), policy, room)
    rooms = [*[limits.PART_JSON] * (len(pieces) - 1), room]
    parts = [
        answer_part(n, p, policy, r) for n, (p, r) in enumerate(zip(pieces, rooms, strict=True))
    ]
    listed = sources_markdown(answer, policy)
    parts[-1] = ended_with(parts[-1], ours.words, [*ours.blocks, *beneath], listed)
    parts[0] = named(_calling(parts[0], mentioned(facts)), facts.turn)
    return parts + report


def report_parts(facts: TurnFacts, answer: Answer) -> list[MessagePart]:
    """Put the whole of an answer into files: the report, and what it rests on."""
    return [_report(facts, answer), _basis(facts, answer)]


def in_channel(parts: list[MessagePart]) -> list[MessagePart]:
    """Show the first message of an answer in the channel, too, where Slack lets us."""
    first, *others = parts
    return [
        replace(first, variants=(replace(first.best, broadcast=True), *first.variants)),
        *others,
    ]


def instead_of_report(facts: TurnFacts, answer: Answer) -> list[MessagePart]:
    """Put the report into messages, where Slack took no file; else nothing."""
    if not facts.turn.variants.get("report"):
        return []
    content = written(answer)
    policy = citation_policy(answer, content)
    pieces = fitting_pieces(content[:INSTEAD_TEXT], policy, limits.PART_JSON)
    left = sum(map(len, pieces[MOST_INSTEAD:])) + len(content[INSTEAD_TEXT:])
    pieces = pieces[:MOST_INSTEAD]
    said = ""
    if left:
        said = (
            f"The report has about {left:,} more characters, too many for a thread, and I can't "
            f"upload files here. Parallel keeps all of it.\n{details(facts.turn)}"
        )
    ours = below(answer, policy, said)
    room = room_above(ours.blocks)
    parts = [answer_part(100 + n, piece, policy, room) for n, piece in enumerate(pieces)]
    parts[-1] = ended_with(parts[-1], ours.words, ours.blocks)
    return parts


def remembered(answer: Answer) -> str:
    """Return the answer as it came, to restate it if its chain should break."""
    return answer.content if isinstance(answer.content, str) else written(answer)


def room_above(blocks: Blocks) -> int:
    """Return how many characters of JSON may stand in a message above blocks."""
    return limits.PART_JSON - limits.json_length(blocks)


def fitting_pieces(content: str, policy: CitationPolicy, last: int) -> list[str]:
    """Split an answer into pieces that each fit a message, the last one into `last` characters.

    Both are counted as JSON, where a line feed, a quote or a backslash is two characters. Pieces
    with citation marks to be linked have about as much room left each, if that takes no more.
    """
    fewest = max(1, math.ceil(len(content) / limits.PART_TEXT))
    even = (len(content) + limits.PART_JSON - last) // fewest + A_PARAGRAPH
    if policy.listed and 1 < fewest <= MOST_MESSAGES and even < limits.PART_TEXT:
        pieces = _pieces(content, policy, last, even)
        if len(pieces) <= fewest and sum(map(len, pieces)) > (fewest - 1) * limits.PART_TEXT:
            return pieces
    return _pieces(content, policy, last, limits.PART_TEXT)


def _pieces(content: str, policy: CitationPolicy, last: int, limit: int) -> list[str]:
    pieces = [
        part
        for piece in markdown.split_messages(content, limit, policy=policy)
        for part in _fitting(piece, limits.PART_JSON, policy)
    ]
    return [*pieces[:-1], *_fitting(pieces[-1], last, policy)] if pieces else ["…"]


def _fitting(piece: str, room: int, policy: CitationPolicy) -> list[str]:
    """Split a piece so that each part fits into `room` characters of JSON."""
    size = limits.json_length([{"type": "markdown", "text": piece}])
    if size <= room:
        return [piece]
    limit = max(markdown.SMALLEST, len(piece) * room // size - 1)
    parts = markdown.split_messages(piece, limit, policy=policy)
    if len(parts) == 1:  # all of it is the smallest there is
        return parts
    return [part for smaller in parts for part in _fitting(smaller, room, policy)]


def summarized(content: str) -> str:
    """Return the gist of a report; untrusted, like the report."""
    return markdown.summary(content[:SUMMARIZED], SUMMARY)


def report_note(content: str, policy: CitationPolicy) -> str:
    """Say where the rest of a report is, and what else is there."""
    own_list = policy.references is References.OWN
    listed = ", with references" if own_list else ""
    return f"_Full report ({len(content):,} characters{listed}) attached below._"


def _report(facts: TurnFacts, answer: Answer) -> MessagePart:
    question = facts.turn.question.text
    return report_file(question, report_markdown(question, answer))


def report_file(question: str, content: str) -> MessagePart:
    """Return the file that holds the whole of an answer; `content` is safe Markdown."""
    upload = Upload(
        name="report.md",
        title=cut(question, 80) or "Report",
        content=content,
        comment="Full report",
    )
    refused = line("I can't upload files here, so here is the full report as messages.")
    return MessagePart("report", (upload, refused))


def _basis(facts: TurnFacts, answer: Answer) -> MessagePart:
    turn = facts.turn
    upload = Upload(
        name="evidence.json",
        title="Sources and evidence (JSON)",
        content=basis_json(turn.question.text, turn.run, facts.processor.name, answer),
        comment="Sources and evidence (JSON)",
    )
    refused = line("I can't upload the sources and evidence (JSON) here.")
    return MessagePart("basis", (upload, refused))


def answer_part(
    number: int, piece: str, policy: CitationPolicy, room: int = limits.PART_JSON
) -> MessagePart:
    """Put a piece of an answer into a message.

    Args:
        number: which of its messages it is, from 0.
        piece: Markdown that fits one message, `safe`.
        policy: what the answer may cite.
        room: characters of JSON that it may take as a block.
    """
    text = markdown.to_plain_text(piece, TEXT, policy) or markdown.mrkdwn(piece)
    upload = Upload(
        f"answer-{number + 1}.md", "Answer", as_file(piece, policy), "The answer as a file"
    )
    linked = markdown.with_mark_links(piece, policy, room)
    shown = Message(text, [{"type": "markdown", "text": linked}])
    return MessagePart(f"answer:{number}", (shown, Message(text), upload))


def ended_with(part: MessagePart, words: str, beneath: Blocks, listed: str = "") -> MessagePart:
    """Put what stands under an answer below its last part.

    Args:
        part: the last part of an answer.
        words: what the blocks say that must be read where no blocks are shown, in mrkdwn.
        beneath: the blocks.
        listed: what stands at the end of a file, in Markdown.
    """

    def ended(form: Message | Upload) -> Message | Upload:
        if isinstance(form, Upload):
            return replace(form, content="\n\n".join(filter(None, (form.content, listed))))
        text = "\n\n".join(filter(None, (form.text, words)))
        return replace(form, text=text, blocks=form.blocks and form.blocks + beneath)

    room = EDITED_TEXT - len(words) - 2
    text = f"{cut(part.best.text, room)}\n\n{words}" if room > 0 else cut(words, EDITED_TEXT)
    short = Message(text, (part.best.blocks or []) + beneath)
    return replace(part, variants=tuple(map(ended, part.variants)), edited=short)


def _calling(part: MessagePart, callers: str) -> MessagePart:
    """Put a mention of those who wanted one before a part of an answer."""
    if not callers:
        return part
    words = f"{callers} your answer is ready:"
    return above(part, words, {"type": "section", "text": mrkdwn(words)})
