"""What we hear in Slack's JSON."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model import ChannelId, MessageTs, Question, Start, TeamId, ThreadKey, TurnId, UserId
from bot.ports import Reach
from bot.slack import incoming
from bot.slack.incoming import heard, plain_words

ME = UserId("U0BOT")
TS, ROOT = "1700000000.000100", "1699999999.000900"


def body(text: str = "<@U0BOT> who?", kind: str = "message", **event: Any) -> dict[str, Any]:
    """An event as Slack delivers it: a mention at the top of a channel, unless told otherwise."""
    told = {
        "type": kind,
        "user": "U1ADA",
        "text": text,
        "ts": TS,
        "channel": "C1",
        "channel_type": "channel",
        "event_ts": TS,
        "client_msg_id": "0e0b6b0e-0000-4000-8000-000000000000",
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": []}],
        **event,
    }
    return {
        "token": "verification",
        "team_id": "T1",
        "api_app_id": "A1",
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": 1700000000,
        "authorizations": [
            {"enterprise_id": None, "team_id": "T1", "user_id": "U0BOT", "is_bot": True}
        ],
        "is_ext_shared_channel": False,
        "event": told,
    }


def reply(text: str, **event: Any) -> dict[str, Any]:
    return body(text, thread_ts=ROOT, **event)


def asked(told: dict[str, Any]) -> Question:
    found = heard(told, ME)
    assert found
    return found[0]


# --- whose business it is ---------------------------------------------------------------


def test_a_mention_is_a_question_in_its_own_thread() -> None:
    assert heard(body("<@U0BOT> who owns the Suez Canal?"), ME) == (
        Question(
            thread=ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(TS)),
            message=MessageTs(TS),
            asker=UserId("U1ADA"),
            text="who owns the Suez Canal?",
        ),
        Reach.ADDRESSED,
    )


@pytest.mark.parametrize("thread", [{}, {"thread_ts": ROOT}])
def test_both_events_of_a_mention_say_the_same(thread: dict[str, str]) -> None:
    mention = body("hi <@U0BOT>, who?", "app_mention", **thread)
    del mention["event"]["channel_type"]
    assert heard(mention, ME) == heard(body("hi <@U0BOT>, who?", **thread), ME)
    assert heard(mention, ME) is not None


def test_a_reply_without_a_mention_is_a_turn_only_where_the_thread_is_ours() -> None:
    found = heard(reply("since when?"), ME)
    assert found
    question, reach = found
    assert reach is Reach.REPLY
    assert question.thread.ts == ROOT
    assert question.message == TS


def test_a_mention_in_a_thread_is_addressed_to_us() -> None:
    found = heard(reply("<@U0BOT> is this true?"), ME)
    assert found
    assert found[1] is Reach.ADDRESSED
    assert found[0].thread.ts == ROOT


@pytest.mark.parametrize("thread", [{}, {"thread_ts": ROOT}])
def test_every_direct_message_is_a_question(thread: dict[str, str]) -> None:
    found = heard(body("who?", channel="D1", channel_type="im", **thread), ME)
    assert found
    question, reach = found
    assert reach is Reach.ADDRESSED
    assert question.direct
    assert question.thread.ts == thread.get("thread_ts", TS)


def test_a_group_message_needs_a_mention() -> None:
    assert heard(body("who?", channel_type="mpim"), ME) is None
    assert asked(body("<@U0BOT> who?", channel_type="mpim")).direct is False


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_what_people_write_in_other_ways_counts(subtype: str) -> None:
    assert asked(reply("<@U0BOT> who?", subtype=subtype)).text == "who?"


@pytest.mark.parametrize(
    "told",
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
        body(subtype="message_deleted", deleted_ts=ROOT, hidden=True),
        body(subtype="message_changed", hidden=True, message={"text": "<@U0BOT> who?"}),
        body(subtype="some_new_subtype"),
        {"type": "event_callback", "event": {"type": "message"}},
        {"type": "event_callback"},
    ],
)
def test_the_rest_is_nobodys_question_to_us(told: dict[str, Any]) -> None:
    assert heard(told, ME) is None


def test_a_mention_added_by_an_edit_counts_while_it_is_young() -> None:
    young, old = {"ts": "1700080000.000000"}, {"ts": "1700100000.000000"}
    assert asked(body("<@U0BOT> who?", "app_mention", edited=young)).message == TS
    assert heard(body("<@U0BOT> who?", "app_mention", edited=old), ME) is None


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
    told = body(team=inner) | {"authorizations": authorizations, "team_id": outer}
    assert asked(told).thread.team == team


# --- what is asked ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<@U0BOT> who?", "who?"),
        ("<@U0BOT>: who?", "who?"),
        ("<@U0BOT|threadline>, who?", "who?"),
        ("who? <@U0BOT>", "who?"),
        ("tell <@U0BOT> who", "tell who"),
        ("<@U0BOT> <@U0BOT> who?", "who?"),
        ("<@U0BOT>\n> quoted\n\n    code", "> quoted\n\n    code"),
        ("hey <@U0BOT> is <@U2BOB> right?", "hey is @someone right?"),
    ],
)
def test_our_own_mention_is_taken_off_and_nothing_else(raw: str, text: str) -> None:
    assert asked(body(raw.replace("> quoted", "&gt; quoted"))).text == text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<@U1|ann> and <@W2>", "@ann and @someone"),
        ("<#C1|general> <#C2|> <#C3>", "#general #a-channel #a-channel"),
        ("<!here> <!channel|channel> <!everyone|@everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@team> <!subteam^S2>", "@team @a-group"),
        ("<!date^1392734382^{date_short}|18 Feb 2014>", "18 Feb 2014"),
        ("<https://example.org>", "https://example.org"),
        ("<https://example.org/|example.org>", "https://example.org/"),
        ("<https://example.org|https://example.org>", "https://example.org"),
        ("<https://example.org/a|a>", "a (https://example.org/a)"),
        (
            "<https://example.org/?a=1&amp;b=2|this &amp; that>",
            "this & that (https://example.org/?a=1&b=2)",
        ),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("<mailto:a@b.org|Ann>", "Ann (a@b.org)"),
        ("<tel:+441234|+441234>", "+441234"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("  said “so”  ", "said “so”"),
    ],
)
def test_slack_text_becomes_plain_words(raw: str, words: str) -> None:
    assert plain_words(raw) == words


# --- the first word ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "prefix",
    [
        "!pro-fast ",
        "!PRO-Fast ",
        "!pro–fast ",
        "!pro—fast\n",
        "`!pro-fast` ",
        "!pro-fast: ",
        "！pro-fast ",
    ],
)
@pytest.mark.parametrize("mention", ["<@U0BOT> ", "<@U0BOT>\n", "<@U0BOT>: "])
def test_a_processor_is_asked_for_with_the_first_word(prefix: str, mention: str) -> None:
    question = asked(body(f"{mention}{prefix}who owns the canal?"))
    assert question.processor == "pro-fast"
    assert question.text == "who owns the canal?"
    assert question.start is Start.QUESTION


def test_a_processor_is_asked_for_in_replies_and_direct_messages_too() -> None:
    assert heard(reply("!lite since when?"), ME) == heard(
        reply("!lite since when?", subtype="thread_broadcast"), ME
    )
    assert asked(reply("!lite since when?")).processor == "lite"
    assert asked(body("!ultra8x who?", channel_type="im")).processor == "ultra8x"


@pytest.mark.parametrize(
    "text",
    [
        "who said !pro-fast first?",
        "! pro-fast who?",
        "!important find the owner",
        "!!! who?",
        "!pro-fast-er-than-light who?",
        "pro-fast who?",
    ],
)
def test_other_first_words_belong_to_the_question(text: str) -> None:
    question = asked(body(f"<@U0BOT> {text}"))
    assert question.text == text
    assert question.processor is None
    assert question.start is Start.QUESTION


@pytest.mark.parametrize("slip", ["profast", "pro-fas", "Ultra9x", "corefast", "pro-fast2"])
def test_a_slip_of_the_pen_pays_for_nothing(slip: str) -> None:
    found = heard(body(f"<@U0BOT> !{slip} who?"), ME)
    assert found
    question, reach = found
    assert question.start is Start.UNKNOWN_PROCESSOR
    assert question.processor == slip
    assert question.text == "who?"
    assert reach is Reach.ASIDE


@pytest.mark.parametrize("text", ["!profast who?", "help", "!pro"])
def test_without_a_mention_slips_and_help_are_answered_only_where_the_thread_is_ours(
    text: str,
) -> None:
    found = heard(reply(text), ME)
    assert found
    question, reach = found
    assert question.start in (Start.UNKNOWN_PROCESSOR, Start.HELP)
    assert reach is Reach.REPLY


@pytest.mark.parametrize("text", ["", " ", "help", "Help!", "?", "!pro-fast", "!Lite "])
@pytest.mark.parametrize("place", [{}, {"thread_ts": ROOT}, {"channel_type": "im"}])
def test_nothing_asked_is_a_call_for_help(text: str, place: dict[str, str]) -> None:
    found = heard(body(f"<@U0BOT> {text}", **place), ME)
    assert found
    question, reach = found
    assert question.start is Start.HELP
    assert question.processor is None
    assert reach is Reach.ASIDE


def test_help_with_something_is_a_question() -> None:
    assert asked(body("<@U0BOT> help me find the owner")).start is Start.QUESTION


def test_very_long_first_words_do_no_harm() -> None:
    question = asked(body("<@U0BOT> !" + "a-" * 20_000))
    assert question.start is Start.QUESTION
    assert len(question.text) == 40_001


# --- commands and actions ---------------------------------------------------------------


def test_a_command_is_read() -> None:
    told = {
        "team_id": "T1",
        "channel_id": "D1",
        "user_id": "U1ADA",
        "command": "/processor",
        "text": " ME  `Pro–Fast` ",
    }
    assert incoming.command(told) == incoming.Command(
        TeamId("T1"), ChannelId("D1"), UserId("U1ADA"), ("me", "pro-fast")
    )
    assert incoming.command(told | {"text": ""}).words == ()
    assert incoming.command(told | {"text": "!lite"}).words == ("lite",)


def pressed(**changes: Any) -> dict[str, Any]:
    """A button on a message in a thread, pressed."""
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "t"},
        "user": {"id": "U1ADA", "team_id": "T1"},
        "container": {
            "type": "message",
            "message_ts": TS,
            "channel_id": "C1",
            "is_ephemeral": False,
            "thread_ts": ROOT,
        },
        "channel": {"id": "C1", "name": "general"},
        "message": {"ts": TS, "thread_ts": ROOT, "team": "T1", "bot_id": "B1", "text": "…"},
        "actions": [{"action_id": "try_again", "type": "button", "value": f"T1:C1:{ROOT}"}],
        **changes,
    }


def test_a_press_is_read() -> None:
    action = incoming.action(pressed())
    assert action == incoming.Action(
        TeamId("T1"),
        ChannelId("C1"),
        UserId("U1ADA"),
        ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(ROOT)),
        MessageTs(TS),
        f"T1:C1:{ROOT}",
    )
    assert action.turn == TurnId(f"T1:C1:{ROOT}")


def test_a_choice_is_read() -> None:
    told = pressed(
        actions=[
            {
                "action_id": "follow_ups",
                "type": "static_select",
                "selected_option": {"text": {"type": "plain_text", "text": "pro"}, "value": "pro"},
            }
        ]
    )
    assert incoming.action(told).value == "pro"


def test_on_an_ephemeral_message_there_is_no_message() -> None:
    told = pressed(container={"message_ts": TS, "channel_id": "C1", "is_ephemeral": True})
    del told["message"]
    action = incoming.action(told)
    assert action.thread is None
    assert (action.team, action.channel, action.message) == ("T1", "C1", TS)


def test_a_guests_press_belongs_to_the_team_of_the_message() -> None:
    action = incoming.action(pressed(team={"id": "T9"}, user={"id": "U9", "team_id": "T9"}))
    assert action.thread
    assert action.thread.team == "T1"


@pytest.mark.parametrize(
    "value", ["", "T1", "T1:C1", "T1:C1:", f"T2:C1:{TS}", f"T1:C2:{TS}", "pro", "::"]
)
def test_a_turn_of_another_place_is_not_taken(value: str) -> None:
    assert incoming.action(pressed(actions=[{"action_id": "x", "value": value}])).turn is None
