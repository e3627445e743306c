"""Slack's Web API as the core needs it (`bot.ports.Messenger`), except for views.

Slack's errors are sorted in `api_errors`.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.concurrency.offload import offload
from bot.domain.thread import ChannelId, EarlierMessage, MessageTs, TeamId, ThreadKey, UserId
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.ports import Message, Tag, Upload
from bot.slack.api_errors import (
    RETRY_AFTER,
    STREAM_IS_OVER,
    ignoring,
    paged,
    reading,
    retry_after_of,
    writing,
)
from bot.slack.payloads.fields import items, timestamp, word
from bot.slack.payloads.message_tags import metadata_of, tag_of
from bot.slack.payloads.thread_history import ThreadHistory

SESSION_WITHIN = 3.0  # seconds for setting the agent session, which must not hold up a turn
QUEUED = "hourglass_flowing_sand"  # the reaction to a question that waits
ACKNOWLEDGED = "raised_hands"  # the reaction to thanks
PAGE = 200  # messages in one call of conversations.replies
PAGES = 10  # of one thread that are read at most
LIKELY = 500  # characters of a message, which may have a hundred attachments
#: Errors of conversations.replies in a channel that we are no member of.
_NOT_MEMBER = ("not_in_channel", "channel_not_found")


class SlackMessenger:
    """The Web API of one workspace."""

    def __init__(self, client: AsyncWebClient, bot: str = "") -> None:
        """Call through a client. `bot`: our bot's id, which our messages carry."""
        self._client = client
        self._bot = bot

    async def post(self, thread: ThreadKey, message: Message, tag: Tag) -> MessageTs:
        """Post in the thread, tagged; links do not unfurl."""
        answer = await writing(
            lambda: self._client.chat_postMessage(
                channel=thread.channel,
                thread_ts=thread.ts or None,
                text=message.text,
                blocks=message.blocks,
                reply_broadcast=message.broadcast or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata=metadata_of(tag),
            )
        )
        return _ts_of(answer)

    async def post_ephemeral(self, thread: ThreadKey, person: UserId, message: Message) -> None:
        """Show a message to one person."""
        await writing(
            lambda: self._client.chat_postEphemeral(
                channel=thread.channel,
                user=person,
                thread_ts=thread.ts or None,
                text=message.text,
                blocks=message.blocks,
            )
        )

    async def find_posted(self, thread: ThreadKey, tag: Tag, since: MessageTs) -> MessageTs | None:
        """Find our message with this tag, not older than `since`."""
        messages = self._replies if thread.ts else self._channel_history
        async for message in messages(thread, oldest=since, include_all_metadata=True):
            if tag_of(message) == (tag.turn, tag.part) and (ts := timestamp(word(message, "ts"))):
                return ts
        return None

    async def update(self, thread: ThreadKey, ts: MessageTs, message: Message) -> None:
        """Edit a message of ours."""
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
        """Delete a message of ours."""
        await ignoring(
            ("message_not_found",), lambda: self._client.chat_delete(channel=thread.channel, ts=ts)
        )

    async def start_stream(self, thread: ThreadKey, markdown: str) -> MessageTs:
        """Start a message that Slack streams."""
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
        """End a streamed message and tag it."""
        await ignoring(
            (*STREAM_IS_OVER, "message_not_found"),
            lambda: self._client.chat_stopStream(
                channel=thread.channel, ts=ts, metadata=metadata_of(tag)
            ),
        )

    async def find_stream(self, thread: ThreadKey, since: MessageTs) -> MessageTs | None:
        """Find our latest message that has no tag and no file, newer than `since`."""
        found = None
        async for message in self._replies(thread, oldest=since, include_all_metadata=True):
            untagged = tag_of(message) == ("", "") and not message.get("files")
            ts = timestamp(word(message, "ts"))
            if untagged and message.get("bot_id") == self._bot and ts > since:
                found = ts
        return found

    async def post_in_channel(
        self, team: TeamId, channel: ChannelId, message: Message
    ) -> ThreadKey:
        """Post in the channel; the message begins a thread."""
        answer: Any = await writing(
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return ThreadKey(team, ChannelId(word(answer, "channel") or channel), _ts_of(answer))

    async def set_session_status(self, thread: ThreadKey, *, working: bool) -> None:
        """Set the agent session of the thread to `processing` or `active`."""

        async def call() -> Any:
            async with asyncio.timeout(SESSION_WITHIN):
                return await self._client.agents_sessions_setStatus(
                    channel_id=thread.channel,
                    thread_ts=thread.ts,
                    status="processing" if working else "active",
                )

        await writing(call)

    async def upload(self, upload: Upload) -> str:
        """Upload a file without sharing it; return its id."""
        content = upload.content.encode()
        target = await reading(
            lambda: self._client.files_getUploadURLExternal(
                filename=upload.name, length=len(content)
            )
        )
        await reading(lambda: self._send(str(target["upload_url"]), content))
        return str(target["file_id"])

    async def share_file(self, thread: ThreadKey, file: str, upload: Upload) -> None:
        """Share an uploaded file in the thread."""
        await writing(
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": file, "title": upload.title}],
                channel_id=thread.channel,
                thread_ts=thread.ts,
                initial_comment=upload.comment,
            )
        )

    async def is_shared(self, thread: ThreadKey, file: str, since: MessageTs) -> bool:
        """Whether the file is in the thread already."""
        async for message in self._replies(thread, oldest=since):
            files = (each for each in items(message.get("files")) if isinstance(each, dict))
            if any(each.get("id") == file for each in files):
                return True
        return False

    async def add_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Add the ⏳ reaction to a message."""
        await self._add_reaction(channel, ts, QUEUED)

    async def remove_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Remove the ⏳ reaction."""
        await ignoring(
            ("no_reaction",),
            lambda: self._client.reactions_remove(channel=channel, timestamp=ts, name=QUEUED),
        )

    async def acknowledge(self, channel: ChannelId, ts: MessageTs) -> None:
        """Add the 🙌 reaction to a message."""
        await self._add_reaction(channel, ts, ACKNOWLEDGED)

    async def message(self, channel: ChannelId, ts: MessageTs) -> Mapping[str, Any] | None:
        """Read anybody's message.

        conversations.replies takes the ts of a reply, too; the bounds leave out the other messages
        of a long thread. https://docs.slack.dev/reference/methods/conversations.replies
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
        found = (each for each in items(page.get("messages")) if isinstance(each, dict))
        return next((message for message in found if message.get("ts") == ts), None)

    async def history(self, thread: ThreadKey, before: MessageTs) -> Sequence[EarlierMessage]:
        """Read the thread's latest messages before `before`; people are numbered, not named."""
        history = ThreadHistory(self._bot, before)
        async for message in self._replies(thread, latest=before, include_all_metadata=True):
            history.add(message)
        return await offload(LIKELY * len(history), history.latest)

    async def is_member(self, thread: ThreadKey) -> bool:
        """Whether we are a member of the thread's channel."""
        try:
            await reading(
                lambda: self._client.conversations_replies(
                    channel=thread.channel, ts=thread.ts, limit=1
                )
            )
        except Refused as refused:
            if refused.message in _NOT_MEMBER:
                return False
            raise
        return True

    def _replies(self, thread: ThreadKey, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        arguments |= {"channel": thread.channel, "ts": thread.ts, "limit": PAGE}
        return paged(self._client.conversations_replies, "messages", arguments, pages=PAGES)

    def _channel_history(
        self, thread: ThreadKey, **arguments: Any
    ) -> AsyncIterator[dict[str, Any]]:
        arguments |= {"channel": thread.channel, "limit": PAGE}
        return paged(self._client.conversations_history, "messages", arguments, pages=PAGES)

    async def _add_reaction(self, channel: ChannelId, ts: MessageTs, name: str) -> None:
        await ignoring(
            ("already_reacted",),
            lambda: self._client.reactions_add(channel=channel, timestamp=ts, name=name),
        )

    async def _send(self, url: str, content: bytes) -> None:
        """Send a file's content to the upload URL that Slack gave for it."""
        session = self._client.session
        assert session
        async with session.post(url, data=io.BytesIO(content)) as response:
            problem = f"Slack's upload address answered {response.status}"
            if response.status in (408, 429):
                raise Unavailable(problem, retry_after_of(response, time.time()) or RETRY_AFTER)
            if 400 <= response.status < 500:
                raise Refused(Cause.CONTENT, problem)
            if response.status >= 500:
                raise Unavailable(problem)


def _ts_of(answer: Any) -> MessageTs:
    """Return the ts of what was just posted. Raises AnswerLost when the answer has none."""
    if not (ts := timestamp(word(answer, "ts"))):
        raise AnswerLost("Slack's answer to a post lacks its ts")
    return ts
