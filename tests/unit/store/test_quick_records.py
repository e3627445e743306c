"""Records of quick answers: what they keep, and that older releases leave them alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.thread import (
    ChannelId,
    Exchange,
    InteractionId,
    MessageTs,
    TeamId,
    Thread,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Question, Relation, State, Turn
from bot.store import codec
from tests.unit.turns import asked, based, over, quickly

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
KNOWN_TO_0_2 = {codec.VERSION, codec.VERSION_OF_BUTTONS}


def version_of(record: str) -> Any:
    return json.loads(record)["v"]


def again(turn: Turn) -> Turn:
    """The turn as it is read again."""
    return codec.load_turn(codec.dump_turn(turn), waited=turn.waited)


# --- turns ------------------------------------------------------------------------------


def at(state: State, turn: Turn) -> Turn:
    ending = Ending(EndingKind.ANSWERED, 4.0) if state in (State.ENDED, State.DONE) else None
    return replace(turn, state=state, ending=ending)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("link", [None, *Relation])
def test_only_a_quick_answer_that_is_done_is_read_by_older_releases(
    state: State, link: Relation | None
) -> None:
    turn = at(state, based(quickly(), link, f"{link}-1") if link else quickly())
    version = version_of(codec.dump_turn(turn))
    if state is State.DONE:
        assert version == (codec.VERSION_OF_BUTTONS if link else codec.VERSION)
    else:
        assert version == codec.VERSION_OF_CHAT
        assert version not in KNOWN_TO_0_2
    assert again(turn) == turn


@pytest.mark.parametrize("state", State)
def test_runs_are_written_down_as_before(state: State) -> None:
    turn = at(state, asked())
    assert version_of(codec.dump_turn(turn)) == codec.VERSION
    pressed = based(turn, Relation.BRANCH, "branch-1")
    assert version_of(codec.dump_turn(pressed)) == codec.VERSION_OF_BUTTONS


def test_a_question_for_a_quick_answer_is_left_alone_from_the_start() -> None:
    question = replace(asked().question, processor="speed")
    turn = replace(asked(), question=question, processor=None)
    assert version_of(codec.dump_turn(turn)) == codec.VERSION_OF_CHAT
    assert version_of(codec.dump_question(question)) == codec.VERSION_OF_CHAT
    assert codec.load_question(codec.dump_question(question)) == question


@given(
    st.text(),
    st.booleans(),
    st.sampled_from([None, InteractionId("i1")]),
    st.sampled_from([EndingKind.CUT_OFF, EndingKind.ANSWERED, EndingKind.STOPPED]),
)
def test_all_of_a_quick_answer_is_kept(
    draft: str, streams: bool, interaction: InteractionId | None, kind: EndingKind
) -> None:
    posts = {"answer:quick": None if streams else MessageTs("1700000005.000100")}
    streamed = "answer:quick" if streams else ""
    turn = replace(quickly(), draft=draft, streams=streamed, posts=posts)
    assert again(turn) == turn
    ended = replace(over(turn, kind).turn, interaction=interaction)
    assert again(ended) == ended


@pytest.mark.parametrize("name", ["draft", "streams"])
def test_fields_missing_in_older_records_get_their_defaults(name: str) -> None:
    record = json.loads(codec.dump_turn(quickly()))
    del record[name]
    read = codec.load_turn(json.dumps(record), waited=False)
    assert not getattr(read, name)
    assert read == replace(quickly(), **{name: type(getattr(read, name))()})


# --- threads ----------------------------------------------------------------------------


def thread(*chained: bool, processor: str | None = None) -> Thread:
    history = tuple(
        Exchange(f"Q{n}?", f"A{n}. 😀", TurnId(f"T1:C1:170000000{n}.000100"), chained=each)
        for n, each in enumerate(chained)
    )
    return Thread(KEY, InteractionId("i0"), history, processor=processor)


@pytest.mark.parametrize(
    ("chained", "version"),
    [
        ((), codec.VERSION),
        ((True,), codec.VERSION),
        ((False,), codec.VERSION_OF_CHAT),
        ((True, False), codec.VERSION_OF_CHAT),
        ((True, False, False), codec.VERSION_OF_CHAT),
        ((False, True), codec.VERSION),  # its chain knows by now: it was restated to it
        ((True, False, True), codec.VERSION),
    ],
)
def test_a_thread_whose_chain_lacks_its_latest_exchange_is_left_alone(
    chained: tuple[bool, ...], version: int
) -> None:
    written = codec.dump_thread(thread(*chained))
    assert version_of(written) == version
    assert codec.load_thread(KEY, written) == thread(*chained)


@pytest.mark.parametrize("processor", [None, "pro-fast"])
def test_a_thread_remembers_its_last_processor_with_sources(processor: str | None) -> None:
    kept = thread(True, processor=processor)
    assert codec.load_thread(KEY, codec.dump_thread(kept)) == kept


def test_the_exchanges_of_older_releases_are_all_chained() -> None:
    record = json.loads(codec.dump_thread(thread(True, True)))
    for exchange in record["history"]:
        del exchange["chained"]
    del record["processor"]
    assert codec.load_thread(KEY, json.dumps(record)) == thread(True, True)


@pytest.mark.parametrize("version", [0, 5, "3", None, 3.5])
def test_no_other_version_is_read(version: Any) -> None:
    for record in (codec.dump_turn(quickly()), codec.dump_thread(thread(False))):
        other = json.dumps({**json.loads(record), "v": version})
        with pytest.raises(ValueError, match="does not read"):
            codec.load_turn(other, waited=False)
        with pytest.raises(ValueError, match="does not read"):
            codec.load_thread(KEY, other)


def test_a_question_keeps_who_asked_for_which_processor() -> None:
    question = Question(KEY, KEY.ts, UserId("U1"), "who?", processor="speed", direct=True)
    assert codec.load_question(codec.dump_question(question)) == question
