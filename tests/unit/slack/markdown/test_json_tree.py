"""JSON of megabytes: only its beginning is written as Markdown, and that says so."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.markdown.json_tree import MOST, MOST_OF_ONE, REST, json_as_markdown
from bot.slack.markdown.sanitizer import sanitize


class Unread:
    """A value that is not to be written."""

    def __str__(self) -> str:
        """Fail."""
        raise AssertionError("more is written than anybody is shown")


WORDS = "The canal is 193 km long. "
MANY = MOST // len(WORDS) + 1


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({**{f"key {n}": WORDS for n in range(MANY)}, "end": Unread()}, id="keys"),
        pytest.param({"all": [WORDS] * MANY + [Unread()]}, id="a list"),
        pytest.param({"all": [*[{"a": WORDS, "b": 1}] * MANY, {"a": Unread()}]}, id="a table"),
        pytest.param([*[{"a": WORDS, "b": 1}] * MANY, {"a": Unread()}], id="a table alone"),
        pytest.param({"all": [*[[[WORDS]]] * MANY, [[Unread()]]]}, id="lists in lists"),
        pytest.param({"all": [*[WORDS * 40] * (MANY // 20), Unread()]}, id="long texts"),
        pytest.param([*[{"a": [WORDS * 40]}] * (MANY // 20), [Unread()]], id="objects"),
    ],
)
def test_values_beyond_the_bound_are_not_written(value: Any) -> None:
    written = json_as_markdown(value)
    assert MOST / 2 < len(written) <= MOST + len(REST) + 2
    assert written.endswith(f"\n\n{REST}")


@pytest.mark.parametrize("value", [lambda text: {"a": text}, lambda text: {"a": ["b", text]}])
@pytest.mark.parametrize("beginning", ["", "```\n", "- a\n  > "])
def test_of_one_text_only_the_beginning_is_read(value: Any, beginning: str) -> None:
    shown = json_as_markdown({**value(f"{beginning}{WORDS * 4_000}"), "end": "is here"})
    assert len(shown) < MOST_OF_ONE + 1_000
    assert shown.endswith("**End:** is here")
    assert REST in (line.strip() for line in sanitize(shown).split("\n"))


def test_deep_values_are_cut_too() -> None:
    deep: object = [WORDS] * MANY
    for _ in range(10):
        deep = {"a": deep}
    assert len(json_as_markdown({"a": deep})) < MOST_OF_ONE + 1_000
