"""What the chaos tests share: a Valkey server of their own that knows the bot's scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from tests.chaos.known_scripts import named_scripts
from tests.server import valkey_server


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a line at the end of the test run, also after success."""
    return lambda line: request.node.user_properties.append(("report", line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines that tests of any process reported with `tell`."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, line in report.user_properties:
                    if name == "report":
                        terminalreporter.write_line(line)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """The socket of a server with the scripts loaded, so that each is called once and works."""
    with valkey_server(append_only=False) as url:
        client = redis.Redis.from_url(url)
        for _, text in named_scripts():
            client.script_load(text)
        client.close()
        yield Path(url.removeprefix("unix://"))
