"""A table of forms: where the numbers lead by the title, the entries and what stands around them.

The pages of the list are in another order than in the basis, so that a number that counted our list
would lead elsewhere.
"""

from __future__ import annotations

import pytest

from bot.domain.research import Citation
from bot.slack.citations.verification import citation_policy
from tests.unit.slack.citations.test_verification import answer

PAGES = {name: f"https://{name}.example/{name}" for name in "abc"}
LISTED = [("C", PAGES["c"]), ("A", PAGES["a"]), ("B", PAGES["b"])]
RIGHT = {number: page for number, (_, page) in enumerate(LISTED, 1)}
SO = "Prices rose 5% [1] and fell in 2023 [2]. Sales grew [3].\n\n"

ENTRIES = [
    "[{n}] {t}, {u}", "{n}. {t} – {u}", "{n}. [{t}]({u})", "{n}. *{t}*. {u}", "{n}) {t} {u}",
    "**[{n}] {t}**\n{u}\n", "**{n}. {t}**\n{u}\n", "**[{n}] {t}**\n\n{u}\n",
    "**{n}. {t}**\n\n{u}\n", "*{n}. {t}*\n{u}\n", "**{n}.** {t} {u}", "**{n}.** [{t}]({u})",
    "**[{n}]** [{t}]({u})\n", "- **[{n}]** {t}: {u}", "[{n}] **{t}**\n{u}\n",
    "{n}. **{t}**\n   {u}\n", "{n}. **{t}**\n{u}\n", "{n}. {t}\n\n   {u}\n", "{n}\\. {t} {u}",
    "{n}: {t} {u}", "{n} - {t} {u}", "({n}) {t} {u}", "> {n}. {t} {u}", "\\[{n}\\] {t} {u}",
    "[{n}]: {u}", "[^{n}]: {t} {u}", "<sup>{n}</sup> {t} {u}", "| [{n}] | {t} {u} |",
    "| {n} | [{t}]({u}) |", "| **{n}** | {t} {u} |", "{n}. {t} {u}\n   - accessed 2025\n",
]  # fmt: skip
#: Those that count only below a title: a number in brackets does anywhere.
BY_TITLE = [each for each in ENTRIES if all(mark not in each for mark in ("[{n}", "[^", "\\["))]
HEADINGS_AS_ENTRIES = ["#### [{n}] {t}\n{u}\n", "#### {n}. [{t}]({u})\n"]
TITLES = [
    "## References\n\n", "**References**\n\n", "References:\n\n", "*References*\n\n",
    "References\n---\n", "<details><summary>References</summary>\n\n", "<h2>References</h2>\n\n",
    "### References & further reading\n", "# 7. References\n\n", "**Sources:**\n",
    "**3. References**\n\n",
]  # fmt: skip
BELOW = [
    "", "\n---\n*Generated on 2025-01-01*\n", "\n\n## Appendix\n\nSome words.\n",
    "\n\nNote: figures rounded.\n", "\n\n### Notes\n\n1. In USD.\n2. Rounded.\n",
    f"\n\nHotels\n===\n\n1. H – https://h.example/\n2. I – {PAGES['a']}\n",
    f"\n\n<h2>Hotels</h2>\n\n1. H – {PAGES['b']}\n",
]  # fmt: skip
LIKE_TITLES = [
    "## Notes", "**Links:**", "## Works consulted", "Pages cited:", "### 参考サイト", "Verweise:",
    "Numbers in brackets refer to:", "<h3>Further reading</h3>",
]  # fmt: skip


def listed(entry: str) -> str:
    rows = "\n".join(entry.format(n=n, t=t, u=u) for n, (t, u) in enumerate(LISTED, 1))
    return f"| # | T |\n|---|---|\n{rows}" if entry.startswith("|") else rows


def links_of_marks(content: str) -> dict[int, str]:
    cited = answer(content, *map(Citation, PAGES.values()))
    return dict(citation_policy(cited, content).own_references)


