"""An answer in another channel: the form that shares it, and what is posted there. Pure.

What is posted stands outside of threads, with a link to the thread that it comes from, which opens
only for who may see that. A reply below it is none of ours, unless it mentions us.
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
from bot.slack import action_ids, markdown
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
from bot.slack.messages.answer_pieces import fitting_pieces, room_above
from bot.slack.messages.parts import MessagePart
from bot.slack.messages.source_list import source_list
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.payloads.fields import part, word
from bot.slack.text.escaping import clean
from bot.slack.text.escaping import mrkdwn as escaped
from bot.slack.text.links import link, permalink
from bot.slack.views.question_forms import FormErrors, OnAnswer
from bot.slack.wording import cut, one_line

JSON = dict[str, Any]

TITLE = "Share this answer"
SHARED = "answer:shared"  #: the name of the message among a turn's posts
LONGEST = 3_000  # characters of an answer; a longer one is summed up
LONGEST_COMMENT = 1_000  # characters
LONGEST_QUESTION = 200  # characters of a question that is shown
MOST_PLACES = 100  # options of a menu, as Slack allows
CHANNEL, COMMENT = "channel", "comment"  # the blocks, and what stands in them


def shared_answer(facts: TurnFacts, answer: Answer, workspace: str) -> MessagePart:
    """Put an answer into the one message that shows it in another channel.

    Args:
        facts: the turn that shares it; its question is the answered one.
        answer: untrusted.
        workspace: its address, such as ``https://example.slack.com/``.
    """
    question = facts.turn.question
    content = answer_markdown(answer)
    policy = citation_policy(answer, content)
    there = permalink(workspace, question.thread, question.message)
    words = one_line(question.text, LONGEST_QUESTION) or "a question"
    by = f"<@{question.asker}> shared an answer to “{escaped(words)}”"
    if question.comment:
        by += "\n" + "\n".join(f">{escaped(line)}" for line in question.comment.splitlines())
    is_long = len(content) > LONGEST
    whole = "The whole answer" if is_long else "Its thread"
    ends = f"{link(there, whole)} is in <#{question.thread.channel}>."
    ours = source_list(answer, policy)
    around: Blocks = [context(by), *ours.blocks, context(ends)]
    text = markdown.summary(content, LONGEST) if is_long else content
    room = room_above(around)
    piece = fitting_pieces(text, policy, room)[0]
    linked = markdown.with_mark_links(piece, policy, room)
    shown: Blocks = [context(by), markdown_block(linked), *ours.blocks]
    said = markdown.to_plain_text(piece, EDITED_TEXT, policy) or markdown.mrkdwn(piece)
    plain = "\n\n".join(filter(None, (by, said, ours.words, ends)))
    return MessagePart(SHARED, (Message(plain, [*shown, context(ends)]), Message(plain)))


# --- the form ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedAnswer(OnAnswer):
    """An answer, shared."""


@dataclass(frozen=True, slots=True)
class ShareSubmission:
    """The form as a person sent it."""

    about: SharedAnswer
    by: UserId
    to: ChannelId
    comment: str


def share_form(turn: Turn, places: Sequence[Place], about: SharedAnswer, sees: str = "") -> View:
    """Return the form.

    Args:
        turn: the answered one; its question is untrusted.
        places: the channels to choose from, at least one.
        about: the turn again, and the time.
        sees: who is in the chosen channel, in mrkdwn; "" while none is chosen.
    """
    words = one_line(turn.question.text, LONGEST_QUESTION)
    options = [option(channel_label(place), place.channel) for place in places[:MOST_PLACES]]
    menu = select(action_ids.SHARE_CHANNEL, "Choose a channel", options)
    comment = text_input(COMMENT, max_length=LONGEST_COMMENT, multiline=True)
    more = len(places) - MOST_PLACES
    listed = (
        f" Only the first {MOST_PLACES} of {len(places)} channels are listed." if more > 0 else ""
    )
    who = (
        "Everyone in that channel will see the question, the answer and its sources. The link to "
        f"this thread opens only for members of <#{turn.question.thread.channel}>. Replies in "
        "that channel aren't follow-ups unless they mention me."
    )
    hint = f"Channels that both you and I are in.{listed}"
    blocks = [
        context(f"The answer to:\n>{escaped(words)}"),
        input_block(CHANNEL, "Channel", menu, hint=hint, dispatch=True),
        *([context(sees)] if sees else []),
        input_block(COMMENT, "Comment", comment, optional=True),
        context(who),
    ]
    return form(action_ids.SHARE, TITLE, blocks, submit="Share", private_metadata=str(about))


def channel_label(place: Place) -> str:
    """Name a channel, and say whether only its members see it."""
    return f"#{cut(place.name, 60)}" + (" (private)" if place.is_private else "")


def audience(place: Place, members: int | None) -> str:
    """Say who sees what stands in a channel.

    Args:
        place: the channel.
        members: how many are in it, our own app among them; None when that is not known.
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
    """Read the body of a submission. Raises ValueError when it is none of ours."""
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
    return ShareSubmission(about, UserId(by), ChannelId(channel), comment[:LONGEST_COMMENT])


def channel_error(words: str) -> FormErrors:
    """Say under the channel why it cannot be shared there."""
    return FormErrors({CHANNEL: words})


def sharing_modal(place: Place) -> View:
    """Return the modal that says where the answer will stand."""
    words = f"The answer will appear in <#{place.channel}> in a moment."
    return modal(TITLE, [section(words)])
