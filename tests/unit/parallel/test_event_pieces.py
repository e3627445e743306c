"""A burst of events is read in pieces, between which everything else has its turn."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.parallel.bounded import PIECE, event_source

LENGTH = 400_000  # characters that come at once


async def turns_of_others(text: str) -> tuple[int, int]:
    """Return how many events a text has, and how many turns others have until it is read."""
    turns = events = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    response = httpx.Response(
        200, headers={"content-type": "text/event-stream"}, content=text.encode()
    )
    task = asyncio.create_task(others())
    async for _ in event_source(response).aiter_sse():
        events += 1
    task.cancel()
    return events, turns


@pytest.mark.parametrize(
    ("unit", "events"),
    [
        pytest.param("data: x\n\n", 1, id="events"),
        pytest.param("data:1\r\n\r\n", 1, id="events with carriage returns"),
        pytest.param(":\n", 0, id="comments"),
        pytest.param("\n", 0, id="empty lines"),
        pytest.param("id: 1\n\n", 0, id="events without data"),
        pytest.param("data: ä😀\n\n", 1, id="characters of several bytes"),
    ],
)
async def test_others_have_their_turn_while_a_burst_of_events_is_read(
    unit: str, events: int
) -> None:
    found, turns = await turns_of_others(unit * (LENGTH // len(unit)))
    assert found == events * (LENGTH // len(unit))
    assert turns >= LENGTH // PIECE - 1


async def test_one_event_of_many_pieces_is_whole() -> None:
    response = httpx.Response(
        200, headers={"content-type": "text/event-stream"}, content=f"data: {'x' * LENGTH}\n\n"
    )
    [event] = [event async for event in event_source(response).aiter_sse()]
    assert event.data == "x" * LENGTH
