"""Rules that validate JSON, composed of other rules. Pure.

A rule takes a value and its JSON pointer, and yields an issue for each mistake. Objects refuse
unknown fields, as Slack does in Block Kit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Issue:
    """One mistake: its JSON pointer and what is wrong."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], Iterator[Issue]]


def string(longest: int, shortest: int = 1) -> Rule:
    """Accept a string of `shortest` to `longest` characters."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        if not isinstance(value, str):
            yield Issue(at, "must be a string")
        elif len(value) < shortest:
            yield Issue(at, f"must be more than {shortest - 1} characters")
        elif len(value) > longest:
            yield Issue(at, f"must be less than {longest + 1} characters")

    return rule


def enum(*values: str) -> Rule:
    """Accept one of these strings."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        if value not in values:
            yield Issue(at, f"must be one of: {', '.join(values)}")

    return rule


def boolean(value: Any, at: str) -> Iterator[Issue]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield Issue(at, "must be a boolean")


def number(least: float, most: float) -> Rule:
    """Accept a number between `least` and `most`, both included."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Issue(at, "must be a number")
        elif not least <= value <= most:
            yield Issue(at, f"must be between {least} and {most}")

    return rule


def anything(value: Any, at: str) -> Iterator[Issue]:
    """Accept any value, where the format is not checked here."""
    yield from ()


def array(rule: Rule, least: int, most: int) -> Rule:
    """Accept an array of `least` to `most` items that match `rule`."""

    def check(value: Any, at: str) -> Iterator[Issue]:
        if not isinstance(value, list):
            yield Issue(at, "must be an array")
            return
        if len(value) < least:
            yield Issue(at, f"must have at least {least} items")
        if len(value) > most:
            yield Issue(at, f"no more than {most} items allowed")
        for index, item in enumerate(value[:most]):
            yield from rule(item, f"{at}/{index}")

    return check


def json_object(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    *,
    any_of: tuple[str, ...] = (),
    not_both: tuple[str, str] | None = None,
) -> Rule:
    """Accept an object with all required fields, at least one of `any_of`, and no unknown field."""
    fields = {**required, **(optional or {})}

    def rule(value: Any, at: str) -> Iterator[Issue]:
        if not isinstance(value, dict):
            yield Issue(at, "must be an object")
            return
        for name in required:
            if name not in value:
                yield Issue(at, f"missing required field: {name}")
        if any_of and not any(name in value for name in any_of):
            yield Issue(at, f"needs one of: {', '.join(any_of)}")
        if not_both and all(name in value for name in not_both):
            yield Issue(at, f"cannot have both {' and '.join(not_both)}")
        for name, content in value.items():
            if name not in fields:
                yield Issue(f"{at}/{name}", f"unknown field: {name}")
            elif content is not None or name in required:
                yield from fields[name](content, f"{at}/{name}")

    return rule


def by_type(table: Mapping[str, Rule], *only: str) -> Rule:
    """Accept an object that matches the rule for its ``type``, one of `only` if given."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            yield Issue(at, "must be an object with a type")
        elif kind not in table or (only and kind not in only):
            yield Issue(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from table[kind](value, at)

    return rule
