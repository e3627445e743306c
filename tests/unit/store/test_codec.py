"""Rolling deploys: what a release has written down, every later one reads.

`records/` holds what each released version wrote. A release that changes what is written adds a
file there; none is ever changed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey
from bot.domain.turn import EndingKind, Relation, State, TurnKind
from bot.errors import Cause
from bot.store import codec

RECORDS = sorted((Path(__file__).parent / "records").glob("*.json"))
KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))


@pytest.fixture(params=RECORDS, ids=lambda path: path.stem)
def written(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a release wrote."""
    found: dict[str, Any] = json.loads(request.param.read_text())
    return found


def test_turns_of_every_release_are_read(written: dict[str, Any]) -> None:
    turns = {
        name: codec.load_turn(json.dumps(record), waited=name == "waiting")
        for name, record in written["turns"].items()
    }
    states = {name: turn.state for name, turn in turns.items()}
    assert (
        states
        | {
            "received": State.QUEUED,
            "waiting": State.QUEUED,
            "status": State.QUEUED,
            "starting": State.STARTING,
            "running": State.RUNNING,
            "ended": State.ENDED,
            "posting": State.ENDED,
            "refused": State.ENDED,
            "busy": State.QUEUED,
            "done": State.DONE,
            "again": State.QUEUED,
            "help": State.QUEUED,
        }
        == states
    )
    assert turns["received"].question.text == "who owns the Suez Canal?"
    assert turns["received"].question.thread == KEY
    assert turns["waiting"].waited
    assert turns["status"].posts == {"status": "1700000002.000300"}
    assert turns["starting"].starting_at == 1700000002.5
    assert (turns["running"].run, turns["running"].interaction) == ("trun_1", "interaction_1")
    assert turns["posting"].posts["answer:0"] is None
    refused = turns["refused"].ending
    assert refused
    assert (refused.kind, refused.cause, refused.ref_id) == (
        EndingKind.REFUSED,
        Cause.CREDIT,
        "ref_1",
    )
    assert turns["busy"].busy_since == 1700000002.6
    assert turns["again"].question.start is TurnKind.RESUME
    assert turns["again"].run == "trun_1"
    assert turns["help"].question.direct


def test_threads_of_every_release_go_on(written: dict[str, Any]) -> None:
    new = codec.load_thread(KEY, json.dumps(written["threads"]["new"]))
    assert new.interaction is None
    answered = codec.load_thread(KEY, json.dumps(written["threads"]["answered"]))
    assert answered.interaction == "interaction_1"
    assert [(e.question, e.answer) for e in answered.history] == [
        ("who owns the Suez Canal?", "Egypt does.")
    ]


def test_fields_added_in_0_2_0_are_read() -> None:
    written = json.loads((RECORDS[0].parent / "release-0.2.0.json").read_text())
    turns = {
        name: codec.load_turn(json.dumps(record), waited=False)
        for name, record in written["turns"].items()
    }
    again, branched = turns["asked on another"].question, turns["branched"].question
    assert (again.processor, again.press, again.at) == ("ultra", "again-ultra", "1700000900.000200")
    assert again.parent
    assert (again.parent.relation, again.parent.interaction) == (Relation.RERUN, "interaction_0")
    assert branched.parent
    assert (branched.parent.relation, branched.parent.interaction) == (
        Relation.BRANCH,
        "interaction_1",
    )
    assert branched.parent.excerpt == "who owns the Suez Canal?"
    assert turns["files"].question.start is TurnKind.FILES
    assert turns["files"].run == "trun_1"
    for name, kind in (("stopped", EndingKind.STOPPED), ("withdrawn", EndingKind.WITHDRAWN)):
        ending = turns[name].ending
        assert ending
        assert ending.kind is kind
    assert (turns["told"].sources, turns["told"].previous) == (3, "interaction_0")
    thread = codec.load_thread(KEY, json.dumps(written["threads"]["with turns"]))
    assert [exchange.turn for exchange in thread.history] == [turns["told"].id]
    assert codec.load_question(json.dumps(written["questions"]["edited"])) == branched


