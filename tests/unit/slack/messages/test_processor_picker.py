"""The processor picker: its menus, and Slack's limits. Its words are in `test_words`."""

from __future__ import annotations

from itertools import product
from typing import Any

from bot.domain.choices import Choices
from bot.domain.processors import LEVELS, PROCESSORS
from bot.playground.slack.rules.message_rules import check_blocks
from bot.ports import Message
from bot.slack import action_ids
from bot.slack.messages import processor_picker
from tests.unit.slack.phrasebook import IN_MENUS, offered, shown

DEFAULT = "core-fast"


def test_slack_takes_every_picker_there_can_be() -> None:
    names = (None, "gone", *PROCESSORS)
    for channel, person in product(names, names):
        said = processor_picker.processor_picker(Choices(channel=channel, person=person), DEFAULT)
        assert len(said.text) <= 4_000
        check_blocks(said.blocks or [])


def menus(message: Message) -> dict[str, dict[str, Any]]:
    found = [block["accessory"] for block in message.blocks or [] if "accessory" in block]
    return {menu["action_id"]: menu for menu in found}


def test_every_processor_is_in_the_picker_with_price_and_time() -> None:
    said = processor_picker.processor_picker(Choices(), DEFAULT, everything=True)
    rows = shown(said).partition("```\n")[2].partition("\n```")[0].splitlines()
    assert [row.split()[0] for row in rows] == list(PROCESSORS)
    for row, processor in zip(rows, PROCESSORS.values(), strict=True):
        assert processor.price_words in row
        assert processor.usual_time in row
    for menu in menus(said).values():
        assert [option["value"] for option in offered(menu)] == IN_MENUS


def test_the_picker_shows_the_levels_first_and_the_rest_on_request() -> None:
    said = processor_picker.processor_picker(Choices(), DEFAULT)
    lines = shown(said).splitlines()
    for level in LEVELS:
        line = next(each for each in lines if each.startswith(f"• *{level.processor.label}*"))
        for fact in (level.processor.price_words, level.processor.usual_time, level.suits):
            assert fact in line
    assert "ultra8x" not in shown(said)
    assert "[All processors…]" in shown(said)
    assert "[All processors…]" not in shown(
        processor_picker.processor_picker(Choices(), DEFAULT, everything=True)
    )


def test_the_picker_shows_and_takes_back_only_what_is_chosen() -> None:
    def chosen(said: Message) -> tuple[list[str | None], list[str]]:
        initial = [menu.get("initial_option", {}).get("value") for menu in menus(said).values()]
        rows = [b["elements"] for b in said.blocks or [] if b["type"] == "actions"]
        buttons = [button["action_id"] for row in rows for button in row]
        return initial, [each for each in buttons if each != action_ids.PROCESSORS_ALL]

    assert chosen(processor_picker.processor_picker(Choices(), DEFAULT)) == ([None, None], [])
    assert chosen(processor_picker.processor_picker(Choices(channel="pro"), DEFAULT)) == (
        ["pro", None],
        [action_ids.RESET_CHANNEL],
    )
    assert chosen(processor_picker.processor_picker(Choices(person="gone"), DEFAULT)) == (
        [None, None],
        [action_ids.RESET_MINE],
    )


def test_a_block_is_a_new_one_to_clients_when_its_choice_changed() -> None:
    """Else they keep showing what was picked before."""
    ids = [
        {block["block_id"] for block in said.blocks or [] if "accessory" in block}
        for said in (
            processor_picker.processor_picker(Choices(n, n, n), DEFAULT)
            for n in (None, "lite", "pro")
        )
    ]
    assert len(set.union(*ids)) == 6


def test_a_name_typed_by_a_person_cannot_ping_or_break_out() -> None:
    said = processor_picker.unknown_processor("`<!channel>` @here " + "x" * 3_000).text
    assert "<!channel>" not in said
    assert "@here" not in said
    assert len(said) < 600
