"""What a stream may say of a quick answer that comes: it can only append, so nothing too soon."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import limits
from bot.slack.markdown.parser import parse
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.messages.quick_answer import NO_CITATIONS, stream_text
from tests.unit.slack.markdown.markdown_examples import markdown as any_markdown

WJ = "\u2060"  # word joiner


def growing(text: str) -> str:
    """The safe form of a text to which more may come."""
    return sanitize(text, NO_CITATIONS, growing=True)


def pieces_of(text: str, steps: Iterable[int] = ()) -> list[str]:
    """What is appended while a text grows in these steps, and then letter by letter."""
    said: list[str] = []
    at, sizes = 0, iter(steps)
    while at < len(text):
        at = min(len(text), at + next(sizes, 1))
        if piece := stream_text(text[:at], "".join(said)):
            said.append(piece)
    return said


def said_of(text: str) -> str:
    """All that has been said of a text that came letter by letter."""
    return "".join(pieces_of(text))


# --- examples ---------------------------------------------------------------------------


def test_a_word_of_a_plain_sentence_appears_as_soon_as_it_is_complete() -> None:
    assert pieces_of("The canal belongs to Egypt") == ["The", " canal", " belongs", " to"]
    assert stream_text("The", "") == ""
    assert stream_text("The ", "") == "The"
    assert stream_text("The canal ", "The") == " canal"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("# The canal\nIt is ", ["# The canal", "\n\nIt", " is"], id="a heading"),
        pytest.param(
            "The canal\n---\nIt ", ["The", " canal", "\n\n---", "\n\nIt"], id="underlined"
        ),
        pytest.param("- a b\n- c d\n", ["- a b", "\n- c d"], id="a list"),
        pytest.param("1. a b\n2. c d\n", ["1. a b", "\n2. c d"], id="an ordered list"),
        pytest.param("- a\n  - b c\n", ["- a", "\n  - b c"], id="a list in a list"),
        pytest.param("> a b\n> c\n", ["> a b", "\n> c"], id="a quote"),
        pytest.param("is **so** now\nyes ", ["is", " **so**", " now", "\nyes"], id="bold"),
        pytest.param("It is `x y` here\n", ["It", " is", " `x y`", " here"], id="code"),
        pytest.param("In 1956 it ", ["In", " 1956", " it"], id="a number"),
        pytest.param("1956 was ", ["1956", " was"], id="a number at first"),
        pytest.param("1956. It was\n", ["1956. It was"], id="which may be a list"),
        pytest.param("a b\n\nc d ", ["a", " b", "\n\nc", " d"], id="paragraphs"),
        pytest.param("One | two\nso it ", ["One", " | two", "\nso", " it"], id="a bar"),
        pytest.param(
            "|a|b|\n|-|-|\n|c|d|\n\ne f ",
            ["| a | b |\n| --- | --- |", "\n| c | d |", "\n\ne", " f"],
            id="a table",
        ),
        pytest.param(
            "a|b\n-|-\nc d\n\ne f ",
            ["a | b\n| --- | --- |", "\n| c d |  |", "\n\ne", " f"],
            id="a table without bars around it",
        ),
        pytest.param("a <!here> b\n", ["a", " &lt;!here&gt;", " b"], id="a token"),
        pytest.param("a > b & c ", ["a", " &gt;", " b", " &", " c"], id="signs"),
        pytest.param("@here you ", [f"@{WJ}here", " you"], id="a call"),
        pytest.param("a [1] b\n", ["a", " [1]", " b"], id="a number in brackets"),
    ],
)  # fmt: skip
def test_text_that_later_words_could_change_waits_for_its_line(
    text: str, pieces: list[str]
) -> None:
    assert pieces_of(text) == pieces


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [the bank](https://evil.example/x) now\n", "See the bank (evil.example/x) now"),
        ("See https://evil.example/x now ", "See evil.example/x now"),
        ("See <https://evil.example> now\n", "See evil.example now"),
        ("See ![chart](https://e.example/c.png)\n", "See chart (e.example/c.png)"),
        ("See www.evil.example/x now ", "See evil.example/x now"),
        ("See [a](javascript:alert(1)) now\n", "See a now"),
    ],
)
def test_no_link_is_ever_said_not_even_half_of_one(text: str, shown: str) -> None:
    pieces = pieces_of(text)
    assert "".join(pieces).replace(WJ, "") == shown
    assert pieces[0] == "See"
    for number in range(len(pieces)):
        said = "".join(pieces[: number + 1])
        assert not re.search(r"\]\(|://|\[", said)


def test_an_ambiguous_line_is_not_streamed() -> None:
    for text in ("**bold", "`code", "[link", "# head", "- item", "> quote", "| a", "    code"):
        assert said_of(f"{text} and more words ") == ""


def test_a_stream_ends_at_the_limit_of_a_message() -> None:
    line = "A sentence of a few words. "
    text = line * (limits.PART_TEXT // len(line) + 5)
    fits = stream_text(text[: limits.PART_TEXT], "")
    assert limits.PART_TEXT - len(line) < len(fits) <= limits.PART_TEXT
    assert stream_text(text, fits) == ""


def test_a_stream_that_says_something_else_gets_no_more() -> None:
    assert stream_text("The canal belongs ", "A canal") == ""
    assert stream_text("The canal ", "The canal belongs") == ""


def test_a_stream_continues_where_another_owner_stopped() -> None:
    text = "The canal **belongs** to Egypt\nand has since "
    first = stream_text("The canal ", "")
    assert first + stream_text(text, first) == "The canal **belongs** to Egypt\nand has since"


# --- any text ---------------------------------------------------------------------------

_STEPS = st.lists(st.integers(1, 12), max_size=40)
_SLOW = settings(max_examples=200)


@pytest.mark.slow
@_SLOW
@given(any_markdown, _STEPS)
def test_streamed_text_is_the_sanitized_start_of_the_answer(text: str, steps: list[int]) -> None:
    said, at, sizes = "", 0, iter(steps)
    while at < len(text):
        at = min(len(text), at + next(sizes, 5))
        piece = stream_text(text[:at], said)
        said += piece
        if piece:
            beginnings = (text[:end] for end in range(at, -1, -1))
            # The end of a code fence under way is not said before it comes.
            assert any(growing(each).startswith(said) for each in beginnings)
            assert growing(said).startswith(said)
            assert stream_text(text[:at], said) == ""


@pytest.mark.slow
@_SLOW
@given(any_markdown, _STEPS)
def test_streamed_text_has_no_pings_and_no_links(text: str, steps: list[int]) -> None:
    said = ""
    for piece in pieces_of(text, steps):
        said += piece
        assert not re.search(r"<|(?<!\w)@(here|channel|everyone)\b", said, re.IGNORECASE)
        document = parse(said)
        for token in document.tokens:
            if token.type == "inline":
                kinds = {child.type for child in document.children(token.content)}
                assert kinds.isdisjoint({"link_open", "image"})


#: Markdown whose lines do not depend on one another: no fences, no definitions, no `<`, no
#: brackets but those of a whole link.
_ORDINARY = st.lists(
    st.sampled_from(["alpha", "beta", "x", "1", "é", "1956.", "a_b", "2*3", "@here", "&", "\\"])
    | st.sampled_from([*" " * 6, "\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n  ", "\n---\n"])
    | st.sampled_from(["**", "*", "_", "`", "~", "|", "-", ">", "#", "(", ")", "!", "\r\n"])
    | st.sampled_from(["**Egypt**", "[a b](https://evil.example/x)", "https://evil.example", "[1]"])
    | st.text(alphabet="ab .,:;", max_size=3),
    max_size=60,
).map("".join)  # fmt: skip


@pytest.mark.slow
@_SLOW
@given(_ORDINARY.filter(lambda text: not re.search("```|~~~|\\]:|\\[[^\\]]*\n", text)), _STEPS)
def test_streamed_text_stays_valid_as_the_answer_grows(text: str, steps: list[int]) -> None:
    assert growing(text).startswith("".join(pieces_of(text, steps)))


@pytest.mark.parametrize(
    "text",
    [
        "\\ alpha beta ",
        "\\  alpha beta ",
        "\n- alpha** beta",
        "1. alpha *beta",
        "- \n  alpha",
        "-\n  alpha",
        "** **",
        "*** > alpha",
        "**a** ****b****c** d",
        "*\\* 2*3 alpha",
        "*-*alpha 2*3",
        "\\\r\n1956.\n",
        "alpha\r\n\r\n- beta\r\n",
        "`*args` and `**more` so",
        "| a | b\n|---|---|\n| c | d |\n",
        "x\n| - |\n",
        "alpha|\n---\nalpha beta",
        "alpha|beta\n-|-\nalpha beta",
        "\\\n**alpha\n",
        "\\\n- alpha ",
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_streamed_text_of_odd_beginnings_stays_valid(text: str, line_end: str) -> None:
    text = text.replace("\n", line_end)
    assert growing(text).startswith(said_of(text))


def test_marks_in_code_hold_nothing_up() -> None:
    assert said_of("Call `f(*args)` and `2 ** 3` or so") == "Call `f(*args)` and `2 ** 3` or"


# --- what goes over several lines -------------------------------------------------------


@pytest.mark.parametrize("mark", ["```", "~~~", "````"])
@pytest.mark.parametrize("info", ["", "sh"])
@pytest.mark.parametrize("before", ["", "Run this:\n", "- so:\n  "])
def test_unfinished_code_is_streamed_only_in_its_final_form(
    mark: str, info: str, before: str
) -> None:
    margin = "  " if before.endswith("  ") else ""
    lines = [f"{before}{mark}{info}", "ls -l", "cd  there", "", "pwd", mark, "", "That is all."]
    text = f"\n{margin}".join(lines) + "\n"
    said = said_of(text)
    assert growing(text).startswith(said)
    assert "That is all" in said


def test_a_link_over_two_lines_does_not_end_the_stream() -> None:
    text = "See [the bank\nof Egypt](https://evil.example) and go on "
    said = said_of(text)
    assert growing(text).startswith(said)
    assert said.endswith("go on")
