"""The blocks of Block Kit as a table: every block, its fields and their limits.

Where a block may stand is in MESSAGE and VIEW; what holds for a whole message or view (sums,
doubles, tables) is in ``surfaces.py``. Sources: https://docs.slack.dev/reference/block-kit and
the limits that the models of slack_sdk 3.47 carry.
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
    choice,
    flag,
    listing,
    number,
    string,
    thing,
    typed,
)

_STYLE = thing(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), flag
    ),
)
_SPAN = {"style": _STYLE}
SPANS: dict[str, Rule] = {
    "text": thing({"type": TYPE, "text": string(12_000, 0)}, _SPAN),
    "link": thing({"type": TYPE, "url": URL}, {**_SPAN, "text": string(3000), "unsafe": flag}),
    "user": thing({"type": TYPE, "user_id": ID}, _SPAN),
    "usergroup": thing({"type": TYPE, "usergroup_id": ID}, _SPAN),
    "channel": thing({"type": TYPE, "channel_id": ID}, _SPAN),
    "team": thing({"type": TYPE, "team_id": ID}, _SPAN),
    "broadcast": thing({"type": TYPE, "range": choice("here", "channel", "everyone")}, _SPAN),
    "emoji": thing(
        {"type": TYPE, "name": string(100)}, {**_SPAN, "unicode": string(100), "url": URL}
    ),
    "color": thing({"type": TYPE, "value": string(20)}, _SPAN),
    "date": thing(
        {"type": TYPE, "timestamp": anything, "format": string(300)},
        {**_SPAN, "url": URL, "fallback": string(300)},
    ),
}
_RUN = listing(typed(SPANS), 0, 5000)
RICH: dict[str, Rule] = {
    "rich_text_section": thing({"type": TYPE, "elements": _RUN}),
    "rich_text_quote": thing({"type": TYPE, "elements": _RUN}, {"border": number(0, 1)}),
    "rich_text_preformatted": thing(
        {"type": TYPE, "elements": _RUN}, {"border": number(0, 1), "language": string(100)}
    ),
}
RICH["rich_text_list"] = thing(
    {
        "type": TYPE,
        "style": choice("bullet", "ordered"),
        "elements": listing(typed(RICH, "rich_text_section"), 0, 1000),
    },
    {"indent": number(0, 8), "offset": number(0, 100_000), "border": number(0, 1)},
)

BLOCKS: dict[str, Rule] = {}


def _block(
    required: dict[str, Rule], optional: dict[str, Rule] | None = None, **more: tuple[str, ...]
) -> Rule:
    given = {"block_id": ID, **(optional or {})}
    return thing({"type": TYPE, **required}, given, any_of=more.get("any_of", ()))


_RICH_TEXT = typed(BLOCKS, "rich_text")
_PICTURE = typed(ELEMENTS, "image")
_CELL = typed(
    {
        "raw_text": thing({"type": TYPE, "text": string(10_000)}),
        "raw_number": thing({"type": TYPE, "value": number(-1e300, 1e300), "text": string(100)}),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = thing({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})

BLOCKS.update(
    {
        "markdown": _block({"text": string(1_000_000)}),  # its length is summed in surfaces.py
        "section": _block(
            {},
            {
                "text": text(3000),
                "fields": listing(text(2000), 1, 10),
                "accessory": typed(
                    ELEMENTS, "button", "overflow", "image", "workflow_button", *SELECTS, *PICKERS
                ),
                "expand": flag,
            },
            any_of=("text", "fields"),
        ),
        "header": _block({"text": plain(150)}),
        "divider": _block({}),
        "context": _block(
            {
                "elements": listing(
                    typed(
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
                "elements": listing(
                    typed(ELEMENTS, "button", "overflow", "workflow_button", *SELECTS, *PICKERS),
                    1,
                    25,
                )
            }
        ),
        "context_actions": _block(
            {"elements": listing(typed(ELEMENTS, "feedback_buttons", "icon_button"), 1, 5)}
        ),
        "image": _block(
            {"alt_text": string(2000)},
            {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
            any_of=("image_url", "slack_file"),
        ),
        "input": _block(
            {"label": plain(2000), "element": typed(ELEMENTS, *SELECTS, *PICKERS, *INPUTS)},
            {"hint": plain(2000), "dispatch_action": flag, "optional": flag},
        ),
        "rich_text": _block({"elements": listing(typed(RICH), 1, 1000)}),
        "table": _block(
            {"rows": listing(listing(_CELL, 1, 20), 1, 100)},
            {"column_settings": listing(_COLUMN, 0, 20)},
        ),
        "data_table": _block(
            {"rows": anything},
            {"caption": anything, "columns": anything, "page_size": number(1, 100)},
        ),
        "task_card": _block(
            {
                "task_id": ID,
                "title": string(256),
                "status": choice("pending", "in_progress", "complete", "error"),
            },
            {
                "details": _RICH_TEXT,
                "output": _RICH_TEXT,
                "sources": listing(typed(ELEMENTS, "url"), 0, 100),
            },
        ),
        "plan": _block(
            {"title": string(256)}, {"tasks": listing(typed(BLOCKS, "task_card"), 0, 50)}
        ),
        "alert": _block(
            {"text": text(3000)},
            {"level": choice("default", "info", "warning", "error", "success")},
        ),
        "card": _block(
            {},
            {
                "hero_image": _PICTURE,
                "icon": _PICTURE,
                "title": text(150),
                "subtitle": text(150),
                "body": text(200),
                "actions": listing(typed(ELEMENTS, "button"), 1, 25),
            },
            any_of=("hero_image", "title", "actions", "body"),
        ),
        "carousel": _block({"elements": listing(typed(BLOCKS, "card"), 1, 10)}),
        "container": _block(
            {"child_blocks": listing(typed(BLOCKS), 1, 10)},
            {
                "title": plain(150),
                "rich_text_title": _RICH_TEXT,
                "subtitle": text(150),
                "width": choice("narrow", "standard", "wide", "full"),
                "icon": _PICTURE,
                "is_collapsible": flag,
                "default_collapsed": flag,
                "has_header_divider": flag,
            },
            any_of=("title", "rich_text_title"),
        ),
        "file": _block({"external_id": ID, "source": choice("remote")}),
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
MESSAGE = typed(BLOCKS, *sorted(set(BLOCKS) - {"input"}))
VIEW = typed(BLOCKS, *sorted(_EVERYWHERE | {"input"}))
