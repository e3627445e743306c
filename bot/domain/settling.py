"""What becomes of a turn's reservation when the turn is finished. Pure."""

from __future__ import annotations

from bot.domain.budgets import Settlement
from bot.domain.processors import is_chat
from bot.domain.research import RunStatus
from bot.domain.turn import EndingKind, Turn

#: Endings after which the run goes on at Parallel.
_GOES_ON = frozenset(
    (
        EndingKind.STOPPED,
        EndingKind.WITHDRAWN,
        EndingKind.BROKEN,
        EndingKind.REFUSED,
        EndingKind.TOO_LATE,
    )
)
_NOT_BILLED = frozenset((EndingKind.FAILED, EndingKind.CANCELLED))


def settlement_of(turn: Turn, *, failed_runs_count: bool) -> Settlement:
    """Say what becomes of the price that a turn holds.

    Args:
        turn: with its ending.
        failed_runs_count: whether failed and cancelled runs count as spent.
    """
    kind = turn.ending.kind if turn.ending else EndingKind.BROKEN
    if turn.started_at is None:
        return Settlement.SPEND if _may_be_paid(turn, kind) else Settlement.RETURN
    if kind in _NOT_BILLED:
        return Settlement.SPEND if failed_runs_count else Settlement.FAIL
    if kind in _GOES_ON and turn.run and not is_chat(turn.processor):
        return Settlement.KEEP
    return Settlement.SPEND


def settlement_of_run(status: RunStatus, *, failed_runs_count: bool) -> Settlement:
    """Say the same of a run that went on after its turn, by its status."""
    if not status.is_over:
        return Settlement.KEEP
    if status is RunStatus.COMPLETED or failed_runs_count:
        return Settlement.SPEND
    return Settlement.FAIL


def _may_be_paid(turn: Turn, kind: EndingKind) -> bool:
    """Whether a turn without a run that is known of may have caused one, which counts as spent."""
    if kind in (EndingKind.UNCERTAIN, EndingKind.CUT_OFF):
        return True
    if turn.starting_at is None or kind is EndingKind.REFUSED:  # a refusal has started nothing
        return False
    return kind is EndingKind.BROKEN or (is_chat(turn.processor) and kind in _GOES_ON)
