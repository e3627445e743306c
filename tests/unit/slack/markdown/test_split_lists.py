"""Numbered lists that are larger than a message: every item keeps its number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.markdown.parser import parse
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages

WORDS = "some words of this step " * 4


def numbers_in(*texts: str) -> dict[str, int]:
    """Return the number that a reader sees before each item that begins with a name (``n7``)."""
    found: dict[str, int] = {}
    for text in texts:
        counts: list[int] = []
        for token in parse(text).tokens:
            match token.type:
                case "ordered_list_open" | "bullet_list_open":
                    counts.append(int(token.attrs.get("start", 1)) - 1)
                case "ordered_list_close" | "bullet_list_close":
                    counts.pop()
                case "list_item_open":
                    counts[-1] += 1
                case "inline" if counts and (name := re.match(r"n\d+\b", token.content)):
                    found.setdefault(name[0], counts[-1])
                case _:
                    pass
    return found


def numbered(items: list[str], start: int = 1, mark: str = ".") -> str:
    """Write items as a numbered list."""
    lines = []
    for number, item in enumerate(items, start):
        marker = f"{number}{mark} "
        lines.append(marker + item.replace("\n", "\n" + " " * len(marker)))
    return "\n".join(lines)


def test_a_list_within_an_item_and_the_items_after_it_keep_their_numbers() -> None:
    steps = numbered([f"n{n} {WORDS}" for n in range(101, 146)])
    plan = numbered([f"n1 **Phase**\n{steps}", "n2 is short", "n3 too"])
    parts = split_messages(f"# Plan\n\n{plan}", 1_500)
    assert len(parts) > 2
    assert numbers_in(*parts) == numbers_in(plan)
    assert [numbers_in(parts[-1])[name] for name in ("n145", "n2", "n3")] == [45, 2, 3]


def test_references_below_a_numbered_title_keep_their_numbers() -> None:
    titles = numbered([f"n{n} {WORDS}" for n in range(1, 131)])
    source = numbered([f"References\n\n{titles}"], start=2)
    parts = split_messages(source, 2_000)
    assert numbers_in(*parts) == {f"n{n}": n for n in range(1, 131)}


def test_a_list_in_a_quote_keeps_its_numbers() -> None:
    inner = numbered([f"n{n} {WORDS}" for n in range(10, 40)])
    quoted = re.sub("(?m)^", "> ", numbered([f"n1 Phase\n{inner}", "n2 is short"]))
    assert numbers_in(*split_messages(quoted, 700)) == numbers_in(quoted)


_LEAF = st.sampled_from(["", "x", WORDS])
_ITEMS = st.recursive(
    st.lists(st.tuples(_LEAF, st.none()), min_size=1, max_size=4),
    lambda inner: st.lists(st.tuples(_LEAF, st.none() | inner), min_size=1, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=100)
@given(_ITEMS, st.lists(st.sampled_from([(1, "."), (1, "."), (3, "."), (1, ")")]), min_size=1))
def test_numbers_stay_as_they_are_wherever_lists_are_split(
    items: list[tuple[str, object]], kinds: list[tuple[int, str]]
) -> None:
    count = 0

    def written(items: object, depth: int) -> str:
        nonlocal count
        assert isinstance(items, list)
        texts = []
        for words, inner in items:
            count += 1
            text = f"n{count} {words}".strip()
            texts.append(f"{text}\n\n{written(inner, depth + 1)}" if inner else text)
        return numbered(texts, *kinds[depth % len(kinds)])

    source = written(items, 0)
    want = numbers_in(sanitize(source))
    for name, number in numbers_in(*split_messages(source, 300)).items():
        assert number == want[name]
