"""What is no question: asides, orders, edits, deletions, and the other events."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.naming import turn_id
from bot.domain.thread import MessageTs, TurnId
from bot.domain.turn import TurnKind
from bot.ports import DELETED, Addressing
from bot.slack.payloads.agent_events import parse_app_home_opened, parse_session_stopped
from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.message_changes import QuestionEdited, QuestionWithdrawn, WordsEdited
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import KeywordCommand, QuestionAsked
from tests.unit.slack.payloads.slack_events import ME, ROOT, TS, asked, body, reply

# --- replies that are no follow-ups -------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<@U2BOB> what do you think?",
        "  <@U2BOB|bob> what do you think?",
        "<@W2BOB> and?",
        "<!subteam^S1|@team> please look",
        "// not for the bot",
        "//not for the bot",
        "／／ not for the bot",
        "aside",
        "Aside: he is wrong",
        "ASIDE, he is wrong",
        "\u200b// he is wrong",
        "\u2060\u200e aside he is wrong",
        "aside - he is wrong",
        "aside – he is wrong",
        "aside he is wrong",
    ],
)
def test_replies_marked_as_aside_are_ignored_unless_they_mention_us(text: str) -> None:
    assert parse_message(reply(text), ME) is None
    assert isinstance(parse_message(reply(f"{text} <@U0BOT>"), ME), QuestionAsked)


@pytest.mark.parametrize(
    "text",
    [
        "<!here> who?",
        "<#C2|other> says what?",
        "aside from that, who?",
        "Aside  from that, who?",
        "asides are what?",
        "is // a comment?",
        "/ who?",
        "&lt;@U2BOB&gt; typed by hand",
    ],
)
def test_other_replies_are_follow_ups(text: str) -> None:
    found = parse_message(reply(text), ME)
    assert isinstance(found, QuestionAsked)
    assert found.addressing is Addressing.THREAD_REPLY


def test_only_marked_asides_are_ignored_in_direct_messages() -> None:
    assert parse_message(reply("// a note to myself", channel_type="im"), ME) is None
    assert asked(reply("<@U2BOB> is who?", channel_type="im")).text == "@someone is who?"
    assert asked(body("// what does this do?", channel_type="im")).text == "// what does this do?"


# --- orders -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["stop", "Stop", "STOP!", "stop.", " stop … ", "stop?!", "@Threadline stop", "stop, @bot"],
)
@pytest.mark.parametrize("mention", ["", "<@U0BOT> ", "<@U0BOT>, "])
@pytest.mark.parametrize("kind", ["channel", "group", "mpim", "im"])
def test_stop_is_an_order(text: str, mention: str, kind: str) -> None:
    order = parse_message(reply(mention + text, channel_type=kind), ME)
    assert isinstance(order, KeywordCommand)
    assert order.keyword is Keyword.STOP
    assert order.addressed == bool(mention or kind == "im")
    assert order.question.thread.ts == ROOT
    assert (order.question.message, order.question.asker) == (TS, "U1ADA")


@pytest.mark.parametrize("text", ["mute", "Unmute", "MUTE!"])
@pytest.mark.parametrize(
    ("mention", "kind", "addressed"),
    [("<@U0BOT> ", "channel", True), ("", "im", True), ("", "channel", False)],
)
def test_muting_is_an_order(text: str, mention: str, kind: str, addressed: bool) -> None:
    order = parse_message(reply(f"{mention}{text}", channel_type=kind), ME)
    assert isinstance(order, KeywordCommand)
    assert order.keyword == text.lower().rstrip("!")
    assert order.addressed == addressed


@pytest.mark.parametrize(
    ("text", "loose"),
    [("please stop", False), ("cancel that!", False), ("never mind", True), ("wait", True)],
)
@pytest.mark.parametrize("mention", ["", "<@U0BOT> ", "<@U0BOT>, "])
def test_near_orders_are_orders(text: str, loose: bool, mention: str) -> None:
    order = parse_message(reply(f"{mention}{text}"), ME)
    assert isinstance(order, KeywordCommand)
    assert (order.keyword, order.loose) == (Keyword.STOP, loose)
    assert parse_message(reply(f"{mention}{text}", kind="app_mention"), ME) is None


@pytest.mark.parametrize(
    "text",
    [
        "don't stop",
        "stop words in NLP",
        "please stop by the office",
        "mute swans: where do they live?",
        "stop <@U2BOB>",
        "&gt; stop",
        "cancel <#C2|general>",
    ],
)
def test_more_than_the_order_is_a_question(text: str) -> None:
    assert asked(reply(f"<@U0BOT> {text}")).start is TurnKind.QUESTION


def test_stop_at_the_top_of_a_channel_is_for_us_only_with_a_mention() -> None:
    assert parse_message(body("stop"), ME) is None
    assert isinstance(parse_message(body("<@U0BOT> stop"), ME), KeywordCommand)


def test_the_other_event_of_an_order_is_not_obeyed_again() -> None:
    assert parse_message(reply("<@U0BOT> stop", kind="app_mention"), ME) is None


def test_what_becomes_of_an_order_is_a_turn_of_its_own() -> None:
    order = parse_message(reply("stop"), ME)
    assert isinstance(order, KeywordCommand)
    said = order.reply(TurnKind.NOTHING_TO_STOP)
    assert (said.start, turn_id(said)) == (TurnKind.NOTHING_TO_STOP, f"T1:C1:{TS}~stop")


def test_slacks_own_stop_is_a_stop_of_its_thread() -> None:
    pressed = body(kind="agent_session_stopped", thread_ts=ROOT, event_ts="1700000009.000001")
    for name in ("ts", "text", "channel_type"):
        del pressed["event"][name]
    order = parse_session_stopped(pressed)
    assert order
    assert (order.keyword, order.question.asker, order.question.thread.ts) == (
        Keyword.STOP,
        "U1ADA",
        ROOT,
    )
    said = order.reply(TurnKind.MAY_NOT_STOP)
    assert turn_id(said) == f"T1:C1:{ROOT}~stop-1700000009.000001"
    assert said.at == "1700000009.000001"
    assert not order.question.direct
    pressed["event"]["channel"] = "D1"  # a direct message, whose channel nobody looks up
    in_private = parse_session_stopped(pressed)
    assert in_private
    assert in_private.question.direct
    assert parse_session_stopped({"event": {"type": "agent_session_stopped"}}) is None


def test_home_is_opened_by_somebody_and_other_tabs_are_not_home() -> None:
    assert parse_app_home_opened(body(kind="app_home_opened", tab="home")) == ("T1", "U1ADA")
    assert parse_app_home_opened(body(kind="app_home_opened", tab="messages")) is None


# --- edits and deletions ------------------------------------------------------------------


EDITED_AT = MessageTs("1700000050.000000")


def edit(before: str, after: str, **message: Any) -> dict[str, Any]:
    """A person's reply, edited."""
    said = {"type": "message", "user": "U1ADA", "ts": TS, "thread_ts": ROOT, **message}
    payload = body("", subtype="message_changed", hidden=True, ts=EDITED_AT)
    del payload["event"]["user"], payload["event"]["text"]
    payload["event"]["message"] = {**said, "text": after, "edited": {"ts": EDITED_AT}}
    payload["event"]["previous_message"] = {**said, "text": before}
    return payload


