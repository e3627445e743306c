"""What a run is asked."""

from dataclasses import replace

from bot.domain import prompt
from bot.domain.thread import (
    ChannelId,
    EarlierMessage,
    Exchange,
    InteractionId,
    MessageTs,
    TeamId,
    Thread,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Question, Turn

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))


def turn(text: str = "is this true?") -> Turn:
    question = Question(KEY, MessageTs("1700000009.000100"), UserId("U1"), text)
    return Turn(TurnId("T1:C1:1700000009.000100"), question, 1.0, processor="core-fast")


def test_a_follow_up_is_only_the_question_and_the_chain() -> None:
    thread = Thread(KEY, InteractionId("trun_1"), (Exchange("who?", "Ada."),))
    request = prompt.follow_up_request(turn("and when?"), thread)
    assert request.input == "and when?"
    assert request.previous == "trun_1"
    assert request.processor == "core-fast"


def test_a_refused_chain_is_restated_in_words() -> None:
    thread = Thread(KEY, InteractionId("trun_1"), (Exchange("who?", "Ada."),))
    request = prompt.follow_up_request(replace(turn("and when?"), restated=True), thread)
    assert request.previous is None
    assert request.input.startswith("and when?")
    assert "Question: who?\nAnswer: Ada." in request.input


def test_restating_keeps_the_latest_exchanges_and_fits() -> None:
    history = tuple(Exchange(f"question {n}", "long " * 900) for n in range(8))
    text = prompt.with_exchanges("and now?", history)
    assert len(text) <= prompt.LONGEST_INPUT
    assert "question 7" in text
    assert "question 0" not in text
    assert text.index("question 6") < text.index("question 7")


def test_earlier_messages_are_quoted_below_the_question() -> None:
    said = [
        EarlierMessage("Person 1", "The canal is\nowned by France"),
        EarlierMessage("Person 2", "no!"),
    ]
    request = prompt.request_with_context(turn(), said)
    assert request.input.startswith("is this true?")
    assert "> Person 1: The canal is owned by France\n> Person 2: no!" in request.input
    assert request.previous is None


def test_the_latest_of_many_earlier_messages_are_sent() -> None:
    said = [EarlierMessage("Person 1", f"message {n} " + "x" * 500) for n in range(40)]
    request = prompt.request_with_context(turn(), said)
    quoted = request.input.split("instructions:\n")[1]
    assert len(quoted) <= prompt.LONGEST_CONTEXT
    assert "message 39 " in quoted
    assert "message 19 " not in quoted


def test_a_question_of_full_length_leaves_no_room_and_is_kept_whole() -> None:
    text = "q" * prompt.LONGEST_QUESTION
    assert (
        prompt.request_with_context(turn(text), [EarlierMessage("Person 1", "context")]).input
        == text
    )


def test_the_run_carries_its_turn_within_the_apis_metadata_limits() -> None:
    metadata = prompt.plain_request(turn()).metadata
    assert metadata["turn"] == "T1:C1:1700000009.000100"
    assert all(len(k) <= 16 and len(v) <= 512 for k, v in metadata.items())
