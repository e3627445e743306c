"""The documents say what is so: links, files, settings, commands and names in them are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.configuration.table import SETTINGS
from bot.connections.network import NETWORK_SETTINGS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / ".github").glob("*.md")]
)
#: What else is read from the environment, by the tests and by Slack's samples.
OTHER_VARIABLES = {"CHAOS_SEED", "CHAOS", "WIDTH"}
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("bot", "handlers", "tests")
    for path in (ROOT / folder).rglob("*.py")
)


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def prose(document: Path) -> str:
    """Return a document without its fenced code blocks."""
    return re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.S | re.M)


def code_spans(document: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(document))


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(document), re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_links_between_files_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(((?!https?:|mailto:)[^)\s]+)\)", prose(document))
    for link in links:
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_files_that_are_named_are_there(document: Path) -> None:
    if document.name == "CHANGELOG.md":  # it names what was there
        return
    for span in code_spans(document):
        if re.fullmatch(r"(bot|handlers|tests|docs)/[\w./-]*", span):
            assert (ROOT / span).exists(), span


def test_settings_that_are_named_exist(document: Path) -> None:
    known = {s.name for s in SETTINGS} | set(NETWORK_SETTINGS) | OTHER_VARIABLES
    for span in code_spans(document):
        for name in re.findall(r"^([A-Z]+(?:_[A-Z]+)+)(?:=\S*)?$", span):
            assert name in known or re.search(rf"\b{name}\b", SOURCES), name


def test_names_of_code_exist(document: Path) -> None:
    """`TurnExecution`, `TurnExecution.advance` and `await_completion` are defined somewhere."""
    if document.parent.name != "docs":
        return
    for span in code_spans(document):
        if re.fullmatch(r"([A-Z][a-z]+){2,}(\.\w+)?|[a-z]+(_[a-z]+)+", span):
            for name in span.split("."):
                assert re.search(rf"\b{name}\b", SOURCES), span


def test_make_commands_that_are_named_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"^ *make ([a-z-]+)", text, re.M) + re.findall(r"`make ([a-z-]+)", text)
    assert set(named) <= targets
