"""Slack's Web API as the core needs it (`bot.ports.Conversation`).

The one file of `bot.slack` that touches the network. slack_sdk's own retries are off: its default
one repeats `chat.postMessage` after a dropped connection, which posts twice. Errors of Slack leave
as `Refused` (by cause), `Unavailable` (nothing took effect) or, where something may have taken
effect, `AnswerLost`.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.asking import CONTEXT_MESSAGES
from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.model import ChannelId, MessageTs, TeamId, ThreadKey
from bot.ports import Earlier, Message, Tag, Upload
from bot.slack.incoming import plain_words

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT = 30  # seconds for one call
CONNECT_WITHIN = 10.0  # seconds of these for a connection, with name resolution and TLS
SIGN_WITHIN = 3.0  # seconds for setting a session: a courtesy that holds nothing up
LONGEST_WAIT = 3600.0  # seconds of a Retry-After that we obey
EVENT_TYPE = "threadline_turn"  # of our messages' metadata
WAITING = "hourglass_flowing_sand"
PAGE = 200  # messages in one call of conversations.replies
PAGES = 10  # of one thread that are read at most

#: https://docs.slack.dev/reference/methods/chat.appendStream: five minutes are over, or somebody
#: pressed Slack's own Stop.
_STREAM_IS_OVER = ("message_not_in_streaming_state", "stopped_by_user")

#: https://docs.slack.dev/reference/methods/chat.postMessage and chat.update, and measured ones.
_CAUSES = {
    Cause.PLACE: (
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "cannot_reply_to_message",
        "thread_not_found",
        "ekm_access_denied",
        "is_inactive",
        "user_not_in_channel",
        "message_limit_exceeded",
        "messages_tab_disabled",
        "team_access_not_granted",
    ),
    Cause.TOKEN: (
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "org_login_required",
        "access_denied",
        "two_factor_setup_required",
    ),
    Cause.SCOPE: ("missing_scope", "not_allowed_token_type", "no_permission"),
    Cause.GONE: (
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "cant_delete_message",
        *_STREAM_IS_OVER,
    ),
    Cause.CONTENT: (
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "only_one_table_allowed",
        "too_many_attachments",
    ),
}
_BY_ERROR = {error: cause for cause, errors in _CAUSES.items() for error in errors}
#: Slack's own trouble. The documentation of `fatal_error` says that parts may have succeeded.
_THEIRS = frozenset(
    ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited")
)
#: Those of it that may be about one message: some payloads are answered so again and again.
_STUMBLES = frozenset(("internal_error", "fatal_error"))
#: "Intermittently unavailable until the transition is complete": nothing took effect.
_LATER = frozenset(("team_added_to_org", "external_channel_migrating"))
LATER = 60.0  # seconds
STREAM_SETTLES = 2.0  # seconds until a message that was stopped may be edited


def http_session(lease: float) -> aiohttp.ClientSession:
    """Open what a Web API client speaks over.

    Who was frozen while it connected must not go on and post what another owner has posted since.
    So no connection takes longer than half the lease (seconds): whoever lost it has given up.
    """
    connect = min(CONNECT_WITHIN, lease / 2)
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=connect))


def web_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Build a Web API client that repeats nothing by itself."""
    return AsyncWebClient(
        token=token, base_url=base_url, session=session, timeout=TIMEOUT, retry_handlers=[]
    )


