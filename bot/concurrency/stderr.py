"""Writes the log to stderr, and goes on where nobody reads it.

A pipe whose reader stalls is full after some hundred lines, as is a terminal after Ctrl-S, and a
write would then block the event loop: no acknowledgement, no heartbeat, no SIGTERM. So a line is
written at once where that cannot block, and is out even if the process is killed right afterwards.
Otherwise it waits for a thread, in line with those that come after it.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TextIO

MOST_WAITING = 2_000  # lines
FLUSHED_WITHIN = 1.0  # seconds that an exit waits for a reader
MOMENT = 0.2  # seconds


class StderrHandler(logging.Handler):
    """Writes lines to a stream in their order; drops and counts those for which there is no room.

    Filters and formatter work in the caller's context, before a line waits.
    """

    def __init__(self, stream: TextIO | None) -> None:
        """Prepare. `stream`: None where stderr is closed."""
        super().__init__()
        self._stream = stream
        self._fd = _unblocked(_fd_of(stream))
        # Not `self.lock`, which is held during `flush` at exit. A finalizer may log at any point:
        # its thread then comes here a second time, and that line waits.
        self._changing = threading.RLock()
        self._waiting: deque[bytes] = deque()
        self._dropped = 0
        self._written = threading.Event()  # all of it; else a thread is writing
        self._written.set()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or have it wait; never blocks."""
        try:
            line = self.format(record) + "\n"
            if self._fd is not None:
                self._write(line.encode(errors="backslashreplace"), self._fd)
            elif self._stream:
                self._stream.write(line)
                self._stream.flush()
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Wait for what is waiting, but not for long."""
        self._written.wait(FLUSHED_WITHIN)

    def _write(self, line: bytes, fd: int) -> None:
        with self._changing:
            if not self._written.is_set():
                self._enqueue(line)
                return
            self._written.clear()
            try:
                with suppress(BlockingIOError):
                    while line and _can_write(fd, within=0):
                        line = line[os.write(fd, line[: select.PIPE_BUF]) :]
            finally:
                self._write_later(line, fd)

    def _write_later(self, line: bytes, fd: int) -> None:
        """Have a thread write the rest of a line and what has come meanwhile, if there is any."""
        if line:
            self._waiting.appendleft(line)
        try:
            if self._waiting:
                threading.Thread(target=self._write_waiting, args=(fd,), daemon=True).start()
                return
        except RuntimeError:  # the machine allows no more threads
            self._dropped += len(self._waiting)
            self._waiting.clear()
        self._written.set()

    def _enqueue(self, line: bytes) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._dropped += 1
            return
        if self._dropped:
            self._waiting.append(self._note())
        self._waiting.append(line)

    def _write_waiting(self, fd: int) -> None:
        while line := self._next():
            with suppress(OSError):  # a full disk, or no reader any more
                while line:
                    _can_write(fd, within=None)
                    try:
                        line = line[os.write(fd, line[: select.PIPE_BUF]) :]
                    except BlockingIOError:
                        time.sleep(MOMENT)

    def _next(self) -> bytes:
        """Return the next line to write; nothing when all is written."""
        with self._changing:
            if self._waiting:
                return self._waiting.popleft()
            if self._dropped:
                return self._note()
            self._written.set()
            return b""

    def _note(self) -> bytes:
        """Return a line that says how many were dropped here."""
        dropped, self._dropped = self._dropped, 0
        fields = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING"}
        words = {"msg": "%d lines of the log dropped: nothing read stderr", "args": (dropped,)}
        return f"{self.format(logging.makeLogRecord(fields | words))}\n".encode()


def is_read(stream: TextIO | None) -> bool:
    """Whether a few lines can be written to a stream without blocking, now or in a moment."""
    fd = _fd_of(stream)
    return fd is None or _can_write(fd, within=MOMENT)


def _fd_of(stream: TextIO | None) -> int | None:
    try:
        return stream.fileno() if stream else None
    except (OSError, ValueError):  # it is none of the system's
        return None


def _unblocked(fd: int | None) -> int | None:
    """Return a terminal, opened again so that no write to it blocks; anything else as it is.

    Linux calls a terminal writable that has room for a part of a line.
    """
    if fd is not None and os.isatty(fd):
        with suppress(OSError):  # it has no name here
            return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    return fd


def _can_write(fd: int, *, within: float | None) -> bool:
    """Wait until `select.PIPE_BUF` bytes can be written without blocking, or fail to be."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(None if within is None else within * 1000))
