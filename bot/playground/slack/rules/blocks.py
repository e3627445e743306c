"""The blocks of Block Kit as a table: every block, its fields and their limits. Pure.

MESSAGE and VIEW list the blocks allowed in each; rules for whole messages and views (sums,
duplicates, tables) are in ``message_rules``. Sources: https://docs.slack.dev/reference/block-kit
and the limits in the models of slack_sdk 3.47.
"""

from __future__ import annotations

from bot.playground.slack.rules.elements import (
    ELEMENTS,
    ID,
    INPUTS,
    PICKERS,
    SELECTS,
    SLACK_FILE,
    TYPE,
    URL,
    mrkdwn,
    plain,
    text,
)
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

_STYLE = json_object(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean
    ),
)
_SPAN = {"style": _STYLE}
SPANS: dict[str, Rule] = {
    "text": json_object({"type": TYPE, "text": string(12_000, 0)}, _SPAN),
    "link": json_object(
        {"type": TYPE, "url": URL}, {**_SPAN, "text": string(3000), "unsafe": boolean}
    ),
    "user": json_object({"type": TYPE, "user_id": ID}, _SPAN),
    "usergroup": json_object({"type": TYPE, "usergroup_id": ID}, _SPAN),
    "channel": json_object({"type": TYPE, "channel_id": ID}, _SPAN),
    "team": json_object({"type": TYPE, "team_id": ID}, _SPAN),
    "broadcast": json_object({"type": TYPE, "range": enum("here", "channel", "everyone")}, _SPAN),
    "emoji": json_object(
        {"type": TYPE, "name": string(100)}, {**_SPAN, "unicode": string(100), "url": URL}
    ),
    "color": json_object({"type": TYPE, "value": string(20)}, _SPAN),
    "date": json_object(
        {"type": TYPE, "timestamp": anything, "format": string(300)},
        {**_SPAN, "url": URL, "fallback": string(300)},
    ),
}
_RUN = array(by_type(SPANS), 0, 5000)
RICH: dict[str, Rule] = {
    "rich_text_section": json_object({"type": TYPE, "elements": _RUN}),
    "rich_text_quote": json_object({"type": TYPE, "elements": _RUN}, {"border": number(0, 1)}),
    "rich_text_preformatted": json_object(
        {"type": TYPE, "elements": _RUN}, {"border": number(0, 1), "language": string(100)}
    ),
}
RICH["rich_text_list"] = json_object(
    {
        "type": TYPE,
        "style": enum("bullet", "ordered"),
        "elements": array(by_type(RICH, "rich_text_section"), 0, 1000),
    },
    {"indent": number(0, 8), "offset": number(0, 100_000), "border": number(0, 1)},
)

BLOCKS: dict[str, Rule] = {}


def _block(
    required: dict[str, Rule], optional: dict[str, Rule] | None = None, **more: tuple[str, ...]
) -> Rule:
    given = {"block_id": ID, **(optional or {})}
    return json_object({"type": TYPE, **required}, given, any_of=more.get("any_of", ()))


_RICH_TEXT = by_type(BLOCKS, "rich_text")
_PICTURE = by_type(ELEMENTS, "image")
_CELL = by_type(
    {
        "raw_text": json_object({"type": TYPE, "text": string(10_000)}),
        "raw_number": json_object(
            {"type": TYPE, "value": number(-1e300, 1e300), "text": string(100)}
        ),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = json_object({}, {"align": enum("left", "center", "right"), "is_wrapped": boolean})

BLOCKS.update(
    {
        "markdown": _block({"text": string(1_000_000)}),  # summed up in `message_rules`
        "section": _block(
            {},
            {
                "text": text(3000),
                "fields": array(text(2000), 1, 10),
                "accessory": by_type(
                    ELEMENTS, "button", "overflow", "image", "workflow_button", *SELECTS, *PICKERS
                ),
                "expand": boolean,
            },
            any_of=("text", "fields"),
        ),
        "header": _block({"text": plain(150)}),
        "divider": _block({}),
        "context": _block(
            {
                "elements": array(
                    by_type(
                        {
                            "image": ELEMENTS["image"],
                            "plain_text": plain(3000),
                            "mrkdwn": mrkdwn(3000),
                        }
                    ),
                    1,
                    10,
                )
            }
        ),
        "actions": _block(
            {
                "elements": array(
                    by_type(ELEMENTS, "button", "overflow", "workflow_button", *SELECTS, *PICKERS),
                    1,
                    25,
                )
            }
        ),
        "context_actions": _block(
            {"elements": array(by_type(ELEMENTS, "feedback_buttons", "icon_button"), 1, 5)}
        ),
        "image": _block(
            {"alt_text": string(2000)},
            {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
            any_of=("image_url", "slack_file"),
        ),
        "input": _block(
            {"label": plain(2000), "element": by_type(ELEMENTS, *SELECTS, *PICKERS, *INPUTS)},
            {"hint": plain(2000), "dispatch_action": boolean, "optional": boolean},
        ),
        "rich_text": _block({"elements": array(by_type(RICH), 1, 1000)}),
        "table": _block(
            {"rows": array(array(_CELL, 1, 20), 1, 100)},
            {"column_settings": array(_COLUMN, 0, 20)},
        ),
        "data_table": _block(
            {"rows": anything},
            {"caption": anything, "columns": anything, "page_size": number(1, 100)},
        ),
        "task_card": _block(
            {
                "task_id": ID,
                "title": string(256),
                "status": enum("pending", "in_progress", "complete", "error"),
            },
            {
                "details": _RICH_TEXT,
                "output": _RICH_TEXT,
                "sources": array(by_type(ELEMENTS, "url"), 0, 100),
            },
        ),
        "plan": _block(
            {"title": string(256)}, {"tasks": array(by_type(BLOCKS, "task_card"), 0, 50)}
        ),
        "alert": _block(
            {"text": text(3000)},
            {"level": enum("default", "info", "warning", "error", "success")},
        ),
        "card": _block(
            {},
            {
                "hero_image": _PICTURE,
                "icon": _PICTURE,
                "title": text(150),
                "subtitle": text(150),
                "body": text(200),
                "actions": array(by_type(ELEMENTS, "button"), 1, 25),
            },
            any_of=("hero_image", "title", "actions", "body"),
        ),
        "carousel": _block({"elements": array(by_type(BLOCKS, "card"), 1, 10)}),
        "container": _block(
            {"child_blocks": array(by_type(BLOCKS), 1, 10)},
            {
                "title": plain(150),
                "rich_text_title": _RICH_TEXT,
                "subtitle": text(150),
                "width": enum("narrow", "standard", "wide", "full"),
                "icon": _PICTURE,
                "is_collapsible": boolean,
                "default_collapsed": boolean,
                "has_header_divider": boolean,
            },
            any_of=("title", "rich_text_title"),
        ),
        "file": _block({"external_id": ID, "source": enum("remote")}),
        "video": _block(
            {
                "alt_text": string(2000),
                "video_url": URL,
                "thumbnail_url": URL,
                "title": plain(200),
            },
            {
                "title_url": URL,
                "description": plain(200),
                "provider_icon_url": URL,
                "provider_name": string(50),
                "author_name": string(50),
            },
        ),
    }
)

_EVERYWHERE = {"section", "header", "divider", "context", "actions", "image", "rich_text", "video"}
MESSAGE = by_type(BLOCKS, *sorted(set(BLOCKS) - {"input"}))
VIEW = by_type(BLOCKS, *sorted(_EVERYWHERE | {"input"}))