def test_an_edit_asks_something_else() -> None:
    found = parse_message(edit("who?", "!pro since when?"), ME)
    assert isinstance(found, QuestionEdited)
    assert found.turn == f"T1:C1:{TS}"
    assert (found.question.text, found.question.processor) == ("since when?", "pro")
    assert found.question == asked(reply("!pro since when?"))
    assert (found.addressing, found.corrects) == (Addressing.THREAD_REPLY, False)


@pytest.mark.parametrize("before", ["help", "!pro-fst since when?", "x" * 15_001, ""])
def test_an_edit_corrects_what_could_not_be_asked(before: str) -> None:
    found = parse_message(edit(f"<@U0BOT> {before}", "<@U0BOT> since when?"), ME)
    assert isinstance(found, QuestionEdited)
    assert found.corrects
    assert (found.question.text, found.addressing) == ("since when?", Addressing.ADDRESSED)


@pytest.mark.parametrize(
    "now", ["stop", "never mind", "please cancel", "mute", "help", "// who?", "<@U2BOB> who?", ""]
)
def test_an_edit_takes_a_question_back(now: str) -> None:
    taken_back = QuestionWithdrawn(TurnId(f"T1:C1:{TS}"), EDITED_AT)
    assert parse_message(edit("who?", now), ME) == taken_back
    assert parse_message(edit("<@U0BOT> who?", "who?", thread_ts=TS), ME) == taken_back


def test_an_edit_to_a_misspelt_processor_takes_a_question_back_and_is_told() -> None:
    found = parse_message(edit("who?", "!profast who?"), ME)
    assert isinstance(found, QuestionWithdrawn)
    assert found.note
    assert (found.note.start, found.note.processor) == (TurnKind.UNKNOWN_PROCESSOR, "profast")
    assert parse_message(edit("!profst who?", "!profast who?"), ME) is None