@pytest.mark.parametrize("entry", [*ENTRIES, *HEADINGS_AS_ENTRIES])
@pytest.mark.parametrize("title", TITLES)
def test_a_section_of_references_is_read_in_any_form(title: str, entry: str) -> None:
    for below in BELOW:
        assert links_of_marks(f"{SO}{title}{listed(entry)}{below}") == RIGHT, below


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("title", LIKE_TITLES)
def test_a_list_at_the_end_is_one_of_references_below_what_may_be_its_title(
    title: str, entry: str
) -> None:
    assert links_of_marks(f"{SO}{title}\n\n{listed(entry)}") == RIGHT


@pytest.mark.parametrize("entry", ["{n}. {t} {u}", "{n}. [{t}]({u})", "| {n} | {t} {u} |"])
@pytest.mark.parametrize(
    "above",
    [
        "The three best hotels are these.", "Sales grew [3]. The best hotels are these.",
        "販売が増えた[3]。最高のホテルは次の通り。", "## Hotels\n\nThese three are the best.",
        "**These are the three best.**", "4. **Best hotels**", "**Best hotels** (by price)",
        "<p><b>Best hotels</b></p>", "- **Best hotels**", "▶ **Best hotels**",
        "🏨 **Best hotels**", "**Best *hotels***", '**The 3 "best" hotels_here**',
        "**Best hotels**[1]", "**Best hotels** [1]", "**Best hotels [1]**", "*Best hotels* (5)",
        "", "---", "***", "* * *", "So it is.\n\n---", "<details>", "> It is so [1].",
        "- x [1]\n- y [2]", "## Data\n\n| a | b |\n|---|---|\n| x | y [1] |",
        "### Hotels\n\nPrices are per night [1].", "The three best hotels: [1]",
        "2. Best hotels\n------", "Where should you stay?\n------", "Top hotels, Inc.\n====",
        "**Best hotels**\n\n---", "## Best hotels\n---", "## Best hotels\n\n![](https://a.example)",
        "## Best hotels\n\n> text", "> ## Best hotels\n>\n> text", "## Data sources for hotels",
        "**Step 4: Book**", "Top three:", "Best hotels：", "**[Best hotels](https://a.example)**",
    ],
)  # fmt: skip
def test_a_list_at_the_end_is_none_where_the_text_above_introduces_it(
    above: str, entry: str
) -> None:
    assert links_of_marks(f"{SO}{above}\n\n{listed(entry)}") == {}


@pytest.mark.parametrize(
    "above",
    [
        "", "---", "***", "* * *", "So it is.", "So it is.\n\n---", "> It is so [1].",
        "*As of 2025.*\n\nSo it is.", "- x [1]\n- y [2]", "1. x [1]\n2. y [2]",
        "## Data\n\n| a | b |\n|---|---|\n| x | y [1] |", "Report\n======\n\nSo it is.",
    ],
)  # fmt: skip
def test_works_at_the_end_are_references(above: str) -> None:
    works = listed("{n}. *{t}*. {u}")
    assert links_of_marks(f"{SO}{above}\n\n{works}") == RIGHT
    assert links_of_marks(f"{SO}{above}\n\n{works}\n4. *A book*, 2019.") == RIGHT
    for below in ("---", "***", "</details>", "*Generated on 2025-01-01.*", "<!-- end -->"):
        assert links_of_marks(f"{SO}{above}\n\n{works}\n\n{below}\n") == RIGHT


@pytest.mark.parametrize("above", ["## Hotels", "These three:", "Hotels\n---", "**Hotels** [1]"])
def test_works_below_a_heading_are_none(above: str) -> None:
    assert links_of_marks(f"{SO}{above}\n\n{listed('{n}. *{t}*. {u}')}") == {}


