"""What the status says while a run goes on, at every moment of it; and how events add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import lifecycle
from bot.domain.processors import HOUR, MINUTE, PROCESSORS
from bot.domain.research import Progress, Run, RunStatus
from bot.domain.thread import ChannelId, InteractionId, MessageTs, RunId, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, Relation, Turn, TurnKind
from bot.playground.slack.rules.message_rules import check_blocks
from bot.ports import QueuePreview
from bot.slack import action_ids
from bot.slack.messages.progress import LATEST, merged_progress, progress_status
from bot.slack.messages.status import busy_status, initial_status
from bot.slack.messages.turn_facts import TurnFacts
from tests.unit.turns import based, edited, line

STARTED = 1_700_000_000
KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1699999999.000100"))


def running(processor: str) -> Turn:
    question = Question(KEY, MessageTs("1699999999.000100"), UserId("U1"), "who?")
    turn = replace(lifecycle.received(question, STARTED - 1), processor=processor)
    run = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)
    return lifecycle.started(lifecycle.about_to_start(turn, STARTED - 1), run, STARTED)


def said(progress: Progress, after: float = 60, processor: str = "pro") -> list[str]:
    """Return the lines of the status so many seconds after the start."""
    facts = TurnFacts(running(processor), PROCESSORS[processor])
    return progress_status(facts, progress, STARTED + after).text.split("\n")


@pytest.mark.parametrize(
    ("processor", "after", "words"),
    [
        ("pro", 0, "1 s so far (usually 2–10 min)"),
        ("pro", -30, "1 s so far (usually 2–10 min)"),  # clocks of two machines
        ("pro", 42.9, "42 s so far (usually 2–10 min)"),
        ("pro", 119, "1 min 59 s so far (usually 2–10 min)"),
        ("pro", 4 * MINUTE + 59, "4 min so far (usually 2–10 min)"),
        ("pro", 10 * MINUTE + 59, "10 min so far (usually 2–10 min)"),
        ("pro", 11 * MINUTE, "11 min so far, longer than usual (2–10 min)"),
        ("lite", 60, "1 min so far (usually 10–60 s)"),
        ("lite", 61, "1 min 1 s so far, longer than usual (10–60 s)"),
        ("base", 101, "1 min 41 s so far (usually 15 s–2 min)"),  # as it is said, rounded up
        ("base", 121, "2 min so far (usually 15 s–2 min)"),
        ("base", 3 * MINUTE, "3 min so far, longer than usual (15 s–2 min)"),
        ("ultra8x", HOUR + 20 * MINUTE, "1 h 20 min so far (usually 5 min–2 h)"),
        ("ultra8x", 2 * HOUR, "2 h so far (usually 5 min–2 h)"),
        ("ultra8x", 3 * HOUR + 5 * MINUTE, "3 h 5 min so far, longer than usual (5 min–2 h)"),
    ],
)
def test_the_status_compares_the_time_with_the_usual_one(
    processor: str, after: float, words: str
) -> None:
    assert said(Progress(), after, processor)[1].startswith(f"{words} · updated ")


@pytest.mark.parametrize(
    ("processor", "slow_from"), [("lite-fast", 40), ("core-fast", 200), ("ultra8x", 4 * HOUR)]
)
def test_twice_the_longest_usual_time_is_slow(processor: str, slow_from: int) -> None:
    def is_slow(after: float) -> bool:
        return any("lower than usual" in each for each in said(Progress(), after, processor))

    assert not is_slow(slow_from)
    assert is_slow(slow_from + 1)
    assert is_slow(23 * HOUR)


def test_questions_behind_a_slow_run_may_be_asked_in_a_new_thread() -> None:
    facts = TurnFacts(running("lite-fast"), PROCESSORS["lite-fast"])

    def offers(after: float, *questions: Turn) -> tuple[bool, list[str]]:
        waiting = QueuePreview(questions, len(questions))
        message = progress_status(facts, Progress(), STARTED + after, waiting)
        return "builds on this answer" in message.text, new_threads(message.blocks)

    follow_up = running("core")
    assert offers(39, follow_up) == (False, [])
    assert offers(41, follow_up) == (True, [follow_up.id])
    # What continues a certain answer, or waits on for a run, makes no sense elsewhere.
    assert offers(41, based(follow_up, Relation.RERUN)) == (True, [])
    looking = replace(follow_up, question=replace(follow_up.question, start=TurnKind.RESUME))
    assert offers(41, looking) == (True, [])
    assert offers(41) == (False, [])


def new_threads(blocks: Any) -> list[str]:
    """Return the turns that buttons would ask in new threads."""
    elements = [element for block in blocks for element in block.get("elements", ())]
    return [each["value"] for each in elements if each.get("action_id") == action_ids.NEW_THREAD]


def test_the_status_has_its_update_time_in_the_readers_time_zone() -> None:
    assert said(Progress(), 240)[1].endswith(" · updated <!date^1700000240^{time}|22:17 UTC>")


def test_unknown_progress_is_not_shown() -> None:
    assert len(said(Progress())) == 2
    assert said(Progress(percent=0.0))[2:] == ["░░░░░░░░░░ 0%"]
    assert said(Progress(considered=0, read=0))[2:] == []
    assert said(Progress(considered=1_234))[2:] == ["Sources: 1,234 considered"]
    assert said(Progress(read=7))[2:] == ["Sources: 7 read"]
    assert said(Progress(message=" \n\u202e "))[2:] == []


@pytest.mark.parametrize(
    ("percent", "bar"),
    [
        (9.99, "░░░░░░░░░░ 9%"),
        (10, "▓░░░░░░░░░ 10%"),
        (40, "▓▓▓▓░░░░░░ 40%"),
        (99.9, "▓▓▓▓▓▓▓▓▓░ 99%"),
        (100, "▓▓▓▓▓▓▓▓▓▓ 100%"),
    ],
)
def test_the_bar_shows_no_more_than_the_run_reported(percent: float, bar: str) -> None:
    assert said(Progress(percent=percent))[2] == bar


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Searching the *web*\nfor **canals**", "Searching the web for canals"),
        ("<!channel> <@U1> <https://evil.example|bank>", "&lt;!channel&gt;"),
        ("see [bank.example](https://evil.example/x)", "(https://evil.example/x)"),
        ("Tom & Jerry @here", "Tom &amp; Jerry @\u2060here"),
        ("word " * 1_000, "…"),
        ("x" * 10_000, "…"),
        ("```\nnever closed", "never closed"),
    ],
)
def test_a_message_of_the_run_is_one_short_inert_line(message: str, shown: str) -> None:
    progress = Progress(message=message, percent=40, considered=120, read=34)
    *ours, latest = said(progress)
    assert ours == said(replace(progress, message=None))
    assert latest.startswith("Now: ")
    assert shown in latest
    assert len(latest) <= len("Now: ") + LATEST
    assert "<" not in latest


def test_a_run_waited_on_for_once_more_counts_from_there() -> None:
    turn = running("pro")
    turn = replace(turn, question=replace(turn.question, start=TurnKind.RESUME))
    words = progress_status(TurnFacts(turn, PROCESSORS["pro"]), Progress(), STARTED + 300).text
    assert words.startswith(":mag: Still waiting for the same run")
    assert "\nWaited another 5 min so far · updated" in words


def test_fields_missing_in_an_event_keep_their_value() -> None:
    progress = merged_progress(Progress(), Progress(message="Planning"))
    progress = merged_progress(progress, Progress(percent=40, considered=120, read=34))
    progress = merged_progress(progress, Progress(status=RunStatus.RUNNING))
    assert progress == Progress(message="Planning", percent=40, considered=120, read=34)
    progress = merged_progress(
        progress, Progress(message="Reading", percent=30, considered=3, read=35)
    )
    assert progress == Progress(message="Reading", percent=40, considered=120, read=35)


EVENTS = st.builds(
    Progress,
    message=st.none() | st.text(),
    percent=st.none() | st.floats(0, 100),
    considered=st.none() | st.integers(-1, 1_000),
    read=st.none() | st.integers(-1, 1_000),
)


@given(st.lists(EVENTS))
def test_numbers_never_go_back_and_every_message_can_be_sent(events: list[Progress]) -> None:
    steps = [Progress()]
    for event in events:
        steps.append(merged_progress(steps[-1], event))
    for earlier, later in pairwise(steps):
        for name in ("percent", "considered", "read"):
            before, after = getattr(earlier, name), getattr(later, name)
            assert before is None or after >= before
    message = said(steps[-1])
    assert len("\n".join(message)) < 1_000
    assert len(message) <= 5


def test_the_first_that_wait_are_named_in_order_and_the_others_counted() -> None:
    facts = TurnFacts(running("pro"), PROCESSORS["pro"])

    def waiting(*questions: str) -> list[str]:
        words = progress_status(facts, Progress("Plan"), STARTED + 60, line(*questions)).text
        return [each for each in words.splitlines() if each.startswith("⏳")]

    assert waiting() == []
    assert waiting("since when?") == ["⏳ Up next: 1. “since when?”"]
    assert waiting("a\nb", *"cdefg") == [
        "⏳ Up next: 1. “a b” · 2. “c” · 3. “d” · 4. “e” · 5. “f” · and 1 more"
    ]


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3), st.text(max_size=300))
def test_slack_takes_every_status(earlier: str, waiting: list[str], message: str) -> None:
    for evil in (earlier, "<!channel>&" * 20):
        turn = based(edited(running("pro")), Relation.RERUN, words=evil)
        turn = replace(turn, restated=True, without_history=True)
        progress = Progress(message + evil, 41.7, 1_204, 34)
        facts = TurnFacts(turn, PROCESSORS["pro"])
        for said in (
            initial_status(facts).best,
            busy_status(facts),
            progress_status(
                facts, progress, STARTED + 60, line(*waiting, evil, evil, number=1_000)
            ),
        ):
            assert 0 < len(said.text) < 4_000
            check_blocks(said.blocks)
            assert "<!channel>" not in said.text
