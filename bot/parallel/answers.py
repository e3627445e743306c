"""Fetch the answer of an earlier turn again, for the evidence modal.

Parallel keeps the outputs of runs, we do not. The latest ones are cached, so that paging through
one answer's evidence fetches it once.
"""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.research import Answer
from bot.domain.thread import RunId
from bot.domain.turn import Turn
from bot.errors import Cause, Refused, Unavailable
from bot.ports import TaskRuns

CACHED = 8  # answers
WAIT = 1.0  # seconds for the result of a completed run


class AnswerCache:
    """`bot.ports.AnswerSource`, with the `CACHED` latest answers."""

    def __init__(self, task_runs: TaskRuns) -> None:
        self._task_runs = task_runs
        self._cache: OrderedDict[RunId, Answer] = OrderedDict()

    async def fetch(self, turn: Turn) -> Answer:
        """Return the answer of an answered turn, from Parallel.

        Raises:
            Refused: UNKNOWN_RUN, when there is no such run or it is gone; KEY.
            Unavailable: try later.
        """
        if turn.run is None:
            raise Refused(Cause.UNKNOWN_RUN, "nothing was researched")
        if turn.run not in self._cache:
            answer = await self._task_runs.result(turn.run, WAIT)
            if answer is None:
                raise Unavailable("the result is not ready")
            self._cache[turn.run] = answer
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(turn.run)
        return self._cache[turn.run]
