"""The arguments of one API call, whichever way they came: query, form or JSON.

In forms everything is text and structures are JSON inside it; in JSON bodies things have types.
A wrong type is refused with ``invalid_arguments`` and a line that names the argument.
"""

from __future__ import annotations

import json
from typing import Any

from bot.playground.slack.rules.refusal import Refusal, invalid_arguments

_TRUE = {"1", "true", "True"}
_FALSE = {"0", "false", "False", ""}


class Arguments:
    """The named arguments of a call; one that is null counts as not given."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def text(self, name: str) -> str | None:
        """Return a text, None when not given. Raises Refusal when it is no text."""
        value = self.given.get(name)
        if value is None or isinstance(value, str):
            return value
        raise invalid_arguments(f"must be a string [json-pointer:/{name}]")

    def required(self, name: str) -> str:
        """Return a text that has to be there. Raises Refusal when it is not."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Return yes or no, no when not given. Raises Refusal when it is neither."""
        value = self.given.get(name, False)
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE | _FALSE:
            return str(value) in _TRUE
        raise invalid_arguments(f"must be a boolean [json-pointer:/{name}]")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number. Raises Refusal when it is none or out of its bounds."""
        value = self.given.get(name, default)
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):  # the last one for Infinity
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None
        if not least <= number <= most:
            raise invalid_arguments(f"must be between {least} and {most} [json-pointer:/{name}]")
        return number

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """Return a structure, None when not given. Raises Refusal `error` when it is no JSON."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(error) from None
