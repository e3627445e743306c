"""What the chaos tests share: a Valkey server of their own that knows the bot's scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from bot.store import scripts
from tests.server import valkey_server

_TOLD: list[str] = []


@pytest.fixture
def tell() -> Callable[[str], None]:
    """Say something at the end of the test run, also when all went well."""
    return _TOLD.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write what was told."""
    for line in _TOLD:
        terminalreporter.write_line(line)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """The socket of a server with the scripts loaded, so that each is called once and works."""
    with valkey_server(append_only=False) as url:
        client = redis.Redis.from_url(url)
        for name, text in vars(scripts).items():
            if name.isupper() and not name.startswith("_") and isinstance(text, str):
                client.script_load(text)
        client.close()
        yield Path(url.removeprefix("unix://"))
