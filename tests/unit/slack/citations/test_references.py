"""Numbers in brackets and lists of references in an answer."""

from __future__ import annotations

import pytest

from bot.slack.citations.references import References, references
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.json_tree import json_as_markdown
from bot.slack.messages.source_list import source_lines
from tests.unit.slack.citations.test_verification import SOURCES, answer, checked


@pytest.mark.parametrize(
    ("content", "sources", "what"),
    [
        ("Egypt.", 2, References.NONE),
        ("In [1956], [3-5], [x], [3.5], a[0], `a[7]`", 2, References.NONE),
        ("```\na [7]\n```", 2, References.NONE),
        ("see [7](https://e.com)", 2, References.OWN),
        ("see [[2]](https://e.com), [\\[1\\]](https://f.com)", 2, References.OWN),
        ("see [7 days](https://e.com) and [2019](https://e.com)", 2, References.NONE),
        ("see [7](#page)", 2, References.NONE),
        ("f[1][2]", 1, References.NONE),
        ("\\[x_1 [2] + y\\]", 1, References.NONE),
        ("Egypt [1], as of 1956 [2].", 2, References.OURS),
        ("tower[1][2].", 2, References.OURS),
        ("Egypt [1, 2] and \\[2\\]", 2, References.OURS),
        ("Egypt 【1】【2†L3-L4】 [^1]", 2, References.OURS),
        ("Ports【5】, logs【12】【0】. Also [3][7].", 6, References.UNKNOWN),
        ("Egypt [1] and [0].", 2, References.UNKNOWN),
        ("Egypt 【3】.", 2, References.UNKNOWN),
        ("Egypt [1][2, 3].", 2, References.UNKNOWN),
        ("Egypt [7].", 2, References.UNKNOWN),
        ("Egypt [1-3, 9], [1, 7–9]", 6, References.UNKNOWN),
        ("Egypt [1–3, 5], [2, 4-6]", 6, References.OURS),
        ("[2-5] [1–9]", 2, References.NONE),
        ("``[9]`` and ``a ` [7]``, ```[8]```", 2, References.NONE),
        ("` [9]", 2, References.UNKNOWN),
        ("ISO [639]", 1, References.OTHER),
        ("Egypt ［1］, 【2】", 2, References.OURS),
        ("Egypt ［7］", 2, References.UNKNOWN),
        ("Egypt ［７］ [９]", 2, References.UNKNOWN),
        ("Egypt [^7^]", 2, References.UNKNOWN),
        ("Egypt [cite: 7, 12] [citation:3]", 2, References.UNKNOWN),
        ("Egypt [Source 7], [Refs. 1 and 9]", 2, References.UNKNOWN),
        ("Egypt [1, 2, and 9] [1 & 2]", 2, References.UNKNOWN),
        ("Egypt [source 1] [1 and 2] [^2^]", 2, References.OURS),
        ("Egypt 【4:1†source】", 6, References.UNKNOWN),
        ("Egypt [[7]] in the EU[1]", 2, References.UNKNOWN),
        ("as in[7]", 2, References.UNKNOWN),
        ("95% CI [3, 7], a scale of [1, 5], x = [2, 4], within [0, 1]", 1, References.NONE),
        ("Egypt [7].\n\n## References\n\n7. A book", 2, References.OWN),
        ("Egypt.\n\n12. *A*. https://a.example\n13. *B*. https://b.example", 2, References.OWN),
        ("Egypt.\n\n[1] A. www.a.example", 2, References.OWN),
        ("Egypt [1].\n\n## Sources\n- A. https://a.example\n- B. b", 2, References.OWN),
        ("## Sources\n\n| # | Page |\n|-|-|\n| 1 | www.a.example |", 2, References.OWN),
        ("**Sources:**\n\nA: <https://a.example>", 2, References.OWN),
        ("## Sources\n- A\n- B", 2, References.NONE),
        ("Egypt [2].\n\n1. https://a.example\n2. https://b.example\n\nA note.", 2, References.OWN),
        ("Egypt [9].\n\n【1†A】www.a.example\n【2†B】www.b.example\n\nEnd.", 2, References.OWN),
        ("Egypt [1].\n\n1) A\n   www.a.example\n2) B\n   www.b.example\n\nEnd.", 2, References.OWN),
        ("1. [A](https://a.example)\n2. [B](https://b.example)\n\nA note.", 2, References.NONE),
        ("[1]\n\n- 12 ships: www.a.example\n- 20: www.b.example\n\nEnd.", 2, References.OURS),
        ("[1]\n\n1. www.a.example\n\nBut:\n\n2. www.b.example\n\nEnd.", 2, References.OURS),
        ("1. Go\n2. Stop", 2, References.NONE),
        ("[1]\n\nTop 2:\n1. [A](https://a.example)\n2. www.b.example", 2, References.OWN),
        ("**Top 2:**\n1. [A](https://a.example)\n2. www.b.example", 2, References.NONE),
    ],
)
def test_what_numbers_in_brackets_refer_to(content: str, sources: int, what: References) -> None:
    assert references(content, sources) is what


