"""Every Lua script of the bot, as it is sent, by its name in the code."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from bot.store import permissions, scripts


def named_scripts() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each."""
    found = pkgutil.iter_modules(scripts.__path__, f"{scripts.__name__}.")
    for each in found:
        for name, text in vars(importlib.import_module(each.name)).items():
            if name.isupper() and not name.startswith("_") and isinstance(text, str):
                yield name, permissions.all_or_nothing(text)
    yield "CHECK_COMMANDS", permissions.CHECK_COMMANDS
