"""The arguments of an API call, from the query, a form or JSON.

In forms every value is text, and structures are encoded as JSON; values of JSON bodies have types.
A wrong type is refused with ``invalid_arguments`` and a line that names the argument.
"""

from __future__ import annotations

import json
from typing import Any

from bot.playground.slack.rules.refusal import Refusal, invalid_arguments

_TRUE = {"1", "true", "True"}
_FALSE = {"0", "false", "False", ""}


class Arguments:
    """The arguments of a call by name; null counts as missing."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def text(self, name: str) -> str | None:
        """Return a string; None if missing. Raises Refusal if it is not a string."""
        value = self.given.get(name)
        if value is None or isinstance(value, str):
            return value
        raise invalid_arguments(f"must be a string [json-pointer:/{name}]")

    def required(self, name: str) -> str:
        """Return a required string. Raises Refusal if it is missing or empty."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean; False if missing. Raises Refusal if it is not a boolean."""
        value = self.given.get(name, False)
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE | _FALSE:
            return str(value) in _TRUE
        raise invalid_arguments(f"must be a boolean [json-pointer:/{name}]")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return an integer. Raises Refusal if it is not one or out of bounds."""
        value = self.given.get(name, default)
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):  # OverflowError: Infinity
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None
        if not least <= number <= most:
            raise invalid_arguments(f"must be between {least} and {most} [json-pointer:/{name}]")
        return number

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """Return a structure; None if missing. Raises Refusal `error` if it is not JSON."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(error) from None
