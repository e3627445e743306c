"""People: what they do in Slack, and what they see.

What a person cannot do in Slack raises ValueError here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.slack.delivery import events
from bot.playground.slack.delivery.delivery import Dispatcher
from bot.playground.slack.interactivity.element_state import initial_values
from bot.playground.slack.interactivity.interactions import Interactions, Outcome
from bot.playground.slack.posting import MessageWriter
from bot.playground.slack.rules.text import rich_text, typed_by_person
from bot.playground.slack.state.entities import Channel, Message, View
from bot.playground.slack.state.files import File
from bot.playground.slack.state.shares import pasted_table, share
from bot.playground.slack.state.users import User
from bot.playground.slack.state.workspace import T, Workspace


class Person:
    """A person, controlled by a test or by the page."""

    def __init__(
        self,
        user: User,
        workspace: Workspace,
        messages: MessageWriter,
        dispatcher: Dispatcher,
        interactions: Interactions,
    ) -> None:
        self.user = user
        self._workspace = workspace
        self._messages = messages
        self._dispatcher = dispatcher
        self._interactions = interactions

    @property
    def id(self) -> str:
        """The user id, ``U…``."""
        return self.user.id

    @property
    def name(self) -> str:
        """The short name."""
        return self.user.name

    async def says(self, channel: Channel, text: str) -> Message:
        """Post in a channel. Returns at once; its events are delivered in the background."""
        return self._post(channel, text=text)

    async def replies(self, to: Message, text: str, *, broadcast: bool = False) -> Message:
        """Reply in the thread that `to` is in or starts; `broadcast`: also send to the channel."""
        subtype = "thread_broadcast" if broadcast else None
        return self._post(
            to.channel, text=text, thread_ts=to.root, broadcast=broadcast, subtype=subtype
        )

    async def uploads(
        self,
        channel: Channel,
        name: str,
        content: bytes = b"-",
        *,
        text: str = "",
        thread: Message | None = None,
    ) -> Message:
        """Share a file, with or without text, in a channel or a thread."""
        workspace = self._workspace
        file_id = workspace.new_id("F")
        url = f"https://files.local/{file_id}"
        made = int(workspace.clock())
        file = File(
            id=file_id,
            name=name,
            length=len(content),
            user=self.id,
            created=made,
            url=url,
            title=name,
            content=content,
            shared=True,
        )
        file.foreign = self.user.is_outsider
        workspace.files[file_id] = file
        thread_ts = thread.root if thread else None
        message = self._post(
            channel, text=text, subtype="file_share", files=[file], thread_ts=thread_ts
        )
        file.shares.append((channel.id, message.ts))
        return message

    async def forwards(
        self, message: Message, channel: Channel, text: str = "", *, thread: Message | None = None
    ) -> Message:
        """Forward a message to a channel or a thread, with or without text."""
        if self.id not in message.channel.members:
            raise ValueError(f"{self.name} does not see that message")
        thread_ts = thread.root if thread else None
        shared = share(self._workspace, message)
        return self._post(channel, text=text, attachments=[shared], thread_ts=thread_ts)

    async def pastes(
        self, channel: Channel, text: str, rows: list[list[str]], *, thread: Message | None = None
    ) -> Message:
        """Post a message with a pasted table, which Slack keeps out of the text."""
        thread_ts = thread.root if thread else None
        return self._post(channel, text=text, attachments=[pasted_table(rows)], thread_ts=thread_ts)

    async def names_topic(self, channel: Channel, topic: str) -> Message:
        """Set a channel's topic, which posts a message there."""
        text = f"<@{self.id}> set the channel topic: {topic}"
        return self._messages.post(channel, self.id, text=text, subtype="channel_topic")

    async def edits(self, message: Message, text: str) -> None:
        """Change one of their own messages."""
        self._own(message)
        typed = typed_by_person(text)
        self._messages.update(message, text=typed, blocks=rich_text(typed))

    async def deletes(self, message: Message) -> None:
        """Delete one of their own messages."""
        self._own(message)
        self._messages.delete(message)

    async def joins(self, channel: Channel) -> Message:
        """Join a channel, which posts a message there."""
        return self._join(channel, self.id)

    async def invites_app(self, channel: Channel) -> Message:
        """Add the app to a channel they are in, which posts a message there."""
        self._member(channel)
        return self._join(channel, self._workspace.app.bot_user_id, self.id)

    async def reacts(self, message: Message, name: str) -> None:
        """Add a reaction. Raises ValueError when they have added it already."""
        self._member(message.channel)
        if self.id in message.reactions.get(name, []):
            raise ValueError(f"{self.name} has already reacted with {name}")
        self._messages.react(message, self.id, name, add=True)

    async def unreacts(self, message: Message, name: str) -> None:
        """Remove their reaction. Raises ValueError when they have not added it."""
        if self.id not in message.reactions.get(name, []):
            raise ValueError(f"{self.name} has not reacted with {name}")
        self._messages.react(message, self.id, name, add=False)

    async def command(self, command: str, text: str, channel: Channel) -> Outcome:
        """Send a slash command in a channel; Slack does not allow them in threads."""
        if self.id not in channel.members:
            raise ValueError(f"{self.name} is not in {channel.name}")
        return await self._interactions.slash_command(self.user, command, text, channel=channel)

    async def clicks(self, place: Message | View, action_id: str) -> Outcome:
        """Click a button of the app."""
        return await self._interactions.block_action(self.user, place, action_id, selected=None)

    async def chooses(self, place: Message | View, action_id: str, value: str) -> Outcome:
        """Select the option with that value in a menu of the app."""
        return await self._interactions.block_action(self.user, place, action_id, selected=value)

    async def submits(self, view: View, given: dict[str, dict[str, str]]) -> Outcome:
        """Submit a modal; `given` are the values entered, by block id and action id."""
        return await self._interactions.submit_view(self.user, view, given)

    async def closes(self, view: View) -> None:
        """Close a modal without submitting it."""
        await self._interactions.close_view(self.user, view)

    async def shortcut(self, callback_id: str, message: Message) -> Outcome:
        """Use a message shortcut of the app. Raises ValueError for one it does not have."""
        return await self._interactions.message_shortcut(self.user, callback_id, message)

    async def stops(self, message: Message) -> None:
        """Click Slack's own Stop in the thread of `message`; ends its streams, not its session.

        Raises ValueError where Slack shows no such button: it needs a session that is processing
        and an agent that subscribes to ``agent_session_stopped``.
        """
        workspace = self._workspace
        self._member(message.channel)
        if workspace.session_status(message) != "processing":
            raise ValueError("no session is processing there")
        if not workspace.app.has_stop_button:
            raise ValueError("the app does not hear of Stop, so Slack does not show it")
        stopped = self._messages.stop_streams(message)
        event = events.stopped(message, self.id, stopped, event_ts=workspace.new_ts())
        self._dispatcher.send_events([event])

    async def opens_home(self) -> View | None:
        """Open the app's Home tab. Returns the view published there at that moment, if any.

        Raises ValueError when the app has no Home tab.
        """
        workspace, channel = self._workspace, self._workspace.direct(self.id)
        if not workspace.app.home:
            raise ValueError("the app has no Home tab")
        view = workspace.home(self.id)
        shown = view.wire(workspace.app, initial_values(view)) if view else None
        event = events.home_opened(self.id, channel, shown, event_ts=workspace.new_ts())
        self._dispatcher.send_events([event])
        return view

    async def opens_messages(self) -> None:
        """Open the Messages tab of the app, beside Home."""
        channel, event_ts = self._workspace.direct(self.id), self._workspace.new_ts()
        self._dispatcher.send_events([events.messages_opened(self.id, channel, event_ts=event_ts)])

    def views(self) -> list[View]:
        """Return the open modals, the bottom of the stack first."""
        return [
            view
            for view in self._workspace.views.values()
            if view.user == self.id and view.open and view.content["type"] == "modal"
        ]

    def _join(self, channel: Channel, user: str, inviter: str = "") -> Message:
        app, event_ts = self._workspace.app, self._workspace.new_ts()
        channel.members.add(user)
        text = f"<@{user}> has joined the channel"
        line = self._messages.post(channel, user, text=text, subtype="channel_join")
        joined = events.joined(app, channel, user, inviter=inviter, event_ts=event_ts)
        self._messages.deliveries[line] += self._dispatcher.send_events(joined)
        return line

    def _post(self, channel: Channel, *, text: str, **fields: Any) -> Message:
        self._member(channel)
        typed = typed_by_person(text)
        if not typed.strip() and not fields.get("files") and not fields.get("attachments"):
            raise ValueError("nothing to say")
        return self._messages.post(
            channel,
            self.id,
            text=typed,
            blocks=rich_text(typed) if typed else [],
            client_msg_id=self._workspace.uuid(),
            **fields,
        )

    def _member(self, channel: Channel) -> None:
        if self.id not in channel.members:
            raise ValueError(f"{self.name} is not in {channel.name}")
        if channel.archived:
            raise ValueError(f"{channel.name} is archived")

    def _own(self, message: Message) -> None:
        if message.user != self.id or message.deleted:
            raise ValueError("not a message of theirs")


