"""Block Kit in the local Slack: every limit, met exactly and passed by one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import Channel, LocalSlack
from tests.slack_clients import client, refusal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def markdown(text: str) -> Json:
    return {"type": "markdown", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("go"), **more}


def option(text: str = "a", value: str = "a", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def menu(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "m", "options": [option()], **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def accessory(element: Json) -> Json:
    return section("x") | {"accessory": element}


def table(rows: int, cells: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * cells] * rows}


def confirm(**changed: Any) -> Json:
    dialog = {"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")}
    return actions(button(confirm=dialog | changed))


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def run(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain("t"), **more}


def task(**more: Any) -> Json:
    return {"type": "task_card", "task_id": "1", "title": "t", "status": "pending", **more}


FEEDBACK = {"text": plain("good"), "value": "1"}
MARKDOWN_TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"

#: Each limit: the most that is taken, and one more than that.
LIMITS: dict[str, tuple[list[Json], list[Json]]] = {
    "50 blocks": ([{"type": "divider"}] * 50, [{"type": "divider"}] * 51),
    "section text 3,000": ([section("x" * 3000)], [section("x" * 3001)]),
    "section field 2,000": (
        [{"type": "section", "fields": [plain("x" * 2000)]}],
        [{"type": "section", "fields": [plain("x" * 2001)]}],
    ),
    "10 section fields": (
        [{"type": "section", "fields": [plain("x")] * 10}],
        [{"type": "section", "fields": [plain("x")] * 11}],
    ),
    "header 150": (
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}],
    ),
    "10 context elements": (
        [{"type": "context", "elements": [plain("x")] * 10}],
        [{"type": "context", "elements": [plain("x")] * 11}],
    ),
    "25 actions": ([actions(*[button()] * 25)], [actions(*[button()] * 26)]),
    "button text 75": (
        [actions(button(text=plain("x" * 75)))],
        [actions(button(text=plain("x" * 76)))],
    ),
    "button value 2,000": (
        [actions(button(value="x" * 2000))],
        [actions(button(value="x" * 2001))],
    ),
    "button url 3,000": ([actions(button(url="x" * 3000))], [actions(button(url="x" * 3001))]),
    "action_id 255": (
        [actions(button(action_id="x" * 255))],
        [actions(button(action_id="x" * 256))],
    ),
    "block_id 255": (
        [{"type": "divider", "block_id": "x" * 255}],
        [{"type": "divider", "block_id": "x" * 256}],
    ),
    "option text 75": (
        [actions(menu(options=[option("x" * 75)]))],
        [actions(menu(options=[option("x" * 76)]))],
    ),
    "option value 150": (
        [actions(menu(options=[option(value="x" * 150)]))],
        [actions(menu(options=[option(value="x" * 151)]))],
    ),
    "option description 75": (
        [actions(menu(options=[option(description=plain("x" * 75))]))],
        [actions(menu(options=[option(description=plain("x" * 76))]))],
    ),
    "100 options": (
        [actions(menu(options=[option()] * 100))],
        [actions(menu(options=[option()] * 101))],
    ),
    "placeholder 150": (
        [actions(menu(placeholder=plain("x" * 150)))],
        [actions(menu(placeholder=plain("x" * 151)))],
    ),
    "5 overflow options": (
        [accessory({"type": "overflow", "options": [option()] * 5})],
        [accessory({"type": "overflow", "options": [option()] * 6})],
    ),
    "2 overflow options": (
        [accessory({"type": "overflow", "options": [option()] * 2})],
        [accessory({"type": "overflow", "options": [option()]})],
    ),
    "10 radio buttons": (
        [accessory({"type": "radio_buttons", "options": [option()] * 10})],
        [accessory({"type": "radio_buttons", "options": [option()] * 11})],
    ),
    "confirm title 100": ([confirm(title=plain("x" * 100))], [confirm(title=plain("x" * 101))]),
    "confirm text 300": ([confirm(text=plain("x" * 300))], [confirm(text=plain("x" * 301))]),
    "confirm button 30": ([confirm(deny=plain("x" * 30))], [confirm(deny=plain("x" * 31))]),
    "image alt_text 2,000": (
        [{"type": "image", "image_url": "https://x", "alt_text": "x" * 2000}],
        [{"type": "image", "image_url": "https://x", "alt_text": "x" * 2001}],
    ),
    "100 table rows": ([table(100, 1)], [table(101, 1)]),
    "20 table cells": ([table(1, 20)], [table(1, 21)]),
    "10,000 table characters": ([table(10, 10, "x" * 100)], [table(10, 11, "x" * 100)]),
    "5 context actions": (
        [
            {
                "type": "context_actions",
                "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}] * 5,
            }
        ],
        [
            {
                "type": "context_actions",
                "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}] * 6,
            }
        ],
    ),
    "card body 200": ([card(body=plain("x" * 200))], [card(body=plain("x" * 201))]),
    "10 cards": (
        [{"type": "carousel", "elements": [card()] * 10}],
        [{"type": "carousel", "elements": [card()] * 11}],
    ),
    "50 headings after translation": ([markdown("# x\n" * 50)], [markdown("# x\n" * 51)]),
    "50 dividers after translation": ([markdown("***\n" * 50)], [markdown("***\n" * 51)]),
    "100 markdown table rows": (
        [markdown("|a|b|\n|-|-|\n" + "|1|2|\n" * 99)],
        [markdown("|a|b|\n|-|-|\n" + "|1|2|\n" * 100)],
    ),
    "20 markdown table cells": (
        [markdown("|a" * 20 + "|\n" + "|-" * 20 + "|\n")],
        [markdown("|a" * 21 + "|\n" + "|-" * 21 + "|\n")],
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_blocks_at_every_limit_are_accepted(
    slack: LocalSlack, general: Channel, limit: str
) -> None:
    most, _ = LIMITS[limit]
    answer = await client(slack).chat_postMessage(channel=general.id, text="x", blocks=most)
    assert len(answer["message"]["blocks"]) == len(most)


@pytest.mark.parametrize("limit", LIMITS)
async def test_blocks_one_over_a_limit_are_refused(
    slack: LocalSlack, general: Channel, limit: str
) -> None:
    _, more = LIMITS[limit]
    call = client(slack).chat_postMessage(channel=general.id, text="x", blocks=more)
    answer = await refusal(call)
    assert answer["error"] == "invalid_blocks"
    assert "json-pointer:/blocks" in answer["response_metadata"]["messages"][0]
    assert general.visible() == []


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([markdown("x" * 12_001)], "msg_too_long"),
        ([markdown("x" * 6_001), markdown("x" * 6_000)], "msg_too_long"),
        ([markdown("x" * 12_000), section("x" * 1_201)], "msg_blocks_too_long"),
        ([section("x" * 3_000)] * 5, "msg_blocks_too_long"),
        ([table(1, 1), table(1, 1)], "only_one_table_allowed"),
        ([markdown(MARKDOWN_TABLE), table(1, 1)], "only_one_table_allowed"),
        ([markdown(f"{MARKDOWN_TABLE}\n\nand\n\n{MARKDOWN_TABLE}")], "only_one_table_allowed"),
        ([markdown(MARKDOWN_TABLE), markdown(MARKDOWN_TABLE)], "only_one_table_allowed"),
        ([table(1, 1), {"type": "data_table", "rows": []}], "only_one_table_allowed"),
        ([{"type": "nonsense"}], "invalid_blocks"),
        ([{"text": "no type"}], "invalid_blocks"),
        ([{"type": "divider", "colour": "blue"}], "invalid_blocks"),
        ([section("")], "invalid_blocks"),
        ([{"type": "section"}], "invalid_blocks"),
        ([{"type": "section", "text": "bare"}], "invalid_blocks"),
        ([{"type": "section", "text": {"type": "markdown", "text": "x"}}], "invalid_blocks"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "invalid_blocks"),
        ([{"type": "context", "elements": []}], "invalid_blocks"),
        ([actions()], "invalid_blocks"),
        ([actions({"type": "nonsense"})], "invalid_blocks"),
        ([actions({"type": "image", "image_url": "x", "alt_text": "x"})], "invalid_blocks"),
        ([actions(button(text={"type": "mrkdwn", "text": "go"}))], "invalid_blocks"),
        ([actions(button(style="loud"))], "invalid_blocks"),
        ([actions(button(onclick="x"))], "invalid_blocks"),
        ([actions(menu(options=[]))], "invalid_blocks"),
        ([actions({"type": "static_select", "action_id": "m"})], "invalid_blocks"),
        (
            [actions(menu(option_groups=[{"label": plain("g"), "options": [option()]}]))],
            "invalid_blocks",
        ),
        (
            [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
            "invalid_blocks",
        ),
        ([actions(button(action_id="a"), button(action_id="a"))], "invalid_blocks"),
        ([{"type": "image", "alt_text": "x"}], "invalid_blocks"),
        (
            [{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}],
            "invalid_blocks",
        ),
        ([task(status="busy")], "invalid_blocks"),
        ([{"type": "alert", "text": plain("x"), "level": "loud"}], "invalid_blocks"),
        ([rich()], "invalid_blocks"),
        ([rich(run({"type": "nonsense"}))], "invalid_blocks"),
        ([{"type": "container", "child_blocks": [{"type": "divider"}]}], "invalid_blocks"),
    ],
)
async def test_blocks_that_slack_refuses(
    slack: LocalSlack, general: Channel, blocks: list[Json], error: str
) -> None:
    call = client(slack).chat_postMessage(channel=general.id, text="x", blocks=blocks)
    assert (await refusal(call))["error"] == error


@pytest.mark.parametrize(
    "blocks",
    [
        [markdown("x" * 12_000), section("x" * 1_000)],
        [markdown(f"{MARKDOWN_TABLE}\n\n```\n{MARKDOWN_TABLE}\n```")],
        [markdown("```\n" + "# x\n" * 60 + "```")],
        [actions(button(action_id="a"), button(action_id="b")), actions(button(action_id="a"))],
        [actions(menu(initial_option=option()), {"type": "datepicker", "action_id": "d"})],
        [
            {
                "type": "context_actions",
                "elements": [
                    {
                        "type": "feedback_buttons",
                        "positive_button": FEEDBACK,
                        "negative_button": FEEDBACK,
                    }
                ],
            }
        ],
        [
            rich(
                run(
                    {"type": "text", "text": "x", "style": {"bold": True}},
                    {"type": "emoji", "name": "x"},
                )
            )
        ],
        [rich({"type": "rich_text_list", "style": "bullet", "elements": [run()]})],
        [{"type": "plan", "title": "t", "tasks": [task(details=rich(run()))]}],
        [{"type": "alert", "text": plain("x"), "level": "warning"}],
        [{"type": "container", "title": plain("t"), "child_blocks": [section("x")]}],
    ],
)
async def test_blocks_that_slack_takes(
    slack: LocalSlack, general: Channel, blocks: list[Json]
) -> None:
    await client(slack).chat_postMessage(channel=general.id, text="x", blocks=blocks)
    assert [b["type"] for b in general.visible()[0].blocks] == [b["type"] for b in blocks]


async def test_blocks_and_elements_without_a_name_get_one(
    slack: LocalSlack, general: Channel
) -> None:
    blocks = [actions(button(), button()), {"type": "divider"}]
    answer = await client(slack).chat_postMessage(channel=general.id, text="x", blocks=blocks)
    first, second = answer["message"]["blocks"]
    names = [e["action_id"] for e in first["elements"]] + [first["block_id"], second["block_id"]]
    assert len(set(names)) == 4
    assert all(names)


async def test_blocks_validate_says_where_and_why(slack: LocalSlack) -> None:
    call = client(slack).blocks_validate
    assert (await call(blocks=[section("x")]))["ok"]
    assert (await call(message={"blocks": [section("x")]}))["ok"]
    wrong = await refusal(call(blocks=[section("x" * 3001)]))
    assert wrong["error"] == "invalid_blocks"
    assert wrong["errors"] == ["must be less than 3001 characters [json-pointer:/0/text/text]"]
    wrong = await refusal(call(view={"type": "modal"}))
    assert wrong["error"] == "invalid_view"
    wrong = await refusal(call(blocks=[section("x")], view={"type": "modal"}))
    assert wrong["error"] == "invalid_arguments"
