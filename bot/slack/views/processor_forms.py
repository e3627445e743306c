"""The forms that choose a processor: for a re-run of a question, and for a thread. Pure.

The ``private_metadata`` of a form names what it is about. The id of a re-run follows from its turn,
its processor and the time its form was opened, so a form that is submitted twice pays once.
https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bot.domain.choosing import EVERY
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import ThreadKey, UserId
from bot.domain.turn import Turn
from bot.slack import action_ids
from bot.slack.blockkit.blocks import View, context, form, input_block
from bot.slack.messages.processor_menu import processor_menu
from bot.slack.payloads.fields import part, timestamp, word
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.views.question_forms import OnAnswer
from bot.slack.wording import one_line, place_name, price_difference

JSON = dict[str, Any]

MENU = "processor"  #: id of the block and of the menu in it
NO_SUCH = "That processor is no longer available. Please choose another."
UNREADABLE = "Sorry, I can't tell what this was about. Close it and open it again."


@dataclass(frozen=True, slots=True)
class Rerun(OnAnswer):
    """A re-run of an answered question."""


@dataclass(frozen=True, slots=True)
class ProcessorSubmission:
    """A submitted form: what it is about, by whom, and the chosen processor.

    `processor` is None if the setting is to be cleared.
    """

    about: Rerun | ThreadKey
    by: UserId
    processor: str | None


class InvalidSubmission(ValueError):
    """A form cannot be accepted; the message says why, for the person."""


# --- the forms --------------------------------------------------------------------------


def rerun_form(turn: Turn, now: Processor, about: Rerun, offered: Collection[str] = EVERY) -> View:
    """Return the form for a re-run on another processor; none is preselected.

    Args:
        turn: the answered turn; its question is untrusted.
        now: the processor that answered it.
        about: the turn, and the time the form is opened.
        offered: the names of the processors on offer, one of which at least is another one.
    """
    words = escape_mrkdwn(one_line(turn.question.text, 200))

    def label(other: Processor) -> str:
        return f"{other.label} · {price_difference(other.price - now.price)} · {_speed(other)}"

    hint = (
        f"How a run's price differs from {now.label}, which costs {now.price_words}, and how long "
        "a run usually takes."
    )
    cost = (
        f"*Re-run* starts a new paid run. The current answer cost {now.price_words} and stays in "
        "the thread. Later replies continue the new answer. To continue this one, press *Follow "
        "up* under it."
    )
    if turn.run is None and not now.is_chat:
        cost = "*Re-run* starts a new paid run. The answer comes in the thread."
    choices = processor_menu(MENU, None, label=label, but=now, offered=offered)
    blocks = [
        context(f"Same question:\n>{words}"),
        input_block(MENU, "Processor", choices, hint=hint),
        context(cost),
    ]
    return form(
        action_ids.RERUN, "Re-run with…", blocks, submit="Re-run", private_metadata=str(about)
    )


def thread_form(chosen: str | None, thread: ThreadKey, offered: Collection[str] = EVERY) -> View:
    """Return the form that sets the processor of a thread.

    Args:
        chosen: the name of its processor; None or an unknown name for no setting.
        thread: which thread.
        offered: the names of the processors on offer.
    """
    inherit = f"Use my or the {place_name(thread.channel)}'s default"
    choices = processor_menu(MENU, chosen, inherit=inherit, offered=offered)
    hint = (
        "Used for everyone's follow-ups in this thread, with the price of one run and its usual "
        "time. Start a message with !quick, !standard, !deep or !exhaustive to use that level once."
    )
    return form(
        action_ids.THREAD_PROCESSOR,
        "Processor for a thread",
        [input_block(MENU, "Processor", choices, hint=hint)],
        submit="Save",
        private_metadata=str(thread),
    )


def _speed(processor: Processor) -> str:
    return f"{processor.usual_time}, no sources" if processor.is_chat else processor.usual_time


# --- what was sent ----------------------------------------------------------------------


def parse_processor_submission(body: JSON) -> ProcessorSubmission:
    """Parse the body of a ``view_submission`` of these forms.

    Raises:
        Unreadable: its turn or thread, its person or its processor is missing or unknown.
    """
    view = part(body, "view")
    about = _about(word(view, "callback_id"), word(view, "private_metadata"))
    by = word(part(body, "user"), "id")
    if about is None or not by:
        raise InvalidSubmission(UNREADABLE)
    values = part(part(view, "state"), "values")
    name = word(part(part(part(values, MENU), MENU), "selected_option"), "value")
    if name == action_ids.INHERIT and isinstance(about, ThreadKey):
        return ProcessorSubmission(about, UserId(by), None)
    if name not in PROCESSORS:
        raise InvalidSubmission(NO_SUCH if name else "Please choose a processor.")
    return ProcessorSubmission(about, UserId(by), name)


def _about(callback_id: str, metadata: str) -> Rerun | ThreadKey | None:
    try:
        if callback_id == action_ids.RERUN:
            return Rerun.parse(metadata)
        thread = ThreadKey.parse(metadata)
    except ValueError:
        return None
    return thread if thread.team and thread.channel and timestamp(thread.ts) else None
