"""Errands beside and after the walk of a turn: the ⏳ mark, and the receipt.

An errand is an entry of the same stream that gives out the threads, so it outlives every process
and is run by whoever is alive. Each may be run twice without harm.

*Marks* are made at once. *Receipts* change a status that says "researching" once the turn is done.
They are not part of the walk, because Slack allows 50 edits a minute in all: a walk that waited for
its place among them would keep its thread from the next question, and thousands of them would fill
the process. A few clerks take the receipts one after the other, so that no more than that many
places in the line are waited for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import lifecycle
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Budget, Chore, Conversation, Deliveries, Errand, Record, Token
from bot.slack.messages import STATUS, receipt, telling

log = logging.getLogger(__name__)

CLERKS = 4  # receipts under way at once
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two tries of an errand
TRIED_FOR = 24 * 3600.0  # seconds after its turn's end that a receipt is tried
LONGEST_IN_LINE = 130.0  # seconds, also should Redis's clock jump; then Slack itself may say more


@dataclass(frozen=True, slots=True)
class Desk:
    """What errands are run with. `clock` tells seconds since 1970."""

    record: Record
    conversation: Conversation
    budget: Budget
    deliveries: Deliveries
    default_processor: str
    clock: Callable[[], float]


class Chores:
    """Runs the errands that this replica was given."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        #: How often each errand was tried; an errand that is not here is not ours.
        self._tries: dict[Token, int] = {}
        self._marking: set[asyncio.Task[None]] = set()
        self._receipts: asyncio.Queue[Chore] = asyncio.Queue()
        self._clerks: list[asyncio.Task[None]] = []
        self._stopped = False

    def __contains__(self, token: object) -> bool:
        return token in self._tries

    def begin(self, chore: Chore) -> None:
        """Run an errand, or put it in line."""
        if self._stopped:
            return
        self._tries.setdefault(chore.token, 0)
        match chore.errand:
            case Errand.MARK:
                marking = asyncio.create_task(self._run(chore))
                self._marking.add(marking)
                marking.add_done_callback(self._marking.discard)
            case Errand.RECEIPT:
                self._receipts.put_nowait(chore)
                if len(self._clerks) < CLERKS:
                    self._clerks.append(asyncio.create_task(self._clerk()))

    def stop(self) -> Sequence[asyncio.Task[None]]:
        """Interrupt what is under way, and return its tasks. Others will run these errands."""
        self._stopped = True
        tasks = [*self._marking, *self._clerks]
        for task in tasks:
            task.cancel()
        return tasks

    async def _clerk(self) -> None:
        while True:
            await self._run(await self._receipts.get())

    async def _run(self, chore: Chore) -> None:
        """Try an errand once; it comes again when it could not be run now."""
        about = {"turn": chore.turn}
        try:
            await (self._mark(chore) if chore.errand is Errand.MARK else self._receipt(chore))
        except Refused as refused:
            log.warning("no %s: %s", _NAMES[chore.errand], refused, extra=about)
        except (Unavailable, AnswerLost) as error:
            return self._later(chore, getattr(error, "retry_after", None))
        except Exception:
            log.exception("unexpected", extra=about)
            return self._later(chore, LONGEST_PAUSE)
        try:
            await self._desk.deliveries.settle(chore)
        except Unavailable:
            return self._later(chore, None)
        self._tries.pop(chore.token, None)
        return None

    def _later(self, chore: Chore, seconds: float | None) -> None:
        tries = self._tries.get(chore.token, 0)
        self._tries[chore.token] = tries + 1
        pause = max(seconds or 0.0, min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE))
        asyncio.get_running_loop().call_later(pause, self.begin, chore)

    async def _mark(self, chore: Chore) -> None:
        """Mark a message as waiting; take the mark away if its turn came in the meantime."""
        record, conversation = self._desk.record, self._desk.conversation
        channel, message = lifecycle.message_of(chore.turn)
        waiting = await record.is_waiting(chore.turn)
        if waiting:
            await conversation.mark_waiting(channel, message)
            waiting = await record.is_waiting(chore.turn)
        if not waiting:  # an earlier try, whose answer was lost, may have marked it, too
            await conversation.unmark_waiting(channel, message)

    async def _receipt(self, chore: Chore) -> None:
        """Change the status of a turn that is done."""
        desk = self._desk
        turn = await desk.record.turn(chore.turn)
        if turn is None or turn.ending is None or not (status := turn.posts.get(STATUS)):
            return
        if desk.clock() > turn.ending.at + TRIED_FOR:
            log.error("a status was never changed", extra={"turn": turn.id})
            return
        await self._in_line()
        words = receipt(telling(turn, desk.default_processor))
        await desk.conversation.change(turn.question.thread, status, words)

    async def _in_line(self) -> None:
        try:
            seconds = await self._desk.budget.edit()
        except Unavailable as error:
            log.warning("called without a place in line: %s", error)
        else:
            await asyncio.sleep(min(seconds, LONGEST_IN_LINE))


_NAMES = {Errand.MARK: "⏳ mark", Errand.RECEIPT: "receipt"}
