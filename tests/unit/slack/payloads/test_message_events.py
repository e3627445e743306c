"""Message events: which are questions to the bot, in which thread, and of which team."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question
from bot.ports import Addressing
from bot.slack.payloads.agent_events import (
    parse_app_home_opened,
    parse_session_stopped,
)
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import QuestionAsked
from tests.unit.slack.payloads.slack_events import ME, ROOT, TS, asked, body, reply
from tests.unit.slack.payloads.slack_messages import SHARED

# --- whose business it is ---------------------------------------------------------------


def test_a_mention_is_a_question_in_its_own_thread() -> None:
    assert parse_message(body("<@U0BOT> who owns the Suez Canal?"), ME) == QuestionAsked(
        Question(
            thread=ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(TS)),
            message=MessageTs(TS),
            asker=UserId("U1ADA"),
            text="who owns the Suez Canal?",
        ),
        Addressing.ADDRESSED,
    )


@pytest.mark.parametrize("thread", [{}, {"thread_ts": ROOT}])
def test_both_events_of_a_mention_say_the_same(thread: dict[str, str]) -> None:
    mention = body("hi <@U0BOT>, who?", "app_mention", **thread)
    del mention["event"]["channel_type"]
    assert parse_message(mention, ME) == parse_message(body("hi <@U0BOT>, who?", **thread), ME)
    assert parse_message(mention, ME) is not None


def test_a_reply_without_a_mention_is_a_turn_only_in_our_threads() -> None:
    found = parse_message(reply("since when?"), ME)
    assert isinstance(found, QuestionAsked)
    question, reach = found.question, found.addressing
    assert reach is Addressing.THREAD_REPLY
    assert question.thread.ts == ROOT
    assert question.message == TS


def test_a_mention_in_a_thread_is_addressed_to_us() -> None:
    found = parse_message(reply("<@U0BOT> is this true?"), ME)
    assert isinstance(found, QuestionAsked)
    assert found.addressing is Addressing.ADDRESSED
    assert found.question.thread.ts == ROOT


@pytest.mark.parametrize(
    ("thread", "words", "expected"),
    [
        ({}, "who?", Addressing.ADDRESSED),
        ({"thread_ts": ROOT}, "who?", Addressing.DIRECT_REPLY),  # there it may have been muted
        ({"thread_ts": ROOT}, "<@U0BOT> who?", Addressing.ADDRESSED),
    ],
)
def test_every_direct_message_is_a_question(
    thread: dict[str, str], words: str, expected: Addressing
) -> None:
    found = parse_message(body(words, channel="D1", channel_type="im", **thread), ME)
    assert isinstance(found, QuestionAsked)
    question, reach = found.question, found.addressing
    assert reach is expected
    assert question.direct
    assert question.thread.ts == thread.get("thread_ts", TS)


def test_a_direct_message_is_known_without_being_called_one() -> None:
    payload = body("who?", channel="D1")
    del payload["event"]["channel_type"]
    assert asked(payload).direct
    payload["event"]["channel"] = "C1"
    assert parse_message(payload, ME) is None


def test_a_group_message_needs_a_mention() -> None:
    assert parse_message(body("who?", channel_type="mpim"), ME) is None
    assert asked(body("<@U0BOT> who?", channel_type="mpim")).direct is False


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_messages_of_other_subtypes_by_people_count(subtype: str) -> None:
    assert asked(reply("<@U0BOT> who?", subtype=subtype)).text == "who?"


@pytest.mark.parametrize(
    "payload",
    [
        body("no mention"),
        body("a mention of <@U0BOTANIST> and <@U2BOB>"),
        body("typed by hand: &lt;@U0BOT&gt;"),
        body(user="U0BOT"),
        body(bot_id="B7"),
        body(user="USLACKBOT"),
        body(hidden=True),
        reply("", subtype="file_share", files=[{"id": "F1"}]),
        body(subtype="channel_join"),
        body(subtype="bot_message", bot_id="B7"),
        body(subtype="message_changed", hidden=True, message={"text": "<@U0BOT> who?"}),
        body(subtype="some_new_subtype"),
        {"type": "event_callback", "event": {"type": "message"}},
        {"type": "event_callback"},
    ],
)
def test_the_rest_is_nobodys_question_to_us(payload: dict[str, Any]) -> None:
    assert parse_message(payload, ME) is None


ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**400, "", "x", "1.2", "nan", "²", "\ud800"),
    *([], {}, [None], [[]], [{}], {"a": 1}, {"ts": 5}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all that is in a body."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else ()
    for key, each in enumerate(value) if isinstance(value, list) else inside:
        yield from places(each, (*path, key))


def with_odd(payload: Any, path: tuple[Any, ...], odd: Any) -> Any:
    first, *rest = path
    copied = dict(payload) if isinstance(payload, dict) else list(payload)
    copied[first] = with_odd(payload[first], tuple(rest), odd) if rest else odd
    return copied


CHANGED = body(
    subtype="message_changed",
    message=body(attachments=[SHARED], files=[{"name": "a"}], edited={"ts": TS})["event"],
    previous_message=body("<@U0BOT> where?")["event"],
)


@pytest.mark.parametrize(
    "payload",
    [
        reply("<@U0BOT> &lt;?", attachments=[SHARED], files=[{"name": "a"}], edited={"ts": TS}),
        body("who?", "app_mention", channel="D1", channel_type=None),
        CHANGED,
        body(subtype="message_deleted", deleted_ts=ROOT, previous_message=CHANGED["event"]),
        body(subtype="message_changed", message={"subtype": "tombstone", "ts": ROOT}),
        body("", "agent_session_stopped", thread_ts=ROOT),
        body("", "app_home_opened", tab="home"),
    ],
)
def test_no_body_is_too_odd(payload: dict[str, Any]) -> None:
    for path in places(payload):
        for odd in ODD:
            event = with_odd(payload, path, odd)
            parse_message(event, ME)
            found = (parse_session_stopped(event), parse_app_home_opened(event))
            assert "\\ud8" not in repr(found)  # no record can carry it


def test_a_mention_added_by_an_edit_counts_while_it_is_young() -> None:
    young, old = {"ts": "1700080000.000000"}, {"ts": "1700100000.000000"}
    question = asked(body("<@U0BOT> who?", "app_mention", edited=young))
    # What was said between the message and its edit was not said to us.
    assert (question.message, question.at) == (TS, young["ts"])
    assert asked(body("<@U0BOT> who?", "app_mention")).at is None
    assert parse_message(body("<@U0BOT> who?", "app_mention", edited=old), ME) is None


@pytest.mark.parametrize(
    ("authorizations", "outer", "inner", "team"),
    [
        ([{"team_id": "T1"}], "T2", "T3", "T1"),
        ([{"team_id": None}], "T2", "T3", "T2"),
        ([], "T2", "T3", "T2"),
        (None, None, "T3", "T3"),
    ],
)
def test_the_team_is_the_one_the_app_is_installed_in(
    authorizations: Any, outer: str | None, inner: str, team: str
) -> None:
    payload = body(team=inner) | {"authorizations": authorizations, "team_id": outer}
    assert asked(payload).thread.team == team
