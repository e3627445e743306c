"""A small language for what JSON may look like: rules built from rules, each naming what is wrong.

A rule takes a value and the JSON pointer to it, and yields an issue for each mistake. Objects
refuse fields they do not know, because Slack does so in Block Kit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Issue:
    """One mistake: where it is (JSON pointer) and what is wrong with it."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], Iterator[Issue]]


def string(longest: int, shortest: int = 1) -> Rule:
    """Accept text of `shortest` to `longest` characters."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        if not isinstance(value, str):
            yield Issue(at, "must be a string")
        elif len(value) < shortest:
            yield Issue(at, f"must be more than {shortest - 1} characters")
        elif len(value) > longest:
            yield Issue(at, f"must be less than {longest + 1} characters")

    return rule


def choice(*values: str) -> Rule:
    """Accept one of the given strings."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        if value not in values:
            yield Issue(at, f"must be one of: {', '.join(values)}")

    return rule


def flag(value: Any, at: str) -> Iterator[Issue]:
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
    """Accept every value: a corner of the format that is not checked here."""
    yield from ()


def listing(rule: Rule, least: int, most: int) -> Rule:
    """Accept an array of `least` to `most` items, each to `rule`."""

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


def thing(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    *,
    any_of: tuple[str, ...] = (),
    not_both: tuple[str, str] | None = None,
) -> Rule:
    """Accept an object: all required fields, at least one `any_of`, no unknown field."""
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


def typed(table: Mapping[str, Rule], *only: str) -> Rule:
    """Accept an object to the rule that `table` holds for its ``type``, one of `only` if given."""

    def rule(value: Any, at: str) -> Iterator[Issue]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            yield Issue(at, "must be an object with a type")
        elif kind not in table or (only and kind not in only):
            yield Issue(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from table[kind](value, at)

    return rule
