"""The life of a turn."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import derived, exchanges, lifecycle, naming
from bot.domain.research import Run, RunStatus
from bot.domain.thread import (
    ChannelId,
    InteractionId,
    MessageTs,
    RunId,
    TeamId,
    Thread,
    ThreadKey,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Question, State, Turn, TurnKind
from bot.errors import Unavailable, Unreached
from bot.slack.messages.status import final_status
from bot.slack.messages.turn_facts import facts_of

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
RUN = Run(RunId("trun_1"), InteractionId("inter_1"), RunStatus.QUEUED)


def new() -> Turn:
    question = Question(KEY, MessageTs("1700000009.000100"), UserId("U1"), "who?")
    return lifecycle.received(question, 1.0)


def running() -> Turn:
    turn = lifecycle.about_to_start(lifecycle.chosen(new(), "pro"), 2.0)
    return lifecycle.started(turn, RUN, 3.0)


def test_a_turn_goes_from_question_to_answer() -> None:
    turn = running()
    assert (turn.state, turn.run, turn.interaction) == (State.RUNNING, "trun_1", "inter_1")
    turn = lifecycle.ended(turn, Ending(EndingKind.ANSWERED, 4.0))
    assert lifecycle.done(turn).state is State.DONE


@pytest.mark.parametrize(
    ("before", "error", "shown"),
    [
        ({}, Unavailable("503"), False),
        ({}, Unreached("refused", "check"), False),
        ({"busy_shown": True}, Unavailable("503"), True),
        ({"busy_shown": True}, Unreached("refused", "check"), False),
        ({"busy_shown": True, "unreached": True}, Unreached("refused", "check"), True),
        ({"busy_shown": True, "unreached": True}, Unavailable("503"), False),
    ],
)
def test_a_new_cause_of_a_delay_is_shown_again(
    before: dict[str, Any], error: Unavailable, shown: bool
) -> None:
    turn = lifecycle.put_off(replace(new(), **before), error)
    assert (turn.unreached, turn.busy_shown) == (isinstance(error, Unreached), shown)


def test_what_slack_refuses_counts_again_from_the_next_refusal_once_it_takes_a_post() -> None:
    refused = replace(new(), refused_since=2.0)
    assert lifecycle.posted(refused, "status", MessageTs("1.2")).refused_since is None
    assert lifecycle.not_posted(refused, "status", 0).refused_since == 2.0


def test_two_messages_of_one_second_keep_their_order() -> None:
    first = new()
    second = lifecycle.received(replace(first.question, message=MessageTs("1700000009.000200")), 0)
    assert naming.queue_position(first) + 100 == naming.queue_position(second)


@pytest.mark.parametrize(
    "step",
    [
        lambda t: lifecycle.about_to_start(t, 5.0),
        lambda t: lifecycle.started(t, RUN, 5.0),
        lambda t: lifecycle.done(t),
        lambda t: lifecycle.chain_refused(t),
        lambda t: lifecycle.resumed(t, 5.0),
    ],
)
def test_a_running_turn_takes_no_step_twice(step: object) -> None:
    assert callable(step)
    with pytest.raises(ValueError, match="turn T1:C1:1700000009"):
        step(running())


def test_a_turn_ends_once() -> None:
    turn = lifecycle.ended(running(), Ending(EndingKind.ANSWERED, 4.0))
    with pytest.raises(ValueError, match="ended already"):
        lifecycle.ended(turn, Ending(EndingKind.FAILED, 5.0))


def test_looking_again_keeps_the_run_and_asking_again_does_not() -> None:
    old = lifecycle.ended(running(), Ending(EndingKind.TOO_LATE, 9.0))
    looking = derived.asked_again(old, UserId("U2"), MessageTs("1700000099.000100"), look=True)
    assert (looking.run, looking.processor, looking.question.start) == (
        "trun_1",
        "pro",
        TurnKind.RESUME,
    )
    asking = derived.asked_again(old, UserId("U2"), MessageTs("1700000099.000100"), look=False)
    assert (asking.run, asking.question.start) == (None, TurnKind.QUESTION)
    assert looking.id == asking.id == "T1:C1:1700000099.000100"


def test_a_resumed_run_counts_time_and_price_from_its_creation() -> None:
    began = running()
    assert began.started_at
    stopped, at = began, began.started_at
    for _ in range(2):
        over = lifecycle.ended(stopped, Ending(EndingKind.STOPPED, at + 60))
        again = derived.asked_again(over, UserId("U2"), MessageTs("1.2"), look=True)
        stopped = lifecycle.resumed(again, at + 1_800)
    answered = lifecycle.ended(stopped, Ending(EndingKind.ANSWERED, at + 2_000))
    said = final_status(facts_of(answered, "pro")).text
    assert said.splitlines()[0] == ":white_check_mark: *pro* · 33 min 20 s · $0.10, paid once"


def test_help_does_not_wait_behind_a_run() -> None:
    question = new().question
    helped = replace(question, start=TurnKind.HELP)
    assert naming.mailbox(helped) != naming.mailbox(question)


def test_a_thread_remembers_its_latest_exchanges_only() -> None:
    thread = Thread(KEY)
    for number in range(20):
        turn = replace(running(), interaction=InteractionId(f"inter_{number}"))
        thread = exchanges.with_exchange(thread, turn, "answer " * 1_000)
    assert thread.interaction == "inter_19"
    assert len(thread.history) == exchanges.REMEMBERED_EXCHANGES
    assert all(len(e.answer) <= exchanges.REMEMBERED_ANSWER for e in thread.history)


def test_a_press_on_a_branchs_answer_differs_from_one_on_the_first() -> None:
    """Both go back to one message; each has its files, and may be asked again."""
    at = MessageTs("1700000099.000100")
    first = running()
    branch = replace(first, question=derived.branched(first, "and who built it?", UserId("U1"), at))
    branch = replace(branch, id=naming.turn_id(branch.question))
    again = [naming.turn_id(derived.rerun_on(t, "pro", UserId("U1"), at)) for t in (first, branch)]
    files = [derived.files_turn(t, UserId("U1"), at).id for t in (first, branch)]
    assert len({*again, *files}) == 4
    far = branch
    for _ in range(5):  # a name does not grow: Slack takes 150 characters of an option's value
        question = derived.rerun_on(far, "ultra8x-fast", UserId("U1"), at)
        far = replace(far, id=naming.turn_id(question), question=question)
    assert len(far.id) < 80
