"""Looks answers up again, for who wants to see what they rest on.

Parallel keeps the outputs of runs; we keep none of them. The last few are remembered, so that
turning the pages of one answer's evidence asks once.
"""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.research import Answer
from bot.domain.thread import RunId
from bot.domain.turn import Turn
from bot.errors import Cause, Refused, Unavailable
from bot.ports import TaskRuns

REMEMBERED = 8  # answers
WAIT = 1.0  # seconds for the result of a run that has completed


class AnswerCache:
    """`bot.ports.Answers`."""

    def __init__(self, research: TaskRuns) -> None:
        self._research = research
        self._known: OrderedDict[RunId, Answer] = OrderedDict()

    async def fetch(self, turn: Turn) -> Answer:
        """Return the answer of an answered turn, from Parallel.

        Raises:
            Refused: UNKNOWN_RUN: there is none, or not any more; KEY.
            Unavailable: not now.
        """
        if turn.run is None:
            raise Refused(Cause.UNKNOWN_RUN, "nothing was researched")
        if turn.run not in self._known:
            answer = await self._research.result(turn.run, WAIT)
            if answer is None:
                raise Unavailable("the result is not ready")
            self._known[turn.run] = answer
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(turn.run)
        return self._known[turn.run]
