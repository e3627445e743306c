"""Numbers in brackets and lists of references in an answer."""

from __future__ import annotations

import re

import pytest

from bot.domain.research import Citation
from bot.slack.citations.reference_entries import entries
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
    ("content", "numbers"),
    [
        ("## References\n1. a\n2. b\n", {1, 2}),
        ("## 7. References\n\n1. a\n1. b\n1. c", {1, 2, 3}),
        ("**Sources:**\n\n- [1] a\n- [4] b", {1, 4}),
        ("Sources:\n[2]: https://e.com", {2}),
        ("Text [5].\n\n[5] A title, https://e.com/x", {5}),
        ("Works cited:\n\\[1\\] a", {1}),
        ("## References\n1. a\n## Annex\n2. b", {1}),
        ("x\n\n3. *T*. https://a.example\n4. *U*. https://b.example\n", {3, 4}),
        ("x\n\n3. *T*.\n   https://a.example\n4. *U*.\n   https://b.example\n", {3, 4}),
        ("x\n\n3. T\nhttps://a.example\n\n4. U\nURL: https://b.example\n5. V", {3, 4, 5}),
        ("x\n\n3. T\n4. U\n5. V\n6. https://b.example\n7. www.c.example", set()),
        ("x\n\n[^3]: A book, 1956", {3}),
        ("x\n\n[3] A book\nhttps://a.example", set()),
        ("## Quellen\n1. a\n2. b", {1, 2}),
        ("__Quellen__\n1. a\n2. b", {1, 2}),
        ("## 参考文献\n［1］ a\n［2］ b", {1, 2}),
        ("**Références :**\n- [4] a", {4}),
        ("Fuentes consultadas：\n\n4) a", {4}),
        ("References\n==========\n4. a", {4}),
        ("Sources\n---\n4. a", {4}),
        ("> ## *Источники* (2)\n> 4. a", {4}),
        ("### 📚 Key references and further reading\n4. a", {4}),
        ("## 出典\n【4】 a", {4}),
        ("## Sources of error\n1. a", set()),
        ("## Open sources\n1. a", set()),
        ("x\n\n(3) T https://a.example\n(4) U https://b.example", {3, 4}),
        ("x\n\n3\\. T https://a.example\n4\\. U https://b.example", {3, 4}),
        ("x\n\n¹ T https://a.example\n² U https://b.example", {1, 2}),
        ("x\n\n① T https://a.example\n② U https://b.example", {1, 2}),
        ("x\n\nSource 3: T https://a.example\nSource 4: https://b.example", {3, 4}),
        ("x\n\n【3】T https://a.example\n【4】U https://b.example", {3, 4}),
        ("x\n\n[[3]] T https://a.example\n[[4]] U https://b.example", {3, 4}),
        ("x\n\n`[3]` T https://a.example\n`[4]` https://b.example", {3, 4}),
        ("x\n\n- 3: https://a.example\n- 4: https://b.example", {3, 4}),
        ("<sup>3</sup> https://a.example\n<sup>4</sup> https://b.example", {3, 4}),
        ("| # | T |\n|-|-|\n| 3 | www.a.example |\n| 4 | www.b.example |", {3, 4}),
        ("- $9 a month: https://a.example\n- $5 a month: https://b.example", set()),
        ("2.5 million: https://a.example\n3.5 million: https://b.example", set()),
        ("The five best：\n\n1. T https://a.example\n2. U https://b.example", set()),
        ("x\n\n1. [T](https://a.example) is best [2]\n2. [U](https://b.example) [3]", set()),
        ("So [1]. So [2].\n\nViri:\n1. T https://a.example\n2. U https://b.example", {1, 2}),
        ("So [2].\n\n**Forrás:**\n\n1. <https://a.example>\n2. www.b.example", {1, 2}),
        ("So [1].\n\nАлынган чыганактар：\n1) https://a.example\n2) https://b.example", {1, 2}),
        ("So [3].\n\nThe best:\n1. T https://a.example\n2. U https://b.example", set()),
        ("So [1].\n\nThe best:\n1. T https://a.example\n2. https://b.example", set()),
        ("[1]\n\nBest:\n1. https://a.example is so [2]\n2. https://b.example", set()),
        ("The best:\n1. T https://a.example\n2. U https://b.example", set()),
        ("Sources I used:\n1. [1] T https://a.example\n2. [2] https://b.example", {1, 2}),
        ("📚 **Sources**\n1. a", {1}),
        ("## Список использованных источников\n1. a", {1}),
        ("## 出典・参考\n1. a", {1}),
        ("## 参考文献\n[1]10 facts\n[2]题\n3.题\n3.5 million", {1, 2, 3}),
        ("## Bronnen en noten\n4. a", {4}),
        ("[3]的报告 https://a.example\n\nEnd.", set()),
        ("x\n\n1. T https://a.example\n2. U https://b.example\n\nAnd so on.", set()),
        ("Quellen\n1. a", set()),
        ("x\n\n## References\n### Books\n1. a\n### Pages\n2. b", {1, 2}),
        ("x\n\n## References\n**Books**\n1. a\n**Hotels**\n2. b", {1}),
        ("x\n\n1. *T*. https://a.example\n\nAnd so on.", set()),
        ("## Steps\n1. a\n2. b", set()),
        ("The sources\n1. a", set()),
        ("[5] is cited here", set()),
        ("## Sources of the Nile\n1. a", set()),
        ("", set()),
    ],
)
def test_which_lists_are_lists_of_references(content: str, numbers: set[int]) -> None:
    assert {number for entry in entries(content) for number in entry.numbers} == numbers


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


