"""What becomes of a question where too many wait in its thread already."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.prompt import truncated
from bot.domain.turn import Question, TurnKind
from bot.ports import Acceptance, Addressing, HandlerContext

#: The question was not taken.
NOT_TAKEN = (Acceptance.FULL, Acceptance.STILL_FULL)


async def put_or_tell(
    context: HandlerContext, question: Question, addressing: Addressing
) -> Acceptance:
    """Put a question into the mailbox. Where it is not taken, the thread is told.

    Once a person, until a question of theirs is taken again. Raises Unavailable.
    """
    accepted = await context.mailbox.put(question, addressing)
    if accepted is Acceptance.FULL:
        note = replace(truncated(question), start=TurnKind.FULL, press=f"full{question.press}")
        await context.mailbox.put(note, Addressing.SIDE)
    return accepted
