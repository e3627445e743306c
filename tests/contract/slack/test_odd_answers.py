"""Answers of Slack's Web API with an odd value anywhere in them: no call fails in another way."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Message, Tag
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from bot.slack.payloads.message_tags import metadata_of
from bot.slack.views_client import SlackViews
from tests.raw_http import Request, serving

ODD: list[Any] = [None, True, 5, 1.5, "", "x", "\ud800", [], [None], [5], ["a"], [[]], {}, {"a": 1}]
TS = MessageTs("1700000000.000100")
LATER = MessageTs("1800000000.000100")
KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), TS)
TAG = Tag(TurnId(f"T1:C1:{TS}"), "answer:0")
ASKED = Message("who?")
SAID = {
    "type": "message",
    "user": "U1",
    "ts": TS,
    "text": "hi",
    "bot_id": "B1",
    "metadata": metadata_of(TAG),
    "blocks": [{"type": "actions", "elements": [{"action_id": "x"}]}],
    "files": [{"id": "F1", "name": "a"}],
}
ANSWER = {
    "ok": True,
    "ts": TS,
    "channel": "C1",
    "messages": [SAID, {**SAID, "bot_id": None, "metadata": None}],
    "response_metadata": {"next_cursor": ""},
    "view": {"id": "V1"},
    "channels": [{"id": "C1", "name": "general", "is_private": False}],
}
#: Some methods answer with the id of a channel, others with the channel.
ANSWERS = (ANSWER, {"ok": True, "channel": {"id": "C1", "num_members": 3}})
Call = Callable[[SlackMessenger, SlackViews], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "post": lambda slack, _: slack.post(KEY, ASKED, TAG),
    "post in a channel": lambda slack, _: slack.post_in_channel(KEY.team, KEY.channel, ASKED),
    "update": lambda slack, _: slack.update(KEY, TS, ASKED),
    "delete": lambda slack, _: slack.delete(KEY, TS),
    "find a message": lambda slack, _: slack.find_posted(KEY, TAG, TS),
    "start a stream": lambda slack, _: slack.start_stream(KEY, "x"),
    "find a stream": lambda slack, _: slack.find_stream(KEY, TS),
    "find a file": lambda slack, _: slack.is_shared(KEY, "F1", TS),
    "read a message": lambda slack, _: slack.message(KEY.channel, TS),
    "read a thread": lambda slack, _: slack.history(KEY, LATER),
    "be a member": lambda slack, _: slack.is_member(KEY),
    "open a modal": lambda _, views: views.open("trigger", {}),
    "list channels": lambda _, views: views.places(UserId("U1")),
    "count people": lambda _, views: views.member_count(KEY.channel),
}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in an answer."""
    yield at
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*at, key))


def odd_answers(answered: Any) -> Iterator[Any]:
    for at in places(answered):
        for odd in ODD:
            answer = copy.deepcopy(answered)
            inner: Any = answer
            for key in at[:-1]:
                inner = inner[key]
            if at:
                inner[at[-1]] = odd
            yield answer if at else odd


@pytest.fixture
async def answers() -> AsyncIterator[tuple[SlackMessenger, SlackViews, list[Any]]]:
    """What calls Slack, and the answer that it gets, which is the last in the list."""
    given: list[Any] = []

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        body = json.dumps(given[-1]).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()

    async with serving(answer) as server, http_session(60) as session:
        client = web_client("xoxb-1", f"{server.url}/api/", session)
        yield SlackMessenger(client, "B1"), SlackViews(client), given


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
async def test_an_odd_value_anywhere_in_an_answer_is_an_error_of_slacks_or_none(
    name: str, answers: tuple[SlackMessenger, SlackViews, list[Any]]
) -> None:
    slack, views, given = answers
    for answer in (answer for answered in ANSWERS for answer in odd_answers(answered)):
        given.append(answer)
        with suppress(Refused, Unavailable, AnswerLost):
            found = await CALLS[name](slack, views)
            if name == "post in a channel":  # with a person, Slack names their direct message
                assert isinstance(found.channel, str)
                assert found.ts == TS
            elif name in ("post", "start a stream"):
                assert found == TS
