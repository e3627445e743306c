"""Who looks at what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.page.blockkit.text import Names
from bot.playground.slack import Channel, LocalSlack, Message, Person

PANELS = ("chain", "traffic", "log", "trouble")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one open page shows.

    Attributes:
        person: whom the page plays.
        thread: the parent of the thread that is open; None when none is.
        home: whether the app's Home tab is open, in the person's direct messages with it.
        panel: which of `PANELS` is open; None when none is.
    """

    slack: LocalSlack
    person: Person
    channel: Channel
    thread: Message | None
    home: bool
    panel: str | None

    @property
    def names(self) -> Names:
        """Who is who."""
        workspace = self.slack.workspace
        return Names(
            users={user.id: user.real_name for user in workspace.users.values()},
            channels={c.id: c.name for c in workspace.channels.values() if c.kind != "im"},
        )


def sight(slack: LocalSlack, query: Mapping[str, str]) -> Sight:
    """Read what a page asks to see. Raises ValueError naming what is not there."""
    person = slack.person(query.get("who") or "ada")
    channel = find_channel(slack, person, query.get("channel") or "general")
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
    return Sight(slack, person, channel, thread, home, panel if panel in PANELS else None)


def find_channel(slack: LocalSlack, person: Person, name: str) -> Channel:
    """Return a channel by id or name; `dm` is the person's own with the app."""
    if name == "dm":
        return slack.dm(person)
    workspace = slack.workspace
    channel = workspace.channels.get(name)
    if channel is None:
        wanted = name.lstrip("#")
        named = (c for c in workspace.channels.values() if c.name == wanted and c.kind != "im")
        channel = next(named, None)
    if channel is None or (channel.kind != "channel" and person.id not in channel.members):
        raise ValueError(f"there is no channel {name!r} for {person.name}")
    return channel


def find_message(slack: LocalSlack, ts: str) -> Message:
    """Return a message by its ts, also one that only one person sees. Raises ValueError."""
    workspace = slack.workspace
    for channel in workspace.channels.values():
        if ts in channel.messages:
            return channel.messages[ts]
    for seen in workspace.ephemerals.values():
        for message in seen:
            if message.ts == ts:
                return message
    raise ValueError(f"there is no message {ts!r}; GET /transcript shows them")
