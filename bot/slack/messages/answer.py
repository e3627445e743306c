"""What the bot says in threads while all is well: status, answer, receipt. Pure.

Each utterance is a function from what happened to a `Part`: a message with its simpler forms, for
when Slack refuses the better one. How far a run is: `progress`. When it went wrong: `sorry`. What
only one person sees: `whispers`, and of processors and choices `picker`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bot.domain.derived import ASKED
from bot.domain.model import Answer, EndingKind, Start
from bot.ports import Blocks, Message, Upload
from bot.slack import limits, markdown
from bot.slack.blockkit import EDITED_TEXT, clock, cut, duration, forms, line, mrkdwn
from bot.slack.citations.references import References
from bot.slack.citations.verification import Cited, cited
from bot.slack.messages.answer_footer import foot
from bot.slack.messages.parts import (
    Part,
    Telling,
    above,
    ask_the_new_text,
    at_hand,
    billed,
    deliver_anyway,
    details,
    follows,
    headline,
    mentioned,
    named,
    notes,
    paid,
    replies_continue,
    telling,
    which,
    wished,
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
    "Part",
    "Telling",
    "answer_part",
    "answer_parts",
    "busy",
    "ended_with",
    "fitting_pieces",
    "in_channel",
    "instead_of_report",
    "question_of",
    "receipt",
    "remembered",
    "report_file",
    "report_note",
    "report_parts",
    "room_above",
    "status",
    "summarized",
    "telling",
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


def status(telling: Telling) -> Part:
    """Say that the research goes on: processor, price, usual time, what can be done about it."""
    words = headline(telling)
    if telling.turn.question.start is not Start.LOOK_AGAIN:
        words += f" · usually {telling.processor.usual_time}"
    turn = telling.turn
    lines = (words, *which(turn), *follows(turn), *wished(turn), *notes(turn))
    return Part(STATUS, forms("\n".join(lines), at_hand(telling)))


def question_of(telling: Telling, about: str = "") -> Part:
    """Post what was asked in a form, as its asker's words.

    Args:
        telling: the turn.
        about: the address of the message that it is about; "" for none.
    """
    question = telling.turn.question
    said = "\n".join(f">{escaped(line)}" for line in _lines(question.text))
    on = f" about {link(about, 'this message')}" if about else ""
    return Part(ASKED, forms(f":speech_balloon: <@{question.asker}> asked{on}:\n{said}"))


def _lines(text: str) -> list[str]:
    """Return the lines of somebody's words, cut to fit a block."""
    words = cut(clean(text).strip(), LONGEST_SAID)
    lines = [line.rstrip() for line in words.splitlines()]
    return [*lines[:MOST_LINES], "…"] if len(lines) > MOST_LINES else lines


def busy(telling: Telling) -> Message:
    """Say that Parallel cannot take the run yet, or cannot even be reached."""
    since = clock(telling.turn.busy_since or telling.turn.received)
    why = "I can't reach Parallel" if telling.turn.unreached else "Parallel is busy"
    words = (
        f":hourglass: {why}. I've been retrying since {since} and will keep trying, so there's no "
        f"need to ask again. *{telling.processor.label}* · {telling.processor.price_words}"
    )
    lines = (words, *which(telling.turn), *follows(telling.turn), *wished(telling.turn))
    return line("\n".join(lines), at_hand(telling))


# --- when it is over --------------------------------------------------------------------


def receipt(telling: Telling) -> Message:
    """Say in one line how it ended and what it took; it replaces the status."""
    turn = telling.turn
    assert turn.ending
    buttons: Blocks = []
    edited = None
    if turn.ending.kind is EndingKind.WITHDRAWN:  # no other message tells of it
        buttons = [deliver_anyway(turn)] if turn.run else []
    elif turn.wishes.edited:
        buttons = [ask_the_new_text(telling)]
        edited = "the question was edited in the meantime"
    told = (*notes(turn), *follows(turn, shortly=True), *which(turn))
    facts = [*_outcome(telling), edited, *told]
    words, back = replies_continue(turn)
    said = filter(None, (" · ".join(filter(None, facts)), words))
    return line("\n".join(said), [*buttons, *back], details(turn))


