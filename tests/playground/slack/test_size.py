"""How large the blocks of a message may be in the local Slack: as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.playground.slack import Channel, LocalSlack
from bot.slack.limits import BLOCKS, json_length
from tests.slack_clients import client, refusal

Json = dict[str, Any]


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def markdown(text: str) -> Json:
    return {"type": "markdown", "text": text}


def menu(options: int) -> Json:
    """A row with a closed menu: nobody sees what it offers before it is opened."""
    offered = [
        {"text": {"type": "plain_text", "text": "x" * 75}, "value": f"{n:0>150}"}
        for n in range(options)
    ]
    element = {"type": "static_select", "action_id": "m", "options": offered}
    return {"type": "actions", "elements": [element]}


def filled(blocks: list[Json], length: int) -> list[Json]:
    """Add a section that brings the JSON of the blocks to exactly this length."""
    rest = length - json_length([*blocks, section("x")]) + 1
    return [*blocks, section("x" * rest)]


SHAPES = {
    "sections": [section("x" * 2_900)] * 4,
    "markdown": [markdown("x" * 11_000)],
    "line ends, which JSON writes in two characters": [markdown("x\n" * 3_600)],
    "quotes and backslashes": [markdown('"\\' * 2_700)],
    "letters beyond ASCII, which are one character each": [markdown("é漢🙂" * 3_700)],
    "closed menus": [menu(40)],
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_blocks_up_to_the_limit_are_taken_and_one_more_character_is_not(
    slack: LocalSlack, general: Channel, shape: str
) -> None:
    post = client(slack).chat_postMessage
    most = filled(SHAPES[shape], BLOCKS)
    assert len(json.dumps(most, ensure_ascii=False, separators=(",", ":"))) == BLOCKS
    ts = (await post(channel=general.id, text="x", blocks=most))["ts"]
    more = filled(SHAPES[shape], BLOCKS + 1)
    for call in (
        post(channel=general.id, text="x", blocks=more),
        client(slack).chat_update(channel=general.id, ts=ts, text="x", blocks=more),
    ):
        assert (await refusal(call))["error"] == "msg_blocks_too_long"
    assert len(general.visible()) == 1


async def test_text_alone_is_not_bound_by_it(slack: LocalSlack, general: Channel) -> None:
    await client(slack).chat_postMessage(channel=general.id, text="x" * 30_000)
    assert len(general.visible()) == 1
