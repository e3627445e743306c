"""Logs to stderr: one line an event, a fixed phrase and fields, as plain text or JSON.

The fields `thread`, `turn` and `run` come from the context of the line (`log_context`), unless the
call names them itself.

Never tokens: whatever looks like one, and the secrets in use, are replaced.
Never question or answer text above DEBUG: Slack's and aiohttp's own loggers, which print message
bodies at INFO and DEBUG, are held at WARNING whatever the level.
"""

from __future__ import annotations

import errno
import json
import logging
import math
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from bot.concurrency.stderr import StderrHandler
from bot.configuration.settings import Settings

#: The fields a record may carry, and their names in the line (`thread` is taken by logging).
FIELDS = {
    "slack_thread": "thread",
    "turn": "turn",
    "run": "run",
    "team": "team",
    "channel": "channel",
}
NOISY = (
    "slack_bolt",
    "slack_sdk",
    "aiohttp",
    "httpx",
    "httpcore",
    "redis",
    "asyncio",
    "markdown_it",
)
_TOKENS = re.compile(r"\b(xox[a-z]|xapp)-[A-Za-z0-9-]+")
_REDACTED = "[secret]"
SAID_EVERY = 60.0  # seconds between two lines about the same lasting trouble
#: `extra` of a line about what lasts and fails many calls alike: it is written once a minute.
ONCE_A_MINUTE = {"seldom": True}
#: What would begin a new line, or move about on a terminal.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")

Fields = Callable[[], Mapping[str, str | None]]
_fields: ContextVar[Fields] = ContextVar("log_fields", default=dict)


@contextmanager
def log_context(fields: Fields) -> Iterator[None]:
    """Add fields to the lines logged in the block, and in the tasks that are created there.

    Args:
        fields: returns them by their names in `FIELDS`; called for each line, because a turn gets
            its run while it is executed.
    """
    token = _fields.set(fields)
    try:
        yield
    finally:
        _fields.reset(token)


class ContextFilter(logging.Filter):
    """Gives a record the fields of its context; it drops no record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the fields that the record does not carry."""
        for name, value in _fields.get()().items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


class OpenFilesFilter(logging.Filter):
    """Says once a minute that the limit of open files is reached.

    asyncio logs a hundred tracebacks for each connection that it cannot accept.
    """

    _said = -math.inf  # seconds, as a clock that is set does not change

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass any other record; of these one a minute, as a sentence."""
        error = record.exc_info[1] if record.exc_info else None
        number = error.errno if isinstance(error, OSError) else None
        if record.name != "asyncio" or number not in (errno.EMFILE, errno.ENFILE):
            return True
        now = time.monotonic()
        if now - self._said < SAID_EVERY:
            return False
        self._said = now
        record.msg, record.args = "too many open files: connections to PORT have to wait", ()
        record.exc_info = record.exc_text = None
        return True


class RepetitionFilter(logging.Filter):
    """Passes a line with `ONCE_A_MINUTE` once a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare. `clock` tells seconds, whatever the machine's clock is set to."""
        super().__init__()
        self._clock = clock
        self._said: dict[str, float] = {}  # when, by the line

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop what was said less than a minute ago; pass any other record."""
        if not getattr(record, "seldom", False):
            return True
        now, line = self._clock(), record.getMessage()
        self._said = {each: at for each, at in self._said.items() if now - at < SAID_EVERY}
        if line in self._said:
            return False
        self._said[line] = now
        return True


class Lines(logging.Formatter):
    """Writes a record as one line, without secrets."""

    def __init__(self, secrets: Iterable[str], *, as_json: bool) -> None:
        super().__init__()
        self._secrets = tuple(secrets)
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = record.getMessage()
        fields = {
            shown: str(value)
            for name, shown in FIELDS.items()
            if (value := getattr(record, name, None)) is not None
        }
        error = self.formatException(record.exc_info) if record.exc_info else None
        if self._as_json:
            line = {"at": at, "level": record.levelname, "logger": record.name, "message": message}
            line |= fields | ({"error": error} if error else {})
            # In ASCII, so that nothing moves about on a terminal. An escape beside a secret, or in
            # one, would hide it.
            return json.dumps({name: self._redact(value) for name, value in line.items()})
        suffix = "".join(f" {name}={value}" for name, value in fields.items())
        lines = [f"{at} {record.levelname} {message}{suffix}".replace("\n", " ")]
        lines += error.split("\n") if error else ()
        return self._redact("\n".join(_CONTROLS.sub(" ", each) for each in lines))

    def _redact(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, _REDACTED)
        return _TOKENS.sub(_REDACTED, line)


def configure(settings: Settings) -> None:
    """Send the logs of the whole program to stderr as `settings` says."""
    handler = StderrHandler(sys.stderr)
    handler.addFilter(ContextFilter())
    handler.addFilter(OpenFilesFilter())
    handler.addFilter(RepetitionFilter())
    handler.setFormatter(Lines(settings.secrets, as_json=settings.log_format == "json"))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # slack_sdk writes out each call and response where this very logger has no level of its own.
    logging.getLogger("slack_sdk.web.async_base_client").setLevel(logging.WARNING)
    # A bad signature makes Bolt log the whole request.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
