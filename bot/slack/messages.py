"""What the bot says in threads while all is well: status, answer, receipt. Pure.

Each utterance is a function from what happened to a `Part`: a message with its simpler forms, for
when Slack refuses the better one. When it went wrong: `sorry`. Processors and choices: `picker`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Answer, EndingKind, Start, Turn
from bot.ports import Blocks, Message, Upload
from bot.processors import PROCESSORS, Processor
from bot.slack import actions, limits, markdown
from bot.slack.blockkit import clock, cut, duration, forms, line, mrkdwn, option, plain_text
from bot.slack.sources import confidence, sources_markdown

STATUS = "status"
MOST_MESSAGES = 3  # of one answer; a longer one goes into a file
MOST_INSTEAD = 30  # messages that a report may take where no file can be shared
SUMMARY = 6_000  # characters of a report that stand in the thread
SUMMARIZED = 200_000  # characters of a report that are read for it
TEXT = 39_000  # characters; Slack cuts a message's text at 40,000


@dataclass(frozen=True, slots=True)
class Telling:
    """What there is to tell of: a turn, and the processor it runs on."""

    turn: Turn
    processor: Processor


def telling(turn: Turn, default_processor: str) -> Telling:
    """Tell of a turn; a processor that this release does not know counts as the default one."""
    chosen = PROCESSORS.get(turn.processor or "")
    return Telling(turn, chosen or PROCESSORS[default_processor])


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a turn, under the name it is recorded by, in its forms, best first."""

    name: str
    forms: tuple[Message | Upload, ...]

    @property
    def best(self) -> Message:
        """Return the best form of a part that is a message."""
        form = self.forms[0]
        assert isinstance(form, Message)
        return form


# --- while it goes on -------------------------------------------------------------------


def status(telling: Telling) -> Part:
    """Say that the research goes on: processor, price, usual time."""
    words = headline(telling)
    if telling.turn.question.start is not Start.LOOK_AGAIN:
        words += f" · usually {telling.processor.usual_time}"
    return Part(STATUS, forms("\n".join((words, *notes(telling.turn)))))


def headline(telling: Telling) -> str:
    """Say what is going on, on which processor and at what price."""
    turn, processor = telling.turn, telling.processor
    if turn.question.start is Start.LOOK_AGAIN:
        return f":mag: Waiting on for the same run · *{processor.name}* · nothing more to pay"
    return f":mag: Researching · *{processor.name}* · {processor.price_words}"


def busy(telling: Telling) -> Message:
    """Say that Parallel cannot take the run yet."""
    since = clock(telling.turn.busy_since or telling.turn.received, "a while ago")
    return line(
        f":hourglass: Parallel is busy. I have been trying again since {since} and go on: "
        f"your question is kept, you need not ask again. *{telling.processor.name}* · "
        f"{telling.processor.price_words}"
    )


def receipt(telling: Telling) -> Message:
    """Say in one line what it took; it replaces the status."""
    turn, processor = telling.turn, telling.processor
    assert turn.ending
    took = duration(turn.ending.at - turn.started_at) if turn.started_at else None
    if turn.ending.kind is EndingKind.ANSWERED:
        number = turn.sources
        counted = None if number is None else "1 source" if number == 1 else f"{number} sources"
        price = (
            "nothing more to pay"
            if turn.question.start is Start.LOOK_AGAIN
            else processor.price_words
        )
        facts = [f":white_check_mark: *{processor.name}*", took, price, counted]
    else:
        facts = [f":x: *{processor.name}*", _IN_SHORT[turn.ending.kind], took and f"after {took}"]
    return line(" · ".join([*filter(None, facts), *notes(turn)]))


_IN_SHORT = {
    EndingKind.ANSWERED: "answered",
    EndingKind.HELPED: "nothing started",
    EndingKind.UNKNOWN_PROCESSOR: "nothing started",
    EndingKind.TOO_LONG: "nothing started",
    EndingKind.REFUSED: "not started",
    EndingKind.BUSY: "not started",
    EndingKind.UNCERTAIN: "may not have started",
    EndingKind.FAILED: "the run failed",
    EndingKind.CANCELLED: "the run was cancelled",
    EndingKind.TOO_LATE: "no longer waited for",
    EndingKind.BROKEN: "stopped by an error",
}


def notes(turn: Turn) -> Iterator[str]:
    """Say what else the reader must know of how the question was asked."""
    if turn.restated:
        yield (
            "Parallel could not continue the earlier research, so this is a fresh run with the "
            "earlier questions and answers restated"
        )
    if turn.alone:
        yield (
            "I am not allowed to read the earlier messages here, so I asked the question alone "
            "(an admin can grant the history permissions in the app's settings)"
        )


# --- the answer -------------------------------------------------------------------------