@pytest.mark.parametrize("entry", [*BY_TITLE, *HEADINGS_AS_ENTRIES[1:]])
@pytest.mark.parametrize(
    "above",
    [
        "**Sources:**\n- https://d.example\n- https://e.example\n\nThe best hotels:",
        "## Sources\n\n[D](https://d.example)\n\nThe best hotels are these.",
        "## Sources\n\n- D https://d.example\n\n***Best hotels***",
        "**Sources:**\n- https://d.example\n\n**Best hotels** (by price)",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n<sub>Source (IMF)</sub>\n\nThe best are these.",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n*Source (IMF)*\n\nThe best are these.",
        "**References**\n\nThe best hotels are these.",
        "## References and more\n\nThe best hotels are these.",
        "## Sources\n\n1. D https://d.example\n\nThe best hotels are these.",
        "## Sources\n\n1. D https://d.example\n\nThe best hotels:",
    ],
)
def test_a_section_of_references_ends_with_the_first_other_line(above: str, entry: str) -> None:
    assert links_of_marks(f"{SO}{above}\n\n{listed(entry)}\n\nThey are good.") == {}


@pytest.mark.parametrize("entry", BY_TITLE)
@pytest.mark.parametrize(
    "intro", ["These pages were used:", "All accessed in May 2025.", "As cited above.", "> text"]
)
def test_one_line_may_introduce_a_section_of_references(intro: str, entry: str) -> None:
    assert links_of_marks(f"{SO}## References\n\n{intro}\n\n{listed(entry)}") == RIGHT


@pytest.mark.parametrize("remark", ["Accessed 2 May 2025.", "A page on prices.", "> It is so."])
def test_remarks_may_stand_between_the_entries_of_a_section(remark: str) -> None:
    for entry in ("{n}. {t}. {u}", "[{n}] {t} {u}", "#### {n}. [{t}]({u})", "**{n}. [{t}]({u})**"):
        rows = listed(entry).replace("\n", f"\n\n{remark}\n\n")
        assert links_of_marks(f"{SO}## References\n\n{rows}\n\n{remark}\n") == RIGHT


@pytest.mark.parametrize(
    "heading", ["## {n}. [{t}]({u})", "## {n}. {t}\n{u}", "**{n}. [{t}]({u})**", "# {n}. {t} – {u}"]
)
@pytest.mark.parametrize("title", ["**Sources:**", "### Sources", "Sources:"])
def test_the_next_heading_of_an_answer_is_no_entry(title: str, heading: str) -> None:
    part = f"It is good [1].\n\n{title}\n- https://d.example\n- https://e.example\n"
    parts = [f"{heading.format(n=n, t=t, u=u)}\n\n{part}" for n, (t, u) in enumerate(LISTED, 1)]
    assert links_of_marks("\n".join(parts)) == {}


@pytest.mark.parametrize("entry", BY_TITLE)
def test_a_ranking_whose_items_cite_is_none_of_references(entry: str) -> None:
    rows = listed(entry).replace(PAGES["c"], f"{PAGES['c']} is good [2]", 1)
    assert links_of_marks(f"The best hotels are these.\n\n{rows}") == {}


@pytest.mark.parametrize(
    "entry", ["{n}. {t} {u}", "| {n} | {t} {u} |", "{n}. {t}\n   1. one\n   {u}"]
)
def test_a_number_with_two_meanings_is_no_link(entry: str) -> None:
    parts = f"{listed(entry)}\n\nPapers:\n\n1. D – https://d.example"
    found = links_of_marks(f"{SO}## References\n\n{parts}")
    assert found == {number: RIGHT[number] for number in (2, 3)}


@pytest.mark.parametrize(
    "entry",
    ["### {n}. {t}\nPublisher, 2024.\n{u}\n", "**{n}. {t}**\n- {u}\n", "#### {n}. {t}\n\n{u}\n"],
)
def test_the_address_of_a_heading_may_be_some_lines_below(entry: str) -> None:
    assert links_of_marks(f"{SO}## References\n\n{listed(entry)}") == RIGHT


def test_a_line_of_a_paragraph_may_begin_with_a_mark() -> None:
    works = listed("{n}. *{t}*. {u}")
    text = f"Prices rose 5%\n[1] and fell (see {PAGES['a']} for the data)."
    assert links_of_marks(f"{text}\n\n{works}") == RIGHT
