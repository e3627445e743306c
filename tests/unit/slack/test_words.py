"""Everything the bot says, in one book, to be proof-read from top to bottom.

A chapter is a function that yields titles and what is said, and one line in BOOK. After a change
of wording: `pytest tests/unit/slack/test_words.py --snapshot-update`, then read the snapshot.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from syrupy.assertion import SnapshotAssertion

from bot.domain.processors import PROCESSORS
from bot.domain.turn import EndingKind, TurnKind
from bot.playground.slack.rules.message_rules import check_blocks, check_view, shown_texts
from bot.ports import Message, Upload
from bot.slack import limits
from bot.slack.limits import EDITED_TEXT
from bot.slack.messages import answer as messages
from bot.slack.messages.failures import failure_message
from bot.slack.messages.status import final_status
from bot.slack.messages.turn_facts import facts_of
from tests.unit.slack import phrases_for_admins as admins
from tests.unit.slack import phrases_in_threads as threads
from tests.unit.slack import phrases_in_views as views
from tests.unit.slack import phrases_of_evidence as sources
from tests.unit.slack import phrases_of_money as money
from tests.unit.slack import phrases_to_one_person as one
from tests.unit.slack.phrasebook import Chapter, shown, written
from tests.unit.turns import ANSWER, PRO, asked, over, running

#: In the order in which a person meets it.
BOOK: list[tuple[str, Chapter]] = [
    ("Help", threads.help_),
    ("Status", threads.status),
    ("Progress", threads.progress),
    ("Stopping", threads.stopping),
    ("Answers", threads.answers),
    ("Quick answers", threads.quick_answers),
    ("Links checked, and reports", sources.reports),
    ("Sources & evidence", sources.modals),
    ("Receipts", threads.receipts),
    ("No answer", threads.endings),
    ("Prices, budgets, processors on offer", money.money),
    ("Receipts with budgets", money.receipts_with_budgets),
    ("The thread", threads.notes),
    ("Whispers", one.ephemerals),
    ("Processors", one.picked),
    ("Processors on offer, and channel defaults", money.money_to_one_person),
    ("Admins", admins.administered),
    ("Forms", views.asked_for),
    ("Home", views.at_home),
]
SAID = {f"{name}: {title}": said for name, chapter in BOOK for title, said in chapter()}


def test_all_that_is_said(snapshot: SnapshotAssertion) -> None:
    assert written(BOOK) == snapshot


@pytest.mark.parametrize("page", SAID)
def test_slack_accepts_every_message_and_view(page: str) -> None:
    match SAID[page]:
        case Message(text=text, blocks=blocks):
            longest = 39_999 if page.startswith(("Answers", "Links")) else EDITED_TEXT
            assert 0 < len(text) <= longest
            check_blocks(blocks or [])
        case dict() as view:
            check_view(view, "modal", "home")
        case Upload(content=content):
            assert content
        case str():
            pass


@pytest.mark.parametrize("page", SAID)
def test_models_of_slack_sdk_take_it_and_write_the_same(page: str) -> None:
    match SAID[page]:
        case Message(blocks=blocks):
            for block in blocks or []:
                parsed = Block.parse(deepcopy(block))
                assert parsed
                assert parsed.to_dict() == block
        case dict() as view:
            assert View(**deepcopy(view)).to_dict() == view


@pytest.mark.parametrize("page", SAID)
def test_blocks_are_small_enough_as_text_and_as_json(page: str) -> None:
    said = SAID[page]
    if isinstance(said, Message):
        as_json = json.dumps(said.blocks or [], ensure_ascii=False, separators=(",", ":"))
        assert sum(map(len, shown_texts(said.blocks or []))) <= len(as_json) <= limits.BLOCKS
        assert len(as_json) == limits.json_length(said.blocks)


@pytest.mark.parametrize("page", SAID)
def test_text_and_blocks_say_the_same(page: str) -> None:
    said = SAID[page]
    if isinstance(said, Message):
        for block in said.blocks or []:
            if block["type"] == "section":
                assert block["text"]["text"] in said.text


def test_every_ending_has_words() -> None:
    for kind in set(EndingKind):
        for turn in (asked(start=TurnKind.NOTHING_TO_STOP), running()):
            if kind is not EndingKind.NOTICE or turn.run is None:
                assert failure_message(over(turn, kind)).best.text
            assert final_status(over(turn, kind)).text


def test_nothing_is_revealed_of_a_question() -> None:
    with pytest.raises(ValueError, match="a turn for a question"):
        failure_message(over(asked(), EndingKind.NOTICE))


def test_nothing_from_outside_pings_or_hides() -> None:
    evil = "<!channel> <https://evil.example|bank>"
    failed = over(running(), EndingKind.FAILED, message=evil)
    asleep = over(asked(evil, TurnKind.DORMANT), EndingKind.NOTICE)
    answer = messages.answer_parts(failed, ANSWER)[0].best
    for said in (failure_message(failed).best, failure_message(asleep).best, answer):
        assert "<!channel>" not in shown(said) + said.text
        assert "<https://evil" not in shown(said) + said.text


def test_a_turn_on_a_removed_processor_still_has_its_messages() -> None:
    gone = replace(asked(), processor="gone")
    assert facts_of(gone, "lite").processor is PROCESSORS["lite"]
    assert facts_of(asked(), "lite").processor is PRO
