"""What we hear in Slack's JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.naming import turn_id
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, TurnKind
from bot.ports import Addressing
from bot.slack.payloads.agent_events import (
    parse_app_home_opened,
    parse_invitation,
    parse_session_stopped,
)
from bot.slack.payloads.mentions import text_without_mention
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import QuestionAsked
from bot.slack.text.plain_words import plain_words
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
def test_what_people_write_in_other_ways_counts(subtype: str) -> None:
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


_PIECES = ["<@U0BOT>", "<@U0BOT|bot>", "<@U0BOTS>", "<@U2>", *"<>| \t\n:,xé"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_our_mention_goes_with_the_blanks_around_it_wherever_it_stands(raw: str) -> None:
    mention = r"[ \t]*<@U0BOT(?:\|[^<>]*)?>[:,]?[ \t]*"
    assert text_without_mention({"text": raw}, ME) == plain_words(re.sub(mention, " ", raw))


@pytest.mark.parametrize("before", ["", "x"])
@pytest.mark.parametrize("blank", [" ", "\t", " \t", "\n"])
def test_a_great_many_blanks_are_only_blanks(before: str, blank: str) -> None:
    blanks = blank * (39_990 // len(blank))
    assert asked(body(f"{before}{blanks}<@U0BOT>{blanks}who?")).text.split() == [
        *before,
        "who?",
    ]


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
    assert question.start is TurnKind.QUESTION


def test_a_processor_is_asked_for_in_replies_and_direct_messages_too() -> None:
    assert parse_message(reply("!lite since when?"), ME) == parse_message(
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
    assert question.start is TurnKind.QUESTION


@pytest.mark.parametrize("slip", ["profast", "pro-fas", "Ultra9x", "corefast", "pro-fast2"])
def test_a_slip_of_the_pen_pays_for_nothing(slip: str) -> None:
    found = parse_message(body(f"<@U0BOT> !{slip} who?"), ME)
    assert isinstance(found, QuestionAsked)
    question, reach = found.question, found.addressing
    assert question.start is TurnKind.UNKNOWN_PROCESSOR
    assert question.processor == slip
    assert question.text == "who?"
    assert reach is Addressing.SIDE


@pytest.mark.parametrize("text", ["!profast who?", "!pro"])
def test_typos_without_a_mention_are_answered_only_in_our_threads(text: str) -> None:
    found = parse_message(reply(text), ME)
    assert isinstance(found, QuestionAsked)
    question, reach = found.question, found.addressing
    assert question.start in (TurnKind.UNKNOWN_PROCESSOR, TurnKind.HELP)
    assert reach is Addressing.THREAD_REPLY


REMARKS = {
    "thanks!": (TurnKind.THANKED, TurnKind.THANKED),
    "👍": (TurnKind.THANKED, TurnKind.THANKED),
    "Vielen Dank!": (TurnKind.THANKED, TurnKind.THANKED),
    "hi": (TurnKind.HELP, TurnKind.THANKED),
    "what can you do?": (TurnKind.HELP, TurnKind.HELP),
    "help": (TurnKind.HELP, TurnKind.HELP),
    "status?": (TurnKind.STATUS, TurnKind.STATUS),
    "forget this thread": (TurnKind.FORGET, TurnKind.FORGET),
    "Nice?": (TurnKind.DOUBTFUL, TurnKind.DOUBTFUL),
    "good enough?": (TurnKind.DOUBTFUL, TurnKind.DOUBTFUL),
    "hello?": (TurnKind.HELP, TurnKind.DOUBTFUL),
    ":)": (TurnKind.THANKED, TurnKind.THANKED),
    "/processor me pro": (TurnKind.COMMAND, TurnKind.COMMAND),
    "/ Processor  pro": (TurnKind.COMMAND, TurnKind.COMMAND),
    "／processor pro": (TurnKind.COMMAND, TurnKind.COMMAND),
    "`/processors`": (TurnKind.COMMAND, TurnKind.COMMAND),
}


@pytest.mark.parametrize("text", REMARKS)
def test_small_talk_is_no_question(text: str) -> None:
    to_us, to_nobody = REMARKS[text]
    for spoken, start, expected in (
        (body(f"<@U0BOT> {text}"), to_us, Addressing.SIDE),
        (body(f"{text} <@U0BOT>"), to_us, Addressing.SIDE),
        (body(text, channel_type="im"), to_us, Addressing.SIDE),
        (reply(text), to_nobody, Addressing.SMALL_TALK),
    ):
        if text.startswith("/") and not spoken["event"]["text"].startswith(("/", "<@U0BOT> /")):
            continue
        found = parse_message(spoken, ME)
        assert isinstance(found, QuestionAsked)
        question, reach = found.question, found.addressing
        assert (question.start, reach) == (start, expected)
        assert question.text == text  # so that it can be asked anyway


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("<@U2BOB> is that in dollars?", False),
        ("<@U2BOB> yes. Which is cheapest?", False),
        ("hey <@U2BOB>, are we?", False),
        ("no idea, <@U2BOB> decides", False),
        ("thanks <@U2BOB>, great!", False),
        ("thanks <!subteam^S1|@team>", False),
        ("I'd take what <@U2BOB> likes. Which is quietest?", True),
        ("what <@U2BOB> said!\nwhich is quietest?", True),
        ("<@U2BOB>さんの言う通り。どれが一番静かですか？", False),
        ("同意です <@U2BOB>。どれが一番静かですか？", True),
        ("I like what <@U2BOB> likes. Which does <@U3EVE> like?", False),
        ("<@U0BOT> what did <@U2BOB>'s cost?", True),
        ("<@U2BOB> <@U0BOT> who?", True),
        ("<!here> lunch is ready", False),
        ("<!channel>", False),
        ("FYI <!everyone>: we moved", False),
        ("<!here> which is quietest?", True),
        ("<!channel> <@U0BOT> list them", True),
    ],
)
def test_a_reply_to_somebody_else_is_theirs_unless_it_ends_in_a_question(
    text: str, ours: bool
) -> None:
    assert isinstance(parse_message(reply(text), ME), QuestionAsked) == ours


@pytest.mark.parametrize(
    "text", ["", " ", "help", "Help!", "?", "!pro-fast", "!Lite ", "---", "• ", "**", "<@U2BOB>"]
)
@pytest.mark.parametrize("place", [{}, {"thread_ts": ROOT}, {"channel_type": "im"}])
def test_nothing_asked_is_a_call_for_help(text: str, place: dict[str, str]) -> None:
    found = parse_message(body(f"<@U0BOT> {text}", **place), ME)
    assert isinstance(found, QuestionAsked)
    question, reach = found.question, found.addressing
    assert question.start is TurnKind.HELP
    assert question.processor is None
    assert reach is Addressing.SIDE


def test_help_with_something_is_a_question() -> None:
    assert asked(body("<@U0BOT> help me find the owner")).start is TurnKind.QUESTION


def test_very_long_first_words_do_no_harm() -> None:
    question = asked(body("<@U0BOT> !" + "a-" * 20_000))
    assert question.start is TurnKind.QUESTION
    assert len(question.text) == 40_001


JOINED: dict[str, Any] = {
    "team_id": "T1",
    "event_time": 1_700_000_000,
    "event": {
        "type": "member_joined_channel",
        "user": "U0BOT",
        "channel": "C1",
        "channel_type": "C",
        "inviter": "U1ADA",
        "event_ts": "1700000000.000900",
    },
}


def test_only_our_own_joining_is_greeted_under_one_name_for_each_channel() -> None:
    me = UserId("U0BOT")
    welcome = parse_invitation(JOINED, me)
    assert welcome
    assert (welcome.asker, welcome.at) == ("U1ADA", "1700000000.000900")
    assert welcome.place == ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(""))
    later = {**JOINED, "event": {**JOINED["event"], "event_ts": "1700009999.0", "inviter": "U2"}}
    assert turn_id(parse_invitation(later, me) or welcome) == turn_id(welcome)
    untimed = {**JOINED, "event": {**JOINED["event"], "event_ts": None, "inviter": 7}}
    again = parse_invitation(untimed, me)
    assert again
    assert (again.asker, again.at) == (me, "1700000000.000000")
    for name, value in (("user", "U1ADA"), ("user", None), ("channel", ""), ("channel", "D1")):
        assert parse_invitation({**JOINED, "event": {**JOINED["event"], name: value}}, me) is None
    assert parse_invitation({}, me) is None
