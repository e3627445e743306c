"""Parallel's warnings, below an answer and in its report file: quoted, short, and inert."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.research import Answer, Citation, FieldBasis
from bot.slack import limits
from bot.slack.citations.sources import field_name
from bot.slack.messages.warnings import MOST_JSON, warnings_block, warnings_markdown


def shown(*warnings: str) -> str:
    """The words of the block."""
    [block] = warnings_block(Answer("Egypt.", (), warnings))
    assert block["type"] == "context"
    [words] = block["elements"]
    assert (words["type"], words["verbatim"]) == ("mrkdwn", True)
    return str(words["text"])


def test_no_warnings_give_no_text() -> None:
    for warnings in ((), ("",), (" \n", "\u202e")):
        assert warnings_block(Answer("Egypt.", (), warnings)) == []
        assert warnings_markdown(Answer("Egypt.", (), warnings)) == ""


def test_a_warning_is_quoted() -> None:
    assert shown("No period is named.") == ":warning: Parallel warns: “No period is named.”"


def test_a_few_warnings_are_quoted_and_the_rest_counted() -> None:
    two = ":warning: Parallel warns: “a”\n:warning: Parallel warns: “b”"
    assert shown("a", "b") == two
    assert shown("a", "b", "c") == f"{two}\n1 more is in the files of this answer."
    assert shown(*"abcdefg") == f"{two}\n5 more are in the files of this answer."


@pytest.mark.parametrize(
    ("warning", "words"),
    [
        ("<!channel> <@U1> <https://evil.example|here>", "&lt;!channel&gt; &lt;@U1&gt; &lt;https"),
        ("@here look", "@\u2060here look"),
        ("a & b", "a &amp; b"),
        ("one\n\n> two\u2028three", "one &gt; two three"),
        ("turned \u202e round \x1b[31m", "turned round [31m"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_a_warning_can_do_nothing(warning: str, words: str) -> None:
    text = shown(warning)
    assert words in text
    assert "\n" not in text
    assert "<" not in text


@given(st.lists(st.text(max_size=700) | st.sampled_from(["&" * 700, '"\\' * 400, "😀" * 600])))
def test_the_block_is_small_whatever_is_warned_of(warnings: list[str]) -> None:
    blocks = warnings_block(Answer("x", (), tuple(warnings)))
    assert limits.json_length(blocks) <= MOST_JSON
    warnings_markdown(Answer("x", (), tuple(warnings))).encode()


def test_warnings_that_do_not_fit_are_cut() -> None:
    assert shown("word " * 500).endswith("word…”")
    assert shown("&" * 600).count("&amp;") == 79
    assert "1 more is in the files" in shown(*("&" * n for n in (600, 700, 800)))


def test_the_report_lists_all_warnings_as_code() -> None:
    foreign = ("[a](https://evil.example) https://evil.example <b>", "# b", "c\n\nd", "```", "~~~")
    long = "word " * 60
    listed = warnings_markdown(Answer("x", (), (*foreign, long.strip())))
    heading, said, *lines = filter(None, listed.split("\n"))
    assert heading == "# Warnings"
    assert said == "Parallel gave these warnings with the answer:"
    assert all(line.startswith("    ") and len(line) <= 100 for line in lines)
    assert " ".join(lines[-4:]).split() == ["-", *long.split()]
    [code] = [token for token in MarkdownIt().parse(listed) if token.type == "code_block"]
    assert [token.type for token in MarkdownIt().parse(listed)][-1] == "code_block"
    assert code.content.startswith("- [a](https://evil.example) https://evil.example <b>\n- # b\n")


# --- the name of a text's field ---------------------------------------------------------

TEXT: Any = "Egypt."
SUEZ = Citation("https://example.org/suez")


@pytest.mark.parametrize(
    ("content", "fields", "names"),
    [
        (TEXT, ["answer"], ["Answer"]),
        (TEXT, ["content"], ["Answer"]),
        (TEXT, ["output"], ["Answer"]),
        (TEXT, ["Answer "], ["Answer"]),
        (TEXT, ["result"], ["Answer"]),
        (TEXT, [""], ["Answer"]),
        (TEXT, ["answer", "answer"], ["Answer", "Answer"]),
        (TEXT, ["answer", "price"], ["Answer", "price"]),
        (TEXT, ["founded", "price"], ["founded", "price"]),
        (TEXT, ["", "price"], ["(no name)", "price"]),
        ({"answer": "Egypt"}, ["answer"], ["answer"]),
        ({"output": 1, "content": 2}, ["output", "content"], ["output", "content"]),
        ({"a": 1}, [""], ["(no name)"]),
    ],
)
def test_the_only_field_of_a_text_is_the_answer(
    content: Any, fields: list[str], names: list[str]
) -> None:
    answer = Answer(content, tuple(FieldBasis(field, "", (SUEZ,)) for field in fields))
    assert [field_name(answer, basis) for basis in answer.basis] == names
