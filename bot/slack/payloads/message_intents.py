"""What a person's message wants of the bot: an answer, a keyword obeyed, or nothing. Pure.

Every reply in a thread of ours is a follow-up, except those that say that they are none: they begin
with ``//`` or ``aside``, or they mention somebody else and do not end in a question to nobody in
particular. Thanks, greetings and the like are no questions, whoever says them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.domain.processors import find_processor
from bot.domain.prompt import LONGEST_ALONG
from bot.domain.thread import ChannelId, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, TurnKind
from bot.ports import Addressing
from bot.slack.payloads.fields import JSON, timestamp, word
from bot.slack.payloads.keyword_table import Keyword, KeywordMatch
from bot.slack.payloads.keywords import match_keyword
from bot.slack.payloads.mentions import is_aside, is_mentioned, raw_text, text_without_mention
from bot.slack.payloads.message_text import files_of, sent_along
from bot.slack.payloads.question_text import PREFIX, normalize_dashes, with_text

#: The subtypes of messages that people write; all others are joins, edits, removals and the like.
#: https://docs.slack.dev/reference/events/message
_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
_NOT_PEOPLE = ("USLACKBOT",)

#: `<@U1>` or `<!subteam^S1>`: whom a message is for.
_TO_SOMEBODY = re.compile(r"\s*<(@[UW]|!subteam\^)")
_TO_ALL = re.compile("<!(?:here|channel|everyone)")
#: Where a sentence ends, and something follows.
_SENTENCE_ENDS = re.compile(r"[.!?…。！？؟।\n]\W{0,50}\w")
#: Where a message ends in a question: only emoji and other marks follow.
_LAST_QUESTION = re.compile(r"[?？؟](?::[\w+'-]{1,100}:|[^\w:<>]){0,20}\Z")
#: A slash command that was sent as a message: Slack takes none in threads.
_COMMAND = re.compile(
    r"[`*_\"“‘\u200b]{0,9}[/／]\s?(?:processors?|threadline)(?=[\s`*_\"”’]|$)", re.IGNORECASE
)

#: Keywords that change something and take no turn of the thread.
_COMMANDS = (Keyword.STOP, Keyword.MUTE, Keyword.UNMUTE)
#: The kind of turn that answers each of the other keywords.
_SMALL_TALK = {
    Keyword.THANKS: TurnKind.THANKED,
    Keyword.GREETING: TurnKind.HELP,
    Keyword.HELP: TurnKind.HELP,
    Keyword.STATUS: TurnKind.STATUS,
    Keyword.FORGET: TurnKind.FORGET,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the messages of an event were written.

    Attributes:
        team: the one that the app is installed in.
        channel: "" where Slack does not name it.
        is_direct: a direct message with the bot.
    """

    team: TeamId
    channel: ChannelId
    is_direct: bool


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A message that gets a turn: a question, or small talk that is answered without research."""

    question: Question
    addressing: Addressing


@dataclass(frozen=True, slots=True)
class KeywordCommand:
    """A message that orders something: to stop, to mute, to unmute.

    Attributes:
        keyword: what it orders.
        question: the message, as the turn that answers it would hold it.
        addressed: it mentions us or is a direct message; else it may be for somebody else.
        loose: people say the same to one another.
    """

    keyword: Keyword
    question: Question
    addressed: bool
    loose: bool = False

    def reply(self, kind: TurnKind) -> Question:
        """Return the turn that says what became of the command."""
        return replace(self.question, start=kind, press=self.question.press or self.keyword)


MessageIntent = QuestionAsked | KeywordCommand


def read_message(message: JSON, origin: Origin, me: UserId) -> MessageIntent | None:
    """Return what a message wants of the bot; None when it is for others, or no person wrote it.

    Args:
        message: as Slack gives it, in an event or within one.
        origin: where it was written.
        me: the bot's user id.
    """
    ts = timestamp(word(message, "ts"))
    if not (ts and origin.channel and _is_written_by_a_person(message, me)):
        return None
    raw = raw_text(message)
    root = timestamp(word(message, "thread_ts")) or ts
    mentioned, is_reply = is_mentioned(message, me), root != ts
    text = text_without_mention(message, me)
    addressed = origin.is_direct or mentioned
    if not addressed and (not is_reply or _is_for_somebody_else(raw)):
        return None
    along = sent_along(message)[: LONGEST_ALONG + 1]  # one more, which tells that it is cut
    if not addressed and not text and not along:
        return None
    if not mentioned and is_reply and is_aside(text):
        return None
    question = Question(
        thread=ThreadKey(origin.team, origin.channel, root),
        message=ts,
        asker=UserId(word(message, "user")),
        text="",
        direct=origin.is_direct,
    )
    match = _keyword_of(text)
    if match and match.keyword in _COMMANDS and not match.doubtful:
        given = replace(question, text=text, along=along)
        return KeywordCommand(match.keyword, given, addressed, loose=match.loose)
    files = files_of(message)
    if kind := _small_talk(text, match, addressed=addressed, along=along):
        remark = replace(question, start=kind, text=text, along=along, files=files)
        return QuestionAsked(remark, Addressing.SIDE if addressed else Addressing.SMALL_TALK)
    question = with_text(replace(question, along=along, files=files), text)
    return QuestionAsked(question, _addressing(question, origin, mentioned=mentioned))


def _addressing(question: Question, origin: Origin, *, mentioned: bool) -> Addressing:
    if not (origin.is_direct or mentioned):
        # Also a misspelt processor: it is answered only where the thread is ours.
        return Addressing.THREAD_REPLY
    if question.start is not TurnKind.QUESTION:
        return Addressing.SIDE
    begins_thread = question.thread.ts == question.message
    return Addressing.ADDRESSED if mentioned or begins_thread else Addressing.DIRECT_REPLY


def _small_talk(
    text: str, match: KeywordMatch | None, *, addressed: bool, along: str
) -> TurnKind | None:
    """Return the kind of turn that answers a message without research; None for a question."""
    if match is None:
        return TurnKind.COMMAND if _COMMAND.match(text) else None
    is_greeting = match.keyword is Keyword.GREETING
    is_doubtful = match.doubtful and not (is_greeting and addressed)
    kind = TurnKind.DOUBTFUL if is_doubtful else _SMALL_TALK[match.keyword]
    if kind is TurnKind.HELP and is_greeting and not addressed:
        return TurnKind.THANKED  # they may well greet one another
    # "ok?" with a forward asks about it
    return None if kind in (TurnKind.THANKED, TurnKind.DOUBTFUL) and along else kind


def _is_for_somebody_else(raw: str) -> bool:
    """Whether a message that does not mention us is for the people or groups that it mentions.

    It is, unless it ends in a question to nobody in particular: "I'd take what <@U1> likes. Which
    is quietest?"
    """
    if _TO_SOMEBODY.match(raw):
        return True
    last = max(raw.rfind("<@"), raw.rfind("<!subteam^"))
    if last < 0:
        return bool(_TO_ALL.search(raw)) and not _LAST_QUESTION.search(raw)
    rest = raw[last + 2 :]  # without the mark, whose "!" ends no sentence
    asks = _LAST_QUESTION.search(rest)
    return not (asks and _SENTENCE_ENDS.search(rest[: asks.start()]))


def _keyword_of(text: str) -> KeywordMatch | None:
    """Return the keyword that a message consists of, also after the name of a processor."""
    prefix = PREFIX.match(text)
    is_processor = prefix and find_processor(normalize_dashes(prefix[1]))
    return match_keyword(text[prefix.end() :] if prefix and is_processor else text)


def _is_written_by_a_person(message: JSON, me: UserId) -> bool:
    return bool(
        message.get("subtype") in _WRITTEN
        and word(message, "user") not in ("", me, *_NOT_PEOPLE)
        and not message.get("bot_id")
        and not message.get("hidden")
    )
