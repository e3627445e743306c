"""Which processor looks a quick answer up with sources, and how long a question it may have."""

from __future__ import annotations

import pytest

from bot.domain import prompt
from bot.domain.choices import Choices, Source
from bot.domain.choosing import lookup_processor, processor_in_force
from bot.domain.processors import LOOK_UP_DEFAULT, PROCESSORS, SPEED
from bot.parallel.instructions import SYSTEM_MESSAGE


@pytest.mark.parametrize(
    ("last", "choices", "default", "name"),
    [
        # what answered in the thread last
        ("pro", Choices(), "core-fast", "pro"),
        ("pro", Choices("base", "core", "lite"), "core-fast", "pro"),
        ("pro", Choices("speed"), "speed", "pro"),
        # else what was chosen, if that has sources
        (None, Choices("base", "core", "lite"), "core-fast", "base"),
        (None, Choices(None, "core", "lite"), "core-fast", "core"),
        (None, Choices(None, None, "lite"), "core-fast", "lite"),
        (None, Choices(), "ultra", "ultra"),
        (None, Choices("gone", None, "lite"), "core-fast", "lite"),
        ("gone", Choices("base"), "core-fast", "base"),
        # else the usual one
        (None, Choices("speed"), "ultra", "core-fast"),
        (None, Choices("speed", "core", "lite"), "ultra", "core-fast"),
        (None, Choices(None, "speed"), "ultra", "core-fast"),
        (None, Choices(), "speed", "core-fast"),
        ("gone", Choices(), "speed", "core-fast"),
        ("speed", Choices("pro"), "ultra", "core-fast"),
        ("", Choices("pro"), "ultra", "pro"),
    ],
)
def test_the_last_processor_with_sources_looks_up_else_the_chosen_one(
    last: str | None, choices: Choices, default: str, name: str
) -> None:
    assert lookup_processor(last, choices, default) == PROCESSORS[name]


@pytest.mark.parametrize("default", PROCESSORS)
def test_the_lookup_processor_always_has_sources(default: str) -> None:
    names = [None, "gone", *PROCESSORS]
    found = {
        lookup_processor(last, Choices(thread=chosen), default)
        for last in names
        for chosen in names
    }
    assert [each for each in found if each is None or each.is_chat] == []


def test_the_usual_one_has_sources_and_speed_has_none() -> None:
    assert (LOOK_UP_DEFAULT.is_chat, SPEED.is_chat) == (False, True)
    assert [name for name, each in PROCESSORS.items() if each.is_chat] == ["speed"]


@pytest.mark.parametrize(
    ("asked", "choices", "source"),
    [
        ("speed", Choices("base"), Source.MESSAGE),
        (None, Choices("speed"), Source.THREAD),
        (None, Choices(None, "speed"), Source.PERSON),
        (None, Choices(None, None, "speed"), Source.CHANNEL),
    ],
)
def test_quick_answers_can_be_chosen_at_every_level(
    asked: str | None, choices: Choices, source: Source
) -> None:
    assert processor_in_force(asked, choices, "core-fast") == (SPEED, source)


def test_a_question_of_full_length_leaves_room_for_the_system_message() -> None:
    longest = prompt.longest_question(SPEED)
    assert longest + len(SYSTEM_MESSAGE) <= 15_000
    assert longest <= prompt.longest_question(PROCESSORS["core"])
