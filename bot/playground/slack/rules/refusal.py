"""An error response of the Web API: the error code and further fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """The response is ``{"ok": false, "error": …}``; ``details`` are its further fields.

    With ``retry_after`` (seconds) it is HTTP 429 with a Retry-After header.
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
    """Return a refusal of invalid arguments, with a line for each."""
    return explained("invalid_arguments", messages)


def explained(error: str, messages: Sequence[str]) -> Refusal:
    """Return a refusal with the reasons in ``response_metadata.messages``."""
    return Refusal(error, response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
