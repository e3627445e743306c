"""The words of a message: its text, blocks and attachments, and what was sent along. Pure.

People's words are in `text`. Apps put theirs into blocks or attachments, and their `text` is empty,
a placeholder of Slack's, or a shorter form for notifications; all of it is read, and repetitions
are left out. Forwarded messages and pasted tables are in attachments, too. The preview of a link is
Slack's, and nobody's words.

What has another form than expected is left out. Time is linear in the size of a message.

Sources: https://docs.slack.dev/reference/block-kit/blocks and
https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments. The form of
forwarded messages, previews of messages and pasted tables is not documented; see the recorded
payloads that `bot.playground.slack.state.shares` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot.domain.unicode import replace_lone_surrogates
from bot.slack.payloads.block_words import is_table, plain, shown, with_mentions_as_text
from bot.slack.payloads.fields import items

LONGEST_WORDS = 20_000  # characters of one message that are read
MOST_FILES = 10  # of one message that are named
LONGEST_NAME = 80  # characters of a file's name
FORWARDED = "Forwarded message:"

#: The subtypes of messages with words; others are joins, changes of topic, reminders and the like.
#: https://docs.slack.dev/reference/events/message
_WITH_WORDS = (None, "bot_message", "file_share", "me_message", "thread_broadcast")
_PREVIEW = (
    *("is_msg_unfurl", "is_reply_unfurl", "is_thread_root_unfurl", "is_app_unfurl"),
    *("app_unfurl_url", "original_url", "from_url"),
)
#: The date and author in front of a forwarded message's words in its fallback.
_DATE_AND_AUTHOR = re.compile(r"^\[[^\[\]\n]{1,60}\] [^:\n]{1,100}:(?: |$)")

_WORD = re.compile(r"\w+")
_FEW_WORDS = 10  # fewer count as repeated only in the same order


# --- messages ---------------------------------------------------------------------------


def words_of(message: Any) -> str:
    """Return all that a reader sees of a message, in plain words; "" for a join and the like.

    Args:
        message: anybody's, as Slack gives it; untrusted.
    """
    if not isinstance(message, dict) or message.get("subtype") not in _WITH_WORDS:
        return ""
    text = plain(message.get("text"))
    if not message.get("bot_id") and message.get("subtype") != "bot_message":
        along = (f"{FORWARDED} {words}" for words in _forwarded(message))
        pieces = [text or words_in_blocks(message), *along, *_pasted(message)]
        return "\n".join(filter(None, pieces))[:LONGEST_WORDS]
    attached = [each for each in _attachments(message) if not _is_preview(each)]
    pieces = [text, shown(message.get("blocks")), _attached(attached)]
    words = "\n".join(_unrepeated(pieces)) or _attached(_attachments(message))
    return words[:LONGEST_WORDS]


def words_in_blocks(message: dict[Any, Any]) -> str:
    """Return the words of a person's message that are in its blocks, without pasted tables."""
    return shown(_blocks(message))


def raw_words_in_blocks(message: dict[Any, Any]) -> str:
    """Return the same words with mentions in the form that they have in `text`."""
    return shown(with_mentions_as_text(_blocks(message)))


def _blocks(message: dict[Any, Any]) -> list[Any]:
    return [each for each in items(message.get("blocks")) if not is_table(each)]


def sent_along(message: Any) -> str:
    """Return the words of the messages forwarded with a person's message, and of pasted tables.

    Only an explicit forward counts (`is_share`). The preview of a linked message has
    `is_msg_unfurl`, as a forward has, but arrives later, if at all; its address is in the text.
    """
    if not isinstance(message, dict):
        return ""
    return "\n\n".join([*_forwarded(message), *_pasted(message)])[:LONGEST_WORDS]


def files_of(message: Any) -> tuple[str, ...]:
    """Return the names of the files of a message, and of those forwarded with it.

    A name that Slack leaves out is "": in shared channels it leaves out all of them.
    https://docs.slack.dev/reference/objects/file-object#slack_connect_files
    """
    if not isinstance(message, dict):
        return ()
    shared = [each for each in _attachments(message) if each.get("is_share")]
    holders = (message, *shared, *(m for each in shared for m in _messages(each)))
    files = [file for holder in holders for file in items(holder.get("files"))]
    existing = (f for f in files if isinstance(f, dict) and f.get("mode") != "tombstone")
    return tuple([_name(file) for file in existing][:MOST_FILES])


