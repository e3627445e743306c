"""The elements of Block Kit as a table: buttons, menus, inputs and the objects in them.

Source: https://docs.slack.dev/reference/block-kit and the limits that the models of slack_sdk
3.47 carry.
"""

from __future__ import annotations

from bot.playground.slack.rules.schema import (
    Rule,
    anything,
    choice,
    flag,
    listing,
    number,
    string,
    thing,
    typed,
)

ID = string(255)
URL = string(3000)
TYPE = anything  # the table has looked at it already


def plain(longest: int) -> Rule:
    """A plain_text object."""
    return thing({"type": choice("plain_text"), "text": string(longest)}, {"emoji": flag})


def mrkdwn(longest: int) -> Rule:
    """A mrkdwn object."""
    return thing({"type": choice("mrkdwn"), "text": string(longest)}, {"verbatim": flag})


def text(longest: int) -> Rule:
    """Either kind of text object."""
    return typed({"plain_text": plain(longest), "mrkdwn": mrkdwn(longest)})


CONFIRM = thing(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
OPTION = thing({"text": text(75), "value": string(150)}, {"description": text(75), "url": URL})
OPTIONS = listing(OPTION, 1, 100)
GROUPS = listing(thing({"label": plain(75), "options": OPTIONS}), 1, 100)
DISPATCH = thing({}, {"trigger_actions_on": listing(anything, 1, 2)})
SLACK_FILE = thing({}, {"id": ID, "url": URL}, any_of=("id", "url"))
FEEDBACK = thing({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

_ACTING = {"action_id": ID, "confirm": CONFIRM}
_INPUT = {**_ACTING, "placeholder": plain(150), "focus_on_load": flag}
_TYPING = {
    "action_id": ID,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "initial_value": string(3000, 0),
    "dispatch_action_config": DISPATCH,
}
_OFFER = {"options": OPTIONS, "option_groups": GROUPS}
_SEVERAL = {"max_selected_items": number(1, 1000)}


def _select(**more: Rule) -> Rule:
    return thing({"type": TYPE}, {**_INPUT, **more})


def _static(**more: Rule) -> Rule:
    return thing(
        {"type": TYPE},
        {**_INPUT, **_OFFER, **more},
        any_of=("options", "option_groups"),
        not_both=("options", "option_groups"),
    )


_CONVERSATIONS: dict[str, Rule] = {
    "default_to_current_conversation": flag,
    "filter": thing(
        {},
        {
            "include": listing(choice("im", "mpim", "private", "public"), 1, 4),
            "exclude_bot_users": flag,
            "exclude_external_shared_channels": flag,
        },
    ),
}
_IMAGE = {"alt_text": string(2000), "type": TYPE}

ELEMENTS: dict[str, Rule] = {
    "button": thing(
        {"type": TYPE, "text": plain(75)},
        {
            **_ACTING,
            "url": URL,
            "value": string(2000, 0),
            "style": choice("primary", "danger"),
            "accessibility_label": string(75),
            "agent_prompt": string(4000),
            "agent_prompt_display": anything,
            "visible_to_user_ids": listing(ID, 1, 100),
        },
    ),
    "static_select": _static(initial_option=OPTION),
    "multi_static_select": _static(initial_options=OPTIONS, **_SEVERAL),
    "external_select": _select(initial_option=OPTION, min_query_length=number(0, 100)),
    "multi_external_select": _select(
        initial_options=OPTIONS, min_query_length=number(0, 100), **_SEVERAL
    ),
    "users_select": _select(initial_user=ID),
    "multi_users_select": _select(initial_users=listing(ID, 1, 100), **_SEVERAL),
    "conversations_select": _select(
        initial_conversation=ID, response_url_enabled=flag, **_CONVERSATIONS
    ),
    "multi_conversations_select": _select(
        initial_conversations=listing(ID, 1, 100), **_SEVERAL, **_CONVERSATIONS
    ),
    "channels_select": _select(initial_channel=ID, response_url_enabled=flag),
    "multi_channels_select": _select(initial_channels=listing(ID, 1, 100), **_SEVERAL),
    # One item is refused although the model of slack_sdk allows it: the reference says 2 to 5.
    "overflow": thing({"type": TYPE, "options": listing(OPTION, 2, 5)}, _ACTING),
    "radio_buttons": thing(
        {"type": TYPE, "options": listing(OPTION, 1, 10)},
        {**_ACTING, "initial_option": OPTION, "focus_on_load": flag},
    ),
    "checkboxes": thing(
        {"type": TYPE, "options": listing(OPTION, 1, 10)},
        {**_ACTING, "initial_options": listing(OPTION, 1, 10), "focus_on_load": flag},
    ),
    "datepicker": _select(initial_date=string(10)),
    "timepicker": _select(initial_time=string(5), timezone=string(100)),
    "datetimepicker": thing(
        {"type": TYPE},
        {**_ACTING, "initial_date_time": number(0, 9_999_999_999), "focus_on_load": flag},
    ),
    "image": thing(
        {**_IMAGE}, {"image_url": URL, "slack_file": SLACK_FILE}, any_of=("image_url", "slack_file")
    ),
    "plain_text_input": thing(
        {"type": TYPE},
        {
            **_TYPING,
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "rich_text_input": thing(
        {"type": TYPE},
        {**_TYPING, "initial_value": anything, "min_lines": anything, "max_lines": anything},
    ),
    "email_text_input": thing({"type": TYPE}, _TYPING),
    "url_text_input": thing({"type": TYPE}, _TYPING),
    "number_input": thing(
        {"type": TYPE, "is_decimal_allowed": flag},
        {**_TYPING, "min_value": string(40), "max_value": string(40)},
    ),
    "file_input": thing(
        {"type": TYPE},
        {"action_id": ID, "filetypes": listing(string(20), 1, 100), "max_files": number(1, 10)},
    ),
    "feedback_buttons": thing(
        {"type": TYPE, "positive_button": FEEDBACK, "negative_button": FEEDBACK},
        {"action_id": ID},
    ),
    "icon_button": thing(
        {"type": TYPE, "icon": choice("trash"), "text": plain(75)},
        {
            **_ACTING,
            "value": string(2000, 0),
            "accessibility_label": string(75),
            "visible_to_user_ids": listing(ID, 1, 100),
        },
    ),
    "workflow_button": thing(
        {"type": TYPE, "text": plain(75), "workflow": anything},
        {"action_id": ID, "style": choice("primary", "danger"), "accessibility_label": string(75)},
    ),
    "url": thing({"type": TYPE, "url": URL, "text": string(255)}),
}

SELECTS = tuple(kind for kind in ELEMENTS if kind.endswith("_select"))
_SINGLESELECTS = tuple(kind for kind in SELECTS if not kind.startswith("multi_"))
PICKERS = ("datepicker", "timepicker", "datetimepicker", "radio_buttons", "checkboxes")
INPUTS = tuple(kind for kind in ELEMENTS if kind.endswith("_input"))
