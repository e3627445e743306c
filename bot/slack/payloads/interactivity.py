"""Block actions, message shortcuts and slash commands. Pure; their bodies end here.

Values of buttons and menus are visible to clients, who may send any value from anywhere: a turn
counts only in the channel it belongs to. A view's ``private_metadata`` is ours. What a body lacks,
or has in another form than Slack's, is read as "" or None; no body raises an error.
https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.invisible import RUN
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.slack.payloads.fields import JSON, part, timestamp, word
from bot.slack.payloads.mentions import words_without_mention
from bot.slack.payloads.message_text import files_of
from bot.slack.payloads.question_text import normalize_dashes

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_AROUND = "`!！'\"‘’“”"  # the marks around a word that was copied, or that a phone puts there
#: How metadata of ours begins that names a turn or a thread: with its team and channel.
_PLACE = re.compile(r"([A-Z0-9]{1,255}):([A-Z0-9]{1,255}):")


def _id(*names: str) -> str:
    """Return the first of these that is not "", if it has the form of Slack's ids, else ""."""
    first = next(filter(None, names), "")
    return first if _ID.fullmatch(first) else ""


# --- commands ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command.

    Attributes:
        words: what follows the command, in lower case.
        text: the same as it was typed, without invisible characters.
        trigger_id: opens a modal, for 3 s.
    """

    team: TeamId
    channel: ChannelId
    user: UserId
    words: tuple[str, ...]
    text: str = ""
    trigger_id: str = ""


def parse_slash_command(body: JSON) -> Command:
    """Parse a slash command's body."""
    text = RUN.sub("", normalize_dashes(word(body, "text")))
    return Command(
        team=TeamId(_id(word(body, "team_id"))),
        channel=ChannelId(_id(word(body, "channel_id"))),
        user=UserId(_id(word(body, "user_id"))),
        words=tuple(filter(None, (word.strip(_AROUND) for word in text.lower().split()))),
        text=text,
        trigger_id=word(body, "trigger_id"),
    )


# --- actions ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """The view that an action was taken in; `metadata` is our `private_metadata`."""

    id: str
    is_home: bool
    metadata: str


@dataclass(frozen=True, slots=True)
class Action:
    """A press or a choice, on a message of ours or in a view. Ids that Slack left out are "".

    Attributes:
        team: that the app is installed in.
        channel: the message's; "" in a view.
        user: the person who acted.
        thread: the thread that the message is in; None when it is in none.
        message: the message's ts; "" in a view.
        value: the button's value or the chosen option's; "" when it has none.
        at: the time of the action, as a ts; None where Slack left it out.
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
        """Whether Slack named the person and the team."""
        return bool(self.team and self.user)

    @property
    def about(self) -> ChannelId | None:
        """The channel that it is about: in a view, that of its turn or its form; else None."""
        turn = self.turn.split(":")[1] if self.turn else ""
        form = about_channel(self.view.metadata) if self.view else None
        return self.channel or ChannelId(turn) or form or None

    @property
    def when(self) -> MessageTs:
        """The time that names the action: its own, else its message's; "" for none."""
        return self.at or self.message

    @property
    def choice(self) -> str:
        """The word before the turn in `value`; "" when there is none."""
        return self.value.rpartition(" ")[0].strip()

    @property
    def turn(self) -> TurnId | None:
        """The turn that the value names; None when it does not belong here.

        On a message it must be of the message's channel. In a view it may be any of the team's, so
        the caller must check whose it is.
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
    """Parse the body of a block action.

    The team is that of our message where Slack gives it: `team` is the person's, who may be a guest
    from another company. An ephemeral message has no `message`; in a Home tab the team is in our
    metadata. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    container, message = part(body, "container"), part(body, "message")
    view = _view(part(body, "view"))
    ours = view.metadata if view and view.is_home else word(message, "team")
    team = TeamId(_id(ours, word(part(body, "team"), "id")))
    channel = ChannelId(_id(word(part(body, "channel"), "id"), word(container, "channel_id")))
    root = timestamp(word(message, "thread_ts") or word(container, "thread_ts"))
    pressed = _pressed(body)
    return Action(
        team=team,
        channel=channel,
        user=UserId(_id(word(part(body, "user"), "id"))),
        thread=ThreadKey(team, channel, root) if team and channel and root else None,
        message=timestamp(word(message, "ts") or word(container, "message_ts")),
        value=word(part(pressed, "selected_option"), "value") or word(pressed, "value"),
        at=timestamp(word(pressed, "action_ts")) or None,
        trigger_id=word(body, "trigger_id"),
        view=view,
    )


def about_channel(metadata: str) -> ChannelId | None:
    """Return the channel of the turn or thread that a form is about; None when it is about none."""
    found = _PLACE.match(metadata)
    return ChannelId(found[2]) if found else None


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent: who sent it, and about which channel. Ids left out are "".

    Attributes:
        team: that the app is installed in.
        channel: of the turn or thread that the form is about; None for none.
        user: the person.
    """

    team: TeamId
    channel: ChannelId | None
    user: UserId


def parse_submitter(body: JSON) -> Submission:
    """Parse who sent a form, and where. `team` in the body is the person's own.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    view = part(body, "view")
    metadata = word(view, "private_metadata")
    named = _PLACE.match(metadata)
    team = word(view, "app_installed_team_id") or word(part(body, "team"), "id")
    return Submission(
        team=TeamId(_id(named[1] if named else team)),
        channel=about_channel(metadata),
        user=UserId(_id(word(part(body, "user"), "id"))),
    )


def can_be_matched(body: JSON) -> bool:
    """Whether the body of an interaction has the id that Bolt finds its listener by."""
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
    """Return the first of the actions, of which Slack sends one; {} for none."""
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, dict) else {}


def _view(view: JSON) -> View | None:
    if not word(view, "id"):
        return None
    return View(word(view, "id"), view.get("type") == "home", word(view, "private_metadata"))


# --- shortcuts --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut.

    Attributes:
        thread: the message's, or the one that it would begin.
        message: its ts.
        user: the person who chose the shortcut.
        text: all that a reader sees of the message, in plain words.
        at: the time of the choice, as a ts.
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
    """Parse the body of a message shortcut.

    The message may be anybody's, in a shared channel also another company's; the person is of the
    app's team. https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    message = part(body, "message")
    ts = timestamp(word(message, "ts") or word(body, "message_ts"))
    team = TeamId(_id(word(part(body, "team"), "id")))
    channel = ChannelId(_id(word(part(body, "channel"), "id")))
    return Shortcut(
        thread=ThreadKey(team, channel, timestamp(word(message, "thread_ts")) or ts),
        message=ts,
        user=UserId(_id(word(part(body, "user"), "id"))),
        text=words_without_mention(message, me),
        at=timestamp(word(body, "action_ts")),
        trigger_id=word(body, "trigger_id"),
        files=files_of(message),
    )
