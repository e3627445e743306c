"""Composition objects and elements: texts, options, buttons, menus, fields. Pure.

https://docs.slack.dev/reference/block-kit/composition-objects and
https://docs.slack.dev/reference/block-kit/block-elements. Values of buttons and options are visible
to clients, so they are ids only.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from bot.slack.wording import cut


class Text(TypedDict):
    """A text object."""

    type: Literal["mrkdwn", "plain_text"]
    text: str
    verbatim: NotRequired[bool]


class Option(TypedDict):
    """An option of a menu."""

    text: Text
    value: str
    description: NotRequired[Text]


class OptionGroup(TypedDict):
    """Options under a label."""

    label: Text
    options: list[Option]


class Confirmation(TypedDict):
    """A dialog that asks before an element acts."""

    title: Text
    text: Text
    confirm: Text
    deny: Text


class Button(TypedDict):
    """A button."""

    type: Literal["button"]
    text: Text
    action_id: str
    value: str
    confirm: NotRequired[Confirmation]


class Overflow(TypedDict):
    """A ⋯ menu."""

    type: Literal["overflow"]
    action_id: str
    options: list[Option]


class StaticSelect(TypedDict):
    """A menu with options of ours, either in groups or not."""

    type: Literal["static_select"]
    action_id: str
    placeholder: Text
    options: NotRequired[list[Option]]
    option_groups: NotRequired[list[OptionGroup]]
    initial_option: NotRequired[Option]


class TextInput(TypedDict):
    """A field to type into."""

    type: Literal["plain_text_input"]
    action_id: str
    max_length: int
    multiline: NotRequired[bool]
    focus_on_load: NotRequired[bool]
    initial_value: NotRequired[str]


class FeedbackButton(TypedDict):
    """One of Slack's thumbs."""

    text: Text
    value: str


class FeedbackButtons(TypedDict):
    """Slack's two thumbs."""

    type: Literal["feedback_buttons"]
    action_id: str
    positive_button: FeedbackButton
    negative_button: FeedbackButton


# --- composition objects ----------------------------------------------------------------


def mrkdwn(words: str) -> Text:
    """Return a text object in which nothing but our own marks is read."""
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def plain_text(words: str) -> Text:
    """Return a text object in which nothing is read."""
    return {"type": "plain_text", "text": words}


def option(label: str, value: str, description: str = "") -> Option:
    """Return an option of a menu; Slack allows 75 characters for a label, which is cut there."""
    made: Option = {"text": plain_text(cut(label, 75)), "value": value}
    if description:
        made["description"] = plain_text(description)
    return made


def option_group(label: str, options: list[Option]) -> OptionGroup:
    """Return options under a label."""
    return {"label": plain_text(label), "options": options}


def confirmation(title: str, words: str, *, confirm: str, deny: str = "Cancel") -> Confirmation:
    """Return a dialog, with the labels of its two buttons."""
    return {
        "title": plain_text(title),
        "text": plain_text(words),
        "confirm": plain_text(confirm),
        "deny": plain_text(deny),
    }


# --- elements ---------------------------------------------------------------------------


def button(
    label: str, action_id: str, value: str, *, confirm: Confirmation | None = None
) -> Button:
    """Return a button, which asks first with `confirm`."""
    made: Button = {
        "type": "button",
        "text": plain_text(label),
        "action_id": action_id,
        "value": value,
    }
    if confirm:
        made["confirm"] = confirm
    return made


def overflow(action_id: str, options: list[Option]) -> Overflow:
    """Return a ⋯ menu; Slack allows five options."""
    return {"type": "overflow", "action_id": action_id, "options": options}


def select(action_id: str, placeholder: str, options: list[Option]) -> StaticSelect:
    """Return a menu; Slack allows 100 options."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "options": options,
    }


def grouped_select(
    action_id: str, placeholder: str, groups: list[OptionGroup], selected: Option | None
) -> StaticSelect:
    """Return a menu of groups, with one of their options selected, or none."""
    made: StaticSelect = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "option_groups": groups,
    }
    if selected:
        made["initial_option"] = selected
    return made


def text_input(
    action_id: str,
    *,
    max_length: int,
    multiline: bool = False,
    focus: bool = False,
    initial_value: str = "",
) -> TextInput:
    """Return a field to type into.

    Args:
        action_id: of the field.
        max_length: characters that it takes, 3,000 at most.
        multiline: several lines.
        focus: the cursor stands in it when its view opens.
        initial_value: what is in it then; "" for nothing.
    """
    made: TextInput = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": max_length,
    }
    if multiline:
        made["multiline"] = True
    if focus:
        made["focus_on_load"] = True
    if initial_value:
        made["initial_value"] = initial_value
    return made


def feedback_button(label: str, value: str) -> FeedbackButton:
    """Return one of Slack's thumbs."""
    return {"text": plain_text(label), "value": value}


def feedback_buttons(
    action_id: str, *, positive: FeedbackButton, negative: FeedbackButton
) -> FeedbackButtons:
    """Return Slack's two thumbs, which stand in a `context_actions` block."""
    return {
        "type": "feedback_buttons",
        "action_id": action_id,
        "positive_button": positive,
        "negative_button": negative,
    }
