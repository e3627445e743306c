"""What the API methods work with, and the questions that most of them ask first."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.limits import Meter
from bot.playground.slack.delivery.events import READ_SCOPES
from bot.playground.slack.delivery.sockets import Sockets
from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.interactivity.views import Views
from bot.playground.slack.posting import Posting
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.state.entities import Channel, Message
from bot.playground.slack.state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Backend:
    """The parts behind the Web API. `address` is "host:port" once the server runs."""

    workspace: Workspace
    posting: Posting
    views: Views
    responses: Responses
    sockets: Sockets | None  #: None on the HTTP transport
    meter: Meter

    def scope(self, *any_of: str) -> None:
        """Raise Refusal unless the app has one of these scopes."""
        granted = self.workspace.app.scopes
        if not granted.intersection(any_of):
            provided = ",".join(sorted(granted))
            raise Refusal("missing_scope", needed=",".join(any_of), provided=provided)

    def channel(self, args: Arguments, name: str = "channel") -> Channel:
        """Return the conversation named by id. Raises Refusal when the app cannot see it."""
        channel = self.workspace.channels.get(args.required(name))
        if channel is None or (channel.kind != "channel" and not self.member(channel)):
            raise Refusal("channel_not_found")
        return channel

    def joined(self, args: Arguments, name: str = "channel") -> Channel:
        """Return a conversation that the app is in. Raises Refusal otherwise."""
        channel = self.channel(args, name)
        if not self.member(channel):
            raise Refusal("not_in_channel")
        return channel

    def postable(self, channel: Channel) -> None:
        """Raise Refusal unless the app may post in the conversation."""
        if channel.archived:
            raise Refusal("is_archived")
        if not self.member(channel) and "chat:write.public" not in self.workspace.app.scopes:
            raise Refusal("not_in_channel")

    def member(self, channel: Channel) -> bool:
        """Say whether the app is in the conversation."""
        return self.workspace.app.bot_user_id in channel.members

    def message(self, channel: Channel, ts: str) -> Message:
        """Return a message that is still there. Raises Refusal when it is not."""
        message = channel.messages.get(ts)
        if message is None or message.deleted:
            raise Refusal("message_not_found")
        return message

    def thread(self, channel: Channel, ts: str | None) -> str | None:
        """Return the ts of a thread's parent. Raises Refusal when none has that ts.

        A reply's own ts is refused too, where Slack's reference only says never to use it.
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
