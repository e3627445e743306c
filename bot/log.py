"""Logs: one line an event, a fixed phrase and fields (thread, turn, run), plain or JSON, to stderr.

Never tokens: whatever looks like one, and the secrets in use, are blotted out of the finished line.
Never question or answer text above DEBUG: Slack's and aiohttp's own loggers, which print message
bodies at INFO and DEBUG, are held at WARNING whatever the level.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.configuration.settings import Settings

#: The fields a record may carry, and their names in the line (`thread` is taken by logging).
FIELDS = {"slack_thread": "thread", "turn": "turn", "run": "run", "team": "team"}
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
_BLOT = "[secret]"
#: What would begin a new line, or move about on a terminal.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Lines(logging.Formatter):
    """Writes a record as one line, without secrets."""

    def __init__(self, secrets: Iterable[str], *, as_json: bool) -> None:
        super().__init__()
        self._secrets = tuple(secrets)
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = record.getMessage()
        fields = {
            shown: value
            for name, shown in FIELDS.items()
            if (value := getattr(record, name, None)) is not None
        }
        error = self.formatException(record.exc_info) if record.exc_info else None
        if self._as_json:
            line = json.dumps(
                {"at": at, "level": record.levelname, "logger": record.name, "message": told}
                | fields
                | ({"error": error} if error else {}),
                ensure_ascii=False,
            )
        else:
            told_fields = "".join(f" {name}={value}" for name, value in fields.items())
            line = _CONTROLS.sub(" ", f"{at} {record.levelname} {told}{told_fields}")
            if error:
                line += "\n" + error
        return self._blotted(line)

    def _blotted(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, _BLOT)
        return _TOKENS.sub(_BLOT, line)


def configure(settings: Settings) -> None:
    """Send the logs of the whole program to stderr as `settings` says."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(settings.secrets, as_json=settings.log_format == "json"))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A bad signature makes Bolt log the whole request.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
