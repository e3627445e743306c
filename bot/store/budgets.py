"""Budgets in Redis: reserve before a run, settle after it (`bot.ports.Budgets`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from bot.domain import budgets, policies
from bot.domain.budgets import Balance, Limits, OverBudget, Reserved, Scope, Settlement
from bot.domain.thread import ChannelId, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import State, Turn
from bot.errors import LeaseLost
from bot.ports import Claim
from bot.store import codec
from bot.store.connection import Connection, misread_raises
from bot.store.keys import COUNT_LIFE, DAY, TURN_LIFE
from bot.store.scripts import budgets as scripts

REFUSALS_LIFE = 32 * DAY  # seconds; longer than any period
LEFT_ALONE = 5  # seconds that a new reservation is left to its turn
SWEPT_EVERY = 10  # seconds at least between two sweeps
NEVER = 1_000_000  # hundredths of a budget, which no reservation reaches
WATCHED_FOR = 26 * 3600  # seconds; a run whose turn has ended is watched for a day


class RedisBudgets:
    """Holds what runs cost in the budgets, and settles it."""

    def __init__(self, connection: Connection, *, limits: Limits, zone: tzinfo) -> None:
        """Prepare; nothing is sent.

        Args:
            connection: to the server.
            limits: in force where no admin set others.
            zone: where days and months begin.
        """
        self._connection = connection
        self._keys, self._me = connection.keys, connection.me
        self._limits = limits
        self._zone = zone
        self._reserve = connection.script(scripts.RESERVE_PRICE)
        self._settle = connection.script(scripts.SETTLE_TURN)
        self._sweep = connection.script(scripts.SWEEP_RESERVATIONS)

    async def reserve(
        self, claim: Claim, turn: Turn, price: int, *, warns: bool = True
    ) -> Reserved | OverBudget | None:
        """Hold a price (millionths of a dollar) in all budgets, and write the turn; or do neither.

        `warns`: tell of budgets that have just passed `WARNED_FROM`; each is told once.

        Returns:
            None for a turn that is about to start, and was stopped or withdrawn.

        Raises:
            LeaseLost: the turn is not ours any more.
        """
        thread, asker, now = turn.question.thread, turn.question.asker, self._connection.clock()
        day = budgets.period(Scope.PERSON, now, self._zone)
        reply = await self._reserve(
            (
                self._keys.ready,
                self._keys.turn(turn.id),
                self._keys.reservations,
                self._keys.policies(thread.team),
                *self._budgets(thread, asker, now),
                self._keys.usage(thread.team, day),
            ),
            (
                self._me,
                claim.entry,
                turn.id,
                codec.dump_turn(turn),
                TURN_LIFE,
                price,
                int(now),
                COUNT_LIFE,
                policies.budget(Scope.PERSON, asker),
                policies.budget(Scope.CHANNEL, thread.channel),
                policies.budget(Scope.PERSON),
                policies.budget(Scope.CHANNEL),
                policies.budget(Scope.WORKSPACE),
                *("" if limit is None else limit for limit in map(self._limits.of, Scope)),
                budgets.WARNED_FROM if warns else NEVER,
                f"{asker} {thread.channel} {turn.processor}",
                "1" if turn.state is State.STARTING else "",
            ),
        )
        return _outcome(*reply)

    async def settle(self, turn: TurnId, how: Settlement) -> int:
        """Settle what a finished turn still holds. Returns the amount; 0 when it holds nothing."""
        return int(await self._settle((self._keys.reservations,), (turn, how)))

    async def is_first_refusal(self, turn: Turn, scope: Scope) -> bool:
        """Whether a turn is the first of its asker's that a budget refuses in its period."""
        thread, asker = turn.question.thread, turn.question.asker
        period = budgets.period(scope, self._connection.clock(), self._zone)
        key = self._keys.over_budget(thread.team, asker, period)
        async with self._connection.call() as redis:
            if await redis.set(key, turn.id, nx=True, ex=REFUSALS_LIFE):
                return True
            return bool(await redis.get(key) == turn.id)

    async def balances(self, team: TeamId, channel: ChannelId, person: UserId) -> Sequence[Balance]:
        """Return the budgets of person, channel and workspace as they are now."""
        thread = ThreadKey.of_channel(team, channel)
        names = (
            policies.budget(Scope.PERSON, person),
            policies.budget(Scope.CHANNEL, channel),
            *map(policies.budget, Scope),
        )
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.hmget(self._keys.policies(team), names)
            for key in self._budgets(thread, person, self._connection.clock()):
                pipe.hmget(key, ("held", "settled"))
            chosen, *sums = await pipe.execute()
        theirs, here, everybody, channels, workspace = chosen
        found = zip(Scope, (theirs or everybody, here or channels, workspace), sums, strict=True)
        return [
            Balance(
                scope,
                _limit(policy, self._limits.of(scope)),
                int(held or 0),
                int(settled or 0),
            )
            for scope, policy, (held, settled) in found
        ]

    async def sweep(self) -> int:
        """Settle reservations that no turn will, if no replica did just now. Returns how many."""
        keys = (self._keys.reservations, self._keys.swept)
        args = (int(self._connection.clock()), self._keys.turns, LEFT_ALONE, WATCHED_FOR)
        cursor, settled = "", 0
        while cursor != "0":
            page = await self._sweep(keys, (*args, cursor, SWEPT_EVERY))
            with misread_raises():
                following, swept = page
                cursor, settled = str(following), settled + int(swept)
        return settled

    def _budgets(self, thread: ThreadKey, person: UserId, now: float) -> Sequence[str]:
        whose = {Scope.PERSON: person, Scope.CHANNEL: thread.channel, Scope.WORKSPACE: ""}
        return [
            self._keys.budget(
                thread.team, scope, whose[scope], budgets.period(scope, now, self._zone)
            )
            for scope in Scope
        ]


def _outcome(outcome: int, *rest: Any) -> Reserved | OverBudget | None:
    """Read the reply of `RESERVE_PRICE`. Raises LeaseLost."""
    if not outcome:
        raise LeaseLost
    if outcome == 3:
        return None
    if outcome == 1:
        end = rest.index(0)
        places, found = rest[:end], _balances(rest[end + 1 :])
        return Reserved(budgets.tightest(found), tuple(found[place - 1] for place in places))
    found = _balances(rest[1:])
    affordable = min(each.left for each in found if each.left is not None)
    return OverBudget(found[rest[0] - 1], affordable)


def _limit(policy: str | None, default: int | None) -> int | None:
    if policy is None:
        return default
    return None if policy == policies.OFF else int(policy)


def _balances(flat: Sequence[Any]) -> list[Balance]:
    return [
        Balance(scope, int(limit) if limit != "" else None, int(held), int(settled))
        for scope, limit, held, settled in zip(
            Scope, flat[::3], flat[1::3], flat[2::3], strict=True
        )
    ]
