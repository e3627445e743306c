"""Slack's JSON turned into our words. Pure; the only place where event bodies are known.

A mention arrives twice, as `app_mention` and as `message`, in no sure order: whether it is one is
read from the text, so both give the same question, and the mailbox takes it once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.model import ChannelId, MessageTs, Question, Start, TeamId, ThreadKey, TurnId, UserId
from bot.ports import Reach
from bot.processors import PROCESSORS, nearest

JSON = dict[str, Any]

#: The kinds of messages that people write; all others are joins, edits, removals and the like.
#: https://docs.slack.dev/reference/events/message
_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
_NOT_PEOPLE = ("USLACKBOT",)
#: Slack sends `app_mention` again whenever a mention is edited. An edit so soon after the message
#: may have added the mention; a turn is remembered for longer than this, so the edit of a question
#: is known. Later, it could be forgotten, and a corrected typo would pay for a second run.
_EDITED_WITHIN = 24 * 60 * 60  # seconds

_TOKEN = re.compile(r"<([^<>]*)>")
_DASH = re.compile("[‐-―−]")
#: `!name`, also as code (copied from our own help), and with a colon or a comma after it.
_PREFIX = re.compile(r"`?[!！]([A-Za-z0-9]{1,20}(?:[-‐-―−][A-Za-z0-9]{1,20})?)`?[:,]?(?:\s+|$)")


# --- events -----------------------------------------------------------------------------


def heard(body: JSON, me: UserId) -> tuple[Question, Reach] | None:
    """Read an `app_mention` or `message` event; None when it is nobody's question to us.

    Args:
        body: the whole outer body of the Events API.
        me: the bot's user id.
    """
    event = body.get("event") or {}
    if not _is_written_by_a_person(event, me):
        return None
    raw = event.get("text") or ""
    direct = event.get("channel_type") == "im"
    addressed = direct or _mentions(raw, me)
    root = event.get("thread_ts") or event["ts"]
    text = plain_words(_without_mention(raw, me))
    if not addressed and (root == event["ts"] or not text):
        return None
    processor, start, text = _read(text)
    question = Question(
        thread=ThreadKey(_team(body), ChannelId(event["channel"]), MessageTs(root)),
        message=MessageTs(event["ts"]),
        asker=UserId(event["user"]),
        text=text,
        processor=processor,
        direct=direct,
        start=start,
    )
    if not addressed:
        # Also a slip of the pen or a call for help: it is answered only where the thread is ours.
        return question, Reach.REPLY
    return question, Reach.ADDRESSED if start is Start.QUESTION else Reach.ASIDE


def _is_written_by_a_person(event: JSON, me: UserId) -> bool:
    return bool(
        event.get("subtype") in _WRITTEN
        and event.get("user") not in (None, "", me, *_NOT_PEOPLE)
        and not event.get("bot_id")
        and not event.get("hidden")
        and event.get("ts")
        and event.get("channel")
        and not _is_late_edit(event)
    )


def _is_late_edit(event: JSON) -> bool:
    edited: JSON = event.get("edited") or {}
    return "ts" in edited and float(edited["ts"]) - float(event["ts"]) > _EDITED_WITHIN


def _team(body: JSON) -> TeamId:
    """Return the team that the app is installed in (in Slack Connect not always the person's)."""
    installed = (body.get("authorizations") or [{}])[0].get("team_id")
    return TeamId(installed or body.get("team_id") or (body.get("event") or {}).get("team") or "")


def _mentions(text: str, me: UserId) -> bool:
    return f"<@{me}>" in text or f"<@{me}|" in text


def _without_mention(text: str, me: UserId) -> str:
    return re.sub(rf"[ \t]*<@{re.escape(me)}(\|[^>]*)?>[:,]?[ \t]*", " ", text)


def _read(text: str) -> tuple[str | None, Start, str]:
    """Return the processor asked for with `!name`, what to do, and the question without it.

    A first word that is near a processor's name but is none gets a word of help instead of a paid
    run on the wrong processor; one that is near nothing is part of the question.
    """
    if text.strip(" ?!.").lower() in ("", "help"):
        return None, Start.HELP, ""
    found = _PREFIX.match(text)
    if not found:
        return None, Start.QUESTION, text
    name = _DASH.sub("-", found[1])
    rest = text[found.end() :]
    if name.lower() in PROCESSORS:
        return (name.lower(), Start.QUESTION, rest) if rest else (None, Start.HELP, "")
    if nearest(name):
        return name, Start.UNKNOWN_PROCESSOR, rest
    return None, Start.QUESTION, text


def plain_words(text: str) -> str:
    """Turn Slack's message text into plain words: tokens resolved, entities read once.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    words = _TOKEN.sub(lambda match: _said(match[1]), text)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _said(token: str) -> str:
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return f"@{label.lstrip('@') or 'someone'}"
        case "#":
            return f"#{label.lstrip('#') or 'a-channel'}"
        case "!":
            return _special(target[1:], label)
    shown = re.sub("^(mailto|tel):", "", target)
    bare = re.sub("^https?://", "", shown).rstrip("/")
    if not label or label.rstrip("/") in (shown.rstrip("/"), bare):
        return shown
    return f"{label} ({shown})"


def _special(name: str, label: str) -> str:
    """Say `<!here>`, `<!subteam^S1|@team>`, `<!date^1^{date}|fallback>`."""
    kind = name.partition("^")[0]
    if kind in ("here", "channel", "everyone"):
        return f"@{kind}"
    return label or ("@a-group" if kind == "subteam" else kind)


# --- commands and actions ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: who typed it where, and the words after it, in lower case."""

    team: TeamId
    channel: ChannelId
    user: UserId
    words: tuple[str, ...]


def command(body: JSON) -> Command:
    """Read a slash command's body."""
    text = _DASH.sub("-", body.get("text") or "").lower()
    return Command(
        TeamId(body.get("team_id") or ""),
        ChannelId(body["channel_id"]),
        UserId(body["user_id"]),
        tuple(filter(None, (word.strip("`!'\"") for word in text.split()))),
    )


@dataclass(frozen=True, slots=True)
class Action:
    """Something pressed or chosen on a message of ours.

    Attributes:
        thread: the thread that the message stands in; None when it stands in none.
        message: the message's ts.
        value: the button's value or the chosen option's; "" when it has none.
    """

    team: TeamId
    channel: ChannelId
    user: UserId
    thread: ThreadKey | None
    message: MessageTs
    value: str

    @property
    def turn(self) -> TurnId | None:
        """The turn that the value names; None when it is not one of this channel.

        Values are visible to clients, and come back from wherever somebody put them.
        """
        team, _, rest = self.value.partition(":")
        channel, _, message = rest.partition(":")
        if (team, channel) != (self.team, self.channel) or not message:
            return None
        return TurnId(self.value)


def action(body: JSON) -> Action:
    """Read the body of a block action.

    The team is the one of our message where Slack tells it: the other one is the team of the
    person, who may be a guest from elsewhere. On ephemeral messages there is no `message`.
    """
    container, message = body.get("container") or {}, body.get("message") or {}
    team = TeamId(message.get("team") or (body.get("team") or {}).get("id") or "")
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
    )
