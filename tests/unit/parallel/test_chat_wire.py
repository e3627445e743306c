"""The Chat API's JSON: whatever is cut, placed or garbled, the text is whole or the answer lost."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.research import ChatChunk, FieldBasis, RunRequest
from bot.domain.thread import InteractionId
from bot.domain.unicode import join_surrogates
from bot.errors import AnswerLost
from bot.parallel.chat_wire import AnswerReader, request_body
from bot.playground.task_api import contract

HALF = "\ufffd"


def event(text: Any = None, **more: Any) -> str:
    """One event's data with this text; halves of characters become escapes."""
    return json.dumps({"choices": [{"index": 0, "delta": {"content": text}}], **more})


def read(*events: str) -> tuple[list[ChatChunk], str]:
    """What comes of a whole stream: its chunks, and its text."""
    reader = AnswerReader()
    chunks = [reader.event("", data) for data in events]
    return chunks, "".join(chunk.text for chunk in chunks) + reader.remaining()


# --- out --------------------------------------------------------------------------------


@pytest.mark.parametrize("previous", [None, InteractionId("inter_1")])
def test_a_request_keeps_to_the_contract(previous: InteractionId | None) -> None:
    body = request_body(RunRequest("Who owns it? 😀", "speed", previous, {"turn": "T:C:1"}))
    contract.check("ChatCompletionRequest", body)
    system, user = body.pop("messages")
    assert user == {"role": "user", "content": "Who owns it? 😀"}
    assert system["role"] == "system"
    assert len(system["content"]) < 1_000
    chain = {"previous_interaction_id": previous} if previous else {}
    assert body == {"model": "speed", "stream": True, **chain}


# --- text -------------------------------------------------------------------------------

#: Text as JSON can say it, also with halves of characters.
_UNITS = st.lists(
    st.sampled_from(["\ud83d", "\ude00", "\ud800", "\udfff", "a", " ", "\n", "é", "\u2028", "\0"])
    | st.characters()
)


@given(st.text(), st.lists(st.integers(0, 60)))
def test_a_text_in_any_pieces_comes_out_whole(text: str, cuts: list[int]) -> None:
    units = text.encode("utf-16-le")  # two bytes each: a cut may go through a character
    places = sorted({0, *(2 * cut for cut in cuts if 2 * cut < len(units)), len(units)})
    pieces = [
        units[start:end].decode("utf-16-le", "surrogatepass") for start, end in pairwise(places)
    ]
    chunks, whole = read(*map(event, pieces))
    assert whole == text
    for chunk in chunks:
        chunk.text.encode()


@given(st.lists(_UNITS.map("".join)))
def test_lone_surrogates_are_replaced_wherever_a_stream_is_cut(pieces: list[str]) -> None:
    chunks, whole = read(*map(event, pieces))
    assert whole == join_surrogates("".join(pieces))
    for chunk in chunks:
        chunk.text.encode()


@given(st.lists(_UNITS.map("".join)))
def test_a_whole_answer_is_the_same_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    reader = AnswerReader()
    assert reader.answer(event(text)).text == join_surrogates(text)
    assert reader.is_finished


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ({"delta": {"content": "a"}}, "a"),
        ({"message": {"content": "a"}}, "a"),
        ({"message": {"content": "a"}, "delta": {"content": "b"}}, "a"),
        ({"message": {"content": None}, "delta": {"content": "b"}}, "b"),
        ({"message": {}, "delta": {"content": "b"}}, "b"),
        ({"message": "a", "delta": {"content": "b"}}, "b"),
        ({"index": 0, "delta": {"content": "a"}}, "a"),
        ({"index": 1, "delta": {"content": "a"}}, ""),
        ({"delta": {"content": None}}, ""),
        ({"delta": {"role": "assistant"}}, ""),
        ({"delta": None}, ""),
        ({"text": "a"}, ""),
        ({}, ""),
    ],
)
def test_the_text_is_that_of_the_message_else_of_the_delta(choice: Any, text: str) -> None:
    assert read(json.dumps({"choices": [choice]}))[1] == text


@pytest.mark.parametrize("name", ["message", "delta"])
@pytest.mark.parametrize("content", [["a"], {"text": "a"}, 7, True, [], {}, 0, False])
def test_content_that_is_no_text_is_a_lost_answer(name: str, content: Any) -> None:
    with pytest.raises(AnswerLost, match=f"'{name}.content' is no text"):
        read(json.dumps({"choices": [{name: {"content": content}}]}))


# --- the id and the basis ---------------------------------------------------------------

_IDS = st.lists(st.sampled_from([None, "", "i1", "i2", 7, ["i3"]]), min_size=1, max_size=6)
_BASIS = {"field": "output", "reasoning": "x", "citations": []}


