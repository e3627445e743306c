"""A no from the Web API: the error's name and what Slack sends along with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """Slack answers ``{"ok": false, "error": …}``; ``details`` are further fields of the answer.

    ``retry_after`` is in seconds and makes it HTTP 429 with a Retry-After header.
    """

    def __init__(self, error: str, *, retry_after: int | None = None, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.retry_after = retry_after
        self.details = details

    def answer(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {"ok": False, "error": self.error, **self.details}


def invalid_arguments(*messages: str) -> Refusal:
    """Build the refusal of badly formed arguments, with a line on each."""
    return explained("invalid_arguments", messages)


def explained(error: str, messages: Sequence[str]) -> Refusal:
    """Build a refusal whose ``response_metadata.messages`` say why."""
    return Refusal(error, response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
