"""What is heard in events: questions, orders, edits, deletions. Pure; event bodies end here.

A mention arrives twice, as `app_mention` and as `message`, in no sure order: whether it is one is
read from the text, so both give the same question, and the mailbox takes it once. An order is no
turn that could be taken once: only its `message` is obeyed, which comes from wherever we are in.

Every reply in a thread of ours is a follow-up, but for those that say that they are none: they
begin by mentioning somebody else, or with ``//`` or ``aside``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot import lifecycle
from bot.asking import LONGEST_CHAT_QUESTION
from bot.model import ChannelId, MessageTs, Question, Start, TeamId, ThreadKey, TurnId, UserId
from bot.ports import Reach
from bot.processors import PROCESSORS, nearest
from bot.slack.text import whole

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
DASH = re.compile("[‐-―−]")  # what some clients make of a typed hyphen
#: `<@U1>` or `<!subteam^S1>`: whom a message is for.
_TO_SOMEBODY = re.compile(r"\s*<(@[UW]|!subteam\^)")
_ASIDE = re.compile(r"//|aside(?=$|[\s:,\-‐-―−])(?!\s+from\b)", re.IGNORECASE)
#: `!name`, also as code (copied from our own help), and with a colon or a comma after it.
_PREFIX = re.compile(r"`?[!！]([A-Za-z0-9]{1,20}(?:[-‐-―−][A-Za-z0-9]{1,20})?)`?[:,]?(?:\s+|$)")


# --- questions and orders ---------------------------------------------------------------


class Word(StrEnum):
    """The orders that are given in words."""

    STOP = "stop"
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True)
class Order:
    """Something else than a question that a person wants of us.

    Attributes:
        word: what.
        given: the message, as the turn that answers it would have it.
        addressed: it mentions us or is a direct message; else it may be for somebody else.
    """

    word: Word
    given: Question
    addressed: bool

    def answered(self, start: Start) -> Question:
        """Return the turn that says what became of it."""
        return replace(self.given, start=start, press=self.given.press or self.word)


def heard(body: JSON, me: UserId) -> tuple[Question, Reach] | Order | None:
    """Read an `app_mention` or `message` event; None when it is nobody's business with us.

    Args:
        body: the whole outer body of the Events API.
        me: the bot's user id.
    """
    event = body.get("event") or {}
    if not _is_written_by_a_person(event, me):
        return None
    raw = event.get("text") or ""
    mentioned = _mentions(raw, me)
    direct = _is_direct(event)
    root = event.get("thread_ts") or event["ts"]
    text = words_of(event, me)
    addressed = direct or mentioned
    if not addressed and (root == event["ts"] or not text or _TO_SOMEBODY.match(raw)):
        return None
    if not mentioned and root != event["ts"] and _ASIDE.match(text):
        return None
    question = Question(
        thread=ThreadKey(team(body), ChannelId(event["channel"]), MessageTs(root)),
        message=MessageTs(event["ts"]),
        asker=UserId(event["user"]),
        text="",
        direct=direct,
        at=_edited_at(event) if event.get("type") == "app_mention" else None,
    )
    if word := _order(text, addressed=addressed):
        return Order(word, question, addressed) if event.get("type") == "message" else None
    processor, start, text = _read(text)
    question = replace(question, text=text, processor=processor, start=start)
    if not addressed:
        # Also a slip of the pen or a call for help: it is answered only where the thread is ours.
        return question, Reach.REPLY
    if start is not Start.QUESTION:
        return question, Reach.ASIDE
    return question, Reach.ADDRESSED if mentioned or root == event["ts"] else Reach.DIRECT


def _is_direct(event: JSON) -> bool:
    """Whether it stands in a direct message; without its kind a channel is known by its letter."""
    kind = event.get("channel_type")
    return kind == "im" if kind else str(event["channel"]).startswith("D")


def _order(text: str, *, addressed: bool) -> Word | None:
    said = text.rstrip(" .!?…").lower()
    words = tuple(Word) if addressed else (Word.STOP,)
    return Word(said) if said in words else None


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
    edited = _edited_at(event)
    return edited is not None and float(edited) - float(event["ts"]) > _EDITED_WITHIN


def _edited_at(event: JSON) -> MessageTs | None:
    """Return when a message was edited; None for one that was not.

    A mention that was added later begins there: what people had replied until then was theirs.
    """
    edited = (event.get("edited") or {}).get("ts")
    return MessageTs(edited) if edited else None


def team(body: JSON) -> TeamId:
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
    name = DASH.sub("-", found[1])
    rest = text[found.end() :]
    if name.lower() in PROCESSORS:
        return (name.lower(), Start.QUESTION, rest) if rest else (None, Start.HELP, "")
    if nearest(name):
        return name, Start.UNKNOWN_PROCESSOR, rest
    return None, Start.QUESTION, text


# --- edits and deletions ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edited:
    """A message says something else since `at`.

    Attributes:
        question: what it asks now, and whose business that is.
        corrects: what it said before could not be asked.
    """

    turn: TurnId
    question: Question
    reach: Reach
    at: MessageTs
    corrects: bool


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A message is gone, or was edited and asks nothing any more (`deleted` is False then)."""

    turn: TurnId
    deleted: bool


