"""Slack, as the core and the listeners need it: bot.slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.thread import ChannelId, Earlier, MessageTs, TeamId, ThreadKey, TurnId, UserId

Blocks = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say in a thread: `text` faithful to `blocks`, or alone.

    With `broadcast` the channel sees it, too.
    """

    text: str
    blocks: Blocks | None = None
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to share in a thread, with the words that go with it."""

    name: str
    title: str
    content: str
    comment: str


@dataclass(frozen=True, slots=True)
class Tag:
    """Marks a message of ours in its metadata, so that it can be found again."""

    turn: TurnId
    part: str


class Messenger(Protocol):
    """Slack, where the questions come from and the answers go.

    All raise Refused: CONTENT (this form is not taken), PLACE, TOKEN, SCOPE, GONE; and AnswerLost
    where the effect may have taken place.
    """

    async def post(self, thread: ThreadKey, message: Message, tag: Tag) -> MessageTs:
        """Post in the thread, tagged; in the channel itself where the thread's `ts` is ""."""
        ...

    async def find_posted(self, thread: ThreadKey, tag: Tag, since: MessageTs) -> MessageTs | None:
        """Look for our message with this tag, not older than `since`; None when it is not there."""
        ...

    async def update(self, thread: ThreadKey, ts: MessageTs, message: Message) -> None:
        """Change a message of ours. Repeating it does no harm."""
        ...

    async def start_stream(self, thread: ThreadKey, markdown: str) -> MessageTs:
        """Begin a message that Slack streams. It is not tagged before it is stopped.

        https://docs.slack.dev/reference/methods/chat.startStream
        """
        ...

    async def append_stream(self, thread: ThreadKey, ts: MessageTs, markdown: str) -> None:
        """Append to a streamed message. Refused (GONE) where it is over, or was stopped."""
        ...

    async def stop_stream(self, thread: ThreadKey, ts: MessageTs, tag: Tag) -> None:
        """End a streamed message and tag it; nothing happens when it is over already."""
        ...

    async def find_stream(self, thread: ThreadKey, since: MessageTs) -> MessageTs | None:
        """Look for our latest message that has no tag and no file, not older than `since`."""
        ...

    async def post_in_channel(
        self, team: TeamId, channel: ChannelId, message: Message
    ) -> ThreadKey:
        """Post outside of threads: the message begins one."""
        ...

    async def upload(self, upload: Upload) -> str:
        """Bring a file to Slack, not yet visible to anybody; returns its file id."""
        ...

    async def share_file(self, thread: ThreadKey, file: str, upload: Upload) -> None:
        """Make an uploaded file visible in the thread."""
        ...

    async def is_shared(self, thread: ThreadKey, file: str, since: MessageTs) -> bool:
        """Whether the file stands in the thread already."""
        ...

    async def add_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Put the ⏳ reaction on a message; nothing happens when it is there."""
        ...

    async def remove_queued_reaction(self, channel: ChannelId, ts: MessageTs) -> None:
        """Take the ⏳ reaction away; nothing happens when it is not there."""
        ...

    async def acknowledge(self, channel: ChannelId, ts: MessageTs) -> None:
        """Put the 🙌 reaction on a message; nothing happens when it is there."""
        ...

    async def delete(self, thread: ThreadKey, ts: MessageTs) -> None:
        """Delete a message of ours; nothing happens when it is not there."""
        ...

    async def set_session_status(self, thread: ThreadKey, *, working: bool) -> None:
        """Have Slack's own sign say whether we work in this thread (for an hour at most).

        https://docs.slack.dev/ai/agent-sessions. Raises Refused where Slack does not offer it.
        """
        ...

    async def message(self, channel: ChannelId, ts: MessageTs) -> Mapping[str, Any] | None:
        """Read a message, of anybody, as Slack gives it; None when it is not there (any more)."""
        ...

    async def history(self, thread: ThreadKey, before: MessageTs) -> Sequence[Earlier]:
        """Read the thread's latest messages before `before`, oldest first, at most 20."""
        ...

    async def is_member(self, thread: ThreadKey) -> bool:
        """Whether we are a member of the thread's channel; elsewhere we cannot answer."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that a person and we are both in.

    Attributes:
        is_private: only its members see it.
        is_shared: with another company.
        is_group: a group message, which has no name of its own.
    """

    channel: ChannelId
    name: str
    is_private: bool = False
    is_shared: bool = False
    is_group: bool = False


class Views(Protocol):
    """Slack's modals and Home tabs, and where they may lead. All raise Refused and Unavailable."""

    async def open(self, trigger: str, view: Mapping[str, Any]) -> str:
        """Open a modal for who has just pressed something; returns its id. Good for 3 s."""
        ...

    async def push(self, trigger: str, view: Mapping[str, Any]) -> str:
        """Open a modal over the one that something was pressed in; returns its id."""
        ...

    async def update(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Put another modal in the place of an open one."""
        ...

    async def publish(self, person: UserId, view: Mapping[str, Any]) -> None:
        """Put a view into a person's Home tab."""
        ...

    async def places(self, person: UserId) -> Sequence[Place]:
        """Return the channels that a person and we are both in now, by name."""
        ...

    async def members(self, channel: ChannelId) -> int | None:
        """Return how many people and apps are in a channel; None when Slack does not tell."""
        ...

    async def seen_by(self, person: UserId) -> Mapping[ChannelId, Place]:
        """Return the channels and group messages that a person and we are both in.

        As of a minute ago at most, so for looks only. What is not in it must not be shown to them;
        their direct messages are not in it. Raises Refused where Slack tells of none.
        """
        ...