def _name(file: dict[Any, Any]) -> str:
    names = (file.get("name"), file.get("title"))
    found = next((name for name in names if isinstance(name, str) and name.strip()), "")
    return replace_lone_surrogates(" ".join(found[: 4 * LONGEST_NAME].split()))[:LONGEST_NAME]


def _forwarded(message: dict[Any, Any]) -> Iterator[str]:
    shared = (each for each in _attachments(message) if each.get("is_share"))
    yield from filter(None, map(_attachment, shared))


def _pasted(message: dict[Any, Any]) -> Iterator[str]:
    """Yield the words of pasted tables, which are not in `text`."""
    blocks = [each for each in items(message.get("blocks")) if is_table(each)]
    for each in _attachments(message):
        if not each.get("is_share") and not _is_preview(each):
            blocks += items(each.get("blocks"))
    if words := shown(blocks):
        yield words


def _unrepeated(pieces: list[str]) -> Iterator[str]:
    """Yield the pieces whose words no other piece has; of two equal ones the first.

    There are few pieces: each is compared with every other.
    """
    pieces = [piece for piece in pieces if piece]
    words = [_WORD.findall(piece.casefold()) or [piece] for piece in pieces]
    for number, (piece, mine) in enumerate(zip(pieces, words, strict=True)):
        before, after = words[:number], words[number + 1 :]
        others = [*before, *(other for other in after if not _repeats(other, mine))]
        if not any(_repeats(mine, other) for other in others):
            yield piece


def _repeats(words: list[str], other: list[str]) -> bool:
    """Whether other words contain these: in a row, or nine tenths of many."""
    if f" {' '.join(words)} " in f" {' '.join(other)} ":
        return True
    mine = set(words)
    return len(words) >= _FEW_WORDS and 10 * len(mine - set(other)) <= len(mine)


# --- attachments ------------------------------------------------------------------------


def _attachments(message: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    return (each for each in items(message.get("attachments")) if isinstance(each, dict))


def _is_preview(attachment: dict[Any, Any]) -> bool:
    return not attachment.get("is_share") and any(attachment.get(name) for name in _PREVIEW)


def _attached(attachments: Iterable[dict[Any, Any]]) -> str:
    return "\n".join(filter(None, map(_attachment, attachments)))


def _attachment(attachment: dict[Any, Any], depth: int = 0) -> str:
    """Return the words of a legacy attachment, or of a forwarded message.

    The author of a forwarded message is left out: people are not named to Parallel.
    """
    if depth > 2:
        return ""
    blocks = attachment.get("blocks") or list(_message_blocks(attachment.get("message_blocks")))
    messages = list(_messages(attachment))
    holders = (attachment, *messages)
    within = [a for holder in holders for a in _attachments(holder) if not _is_preview(a)]
    inside = "\n".join(filter(None, (plain(message.get("text")) for message in messages)))
    around = ("", "") if attachment.get("is_share") else ("author_name", "footer")
    author, footer = (plain(attachment.get(name)) for name in around)
    pieces = [
        plain(attachment.get("pretext")),
        author,
        _title(attachment),
        *_unrepeated([plain(attachment.get("text")), inside, shown(blocks)]),
        *(_field(each) for each in items(attachment.get("fields")) if isinstance(each, dict)),
        *(_attachment(each, depth + 1) for each in within),
        footer,
    ]
    if words := "\n".join(filter(None, pieces)):
        return words
    fallback = attachment.get("fallback")
    if isinstance(fallback, str) and attachment.get("is_share"):
        fallback = _DATE_AND_AUTHOR.sub("", fallback, count=1)
    return plain(fallback)


def _title(attachment: dict[Any, Any]) -> str:
    title, link = plain(attachment.get("title")), plain(attachment.get("title_link"))
    return f"{title} ({link})" if title and link and link not in title else title


def _field(field: dict[Any, Any]) -> str:
    return ": ".join(filter(None, (plain(field.get("title")), plain(field.get("value")))))


def _messages(attachment: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    """Yield the messages in a forward."""
    for each in items(attachment.get("message_blocks")):
        if isinstance(each, dict) and isinstance(each.get("message"), dict):
            yield each["message"]


def _message_blocks(value: Any) -> Iterator[Any]:
    """Yield the blocks of the messages in a forward or a preview."""
    for each in items(value):
        if isinstance(each, dict):
            inside = each.get("message")
            yield from items(inside.get("blocks")) if isinstance(inside, dict) else [each]
