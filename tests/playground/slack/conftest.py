"""The local Slack, somebody in it, and a channel. A file whose Slack differs makes its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import Channel, LocalSlack, Person


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack without rate limits."""
    async with LocalSlack(rate_limits=False) as slack:
        yield slack


@pytest.fixture
def ada(slack: LocalSlack) -> Person:
    """A person."""
    return slack.person("ada")


@pytest.fixture
def general(slack: LocalSlack, ada: Person) -> Channel:
    """A channel with Ada and the app."""
    return slack.channel("general", [ada])
