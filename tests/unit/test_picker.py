"""What is said about processors: proof-read here, and within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.model import Choices
from bot.playground.slack.surfaces import check_blocks
from bot.ports import Message
from bot.processors import PROCESSORS
from bot.slack import actions, picker

DEFAULT = "core-fast"
SAID = {
    "picker": picker.picker(Choices(), DEFAULT),
    "picker, channel chosen": picker.picker(Choices(channel="pro"), DEFAULT),
    "picker, both chosen": picker.picker(Choices(channel="pro", person="ultra8x-fast"), DEFAULT),
    "help": picker.help_text(),
    "channel set": picker.set_for_channel(Choices(channel="pro-fast"), DEFAULT),
    "channel set, own goes first": picker.set_for_channel(
        Choices(channel="pro-fast", person="lite"), DEFAULT
    ),
    "channel reset": picker.set_for_channel(Choices(), DEFAULT),
    "channel reset, own goes first": picker.set_for_channel(Choices(person="lite"), DEFAULT),
    "own set": picker.set_for_person(Choices(person="ultra", channel="pro"), DEFAULT),
    "own reset": picker.set_for_person(Choices(), DEFAULT),
    "own reset, channel chose": picker.set_for_person(Choices(channel="pro"), DEFAULT),
    "thread set": picker.set_for_thread("ultra"),
    "thread reset": picker.set_for_thread(None),
    "unknown": picker.unknown("profast"),
    "unknown, near nothing": picker.unknown("<!channel> `x`"),
    "too old": picker.too_old(),
    "already": picker.already(),
    "not written": picker.not_written(),
}


def words(message: Message) -> str:
    """What a reader sees: the words of the blocks, else the text."""
    return "\n".join(_words(message.blocks)) if message.blocks else message.text


def _words(value: Any) -> Iterator[str]:
    match value:
        case list():
            for item in value:
                yield from _words(item)
        case {"type": "static_select", "placeholder": shown} as menu:
            picked = menu.get("initial_option", {"text": shown})
            yield f"[ {picked['text']['text']} ▾ ]"
        case {"type": "button", "text": shown}:
            yield f"[ {shown['text']} ]"
        case {"type": "mrkdwn", "text": text}:
            yield text
        case dict():
            for name in ("text", "accessory", "elements"):
                yield from _words(value.get(name))


@pytest.mark.parametrize("what", SAID)
def test_wording(what: str, snapshot: SnapshotAssertion) -> None:
    assert words(SAID[what]) == snapshot


@pytest.mark.parametrize("what", SAID)
def test_slack_takes_it(what: str) -> None:
    said = SAID[what]
    assert 0 < len(said.text) <= 4_000
    check_blocks(said.blocks or [])


def test_slack_takes_every_picker_there_can_be() -> None:
    names = (None, "gone", *PROCESSORS)
    for channel, person in product(names, names):
        said = picker.picker(Choices(channel=channel, person=person), DEFAULT)
        assert len(said.text) <= 4_000
        check_blocks(said.blocks or [])


def menus(message: Message) -> dict[str, dict[str, Any]]:
    found = [block["accessory"] for block in message.blocks or [] if "accessory" in block]
    return {menu["action_id"]: menu for menu in found}


def test_every_processor_stands_in_the_picker_with_price_and_time() -> None:
    said = picker.picker(Choices(), DEFAULT)
    rows = words(said).partition("```\n")[2].partition("\n```")[0].splitlines()
    assert [row.split()[0] for row in rows] == list(PROCESSORS)
    for row, processor in zip(rows, PROCESSORS.values(), strict=True):
        assert processor.price_words in row
        assert processor.usual_time in row
    for menu in menus(said).values():
        assert [option["value"] for option in menu["options"]] == list(PROCESSORS)


def test_the_picker_shows_and_takes_back_only_what_is_chosen() -> None:
    def shown(said: Message) -> tuple[list[str | None], list[str]]:
        initial = [menu.get("initial_option", {}).get("value") for menu in menus(said).values()]
        rows = [b["elements"] for b in said.blocks or [] if b["type"] == "actions"]
        return initial, [button["action_id"] for row in rows for button in row]

    assert shown(picker.picker(Choices(), DEFAULT)) == ([None, None], [])
    assert shown(picker.picker(Choices(channel="pro"), DEFAULT)) == (
        ["pro", None],
        [actions.RESET_CHANNEL],
    )
    assert shown(picker.picker(Choices(person="gone"), DEFAULT)) == (
        [None, None],
        [actions.RESET_MINE],
    )


def test_a_block_is_a_new_one_to_clients_when_its_choice_changed() -> None:
    """Else they keep showing what was picked before."""
    ids = [
        {block["block_id"] for block in said.blocks or [] if "accessory" in block}
        for said in (picker.picker(Choices(n, n, n), DEFAULT) for n in (None, "lite", "pro"))
    ]
    assert len(set.union(*ids)) == 6


def test_text_and_blocks_say_the_same() -> None:
    for said in SAID.values():
        for line in words(said).splitlines():
            if not line.startswith("[ "):
                assert line in said.text


def test_a_name_typed_by_a_person_cannot_ping_or_break_out() -> None:
    said = picker.unknown("`<!channel>` @here " + "x" * 3_000).text
    assert "<!channel>" not in said
    assert "@here" not in said
    assert len(said) < 600
