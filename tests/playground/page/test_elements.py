"""Buttons, menus and fields as a reader of the page finds them."""

from __future__ import annotations

import json
from typing import Any

from bot.playground.page.blockkit.blocks import blocks, view_body
from tests.playground.page.blockkit_samples import NAMES, acting, only, options, seen, text
from tests.playground.page.html_reader import Seen


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


def test_an_element_in_a_message_is_known_by_action_block_and_kind() -> None:
    menu = only(acting({"type": "users_select", "action_id": "who"}).all("select"))
    known = {name: value for name, value in menu.attributes.items() if name.startswith("data-")}
    assert known == {"data-action": "who", "data-block": "row", "data-kind": "users_select"}


def test_radio_buttons_of_each_message_are_a_group_of_their_own() -> None:
    this = {"type": "radio_buttons", "action_id": "one", "options": options("a", "b")}
    drawn = acting(this | {"initial_option": options("b")[0]})
    radios = drawn.all("input")
    assert [radio.attributes["name"] for radio in radios] == ["row/one", "row/one"]
    assert ["checked" in radio.attributes for radio in radios] == [False, True]
    assert all("form" in radio.around for radio in radios)
    section = {"type": "section", "text": text("x"), "accessory": this}
    assert Seen(view_body({"blocks": [section]}, NAMES)).all("form") == []  # it is in one already


def test_people_are_in_conversations_only_when_asked_for() -> None:
    def offered(*wanted: str) -> list[str]:
        menu = {"type": "multi_conversations_select", "action_id": "where"}
        return acting(menu | {"filter": {"include": list(wanted)}}).texts("option")

    assert offered("public", "im") == ["#general", "@Ada", "@Bob"]
    assert offered("private") == ["#general"]
    assert offered("im") == ["@Ada", "@Bob"]


def test_groups_of_options_have_names() -> None:
    groups = [{"label": text("Warm"), "options": options("red")}]
    groups.append({"label": text("Cold"), "options": options("blue", "green")})
    drawn = acting({"type": "static_select", "action_id": "menu", "option_groups": groups})
    assert [g.attributes["label"] for g in drawn.all("optgroup")] == ["Warm", "Cold"]
    assert drawn.texts("optgroup") == ["Red", "BlueGreen"]


def asked(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an input block that asks for an element."""
    element = {"action_id": "a", **element}
    return {"type": "input", "block_id": "b 1", "label": text("Q"), "element": element, **more}


def test_a_field_has_its_label_its_hint_and_is_needed_unless_optional() -> None:
    drawn = seen(asked({"type": "email_text_input"}, hint=text("yours")))
    field, label = only(drawn.all("input")), only(drawn.all("label"))
    assert field.attributes["type"] == "email"
    assert label.attributes["for"] == field.attributes["id"]
    hint = field.attributes["aria-describedby"]
    assert [each.text for each in drawn.elements if each.attributes.get("id") == hint] == ["yours"]
    assert "required" in field.attributes
    assert "data-action" not in field.attributes  # it is posted with the form only
    optional = only(seen(asked({"type": "email_text_input"}, optional=True)).all("input"))
    assert "required" not in optional.attributes
    at_once = only(seen(asked({"type": "email_text_input"}, dispatch_action=True)).all("input"))
    assert at_once.attributes["data-action"] == "a"


def test_what_was_typed_and_chosen_is_kept() -> None:
    menu = {"type": "multi_static_select", "options": options("x", "y", "z")}
    kept = Seen(
        blocks(
            [
                asked({"type": "plain_text_input", "initial_value": "old"}),
                {**asked(menu), "block_id": "c"},
            ],
            NAMES,
            values={"b 1": {"a": "new"}, "c": {"a": "x,z"}},
        )
    )
    assert only(kept.all("input")).attributes["value"] == "new"
    assert [o.text for o in kept.all("option") if "selected" in o.attributes] == ["X", "Z"]


def test_fields_have_the_limits_and_beginnings_that_the_app_gave() -> None:
    number = {
        "type": "number_input",
        "is_decimal_allowed": True,
        "min_value": "1",
        "max_value": "9",
    }
    field = only(seen(asked(number)).all("input")).attributes
    assert (field["type"], field["min"], field["max"], field["step"]) == ("number", "1", "9", "any")
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "\nbegun"}]}
    begun = {"type": "rich_text_input", "initial_value": {"type": "rich_text", "elements": [rich]}}
    assert only(seen(asked(begun)).all("textarea")).text == "\n\nbegun"  # a browser drops one
    file = only(
        seen(asked({"type": "file_input", "filetypes": ["pdf"], "max_files": 1})).all("input")
    )
    assert file.attributes["accept"] == ".pdf"
    assert "multiple" not in file.attributes


def test_only_a_form_takes_the_focus() -> None:
    this = asked({"type": "plain_text_input", "focus_on_load": True})
    in_form = Seen(view_body({"blocks": [this]}, NAMES))
    assert "autofocus" in only(in_form.all("input")).attributes
    assert "autofocus" not in only(seen(this).all("input")).attributes
