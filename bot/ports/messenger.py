"""Slack, as the core and the listeners need it. Implemented in bot.slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.thread import (
    ChannelId,
    EarlierMessage,
    MessageTs,
    TeamId,
    ThreadKey,
    TurnId,
    UserId,
)

Blocks = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a thread.

    Attributes:
        text: says all that `blocks` says; on its own without them.
        blocks: Block Kit; None for none.
        broadcast: the message is shown in the channel, too.
    """

    text: str
    blocks: Blocks | None = None
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to share in a thread, and the comment it is shared with."""

    name: str
    title: str
    content: str
    comment: str


@dataclass(frozen=True, slots=True)
class Tag:
    """Identifies a message of ours by its metadata: the turn, and the part of what it says."""

    turn: TurnId
    part: str


class Messenger(Protocol):
    """The Web API of one workspace, except for views.

    All methods raise Refused with one of the causes CONTENT (Slack does not accept this message in
    this form), PLACE, TOKEN, SCOPE, GONE. Those that change something raise AnswerLost when the
    change may have taken effect.
    """

    async def post(self, thread: ThreadKey, message: Message, tag: Tag) -> MessageTs:
        """Post in the thread, tagged; in the channel itself when the thread's `ts` is ""."""
        ...

    async def post_ephemeral(self, thread: ThreadKey, person: UserId, message: Message) -> None:
        """Show a message in the thread to one person only; it is gone when their Slack reloads."""
        ...

    async def find_posted(self, thread: ThreadKey, tag: Tag, since: MessageTs) -> MessageTs | None:
        """Find our message with this tag, not older than `since`; None when there is none."""
        ...

    async def update(self, thread: ThreadKey, ts: MessageTs, message: Message) -> None:
        """Edit a message of ours. It is safe to repeat."""
        ...

    async def start_stream(self, thread: ThreadKey, markdown: str) -> MessageTs:
        """Start a message that Slack streams. It has no tag until it is stopped.

        https://docs.slack.dev/reference/methods/chat.startStream
        """
        ...

    async def append_stream(self, thread: ThreadKey, ts: MessageTs, markdown: str) -> None:
        """Append to a streamed message. Raises Refused (GONE) when it has ended or was stopped."""
        ...

    async def stop_stream(self, thread: ThreadKey, ts: MessageTs, tag: Tag) -> None:
        """End a streamed message and tag it; no effect when it has ended already."""
        ...

    async def find_stream(self, thread: ThreadKey, since: MessageTs) -> MessageTs | None:
        """Find our latest message without a tag and without a file, newer than `since`."""
        ...

    async def post_in_channel(
        self, team: TeamId, channel: ChannelId, message: Message
    ) -> ThreadKey:
        """Post in a channel, and return the thread that the message begins.

        A person's id stands for our direct messages with them.
        """
        ...

    async def upload(self, upload: Upload) -> str:
        """Upload a file without sharing it, and return its id."""
        ...

    async def share_file(self, thread: ThreadKey, file: str, upload: Upload) -> None:
        """Share an uploaded file in the thread, with its comment."""
        ...

    async def is_shared(self, thread: ThreadKey, file: str, since: MessageTs) -> bool:
        """Whether the file is in the thread already, in a message not older than `since`."""
        ...

    async def add_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Add the ⏳ reaction to a message; no effect when it is there."""
        ...

    async def remove_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Remove the ⏳ reaction from a message; no effect when it is not there."""
        ...

    async def acknowledge(self, channel: ChannelId, ts: MessageTs) -> None:
        """Add the 🙌 reaction to a message; no effect when it is there."""
        ...

    async def delete(self, thread: ThreadKey, ts: MessageTs) -> None:
        """Delete a message of ours; no effect when it is not there."""
        ...

    async def set_session_status(self, thread: ThreadKey, *, working: bool) -> None:
        """Set the thread's agent session to `processing` or `active`.

        Slack clears `processing` after 60 minutes. Raises Refused where sessions are not available.
        https://docs.slack.dev/ai/agent-sessions
        """
        ...

    async def message(self, channel: ChannelId, ts: MessageTs) -> Mapping[str, Any] | None:
        """Read anybody's message as Slack gives it; None when there is none with this `ts`."""
        ...

    async def history(self, thread: ThreadKey, before: MessageTs) -> Sequence[EarlierMessage]:
        """Read the thread's latest messages before `before`, oldest first, at most 20."""
        ...

    async def is_member(self, thread: ThreadKey) -> bool:
        """Whether we are a member of the thread's channel; elsewhere we cannot answer."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that a person and the bot are both members of.

    Attributes:
        is_private: only its members see it.
        is_shared: with another company (Slack Connect).
        is_group: a group message, which has no name of its own.
    """

    channel: ChannelId
    name: str
    is_private: bool = False
    is_shared: bool = False
    is_group: bool = False


class Views(Protocol):
    """Modals, Home tabs, and the channels they may name. All raise Refused and Unavailable."""

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal and return its id. A trigger id expires after 3 s."""
        ...

    async def push(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal over the one that the trigger came from, and return its id."""
        ...

    async def update(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Replace the content of an open modal."""
        ...

    async def publish(self, person: UserId, view: Mapping[str, Any]) -> None:
        """Set a person's Home tab."""
        ...

    async def places(self, person: UserId) -> Sequence[Place]:
        """Return the channels that a person and the bot are both members of now, by name."""
        ...

    async def member_count(self, channel: ChannelId) -> int | None:
        """Return the number of people and apps in a channel; None when Slack does not say."""
        ...

    async def recent_places(self, person: UserId) -> Mapping[ChannelId, Place]:
        """Return the channels and group messages that a person and the bot are both members of.

        It may be a minute old, so it decides what is shown and nothing else. Other channels must
        not be shown to the person; direct messages are left out. Raises Refused when Slack lists
        none because permissions are missing.
        """
        ...
