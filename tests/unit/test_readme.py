"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from bot.configuration.settings import SETTINGS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_table_with_its_default_and_meaning() -> None:
    table = README.split("<!-- settings", 1)[1].split("<!-- end of settings -->", 1)[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", table, re.MULTILINE)
    expected = [
        (s.name, f"`{s.default}`" if s.default is not None else "", s.meaning) for s in SETTINGS
    ]
    assert rows == expected


def test_every_make_command_in_it_is_there() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert {"run", "test"} <= set(named) <= set(targets)


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
