"""What is pressed, chosen and typed: actions, shortcuts, commands. Pure; their bodies end here.

Values are visible to clients, and come back from wherever somebody put them: a turn counts only
where it belongs. What stands in a view's ``private_metadata`` was put there by us. Whatever a body
lacks, or has in another form than Slack's, is read as "" or None: none of them raises an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.slack.payloads.fields import JSON, part, timestamp, word
from bot.slack.payloads.mentions import words_without_mention
from bot.slack.payloads.message_text import files_of
from bot.slack.payloads.question_text import normalize_dashes

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")


def _id(*names: str) -> str:
    """Return the first that there is, or "" where that is no id of Slack's."""
    first = next(filter(None, names), "")
    return first if _ID.fullmatch(first) else ""


# --- commands ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: who typed it where, and the words after it, in lower case."""

    team: TeamId
    channel: ChannelId
    user: UserId
    words: tuple[str, ...]


def parse_slash_command(body: JSON) -> Command:
    """Read a slash command's body."""
    text = normalize_dashes(word(body, "text")).lower()
    return Command(
        TeamId(_id(word(body, "team_id"))),
        ChannelId(_id(word(body, "channel_id"))),
        UserId(_id(word(body, "user_id"))),
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
        team: "" where Slack did not say, as all the others.
        channel: the message's; "" in a view.
        thread: the thread that the message stands in; None when it stands in none.
        message: the message's ts; "" in a view.
        value: the button's value or the chosen option's; "" when it has none.
        at: when, as a ts; None where Slack did not say.
        trigger_id: opens a modal, for 3 s.
        view: None on a message.
    """

    team: TeamId
    channel: ChannelId
    user: UserId
    thread: ThreadKey | None
    message: MessageTs
    value: str
    at: MessageTs | None = None
    trigger_id: str = ""
    view: View | None = None

    @property
    def is_complete(self) -> bool:
        """Whether Slack said who pressed it, and in which team."""
        return bool(self.team and self.user)

    @property
    def when(self) -> MessageTs:
        """The time that names what was pressed: its own, else its message's; "" for none."""
        return self.at or self.message

    @property
    def choice(self) -> str:
        """The word before the turn in `value`; "" when there is none."""
        return self.value.rpartition(" ")[0].strip()

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


def parse_block_action(body: JSON) -> Action:
    """Read the body of a block action.

    The team is the one of our message where Slack tells it: the other one is the team of the
    person, who may be a guest from elsewhere. On ephemeral messages there is no `message`, in a
    Home tab the team is what we left there.
    """
    container, message = part(body, "container"), part(body, "message")
    seen = _view(part(body, "view"))
    ours = seen.metadata if seen and seen.is_home else word(message, "team")
    team = TeamId(_id(ours, word(part(body, "team"), "id")))
    channel = ChannelId(_id(word(part(body, "channel"), "id"), word(container, "channel_id")))
    root = timestamp(word(message, "thread_ts") or word(container, "thread_ts"))
    pressed = _pressed(body)
    return Action(
        team,
        channel,
        UserId(_id(word(part(body, "user"), "id"))),
        ThreadKey(team, channel, root) if team and channel and root else None,
        timestamp(word(message, "ts") or word(container, "message_ts")),
        word(part(pressed, "selected_option"), "value") or word(pressed, "value"),
        timestamp(word(pressed, "action_ts")) or None,
        word(body, "trigger_id"),
        seen,
    )


def can_be_matched(body: JSON) -> bool:
    """Whether the body of an interaction names what was pressed or sent, as listeners need it."""
    match body.get("type"):
        case "block_actions":
            return isinstance(_pressed(body).get("action_id"), str)
        case "view_submission" | "view_closed":
            view = part(body, "view")
            return isinstance(view.get("callback_id"), str) and isinstance(view.get("type"), str)
        case "message_action" | "shortcut":
            return isinstance(body.get("callback_id"), str)
    return True


def _pressed(body: JSON) -> JSON:
    """Return the one thing that was pressed or chosen; {} for none."""
    pressed = body.get("actions")
    first = pressed[0] if isinstance(pressed, list) and pressed else None
    return first if isinstance(first, dict) else {}


def _view(view: JSON) -> View | None:
    if not word(view, "id"):
        return None
    return View(word(view, "id"), view.get("type") == "home", word(view, "private_metadata"))


# --- shortcuts --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut: the message, in plain words, and where it stands.

    Attributes:
        thread: the message's, or the one that it would begin.
        text: all that a reader sees of the message.
        at: when it was chosen, as a ts.
        trigger_id: opens a modal, for 3 s.
        files: the names of its files; "" for an unknown one.
    """

    thread: ThreadKey
    message: MessageTs
    user: UserId
    text: str
    at: MessageTs
    trigger_id: str
    files: tuple[str, ...] = ()


def parse_shortcut(body: JSON, me: UserId) -> Shortcut:
    """Read the body of a message shortcut.

    The message may be anybody's, in a shared channel also of another team; the person is of ours.
    """
    message = part(body, "message")
    ts = timestamp(word(message, "ts") or word(body, "message_ts"))
    team = TeamId(_id(word(part(body, "team"), "id")))
    channel = ChannelId(_id(word(part(body, "channel"), "id")))
    return Shortcut(
        ThreadKey(team, channel, timestamp(word(message, "thread_ts")) or ts),
        ts,
        UserId(_id(word(part(body, "user"), "id"))),
        words_without_mention(message, me),
        timestamp(word(body, "action_ts")),
        word(body, "trigger_id"),
        files_of(message),
    )
