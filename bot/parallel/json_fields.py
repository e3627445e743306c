"""Read fields of Parallel's JSON; a value of another type counts as missing. Pure."""

from __future__ import annotations

from typing import Any

from bot.parallel.error_bodies import ErrorBody
from bot.parallel.text import load_json

MOST_COUNTED = 10**9  #: a larger number is no count of sources or runs


class Malformed(ValueError):
    """A response does not have the agreed form; the message names the part."""


def parse_object(text: str) -> dict[str, Any]:
    """Parse a JSON object. Raises Malformed."""
    try:
        data = load_json(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"no JSON ({type(error).__name__})") from error
    if not isinstance(data, dict):
        raise Malformed("no JSON object")
    return data


def required_text(data: dict[str, Any], name: str) -> str:
    """Return a text that must be there. Raises Malformed."""
    value = text_or_none(data.get(name))
    if value is None:
        raise missing(data, name)
    return value


def required_object(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object that must be there. Raises Malformed."""
    value = data.get(name)
    if not isinstance(value, dict):
        raise missing(data, name)
    return value


def missing(data: dict[str, Any], name: str) -> Malformed:
    """Return the error for a missing field, with the message of an error in its place."""
    message = ErrorBody.of(data.get("error")).message
    return Malformed(f"'{name}' is missing" + (f"; it says: {message}" if message else ""))


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list."""
    return [item for item in list_or_empty(value) if isinstance(item, dict)]


def list_or_empty(value: object) -> list[Any]:
    """Return a list; an empty one for any other value."""
    return value if isinstance(value, list) else []


def text_or_none(value: object) -> str | None:
    """Return a stripped text; None for a blank one."""
    return value.strip() or None if isinstance(value, str) else None


def percent_or_none(value: object) -> float | None:
    """Return a number from 0 to 100; None for NaN, which JSON parsers accept."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 100 else None


def count_or_none(value: object) -> int | None:
    """Return a count. In JSON Schema 3.0 is an integer, and "3" is not.

    https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= MOST_COUNTED and value == int(value) else None
