"""The forms: within Slack's limits, and read back as they were filled in."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.naming import turn_id
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question
from bot.playground.slack.rules.message_rules import check_view
from bot.slack import action_ids
from bot.slack.views import question_forms
from tests.unit.slack.phrasebook import IN_MENUS, offered

ME = UserId("U0BOT")
THREAD = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
ABOUT = question_forms.Research(
    THREAD, MessageTs("1700000001.000200"), MessageTs("1700000050.000300")
)
BRANCH = question_forms.Branch(
    TurnId("T1:C1:1700000000.000100~again-pro"), MessageTs("1700000050.000300")
)
PRO = PROCESSORS["pro"]


def element(view: dict[str, Any], block: str) -> dict[str, Any]:
    found: dict[str, Any] = next(b["element"] for b in view["blocks"] if b.get("block_id") == block)
    return found


def sent(view: dict[str, Any], text: str | None, processor: str = "pro") -> dict[str, Any]:
    """A submission as Slack sends it."""
    chosen = {"text": {"type": "plain_text", "text": processor}, "value": processor}
    values = {
        "question": {"question": {"type": "plain_text_input", "value": text}},
        "processor": {"processor": {"type": "static_select", "selected_option": chosen}},
    }
    return {
        "type": "view_submission",
        "user": {"id": "U1ADA"},
        "view": {**view, "id": "V1", "state": {"values": values}},
    }


@pytest.mark.parametrize("text", ["", "who?", "x" * 9_000, "<!channel> & <@U1>", "\x00 \ud800"])
@pytest.mark.parametrize("name", PROCESSORS)
def test_slack_takes_every_form(text: str, name: str) -> None:
    check_view(question_forms.research_form(text, PROCESSORS[name], ABOUT, ME), "modal")
    check_view(question_forms.branch_form(text, PROCESSORS[name], BRANCH), "modal")


def test_slack_takes_a_note() -> None:
    check_view(question_forms.note_modal(question_forms.not_opened().text), "modal")


def test_the_message_is_the_question_to_begin_with() -> None:
    form = question_forms.research_form("  who owns <it> & why?", PRO, ABOUT, ME)
    assert form["title"]["text"] == "Research this"
    assert element(form, "question")["initial_value"] == "who owns <it> & why?"
    assert element(form, "question")["multiline"]
    assert "initial_value" not in element(
        question_forms.research_form(" ", PRO, ABOUT, ME), "question"
    )
    long = element(question_forms.research_form("x" * 3_001, PRO, ABOUT, ME), "question")
    assert len(long["initial_value"]) == 3_000
    assert long["initial_value"].endswith("…")


def test_the_form_says_where_the_answer_comes_and_how_to_invite_the_bot() -> None:
    form = question_forms.research_form("who?", PRO, ABOUT, ME)
    said = form["blocks"][-1]["elements"][0]["text"]
    assert "`/invite` <@U0BOT>" in said


@pytest.mark.parametrize(
    "form",
    [
        question_forms.research_form("x", PRO, ABOUT, ME),
        question_forms.branch_form("x", PRO, BRANCH),
    ],
)
def test_the_menu_shows_price_and_time_and_what_is_in_force(form: dict[str, Any]) -> None:
    menu = element(form, "processor")
    assert menu["initial_option"]["value"] == "pro"
    assert [option["value"] for option in offered(menu)] == IN_MENUS
    for option in offered(menu):
        processor = PROCESSORS[option["value"]]
        assert processor.price_words in option["text"]["text"]
        assert processor.usual_time in option["text"]["text"]


def test_a_branch_shows_what_it_continues_and_nothing_in_it_pings() -> None:
    form = question_forms.branch_form("who?\n<!channel> @here " + "x" * 500, PRO, BRANCH)
    said = form["blocks"][0]["elements"][0]["text"]
    assert "&gt;" not in said.partition("\n>")[0]
    assert "who? &lt;!channel&gt;" in said
    assert "@here" not in said
    assert len(said) < 400


def test_a_submission_is_one_question_about_its_message() -> None:
    question = asked("who?", "who owns it? ", "ultra")
    assert turn_id(question) == "T1:C1:1700000001.000200~research-1700000050.000300"
    assert (question.thread, question.at) == (THREAD, ABOUT.at)
    assert (question.asker, question.processor) == ("U1ADA", "ultra")


def test_the_message_is_attached_unless_the_question_contains_it() -> None:
    claim = "Egypt wants to  double\nthe canal."
    whole = asked(claim, "Egypt wants to double the canal. Is this true?")
    assert (whole.text[-5:], whole.along) == ("true?", "")
    assert asked("", "Is this true?").along == ""
    question = asked(claim, "Is this true?")
    assert (question.text, question.along) == ("Is this true?", claim)
    long = asked("x " * 5_000, "Is this true?")
    assert long.text == "Is this true?"
    assert 1_900 < len(long.along) <= 2_000


def test_the_form_says_when_only_the_start_of_the_message_is_sent() -> None:
    for length, words in (
        (2_000, "I'll include this message"),
        (2_001, "up to 2,000 characters of it"),
    ):
        form = question_forms.research_form("x" * length, PRO, ABOUT, ME)
        assert words in form["blocks"][-1]["elements"][0]["text"]


def test_the_form_says_that_files_are_not_read() -> None:
    form = question_forms.research_form("who?", PRO, ABOUT, ME, files=("a_<!here>.pdf", "", "`b`"))
    check_view(form, "modal")
    said = form["blocks"][-2]["elements"][0]["text"]
    assert said == (
        "I can't read attached files (`a_&lt;!here&gt;.pdf`, `'b'`, 1 more). Paste their text to "
        "include it."
    )
    assert "cannot read" not in str(question_forms.research_form("who?", PRO, ABOUT, ME))


def asked(message: str, words: str, processor: str = "pro") -> Question:
    """What is asked when these words are sent in the form that the message opens."""
    said = question_forms.parse_submission(
        sent(question_forms.research_form(message, PRO, ABOUT, ME), words, processor)
    )
    assert isinstance(said, question_forms.QuestionSubmission)
    assert isinstance(said.about, question_forms.Research)
    return question_forms.research_question(said, said.about)


def test_a_branch_is_read() -> None:
    said = question_forms.parse_submission(
        sent(question_forms.branch_form("who?", PRO, BRANCH), "since when?")
    )
    assert said == question_forms.QuestionSubmission(BRANCH, UserId("U1ADA"), "since when?", "pro")


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_an_empty_question_is_asked_for(text: str | None) -> None:
    said = question_forms.parse_submission(
        sent(question_forms.research_form("x", PRO, ABOUT, ME), text)
    )
    assert isinstance(said, question_forms.FormErrors)
    assert list(said.complaints) == ["question"]
    assert "enter a question" in said.complaints["question"]


def test_a_processor_that_is_not_there_is_not_asked() -> None:
    said = question_forms.parse_submission(
        sent(question_forms.research_form("x", PRO, ABOUT, ME), "who?", "mega")
    )
    assert isinstance(said, question_forms.FormErrors)
    assert list(said.complaints) == ["processor"]


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"callback_id": "other", "private_metadata": str(ABOUT)},
        {"callback_id": action_ids.RESEARCH, "private_metadata": ""},
        {"callback_id": action_ids.RESEARCH, "private_metadata": str(BRANCH)},
        {"callback_id": action_ids.BRANCH, "private_metadata": str(ABOUT)},
    ],
)
def test_other_forms_are_not_read(view: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"form|unpack"):
        question_forms.parse_submission(sent(view, "who?"))
