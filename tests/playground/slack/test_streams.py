"""The local Slack's message streams, as Slack's own client drives them.

Sources: https://docs.slack.dev/reference/methods/chat.startStream,
https://docs.slack.dev/ai/developing-agents.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Change, Channel, LocalSlack, Message
from tests.slack_clients import Clock, Json, client, refusal

FIVE_MINUTES = 5 * 60
TAG = {"event_type": "answer", "event_payload": {"part": 1}}
CONTEXT: Json = {"type": "context", "elements": [{"type": "plain_text", "text": "sources"}]}
TABLE = "|a|b|\n|-|-|\n|1|2|\n\n"
TASK = {"type": "task_update", "id": "1", "title": "Search", "status": "in_progress"}
BOTH = "cannot_provide_both_markdown_text_and_chunks"


def words(text: str) -> Json:
    """A chunk of Markdown."""
    return {"type": "markdown_text", "text": text}


def at(message: Message) -> Json:
    """The arguments that name a message."""
    return {"channel": message.channel.id, "ts": message.ts}


@dataclass
class Scene:
    """Ada's question in #general, which the app answers by streaming."""

    slack: LocalSlack
    clock: Clock
    call: AsyncWebClient
    general: Channel
    root: Message

    @property
    def recipient(self) -> Json:
        """The arguments that name Ada as the one who sees a stream live."""
        user, team = self.slack.person("ada").id, self.slack.app.team_id
        return {"recipient_user_id": user, "recipient_team_id": team}

    async def start(self, **given: Any) -> Message:
        """Start a stream in Ada's thread."""
        answer = await self.call.chat_startStream(
            channel=self.general.id, thread_ts=self.root.ts, **(self.recipient | given)
        )
        return self.general.messages[answer["ts"]]

    async def error(self, method: str, **given: Any) -> str:
        """Return the error that a call in #general is refused with."""
        arguments = {"channel": self.general.id, **given}
        return str((await refusal(self.call.api_call(method, json=arguments)))["error"])


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A Slack without rate limits, with a clock that the test moves."""
    clock = Clock()
    async with LocalSlack(clock=clock, rate_limits=False) as slack:
        ada = slack.person("ada")
        general = slack.channel("general", [ada])
        yield Scene(slack, clock, client(slack), general, await ada.says(general, "who?"))


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [("chat.startStream", 20), ("chat.appendStream", 100), ("chat.stopStream", 20)],
)
async def test_streaming_calls_have_tiers_and_a_scope(method: str, a_minute: int) -> None:
    async with LocalSlack(clock=Clock()) as slack:
        call = client(slack)
        errors = [(await refusal(call.api_call(method)))["error"] for _ in range(a_minute)]
        assert set(errors) == {"invalid_arguments"}
        assert (await refusal(call.api_call(method)))["error"] == "ratelimited"
        slack.app.scopes.remove("chat:write")
        assert (await refusal(call.api_call(method)))["needed"] == "chat:write"


async def test_a_stream_may_start_empty_and_stands_in_its_thread(scene: Scene) -> None:
    message = await scene.start(metadata=TAG, blocks=[CONTEXT])  # no arguments of this method
    assert scene.slack.thread(scene.root).said == [message]
    assert (message.text, message.blocks, message.metadata) == ("", [], None)
    assert scene.slack.streaming(message)


async def test_direct_messages_need_no_recipient(scene: Scene) -> None:
    ada = scene.slack.person("ada")
    asked = await ada.says(scene.slack.dm(ada), "who?")
    answer = await scene.call.chat_startStream(channel=asked.channel.id, thread_ts=asked.ts)
    assert scene.slack.streaming(asked.channel.messages[answer["ts"]])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"thread_ts": None}, "invalid_thread_ts"),
        ({"thread_ts": "1.000001"}, "invalid_thread_ts"),
        ({"thread_ts": "a reply"}, "cannot_reply_to_message"),
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": "U0NOBODY"}, "user_not_found"),
        ({"recipient_team_id": "T0ELSEWHERE"}, "user_not_found"),
        ({"task_display_mode": "cards"}, "invalid_arguments"),
        ({"markdown_text": "a", "chunks": [words("a")]}, BOTH),
        ({"markdown_text": "a" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "poem", "text": "a"}]}, "invalid_chunks"),
    ],
)
async def test_starts_that_slack_refuses(scene: Scene, given: Json, error: str) -> None:
    arguments = {"thread_ts": scene.root.ts, **scene.recipient, **given}
    if arguments["thread_ts"] == "a reply":
        arguments["thread_ts"] = (await scene.slack.person("ada").replies(scene.root, "well?")).ts
    assert await scene.error("chat.startStream", **arguments) == error
    assert scene.slack.thread(scene.root).said == []


async def test_streaming_needs_a_channel_open_to_the_app(scene: Scene) -> None:
    out = scene.slack.channel("out", [scene.slack.person("ada")], bot=False)
    message, given = await scene.start(), {"thread_ts": scene.root.ts, **scene.recipient}
    assert await scene.error("chat.startStream", **given, channel=out.id) == "not_in_channel"
    scene.general.archived = True
    assert await scene.error("chat.startStream", **given) == "is_archived"
    assert await scene.error("chat.stopStream", ts=message.ts) == "is_archived"


async def test_pieces_add_up_to_one_markdown_block(scene: Scene) -> None:
    message = await scene.start(markdown_text="**a** ")
    await scene.call.chat_appendStream(**at(message), markdown_text="<b> & ")
    await scene.call.chat_appendStream(**at(message), markdown_text="<https://x.org>")
    read = await scene.call.conversations_replies(**at(scene.root), include_all_metadata=True)
    seen = read["messages"][-1]
    assert seen["text"] == "**a** &lt;b&gt; &amp; <https://x.org>"
    assert [block["type"] for block in seen["blocks"]] == ["markdown"]
    assert message.markdown == "**a** <b> & <https://x.org>"
    assert not {"metadata", "edited"} & set(seen)


async def test_chunks_carry_words_and_tasks_that_are_not_shown(scene: Scene) -> None:
    message = await scene.start(chunks=[{"type": "plan_update", "title": "Plan"}, TASK])
    form = {**at(message), "chunks": json.dumps([words("a"), TASK, words("b")])}
    await scene.call.api_call("chat.appendStream", data=form)
    assert message.markdown == "ab"


NOTHING: list[tuple[Json, str]] = [({}, "no_text"), ({"chunks": []}, "no_text")]
PIECES: list[tuple[Json, str]] = [
    ({"markdown_text": "b", "chunks": [words("b")]}, BOTH),
    ({"chunks": [words("b")]}, "streaming_mode_mismatch"),
    ({"chunks": "{"}, "invalid_chunks"),
    ({"chunks": {"type": "markdown_text", "text": "b"}}, "invalid_chunks"),
    ({"chunks": [{"type": "markdown_text"}]}, "invalid_chunks"),
    ({"chunks": [{"type": "blocks", "blocks": [CONTEXT]}]}, "invalid_chunks"),
    ({"chunks": [TASK | {"title": "x" * 257}]}, "invalid_chunks"),
    ({"chunks": [TASK | {"details": "x" * 257}]}, "invalid_chunks"),
    ({"chunks": [TASK | {"status": "done"}]}, "invalid_chunks"),
    ({"markdown_text": "b" * 12_000}, "msg_too_long"),
    ({"markdown_text": "\n\n" + "# b\n" * 50}, "invalid_blocks"),
    ({"markdown_text": f"\n\n{TABLE}{TABLE}"}, "only_one_table_allowed"),
    ({"markdown_text": "b", "ts": "1.000001"}, "message_not_found"),
    ({"markdown_text": "b", "ts": "ada's"}, "message_not_owned_by_app"),
    ({"markdown_text": "b", "ts": "ordinary"}, "message_not_in_streaming_state"),
]
STOPS: list[tuple[Json, str]] = [
    ({"blocks": "{"}, "invalid_blocks_format"),
    ({"blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
    ({"blocks": [{"type": "divider"}] * 51}, "msg_blocks_too_many"),
    ({"blocks": [{"type": "markdown", "text": "b" * 12_000}]}, "msg_too_long"),
    ({"metadata": {"event_type": "t"}}, "invalid_metadata_format"),
    ({"session_status": "done"}, "invalid_arguments"),
]


@pytest.mark.parametrize(
    ("method", "given", "error"),
    [("chat.appendStream", *row) for row in NOTHING + PIECES]
    + [("chat.stopStream", *row) for row in PIECES + STOPS],
)
async def test_what_slack_refuses_leaves_the_stream_as_it_was(
    scene: Scene, method: str, given: Json, error: str
) -> None:
    ordinary = await scene.call.chat_postMessage(channel=scene.general.id, text="hi")
    message = await scene.start(markdown_text="a")
    stamps = {"ada's": scene.root.ts, "ordinary": ordinary["ts"]}
    ts = stamps.get(given.get("ts", ""), given.get("ts", message.ts))
    assert await scene.error(method, **given | {"ts": ts}) == error
    assert (message.markdown, scene.slack.streaming(message)) == ("a", True)


async def test_the_first_piece_fixes_how_an_empty_stream_goes_on(scene: Scene) -> None:
    message = await scene.start()
    await scene.call.chat_appendStream(**at(message), chunks=[words("a")])
    mixed = {"ts": message.ts, "markdown_text": "b"}
    assert await scene.error("chat.appendStream", **mixed) == "streaming_mode_mismatch"
    assert await scene.error("chat.stopStream", **mixed) == "streaming_mode_mismatch"


async def test_tokens_in_streamed_text_ping_even_in_two_pieces(scene: Scene) -> None:
    message = await scene.start(markdown_text="<@U0ABC> @here &lt;!channel&gt; <!he")
    assert message.pings == {"U0ABC"}
    await scene.call.chat_appendStream(**at(message), markdown_text="re>")
    assert message.pings == {"U0ABC", "!here"}


async def test_stopping_adds_the_last_piece_blocks_and_metadata(scene: Scene) -> None:
    message = await scene.start(markdown_text="a")
    last: Json = {"markdown_text": "b", "blocks": [CONTEXT], "metadata": TAG}
    answer = await scene.call.chat_stopStream(**at(message), **last)
    assert (message.markdown, message.metadata, message.edited_ts) == ("ab", TAG, None)
    assert [block["type"] for block in message.blocks] == ["markdown", "context"]
    assert answer["message"]["text"] == "ab"
    assert not scene.slack.streaming(message)


@pytest.mark.parametrize("end", ["the app stops", "time", "a person stops"])
async def test_a_stream_that_is_over_can_only_be_edited(scene: Scene, end: str) -> None:
    message = await scene.start(markdown_text="a")
    scene.clock.now += FIVE_MINUTES - 1
    edit: Json = {**at(message), "text": "b", "blocks": []}
    assert await scene.error("chat.update", **edit) == "streaming_state_conflict"
    # An append does not make it live longer.
    await scene.call.chat_appendStream(**at(message), markdown_text="b")
    if end == "time":
        scene.clock.now += 1
    elif end == "the app stops":
        await scene.call.chat_stopStream(**at(message))
    else:
        await scene.slack.person("ada").stops(scene.root)
    error = "stopped_by_user" if end == "a person stops" else "message_not_in_streaming_state"
    assert not scene.slack.streaming(message)
    assert await scene.error("chat.appendStream", ts=message.ts, markdown_text="c") == error
    assert await scene.error("chat.stopStream", ts=message.ts) == error
    await scene.call.chat_update(**edit)
    assert (message.text, message.blocks) == ("b", [])


async def test_a_streaming_message_can_be_deleted(scene: Scene) -> None:
    message = await scene.start(markdown_text="a")
    await scene.call.chat_delete(**at(message))
    assert not scene.slack.streaming(message)
    assert await scene.error("chat.stopStream", ts=message.ts) == "message_not_found"


async def test_a_stream_updates_each_time_and_is_one_event(scene: Scene) -> None:
    seen: list[Change] = []
    scene.slack.subscribe(seen.append)
    message = await scene.start(markdown_text="a")
    await scene.call.chat_appendStream(**at(message), markdown_text="b")
    await scene.call.chat_appendStream(**at(message), markdown_text="c")
    await scene.call.chat_stopStream(**at(message))
    kinds = [change.kind for change in seen if change.subject is message]
    assert kinds == ["message posted", *["message changed"] * 3]
    events = [sent.event for sent in scene.slack.deliveries if sent.event["ts"] > scene.root.ts]
    assert [event.get("subtype") for event in events] == [None, "message_changed"]
    assert events[1]["message"]["text"] == "abc"


async def test_links_in_streamed_messages_do_not_unfurl(scene: Scene) -> None:
    message = await scene.start(markdown_text="<https://x.org>")
    await scene.call.chat_stopStream(**at(message))
    with pytest.raises(ValueError, match="no previews"):
        await scene.slack.unfurls(message)


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize("cut", ["before", "after"])
async def test_streaming_calls_fail_on_demand(scene: Scene, method: str, cut: Any) -> None:
    message = await scene.start()
    given = {**at(message), "thread_ts": scene.root.ts, **scene.recipient, "markdown_text": "a"}
    scene.slack.faults.next(method, error="fatal_error")
    assert await scene.error(method, **given) == "fatal_error"
    scene.slack.faults.next(method, cut=cut)
    with pytest.raises(aiohttp.ClientError):
        await scene.call.api_call(method, json=given)
    said = "".join(message.text for message in scene.slack.thread(scene.root).said)
    assert said == ("a" if cut == "after" else "")


async def test_the_official_helper_streams_in_chunks(scene: Scene) -> None:
    stream = await scene.call.chat_stream(
        channel=scene.general.id, thread_ts=scene.root.ts, buffer_size=4, **scene.recipient
    )
    for piece in ("one ", "tw", "o th", "ree"):
        await stream.append(markdown_text=piece)
    await stream.stop(blocks=[CONTEXT], metadata=TAG)
    (message,) = scene.slack.thread(scene.root).said
    assert (message.ts, message.markdown, message.metadata) == (stream.ts, "one two three", TAG)
    assert not scene.slack.streaming(message)
