"""One connection to Redis or Valkey, and the adapters of the ports that share it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, tzinfo
from types import TracebackType
from typing import Self

from bot.domain.bounds import Bounds
from bot.domain.budgets import Limits
from bot.domain.choices import FollowUps
from bot.domain.effective import Environment
from bot.ports.money import Administration
from bot.store.access import RedisAccess
from bot.store.budgets import RedisBudgets
from bot.store.channel_ids import RedisChannelIds
from bot.store.choices import RedisChoices
from bot.store.connection import Connection
from bot.store.early_messages import EarlyMessages
from bot.store.forgetting import RedisThreadRecords
from bot.store.history import RedisHistory
from bot.store.mailbox import RedisMailbox
from bot.store.policies import RedisPolicies
from bot.store.rate_limiter import SLACK, RateLimits, RedisRateLimiter
from bot.store.running_places import RedisRunningPlaces
from bot.store.turn_reader import TurnReader
from bot.store.turn_store import RedisTurnStore
from bot.store.usage import RedisUsage
from bot.store.work_queue import BLOCK, RedisWorkQueue

NO_LIMITS = Limits()
NO_BOUNDS = Bounds()


class Store:
    """One replica's access to one Redis or Valkey server. An async context manager.

    Attributes:
        connection: shared by the others; it checks the server.
        channel_ids: `bot.ports.ChannelIds`.
        choices: processors and follow-up modes that people chose.
        history: what people asked, spent and rated.
        mailbox: `bot.ports.Mailbox`, for listeners.
        turns: `bot.ports.TurnStore`, for the owner of a mailbox.
        places: `bot.ports.RunningPlaces`, for the owner of a mailbox.
        work_queue: `bot.ports.WorkQueue`, for the worker.
        rate_limiter: `bot.ports.RateLimiter`.
    """

    def __init__(
        self,
        url: str,
        bot: str,
        *,
        lease: float,
        retention: int,
        clock: Callable[[], float] = time.time,
        limits: RateLimits = SLACK,
        follow_ups: FollowUps = FollowUps.EVERY,
        block: float = BLOCK,
        bounds: Bounds = NO_BOUNDS,
        budgets: Limits = NO_LIMITS,
        zone: tzinfo = UTC,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            url, bot, retention, clock: see `Connection`.
            lease, block: see `RedisWorkQueue`.
            limits: how often Slack and Parallel's Chat API may be called.
            follow_ups: in force where a channel chose nothing.
            bounds: how many questions are taken at once.
        """
        self.connection = Connection(url, bot, retention=retention, clock=clock)
        reader = TurnReader(self.connection)
        self.choices = RedisChoices(self.connection)
        self.history = RedisHistory(self.connection, reader)
        waiting, running = bounds.waiting_per_thread, bounds.running_per_person
        self.mailbox = RedisMailbox(
            self.connection, reader, follow_ups=follow_ups, waiting_per_thread=waiting
        )
        self.turns = RedisTurnStore(self.connection, reader, running_per_person=running)
        self.places = RedisRunningPlaces(self.connection, most=running)
        self.work_queue = RedisWorkQueue(self.connection, lease=lease, block=block)
        self.budgets = RedisBudgets(self.connection, limits=budgets, zone=zone)
        self.access = RedisAccess(self.connection)
        self.channel_ids = RedisChannelIds(
            self.connection, EarlyMessages(self.connection, self.mailbox)
        )
        self.policies = RedisPolicies(self.connection)
        self.usage = RedisUsage(self.connection)
        self.thread_records = RedisThreadRecords(self.connection)
        self.rate_limiter = RedisRateLimiter(self.connection, limits)
        self._zone = zone

    def administration(self, environment: Environment) -> Administration:
        """Return what admins read and change. `environment`: what holds where they set nothing."""
        return Administration(
            budgets=self.budgets,
            policies=self.policies,
            usage=self.usage,
            environment=environment,
            zone=self._zone,
            clock=self.connection.clock,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.close()
