"""Which processor is in force."""

from __future__ import annotations

import pytest

from bot.domain.choices import Choices, Source
from bot.domain.choosing import processor_in_force


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
