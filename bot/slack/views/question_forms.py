"""The forms "Research this", on any message, and "Follow up", on any answer. Pure.

The ``private_metadata`` of a form names what it is about and the time it was opened. The id of its
question follows from these, so a form that is submitted twice asks once.
https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.domain.choosing import EVERY
from bot.domain.derived import RESEARCHED
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import MessageTs, ThreadKey, TurnId, UserId
from bot.domain.turn import Question
from bot.ports import Blocks, Message
from bot.slack import action_ids
from bot.slack.blockkit.blocks import Block, View, context, form, input_block, modal, section
from bot.slack.blockkit.elements import text_input
from bot.slack.messages.processor_menu import processor_menu
from bot.slack.messages.turn_lines import unread_files
from bot.slack.payloads.fields import part, timestamp, word
from bot.slack.text.escaping import clean, escape_mrkdwn
from bot.slack.wording import cut, one_line

JSON = dict[str, Any]

LONGEST_QUESTION = 3_000  # characters, which Slack allows in an input
CARRIED = 2_000  # characters of the message; Slack allows 3,000 of ``private_metadata``
QUESTION, _PROCESSOR = "question", "processor"  # ids of the blocks and of their elements


# --- what a form is about ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Research:
    """The message that "Research this" is about, its beginning, and when the form was opened."""

    thread: ThreadKey
    message: MessageTs
    at: MessageTs
    text: str = ""

    def __str__(self) -> str:
        return f"{self.thread} {self.message} {self.at} {self.text}"


@dataclass(frozen=True, slots=True)
class OnAnswer:
    """The answered turn that a form is about, and when it was opened."""

    turn: TurnId
    at: MessageTs

    def __str__(self) -> str:
        return f"{self.turn} {self.at}"

    @classmethod
    def parse(cls, metadata: str) -> Self:
        """Parse what `str` returns. Raises ValueError for anything else."""
        turn, _, at = metadata.partition(" ")
        if not turn:
            raise ValueError("no form of ours: it names no turn")
        return cls(TurnId(turn), _ts(at))


@dataclass(frozen=True, slots=True)
class Branch(OnAnswer):
    """A follow-up on any answer of a thread."""


# --- the forms --------------------------------------------------------------------------


def research_form(
    text: str,
    chosen: Processor,
    about: Research,
    me: UserId,
    *,
    files: Sequence[str] = (),
    offered: Collection[str] = EVERY,
) -> View:
    """Return the form for a question about a message.

    Args:
        text: the message in plain words; untrusted.
        chosen: the processor in force.
        about: the message.
        me: the bot's user id.
        files: the names of the message's files; untrusted.
        offered: the names of the processors on offer, with the one in force.
    """
    text = clean(text).strip()
    beginning = f" (up to {CARRIED:,} characters of it)" if len(text) > CARRIED else ""
    where = (
        f"I'll include this message{beginning} as context and reply in its thread, where everyone "
        f"can see it. If I'm not in the channel yet, write `/invite` <@{me}> there first."
    )
    unread = [context(f"{unread_files(files)}. Paste their text to include it.")] if files else []
    return _form(
        action_ids.RESEARCH,
        "Research this",
        blocks=[_input(text, "Your question"), _menu(chosen, offered), *unread, context(where)],
        metadata=str(replace(about, text=text[:CARRIED])),
    )


def branch_form(
    words: str, chosen: Processor, about: Branch, offered: Collection[str] = EVERY
) -> View:
    """Return the form for a question that continues any answer of a thread.

    Args:
        words: the answered question; untrusted.
        chosen: the processor in force.
        about: the answered turn.
        offered: the names of the processors on offer, with the one in force.
    """
    shown = escape_mrkdwn(one_line(words, 200))
    follows = f"Following up on the answer to:\n>{shown}"
    return _form(
        action_ids.BRANCH,
        "Follow up",
        blocks=[context(follows), _input("", "Your question"), _menu(chosen, offered)],
        metadata=str(about),
    )


def note_modal(words: str) -> View:
    """Return a modal with one sentence of ours in mrkdwn, where no message can be posted."""
    return modal("Threadline", [section(words)])


def not_opened() -> Message:
    """Say that Slack did not open a modal: it allows 3 s after a press."""
    return Message("Sorry, that took too long for Slack to open a window. Try again.")


def _form(callback_id: str, title: str, blocks: Blocks, metadata: str) -> View:
    return form(callback_id, title, blocks, submit="Research", private_metadata=metadata)


def _input(text: str, label: str) -> Block:
    element = text_input(
        QUESTION,
        max_length=LONGEST_QUESTION,
        multiline=True,
        focus=True,
        initial_value=cut(clean(text).strip(), LONGEST_QUESTION),
    )
    return input_block(QUESTION, label, element)


def _menu(chosen: Processor, offered: Collection[str]) -> Block:
    hint = "The price of a run and how long it usually takes."
    menu = processor_menu(_PROCESSOR, chosen.name, offered=offered)
    return input_block(_PROCESSOR, "Processor", menu, hint=hint)


# --- what was sent ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuestionSubmission:
    """A submitted form."""

    about: Research | Branch
    asker: UserId
    text: str
    processor: str


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Why a form cannot be accepted, in words, by the id of the block."""

    complaints: dict[str, str]


