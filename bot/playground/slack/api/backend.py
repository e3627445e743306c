"""What the API methods use: the parts of the local Slack, and common checks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.limits import SlidingWindowLimiter
from bot.playground.slack.delivery.events import READ_SCOPES
from bot.playground.slack.delivery.sockets import SocketMode
from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.interactivity.views import Views
from bot.playground.slack.posting import MessageWriter
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.state.entities import Channel, Message
from bot.playground.slack.state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Backend:
    """The parts behind the Web API."""

    workspace: Workspace
    messages: MessageWriter
    views: Views
    responses: Responses
    sockets: SocketMode | None  #: None on the HTTP transport
    limiter: SlidingWindowLimiter

    def require_scope(self, *any_of: str) -> None:
        """Raise Refusal unless the app has one of these scopes."""
        granted = self.workspace.app.scopes
        if not granted.intersection(any_of):
            provided = ",".join(sorted(granted))
            raise Refusal("missing_scope", needed=",".join(any_of), provided=provided)

    def channel(self, args: Arguments, name: str = "channel") -> Channel:
        """Return the conversation in an argument. Raises Refusal when the app cannot see it."""
        channel = self.workspace.channels.get(args.required(name))
        if channel is None or (channel.kind != "channel" and not self.is_member(channel)):
            raise Refusal("channel_not_found")
        return channel

    def joined_channel(self, args: Arguments, name: str = "channel") -> Channel:
        """Return the conversation in an argument. Raises Refusal unless the app is a member."""
        channel = self.channel(args, name)
        if not self.is_member(channel):
            raise Refusal("not_in_channel")
        return channel

    def require_postable(self, channel: Channel) -> None:
        """Raise Refusal unless the app may post in the conversation."""
        if channel.archived:
            raise Refusal("is_archived")
        if not self.is_member(channel) and "chat:write.public" not in self.workspace.app.scopes:
            raise Refusal("not_in_channel")

    def is_member(self, channel: Channel) -> bool:
        """Return whether the app is a member of the conversation."""
        return self.workspace.app.bot_user_id in channel.members

    def message(self, channel: Channel, ts: str) -> Message:
        """Return a message. Raises Refusal when it does not exist or is deleted."""
        message = channel.messages.get(ts)
        if message is None or message.deleted:
            raise Refusal("message_not_found")
        return message

    def thread_parent(self, channel: Channel, ts: str | None) -> str | None:
        """Return `ts` if it is None or that of a thread's parent. Raises Refusal otherwise.

        A reply's ts is refused, too; Slack's reference only says not to use it.
        """
        if ts is None:
            return None
        parent = channel.messages.get(ts)
        if parent is None or parent.deleted:
            raise Refusal("thread_not_found")
        if parent.thread_ts is not None:
            raise Refusal("cannot_reply_to_message")
        return ts


def history_scope(channel: Channel) -> str:
    """Return the scope that reading this conversation's messages needs."""
    return {
        "channel": "channels:history",
        "group": "groups:history",
        "im": "im:history",
        "mpim": "mpim:history",
    }[channel.kind]


def read_scope(channel: Channel) -> str:
    """Return the scope that reading about this conversation needs."""
    return READ_SCOPES[channel.kind]
