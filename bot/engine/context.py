"""What every walk works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.engine.run_completion import RunsInFlight
from bot.engine.run_creation import SETTLED
from bot.engine.status_updates import UPDATE_TIMING, UpdateTiming
from bot.ports import ChatCompletions, Messenger, RateLimiter, TaskGroups, TaskRuns, TurnStore


@dataclass(frozen=True, slots=True)
class EngineContext:
    """The other sides, and the times.

    Attributes:
        chat: answers questions on `speed`.
        task_groups: None when a thread's runs are not created in a task group.
        clock: tells seconds since 1970.
        in_flight: the runs that are waited for.
        workspace: its address, such as ``https://example.slack.com/``.
        broadcast: answers that took more than ten minutes stand in the channel, too.
        settled: seconds after which a create call that is not there never comes; see
            `bot.engine.run_creation`.
    """

    store: TurnStore
    messenger: Messenger
    task_runs: TaskRuns
    chat: ChatCompletions
    task_groups: TaskGroups | None
    rate_limiter: RateLimiter
    default_processor: str
    clock: Callable[[], float]
    timing: UpdateTiming = UPDATE_TIMING
    in_flight: RunsInFlight = field(default_factory=RunsInFlight)
    workspace: str = ""
    broadcast: bool = False
    settled: float = SETTLED
