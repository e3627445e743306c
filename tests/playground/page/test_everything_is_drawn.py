"""Everything that the local Slack takes is drawn, and so is everything that the bot says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.page.blockkit.blocks import blocks, view_body
from bot.playground.page.blockkit.text import Names, mrkdwn
from bot.playground.slack.rules.blocks import BLOCKS, RICH, SPANS, VIEW
from bot.playground.slack.rules.elements import ELEMENTS
from bot.playground.slack.rules.message_rules import interactive_elements
from bot.ports import Message
from tests.playground.page.html_reader import ALLOWED, Seen
from tests.playground.slack import test_blocks as contract
from tests.unit.slack import test_words

Json = dict[str, Any]
NAMES = Names({"U1": "Ada"}, {"C1": "general"})
WORDS = "Words"  # stands in the examples wherever anybody can write something
PLAIN = {"type": "plain_text", "text": WORDS}
MRKDWN = {"type": "mrkdwn", "text": WORDS}
OPTION = {"text": PLAIN, "value": WORDS, "description": PLAIN}
OFFER = {"options": [OPTION], "initial_option": OPTION, "placeholder": PLAIN}
CONFIRM = dict.fromkeys(("title", "text", "confirm", "deny"), PLAIN)
ACTS = {"action_id": WORDS, "confirm": CONFIRM}
TYPED = {"action_id": WORDS, "placeholder": PLAIN, "initial_value": WORDS}
VOTE = {"text": PLAIN, "value": WORDS, "accessibility_label": WORDS}
STYLE = {
    "style": dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), True)
}
SPAN_EXAMPLES: dict[str, Json] = {
    "text": {"text": WORDS, **STYLE},
    "link": {"url": WORDS, "text": WORDS, **STYLE},
    "user": {"user_id": WORDS},
    "usergroup": {"usergroup_id": WORDS},
    "channel": {"channel_id": WORDS},
    "team": {"team_id": WORDS},
    "broadcast": {"range": "here"},
    "emoji": {"name": WORDS},
    "color": {"value": WORDS},
    "date": {"timestamp": 1, "format": WORDS, "url": WORDS, "fallback": WORDS},
}
RUN = [{"type": kind, **rest} for kind, rest in SPAN_EXAMPLES.items()]
ITEM = {"type": "rich_text_section", "elements": RUN}
RICH_EXAMPLES: dict[str, Json] = {
    "rich_text_section": {"elements": RUN},
    "rich_text_quote": {"elements": RUN},
    "rich_text_preformatted": {"elements": RUN},
    "rich_text_list": {"style": "ordered", "offset": 3, "indent": 2, "elements": [ITEM, ITEM]},
}
TEXT = {
    "type": "rich_text",
    "elements": [{"type": kind, **rest} for kind, rest in RICH_EXAMPLES.items()],
}
PICTURE = {"type": "image", "image_url": WORDS, "alt_text": WORDS}
ELEMENT_EXAMPLES: dict[str, Json] = {
    "button": {"text": PLAIN, "value": WORDS, "url": WORDS, "style": "primary", **ACTS},
    "static_select": {**OFFER, **ACTS},
    "multi_static_select": {
        "option_groups": [{"label": PLAIN, "options": [OPTION]}],
        "initial_options": [OPTION],
        **ACTS,
    },
    "external_select": {"initial_option": OPTION, "placeholder": PLAIN, **ACTS},
    "multi_external_select": {"initial_options": [OPTION], "placeholder": PLAIN, **ACTS},
    "users_select": {"initial_user": WORDS, "placeholder": PLAIN, **ACTS},
    "multi_users_select": {"initial_users": [WORDS], "placeholder": PLAIN, **ACTS},
    "conversations_select": {"initial_conversation": WORDS, "placeholder": PLAIN, **ACTS},
    "multi_conversations_select": {
        "initial_conversations": [WORDS],
        "filter": {"include": ["im", "public"]},
        "placeholder": PLAIN,
        **ACTS,
    },
    "channels_select": {"initial_channel": WORDS, "placeholder": PLAIN, **ACTS},
    "multi_channels_select": {"initial_channels": [WORDS], "placeholder": PLAIN, **ACTS},
    "overflow": {"options": [OPTION, OPTION | {"url": WORDS}], **ACTS},
    "radio_buttons": {"options": [OPTION], "initial_option": OPTION, **ACTS},
    "checkboxes": {"options": [OPTION], "initial_options": [OPTION], **ACTS},
    "datepicker": {"initial_date": WORDS, "placeholder": PLAIN, **ACTS},
    "timepicker": {"initial_time": WORDS, "placeholder": PLAIN, "timezone": WORDS, **ACTS},
    "datetimepicker": {"initial_date_time": 1_700_000_000, **ACTS},
    "image": {key: value for key, value in PICTURE.items() if key != "type"},
    "plain_text_input": {**TYPED, "multiline": True, "min_length": 1, "max_length": 9},
    "rich_text_input": TYPED | {"initial_value": TEXT},
    "email_text_input": TYPED,
    "url_text_input": TYPED,
    "number_input": {**TYPED, "is_decimal_allowed": False, "min_value": WORDS, "max_value": WORDS},
    "file_input": {"action_id": WORDS, "filetypes": [WORDS], "max_files": 2},
    "feedback_buttons": {"positive_button": VOTE, "negative_button": VOTE, "action_id": WORDS},
    "icon_button": {"icon": "trash", "text": PLAIN, "value": WORDS, **ACTS},
    "workflow_button": {"text": PLAIN, "workflow": {}, "action_id": WORDS},
    "url": {"url": WORDS, "text": WORDS},
}
BUTTON = {"type": "button", **ELEMENT_EXAMPLES["button"]}
CELLS = [
    {"type": "raw_text", "text": WORDS},
    {"type": "raw_number", "value": 1.5, "text": WORDS},
    TEXT,
]
CARD = {
    "type": "card",
    "hero_image": PICTURE,
    "icon": PICTURE,
    "title": MRKDWN,
    "subtitle": MRKDWN,
    "body": MRKDWN,
    "actions": [BUTTON],
}
TASK = {
    "type": "task_card",
    "task_id": WORDS,
    "title": WORDS,
    "status": "in_progress",
    "details": TEXT,
    "output": TEXT,
    "sources": [{"type": "url", "url": WORDS, "text": WORDS}],
}
BLOCK_EXAMPLES: dict[str, Json] = {
    "markdown": {"text": WORDS},
    "section": {"text": MRKDWN, "fields": [MRKDWN, PLAIN], "accessory": BUTTON},
    "header": {"text": PLAIN},
    "divider": {},
    "context": {"elements": [PICTURE, MRKDWN, PLAIN]},
    "actions": {"elements": [BUTTON]},
    "context_actions": {
        "elements": [
            {"type": kind, **ELEMENT_EXAMPLES[kind]} for kind in ("feedback_buttons", "icon_button")
        ]
    },
    "image": {"alt_text": WORDS, "slack_file": {"url": WORDS}, "title": PLAIN},
    "input": {
        "label": PLAIN,
        "hint": PLAIN,
        "dispatch_action": True,
        "element": {"type": "static_select", **ELEMENT_EXAMPLES["static_select"]},
    },
    "rich_text": {"elements": TEXT["elements"]},
    "table": {"rows": [CELLS, CELLS], "column_settings": [{"align": "right", "is_wrapped": True}]},
    "data_table": {"rows": [CELLS, CELLS], "caption": WORDS, "page_size": 5},
    "task_card": {key: value for key, value in TASK.items() if key != "type"},
    "plan": {"title": WORDS, "tasks": [TASK]},
    "alert": {"text": MRKDWN, "level": "warning"},
    "card": {key: value for key, value in CARD.items() if key != "type"},
    "carousel": {"elements": [CARD]},
    "container": {
        "rich_text_title": TEXT,
        "subtitle": PLAIN,
        "icon": PICTURE,
        "is_collapsible": True,
        "child_blocks": [{"type": "section", "text": MRKDWN}],
    },
    "file": {"external_id": WORDS, "source": "remote"},
    "video": {
        **dict.fromkeys(("alt_text", "video_url", "thumbnail_url", "title_url"), WORDS),
        **dict.fromkeys(("author_name", "provider_name"), WORDS),
        "title": PLAIN,
        "description": PLAIN,
    },
}
EXAMPLES: list[Json] = [
    {"type": kind, "block_id": WORDS, **rest} for kind, rest in BLOCK_EXAMPLES.items()
]


def in_actions(kind: str) -> Json:
    """Return an actions block with the example of an element."""
    elements = [{"type": kind, **ELEMENT_EXAMPLES[kind]}]
    return {"type": "actions", "block_id": WORDS, "elements": elements}


def in_input(kind: str) -> Json:
    """Return an input block with the example of an element."""
    element = {"type": kind, **ELEMENT_EXAMPLES[kind]}
    return {"type": "input", "block_id": WORDS, "label": PLAIN, "hint": PLAIN, "element": element}


EXAMPLES += map(in_actions, ELEMENT_EXAMPLES)
FORMS = [in_input(kind) for kind in ELEMENT_EXAMPLES if not list(VIEW(in_input(kind), ""))]


def with_words(value: Any, words: str) -> Any:
    """Return an example in which somebody has written these words wherever one can."""
    if isinstance(value, dict):
        return {name: with_words(content, words) for name, content in value.items()}
    if isinstance(value, list):
        return [with_words(content, words) for content in value]
    return words if value == WORDS else value


def drawn(*these: Json) -> Seen:
    """Draw blocks and read them."""
    return Seen(blocks(these, NAMES))


def test_there_is_an_example_of_everything() -> None:
    assert set(BLOCK_EXAMPLES) == set(BLOCKS)
    assert set(ELEMENT_EXAMPLES) == set(ELEMENTS)
    assert set(RICH_EXAMPLES) == set(RICH)
    assert set(SPAN_EXAMPLES) == set(SPANS)
    for kind, rest in BLOCK_EXAMPLES.items():
        assert list(BLOCKS[kind]({"type": kind, **rest}, "")) == []
    for kind, rest in ELEMENT_EXAMPLES.items():
        assert list(ELEMENTS[kind]({"type": kind, **rest}, "")) == []


@pytest.mark.parametrize("example", EXAMPLES + FORMS, ids=lambda each: str(each["type"]))
def test_everything_that_slack_takes_is_drawn(example: Json) -> None:
    seen = drawn(example)
    assert "cannot draw" not in seen.text
    assert WORDS in seen.html or example["type"] == "divider"


@pytest.mark.parametrize("name", contract.LIMITS)
def test_the_most_that_slack_takes_is_drawn(name: str) -> None:
    most, _ = contract.LIMITS[name]
    assert "cannot draw" not in drawn(*most).text


def test_what_the_local_slack_is_tried_with_is_drawn() -> None:
    trying: Any = contract.test_blocks_that_slack_takes
    (cases,) = (mark.args[1] for mark in trying.pytestmark)
    assert cases
    for case in cases:
        assert "cannot draw" not in drawn(*case).text


@pytest.mark.parametrize("example", EXAMPLES + FORMS, ids=lambda each: str(each["type"]))
@settings(max_examples=20)
@given(words=st.text(st.sampled_from("\"'<>&/= \n:`*_~|[]()!@#-javscripthonl") | st.characters()))
def test_no_words_become_markup(example: Json, words: str) -> None:
    evil = f"{words}\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
    for text in (evil, f"javascript:{evil}", f"https://x.example/{evil}"):
        for each in drawn(with_words(example, text)).elements:
            assert each.tag in ALLOWED
            assert not any(name.startswith(("on", "style", "src")) for name in each.attributes)
            assert each.attributes.get("href", "https:").startswith(("http:", "https:", "mailto:"))


def controls(seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield each control, and what a screen reader calls it."""
    labels = {each.attributes.get("for"): each.text for each in seen.all("label")}
    for each in seen.elements:
        if each.tag in ("button", "select", "input", "textarea", "summary"):
            if each.tag == "input" and "label" in each.around:
                name = "in its label"
            else:
                own = each.text if each.tag in ("button", "summary") else ""
                named = labels.get(each.attributes.get("id", "-"))
                name = each.attributes.get("aria-label") or named or own
            yield each.tag, name


