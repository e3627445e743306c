"""What is pressed, chosen and typed: actions, shortcuts, commands. Pure; their bodies end here.

Values are visible to clients, and come back from wherever somebody put them: a turn counts only
where it belongs. What stands in a view's ``private_metadata`` was put there by us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.model import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.slack.incoming import DASH, words_of

JSON = dict[str, Any]


# --- commands ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: who typed it where, and the words after it, in lower case."""

    team: TeamId
    channel: ChannelId
    user: UserId
    words: tuple[str, ...]


def command(body: JSON) -> Command:
    """Read a slash command's body."""
    text = DASH.sub("-", body.get("text") or "").lower()
    return Command(
        TeamId(body.get("team_id") or ""),
        ChannelId(body["channel_id"]),
        UserId(body["user_id"]),
        tuple(filter(None, (word.strip("`!'\"") for word in text.split()))),
    )


# --- actions ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """The view that something was pressed in; `metadata` is what we left in it."""

    id: str
    is_home: bool
    metadata: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something pressed or chosen on a message of ours, or in a view.

    Attributes:
        channel: the message's; "" in a view.
        thread: the thread that the message stands in; None when it stands in none.
        message: the message's ts; "" in a view.
        value: the button's value or the chosen option's; "" when it has none.
        at: when, as a ts; None where Slack did not say.
        trigger: opens a modal, for 3 s.
        view: None on a message.
    """

    team: TeamId
    channel: ChannelId
    user: UserId
    thread: ThreadKey | None
    message: MessageTs
    value: str
    at: MessageTs | None = None
    trigger: str = ""
    view: View | None = None

    @property
    def word(self) -> str:
        """The word before the turn; "" when there is none."""
        return self.value.rpartition(" ")[0]

    @property
    def turn(self) -> TurnId | None:
        """The turn that the value names; None when it is not one of this place.

        On a message it must be one of its channel. In a view it may be any of the team: whose it
        is must be asked.
        """
        name = self.value.rpartition(" ")[2]
        team, _, rest = name.partition(":")
        channel, _, message = rest.partition(":")
        if team != self.team or not channel or not message or ":" in message:
            return None
        if self.view is None and channel != self.channel:
            return None
        return TurnId(name)


def action(body: JSON) -> Action:
    """Read the body of a block action.

    The team is the one of our message where Slack tells it: the other one is the team of the
    person, who may be a guest from elsewhere. On ephemeral messages there is no `message`, in a
    Home tab the team is what we left there.
    """
    container, message = body.get("container") or {}, body.get("message") or {}
    seen = _view(body.get("view") or {})
    ours = seen.metadata if seen and seen.is_home else message.get("team")
    team = TeamId(ours or (body.get("team") or {}).get("id") or "")
    channel = ChannelId((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    root = message.get("thread_ts") or container.get("thread_ts")
    pressed = (body.get("actions") or [{}])[0]
    return Action(
        team,
        channel,
        UserId((body.get("user") or {}).get("id") or ""),
        ThreadKey(team, channel, MessageTs(root)) if root else None,
        MessageTs(message.get("ts") or container.get("message_ts") or ""),
        (pressed.get("selected_option") or {}).get("value") or pressed.get("value") or "",
        MessageTs(pressed["action_ts"]) if pressed.get("action_ts") else None,
        body.get("trigger_id") or "",
        seen,
    )


def _view(view: JSON) -> View | None:
    if not view.get("id"):
        return None
    return View(view["id"], view.get("type") == "home", view.get("private_metadata") or "")


# --- shortcuts --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut: the message, in plain words, and where it stands.

    Attributes:
        thread: the message's, or the one that it would begin.
        at: when it was chosen, as a ts.
        trigger: opens a modal, for 3 s.
    """

    thread: ThreadKey
    message: MessageTs
    user: UserId
    text: str
    at: MessageTs
    trigger: str


def shortcut(body: JSON, me: UserId) -> Shortcut:
    """Read the body of a message shortcut.

    The message may be anybody's, in a shared channel also of another team; the person is of ours.
    """
    message = body.get("message") or {}
    ts = MessageTs(message.get("ts") or body.get("message_ts") or "")
    team = TeamId((body.get("team") or {}).get("id") or "")
    channel = ChannelId((body.get("channel") or {}).get("id") or "")
    return Shortcut(
        ThreadKey(team, channel, MessageTs(message.get("thread_ts") or ts)),
        ts,
        UserId((body.get("user") or {}).get("id") or ""),
        words_of(message, me),
        MessageTs(body.get("action_ts") or ""),
        body.get("trigger_id") or "",
    )