PAGES = [f"https://{name}.example/" for name in ("market", "news", "hotel-a", "hotel-b")]
HOTELS = f"1. Hotel A – {PAGES[2]}\n2. Hotel B – {PAGES[3]}"
SO = "Prices rose 5% [1] and fell in 2023 [2]."


def links_of_marks(content: str) -> dict[int, str]:
    """Where the numbers in brackets lead in an answer whose basis has all the pages."""
    cited = answer(content, *map(Citation, PAGES))
    return dict(citation_policy(cited, content).own_references)


@pytest.mark.parametrize(
    "title",
    ["## Best hotels", "**Best hotels**", "**Best hotels:**", "Top two:", "Best hotels\n---",
     "### Where to book", "## Najboljši hoteli", "Die besten Hotels：",
     "*Best hotels*", "<h2>Best hotels</h2>", "<b>Best hotels</b>"],
)  # fmt: skip
@pytest.mark.parametrize("above", ["", "\n\n## Hotels\n\nThere are two."])
@pytest.mark.parametrize(
    "listed",
    [
        HOTELS,
        HOTELS.replace(".", ")"),
        f"| # | Hotel |\n|---|---|\n| 1 | {PAGES[2]} |\n| 2 | {PAGES[3]} |",
        HOTELS.replace(" – ", "\n   "),
    ],
)
def test_numbers_are_no_links_to_a_list_of_something_else(
    title: str, above: str, listed: str
) -> None:
    content = f"{SO}{above}\n\n{title}\n\n{listed}"
    quoted = SO + re.sub("^", "> ", content.removeprefix(SO), flags=re.MULTILINE)
    for each in (content, quoted):
        assert links_of_marks(each) == {}
    assert references(content, 4) is References.OWN  # but may count it


