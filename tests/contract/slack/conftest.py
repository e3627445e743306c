"""What tests of signed HTTP requests have in common."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contract.slack.signed_http import Bot, listening


@pytest.fixture
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No request leaves an error in the log."""
    yield
    assert not [r for r in caplog.records if r.exc_info or r.levelno >= logging.ERROR]


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A bot that listens over HTTP."""
    async with listening() as bot:
        yield bot