@given(_IDS, st.booleans())
def test_an_id_is_read_from_whichever_chunk_has_it(ids: list[Any], alone: bool) -> None:
    more: dict[str, Any] = {"choices": []} if alone else {}
    events = [event("a"), *(event("b", interaction_id=each, **more) for each in ids)]
    chunks, text = read(*events)
    named = [chunk.interaction for chunk in chunks if chunk.interaction]
    assert named == [each for each in ids if each in ("i1", "i2")]
    assert text == "a" + "b" * (0 if alone else len(ids))


@given(st.lists(st.sampled_from([None, [], [_BASIS], "no", {"field": "x"}]), max_size=6))
def test_a_basis_is_read_from_whichever_chunk_has_it(bases: list[Any]) -> None:
    chunks, _ = read(*(event("a", basis=basis) for basis in bases))
    expected = [(FieldBasis("output", "x"),) if basis == [_BASIS] else () for basis in bases]
    assert [chunk.basis for chunk in chunks] == expected


@pytest.mark.parametrize(
    ("reason", "finished"), [(None, False), ("", False), ("stop", True), ("length", True)]
)
def test_a_finish_reason_is_remembered(reason: str | None, finished: bool) -> None:
    reader = AnswerReader()
    choice = {"delta": {"content": "a"}, "finish_reason": reason}
    reader.event("", json.dumps({"choices": [choice]}))
    reader.event("", event("b"))
    assert reader.is_finished is finished


# --- whatever comes ---------------------------------------------------------------------

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_JSON: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_CHOICES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "index": _JSON,
            "finish_reason": _JSON,
            "delta": _JSON | st.fixed_dictionaries({"content": _JSON}),
            "message": _JSON | st.fixed_dictionaries({"content": _JSON}),
        },
    )
    | _JSON,
    max_size=3,
)
_CITATIONS = st.fixed_dictionaries({}, optional={"url": _JSON, "title": _JSON, "excerpts": _JSON})
_BASES = st.lists(
    st.fixed_dictionaries({}, optional={"field": _JSON, "citations": st.lists(_CITATIONS | _JSON)})
    | _JSON
)
_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "choices": _CHOICES | _JSON,
        "interaction_id": _JSON,
        "basis": _BASES | _JSON,
        "error": _JSON | st.fixed_dictionaries({"message": _JSON, "detail": _JSON}),
        "type": st.sampled_from(["error", "chat.completion.chunk"]),
    },
)


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists((_EVENTS | _JSON).map(json.dumps), max_size=4), st.sampled_from(["", "error", "x"]))
def test_any_json_is_read_or_a_lost_answer(events: list[str], name: str) -> None:
    reader = AnswerReader()
    with suppress(AnswerLost):
        for data in events:
            chunk = reader.event(name, data)
            (chunk.text + (chunk.interaction or "")).encode()  # there are no halves in it
    reader.remaining().encode()
    for data in events:
        with suppress(AnswerLost):
            AnswerReader().answer(data).text.encode()


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")), st.text())
def test_any_text_is_read_or_a_lost_answer(data: str, name: str) -> None:
    with suppress(AnswerLost):
        AnswerReader().event(name, data)
    with suppress(AnswerLost):
        AnswerReader().answer(data)


@pytest.mark.parametrize(
    "data",
    ["", "<html>", "{", "[]", "7", "null", '"x"', "[" * 100_000, '{"a":' * 100_000, "9" * 5_000],
)
def test_a_chunk_that_is_no_json_object_is_a_lost_answer(data: str) -> None:
    with pytest.raises(AnswerLost, match="no JSON"):
        AnswerReader().event("", data)


@pytest.mark.parametrize("choices", [7, True, 0.5])
def test_choices_of_another_kind_are_none_or_a_lost_answer(choices: Any) -> None:
    with suppress(AnswerLost):
        assert AnswerReader().event("", json.dumps({"choices": choices})) == ChatChunk()


@pytest.mark.parametrize(
    "outer",
    ['{"basis": %s}', '{"interaction_id": "i", "basis": [%s]}', '{"error": {"detail": %s}}'],
)
def test_deep_json_is_read_or_a_lost_answer(outer: str) -> None:
    with suppress(AnswerLost):
        AnswerReader().event("", outer % ("[" * 600 + "]" * 600))


# --- time -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("nothing_is_collected")
@pytest.mark.parametrize("unit", ["word ", "😀", "\ud83d", "é"])
@pytest.mark.parametrize("at_once", [1, 10_000_000])
def test_time_grows_with_the_length_only(unit: str, at_once: int) -> None:
    """Of many chunks and of one long one: four times as much takes about four times as long."""

    def seconds(number: int) -> float:
        each = min(at_once, number)
        events = [event(unit * each)] * (number // each)
        begun = time.process_time()
        read(*events)
        return time.process_time() - begun

    number = 10_000 if at_once == 1 else 300_000
    seconds(number // 10)
    quarter = min(seconds(number), seconds(number))
    # Twice: something else may have held the processor up.
    assert min(seconds(4 * number), seconds(4 * number)) < 8 * quarter + 0.1
