"""The entities of the local Slack: people, channels, messages, agent sessions and views.

They are mutable; code that changes one calls `Workspace.publish`. ``wire`` methods return the JSON
of Slack's API and events.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.slack.state.app import App
from bot.playground.slack.state.files import File
from bot.playground.slack.state.streaming import Streaming

JSON = dict[str, Any]

PROCESSING_SECONDS = 60 * 60.0  #: how long a session stays processing without another call


@dataclass(eq=False, slots=True)
class Message:
    """One message. A deleted one keeps its content here, for tests.

    Attributes:
        text: escaped, as mrkdwn.
        thread_ts: the parent's ts; None unless it is a reply.
        bot_profile: set on messages of other apps.
        username: set on messages of incoming webhooks, which have no `user`.
        team: the author's workspace.
        teams: further fields of messages in shared channels.
        pings: whom it notifies.
        ephemeral_to: the only user who sees it; None for all.
    """

    ts: str
    channel: Channel
    user: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    metadata: JSON | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    bot_profile: JSON | None = None
    username: str | None = None
    team: str | None = None
    teams: JSON = field(default_factory=dict)
    client_msg_id: str | None = None
    edited_ts: str | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pings: set[str] = field(default_factory=set)
    ephemeral_to: str | None = None
    deleted: bool = False
    stream: Streaming | None = None  #: set if chat.startStream posted it, also after its end

    @property
    def by_app(self) -> bool:
        """Whether the app (not another one) posted it."""
        return self.bot_id is not None and self.bot_profile is None

    @property
    def root(self) -> str:
        """The ts of the thread that this message is in or would start."""
        return self.thread_ts or self.ts

    @property
    def markdown(self) -> str:
        """The text of its markdown blocks, joined by blank lines."""
        return "\n\n".join(b["text"] for b in self.blocks if b["type"] == "markdown")

    def replies(self) -> list[Message]:
        """Return the visible replies in this message's thread, oldest first."""
        replies = self.channel.threads.get(self.root, [])
        return [message for message in replies if not message.deleted]

    def wire(self, *, metadata: bool = False) -> JSON:
        """Return the message's JSON, with its metadata only if `metadata`."""
        content: JSON = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        if not self.user:
            del content["user"]
        optional = {
            "subtype": self.subtype,
            "client_msg_id": self.client_msg_id,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "bot_profile": self.bot_profile if self.user else None,
            "username": self.username,
            # https://github.com/slackapi/slack-api-specs/issues/62
            "team": None if self.subtype in ("file_share", "bot_message") else self.team,
            **self.teams,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": [file.wire_in_message() for file in self.files],
            "upload": bool(self.files),
            "edited": self.edited_ts and {"user": self.user, "ts": self.edited_ts},
            "metadata": self.metadata if metadata else None,
            "reactions": [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in self.reactions.items()
            ],
        }
        content.update({name: value for name, value in optional.items() if value})
        return content | self._threading()

    def _threading(self) -> JSON:
        if self.thread_ts is not None:
            parent = self.channel.messages.get(self.thread_ts)
            parent_user = {"parent_user_id": parent.user} if parent and parent.user else {}
            return {"thread_ts": self.thread_ts, **parent_user}
        replies = self.replies()
        if not replies:
            return {}
        users = list(dict.fromkeys(m.user or m.bot_id for m in replies))
        return {
            "thread_ts": self.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users,
            "latest_reply": replies[-1].ts,
        }


@dataclass(eq=False, slots=True)
class Channel:
    """A conversation. `kind`: channel (public), group (private), im or mpim, as Slack says.

    Attributes:
        connected: shared with another company, also while none of its people are in it.
        invited: another company was invited to it (a pending Slack Connect invitation).
    """

    id: str
    name: str
    kind: Literal["channel", "group", "im", "mpim"]
    members: set[str]  #: user ids, including the bot's
    created: int
    archived: bool = False
    connected: bool = False
    invited: bool = False
    messages: dict[str, Message] = field(default_factory=dict)  #: by ts, oldest first
    threads: dict[str, list[Message]] = field(default_factory=dict)  #: replies by parent's ts

    def add(self, message: Message) -> None:
        """Add a new message, the latest of all."""
        self.messages[message.ts] = message
        if message.thread_ts is not None:
            self.threads.setdefault(message.thread_ts, []).append(message)

    def visible(self) -> list[Message]:
        """Return the messages that have not been deleted, oldest first."""
        return [message for message in self.messages.values() if not message.deleted]

    def wire(self) -> JSON:
        """Return the conversation object of ``conversations.info``."""
        kind = self.kind
        content: JSON = {
            "id": self.id,
            "created": self.created,
            "is_channel": kind == "channel",
            "is_group": kind == "group",
            "is_im": kind == "im",
            "is_mpim": kind == "mpim",
            "is_private": kind != "channel",
            "is_archived": self.archived,
            "is_pending_ext_shared": self.invited,
        }
        if kind != "im":
            content |= {"name": self.name, "name_normalized": self.name}
        return content


@dataclass(eq=False, slots=True)
class Session:
    """The app's agent session in one thread.

    `last_status` is the status that the app last set, at `at` (seconds since 1970). ``processing``
    becomes ``active`` after an hour, or as soon as a stream in the thread times out.
    Source: https://docs.slack.dev/ai/agent-sessions.
    """

    title: str
    last_status: str
    at: float

    def status(self, now: float, timeouts: tuple[float, ...] = ()) -> str:
        """Return the status at `now`; streams time out at `timeouts` (seconds since 1970)."""
        ends = [self.at + PROCESSING_SECONDS, *(end for end in timeouts if end > self.at)]
        return (
            "active" if self.last_status == "processing" and min(ends) <= now else self.last_status
        )


@dataclass(eq=False, slots=True)
class View:
    """A modal or Home tab of one person. `content` is what the app sent."""

    id: str
    user: str
    content: JSON
    hash: str
    root_id: str
    previous_id: str | None = None
    open: bool = True

    def wire(self, app: App, values: JSON | None = None) -> JSON:
        """Return the view object of ``views.*`` and of view payloads."""
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            "title": None,
            **self.content,
            "id": self.id,
            "team_id": app.team_id,
            "app_id": app.app_id,
            "app_installed_team_id": app.team_id,
            "bot_id": app.bot_id,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "state": {"values": values or {}},
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call, without its token. `answer` is None if none was sent."""

    method: str
    arguments: JSON
    answer: JSON | None
    status: int
    at: float  #: seconds since 1970


@dataclass(frozen=True, slots=True)
class Change:
    """A change in the workspace, and the changed entity as it is now."""

    kind: Literal[
        "message posted",
        "message changed",
        "message deleted",
        "ephemeral",
        "reaction",
        "file",
        "view",
        "status",
        "call",
        "event sent",
        "event acknowledged",
        "event given up",
        "connection",
    ]
    subject: object