class SlackConversation:
    """The bot's voice and eyes in one workspace."""

    def __init__(self, client: AsyncWebClient, bot: str = "") -> None:
        """Speak through a client. `bot`: our bot's id, which our messages carry."""
        self._client = client
        self._bot = bot

    async def post(self, thread: ThreadKey, message: Message, tag: Tag) -> MessageTs:
        """Post in the thread, tagged; links do not unfurl and words do not become mentions."""
        answer = await _writing(
            lambda: self._client.chat_postMessage(
                channel=thread.channel,
                thread_ts=thread.ts,
                text=message.text,
                blocks=message.blocks,
                reply_broadcast=message.broadcast or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata=_metadata(tag),
            )
        )
        if not answer.get("ts"):
            raise AnswerLost("Slack's answer to a post lacks its ts")
        return MessageTs(answer["ts"])

    async def find(self, thread: ThreadKey, tag: Tag, since: MessageTs) -> MessageTs | None:
        """Look for our message with this tag, not older than `since`."""
        async for message in self._replies(thread, oldest=since, include_all_metadata=True):
            if _tag(message) == (tag.turn, tag.part):
                return MessageTs(message["ts"])
        return None

    async def change(self, thread: ThreadKey, ts: MessageTs, message: Message) -> None:
        """Change a message of ours."""
        await _writing(
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
        await _unless(
            ("message_not_found",), lambda: self._client.chat_delete(channel=thread.channel, ts=ts)
        )

    async def start_stream(self, thread: ThreadKey, markdown: str) -> MessageTs:
        """Begin a message that Slack streams. It is not tagged before it is stopped."""
        answer = await _writing(
            lambda: self._client.chat_startStream(
                channel=thread.channel, thread_ts=thread.ts, markdown_text=markdown
            )
        )
        if not answer.get("ts"):
            raise AnswerLost("Slack's answer to a stream's start lacks its ts")
        return MessageTs(answer["ts"])

    async def append_stream(self, thread: ThreadKey, ts: MessageTs, markdown: str) -> None:
        """Append to a streamed message."""
        await _writing(
            lambda: self._client.chat_appendStream(
                channel=thread.channel, ts=ts, markdown_text=markdown
            )
        )

    async def stop_stream(self, thread: ThreadKey, ts: MessageTs, tag: Tag) -> None:
        """End a streamed message and tag it; nothing happens when it is over already."""
        await _unless(
            (*_STREAM_IS_OVER, "message_not_found"),
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
        answer = await _writing(
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        if not answer.get("ts"):
            raise AnswerLost("Slack's answer to a post lacks its ts")
        return ThreadKey(team, channel, MessageTs(answer["ts"]))

    async def session(self, thread: ThreadKey, *, working: bool) -> None:
        """Have Slack's own sign say whether we work in this thread (for an hour at most)."""

        async def call() -> Any:
            async with asyncio.timeout(SIGN_WITHIN):
                return await self._client.agents_sessions_setStatus(
                    channel_id=thread.channel,
                    thread_ts=thread.ts,
                    status="processing" if working else "active",
                )

        await _writing(call)

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

    async def share(self, thread: ThreadKey, file: str, upload: Upload) -> None:
        """Make an uploaded file visible in the thread."""
        await _writing(
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

    async def mark_waiting(self, channel: ChannelId, ts: MessageTs) -> None:
        """Put the ⏳ reaction on a message."""
        await _unless(
            ("already_reacted",),
            lambda: self._client.reactions_add(channel=channel, timestamp=ts, name=WAITING),
        )

    async def unmark_waiting(self, channel: ChannelId, ts: MessageTs) -> None:
        """Take the ⏳ reaction away."""
        await _unless(
            ("no_reaction",),
            lambda: self._client.reactions_remove(channel=channel, timestamp=ts, name=WAITING),
        )

    async def earlier(self, thread: ThreadKey, before: MessageTs) -> Sequence[Earlier]:
        """Read the thread's latest messages before `before`; people are numbered, not named.

        Of ours only answers count: what we said of our work is no context, nor is what was deleted.
        """
        people: dict[str, str] = {}
        found: list[Earlier] = []
        async for message in self._replies(thread, latest=before, include_all_metadata=True):
            turn, part = _tag(message)
            if turn and not part.startswith("answer"):
                continue
            if message.get("subtype") == "tombstone":
                continue
            text = plain_words(message.get("text") or "")
            if message["ts"] >= before or not text:
                continue
            if message.get("bot_id"):
                who = "Bot"
            else:
                who = people.setdefault(message.get("user", ""), f"Person {len(people) + 1}")
            found.append(Earlier(who, text))
        return found[-CONTEXT_MESSAGES:]

    async def _replies(self, thread: ThreadKey, **how: Any) -> AsyncIterator[dict[str, Any]]:
        cursor = None
        for _ in range(PAGES):
            page = await reading(
                lambda cursor=cursor: self._client.conversations_replies(  # type: ignore[misc]
                    channel=thread.channel, ts=thread.ts, limit=PAGE, cursor=cursor, **how
                )
            )
            for message in page.get("messages") or ():
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _send(self, url: str, content: bytes) -> None:
        session = self._client.session
        assert session
        async with session.post(url, data=io.BytesIO(content)) as response:
            said = f"Slack's upload address answered {response.status}"
            if response.status in (408, 429):
                raise Unavailable(said, _retry_after(response))
            if 400 <= response.status < 500:
                raise Refused(Cause.CONTENT, said)
            if response.status >= 500:
                raise Unavailable(said)


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


async def reading(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that changes nothing anybody sees: a lost answer is no loss.

    Raises:
        Refused: Slack said no.
        Unavailable: later.
    """
    try:
        return await _writing(call)
    except AnswerLost as lost:
        raise Unavailable(str(lost)) from lost


async def _unless(already: tuple[str, ...], call: Callable[[], Awaitable[Any]]) -> None:
    try:
        await _writing(call)
    except Refused as refused:
        if refused.message not in already:
            raise


async def _writing(call: Callable[[], Awaitable[T]]) -> T:
    try:
        return await call()
    except SlackApiError as error:
        raise _meaning(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nothing left
        raise Unavailable(f"Slack cannot be reached: {type(error).__name__}") from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise AnswerLost(f"Slack's answer was lost: {type(error).__name__}") from error
    except (AttributeError, ValueError) as error:  # slack_sdk stumbles over what is no JSON object
        raise AnswerLost("something answered in Slack's stead") from error


def _meaning(error: SlackApiError) -> Exception:
    """Sort Slack's refusal. The response is slack_sdk's own, or aiohttp's when it was no JSON."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    name = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or name in ("ratelimited", "rate_limited"):
        return Unavailable("Slack asks to slow down", _retry_after(response))
    if name == "streaming_state_conflict":
        return Unavailable("Slack still streams the message", STREAM_SETTLES)
    if name in _LATER:
        return Unavailable(f"Slack cannot do it now: {name}", LATER)
    if status >= 500 or name in _THEIRS or not name:
        stumbled = name in _STUMBLES or (not name and 400 <= status < 500)
        return AnswerLost(f"Slack answered {status} {name}", stumbled=stumbled)
    if name.startswith("restricted_action"):
        return Refused(Cause.PLACE, name)
    cause = _BY_ERROR.get(name)
    return Refused(cause or Cause.CONTENT, name, sure=cause is not None)


def _retry_after(response: Any) -> float:
    """Seconds that Slack asks to wait, an hour at most; 1 when it does not say."""
    headers = {k.lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    try:
        return min(max(1.0, float(headers.get("retry-after", 1))), LONGEST_WAIT)
    except (TypeError, ValueError):
        return 1.0
