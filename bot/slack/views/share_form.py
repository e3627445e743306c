"""Sharing an answer with another channel: the form, and the message posted there. Pure.

The message is posted outside of threads, with a link to the original thread, which opens only for
members of that channel. The bot does not answer replies below it, unless they mention it.
https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.research import Answer
from bot.domain.thread import ChannelId, UserId
from bot.domain.turn import Turn
from bot.ports import Blocks, Message, Place
from bot.slack import action_ids
from bot.slack.blockkit.blocks import (
    View,
    context,
    form,
    input_block,
    markdown_block,
    modal,
    section,
)
from bot.slack.blockkit.elements import option, select, text_input
from bot.slack.citations.verification import citation_policy
from bot.slack.limits import EDITED_TEXT
from bot.slack.markdown.answer_markdown import answer_markdown
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.splitter import with_mark_links
from bot.slack.markdown.summary import summary
from bot.slack.messages.answer_pieces import fitting_pieces, room_above
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.source_list import source_list
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.payloads.fields import part, word
from bot.slack.text.escaping import clean, escape_mrkdwn
from bot.slack.text.links import mrkdwn_link, permalink
from bot.slack.views.question_forms import FormErrors, OnAnswer
from bot.slack.wording import LONGEST_QUOTE, channel_words, cut, cut_mrkdwn, one_line, quoted

JSON = dict[str, Any]

TITLE = "Share this answer"
SHARED = "answer:shared"  #: its message's name in `Turn.posts`
LONGEST = 3_000  # characters of an answer; a longer one is summarized
LONGEST_COMMENT = 1_000  # characters
LONGEST_QUESTION = 200  # characters
MOST_PLACES = 100  # options, which Slack allows in a menu
CHANNEL, COMMENT = "channel", "comment"  # ids of the blocks


def shared_answer(facts: TurnFacts, answer: Answer, workspace: str) -> MessagePart:
    """Return the one message that shows an answer in another channel.

    Args:
        facts: the turn that shares it, with the answered question.
        answer: untrusted.
        workspace: the workspace's address, such as ``https://example.slack.com/``.
    """
    question = facts.turn.question
    content = answer_markdown(answer)
    policy = citation_policy(answer, content)
    there = permalink(workspace, question.thread, question.message)
    words = quoted(question.text or "a question", LONGEST_QUESTION)
    by = f"<@{question.asker}> shared an answer to {words}"
    if question.comment:
        lines = (f">{escape_mrkdwn(line)}" for line in question.comment.splitlines())
        by = cut_mrkdwn("\n".join([by, *lines]), LONGEST_QUOTE)
    where = f"is in {channel_words(question.thread.channel)}."
    ends = f"{mrkdwn_link(there, 'The whole answer')} {where}"
    ours = source_list(answer, policy)
    room = room_above([context(by), *ours.blocks, context(ends)])
    is_long = len(content) > LONGEST
    text = summary(content, LONGEST) if is_long else content
    piece, *others = fitting_pieces(text, policy, room)
    if not (is_long or others):
        ends = f"{mrkdwn_link(there, 'Its thread')} {where}"
    linked = with_mark_links(piece, policy, room)
    shown: Blocks = [context(by), markdown_block(linked), *ours.blocks]
    text = to_plain_text(piece, EDITED_TEXT, policy) or escape_mrkdwn(piece)
    plain = "\n\n".join(filter(None, (by, text, ours.words, ends)))
    return MessagePart(SHARED, (Message(plain, [*shown, context(ends)]), Message(plain)))


# --- the form ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedAnswer(OnAnswer):
    """An answer to share."""


@dataclass(frozen=True, slots=True)
class ShareSubmission:
    """The submitted form."""

    about: SharedAnswer
    by: UserId
    to: ChannelId
    comment: str


def share_form(turn: Turn, places: Sequence[Place], about: SharedAnswer, sees: str = "") -> View:
    """Return the form that shares an answer.

    Args:
        turn: the answered turn; its question is untrusted.
        places: the channels to choose from, at least one.
        about: the turn, and the time the form is opened.
        sees: who can see the chosen channel, in mrkdwn; "" while none is chosen.
    """
    words = one_line(turn.question.text, LONGEST_QUESTION)
    options = [option(channel_label(place), place.channel) for place in places[:MOST_PLACES]]
    menu = select(action_ids.SHARE_CHANNEL, "Choose a channel", options)
    comment = text_input(COMMENT, max_length=LONGEST_COMMENT, multiline=True)
    more = len(places) - MOST_PLACES
    listed = (
        f" Only the first {MOST_PLACES} of {len(places)} channels are listed." if more > 0 else ""
    )
    here = turn.question.thread.channel
    readers = "you" if turn.question.direct else f"members of {channel_words(here)}"
    who = (
        "Everyone in that channel will see the question, the answer and its sources. The link to "
        f"this thread opens only for {readers}. Replies in that channel aren't follow-ups unless "
        "they mention me."
    )
    hint = f"Channels that both you and I are in.{listed}"
    blocks = [
        context(f"The answer to:\n>{escape_mrkdwn(words)}"),
        input_block(CHANNEL, "Channel", menu, hint=hint, dispatch=True),
        *([context(sees)] if sees else []),
        input_block(COMMENT, "Comment", comment, optional=True),
        context(who),
    ]
    return form(action_ids.SHARE, TITLE, blocks, submit="Share", private_metadata=str(about))


def channel_label(place: Place) -> str:
    """Return the name of a channel, with a note if it is private."""
    return f"#{cut(place.name, 60)}" + (" (private)" if place.is_private else "")


def audience(place: Place, members: int | None) -> str:
    """Say in mrkdwn who can see the messages of a channel.

    Args:
        place: the channel.
        members: the number of its members, with our own app; None if unknown.
    """
    if members is None:
        number = "Its members"
    else:
        people = members - 1
        number = "1 person" if people == 1 else f"{people:,} people"
    if place.is_private:
        return f":lock: {number} can see it in <#{place.channel}>, a private channel."
    return (
        f":eyes: {number} can see it in <#{place.channel}>, and anyone in the workspace can join "
        "that channel."
    )


def parse_share_submission(body: JSON) -> ShareSubmission | FormErrors:
    """Parse the body of a ``view_submission``. Raises ValueError if it names no turn."""
    view = part(body, "view")
    values = part(part(view, "state"), "values")

    def value(block: str, action_id: str) -> JSON:
        return part(part(values, block), action_id)

    about = SharedAnswer.parse(word(view, "private_metadata"))
    channel = word(part(value(CHANNEL, action_ids.SHARE_CHANNEL), "selected_option"), "value")
    comment = clean(word(value(COMMENT, COMMENT), "value")).strip()
    by = word(part(body, "user"), "id")
    if not channel:
        return channel_error("Please choose a channel.")
    return ShareSubmission(
        about=about, by=UserId(by), to=ChannelId(channel), comment=comment[:LONGEST_COMMENT]
    )


def channel_error(words: str) -> FormErrors:
    """Say below the channel why the answer cannot be shared there."""
    return FormErrors({CHANNEL: words})


def sharing_modal(place: Place) -> View:
    """Return the modal that says where the answer will appear."""
    words = f"The answer will appear in <#{place.channel}> in a moment."
    return modal(TITLE, [section(words)])
