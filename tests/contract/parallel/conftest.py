"""What every test of the clients checks."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.contract.parallel.parallel_helpers import KEY, QUESTION


@pytest.fixture(autouse=True)
def discreet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """In every test: the key is never logged, and the question not above DEBUG."""
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text
    loud = [r.getMessage() for r in caplog.records if r.levelno > logging.DEBUG]
    assert not [line for line in loud if QUESTION in line]
