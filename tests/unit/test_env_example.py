"""`.env.example` lists every setting with its default and meaning, in lines that the bot can read.

After a change of `bot/configuration/table.py`, write the file again:

    .venv/bin/python -m tests.unit.test_env_example
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from bot.configuration.table import SETTINGS
from bot.connections.network import NETWORK_SETTINGS

FILE = Path(__file__).parents[2] / ".env.example"
BEGINNING = """\
# Settings of Threadline. Copy this file to .env, remove the # in front of the settings that you
# change, and keep others from reading it: chmod 600 .env
# A variable of the environment overrides its line here.
"""
NETWORK = """
# Proxies and certificate authorities: docs/configuration.md
"""


def expected() -> str:
    """Return what the file must say."""
    text = BEGINNING
    for setting in SETTINGS:
        meaning = textwrap.fill(
            setting.meaning,
            98,
            initial_indent="# ",
            subsequent_indent="# ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        text += f"\n{meaning}\n#{setting.name}={setting.default or ''}\n"
    return text + NETWORK + "".join(f"#{n}=\n" for n in NETWORK_SETTINGS if n.isupper())


def test_the_example_lists_every_setting_with_default_and_meaning() -> None:
    assert FILE.read_text(encoding="utf-8") == expected()


if __name__ == "__main__":
    FILE.write_text(expected(), encoding="utf-8")
