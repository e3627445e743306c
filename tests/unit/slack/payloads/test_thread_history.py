"""Which earlier messages of a thread are context, and how their authors are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.domain.prompt import CONTEXT_MESSAGES, LONGEST_CONTEXT
from bot.domain.thread import EarlierMessage, MessageTs, TurnId
from bot.ports import Tag
from bot.slack import action_ids
from bot.slack.payloads.message_tags import metadata_of
from bot.slack.payloads.thread_history import ThreadHistory

BEFORE = MessageTs("1700000099.000000")


def message(text: str, *, user: str = "U1ADA", **fields: Any) -> dict[str, Any]:
    return {"ts": "1700000001.000000", "user": user, "text": text, **fields}


def ours(text: str, part: str, **fields: Any) -> dict[str, Any]:
    tag = Tag(TurnId("T1:C1:1"), part)
    return message(text, user="U0BOT", bot_id="B0BOT", metadata=metadata_of(tag), **fields)


def latest(*messages: dict[str, Any]) -> list[EarlierMessage]:
    history = ThreadHistory("B0BOT", BEFORE)
    for each in messages:
        history.add(each)
    return history.latest()


def test_people_are_numbered_in_the_order_of_their_first_message() -> None:
    people = [message("who?"), message("me", user="U2BOB"), message("you")]
    assert [(each.who, each.text) for each in latest(*people)] == [
        ("Person 1", "who?"),
        ("Person 2", "me"),
        ("Person 1", "you"),
    ]


def test_only_answers_of_the_bots_messages_are_context() -> None:
    found = latest(ours("Researching…", "status"), ours("It is 42.", "answer:0"))
    assert found == [EarlierMessage("Bot", "It is 42.", ())]


def test_an_answer_that_offers_to_ask_again_is_no_context() -> None:
    retry = {"type": "actions", "elements": [{"action_id": action_ids.TRY_AGAIN}]}
    assert latest(ours("That didn't work.", "answer:0", blocks=[retry])) == []


@pytest.mark.parametrize(
    "other", [message("later", ts=BEFORE), message(""), message("joined", subtype="channel_join")]
)
def test_later_messages_and_those_without_words_are_no_context(other: dict[str, Any]) -> None:
    assert latest(other) == []


def test_only_the_latest_messages_are_context() -> None:
    found = latest(*(message(str(number)) for number in range(CONTEXT_MESSAGES + 5)))
    assert [each.text for each in found] == [str(5 + number) for number in range(CONTEXT_MESSAGES)]


class Unread(list[Any]):
    """Attachments that must not be read."""

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("read in vain")


def test_of_a_long_thread_no_more_is_read_than_is_used() -> None:
    """A page of alerts with long attachments would hold the event loop up for seconds."""
    old = [message("old", attachments=Unread(), bot_id="B9") for _ in range(400)]
    empty = [message("") for _ in range(CONTEXT_MESSAGES)]
    new = [message(str(number)) for number in range(CONTEXT_MESSAGES)]
    assert [each.text for each in latest(*old, *new, *empty)] == [each["text"] for each in new]


def test_no_more_is_read_than_fits() -> None:
    """What is longer than the context is cut there; nothing before it is looked at."""
    long = "a" * (LONGEST_CONTEXT // 2)
    found = latest(*(message(f"{number}{long}") for number in range(CONTEXT_MESSAGES)))
    assert [each.text[:2] for each in found] == ["18", "19"]


@pytest.mark.parametrize("aside", ["// they pay us 90k", "aside: no", "\u200b//x", "Aside, who?"])
def test_asides_are_not_sent_anywhere(aside: str) -> None:
    assert [each.text for each in latest(message(aside), message("who?"))] == ["who?"]