@pytest.mark.parametrize(
    "content",
    [
        "[[1, 2], [3, 4]]", "[[1,2],[3,4]]", "A = [[1, 2]; [3, 4]]", "[[1], [2], [30]]",
        "np.array([[1, 2],\n          [3, 4]])", "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
        "the list [1, 5, 9, 12]", "arrays like [5, 7]", "Input: [5, 7]", "x = [5, 7, 9]",
        "sorted([5, 7])", "[5, 7] + [8, 9]", "[3, 1, 4, 1, 5]", "[0, 1, 2, 3]", "x ∈ [5, 7]",
        '"values": [5, 7, 9]', "[5, 7].map(f)", "the range [5, 70]", "return [5, 7]",
        "[5, 7] -> [7, 5]", "| vector | [5, 7] + x |",
    ],
)  # fmt: skip
def test_lists_of_numbers_are_no_references(content: str) -> None:
    assert references(content, 1) is References.NONE
    assert not citation_policy(answer(content, *SOURCES), content).note


@pytest.mark.parametrize(
    "content",
    [
        "Egypt [7, 9].",
        "Egypt [[7]].",
        "(see [5, 7])",
        "it is so [5, 7]; [8, 9]",
        "苏伊士([5, 7])",
        "> [5, 7] so",
        "**Suez** [5, 7]",
    ],
)
def test_several_numbers_in_a_sentence_may_be_references(content: str) -> None:
    assert references(content, 1) is References.UNKNOWN


def test_an_answer_with_its_own_list_of_references_is_read_by_that() -> None:
    content = (
        "It is old [3], and long [4].\n\n## References\n\n"
        "1. [The authority](https://example.org/suez)\n"
        "2. [A blog](https://evil.example/blog)\n"
        "3. *A book*. https://example.org/suez"
    )
    assert checked(content, *SOURCES) == (
        "It is old [3], and long [4].\n\n## References\n\n"
        "1. [The authority](https://example.org/suez)\n"
        "2. A blog (evil.example/blog, unverified)\n"
        "3. *A book*. https://example.org/suez"
    )
    may = citation_policy(answer(content, *SOURCES), content)
    # Our own list has no numbers then, so that no number means two things.
    assert not may.numbered
    assert [line[:2] for line in source_lines(answer(content, *SOURCES), may.numbered)] == [
        "• "
    ] * 2


def test_items_that_we_number_are_no_references() -> None:
    items = [{"of": {"url": f"https://{host}.example"}, "so": "[1]"} for host in "ab"]
    assert references(json_as_markdown({"found": items}), 2) is References.OURS


@pytest.mark.parametrize(
    "listed",
    [
        "References: [1] https://a.example/x; [2] https://b.example/y",
        "Sources: 1. https://a.example/x 2. https://b.example/y",
        "Sources: (1) https://a.example/x, (2) https://b.example/y",
        "See [1]: https://a.example/x.",
        "| A | 【1】 https://a.example/x |\n| --- | --- |\n| B | [2] www.b.example |",
        "References\n[1] X, a.example/x\n[2] Y, b.example/y",
        "[1] Smith, J. (2020). The canal. Oxford.\n\n[2] Doe (2021).\n  Ships.",
        "【2】 Doe\n【1】 Smith",
        "---\n1. Smith, J. (2020). The canal. Oxford.\n2. Doe (2021). Ships.",
        "*References*\n\n1) https://a.example/x\n1) https://b.example/y\n\nNote: of 2024.",
        "_Quellen_\n\n2. https://b.example/y\n1. https://a.example/x\n\nNote: of 2024.",
        "It is so [2][canal].\n\n[canal]: https://a.example/x",
    ],
)
@pytest.mark.parametrize("sources", [1, 2])
def test_a_number_that_says_its_page_counts_no_list_of_ours(listed: str, sources: int) -> None:
    assert references(f"It is so [1], and so [2].\n\n{listed}", sources) is References.OWN


@pytest.mark.parametrize(
    "text",
    ["1. Do it\n2. Go", "In 5 https://a.example/x.", "Grew by 5. https://a.example/x",
     "[1]. https://a.example/x", "[1] is so.\n\nSo it is.", "- 1 ship\n- 2 ships",
     "See [x][2]\n\n[y]: https://a.example/x"],
)  # fmt: skip
def test_a_number_near_a_page_may_count_our_list(text: str) -> None:
    assert references(f"It is so [1], and so [2].\n\n{text}", 2) is References.OURS
