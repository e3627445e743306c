"""The turn that an action is about, and the turn that it asks for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from bot.domain import confirmation, derived, naming
from bot.domain.processors import PROCESSORS, is_chat
from bot.domain.thread import MessageTs, TurnId
from bot.domain.turn import EndingKind, Question, Turn
from bot.ports import Acceptance, Addressing, HandlerContext, Message
from bot.slack import action_ids
from bot.slack.messages import ephemeral, processor_picker
from bot.slack.payloads.interactivity import Action
from handlers.offers import offered_in, require_offered
from handlers.overflow import NOT_TAKEN
from handlers.rejection import Rejected
from handlers.rereading import as_edited_now

# --- what an action is about ------------------------------------------------------------


async def turn_of(context: HandlerContext, action: Action) -> Turn:
    """Return the turn that an action is about.

    Raises:
        Rejected: it is forgotten, or not of this channel; in a view, not the person's own.
    """
    turn = await context.mailbox.turn(action.turn) if action.turn else None
    if turn is None or (action.view and turn.question.asker != action.user):
        raise Rejected(ephemeral.too_old())
    return turn


async def answered_turn_of(context: HandlerContext, action: Action) -> Turn:
    """Return the answered turn that an action is about. Raises Rejected when there is none."""
    turn = await turn_of(context, action)
    is_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    if not is_answered or not (turn.run or is_chat(turn.processor)):
        raise Rejected(ephemeral.too_old())
    return turn


async def researched_turn_of(context: HandlerContext, action: Action) -> Turn:
    """Return the answered turn that an action is about, if it had a run. Raises Rejected."""
    turn = await answered_turn_of(context, action)
    if turn.run is None:
        raise Rejected(ephemeral.too_old())
    return turn


async def require_unchanged(context: HandlerContext, turn: Turn) -> None:
    """Refuse to start a question whose message was changed since, or stopped. Raises Rejected.

    An edit after the turn had ended without a run is asked by itself.
    """
    if derived.is_own(turn):
        turn = await as_edited_now(context, turn)
    if turn.signals.is_cancelled or turn.signals.edited:
        raise Rejected(ephemeral.declined())


def action_time(action: Action) -> MessageTs:
    """Return the time that names an action. Raises Rejected when Slack gave none."""
    if not action.when:
        raise Rejected(ephemeral.unknown_place())
    return action.when


async def chosen_processor(context: HandlerContext, action: Action, name: str) -> str | None:
    """Return the processor chosen; None to take the choice back.

    Raises:
        Rejected: there is no such processor, or it is not on offer where it was chosen.
    """
    if name == action_ids.INHERIT:
        return None
    offered = await offered_in(context, action.channel)
    if name not in PROCESSORS:
        raise Rejected(processor_picker.unknown_processor(name, offered))
    require_offered(context, name, offered)
    return name


# --- what an action asks ----------------------------------------------------------------


async def ask(
    context: HandlerContext, question: Question, addressing: Addressing = Addressing.ADDRESSED
) -> Message | None:
    """Ask a question; return what became of it when an earlier action has asked it already."""
    accepted = await context.mailbox.put(question, addressing)
    if accepted is Acceptance.DUPLICATE:
        return await known(context, naming.turn_id(question))
    return ephemeral.thread_is_full() if accepted in NOT_TAKEN else None


async def ask_again(
    context: HandlerContext,
    question_of: Callable[[MessageTs, int], Question],
    at: MessageTs,
    *,
    from_form: bool = False,
) -> None:
    """Ask an earlier question on the processor that was chosen, once.

    When it ended without an answer there, it is asked once more.

    Args:
        context: has the mailbox.
        question_of: returns the question, by the time it was asked for and the number of the
            attempt on that processor, from 1.
        at: the time it was asked for.
        from_form: a form opened at that time asks: sent twice it asks once, whatever the ending.

    Raises:
        Rejected: it is asked there already, or too many wait in the thread.
    """
    for attempt in count(1):
        question = question_of(at, attempt)
        accepted = await context.mailbox.put(question, Addressing.ADDRESSED)
        if accepted in NOT_TAKEN:
            raise Rejected(ephemeral.thread_is_full())
        if accepted is not Acceptance.DUPLICATE:
            return
        before = await context.mailbox.turn(naming.turn_id(question))
        if from_form and before and before.question.at == at:
            return
        if before is None or not is_unanswered(before):
            raise Rejected(await known(context, naming.turn_id(question)))


async def known(context: HandlerContext, turn: TurnId) -> Message:
    """Say whether a turn that an earlier action asked for is in progress or has ended."""
    before = await context.mailbox.turn(turn)
    if before is not None and confirmation.was_not_granted(before):
        return ephemeral.not_granted()
    in_progress = before is not None and before.ending is None
    return ephemeral.already_started() if in_progress else ephemeral.already_finished()


def is_unanswered(turn: Turn) -> bool:
    """Whether a turn has ended without an answer."""
    return turn.ending is not None and turn.ending.kind is not EndingKind.ANSWERED
