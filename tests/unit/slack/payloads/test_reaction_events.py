"""What a reaction event asks for: whose, which, on what; odd bodies ask for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import confirmation, lifecycle
from bot.domain.thread import UserId
from bot.domain.turn import TurnKind
from bot.slack.payloads.reaction_events import (
    Reaction,
    parse_reaction,
    question_of,
)

ME = UserId("U0BOT")
ITEM = {"type": "message", "channel": "C1", "ts": "1700000000.000100"}
MESSAGE = {"ts": "1700000000.000100", "user": "U2BOB", "text": "France &amp; <@U0BOT> own it"}


def body(**event: Any) -> dict[str, Any]:
    event = {
        "type": "reaction_added",
        "user": "U1ADA",
        "reaction": "mag",
        "item_user": "U2BOB",
        "item": ITEM,
        "event_ts": "1700000100.000200",
    } | event
    return {"team_id": "T1", "authorizations": [{"team_id": "T1"}], "event": event}


def wanted() -> Reaction:
    found = parse_reaction(body(), "mag", ME)
    assert found
    return found


def test_a_reaction_event_names_the_message_and_the_person() -> None:
    assert (wanted().team, wanted().channel, wanted().user) == ("T1", "C1", "U1ADA")
    assert (wanted().message, wanted().at) == ("1700000000.000100", "1700000100.000200")
    assert parse_reaction(body(reaction="mag::skin-tone-3"), "mag", ME) == wanted()


@pytest.mark.parametrize(
    "event",
    [
        {"reaction": "eyes"},
        {"reaction": "mag_right"},
        {"reaction": None},
        {"user": ME},
        {"user": ""},
        {"user": None},
        {"item_user": ME},
        {"item": {"type": "file", "file": "F1"}},
        {"item": {**ITEM, "channel": None}},
        {"item": {**ITEM, "ts": "soon"}},
        {"item": []},
        {"item": None},
    ],
)
def test_other_reactions_are_ignored(event: dict[str, Any]) -> None:
    assert parse_reaction(body(**event), "mag", ME) is None


def test_reactions_are_ignored_without_the_setting() -> None:
    assert parse_reaction(body(), None, ME) is None


def test_what_is_asked_is_the_message_in_its_thread() -> None:
    reply = {**MESSAGE, "thread_ts": "1600000000.000100", "files": [{"name": "a.pdf"}]}
    question = question_of(wanted(), reply, ME)
    assert question
    assert (question.text, question.asker, question.thread.ts) == (
        "France & own it",
        "U1ADA",
        "1600000000.000100",
    )
    assert question.files == ("a.pdf",)


def test_a_message_without_words_gets_the_help_and_ours_nothing() -> None:
    question = question_of(wanted(), {**MESSAGE, "text": ""}, ME)
    assert question
    assert question.start is TurnKind.HELP
    assert question_of(wanted(), {**MESSAGE, "user": ME}, ME) is None


def test_what_is_confirmed_is_the_question_at_the_price_that_was_named() -> None:
    question = question_of(wanted(), MESSAGE, ME)
    assert question
    note = confirmation.price_note(question, "ultra")
    assert note.press != question.press
    start = confirmation.confirmed(lifecycle.received(note, 0.0), "ultra", question.message)
    assert (start.press, start.processor, start.text) == (question.press, "ultra", question.text)
