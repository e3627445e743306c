"""Takes a question: judges its asker, puts it into the mailbox, and says what becomes of it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import naming
from bot.domain.prompt import truncated
from bot.domain.turn import Question, TurnKind
from bot.ports import Acceptance, Addressing, HandlerContext
from bot.slack.payloads.progress_questions import asks_progress
from handlers import unconfirmed
from handlers.admission import admits
from handlers.overflow import put_or_tell


async def accept(
    context: HandlerContext, question: Question, addressing: Addressing, *, shared: bool
) -> None:
    """Put a question into the mailbox; in a dormant thread, the note that offers to continue.

    What only answers a price is no question: see `unconfirmed.answer`.
    Slack tells of a mention in two events, which arrive together: one of them does it for both.

    Args:
        context: has the mailbox and the gate.
        question: what a message asks.
        addressing: how it is meant for us.
        shared: the event says that the channel is shared with another company.

    Raises:
        Unavailable: it may not have been taken; the event is delivered again.
    """
    await context.accepting.run(
        (question, addressing, shared),
        lambda: _accept(context, question, addressing, shared=shared),
    )


async def _accept(
    context: HandlerContext, question: Question, addressing: Addressing, *, shared: bool
) -> None:
    if await unconfirmed.answer(context, question, addressing):
        return
    if await _asks_progress(context, question):
        question = replace(question, start=TurnKind.STATUS)
        is_reply = addressing is Addressing.THREAD_REPLY
        addressing = Addressing.SMALL_TALK if is_reply else Addressing.SIDE
    if not await admits(context, question, addressing, shared=shared):
        return
    accepted = await put_or_tell(context, question, addressing)
    if accepted is Acceptance.DORMANT:
        note = replace(truncated(question), start=TurnKind.DORMANT, press="asleep")
        await context.mailbox.put(note, Addressing.SIDE)


async def _asks_progress(context: HandlerContext, question: Question) -> bool:
    """Whether it only asks how far the run is that is at work in its thread."""
    is_plain = naming.is_asked_by_message(question) or question.press.startswith(naming.EDITED)
    return (
        is_plain
        and asks_progress(question)
        and await context.mailbox.at_work(question.thread) is not None
    )
