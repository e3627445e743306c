"""Long Markdown, in parts that each fit one message."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import limits
from bot.slack.markdown.parser import parse
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

SENTENCE = "The canal is run by an authority of the state, not by a company. "


def test_what_fits_stays_in_one_part() -> None:
    text = "# Title\n\nText\n\n- a\n- b\n\n| a |\n| --- |\n| b |\n\n```\ncode\n```"
    assert split_messages(text) == [text]


@pytest.mark.parametrize("nothing", ["", " \n\n\t\n", "\u202e"])
def test_an_empty_text_has_no_parts(nothing: str) -> None:
    assert split_messages(nothing) == []


def test_parts_are_measured_after_escaping() -> None:
    parts = split_messages("a < b " * 2_000)
    assert len(parts) == 2
    assert all(len(part) <= limits.PART_TEXT for part in parts)


def test_blocks_stay_whole_and_a_heading_stays_with_its_block() -> None:
    text = f"{SENTENCE * 2}\n\n## Heading\n\n**Sub**\n\n{SENTENCE * 2}"
    assert split_messages(text, 200) == [
        (SENTENCE * 2).strip(),
        f"## Heading\n\n**Sub**\n\n{SENTENCE * 2}".strip(),
    ]


def test_a_heading_stays_with_the_first_part_of_a_long_block() -> None:
    parts = split_messages(f"# Heading\n\n{SENTENCE * 10}", 300)
    assert parts[0].startswith("# Heading\n\nThe canal")
    assert all(part.endswith("company.") for part in parts)


def test_text_is_cut_after_a_sentence_else_a_word_else_a_character() -> None:
    assert split_messages(SENTENCE * 4, 200) == [(SENTENCE * 3).strip(), SENTENCE.strip()]
    words = split_messages("word " * 100, 200)
    assert " ".join(words).split() == ["word"] * 100
    assert [len(part) for part in split_messages("x" * 500, 200)] == [198, 198, 104]


@pytest.mark.parametrize("label", ["a label of some words", "see [1] on this", "a [#1] \\[ b"])
def test_links_and_code_are_not_cut(label: str) -> None:
    link = f"[{label}](https://example.com/path)"
    code = "`some code with spaces`"
    parts = split_messages(f"{link} {code} " * 20, 200)
    assert len(parts) > 5
    assert sum(part.count(link) for part in parts) == 20
    assert sum(part.count(code) for part in parts) == 20


def test_an_entity_is_not_cut() -> None:
    parts = split_messages("<" * 300, 200)
    assert "".join(parts) == "&lt;" * 300
    assert all(re.fullmatch("(?:&lt;)+", part) for part in parts)


def test_lists_come_apart_between_items_and_count_on() -> None:
    text = "\n".join(f"1. {SENTENCE}\n   - detail" for _ in range(6))
    parts = split_messages(text, 200)
    assert len(parts) == 3
    assert [re.findall(r"^\d+\.", part, re.MULTILINE) for part in parts] == [
        ["1.", "2."],
        ["3.", "4."],
        ["5.", "6."],
    ]
    assert all(part.count("\n   - detail") == 2 for part in parts)


def test_a_wider_number_takes_its_item_along() -> None:
    text = "\n".join("1. item\n   - detail" for _ in range(12))
    ends = "10. item\n    - detail\n11. item\n    - detail\n12. item\n    - detail"
    assert split_messages(text)[0].endswith(ends)


def test_an_item_too_long_keeps_its_words_and_its_code() -> None:
    text = f"- first\n- {SENTENCE * 5}\n\n  ```\n  code\n  ```\n- last"
    parts = split_messages(text, 200)
    assert all(len(part) <= 200 for part in parts)
    assert _words("\n".join(parts)) == _words(text)
    assert "```\ncode\n```" in "\n".join(parts)
    assert parts[-1].endswith("- last")


def test_code_is_closed_and_opened_again() -> None:
    lines = [f"line_{n} = {n}" for n in range(60)]
    parts = split_messages("```python\n" + "\n".join(lines) + "\n```", 300)
    assert len(parts) > 2
    assert all(part.startswith("```python\n") and part.endswith("\n```") for part in parts)
    assert "\n".join(part[10:-4] for part in parts).split("\n") == lines


def test_a_fence_within_code_does_not_end_it() -> None:
    code = "\n".join(["```", "inner", "```"] * 40)
    parts = split_messages(f"````md\n{code}\n````", 300)
    assert all(_fences_balanced(part) for part in parts)
    assert "".join(parts).count("inner") == 40


def test_a_long_table_repeats_its_header() -> None:
    head = "| Name | Value |\n| --- | --- |"
    rows = [f"| row {n} | {n} |" for n in range(250)]
    parts = split_messages("\n".join([head, *rows]))
    assert len(parts) == 3
    assert all(part.startswith(head) for part in parts)
    assert [len(part.split("\n")) - 1 for part in parts] == [100, 100, 53]  # with the header
    assert [row for part in parts for row in part.split("\n")[2:]] == rows


def test_two_tables_make_two_parts() -> None:
    table = "| a | b |\n| --- | --- |\n| c | d |"
    assert split_messages(f"One\n\n{table}\n\nTwo:\n\n{table}") == [
        f"One\n\n{table}",
        f"Two:\n\n{table}",
    ]


def test_tables_within_a_list_are_counted_too() -> None:
    item = "- item\n\n  | a | b |\n  |---|---|\n  | c | d |"
    assert [_tables(part) for part in split_messages(f"{item}\n{item}")] == [1, 1]


def test_a_table_in_a_list_may_be_as_long_as_slack_takes() -> None:
    item = "- item\n\n  | a |\n  | --- |" + "\n  | b |" * 99  # a hundred rows
    assert split_messages(item) == [item]
    assert len(split_messages(f"{item}\n  | b |")) > 1


def test_cells_hold_no_more_than_slack_takes() -> None:
    rows = "\n".join(f"| {'x' * 1_000} | {n} |" for n in range(20))
    parts = split_messages(f"| a | b |\n|---|---|\n{rows}")
    assert all(sum(len(row) for row in part.split("\n")) <= 10_100 for part in parts)
    assert [part.count("x" * 1_000) for part in parts] == [9, 9, 2]


def test_a_table_too_wide_becomes_code() -> None:
    row = "| " + " | ".join(str(n) for n in range(21)) + " |"
    table = f"{row}\n{'| --- ' * 21}|\n{row}"
    assert split_messages(table) == [f"```\n{table}\n```"]


def test_no_part_has_more_blocks_than_slack_takes() -> None:
    parts = split_messages("\n\n".join(f"# Heading {n}\n\nText {n}" for n in range(50)))
    assert len(parts) == 3
    assert all(len(list(parse(part).blocks())) <= limits.PART_ITEMS for part in parts)
    assert all(part.startswith("# Heading") for part in parts)
    assert len(split_messages("\n".join(f"- item {n}" for n in range(200)))) == 1


@pytest.mark.parametrize("inner", ["---", "# h", "- # h\n> - ---"])
def test_nor_within_a_quote_or_a_list(inner: str) -> None:
    quote = "\n>\n".join([f"> {inner}"] * 200)
    for text in (quote, quote.replace("> ", "- ").replace("\n>\n", "\n"), f"- a\n\n  {quote}"):
        for part in split_messages(text):
            kinds = [token.type for token in parse(part).tokens]
            assert kinds.count("hr") + kinds.count("heading_open") <= limits.PART_ITEMS


def test_a_word_in_code_is_not_cut() -> None:
    words = [f"word{n}" for n in range(200)]
    parts = split_messages(f"`{' '.join(words)}`", 200)
    assert re.findall(r"\w+", " ".join(parts)) == words


def test_a_long_quote_stays_a_quote() -> None:
    text = "\n>\n".join(f"> {SENTENCE}" for _ in range(8))
    parts = split_messages(text, 300)
    assert len(parts) > 1
    assert all(line.startswith(">") for part in parts for line in part.split("\n"))
    assert _words("\n".join(parts)) == _words(text)


def test_quotes_in_quotes_come_apart_too() -> None:
    text = "\n>\n".join("> " * depth + f"# Heading\n{'> ' * depth}\n{'> ' * depth}" + SENTENCE * 4
                        for depth in range(1, 9))  # fmt: skip
    parts = split_messages(text, 200)
    assert all(len(part) <= 200 for part in parts)
    assert _words("\n".join(parts)) == _words(text)


def test_references_are_resolved_across_parts() -> None:
    parts = split_messages(f"See [1].\n\n{SENTENCE * 5}\n\n[1]: https://e.com", 300)
    assert parts[0].startswith("See [1](https://e.com).")


@pytest.mark.parametrize(("limit", "items"), [(199, 45), (11_500, 3)])
def test_a_part_too_small_to_write_in_is_refused(limit: int, items: int) -> None:
    with pytest.raises(ValueError, match="200 characters and 4 items"):
        split_messages("text", limit, items)


@settings(max_examples=40)
@given(any_markdown, st.integers(200, 400), st.integers(4, 9))
def test_every_part_fits_and_is_safe(source: str, limit: int, items: int) -> None:
    for part in split_messages(source, limit, items):
        assert part.strip()
        assert len(part) <= limit
        assert "<" not in part
        assert _fences_balanced(part)
        assert _tables(part) <= 1


@settings(max_examples=40)
@given(any_markdown, st.integers(200, 400))
def test_no_word_is_lost(source: str, limit: int) -> None:
    whole, parts = sanitize(source), split_messages(source, limit)
    if _tables(whole) == 0:  # headers are repeated
        assert _words("\n".join(parts)) == _words(whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [
        SENTENCE + "\n\n",
        "- item\n",
        "| a | b |\n",
        "> quote ",
        "a\n> # b\n",
        "[",
        "![a](",
        "`a<br>",
        "a<br>[",
        "\\[",
        "- ",
        "<",
    ],
)
@pytest.mark.usefixtures("nothing_is_collected")
def test_the_time_grows_with_the_length_and_not_with_its_square(block: str) -> None:
    def seconds(length: int) -> float:
        text = (block * (length // len(block) + 1))[:length]
        start = time.process_time()
        parts = split_messages(text)
        to_plain_text(text, 39_000)
        assert all(len(part) <= limits.PART_TEXT for part in parts)
        return time.process_time() - start

    seconds(500)
    # Ten times the length: a square would take a hundred times as long.
    small = seconds(1_200)
    assert min(seconds(12_000), seconds(12_000)) < 30 * small + 0.5


@pytest.mark.slow
def test_five_megabytes_are_no_problem() -> None:
    text = "```\n" + f"{'a line of a very long log ' * 10}\n" * 20_000 + "```"
    assert len(text) > 5_000_000
    assert all(len(part) <= limits.PART_TEXT for part in split_messages(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-zé]+", re.sub(r"&[a-z]+;", "", text))


def _tables(text: str) -> int:
    return sum(token.type == "table_open" for token in parse(text).tokens)


def _fences_balanced(text: str) -> bool:
    fences = [token for token in parse(text).tokens if token.type == "fence"]
    return all(
        token.map is not None and token.content.count("\n") == token.map[1] - token.map[0] - 2
        for token in fences
    )
