"""Block Kit as a reader of the page sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.playground.page.blocks import blocks, view_body
from bot.playground.page.text import Names
from bot.playground.slack import blocks as known
from bot.playground.slack import elements as known_elements
from tests.unit.reading import ALLOWED, Element, Seen

NAMES = Names({"U1": "Ada", "U2": "Bob"}, {"C1": "general"})


def text(words: str) -> dict[str, str]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": words}


def options(*values: str) -> list[dict[str, Any]]:
    """Return options, each of the value that it shows."""
    return [{"text": text(value.title()), "value": value} for value in values]


def seen(*these: dict[str, Any]) -> Seen:
    """Draw blocks and read them."""
    return Seen(blocks(these, NAMES))


def acting(element: dict[str, Any]) -> Seen:
    """Draw an element in an actions block."""
    return seen({"type": "actions", "block_id": "row", "elements": [element]})


def only(found: list[Element]) -> Element:
    """Return the one element."""
    (one,) = found
    return one


def test_a_button_says_what_is_posted_when_it_is_pressed() -> None:
    confirm = {
        "title": text("Sure?"),
        "text": text("Gone."),
        "confirm": text("Y"),
        "deny": text("N"),
    }
    button = only(
        acting(
            {
                "type": "button",
                "action_id": "go",
                "text": text("Go :tada:"),
                "style": "danger",
                "confirm": confirm,
            }
        ).all("button")
    )
    assert button.text == "Go 🎉"
    assert button.attributes["data-action"] == "go"
    assert button.attributes["data-block"] == "row"
    assert "danger" in button.attributes["class"]
    assert json.loads(button.attributes["data-confirm"]) == confirm


def test_a_button_with_an_address_goes_there_and_is_posted_too() -> None:
    this = {"type": "button", "action_id": "go", "text": text("Go"), "url": "https://example.com"}
    link = only(acting(this).all("a"))
    assert link.attributes["href"] == "https://example.com"
    assert link.attributes["data-action"] == "go"
    assert acting(this | {"url": "javascript:alert(1)"}).all("a") == []


def test_a_menu_offers_its_options_and_shows_what_was_chosen() -> None:
    this = {
        "type": "static_select",
        "action_id": "menu",
        "placeholder": text("Pick one"),
        "options": options("red", "green"),
        "initial_option": options("green")[0],
    }
    drawn = acting(this)
    menu = only(drawn.all("select"))
    assert menu.attributes["aria-label"] == "Pick one"
    offered = [o for o in drawn.all("option") if "disabled" not in o.attributes]
    assert [(o.text, o.attributes["value"]) for o in offered] == [
        ("Red", "red"),
        ("Green", "green"),
    ]
    assert [o.text for o in drawn.all("option") if "selected" in o.attributes] == ["Green"]
    del this["initial_option"]
    begins = [o.text for o in acting(this).all("option") if "selected" in o.attributes]
    assert begins == ["Pick one"]


def test_people_and_channels_are_offered_by_name() -> None:
    people = acting({"type": "users_select", "action_id": "who", "initial_user": "U2"})
    assert [o.text for o in people.all("option")[1:]] == ["@Ada", "@Bob"]
    assert [o.text for o in people.all("option") if "selected" in o.attributes] == ["@Bob"]
    places = acting({"type": "multi_channels_select", "action_id": "where"})
    assert places.texts("option") == ["#general"]
    assert "multiple" in only(places.all("select")).attributes


def test_an_overflow_menu_and_feedback_carry_their_choice() -> None:
    more = acting({"type": "overflow", "action_id": "more", "options": options("share", "hide")})
    assert [b.attributes["data-choice"] for b in more.all("button")] == ["share", "hide"]
    voting = seen(
        {
            "type": "context_actions",
            "block_id": "vote",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": text("Good"), "value": "up"},
                    "negative_button": {"text": text("Bad"), "value": "down"},
                }
            ],
        }
    )
    assert [
        (b.attributes["aria-label"], b.attributes["data-choice"]) for b in voting.all("button")
    ] == [
        ("Good", "up"),
        ("Bad", "down"),
    ]


def test_a_form_names_its_fields_by_block_and_action() -> None:
    view = {
        "type": "modal",
        "blocks": [
            {
                "type": "input",
                "block_id": "b1",
                "label": text("Question"),
                "hint": text("In your own words"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "q",
                    "multiline": True,
                    "max_length": 300,
                    "initial_value": "why <this>?",
                },
            },
            {
                "type": "input",
                "block_id": "b2",
                "optional": True,
                "label": text("Extras"),
                "element": {
                    "type": "checkboxes",
                    "action_id": "x",
                    "options": options("milk", "sugar"),
                    "initial_options": options("milk"),
                },
            },
        ],
    }
    drawn = Seen(view_body(view, NAMES))
    area = only(drawn.all("textarea"))
    assert area.attributes["name"] == "b1/q"
    assert area.attributes["maxlength"] == "300"
    assert area.text == "why <this>?"
    assert "In your own words" in drawn.text
    assert drawn.texts("legend") == ["Extras (optional)"]
    boxes = drawn.all("input")
    assert [(b.attributes["name"], b.attributes["value"]) for b in boxes] == [
        ("b2/x", "milk"),
        ("b2/x", "sugar"),
    ]
    assert ["checked" in b.attributes for b in boxes] == [True, False]


def test_rich_text_has_lists_quotes_and_styles() -> None:
    def section(words: str, **style: bool) -> dict[str, Any]:
        span = {"type": "text", "text": words, "style": style}
        return {"type": "rich_text_section", "elements": [span]}

    drawn = seen(
        {
            "type": "rich_text",
            "elements": [
                section("a <b>", bold=True),
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 2,
                    "elements": [section("one"), section("two")],
                },
                {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
            ],
        }
    )
    assert drawn.texts("strong") == ["a <b>"]
    assert only(drawn.all("ol")).attributes["start"] == "3"
    assert drawn.texts("li") == ["one", "two"]
    assert drawn.texts("blockquote") == ["@Ada"]


def test_a_picture_is_told_of_and_not_loaded() -> None:
    drawn = seen({"type": "image", "alt_text": "a map", "image_url": "https://example.com/m.png"})
    assert "a map" in drawn.text
    assert drawn.all("img") == []


def test_what_cannot_be_drawn_says_so() -> None:
    assert "cannot draw hologram" in seen({"type": "hologram"}).text
    assert "cannot draw knob" in acting({"type": "knob", "action_id": "x"}).text


@pytest.mark.parametrize("kind", sorted(set(known_elements.ELEMENTS) - {"url"}))
def test_every_element_that_slack_takes_is_drawn(kind: str) -> None:
    this: dict[str, Any] = {
        "type": kind,
        "action_id": "a",
        "text": text("Words"),
        "alt_text": "pic",
    }
    if kind in ("static_select", "multi_static_select", "overflow", "radio_buttons", "checkboxes"):
        this["options"] = options("red", "green")
    if kind == "feedback_buttons":
        vote = {"text": text("Words"), "value": "v"}
        this |= {"positive_button": vote, "negative_button": vote}
    drawn = acting(this)
    assert "cannot draw" not in drawn.text
    assert {each.tag for each in drawn.elements} <= ALLOWED


def test_every_block_that_slack_takes_is_drawn() -> None:
    words = {"type": "mrkdwn", "text": "Words"}
    rich = {"type": "rich_text", "elements": []}
    button = {"type": "button", "action_id": "a", "text": text("Words")}
    cell = {"type": "raw_text", "text": "Words"}
    card = {"type": "card", "title": words, "actions": [button]}
    task = {"type": "task_card", "task_id": "t", "title": "Words", "status": "complete"}
    examples: dict[str, dict[str, Any]] = {
        "markdown": {"text": "Words"},
        "section": {"text": words, "accessory": button},
        "header": {"text": text("Words")},
        "divider": {},
        "context": {"elements": [words]},
        "actions": {"elements": [button]},
        "context_actions": {"elements": []},
        "image": {"alt_text": "Words", "image_url": "https://example.com/x.png"},
        "input": {"label": text("Words"), "element": {"type": "plain_text_input"}},
        "rich_text": rich,
        "table": {"rows": [[cell], [cell]]},
        "task_card": task,
        "plan": {"title": "Words", "tasks": [task]},
        "alert": {"text": words, "level": "warning"},
        "card": card,
        "carousel": {"elements": [card]},
        "container": {"title": text("Words"), "child_blocks": [{"type": "divider"}]},
        "video": {
            "alt_text": "a film",
            "video_url": "https://example.com/v",
            "thumbnail_url": "https://example.com/t.png",
            "title": text("Words"),
        },
    }
    # Whoever adds one of these two must draw it first: nothing of ours sends them.
    assert set(examples) == set(known.BLOCKS) - {"data_table", "file"}
    for kind, rest in examples.items():
        drawn = seen({"type": kind, "block_id": "b"} | rest)
        assert "cannot draw" not in drawn.text
        assert "Words" in drawn.text or kind in ("divider", "rich_text", "context_actions")
