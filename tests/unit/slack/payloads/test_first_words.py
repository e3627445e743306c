"""First words of a question: a processor, a typo of one, small talk, a call for help."""

from __future__ import annotations

import pytest

from bot.domain.turn import TurnKind
from bot.ports import Addressing
from bot.slack.payloads.message_events import parse_message
from bot.slack.payloads.message_intents import QuestionAsked
from tests.unit.slack.payloads.slack_events import ME, ROOT, asked, body, reply


@pytest.mark.parametrize(
    "prefix",
    [
        "!pro-fast ",
        "!PRO-Fast ",
        "!pro–fast ",
        "!pro—fast\n",
        "`!pro-fast` ",
        "!pro-fast: ",
        "!pro-fast. ",
        "!pro-fast! ",
        "!pro-fast… ",
        "*!pro-fast* ",
        "_!pro-fast:_ ",
        "*_`!pro-fast`_*, ",
        "！pro-fast ",
        "\u200b!pro-fast ",
        "\u2060 \ufeff`!pro-fast` ",
        "!pro-fast\u200b ",
        "\u2066`!pro-fast`\u2069: ",
        "!pro-fast：",
        "！pro-fast，",
        "!pro-fast、 ",
    ],
)
@pytest.mark.parametrize("mention", ["<@U0BOT> ", "<@U0BOT>\n", "<@U0BOT>: ", "<@U0BOT>，"])
def test_a_processor_is_asked_for_with_the_first_word(prefix: str, mention: str) -> None:
    question = asked(body(f"{mention}{prefix}who owns the canal?"))
    assert question.processor == "pro-fast"
    assert question.text == "who owns the canal?"
    assert question.start is TurnKind.QUESTION


@pytest.mark.parametrize(
    "text", ["谁拥有这条运河？", "運河の所有者は？", "どこ？", "ใครเป็นเจ้าของ?"]
)
def test_a_processor_needs_no_space_where_people_write_none(text: str) -> None:
    question = asked(body(f"<@U0BOT>!pro-fast{text}"))
    assert (question.processor, question.text) == ("pro-fast", text)


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
        "!proéminent who?",
        "!important谁？",
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
    "ok :question:": (TurnKind.DOUBTFUL, TurnKind.DOUBTFUL),
    "❓": (TurnKind.DOUBTFUL, TurnKind.DOUBTFUL),
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
        ("<!here> which is quietest? :pray: 🙏", True),
        ("<!here> (which is quietest?)", True),
        ("<!here> أيها أهدأ؟", True),
        ("<!here> أيها أهدأ؟\u200f", True),
        ("<!here> why? lunch is ready", False),
        ("I'd take what <@U2BOB> likes! :tada: Which is quietest?", True),
        ("أوافق <@U2BOB>. أيها أهدأ؟", True),
        ("<@U2BOB> أيها أهدأ؟", False),
        ("what do you think, <@U2BOB>? :smile:", False),
        ("<!channel> <@U0BOT> list them", True),
    ],
)
def test_a_reply_to_somebody_else_is_theirs_unless_it_ends_in_a_question(
    text: str, ours: bool
) -> None:
    assert isinstance(parse_message(reply(text), ME), QuestionAsked) == ours


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "help", "Help!", "?", "!pro-fast", "!Lite ", "!pro?", "*!pro*.", "---", "• "),
        *("**", "<@U2BOB>", "\ufeff", "\u2060", "\u202e \u202c", "\u00ad\u200b\u061c", "?\ufe0f"),
    ],
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
