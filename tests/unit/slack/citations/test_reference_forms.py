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
HEADINGS_AS_ENTRIES = ["### [{n}] {t}\n{u}\n", "### {n}. [{t}]({u})\n"]
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
@pytest.mark.parametrize(
    "above",
    [
        "", "---\n\n", "***\n", "So it is.\n\n---\n\n", "<details>\n\n", "> It is so [1].\n\n",
        "  - x [1]\n  - y [2]\n\n", "- x [1]\n- y [2]\n\n", "## Data\n\n  - x [1]\n  - y [2]\n\n",
        "## Data\n\n| a | b |\n|---|---|\n| x | y [1] |\n\n",
        *(f"{title}\n\n" for title in LIKE_TITLES),
    ],
)  # fmt: skip
def test_a_list_at_the_end_is_one_of_references_where_the_text_above_cites(
    above: str, entry: str
) -> None:
    assert links_of_marks(f"{SO}{above}{listed(entry)}") == RIGHT


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
    ("above", "links"), [("So it is.", RIGHT), ("## Hotels", {}), ("These three:", {})]
)
def test_works_at_the_end_are_references_unless_a_heading_is_above(
    above: str, links: dict[int, str]
) -> None:
    assert links_of_marks(f"{SO}{above}\n\n{listed('{n}. *{t}*. {u}')}") == links


def test_a_sentence_that_cites_may_be_on_several_lines() -> None:
    above = "It rose [1] and fell in\n2023 as they say\nin the news."
    assert links_of_marks(f"{SO}{above}\n\n{listed('{n}. {t} {u}')}") == RIGHT
