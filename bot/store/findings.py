"""What checks of the Redis server find, in words for whoever sets `REDIS_URL`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Problem

SETTING = "REDIS_URL"


@dataclass(frozen=True, slots=True)
class Findings:
    """Problems that keep the bot from starting, and what could not be checked."""

    problems: tuple[Problem, ...] = ()
    unchecked: tuple[str, ...] = ()


def redis_problem(wrong: str, fix: str) -> Problem:
    """Return a problem with `REDIS_URL`: what is wrong, and what to do."""
    return Problem(SETTING, wrong, fix)