def _outcome(telling: Telling) -> list[str | None]:
    turn, name = telling.turn, f"*{telling.processor.label}*"
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
            return [f":white_check_mark: {name}", took, paid(telling), none]
        case EndingKind.STOPPED:
            by = f"stopped by <@{turn.ending.message}>" if turn.ending.message else "stopped"
            stopped = f"{by} {after}" if turn.run and after else by
            return [f":octagonal_sign: {name}", stopped, None if turn.run else "not started"]
        case EndingKind.WITHDRAWN:
            going_on = f"the run goes on at Parallel{billed(telling)}"
            what = f"was deleted; {going_on}" if turn.run else "was withdrawn; no run was started"
            return [f":wastebasket: {name}", f"the question {what}"]
        case EndingKind.REFUSED if turn.run:
            return [f":x: {name}", "Parallel didn't return its result", after]
        case kind:
            return [f":x: {name}", _IN_SHORT[kind], after]


_IN_SHORT = {
    EndingKind.HELPED: "not started",
    EndingKind.UNKNOWN_PROCESSOR: "not started",
    EndingKind.TOLD: "not started",
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


def answer_parts(telling: Telling, answer: Answer) -> list[Part]:
    """Put an answer into messages, with its sources, its foot, and who wanted to be told.

    Up to three messages; a longer one becomes a summary and two files, for people and programs.

    Args:
        telling: the turn it answers.
        answer: untrusted: nothing in it may ping, hide a link's target or break Slack's limits.
    """
    content = written(answer)
    may = cited(answer, content)
    beneath = [*warnings_block(answer), *foot(telling)]
    ours = below(answer, may)
    is_report = len(content) > MOST_MESSAGES * limits.PART_TEXT
    room = room_above([*ours.blocks, *beneath])
    pieces = [] if is_report else fitting_pieces(content, may, room)
    report: list[Part] = []
    if not 0 < len(pieces) <= MOST_MESSAGES:
        report = report_parts(telling, answer)
        ours = below(answer, may, report_note(content, may))
        room = room_above([*ours.blocks, *beneath])
        pieces = fitting_pieces(summarized(content), may, room)
    rooms = [*[limits.PART_JSON] * (len(pieces) - 1), room]
    parts = [answer_part(n, p, may, r) for n, (p, r) in enumerate(zip(pieces, rooms, strict=True))]
    listed = sources_markdown(answer, may)
    parts[-1] = ended_with(parts[-1], ours.words, [*ours.blocks, *beneath], listed)
    parts[0] = named(_calling(parts[0], mentioned(telling)), telling.turn)
    return parts + report


def report_parts(telling: Telling, answer: Answer) -> list[Part]:
    """Put the whole of an answer into files: the report, and what it rests on."""
    return [_report(telling, answer), _basis(telling, answer)]


def in_channel(parts: list[Part]) -> list[Part]:
    """Show the first message of an answer in the channel, too, where Slack lets us."""
    first, *others = parts
    return [replace(first, forms=(replace(first.best, broadcast=True), *first.forms)), *others]


def instead_of_report(telling: Telling, answer: Answer) -> list[Part]:
    """Put the report into messages, where Slack took no file; else nothing."""
    if not telling.turn.forms.get("report"):
        return []
    content = written(answer)
    may = cited(answer, content)
    pieces = fitting_pieces(content[:INSTEAD_TEXT], may, limits.PART_JSON)
    left = sum(map(len, pieces[MOST_INSTEAD:])) + len(content[INSTEAD_TEXT:])
    pieces = pieces[:MOST_INSTEAD]
    said = ""
    if left:
        said = (
            f"The report has about {left:,} more characters, too many for a thread, and I can't "
            f"upload files here. Parallel keeps all of it.\n{details(telling.turn)}"
        )
    ours = below(answer, may, said)
    room = room_above(ours.blocks)
    parts = [answer_part(100 + n, piece, may, room) for n, piece in enumerate(pieces)]
    parts[-1] = ended_with(parts[-1], ours.words, ours.blocks)
    return parts


def remembered(answer: Answer) -> str:
    """Return the answer as it came, to restate it if its chain should break."""
    return answer.content if isinstance(answer.content, str) else written(answer)


def room_above(blocks: Blocks) -> int:
    """Return how many characters of JSON may stand in a message above blocks."""
    return limits.PART_JSON - limits.json_length(blocks)


def fitting_pieces(content: str, may: Cited, last: int) -> list[str]:
    """Split an answer into pieces that each fit a message, the last one into `last` characters.

    Both are counted as JSON, where a line feed, a quote or a backslash is two characters. Pieces
    with citation marks to be linked have about as much room left each, if that takes no more.
    """
    fewest = max(1, math.ceil(len(content) / limits.PART_TEXT))
    even = (len(content) + limits.PART_JSON - last) // fewest + A_PARAGRAPH
    if may.listed and 1 < fewest <= MOST_MESSAGES and even < limits.PART_TEXT:
        pieces = _pieces(content, may, last, even)
        if len(pieces) <= fewest and sum(map(len, pieces)) > (fewest - 1) * limits.PART_TEXT:
            return pieces
    return _pieces(content, may, last, limits.PART_TEXT)


def _pieces(content: str, may: Cited, last: int, limit: int) -> list[str]:
    pieces = [
        part
        for piece in markdown.split(content, limit, cited=may)
        for part in _fitting(piece, limits.PART_JSON, may)
    ]
    return [*pieces[:-1], *_fitting(pieces[-1], last, may)] if pieces else ["…"]


def _fitting(piece: str, room: int, may: Cited) -> list[str]:
    """Split a piece so that each part fits into `room` characters of JSON."""
    size = limits.json_length([{"type": "markdown", "text": piece}])
    if size <= room:
        return [piece]
    limit = max(markdown.SMALLEST, len(piece) * room // size - 1)
    parts = markdown.split(piece, limit, cited=may)
    if len(parts) == 1:  # all of it is the smallest there is
        return parts
    return [part for smaller in parts for part in _fitting(smaller, room, may)]


def summarized(content: str) -> str:
    """Return the gist of a report; untrusted, like the report."""
    return markdown.summary(content[:SUMMARIZED], SUMMARY)


def report_note(content: str, may: Cited) -> str:
    """Say where the rest of a report is, and what else is there."""
    own_list = may.references is References.OWN
    listed = ", with references" if own_list else ""
    return f"_Full report ({len(content):,} characters{listed}) attached below._"


def _report(telling: Telling, answer: Answer) -> Part:
    question = telling.turn.question.text
    return report_file(question, report_markdown(question, answer))


def report_file(question: str, content: str) -> Part:
    """Return the file that holds the whole of an answer; `content` is safe Markdown."""
    upload = Upload(
        name="report.md",
        title=cut(question, 80) or "Report",
        content=content,
        comment="Full report",
    )
    refused = line("I can't upload files here, so here is the full report as messages.")
    return Part("report", (upload, refused))


def _basis(telling: Telling, answer: Answer) -> Part:
    turn = telling.turn
    upload = Upload(
        name="evidence.json",
        title="Sources and evidence (JSON)",
        content=basis_json(turn.question.text, turn.run, telling.processor.name, answer),
        comment="Sources and evidence (JSON)",
    )
    refused = line("I can't upload the sources and evidence (JSON) here.")
    return Part("basis", (upload, refused))


def answer_part(number: int, piece: str, may: Cited, room: int = limits.PART_JSON) -> Part:
    """Put a piece of an answer into a message.

    Args:
        number: which of its messages it is, from 0.
        piece: Markdown that fits one message, `safe`.
        may: what the answer may cite.
        room: characters of JSON that it may take as a block.
    """
    text = markdown.plain(piece, TEXT, may) or markdown.mrkdwn(piece)
    upload = Upload(
        f"answer-{number + 1}.md", "Answer", as_file(piece, may), "The answer as a file"
    )
    linked = markdown.with_mark_links(piece, may, room)
    shown = Message(text, [{"type": "markdown", "text": linked}])
    return Part(f"answer:{number}", (shown, Message(text), upload))


def ended_with(part: Part, words: str, beneath: Blocks, listed: str = "") -> Part:
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
    return replace(part, forms=tuple(map(ended, part.forms)), edited=short)


def _calling(part: Part, callers: str) -> Part:
    """Put a mention of those who wanted one before a part of an answer."""
    if not callers:
        return part
    words = f"{callers} your answer is ready:"
    return above(part, words, {"type": "section", "text": mrkdwn(words)})
