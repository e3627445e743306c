"""What is heard in events: questions, orders, edits, deletions. Pure; event bodies end here.

A mention arrives twice, as `app_mention` and as `message`, in no sure order: whether it is one is
read from the text, so both give the same question, and the mailbox takes it once. An order is no
turn that could be taken once: only its `message` is obeyed, which comes from wherever we are in.

Every reply in a thread of ours is a follow-up, but for those that say that they are none: they
begin with ``//`` or ``aside``; or they mention somebody else, and do not end in a question to
nobody in particular. Thanks, greetings and the like are no questions, whoever says them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.domain import naming
from bot.domain.processors import called, nearest
from bot.domain.prompt import ABOUT_ALONG, LONGEST_ALONG, LONGEST_CHAT_QUESTION
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import Question, TurnKind
from bot.ports import Addressing
from bot.slack.payloads import message_text
from bot.slack.payloads.fields import JSON, items, part, timestamp, word
from bot.slack.payloads.keywords import KeywordMatch, Word, keyword
from bot.slack.payloads.message_text import files_of, sent_along
from bot.slack.text.plain_words import plain_words

#: The kinds of messages that people write; all others are joins, edits, removals and the like.
#: https://docs.slack.dev/reference/events/message
_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
_NOT_PEOPLE = ("USLACKBOT",)
#: Slack sends `app_mention` again whenever a mention is edited. An edit so soon after the message
#: may have added the mention; a turn is remembered for longer than this, so the edit of a question
#: is known. Later, it could be forgotten, and a corrected typo would pay for a second run.
_EDITED_WITHIN = 24 * 60 * 60  # seconds

_NO_MESSAGE = MessageTs("0.000000")  #: what a turn is named by that no message began

DASH = re.compile("[‐-―−]")  # what some clients make of a typed hyphen
#: `<@U1>` or `<!subteam^S1>`: whom a message is for.
_TO_SOMEBODY = re.compile(r"\s*<(@[UW]|!subteam\^)")
_TO_ALL = re.compile("<!(?:here|channel|everyone)")
#: A letter, a digit, a picture: more than marks.
_SAYS_SOMETHING = re.compile(r"[^\W_]|[^\s\x00-\x7f\u200b-\u200f…。！？、—–•·]")
#: Where a sentence ends, and something follows.
_SENTENCE_ENDS = re.compile(r"[.!?…。！？\n]\s*\w")
#: A slash command that was sent as a message: in threads Slack takes none.
_COMMAND = re.compile(
    r"[`*_\"“‘\u200b]{0,9}[/／]\s?(?:processors?|threadline)(?=[\s`*_\"”’]|$)", re.IGNORECASE
)
_ORDERS = (Word.STOP, Word.MUTE, Word.UNMUTE)
#: What is made of a message that is neither a question nor an order.
_REMARKS = {
    Word.THANKS: TurnKind.THANKED,
    Word.GREETING: TurnKind.HELP,
    Word.HELP: TurnKind.HELP,
    Word.STATUS: TurnKind.STATUS,
    Word.FORGET: TurnKind.FORGET,
}
_ASIDE = re.compile(r"//|aside(?=$|[\s:,\-‐-―−])(?!\s+from\b)", re.IGNORECASE)
#: `!name`, also as code (copied from our own help), and with a colon or a comma after it.
_PREFIX = re.compile(r"`?[!！]([A-Za-z0-9]{1,20}(?:[-‐-―−][A-Za-z0-9]{1,20})?)`?[:,]?(?:\s+|$)")


# --- questions and orders ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeywordCommand:
    """Something else than a question that a person wants of us.

    Attributes:
        word: what.
        given: the message, as the turn that answers it would have it.
        addressed: it mentions us or is a direct message; else it may be for somebody else.
        loose: people say the same to one another.
    """

    word: Word
    given: Question
    addressed: bool
    loose: bool = False

    def answered(self, start: TurnKind) -> Question:
        """Return the turn that says what became of it."""
        return replace(self.given, start=start, press=self.given.press or self.word)


def parse_message(body: JSON, me: UserId) -> tuple[Question, Addressing] | KeywordCommand | None:
    """Read an `app_mention` or `message` event; None when it is nobody's business with us.

    Args:
        body: the whole outer body of the Events API.
        me: the bot's user id.
    """
    event = part(body, "event")
    if not _is_written_by_a_person(event, me):
        return None
    raw = word(event, "text")
    mentioned = _mentions(raw, me)
    direct = _is_direct(event)
    root = timestamp(word(event, "thread_ts")) or event["ts"]
    text = words_of(event, me)
    addressed = direct or mentioned
    if not addressed and (root == event["ts"] or _is_for_somebody_else(raw)):
        return None
    along = sent_along(event)[: LONGEST_ALONG + 1]  # one more, which tells that it is cut
    if not addressed and not text and not along:
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
    said = _ordered(text)
    if said and said.word in _ORDERS and not said.doubtful:
        order = KeywordCommand(said.word, replace(question, text=text), addressed, said.loose)
        return order if event.get("type") == "message" else None
    files = files_of(event)
    if start := _no_question(text, said, addressed=addressed, along=along):
        remark = replace(question, start=start, text=text, files=files)
        return remark, Addressing.SIDE if addressed else Addressing.SMALL_TALK
    question = _with_what_is_asked(replace(question, along=along, files=files), text)
    if not addressed:
        # Also a slip of the pen: it is answered only where the thread is ours.
        return question, Addressing.THREAD_REPLY
    if question.start is not TurnKind.QUESTION:
        return question, Addressing.SIDE
    return question, Addressing.ADDRESSED if mentioned or root == event[
        "ts"
    ] else Addressing.DIRECT_REPLY


def _no_question(
    text: str, said: KeywordMatch | None, *, addressed: bool, along: str
) -> TurnKind | None:
    """Return what is made of a message that is neither a question nor an order; None for others."""
    if said is None:
        return TurnKind.COMMAND if _COMMAND.match(text) else None
    is_doubtful = said.doubtful and not (said.word is Word.GREETING and addressed)
    start = TurnKind.DOUBTFUL if is_doubtful else _REMARKS[said.word]
    if start is TurnKind.HELP and said.word is Word.GREETING and not addressed:
        return TurnKind.THANKED  # they may well greet one another
    # "ok?" with a forward asks about it
    return None if start in (TurnKind.THANKED, TurnKind.DOUBTFUL) and along else start


def _is_for_somebody_else(raw: str) -> bool:
    """Whether a message that does not mention us is for the people or groups that it mentions.

    It is, unless it ends in a question to nobody in particular: "I'd take what <@U1> likes. Which
    is quietest?"
    """
    if _TO_SOMEBODY.match(raw):
        return True
    last = max(raw.rfind("<@"), raw.rfind("<!subteam^"))
    if last < 0:
        return bool(_TO_ALL.search(raw)) and not raw.rstrip().endswith(("?", "？"))
    rest = raw[last + 2 :].rstrip()  # without the mark, whose "!" ends no sentence
    return not (rest.endswith(("?", "？")) and _SENTENCE_ENDS.search(rest[:-1]))


def _ordered(text: str) -> KeywordMatch | None:
    """Return what a message orders, also after the name of a processor: it needs none."""
    named = _PREFIX.match(text)
    is_name = named and called(DASH.sub("-", named[1]))
    return keyword(text[named.end() :] if named and is_name else text)


def _with_what_is_asked(question: Question, text: str) -> Question:
    """Return a question with what the text of its message says."""
    processor, start, asked = _read(_with_words(text) if question.along else text)
    along = question.along if start is TurnKind.QUESTION else ""
    asked = "" if along and asked == ABOUT_ALONG else asked
    return replace(question, text=asked, processor=processor, start=start, along=along)


def _with_words(text: str) -> str:
    """Return a question about what was sent along, where its text asks nothing."""
    bare = text.rstrip(" ?!.")
    prefix = _PREFIX.match(bare)
    if bare[prefix.end() if prefix else 0 :]:
        return text
    return f"{bare} {ABOUT_ALONG}".lstrip()


def _is_direct(event: JSON) -> bool:
    """Whether it stands in a direct message; without its kind a channel is known by its letter."""
    kind = event.get("channel_type")
    return kind == "im" if kind else word(event, "channel").startswith("D")


def _is_written_by_a_person(event: JSON, me: UserId) -> bool:
    return bool(
        event.get("subtype") in _WRITTEN
        and word(event, "user") not in ("", me, *_NOT_PEOPLE)
        and not event.get("bot_id")
        and not event.get("hidden")
        and timestamp(word(event, "ts"))
        and word(event, "channel")
        and not _is_late_edit(event)
    )


def _is_late_edit(event: JSON) -> bool:
    edited = _edited_at(event)
    return edited is not None and float(edited) - float(event["ts"]) > _EDITED_WITHIN


def _edited_at(event: JSON) -> MessageTs | None:
    """Return when a message was edited; None for one that was not.

    A mention that was added later begins there: what people had replied until then was theirs.
    """
    return timestamp(word(part(event, "edited"), "ts")) or None


def team(body: JSON) -> TeamId:
    """Return the team that the app is installed in (in Slack Connect not always the person's)."""
    first = next(iter(items(body.get("authorizations"))), None)
    installed = word(first, "team_id") if isinstance(first, dict) else ""
    return TeamId(installed or word(body, "team_id") or word(part(body, "event"), "team"))


def _mentions(text: str, me: UserId) -> bool:
    return f"<@{me}>" in text or f"<@{me}|" in text


def _without_mention(text: str, me: UserId) -> str:
    """Take our mention off, with the blanks around it: one is left."""
    first, *others = re.split(rf"<@{re.escape(me)}(?:\|[^<>]*)?>[:,]?", text)
    if not others:
        return text
    *between, last = others
    inner = (piece.strip(" \t") for piece in between)
    return " ".join((first.rstrip(" \t"), *inner, last.lstrip(" \t")))


def _read(text: str) -> tuple[str | None, TurnKind, str]:
    """Return the processor asked for with `!name`, what to do, and the question without it.

    A first word that is near a processor's name but is none gets a word of help instead of a paid
    run on the wrong processor; one that is near nothing is part of the question.
    """
    if not _SAYS_SOMETHING.search(text):
        return None, TurnKind.HELP, text.strip(" ?!.")
    found = _PREFIX.match(text)
    if not found:
        return None, TurnKind.QUESTION, text
    name = DASH.sub("-", found[1])
    rest = text[found.end() :]
    if processor := called(name):
        return (processor.name, TurnKind.QUESTION, rest) if rest else (None, TurnKind.HELP, "")
    if nearest(name):
        return name, TurnKind.UNKNOWN_PROCESSOR, rest
    return None, TurnKind.QUESTION, text


# --- edits and deletions ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuestionEdited:
    """A message says something else since `at`.

    Attributes:
        question: what it asks now, and whose business that is.
        corrects: what it said before could not be asked.
    """

    turn: TurnId
    question: Question
    reach: Addressing
    at: MessageTs
    corrects: bool


@dataclass(frozen=True, slots=True)
class QuestionWithdrawn:
    """A message is gone, or was edited and asks nothing any more (`deleted` is False then).

    `stopped_by`: who made it an order to stop; None where it is none.
    """

    turn: TurnId
    deleted: bool
    stopped_by: UserId | None = field(default=None, compare=False)


def parse_message_change(body: JSON, me: UserId) -> QuestionEdited | QuestionWithdrawn | None:
    """Read a `message` event that tells of an earlier message; None when it asks what it asked.

    A preview of a link is a change, too, and so is each edit of our own; a deleted message that has
    replies changes into a tombstone (https://docs.slack.dev/reference/events/message).
    """
    event = part(body, "event")
    message, before = part(event, "message"), part(event, "previous_message")
    match event.get("subtype"), message.get("subtype"):
        case ("message_deleted", _):
            ts = timestamp(word(event, "deleted_ts"))
        case ("message_changed", "tombstone"):
            ts = timestamp(word(message, "ts"))
        case ("message_changed", _):
            return _edited(body, before, message, me) if before else None
        case _:
            return None
    if not ts or not word(event, "channel"):
        return None
    gone = naming.named(team(body), ChannelId(event["channel"]), ts)
    return QuestionWithdrawn(gone, deleted=True)


def _edited(
    body: JSON, before: JSON, message: JSON, me: UserId
) -> QuestionEdited | QuestionWithdrawn | None:
    said = _parse_message(body, message, me)
    (asked, _), (asks, reach) = _asked(_parse_message(body, before, me)), _asked(said)
    if _same(asks, asked) or (asks and asks.start is TurnKind.UNKNOWN_PROCESSOR):
        return None  # also after a slip of the pen what was asked stays
    was = asked if asked and asked.start is TurnKind.QUESTION else None
    if asks is None or asks.start is not TurnKind.QUESTION:
        if was is None:
            return None
        is_stop = isinstance(said, KeywordCommand) and said.word is Word.STOP
        by = was.asker if is_stop else None
        return QuestionWithdrawn(naming.turn_id(was), deleted=False, stopped_by=by)
    at = _edited_at(message) or timestamp(word(body["event"], "event_ts")) or asks.message
    corrects = was is None or len(was.text) > LONGEST_CHAT_QUESTION
    return QuestionEdited(naming.turn_id(asks), asks, reach, at, corrects=corrects)


def _same(one: Question | None, other: Question | None) -> bool:
    """Whether two questions ask the same; Slack may tell the names of files later."""
    if one is None or other is None:
        return one is other
    return replace(one, files=other.files) == other


def _parse_message(
    body: JSON, message: JSON, me: UserId
) -> tuple[Question, Addressing] | KeywordCommand | None:
    """Read a message as if it were posted now."""
    event = body["event"]
    now = {name: event.get(name) for name in ("channel", "channel_type")} | {"type": "message"}
    return parse_message({**body, "event": {**message, **now, "edited": None}}, me)


def _asked(
    said: tuple[Question, Addressing] | KeywordCommand | None,
) -> tuple[Question | None, Addressing]:
    return said if isinstance(said, tuple) else (None, Addressing.SIDE)


# --- other events -----------------------------------------------------------------------


def parse_session_stopped(body: JSON) -> KeywordCommand | None:
    """Read an `agent_session_stopped` event: somebody pressed Slack's own Stop in a thread.

    https://docs.slack.dev/reference/events/agent_session_stopped
    """
    event = part(body, "event")
    root, at = timestamp(word(event, "thread_ts")), timestamp(word(event, "event_ts"))
    channel, user = word(event, "channel"), word(event, "user")
    if not (channel and root and user):
        return None
    thread = ThreadKey(team(body), ChannelId(channel), root)
    given = Question(thread, root, UserId(user), "", press=f"stop-{at}", at=at or None)
    return KeywordCommand(Word.STOP, given, addressed=True)


def parse_app_home_opened(body: JSON) -> tuple[TeamId, UserId] | None:
    """Read an `app_home_opened` event: who sees the Home tab; None when it is another tab."""
    event = part(body, "event")
    user = word(event, "user")
    if event.get("tab") != "home" or not user:
        return None
    return team(body), UserId(user)


def parse_invitation(body: JSON, me: UserId) -> Question | None:
    """Read a `member_joined_channel` event: the turn that says hello; None when others joined.

    It has one name for each channel: who invites us again while it is remembered is not greeted
    again. https://docs.slack.dev/reference/events/member_joined_channel
    """
    event = part(body, "event")
    channel, at = word(event, "channel"), timestamp(word(event, "event_ts"))
    if word(event, "user") != me or not channel or channel.startswith("D"):
        return None
    now = body.get("event_time")
    at = at or timestamp(f"{now}.000000" if isinstance(now, int) else "")
    return Question(
        thread=ThreadKey(team(body), ChannelId(channel), _NO_MESSAGE),
        message=_NO_MESSAGE,
        asker=UserId(word(event, "inviter") or me),
        text="",
        start=TurnKind.WELCOME,
        press=TurnKind.WELCOME,
        at=at or None,
        to=ChannelId(channel),
    )


# --- words ------------------------------------------------------------------------------


def words_of(message: JSON, me: UserId) -> str:
    """Return a message's text in plain words, our mention taken off."""
    return plain_words(_without_mention(word(message, "text"), me))


def all_words_of(message: JSON, me: UserId) -> str:
    """Return all that a reader sees of anybody's message, our mention taken off.

    Of our own the text is read, which repeats what is in the blocks.
    """
    bare = _without_mention(word(message, "text"), me)
    if message.get("user") == me:
        return plain_words(bare)
    return message_text.words_of({**message, "text": bare})