@pytest.mark.parametrize("before", ["stop", "please stop", "<@U0BOT> stop"])
@pytest.mark.parametrize("now", ["stop", "cancel", "// who?", "<@U2BOB> who?", "thanks"])
def test_an_edited_command_is_not_given_twice(before: str, now: str) -> None:
    assert parse_message(edit(before, now), ME) is None


@pytest.mark.parametrize(
    ("before", "now"), [("mute", "unmute"), ("unmute", "mute"), ("mute", "stop"), ("stop", "mute")]
)
def test_a_command_is_edited_into_another_one(before: str, now: str) -> None:
    found = parse_message(edit(f"<@U0BOT> {before}", f"<@U0BOT> {now}"), ME)
    assert isinstance(found, KeywordCommand)
    assert (found.keyword, found.question.at) == (now, EDITED_AT)


@pytest.mark.parametrize("before", ["thanks", "// stop?", "<@U2BOB> stop?", "<@U0BOT> help"])
@pytest.mark.parametrize("now", ["<@U0BOT> stop", "stop", "mute", "<@U0BOT> unmute"])
def test_what_asked_nothing_is_edited_into_a_command(before: str, now: str) -> None:
    found = parse_message(edit(before, now), ME)
    assert isinstance(found, KeywordCommand)
    assert found.keyword in now
    assert found.addressed == now.startswith("<@U0BOT>")
    assert (found.question.message, found.question.at) == (TS, EDITED_AT)


@pytest.mark.parametrize(
    ("now", "keyword"),
    [("stop", "stop"), ("!pro cancel", "stop"), ("mute", "mute"), ("// stop", None), ("", None)],
)
def test_a_question_is_edited_into_a_command(now: str, keyword: str | None) -> None:
    found = parse_message(edit("who?", now), ME)
    assert isinstance(found, QuestionWithdrawn)
    assert (found.command.keyword if found.command else None) == keyword


@pytest.mark.parametrize("before", ["stop", "please stop", "never mind", "mute"])
def test_an_order_that_is_edited_into_a_question_is_asked(before: str) -> None:
    found = parse_message(edit(before, "please stop by the office: when is it open?"), ME)
    assert isinstance(found, QuestionEdited)
    assert found.corrects
    assert (found.question.text, found.addressing) == (
        "please stop by the office: when is it open?",
        Addressing.THREAD_REPLY,
    )


def test_a_late_edit_is_an_edit() -> None:
    found = parse_message(edit("who?", "since when?", ts="1600000000.000100"), ME)
    assert isinstance(found, QuestionEdited)
    assert found.question.text == "since when?"


def test_a_mention_is_edited_as_well() -> None:
    found = parse_message(edit("<@U0BOT> who?", "<@U0BOT> since when?", thread_ts=TS), ME)
    assert isinstance(found, QuestionEdited)
    assert found.question == asked(body("<@U0BOT> since when?"))


@pytest.mark.parametrize(
    "payload",
    [
        edit("who?", "who?", attachments=[{"from_url": "https://example.org/"}]),
        edit("who?", "<@U0BOT> who?"),
        edit("who?", "since when?", bot_id="B0BOT", user="U0BOT"),
        body(subtype="message_changed", hidden=True, message={"text": "<@U0BOT> who?"}),
        body(subtype="message_changed", hidden=True),
        body(subtype="message_deleted", hidden=True),
        body("who?"),
        {},
    ],
)
def test_other_changes_leave_a_question_unchanged(payload: dict[str, Any]) -> None:
    assert parse_message(payload, ME) is None


def test_the_words_of_a_message_that_asks_us_nothing_are_edited() -> None:
    found = parse_message(edit("who?", "since when?", bot_id="B7"), ME)
    assert isinstance(found, WordsEdited)
    assert (found.question.text, found.at) == ("since when?", EDITED_AT)
    assert (found.question.thread.ts, found.question.message) == (ROOT, TS)


@pytest.mark.parametrize(("thread_ts", "root"), [(None, TS), (ROOT, ROOT)])
def test_a_question_is_deleted(thread_ts: str | None, root: str) -> None:
    before = {"ts": TS, "thread_ts": thread_ts, "text": "who?"}
    payload = body(
        "", subtype="message_deleted", hidden=True, deleted_ts=TS, previous_message=before
    )
    found = parse_message(payload, ME)
    assert found == QuestionWithdrawn(TurnId(f"T1:C1:{TS}"), DELETED)
    assert isinstance(found, QuestionWithdrawn)
    assert found.thread
    assert found.thread.ts == root


def test_a_tombstone_is_a_deletion() -> None:
    payload = edit("who?", "This message was deleted.", subtype="tombstone", user="USLACKBOT")
    assert parse_message(payload, ME) == QuestionWithdrawn(TurnId(f"T1:C1:{TS}"), DELETED)
