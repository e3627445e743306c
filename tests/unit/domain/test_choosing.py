"""Which processor is in force."""

from __future__ import annotations

import pytest

from bot.domain.choices import Choices, Source
from bot.domain.choosing import (
    cheaper_processor,
    lookup_processor,
    nearest_offered,
    processor_in_force,
)
from bot.domain.processors import PROCESSORS


@pytest.mark.parametrize(
    ("asked", "choices", "name", "source"),
    [
        ("lite", Choices("base", "core", "pro"), "lite", Source.MESSAGE),
        (None, Choices("base", "core", "pro"), "base", Source.THREAD),
        (None, Choices(None, "core", "pro"), "core", Source.PERSON),
        (None, Choices(None, None, "pro"), "pro", Source.CHANNEL),
        (None, Choices(), "core-fast", Source.DEFAULT),
    ],
)
def test_the_first_level_that_chose_counts(
    asked: str | None, choices: Choices, name: str, source: Source
) -> None:
    processor, why = processor_in_force(asked, choices, "core-fast")
    assert (processor.name, why) == (name, source)


@pytest.mark.parametrize(
    ("asked", "choices", "name", "source"),
    [
        ("gone", Choices("base"), "base", Source.THREAD),
        (None, Choices("gone", "gone", "pro"), "pro", Source.CHANNEL),
        ("gone", Choices("gone", "gone", "gone"), "core-fast", Source.DEFAULT),
    ],
)
def test_a_processor_that_exists_no_more_is_passed_over(
    asked: str | None, choices: Choices, name: str, source: Source
) -> None:
    processor, why = processor_in_force(asked, choices, "core-fast")
    assert (processor.name, why) == (name, source)


@pytest.mark.parametrize(
    ("choices", "default", "offered", "name", "source"),
    [
        (Choices("pro", "base", "lite"), "core-fast", ("lite", "base"), "base", Source.PERSON),
        (Choices("pro", "pro", "lite"), "core-fast", ("lite", "base"), "lite", Source.CHANNEL),
        (Choices("pro", "pro", "pro"), "core-fast", ("lite", "base"), "base", Source.DEFAULT),
        (Choices(), "core-fast", (), "core-fast", Source.DEFAULT),
    ],
)
def test_a_choice_that_is_not_on_offer_is_passed_over(
    choices: Choices, default: str, offered: tuple[str, ...], name: str, source: Source
) -> None:
    processor, why = processor_in_force(None, choices, default, offered)
    assert (processor.name, why) == (name, source)


def test_what_a_message_asks_for_is_never_replaced() -> None:
    processor, why = processor_in_force("ultra8x", Choices(), "lite", ("lite",))
    assert (processor.name, why) == ("ultra8x", Source.MESSAGE)


@pytest.mark.parametrize(
    ("wanted", "offered", "name"),
    [
        ("core-fast", ("core", "core-fast"), "core-fast"),
        ("core-fast", ("core", "base-fast"), "core"),  # the same price
        ("core-fast", ("speed", "lite", "lite-fast", "base", "base-fast"), "base-fast"),
        ("pro", ("base", "base-fast", "ultra"), "base"),
        ("lite", ("ultra", "core", "core-fast"), "core"),  # nothing is as cheap
        ("lite-fast", ("ultra", "core", "core-fast"), "core-fast"),
        ("core-fast", ("speed", "ultra"), "ultra"),  # with sources
        ("core-fast", ("speed",), "speed"),
        ("speed", ("lite", "pro"), "lite"),
    ],
)
def test_the_nearest_costs_no_more_if_there_is_such_a_one(
    wanted: str, offered: tuple[str, ...], name: str
) -> None:
    assert nearest_offered(PROCESSORS[wanted], offered).name == name


def test_suggestions_are_on_offer_and_have_sources() -> None:
    ultra, base = PROCESSORS["ultra"], PROCESSORS["base"]
    assert cheaper_processor(ultra, ("speed", "base", "ultra")) == base
    assert cheaper_processor(ultra, ("speed", "ultra")) is None
    assert lookup_processor("pro", Choices(), "core-fast", ("speed", "base")) == base
    assert lookup_processor("pro", Choices(), "core-fast", ("speed",)) is None