def revised(body: JSON, me: UserId) -> Edited | TakenBack | None:
    """Read a `message` event that tells of an earlier message; None when it asks what it asked.

    A preview of a link is a change, too, and so is each edit of our own; a deleted message that has
    replies changes into a tombstone (https://docs.slack.dev/reference/events/message).
    """
    event = body.get("event") or {}
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    match event.get("subtype"), message.get("subtype"):
        case ("message_deleted", _):
            ts = event.get("deleted_ts")
        case ("message_changed", "tombstone"):
            ts = message.get("ts")
        case ("message_changed", _):
            return _edited(body, before, message, me) if before else None
        case _:
            return None
    if not ts or not event.get("channel"):
        return None
    gone = lifecycle.named(team(body), ChannelId(event["channel"]), MessageTs(ts))
    return TakenBack(gone, deleted=True)


def _edited(body: JSON, before: JSON, message: JSON, me: UserId) -> Edited | TakenBack | None:
    (asked, _), (asks, reach) = _asked(body, before, me), _asked(body, message, me)
    if asks == asked or (asks and asks.start is Start.UNKNOWN_PROCESSOR):
        return None  # also after a slip of the pen what was asked stays
    was = asked if asked and asked.start is Start.QUESTION else None
    if asks is None or asks.start is not Start.QUESTION:
        return TakenBack(lifecycle.turn_id(was), deleted=False) if was else None
    at = _edited_at(message) or body["event"].get("event_ts") or asks.message
    corrects = was is None or len(was.text) > LONGEST_CHAT_QUESTION
    return Edited(lifecycle.turn_id(asks), asks, reach, MessageTs(at), corrects=corrects)


def _asked(body: JSON, message: JSON, me: UserId) -> tuple[Question | None, Reach]:
    """Read a message as if it were posted now."""
    event = body["event"]
    now = {name: event.get(name) for name in ("channel", "channel_type")} | {"type": "message"}
    match heard({**body, "event": {**message, **now, "edited": None}}, me):
        case (question, reach):
            return question, reach
    return None, Reach.ASIDE


# --- other events -----------------------------------------------------------------------


def session_stopped(body: JSON) -> Order | None:
    """Read an `agent_session_stopped` event: somebody pressed Slack's own Stop in a thread.

    https://docs.slack.dev/reference/events/agent_session_stopped
    """
    event = body.get("event") or {}
    if not (event.get("channel") and event.get("thread_ts") and event.get("user")):
        return None
    root, at = MessageTs(event["thread_ts"]), MessageTs(event.get("event_ts") or "")
    thread = ThreadKey(team(body), ChannelId(event["channel"]), root)
    given = Question(thread, root, UserId(event["user"]), "", press=f"stop-{at}", at=at or None)
    return Order(Word.STOP, given, addressed=True)


def home_opened(body: JSON) -> tuple[TeamId, UserId] | None:
    """Read an `app_home_opened` event: who sees the Home tab; None when it is another tab."""
    event = body.get("event") or {}
    if event.get("tab") != "home" or not event.get("user"):
        return None
    return team(body), UserId(event["user"])


# --- words ------------------------------------------------------------------------------


def words_of(message: JSON, me: UserId) -> str:
    """Return a message in plain words, our mention taken off."""
    return plain_words(_without_mention(message.get("text") or "", me))


def plain_words(text: str) -> str:
    """Turn Slack's message text into plain words: tokens resolved, entities read once, no halves.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    words = _TOKEN.sub(lambda match: _said(match[1]), whole(text))
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