def answer_parts(telling: Telling, answer: Answer, next_processor: Processor) -> list[Part]:
    """Put an answer into messages, with its sources, its confidence and the follow-up menu.

    Up to three messages; a longer one becomes a summary and a Markdown file.

    Args:
        telling: the turn it answers.
        answer: untrusted: nothing in it may ping, hide a link's target or break Slack's limits.
        next_processor: what follow-ups in this thread use now.
    """
    pieces = [] if _is_report(answer) else _pieces(answer)
    report: list[Part] = []
    if not 0 < len(pieces) <= MOST_MESSAGES:
        report = [_report(telling, answer)]
        pieces = _summary(answer)
    foot = _foot(answer, next_processor)
    last = len(pieces) - 1
    parts = [
        _answer_part(number, piece, foot if number == last else [])
        for number, piece in enumerate(pieces)
    ]
    return parts + report


def instead_of_report(telling: Telling, answer: Answer) -> list[Part]:
    """Put the report into messages, where Slack took no file; else nothing."""
    if not telling.turn.forms.get("report"):
        return []
    pieces = _pieces(answer)
    if left := sum(map(len, pieces[MOST_INSTEAD:])):
        pieces[MOST_INSTEAD - 1] += (
            f"\n\n---\nThe report goes on for about {left:,} more characters: too many for a "
            "thread, and Slack takes no file from me. Parallel keeps all of it as run "
            f"`{telling.turn.run}`."
        )
    return [_answer_part(100 + n, piece, []) for n, piece in enumerate(pieces[:MOST_INSTEAD])]


def remembered(answer: Answer) -> str:
    """Return the answer as it came, to restate it if its chain should break."""
    return answer.content if isinstance(answer.content, str) else _content(answer)


def _content(answer: Answer) -> str:
    if isinstance(answer.content, str):
        content = answer.content.strip()
        # "1956." alone is an empty list item in Markdown, and would be shown as a lone bullet.
        content = re.sub(r"\A(\d+)([.)])\Z", r"\1\\\2", content)
        return content or "_The run completed, but its answer is empty._"
    return markdown.json_as_markdown(dict(answer.content))


def _is_report(answer: Answer) -> bool:
    """Whether it is too long for the thread, told without reading megabytes of it."""
    return len(_content(answer)) > MOST_MESSAGES * limits.PART_TEXT


def _pieces(answer: Answer) -> list[str]:
    # Made safe first, which closes a code fence left open: it would swallow the sources.
    return markdown.split(_with_sources(markdown.safe(_content(answer)), answer))


def _summary(answer: Answer) -> list[str]:
    """Return the messages that stand for a report in the thread: its gist, its first sources."""
    content = _content(answer)
    gist = markdown.summary(content[:SUMMARIZED], SUMMARY)
    note = f"_The full report ({len(content):,} characters) is in the file below._"
    return markdown.split(_with_sources(f"{gist}\n\n{note}", answer, most=10))


def _with_sources(content: str, answer: Answer, most: int | None = None) -> str:
    return "\n\n".join(filter(None, (content, sources_markdown(answer, most))))


def _report(telling: Telling, answer: Answer) -> Part:
    content = _with_sources(_content(answer), answer)
    question = telling.turn.question.text
    upload = Upload(
        name="report.md",
        title=cut(question, 80) or "Report",
        content=f"# {cut(question, 300)}\n\n{content}\n",
        comment="The full report",
    )
    refused = line("Slack does not take files here, so the full report follows as messages.")
    return Part("report", (upload, refused))


def _answer_part(number: int, piece: str, foot: Blocks) -> Part:
    safe = markdown.safe(piece)
    text = markdown.plain(piece, TEXT) or markdown.mrkdwn(piece)
    blocks: Blocks = [{"type": "markdown", "text": safe}, *foot]
    name = f"answer:{number}"
    return Part(
        name,
        (
            Message(text, blocks),
            Message(text),
            Upload(
                f"answer-{number + 1}.md", "Answer", _as_written(piece), "The answer, as a file"
            ),
        ),
    )


def _as_written(piece: str) -> str:
    """Take back the escaping that only Slack's messages need."""
    return piece.replace("&lt;", "<").replace("&gt;", ">")


def _foot(answer: Answer, next_processor: Processor) -> Blocks:
    options = [
        option(f"{p.name} · {p.price_words} · {p.usual_time}", p.name) for p in PROCESSORS.values()
    ]
    options.append(option("as chosen for me or the channel", actions.INHERIT))
    menu = {
        "type": "actions",
        "elements": [
            {
                "type": "static_select",
                "action_id": actions.FOLLOW_UPS,
                "placeholder": plain_text(f"Follow-ups use: {next_processor.name}"),
                "options": options,
            }
        ],
    }
    said = confidence(answer)
    if said is None:
        return [menu]
    return [{"type": "context", "elements": [mrkdwn(f"Confidence: {said}")]}, menu]
