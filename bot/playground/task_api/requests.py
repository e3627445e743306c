"""Read a request's key, JSON body and query strictly. All but the key raise Refusal (422)."""

from __future__ import annotations

import json
import math
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web

from bot.playground.task_api.protocol import Kind, Refusal

E = TypeVar("E", bound=StrEnum)


def api_key(request: web.Request, kind: Kind) -> str | None:
    """Return the request's API key. Only the Chat API also takes it as a bearer token.

    https://docs.parallel.ai/chat-api/chat-quickstart
    """
    given = request.headers.get("x-api-key")
    if given is None and kind == "chat":
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else None
    return given


async def json_body(request: web.Request) -> Any:
    """Return the request's JSON body."""
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError):
        raise Refusal(422, reason="the body is no JSON") from None


def number(request: web.Request, name: str, default: float, *, whole: bool = False) -> float:
    """Return a number from the query."""
    text = request.query.get(name)
    if text is None:
        return default
    try:
        value = float(int(text) if whole else text)
    except (ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise _invalid(name, "an integer" if whole else "a number")
    return value


def flag(request: web.Request, name: str, *, default: bool) -> bool:
    """Return a boolean from the query."""
    text = request.query.get(name, str(default)).lower()
    if text not in ("true", "false"):
        raise _invalid(name, "true or false")
    return text == "true"


def one_of(request: web.Request, name: str, choices: type[E]) -> E | None:
    """Return an enum member from the query; None when the parameter is missing."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        return choices(text)
    except ValueError:
        raise _invalid(name, "one of " + ", ".join(choices)) from None


def _invalid(name: str, expected: str) -> Refusal:
    return Refusal(422, field=(name,), reason=f"should be {expected}", place="query")
