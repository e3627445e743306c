"""Quick answers in a thread's chain: what is restated of one without an id, and once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import derived, exchanges, lifecycle, naming, prompt
from bot.domain.thread import Exchange, InteractionId, Thread, UserId
from bot.domain.turn import Ending, EndingKind, Question, Relation, State
from tests.unit.domain.thread_script import ADA, KEY, ThreadScript, ts

# --- the states -------------------------------------------------------------------------


def test_a_quick_answer_goes_through_the_states_of_a_run() -> None:
    turn = lifecycle.received(Question(KEY, ts(0), ADA, "who?"), 1.0)
    turn = lifecycle.about_to_start(lifecycle.chosen(turn, "speed"), 2.0)
    turn = lifecycle.accepted(turn, 3.0)
    assert (turn.state, turn.started_at, turn.run) == (State.RUNNING, 3.0, None)
    with pytest.raises(ValueError, match="is running, not starting"):
        lifecycle.accepted(turn, 4.0)
    turn = replace(turn, draft="Egypt.", streams="answer:quick")
    turn = lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 4.0))
    assert (turn.draft, turn.streams) == (
        "Egypt.",
        "answer:quick",
    )  # until its ending has been posted
    done = lifecycle.done(turn)
    assert (done.state, done.draft, done.streams) == (State.DONE, "", "")


def test_a_quick_answer_asked_again_stays_one() -> None:
    script = ThreadScript()
    script.asks("speed")
    cut = script.gets(None, EndingKind.CUT_OFF)
    again = derived.asked_again(cut, ADA, ts(9), look=True)
    assert (again.question.processor, again.run, again.draft) == ("speed", None, "")
    assert again.question.text == "Q0?"


def test_a_message_that_slack_does_not_stream_is_none_of_a_stream() -> None:
    script = ThreadScript()
    script.asks()
    streaming = replace(script.turns[0], streams="answer:quick", posts={"answer:quick": None})
    refused = lifecycle.not_posted(streaming, "answer:quick", 0)
    assert (refused.streams, refused.posts, refused.variants) == ("", {}, {"answer:quick": 0})


# --- the chain --------------------------------------------------------------------------


def test_an_answer_without_an_id_keeps_the_chain_and_is_restated_once() -> None:
    script = ThreadScript()
    script.asks("core")
    script.gets("i0")
    request = script.asks("speed")
    assert (request.input, request.previous) == ("Q1?", "i0")
    script.gets(None)
    assert script.thread.interaction == "i0"
    assert [each.chained for each in script.thread.history] == [True, False]
    request = script.asks("core")
    assert request.previous == "i0"
    assert request.input.startswith("Q2?\n\n")
    assert request.input.endswith("Question:\n> Q1?\nAnswer:\n> A1.")
    assert "Q0" not in request.input
    script.gets("i2")
    request = script.asks("core")
    assert (request.input, request.previous) == ("Q3?", "i2")


def test_an_answer_with_an_id_is_a_link_like_any_other() -> None:
    script = ThreadScript()
    script.asks("speed")
    script.gets("i0")
    assert (script.thread.interaction, script.thread.processor) == ("i0", None)
    request = script.asks("core")
    assert (request.input, request.previous) == ("Q1?", "i0")
    script.gets("i1")
    script.asks("speed")
    script.gets("i2")
    assert (script.thread.interaction, script.thread.processor) == ("i2", "core")


def test_a_thread_without_any_id_restates_all_of_it() -> None:
    script = ThreadScript()
    for _ in range(3):
        request = script.asks("speed")
        assert request.previous is None
        script.gets(None)
    assert script.context == [[], [0], [0, 1]]
    script.asks("core")
    script.gets("i3")
    assert (script.asks("speed").input, script.context[-1]) == ("Q4?", [0, 1, 2, 3])


def test_a_refused_chain_restates_what_it_knew_and_what_it_did_not() -> None:
    history = (Exchange("Q0?", "A0."), Exchange("Q1?", "A1.", chained=False))
    thread = Thread(KEY, InteractionId("i0"), history)
    turn = lifecycle.received(Question(KEY, ts(2), ADA, "Q2?"), 1.0)
    turn = lifecycle.about_to_start(lifecycle.chosen(turn, "speed"), 2.0)
    request = prompt.follow_up_request(lifecycle.chain_refused(turn), thread)
    assert request.previous is None
    assert [request.input.count(f"A{n}.") for n in (0, 1)] == [1, 1]


@pytest.mark.parametrize(
    ("chained", "left"), [("", 0), ("y", 0), ("n", 1), ("yn", 1), ("ny", 0), ("nnynn", 2)]
)
def test_unchained_are_the_latest_that_the_chain_lacks(chained: str, left: int) -> None:
    history = [Exchange(f"Q{n}?", "", chained=mark == "y") for n, mark in enumerate(chained)]
    thread = Thread(KEY, InteractionId("i0"), tuple(history))
    question = Question(KEY, ts(9), ADA, "Q9?")
    assert list(exchanges.unchained(thread, question)) == history[len(history) - left :]


# --- about an earlier answer ------------------------------------------------------------


def test_a_branch_on_an_answer_without_an_id_continues_the_one_before() -> None:
    script = ThreadScript()
    script.asks("core")
    script.gets("i0")
    script.asks("speed")
    quick = script.gets(None)
    script.asks("core")
    script.gets("i2")
    request = script.asks("speed", base=quick)
    assert request.previous == "i0"
    assert script.context[-1] == [0, 1]


def test_the_same_question_again_sees_what_the_first_one_saw() -> None:
    script = ThreadScript()
    script.asks("core")
    script.gets("i0")
    script.asks("speed")
    script.gets(None)
    script.asks("speed")
    second = script.gets(None)
    request = script.asks("core", base=second, link=Relation.RERUN)
    assert request.previous == "i0"
    assert script.context[-1] == script.context[2] == [0, 1]


@pytest.mark.parametrize(("interaction", "previous"), [("i1", "i1"), (None, "i0")])
def test_looking_up_continues_the_quick_answer(interaction: str | None, previous: str) -> None:
    script = ThreadScript()
    script.asks("core")
    script.gets("i0")
    script.asks("speed")
    quick = script.gets(interaction)
    question = derived.looked_up(quick, "core-fast", UserId("U2"), ts(9))
    assert (question.text, question.asker, question.processor) == ("Q1?", "U2", "core-fast")
    assert question.parent
    assert (question.parent.relation, question.parent.interaction) == (Relation.BRANCH, previous)
    turn = lifecycle.chosen(lifecycle.received(question, 1.0), "core-fast")
    request = prompt.follow_up_request(turn, exchanges.before(script.thread, question))
    assert request.previous == previous
    assert ("Answer:\n> A1." in request.input) is (interaction is None)
    names = {
        naming.turn_id(derived.looked_up(quick, name, ADA, ts(9), attempt))
        for name in ("core-fast", "pro")
        for attempt in (1, 2)
    }
    assert len(names) == 4


# --- any talk ---------------------------------------------------------------------------

_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["speed", "speed", "core"]),
        st.booleans(),
        st.none() | st.integers(0, 7),
        st.sampled_from(Relation),
    ),
    min_size=1,
    max_size=exchanges.REMEMBERED_EXCHANGES,
)


@pytest.mark.slow
@settings(max_examples=300)
@given(_STEPS)
def test_every_question_sees_all_before_it_without_branches(
    steps: list[tuple[str, bool, int | None, Relation]],
) -> None:
    script = ThreadScript()
    for number, (processor, has_id, _, _) in enumerate(steps):
        script.asks(processor)
        script.gets(f"i{number}" if has_id or processor != "speed" else None)
        assert script.context[number] == list(range(number))


@pytest.mark.slow
@settings(max_examples=300)
@given(_STEPS)
def test_every_follow_up_of_the_thread_sees_all_of_the_thread(
    steps: list[tuple[str, bool, int | None, Relation]],
) -> None:
    script = ThreadScript()
    for number, (processor, has_id, on, link) in enumerate(steps):
        base = script.turns[on] if on is not None and on < number else None
        script.asks(processor, base, link)
        script.gets(f"i{number}" if has_id or processor != "speed" else None)
        if base and on is not None:
            expected = {*script.context[on], *([on] if link is Relation.BRANCH else [])}
            assert set(script.context[number]) >= expected


# --- what is wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("first_id", ["i0", None])
@pytest.mark.parametrize("kind", [EndingKind.CUT_OFF, EndingKind.STOPPED])
def test_looking_a_broken_answer_up_restates_what_its_chain_lacks(
    first_id: str | None, kind: EndingKind
) -> None:
    """It is not in the thread's history, so `before` finds nothing that was before it."""
    script = ThreadScript()
    script.asks("speed")
    script.gets(first_id)
    script.asks("speed")
    script.gets(None)
    script.asks("speed")
    question = derived.looked_up(script.gets(None, kind), "core-fast", ADA, ts(9))
    turn = lifecycle.chosen(lifecycle.received(question, 1.0), "core-fast")
    request = prompt.follow_up_request(turn, exchanges.before(script.thread, question))
    assert request.previous == first_id
    assert "Answer:\n> A1." in request.input


@pytest.mark.parametrize(
    ("link", "context"), [(Relation.RERUN, [0, 1]), (Relation.BRANCH, [0, 1, 3])]
)
def test_a_follow_up_on_a_branch_sees_what_the_branch_restated(
    link: Relation, context: list[int]
) -> None:
    script = ThreadScript()
    script.asks("core")
    script.gets("i0")
    script.asks("speed")
    quick = script.gets(None)
    script.asks("core")
    script.gets("i2")
    script.asks("speed", base=quick)
    branch = script.gets(None)
    assert script.context[-1] == [0, 1]
    script.asks("core", base=branch, link=link)
    assert script.context[-1] == context


@pytest.mark.parametrize("interaction", ["i2", None])
def test_the_same_question_again_sees_no_more_than_the_first_one_saw(
    interaction: str | None,
) -> None:
    script = ThreadScript()
    script.asks("core")
    first = script.gets("i0")
    script.asks("speed")
    script.gets(None)
    script.asks("speed", base=first)
    branch = script.gets(interaction)
    script.asks("core", base=branch, link=Relation.RERUN)
    assert script.context == [[], [0], [0], [0]]
