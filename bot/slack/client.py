"""Slack's Web API as the core needs it (`bot.ports.Conversation`).

slack_sdk's own retries are off: its default one repeats `chat.postMessage` after a dropped
connection, which posts twice. What Slack's errors mean: `api_errors`.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.connections.network import Network
from bot.connections.outgoing import DECIDED_BY_CONNECTOR, Connector, unredirected
from bot.domain.prompt import CONTEXT_MESSAGES
from bot.domain.thread import ChannelId, Earlier, MessageTs, TeamId, ThreadKey
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Message, Tag, Upload
from bot.slack.action_ids import TRY_AGAIN
from bot.slack.api_errors import STREAM_IS_OVER, paged, reading, retry_after_of, unless, writing
from bot.slack.payloads.message_text import files_of, words_of
from bot.slack.text.plain_words import plain_words

log = logging.getLogger(__name__)

TIMEOUT = 30  # seconds for one call
CONNECT_WITHIN = 10.0  # seconds of these for a connection, with name resolution and TLS
SIGN_WITHIN = 3.0  # seconds for setting a session: a courtesy that holds nothing up
EVENT_TYPE = "threadline_turn"  # of our messages' metadata
WAITING = "hourglass_flowing_sand"
WELCOME = "raised_hands"
PAGE = 200  # messages in one call of conversations.replies
PAGES = 10  # of one thread that are read at most


def http_session(lease: float, network: Network | None = None) -> aiohttp.ClientSession:
    """Open what a Web API client speaks over, by the proxies and certificates of `network`.

    Who was frozen while it connected must not go on and post what another owner has posted since.
    So no connection takes longer than half the lease (seconds): whoever lost it has given up.
    """
    connect = min(CONNECT_WITHIN, lease / 2)
    return aiohttp.ClientSession(
        connector=Connector(network or Network()),
        middlewares=(unredirected,),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=connect),
    )


def web_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Build a Web API client that repeats nothing by itself."""
    return AsyncWebClient(
        token=token,
        base_url=base_url,
        proxy=DECIDED_BY_CONNECTOR,
        session=session,
        timeout=TIMEOUT,
        retry_handlers=[],
    )