def parse_submission(body: JSON) -> QuestionSubmission | FormErrors:
    """Parse the body of a ``view_submission``.

    Raises:
        ValueError: it is not one of these forms.
    """
    view = part(body, "view")
    values = part(part(view, "state"), "values")
    text = word(_value(values, QUESTION), "value").strip()
    processor = word(part(_value(values, _PROCESSOR), "selected_option"), "value")
    about = _about(word(view, "callback_id"), word(view, "private_metadata"))
    if not text:
        return question_error("Please enter a question.")
    if processor not in PROCESSORS:
        return processor_error("That processor is no longer available. Please choose another.")
    return QuestionSubmission(
        about=about, asker=UserId(word(part(body, "user"), "id")), text=text, processor=processor
    )


def question_error(words: str) -> FormErrors:
    """Say below the question why it cannot be accepted; the form stays open."""
    return FormErrors({QUESTION: words})


def processor_error(words: str) -> FormErrors:
    """Say the same below the processor."""
    return FormErrors({_PROCESSOR: words})


def not_in_channel() -> FormErrors:
    """Say that the bot is not in the channel of the message."""
    return question_error(
        "I'm not in that conversation, so I can't answer there. In a channel, /invite me and try "
        "again. For a direct message, message me directly."
    )


def research_question(sent: QuestionSubmission, about: Research) -> Question:
    """Return the question of a "Research this" form, with its message as context."""
    is_in_it = " ".join(about.text.split()) in " ".join(sent.text.split())
    return Question(
        thread=about.thread,
        message=about.message,
        asker=sent.asker,
        text=sent.text,
        processor=sent.processor,
        direct=about.thread.channel.startswith("D"),
        press=f"{RESEARCHED}-{about.at}",
        at=about.at,
        along="" if is_in_it else about.text,
    )


def branch_question(sent: QuestionSubmission, branched: Question) -> Question:
    """Return the question of a branch on the processor of its form."""
    return replace(branched, processor=sent.processor)


def _about(callback_id: str, metadata: str) -> Research | Branch:
    match callback_id, metadata.split(" ", 3):
        case (action_ids.RESEARCH, [thread, message, at, *text]):
            key = ThreadKey.parse(thread)
            return Research(thread=key, message=_ts(message), at=_ts(at), text="".join(text))
        case (action_ids.BRANCH, _):
            return Branch.parse(metadata)
    raise ValueError(f"no form of ours: {callback_id}")


def _ts(text: str) -> MessageTs:
    found = timestamp(text)
    if not found:
        raise ValueError("no form of ours: a time is missing")
    return found


def _value(values: JSON, name: str) -> JSON:
    return part(part(values, name), name)
