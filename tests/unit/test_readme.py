"""The README, and the table of settings, say what is so. See also `test_docs`."""

from __future__ import annotations

import re
from pathlib import Path

from bot.configuration.table import SETTINGS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_table_lists_every_setting_with_default_and_meaning() -> None:
    table = CONFIGURATION.split("<!-- settings", 1)[1].split("<!-- end of settings -->", 1)[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", table, re.MULTILINE)
    expected = [
        (s.name, f"`{s.default}`" if s.default is not None else "", s.meaning) for s in SETTINGS
    ]
    assert rows == expected


def test_every_make_command_in_the_readme_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"^make ([a-z-]+)", README, re.MULTILINE)
    assert {"run", "test"} <= set(named) <= set(targets)


def test_defaults_named_in_the_readme_are_correct() -> None:
    part = README.split("## Configure", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", part, re.MULTILINE)
    defaults = {setting.name: setting.default for setting in SETTINGS}
    assert rows
    assert [(name, defaults[name]) for name, _ in rows] == rows