def test_the_release_before_reads_what_this_one_writes(written: dict[str, Any]) -> None:
    """Both are at work during a deploy: fields may be added, none taken away or renamed."""
    for name, record in written["turns"].items():
        turn = codec.load_turn(json.dumps(record), waited=False)
        now = json.loads(codec.dump_turn(turn))
        assert holds(now, record), name
    for record in written["threads"].values():
        now = json.loads(codec.dump_thread(codec.load_thread(KEY, json.dumps(record))))
        assert holds(now, record)


def test_an_unfinished_quick_answer_is_left_to_releases_that_know_it() -> None:
    written = json.loads((RECORDS[0].parent / "release-0.3.0.json").read_text())
    versions = {name: record["v"] for name, record in written["turns"].items()}
    left = {name for name, version in versions.items() if version == codec.VERSION_OF_CHAT}
    assert left == {"quick, streaming", "quick, cut off"}
    thread = written["threads"]["with an exchange that is not chained"]
    assert thread["v"] == codec.VERSION_OF_CHAT
    streaming = json.dumps(written["turns"]["quick, streaming"])
    turn = codec.load_turn(streaming, waited=False)
    assert (turn.draft, turn.streams) == ("It belongs to", "answer:quick")
    exchanges = codec.load_thread(KEY, json.dumps(thread)).history
    assert [exchange.chained for exchange in exchanges] == [True, False]


def test_fields_added_in_0_4_0_are_read_and_guarded_from_older_releases() -> None:
    written = json.loads((RECORDS[0].parent / "release-0.4.0.json").read_text())
    record = written["turns"]["with a forward"]
    question = codec.load_turn(json.dumps(record), waited=False).question
    assert question.text == "is this true?"
    assert question.along == "Forwarded from Grace: The canal opened in 1869."
    assert question.files == ("report.pdf", "")
    assert record["v"] > codec.VERSION_OF_CHAT
    assert codec.load_turn(json.dumps(written["turns"]["not reached"]), waited=False).unreached


def test_a_question_born_of_a_press_is_left_to_who_knows_of_presses() -> None:
    written = json.loads((RECORDS[0].parent / "release-0.2.0.json").read_text())
    versions = {
        name: json.loads(codec.dump_turn(codec.load_turn(json.dumps(record), waited=False)))["v"]
        for name, record in written["turns"].items()
    }
    known_to_0_1 = {name for name, version in versions.items() if version == codec.VERSION}
    assert {"asked on another", "branched", "files"}.isdisjoint(known_to_0_1)
    assert {"received", "running", "done", "again"} <= known_to_0_1


def test_the_unreached_field_is_written_and_may_be_missing() -> None:
    written = json.loads((RECORDS[0].parent / "release-0.3.0.json").read_text())
    busy = codec.load_turn(json.dumps(written["turns"]["busy"]), waited=False)
    assert not busy.unreached
    record = codec.dump_turn(replace(busy, unreached=True))
    assert codec.load_turn(record, waited=False).unreached
    assert json.loads(record)["v"] == written["turns"]["busy"]["v"]  # the release before reads it


def holds(now: Any, before: Any) -> bool:
    """Whether all that was written before is written now, with the same value."""
    if isinstance(before, dict):
        return all(name in now and holds(now[name], value) for name, value in before.items())
    if isinstance(before, list):
        return len(now) == len(before) and all(map(holds, now, before))
    return bool(now == before)


def test_a_record_of_another_format_is_left_untouched(written: dict[str, Any]) -> None:
    record = written["turns"]["running"] | {"v": max(codec.VERSIONS) + 1}
    with pytest.raises(ValueError, match="a version this release does not read"):
        codec.load_turn(json.dumps(record), waited=False)
    with pytest.raises(ValueError, match="lacks 'question'"):
        codec.load_turn(json.dumps({"v": codec.VERSION, "id": "x"}), waited=False)
