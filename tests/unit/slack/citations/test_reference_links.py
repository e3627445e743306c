"""Where the numbers in brackets of an answer with a list of pages lead."""

from __future__ import annotations

import re

import pytest

from bot.domain.research import Citation
from bot.slack.citations.references import References, references
from bot.slack.citations.verification import citation_policy
from tests.unit.slack.citations.test_verification import answer

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
     "각주", "روابط", "แหล่งข้อมูลอ้างอิง",],
)  # fmt: skip
def test_numbers_lead_to_a_list_at_the_end_that_may_be_one_of_references(
    title: str, form: str
) -> None:
    assert links_of_marks(f"{SO}\n\n{form.format(title)}\n\n{LISTED}") == dict(enumerate(PAGES, 1))


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


def test_figures_before_addresses_count_no_pages() -> None:
    books = "- Nature 2020, 12, 33. https://doi.org/a\n- Cell 2021, 9, 47. https://doi.org/b"
    assert references(f"{SO}\n\n## Books\n\n{books}", 4) is References.OURS