class Thread:
    """One thread, for waiting for the messages that the app posts in it."""

    def __init__(self, workspace: Workspace, root: Message) -> None:
        self._workspace = workspace
        self._root = root
        self._seen: set[str] = set()

    @property
    def messages(self) -> list[Message]:
        """All messages in the thread, its parent first."""
        return [self._root, *self._root.replies()]

    @property
    def said(self) -> list[Message]:
        """The app's messages in it."""
        return [message for message in self.messages if message.by_app]

    async def next(self, timeout: float = 60.0) -> Message:
        """Return the app's oldest message not returned before, waiting for one if there is none.

        Edits are not new messages. Raises TimeoutError after `timeout` seconds.
        """
        found = await self._workspace.until(self._unseen, timeout, self._state)
        self._seen.add(found.ts)
        return found

    async def until(self, look: Callable[[Thread], T | None], timeout: float = 60.0) -> T:
        """Return the result of `look` on the thread once it is true. Raises TimeoutError."""
        return await self._workspace.until(lambda: look(self), timeout, self._state)

    def _unseen(self) -> Message | None:
        return next((m for m in self.said if m.ts not in self._seen), None)

    def _state(self) -> str:
        lines = [f"  {m.user}: {m.text[:200]!r} {sorted(m.reactions)}" for m in self.messages]
        return "\n".join(["waited in vain in this thread:", *lines])
