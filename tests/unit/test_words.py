"""Everything the bot says in threads, in one snapshot, to be proof-read from top to bottom.

The picker's words have theirs in `test_picker`. After a change of wording: read the snapshot, then
`pytest tests/unit/test_words.py --snapshot-update`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from syrupy.assertion import SnapshotAssertion

from bot import lifecycle
from bot.errors import Cause
from bot.model import (
    Answer,
    ChannelId,
    Citation,
    Ending,
    EndingKind,
    FieldBasis,
    InteractionId,
    MessageTs,
    Progress,
    Question,
    Run,
    RunId,
    RunStatus,
    Start,
    TeamId,
    ThreadKey,
    Turn,
    UserId,
)
from bot.ports import Message, Upload
from bot.processors import PROCESSORS
from bot.slack import messages
from bot.slack.messages import Telling
from bot.slack.progress import working
from bot.slack.sorry import sorry

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
PRO = PROCESSORS["pro-fast"]
ANSWER = Answer(
    "The canal belongs to **Egypt**.",
    (
        FieldBasis(
            "output",
            "Both say so.",
            (
                Citation("https://example.org/suez", "Suez Canal Authority"),
                Citation("https://example.com/a_(b)", "A [history] | <!channel>"),
                Citation("https://example.net/no-title"),
            ),
            "high",
        ),
    ),
)


def asked(text: str = "who owns the Suez Canal?", start: Start = Start.QUESTION) -> Turn:
    question = Question(KEY, MessageTs("1700000000.000100"), UserId("U1"), text, start=start)
    return replace(lifecycle.received(question, 1_700_000_000), processor=PRO.name)


def running() -> Turn:
    turn = lifecycle.about_to_start(asked(), 1_700_000_001)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    return lifecycle.started(turn, run, 1_700_000_002)


def over(turn: Turn, kind: EndingKind, **told: Any) -> Telling:
    return Telling(lifecycle.ended(turn, Ending(kind, 1_700_000_094.0, **told)), PRO)


def shown(said: Message | Upload) -> str:
    """Return what a reader sees: words, then what can be pressed or chosen."""
    if isinstance(said, Upload):
        return f"[file {said.name}, titled {said.title}: {said.comment}]\n{said.content}"
    lines = []
    for block in said.blocks or [{"type": "section", "text": {"text": said.text}}]:
        match block["type"]:
            case "markdown":
                lines.append(block["text"])
            case "section":
                lines.append(block["text"]["text"])
            case "context":
                lines += [element["text"] for element in block["elements"]]
            case "actions":
                for element in block["elements"]:
                    label = element.get("text") or element["placeholder"]
                    options = [o["text"]["text"] for o in element.get("options", [])]
                    lines.append(f"[{label['text']}]" + "".join(f"\n    {o}" for o in options))
    return "\n".join(lines)


def refusal(cause: Cause) -> Telling:
    return over(
        asked(), EndingKind.REFUSED, cause=cause, message="The API's words.", ref_id="ref-1"
    )


def shown_progress(look: Turn) -> list[tuple[str, Message | Upload]]:
    """Return what the status says at moments of a run."""
    told = Progress("Searching *who* owns <!channel> the canal", 41.7, 1_204, 34)
    noted = replace(running(), restated=True)
    return [
        ("progress, nothing told", working(Telling(running(), PRO), Progress(), 1_700_000_062)),
        ("progress, a message", working(Telling(running(), PRO), Progress("Plan"), 1_700_000_021)),
        ("progress, all told", working(Telling(running(), PRO), told, 1_700_000_242)),
        ("progress, over the usual time", working(Telling(running(), PRO), told, 1_700_000_732)),
        ("progress, chain refused", working(Telling(noted, PRO), told, 1_700_000_242)),
        ("progress, looking again", working(Telling(look, PRO), Progress(), 301)),
    ]


def test_all_that_is_said(snapshot: SnapshotAssertion) -> None:
    look = lifecycle.resumed(
        replace(running(), state=asked().state, question=asked(start=Start.LOOK_AGAIN).question), 1
    )
    busy = replace(asked(), busy_since=1_700_000_050.0)
    answered = over(replace(running(), sources=3), EndingKind.ANSWERED)
    endings = [
        over(asked(start=Start.HELP), EndingKind.HELPED),
        over(asked(), EndingKind.UNKNOWN_PROCESSOR, message="profast"),
        over(asked("why " * 4_000), EndingKind.TOO_LONG),
        *map(refusal, (Cause.KEY, Cause.CREDIT, Cause.PROCESSOR, Cause.INPUT, Cause.UNKNOWN_RUN)),
        over(asked(), EndingKind.BUSY),
        over(asked(), EndingKind.UNCERTAIN),
        over(running(), EndingKind.FAILED, message="It <broke> @here.", ref_id="ref-1"),
        over(running(), EndingKind.CANCELLED),
        over(running(), EndingKind.TOO_LATE),
        over(running(), EndingKind.BROKEN),
        over(asked(), EndingKind.BROKEN),
    ]
    said: list[tuple[str, Message | Upload]] = [
        ("status", messages.status(Telling(asked(), PRO)).best),
        (
            "status, chain refused",
            messages.status(Telling(replace(asked(), restated=True), PRO)).best,
        ),
        (
            "status, not allowed to read",
            messages.status(Telling(replace(asked(), alone=True), PRO)).best,
        ),
        ("status, looking again", messages.status(Telling(look, PRO)).best),
        ("status, busy", messages.busy(Telling(busy, PRO))),
        *shown_progress(look),
        ("answer", messages.answer_parts(answered, ANSWER, PRO)[0].best),
        ("answer as text", messages.answer_parts(answered, ANSWER, PRO)[0].forms[1]),
        ("answer as a file", messages.answer_parts(answered, ANSWER, PRO)[0].forms[2]),
        ("receipt", messages.receipt(answered)),
    ]
    for telling in endings:
        assert telling.turn.ending
        name = " ".join(filter(None, (telling.turn.ending.kind, telling.turn.ending.cause)))
        said.append((name, sorry(telling).best))
        said.append((f"{name}, receipt", messages.receipt(telling)))
    book = "\n\n".join(f"=== {title}\n{shown(words)}" for title, words in said)
    assert book == snapshot


def test_nothing_from_outside_pings_or_hides() -> None:
    telling = over(running(), EndingKind.FAILED, message="<!channel> <https://evil.example|bank>")
    for said in (sorry(telling).best, messages.answer_parts(telling, ANSWER, PRO)[0].best):
        assert "<!channel>" not in shown(said) + said.text
        assert "<https://evil" not in shown(said) + said.text


def test_a_report_without_end_does_not_flood_the_thread() -> None:
    telling = over(running(), EndingKind.ANSWERED)
    refused = replace(telling, turn=replace(telling.turn, forms={"report": 1}))
    long = Answer("\n\n".join(f"Paragraph {n}. {'So it is. ' * 100}" for n in range(1_000)))
    parts = messages.instead_of_report(refused, long)
    assert len(parts) == 30
    last = shown(parts[-1].best)
    assert "goes on for about 6" in last
    assert "`trun_1`" in last
    assert messages.instead_of_report(telling, long) == []
