"""The elements of Block Kit as a table: buttons, menus, inputs and the objects in them. Pure.

Sources: https://docs.slack.dev/reference/block-kit and the limits in the models of slack_sdk 3.47.
"""

from __future__ import annotations

from bot.playground.slack.rules.schema import (
    Rule,
    anything,
    array,
    boolean,
    by_type,
    enum,
    json_object,
    number,
    string,
)

ID = string(255)
URL = string(3000)
TYPE = anything  # checked by `by_type`


def plain(longest: int) -> Rule:
    """A plain_text object."""
    return json_object({"type": enum("plain_text"), "text": string(longest)}, {"emoji": boolean})


def mrkdwn(longest: int) -> Rule:
    """A mrkdwn object."""
    return json_object({"type": enum("mrkdwn"), "text": string(longest)}, {"verbatim": boolean})


def text(longest: int) -> Rule:
    """Either kind of text object."""
    return by_type({"plain_text": plain(longest), "mrkdwn": mrkdwn(longest)})


CONFIRM = json_object(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": enum("primary", "danger")},
)
OPTION = json_object(
    {"text": text(75), "value": string(150)}, {"description": text(75), "url": URL}
)
OPTIONS = array(OPTION, 1, 100)
GROUPS = array(json_object({"label": plain(75), "options": OPTIONS}), 1, 100)
DISPATCH = json_object({}, {"trigger_actions_on": array(anything, 1, 2)})
SLACK_FILE = json_object({}, {"id": ID, "url": URL}, any_of=("id", "url"))
FEEDBACK = json_object(
    {"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)}
)

_INTERACTIVE = {"action_id": ID, "confirm": CONFIRM}
_SELECT = {**_INTERACTIVE, "placeholder": plain(150), "focus_on_load": boolean}
_TEXT_INPUT = {
    "action_id": ID,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "initial_value": string(3000, 0),
    "dispatch_action_config": DISPATCH,
}
_OPTIONS_OR_GROUPS = {"options": OPTIONS, "option_groups": GROUPS}
_MAX_SELECTED = {"max_selected_items": number(1, 1000)}


def _select(**more: Rule) -> Rule:
    return json_object({"type": TYPE}, {**_SELECT, **more})


def _static(**more: Rule) -> Rule:
    return json_object(
        {"type": TYPE},
        {**_SELECT, **_OPTIONS_OR_GROUPS, **more},
        any_of=("options", "option_groups"),
        not_both=("options", "option_groups"),
    )


_CONVERSATIONS: dict[str, Rule] = {
    "default_to_current_conversation": boolean,
    "filter": json_object(
        {},
        {
            "include": array(enum("im", "mpim", "private", "public"), 1, 4),
            "exclude_bot_users": boolean,
            "exclude_external_shared_channels": boolean,
        },
    ),
}
_IMAGE = {"alt_text": string(2000), "type": TYPE}

ELEMENTS: dict[str, Rule] = {
    "button": json_object(
        {"type": TYPE, "text": plain(75)},
        {
            **_INTERACTIVE,
            "url": URL,
            "value": string(2000, 0),
            "style": enum("primary", "danger"),
            "accessibility_label": string(75),
            "agent_prompt": string(4000),
            "agent_prompt_display": anything,
            "visible_to_user_ids": array(ID, 1, 100),
        },
    ),
    "static_select": _static(initial_option=OPTION),
    "multi_static_select": _static(initial_options=OPTIONS, **_MAX_SELECTED),
    "external_select": _select(initial_option=OPTION, min_query_length=number(0, 100)),
    "multi_external_select": _select(
        initial_options=OPTIONS, min_query_length=number(0, 100), **_MAX_SELECTED
    ),
    "users_select": _select(initial_user=ID),
    "multi_users_select": _select(initial_users=array(ID, 1, 100), **_MAX_SELECTED),
    "conversations_select": _select(
        initial_conversation=ID, response_url_enabled=boolean, **_CONVERSATIONS
    ),
    "multi_conversations_select": _select(
        initial_conversations=array(ID, 1, 100), **_MAX_SELECTED, **_CONVERSATIONS
    ),
    "channels_select": _select(initial_channel=ID, response_url_enabled=boolean),
    "multi_channels_select": _select(initial_channels=array(ID, 1, 100), **_MAX_SELECTED),
    # slack_sdk allows a single option, but the reference says 2 to 5.
    "overflow": json_object({"type": TYPE, "options": array(OPTION, 2, 5)}, _INTERACTIVE),
    "radio_buttons": json_object(
        {"type": TYPE, "options": array(OPTION, 1, 10)},
        {**_INTERACTIVE, "initial_option": OPTION, "focus_on_load": boolean},
    ),
    "checkboxes": json_object(
        {"type": TYPE, "options": array(OPTION, 1, 10)},
        {**_INTERACTIVE, "initial_options": array(OPTION, 1, 10), "focus_on_load": boolean},
    ),
    "datepicker": _select(initial_date=string(10)),
    "timepicker": _select(initial_time=string(5), timezone=string(100)),
    "datetimepicker": json_object(
        {"type": TYPE},
        {**_INTERACTIVE, "initial_date_time": number(0, 9_999_999_999), "focus_on_load": boolean},
    ),
    "image": json_object(
        {**_IMAGE}, {"image_url": URL, "slack_file": SLACK_FILE}, any_of=("image_url", "slack_file")
    ),
    "plain_text_input": json_object(
        {"type": TYPE},
        {
            **_TEXT_INPUT,
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "rich_text_input": json_object(
        {"type": TYPE},
        {**_TEXT_INPUT, "initial_value": anything, "min_lines": anything, "max_lines": anything},
    ),
    "email_text_input": json_object({"type": TYPE}, _TEXT_INPUT),
    "url_text_input": json_object({"type": TYPE}, _TEXT_INPUT),
    "number_input": json_object(
        {"type": TYPE, "is_decimal_allowed": boolean},
        {**_TEXT_INPUT, "min_value": string(40), "max_value": string(40)},
    ),
    "file_input": json_object(
        {"type": TYPE},
        {"action_id": ID, "filetypes": array(string(20), 1, 100), "max_files": number(1, 10)},
    ),
    "feedback_buttons": json_object(
        {"type": TYPE, "positive_button": FEEDBACK, "negative_button": FEEDBACK},
        {"action_id": ID},
    ),
    "icon_button": json_object(
        {"type": TYPE, "icon": enum("trash"), "text": plain(75)},
        {
            **_INTERACTIVE,
            "value": string(2000, 0),
            "accessibility_label": string(75),
            "visible_to_user_ids": array(ID, 1, 100),
        },
    ),
    "workflow_button": json_object(
        {"type": TYPE, "text": plain(75), "workflow": anything},
        {"action_id": ID, "style": enum("primary", "danger"), "accessibility_label": string(75)},
    ),
    "url": json_object({"type": TYPE, "url": URL, "text": string(255)}),
}

SELECTS = tuple(kind for kind in ELEMENTS if kind.endswith("_select"))
_SINGLESELECTS = tuple(kind for kind in SELECTS if not kind.startswith("multi_"))
PICKERS = ("datepicker", "timepicker", "datetimepicker", "radio_buttons", "checkboxes")
INPUTS = tuple(kind for kind in ELEMENTS if kind.endswith("_input"))