@pytest.mark.parametrize("example", EXAMPLES + FORMS, ids=lambda each: str(each["type"]))
def test_every_control_has_a_name(example: Json) -> None:
    assert all(name for _, name in controls(drawn(example)))


@pytest.mark.parametrize("page", test_words.SAID)
def test_everything_that_the_bot_says_is_drawn(page: str) -> None:
    match test_words.SAID[page]:
        case Message(text=text, blocks=None):
            html = mrkdwn(text, NAMES)
        case Message(blocks=said):
            html = blocks(said or [], NAMES)
        case dict() as view:
            html = view_body(view, NAMES)
        case _:
            return
    seen = Seen(html)
    assert seen.text.strip()
    assert "cannot draw" not in seen.text
    assert "<!" not in seen.text.replace("<!channel>", "")  # every date is shown
    assert all(name for _, name in controls(seen))


def test_a_form_may_ask_for_everything() -> None:
    seen = Seen(view_body({"type": "modal", "blocks": FORMS}, NAMES))
    asking = {element["type"] for _, element in interactive_elements(FORMS)}
    assert asking == {kind for kind in ELEMENT_EXAMPLES if kind.endswith(("_input", "_select"))} | {
        "checkboxes",
        "datepicker",
        "datetimepicker",
        "radio_buttons",
        "timepicker",
    }
    assert "cannot draw" not in seen.text