@pytest.mark.parametrize("title", ["## References", "**Sources**", "Quellen:", "References\n---"])
@pytest.mark.parametrize(
    "entry",
    ["{}. [M]({})", "[{}] {}", "| {} | M | {} |", "- {}: M {}", "{} - M {}", "{}\\. M {}",
     "[{}]. M {}", "<sup>{}</sup> {}", "({}) {}"],
)  # fmt: skip
@pytest.mark.parametrize(
    "after", ["", f"\n\n## Where to book\n\n{HOTELS}", f"\n\n## Appendix\n\nTwo:\n\n{HOTELS}"]
)
def test_numbers_lead_to_the_section_of_references_and_nowhere_else(
    title: str, entry: str, after: str
) -> None:
    listed = "\n".join(entry.format(number, PAGES[number - 1]) for number in (1, 2))
    assert links_of_marks(f"{SO}\n\n{title}\n\n{listed}{after}") == {1: PAGES[0], 2: PAGES[1]}


@pytest.mark.parametrize("section", ["- M {}\n- N {}", "M {}\n\nN {}", "| M | {} |\n| N | {} |"])
def test_numbers_are_no_links_where_references_have_none(section: str) -> None:
    listed = section.format(*PAGES[:2])
    for below in ("## Where to book", "## Hotels\n\nThere are two."):
        assert links_of_marks(f"{SO}\n\n## Sources\n\n{listed}\n\n{below}\n\n{HOTELS}") == {}


LISTED = "\n".join(f"{number}. T – {page}" for number, page in enumerate(PAGES, 1))


@pytest.mark.parametrize("form", ["## {}", "**{}**", "{}:", "**{}:**"])
@pytest.mark.parametrize(
    "title",
    ["Notes", "Key links", "Further reading", "Evidence", "Quellenliste", "Weblinks", "Bron",
     "Liens utiles", "Lähdeluettelo", "Примечания", "参考リンク", "主な参考文献", "主要参考文献",
     "각주", "روابط", "แหล่งข้อมูลอ้างอิง", "*All links accessed in November 2026.*",
     "**Bottom line: prices rise.**"],
)  # fmt: skip
def test_numbers_lead_to_a_list_at_the_end_that_may_be_one_of_references(
    title: str, form: str
) -> None:
    heading = title if title.startswith("*") else form.format(title)
    assert links_of_marks(f"{SO}\n\n{heading}\n\n{LISTED}") == dict(enumerate(PAGES, 1))


@pytest.mark.parametrize(
    "title",
    ["# Sources and supply of lithium", "## Sources and methodology", "# Sources & uses of funds",
     "# Quellen und Senken von CO2", "# 来源和用途", "*Sources and scope*", "# Sources"],
)  # fmt: skip
@pytest.mark.parametrize("between", ["", "\n\nIt is growing."])
@pytest.mark.parametrize("below", ["### Top producers", "**Top producers**"])
def test_the_title_of_an_answer_is_none_of_references(title: str, between: str, below: str) -> None:
    content = f"{title}{between}\n\n{below}\n\n{HOTELS}\n\n### Costs\n\n{SO}"
    assert links_of_marks(content) == {}
    rows = "\n".join(f"| {number} | {PAGES[number - 1]} |" for number in (1, 2))
    content += f"\n\n## References\n\n| # | Link |\n|---|---|\n{rows}"
    assert links_of_marks(content) == {1: PAGES[0], 2: PAGES[1]}


def test_notes_below_the_references_are_none() -> None:
    notes = "### Notes\n\n1. All figures in USD.\n2. Rounded."
    found = links_of_marks(f"{SO}\n\n## References\n\n{LISTED}\n\n{notes}")
    assert found == dict(enumerate(PAGES, 1))


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("Next steps\n----------\n1. Raise prices\n2. Wait", References.OURS),
        ("---\n\n1. Raise prices\n2. Wait", References.OURS),
        ("Findings\n===\n\n1. Prices rose 5% [1].\n2. They fell [2].", References.OURS),
        ("---\n1. Smith, J. (2020). The canal.\n2. Doe (2021). Ships.", References.OWN),
        ("## Any title\n\n1. C https://c.org/3\n1. A https://a.org/1", References.OWN),
        ("## Any title\n\n2. C\n   https://c.org/3\n1. A\n   https://a.org/1", References.OWN),
    ],
)
def test_a_list_without_addresses_at_the_end_is_one_of_books_or_none(
    end: str, found: References
) -> None:
    assert references(f"{SO}\n\n{end}", 4) is found


