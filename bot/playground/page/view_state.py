"""What one open page shows: whose view, which conversation, thread and panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.page.blockkit.text import Names
from bot.playground.slack import Channel, LocalSlack, Message, Person

PANELS = ("chain", "traffic", "log", "trouble")


@dataclass(frozen=True, slots=True)
class ViewState:
    """What one open page shows.

    Attributes:
        person: whose view it is.
        thread: the parent of the open thread; None if none is open.
        home: whether the app's Home tab is open, in the person's direct messages with it.
        panel: the open one of `PANELS`; None if none is open.
    """

    slack: LocalSlack
    person: Person
    channel: Channel
    thread: Message | None
    home: bool
    panel: str | None

    @property
    def names(self) -> Names:
        """The names of people and channels."""
        workspace = self.slack.workspace
        return Names(
            users={user.id: user.real_name for user in workspace.users.values()},
            channels={c.id: c.name for c in workspace.channels.values() if c.kind != "im"},
        )


def view_state(slack: LocalSlack, query: Mapping[str, str]) -> ViewState:
    """Return the state that a page's query describes. Raises ValueError if it cannot be shown."""
    person = slack.person(query.get("who") or "ada")
    channel = find_channel(slack, person, query.get("channel") or default_channel(slack, person))
    thread = None
    if ts := query.get("thread"):
        thread = find_message(slack, ts)
        if thread.channel is not channel:
            raise ValueError(f"the message {ts} is not in #{channel.name}")
        thread = channel.messages.get(thread.root, thread)
    home = query.get("tab") == "home"
    if home and (channel.kind != "im" or not slack.app.home):
        raise ValueError("there is no Home tab there")
    panel = query.get("panel")
    return ViewState(
        slack, person, channel, thread=thread, home=home, panel=panel if panel in PANELS else None
    )


def default_channel(slack: LocalSlack, person: Person) -> str:
    """Return the id of the channel that a person sees first: #general, if they are in it."""
    joined = [c for c in slack.workspace.channels.values() if person.id in c.members]
    joined.sort(key=lambda channel: (channel.kind == "im", channel.name != "general"))
    return joined[0].id if joined else "general"


def find_channel(slack: LocalSlack, person: Person, name: str) -> Channel:
    """Return a channel by id or name; `dm` is the person's with the app.

    Guests and people of other companies see only the channels that they are in. Raises ValueError.
    """
    if name == "dm":
        return slack.dm(person)
    workspace = slack.workspace
    channel = workspace.channels.get(name)
    if channel is None:
        wanted = name.lstrip("#")
        named = (c for c in workspace.channels.values() if c.name == wanted and c.kind != "im")
        channel = next(named, None)
    is_member = channel is not None and person.id in channel.members
    sees_all = not (person.user.is_outsider or person.user.guest)
    if channel is None or not (is_member or (channel.kind == "channel" and sees_all)):
        raise ValueError(f"there is no channel {name!r} for {person.name}")
    return channel


def find_message(slack: LocalSlack, ts: str) -> Message:
    """Return a message by its ts, which may be ephemeral. Raises ValueError."""
    workspace = slack.workspace
    for channel in workspace.channels.values():
        if ts in channel.messages:
            return channel.messages[ts]
    for ephemerals in workspace.ephemerals.values():
        for message in ephemerals:
            if message.ts == ts:
                return message
    raise ValueError(f"there is no message {ts!r}; GET /transcript shows them")
