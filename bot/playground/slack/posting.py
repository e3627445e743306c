"""Saying, changing, deleting: what everybody's messages have in common.

Each step is stored first, then shown to those who watch, then sent to the app as events.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from bot.playground.slack.delivery import events
from bot.playground.slack.delivery.delivery import Delivery, WorkQueue
from bot.playground.slack.rules.message_rules import acting_elements
from bot.playground.slack.rules.text import pings_of
from bot.playground.slack.state.entities import JSON, Channel, Message
from bot.playground.slack.state.shares import message_preview
from bot.playground.slack.state.workspace import Workspace

_LINK = re.compile(r"<(https?://[^|>]+)")


class Posting:
    """Keeps the messages, and remembers which events each of them caused."""

    def __init__(self, workspace: Workspace, deliveries: WorkQueue) -> None:
        self.caused: dict[Message, list[Delivery]] = {}
        self._workspace = workspace
        self._deliveries = deliveries

    def post(self, channel: Channel, user: str, *, parsed: bool = False, **said: Any) -> Message:
        """Store a new message and send its events. `said` are fields of Message."""
        message = self._build(channel, user, parsed, said)
        channel.add(message)
        app = self._workspace.app
        if message.by_app and message.thread_ts:
            self._workspace.statuses.pop((channel.id, message.thread_ts), None)
        self._workspace.changed("message posted", message)
        self.caused[message] = self._deliveries.events(events.posted(app, message))
        return message

    def whisper(self, channel: Channel, user: str, to: str, **said: Any) -> Message:
        """Store a message that only one person sees; it causes no event."""
        message = self._build(channel, user, False, {**said, "ephemeral_to": to})
        self._workspace.ephemerals.setdefault(to, []).append(message)
        self._workspace.changed("ephemeral", message)
        return message

    def change(self, message: Message, *, parsed: bool = False, **said: Any) -> None:
        """Change a message and send the event of it; what is not in `said` stays."""
        before = message.wire()
        self._set(message, parsed, said)
        event_ts = self._workspace.new_ts()
        if message.ephemeral_to is not None:
            self._workspace.changed("ephemeral", message)
            return
        message.edited_ts = event_ts
        self._tell_changed(message, before, event_ts)

    def grow(self, message: Message, **said: Any) -> None:
        """Show more of a message that streams; that is no edit, and no event tells of it."""
        self._set(message, False, said)
        self._workspace.changed("message changed", message)

    def finish(self, message: Message, **said: Any) -> None:
        """Show the last of a message that streamed and send the one event of all its growth."""
        before = message.wire()
        self._set(message, False, said)
        self._tell_changed(message, before, self._workspace.new_ts())

    def halt(self, message: Message) -> list[str]:
        """End every stream in the message's thread for a person. Returns the ts of each."""
        now, halted = self._workspace.clock(), []
        for reply in message.replies():
            if reply.stream and reply.stream.live(now):
                reply.stream.ended = "by user"
                self._workspace.changed("message changed", reply)
                halted.append(reply.ts)
        return halted

    def unfurl(self, message: Message) -> None:
        """Add previews of a message's links and send the event of it; that is no edit.

        Raises ValueError when there is no link in it, or it is no message that all can see, or
        was streamed: Slack shows no previews there.
        """
        if message.stream:
            raise ValueError("links in streamed messages have no previews")
        if message.deleted or message.ephemeral_to is not None:
            raise ValueError("that message is not there to be seen")
        links = dict.fromkeys(_LINK.findall(message.text))
        if not links:
            raise ValueError("there is no link in that message")
        before = message.wire()
        seen = [self._preview(url) | {"id": number} for number, url in enumerate(links, 1)]
        message.attachments = [*message.attachments, *seen]
        self._tell_changed(message, before, self._workspace.new_ts())

    def delete(self, message: Message) -> None:
        """Delete a message. One with replies leaves a tombstone in its place, as in Slack."""
        before = message.wire()
        event_ts, app = self._workspace.new_ts(), self._workspace.app
        if message.ephemeral_to is not None:
            message.deleted = True
            self._workspace.ephemerals[message.ephemeral_to].remove(message)
            self._workspace.changed("ephemeral", message)
            return
        if message.replies() and message.thread_ts is None:
            message.subtype, message.user, message.bot_id = "tombstone", "USLACKBOT", None
            message.text, message.blocks = "This message was deleted.", []
            message.attachments, message.files, message.app_id = [], [], None
            message.bot_profile = message.username = None
            sent = events.changed(app, message, before, event_ts)
        else:
            message.deleted = True
            sent = events.deleted(app, message, before, event_ts)
        self._workspace.changed("message deleted", message)
        self._deliveries.events(sent)

    def react(self, message: Message, user: str, name: str, *, add: bool) -> None:
        """Add or take away somebody's reaction and send the event of it."""
        if add:
            message.reactions.setdefault(name, []).append(user)
        else:
            message.reactions[name].remove(user)
            if not message.reactions[name]:
                del message.reactions[name]
        app, event_ts = self._workspace.app, self._workspace.new_ts()
        self._workspace.changed("reaction", message)
        if app.bot_user_id in message.channel.members:
            event = events.reacted(message, user, name, event_ts=event_ts, added=add)
            self._deliveries.events([event])

    def _set(self, message: Message, parsed: bool, said: JSON) -> None:
        if "blocks" in said:
            said["blocks"] = self._named(said["blocks"])
        for name, value in said.items():
            setattr(message, name, value)
        message.pings |= pings_of(message.text, message.blocks, parsed=parsed)

    def _tell_changed(self, message: Message, before: JSON, event_ts: str) -> None:
        self._workspace.changed("message changed", message)
        changed = events.changed(self._workspace.app, message, before, event_ts)
        self._deliveries.events(changed)

    def _build(self, channel: Channel, user: str, parsed: bool, said: JSON) -> Message:
        message = Message(self._workspace.new_ts(), channel, user, **said)
        message.team, message.teams = self._workspace.teams_of(user, channel)
        message.blocks = self._named(message.blocks)
        message.pings = pings_of(message.text, message.blocks, parsed=parsed)
        return message

    def _preview(self, url: str) -> JSON:
        linked = self._workspace.linked(url)
        if linked is None:
            return {"from_url": url, "original_url": url, "title": url, "fallback": url}
        return message_preview(self._workspace, linked)

    def _named(self, blocks: list[JSON]) -> list[JSON]:
        """Give a block_id to every block, and an action_id to every element, that has none."""
        named = copy.deepcopy(blocks)
        for block in named:
            block["block_id"] = block.get("block_id") or self._name()
        for _, element in acting_elements(named):
            element["action_id"] = element.get("action_id") or self._name()
        return named

    def _name(self) -> str:
        return self._workspace.secret()[:5]
