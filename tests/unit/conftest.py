"""Fixtures that several unit tests need."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def nothing_is_collected() -> Iterator[None]:
    """Keep the garbage collector out of a measured time: it looks at what all tests left behind."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