@pytest.mark.parametrize(
    "title",
    ["**4. Best hotels**", "**Top open source tools:**", "## Open source projects",
     "**Reference customers**", "## Reference works", "## Best citation managers",
     "## Literature prizes", "## Water sources", "## Belege für Kunden", "## Fonti rinnovabili",
     "## 主要收入来源"],
)  # fmt: skip
def test_a_word_within_a_title_makes_no_references_of_a_list(title: str) -> None:
    assert links_of_marks(f"{SO}\n\n## 3. Sales\n\nThey grew.\n\n{title}\n\n{HOTELS}") == {}


@pytest.mark.parametrize(
    "title",
    ["## Data sources", "**Sources used in this answer**", "Sources I used:", "## My sources",
     "## Sources of data", "## Sources (accessed 2026)", "## Sources and notes", "*Sources*",
     "## 2. References", "## Online sources", "## 参考文献一覧", "*References:*", "_Quellen_"],
)  # fmt: skip
def test_titles_of_references_have_more_words(title: str) -> None:
    listed = "\n".join(f"| {number} | {page} |" for number, page in enumerate(PAGES, 1))
    for each in (LISTED, f"| # | Link |\n|---|---|\n{listed}"):
        found = links_of_marks(f"{SO}\n\n## 1. Prices\n\nThey rose.\n\n{title}\n\n{each}")
        assert found == dict(enumerate(PAGES, 1))


@pytest.mark.parametrize("title", ["## References", "**References**", "References:"])
def test_entries_may_be_bold_lines_above_their_addresses(title: str) -> None:
    listed = "\n\n".join(f"**[{number}] T**\n{page}" for number, page in enumerate(PAGES, 1))
    assert links_of_marks(f"{SO}\n\n{title}\n\n{listed}") == dict(enumerate(PAGES, 1))


@pytest.mark.parametrize(
    "caption",
    ["*Source (World Bank, 2024)*", "_Sources (company filings)_", "*Sources and notes*",
     "*Quellen (eigene Berechnung)*", "*出典（総務省）*", "*Source: IMF*"],
)  # fmt: skip
def test_the_caption_of_a_table_begins_no_references(caption: str) -> None:
    table = f"| a | b |\n|---|---|\n| 1 | 2 |\n\n{caption}"
    content = f"{SO}\n\n{table}\n\nThe two best are these.\n\n{HOTELS}\n\nThey are good."
    assert links_of_marks(content) == {}


@pytest.mark.parametrize("heading", ["<h3>Hotels</h3>", "Hotels\n===", "Hotels\n---"])
def test_every_kind_of_heading_ends_the_references(heading: str) -> None:
    content = f"{SO}\n\n## Sources\n\n1. T – {PAGES[0]}\n\n{heading}\n\n2. H – {PAGES[3]}"
    assert links_of_marks(content) == {1: PAGES[0]}


def test_a_list_above_the_last_table_is_none_of_references() -> None:
    table = "| Hotel | Price |\n|---|---|\n| A | $100 [1] |\n| B | $90 [2] |"
    assert links_of_marks(f"## Best hotels\n\n{SO}\n\n{HOTELS}\n\n{table}") == {}


def test_a_rule_right_below_a_sentence_is_no_heading() -> None:
    assert links_of_marks(f"{SO}\n---\n{LISTED}") == dict(enumerate(PAGES, 1))


def test_figures_before_addresses_count_no_pages() -> None:
    books = "- Nature 2020, 12, 33. https://doi.org/a\n- Cell 2021, 9, 47. https://doi.org/b"
    assert references(f"{SO}\n\n## Books\n\n{books}", 4) is References.OURS