class SlackMessenger:
    """The bot's voice and eyes in one workspace."""

    def __init__(self, client: AsyncWebClient, bot: str = "") -> None:
        """Speak through a client. `bot`: our bot's id, which our messages carry."""
        self._client = client
        self._bot = bot

    async def post(self, thread: ThreadKey, message: Message, tag: Tag) -> MessageTs:
        """Post in the thread, tagged; links do not unfurl and words do not become mentions."""
        answer = await writing(
            lambda: self._client.chat_postMessage(
                channel=thread.channel,
                thread_ts=thread.ts or None,
                text=message.text,
                blocks=message.blocks,
                reply_broadcast=message.broadcast or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata=_metadata(tag),
            )
        )
        return _ts_of(answer)

    async def find_posted(self, thread: ThreadKey, tag: Tag, since: MessageTs) -> MessageTs | None:
        """Look for our message with this tag, not older than `since`."""
        messages = self._replies if thread.ts else self._history
        async for message in messages(thread, oldest=since, include_all_metadata=True):
            if _tag(message) == (tag.turn, tag.part):
                return MessageTs(message["ts"])
        return None

    async def update(self, thread: ThreadKey, ts: MessageTs, message: Message) -> None:
        """Change a message of ours."""
        await writing(
            lambda: self._client.chat_update(
                channel=thread.channel,
                ts=ts,
                text=message.text,
                blocks=message.blocks or [],
                parse="none",
            )
        )

    async def delete(self, thread: ThreadKey, ts: MessageTs) -> None:
        """Delete a message of ours; nothing happens when it is not there."""
        await unless(
            ("message_not_found",), lambda: self._client.chat_delete(channel=thread.channel, ts=ts)
        )

    async def start_stream(self, thread: ThreadKey, markdown: str) -> MessageTs:
        """Begin a message that Slack streams. It is not tagged before it is stopped."""
        answer = await writing(
            lambda: self._client.chat_startStream(
                channel=thread.channel, thread_ts=thread.ts, markdown_text=markdown
            )
        )
        return _ts_of(answer)

    async def append_stream(self, thread: ThreadKey, ts: MessageTs, markdown: str) -> None:
        """Append to a streamed message."""
        await writing(
            lambda: self._client.chat_appendStream(
                channel=thread.channel, ts=ts, markdown_text=markdown
            )
        )

    async def stop_stream(self, thread: ThreadKey, ts: MessageTs, tag: Tag) -> None:
        """End a streamed message and tag it; nothing happens when it is over already."""
        await unless(
            (*STREAM_IS_OVER, "message_not_found"),
            lambda: self._client.chat_stopStream(
                channel=thread.channel, ts=ts, metadata=_metadata(tag)
            ),
        )

    async def find_stream(self, thread: ThreadKey, since: MessageTs) -> MessageTs | None:
        """Look for our latest message that has no tag and no file, not older than `since`."""
        found = None
        async for message in self._replies(thread, oldest=since, include_all_metadata=True):
            untagged = _tag(message) == ("", "") and not message.get("files")
            if untagged and message.get("bot_id") == self._bot and message["ts"] > since:
                found = MessageTs(message["ts"])
        return found

    async def post_in_channel(
        self, team: TeamId, channel: ChannelId, message: Message
    ) -> ThreadKey:
        """Post outside of threads: the message begins one."""
        answer = await writing(
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return ThreadKey(team, channel, _ts_of(answer))

    async def set_session_status(self, thread: ThreadKey, *, working: bool) -> None:
        """Have Slack's own sign say whether we work in this thread (for an hour at most)."""

        async def call() -> Any:
            async with asyncio.timeout(SIGN_WITHIN):
                return await self._client.agents_sessions_setStatus(
                    channel_id=thread.channel,
                    thread_ts=thread.ts,
                    status="processing" if working else "active",
                )

        await writing(call)

    async def upload(self, upload: Upload) -> str:
        """Bring a file to Slack, not yet visible to anybody; returns its file id."""
        content = upload.content.encode()
        place = await reading(
            lambda: self._client.files_getUploadURLExternal(
                filename=upload.name, length=len(content)
            )
        )
        await reading(lambda: self._send(str(place["upload_url"]), content))
        return str(place["file_id"])

    async def share_file(self, thread: ThreadKey, file: str, upload: Upload) -> None:
        """Make an uploaded file visible in the thread."""
        await writing(
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": file, "title": upload.title}],
                channel_id=thread.channel,
                thread_ts=thread.ts,
                initial_comment=upload.comment,
            )
        )

    async def is_shared(self, thread: ThreadKey, file: str, since: MessageTs) -> bool:
        """Whether the file stands in the thread already."""
        async for message in self._replies(thread, oldest=since):
            if any(f.get("id") == file for f in message.get("files") or ()):
                return True
        return False

    async def add_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Put the ⏳ reaction on a message."""
        await unless(
            ("already_reacted",),
            lambda: self._client.reactions_add(channel=channel, timestamp=ts, name=WAITING),
        )

    async def remove_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Take the ⏳ reaction away."""
        await unless(
            ("no_reaction",),
            lambda: self._client.reactions_remove(channel=channel, timestamp=ts, name=WAITING),
        )

    async def acknowledge(self, channel: ChannelId, ts: MessageTs) -> None:
        """Put the 🙌 reaction on a message."""
        await unless(
            ("already_reacted",),
            lambda: self._client.reactions_add(channel=channel, timestamp=ts, name=WELCOME),
        )

    async def message(self, channel: ChannelId, ts: MessageTs) -> Mapping[str, Any] | None:
        """Read a message, of anybody, as Slack gives it; None when it is not there (any more).

        https://docs.slack.dev/reference/methods/conversations.replies takes a reply's ts, too; the
        bounds keep a long thread's other messages out.
        """
        try:
            page = await reading(
                lambda: self._client.conversations_replies(
                    channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=2
                )
            )
        except Refused as refused:
            if refused.message == "thread_not_found":
                return None
            raise
        found = (message for message in page.get("messages") or () if message.get("ts") == ts)
        return next(found, None)

    async def history(self, thread: ThreadKey, before: MessageTs) -> Sequence[Earlier]:
        """Read the thread's latest messages before `before`; people are numbered, not named.

        Of ours only answers count: what we said of our work is no context, nor what offers to ask
        again, nor what was deleted. Of ours the text is read, which repeats what is in the blocks.
        """
        people: dict[str, str] = {}
        found: list[Earlier] = []
        async for message in self._replies(thread, latest=before, include_all_metadata=True):
            turn, part = _tag(message)
            if turn and (not part.startswith("answer") or _offers_to_ask_again(message)):
                continue
            ours = turn or (self._bot and message.get("bot_id") == self._bot)
            text = plain_words(message.get("text") or "") if ours else words_of(message)
            files = () if ours else files_of(message)
            if message["ts"] >= before or not (text or files):
                continue
            if message.get("bot_id"):
                who = "Bot"
            else:
                who = people.setdefault(message.get("user", ""), f"Person {len(people) + 1}")
            found.append(Earlier(who, text, files))
        return found[-CONTEXT_MESSAGES:]

    def _replies(self, thread: ThreadKey, **how: Any) -> AsyncIterator[dict[str, Any]]:
        how |= {"channel": thread.channel, "ts": thread.ts, "limit": PAGE}
        return paged(self._client.conversations_replies, "messages", PAGES, how)

    def _history(self, thread: ThreadKey, **how: Any) -> AsyncIterator[dict[str, Any]]:
        how |= {"channel": thread.channel, "limit": PAGE}
        return paged(self._client.conversations_history, "messages", PAGES, how)

    async def _send(self, url: str, content: bytes) -> None:
        session = self._client.session
        assert session
        async with session.post(url, data=io.BytesIO(content)) as response:
            said = f"Slack's upload address answered {response.status}"
            if response.status in (408, 429):
                raise Unavailable(said, retry_after_of(response))
            if 400 <= response.status < 500:
                raise Refused(Cause.CONTENT, said)
            if response.status >= 500:
                raise Unavailable(said)


def _ts_of(answer: Any) -> MessageTs:
    """Return the ts of what was just posted. Raises AnswerLost when Slack does not tell it."""
    if not answer.get("ts"):
        raise AnswerLost("Slack's answer to a post lacks its ts")
    return MessageTs(answer["ts"])


def _offers_to_ask_again(message: dict[str, Any]) -> bool:
    elements = (e for block in message.get("blocks") or () for e in block.get("elements") or ())
    return any(element.get("action_id") == TRY_AGAIN for element in elements)


def _metadata(tag: Tag) -> dict[str, Any]:
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"turn": tag.turn, "part": tag.part},
    }


def _tag(message: dict[str, Any]) -> tuple[str, str]:
    """Return the turn and part that a message of ours was tagged with; "" for other messages."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return "", ""
    payload = metadata.get("event_payload") or {}
    return str(payload.get("turn") or ""), str(payload.get("part") or "")
