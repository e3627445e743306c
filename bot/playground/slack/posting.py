"""Post, update, stream, delete and react to messages, whoever does it.

Each change is stored, then published to watchers, then sent to the app as events.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from bot.playground.slack.delivery import events
from bot.playground.slack.delivery.delivery import Delivery, Dispatcher
from bot.playground.slack.rules.message_rules import interactive_elements
from bot.playground.slack.rules.text import pings_of
from bot.playground.slack.state.entities import JSON, Channel, Message
from bot.playground.slack.state.shares import message_preview
from bot.playground.slack.state.workspace import Workspace

_LINK = re.compile(r"<(https?://[^|>]+)")


class MessageWriter:
    """Changes messages.

    Attributes:
        deliveries: the events that each message caused when it was posted.
    """

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher) -> None:
        self.deliveries: dict[Message, list[Delivery]] = {}
        self._workspace = workspace
        self._dispatcher = dispatcher

    def post(self, channel: Channel, user: str, *, parsed: bool = False, **fields: Any) -> Message:
        """Post a message and send its events. `fields` are those of Message."""
        message = self._build(channel, user, parsed, fields=fields)
        channel.add(message)
        app = self._workspace.app
        if message.by_app and message.thread_ts:
            self._workspace.statuses.pop((channel.id, message.thread_ts), None)
        self._workspace.publish("message posted", message)
        self.deliveries[message] = self._dispatcher.send_events(events.posted(app, message))
        return message

    def post_ephemeral(
        self, channel: Channel, user: str, to: str, *, shown: bool = True, **fields: Any
    ) -> Message:
        """Post an ephemeral message; it causes no event. `shown`: whether anybody sees it."""
        message = self._build(channel, user, False, fields={**fields, "ephemeral_to": to})
        if shown:
            self._workspace.ephemerals.setdefault(to, []).append(message)
        self._workspace.publish("ephemeral", message)
        return message

    def update(self, message: Message, *, parsed: bool = False, **fields: Any) -> None:
        """Set these fields of a message and send the event.

        Slack gives the time of an edit in whole seconds. People need a second to edit what they
        have just written.
        """
        before = message.wire()
        self._set(message, parsed, fields)
        if message.ephemeral_to is not None:
            self._workspace.publish("ephemeral", message)
            return
        workspace = self._workspace
        event_ts = workspace.new_ts() if message.by_app else workspace.next_second()
        message.edited_ts = f"{event_ts.partition('.')[0]}.000000"
        self._send_changed(message, before, event_ts)

    def append_to_stream(self, message: Message, **fields: Any) -> None:
        """Set the fields of a streaming message; that is no edit and causes no event."""
        self._set(message, False, fields)
        self._workspace.publish("message changed", message)

    def stop_stream(self, message: Message, **fields: Any) -> None:
        """Set the final fields of a streaming message and send its only event."""
        before = message.wire()
        self._set(message, False, fields)
        self._send_changed(message, before, self._workspace.new_ts())

    def stop_streams(self, message: Message) -> list[str]:
        """Stop every stream in a message's thread for a person. Returns their ts."""
        now, stopped = self._workspace.clock(), []
        for reply in message.replies():
            if reply.stream and reply.stream.live(now):
                reply.stream.ended = "by user"
                self._workspace.publish("message changed", reply)
                stopped.append(reply.ts)
        return stopped

    def unfurl(self, message: Message) -> None:
        """Add previews of a message's links and send the event; that is no edit.

        Raises ValueError when it has no link, is ephemeral or was streamed: Slack shows no
        previews there.
        """
        if message.stream:
            raise ValueError("links in streamed messages have no previews")
        if message.deleted or message.ephemeral_to is not None:
            raise ValueError("that message is not there to be seen")
        links = dict.fromkeys(_LINK.findall(message.text))
        if not links:
            raise ValueError("there is no link in that message")
        before = message.wire()
        previews = [self._preview(url) | {"id": number} for number, url in enumerate(links, 1)]
        message.attachments = [*message.attachments, *previews]
        self._send_changed(message, before, self._workspace.new_ts())

    def delete(self, message: Message) -> None:
        """Delete a message. A parent with replies is replaced by a tombstone, as in Slack."""
        before = message.wire()
        event_ts, app = self._workspace.new_ts(), self._workspace.app
        if message.ephemeral_to is not None:
            message.deleted = True
            self._workspace.ephemerals[message.ephemeral_to].remove(message)
            self._workspace.publish("ephemeral", message)
            return
        if message.replies() and message.thread_ts is None:
            message.subtype, message.user, message.bot_id = "tombstone", "USLACKBOT", None
            message.text, message.blocks = "This message was deleted.", []
            message.attachments, message.files, message.app_id = [], [], None
            message.bot_profile = message.username = None
            sent = events.changed(app, message, before, event_ts=event_ts)
        else:
            message.deleted = True
            sent = events.deleted(app, message, before, event_ts=event_ts)
        self._workspace.publish("message deleted", message)
        self._dispatcher.send_events(sent)

    def react(self, message: Message, user: str, name: str, *, add: bool) -> None:
        """Add or remove a reaction and send the event."""
        if add:
            message.reactions.setdefault(name, []).append(user)
        else:
            message.reactions[name].remove(user)
            if not message.reactions[name]:
                del message.reactions[name]
        app, event_ts = self._workspace.app, self._workspace.new_ts()
        self._workspace.publish("reaction", message)
        if app.bot_user_id in message.channel.members:
            event = events.reacted(message, user, name, event_ts=event_ts, added=add)
            self._dispatcher.send_events([event])

    def _set(self, message: Message, parsed: bool, fields: JSON) -> None:
        if "blocks" in fields:
            fields["blocks"] = self._with_ids(fields["blocks"])
        for name, value in fields.items():
            setattr(message, name, value)
        message.pings |= pings_of(message.text, message.blocks, parsed=parsed)

    def _send_changed(self, message: Message, before: JSON, event_ts: str) -> None:
        self._workspace.publish("message changed", message)
        changed = events.changed(self._workspace.app, message, before, event_ts=event_ts)
        self._dispatcher.send_events(changed)

    def _build(self, channel: Channel, user: str, parsed: bool, fields: JSON) -> Message:
        message = Message(self._workspace.new_ts(), channel, user, **fields)
        message.team, message.teams = self._workspace.teams_of(user, channel)
        message.blocks = self._with_ids(message.blocks)
        message.pings = pings_of(message.text, message.blocks, parsed=parsed)
        return message

    def _preview(self, url: str) -> JSON:
        linked = self._workspace.message_at(url)
        if linked is None:
            return {"from_url": url, "original_url": url, "title": url, "fallback": url}
        return message_preview(self._workspace, linked)

    def _with_ids(self, blocks: list[JSON]) -> list[JSON]:
        """Return the blocks with a block_id or action_id where there is none."""
        named = copy.deepcopy(blocks)
        for block in named:
            block["block_id"] = block.get("block_id") or self._new_id()
        for _, element in interactive_elements(named):
            element["action_id"] = element.get("action_id") or self._new_id()
        return named

    def _new_id(self) -> str:
        return self._workspace.new_secret()[:5]
