"""What every test of connections has: an authority for certificates, and a look at the log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.contract.connections.proxied import SECRET
from tests.contract.parallel.parallel_helpers import KEY
from tests.forward_proxy import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca.pem")


@pytest.fixture(autouse=True)
def discreet(caplog: pytest.LogCaptureFixture) -> Any:
    """In every test: the proxy's password and the key are not logged, at any level."""
    caplog.set_level(logging.DEBUG)
    yield
    assert SECRET not in caplog.text
    assert KEY not in caplog.text
