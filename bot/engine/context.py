"""What the whole engine works with: the ports, the clock and the timings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal

from bot.domain.bounds import Bounds
from bot.domain.thread import UserId
from bot.engine.load import RunsInFlight
from bot.ports import (
    ChatCompletions,
    Messenger,
    RateLimiter,
    RunningPlaces,
    TaskGroups,
    TaskRuns,
    TurnStore,
)
from bot.ports.choices import ChoiceStore
from bot.ports.forgetting import ThreadRecords
from bot.ports.gate import Gate
from bot.ports.money import Budgets

#: Seconds after which a create call whose run is not listed never creates one. The client gives
#: the call up after 60.
CREATE_SETTLED_AFTER = 90.0
CLOCKS_DIFFER_BY = 300  # seconds, between ours and Slack's, at most


@dataclass(frozen=True, slots=True)
class UpdateTiming:
    """How often a message is edited while a turn is in progress, in seconds.

    `min_interval` and `max_interval` grow with the age of the run.

    Attributes:
        min_interval: between two edits when there is progress to show. Together with `debounce` it
            is more than the 3 s that Slack asks for
            (https://docs.slack.dev/apis/web-api/rate-limits).
        max_interval: between two edits when there is none, so that the elapsed time stays true.
        debounce: progress events within this time go into one edit. A reopened event stream
            replays all events; only the last of them is shown.
        edit_lag: after the answer to an edit was lost, Slack may still carry it out for so long.
        post_lag: the same for a post (`bot.engine.posting`).
        thinking_after: without text of a quick answer, until the message says that it is thinking.
        first_delay: from the first text of a quick answer to the first message that shows it.
        append_interval: between two appends to a streamed message, and from a post to its first
            edit.
    """

    min_interval: float = 3.0
    max_interval: float = 60.0
    debounce: float = 1.0
    edit_lag: float = 3.0
    post_lag: float = 5.0
    thinking_after: float = 5.0
    first_delay: float = 0.1
    append_interval: float = 1.0


UPDATE_TIMING = UpdateTiming()


@dataclass(frozen=True, slots=True)
class RetryTiming:
    """The first delays before what failed is tried again, in seconds; each later one is longer.

    Attributes:
        turn: before a mailbox is claimed again.
        job: before a background job is run again.
        chat: before Parallel is asked for a quick answer again.
        delivery: before a message that Slack refused is posted again.
        admission: for which people and channels are looked up again that Slack refuses to tell of,
            before they count as outside. Its rate limit does not count: after it, they are looked
            up again.
        outage: the same for a question, while Slack answers no look-up.
        slow_admission: that a question waits for such an answer, from which on its asker is told
            when a look-up fails.
        settlement: before a run that goes on after its turn is looked at again; does not grow.
        announcement: for which a listener may still announce the change of a channel's default.
    """

    turn: float = 1.0
    job: float = 1.0
    chat: float = 1.0
    delivery: float = 5.0
    admission: float = 10.0
    outage: float = 600.0
    slow_admission: float = 5.0
    settlement: float = 120.0
    announcement: float = 60.0


RETRY_TIMING = RetryTiming()


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """The settings about budgets that the engine needs.

    Attributes:
        confirm_from: US dollars from which on a run is confirmed before it starts; None: never.
        are_set: whether settings limit a budget; admins may limit others.
        zone: where days and months begin.
        failed_runs_count: whether failed and cancelled runs count as spent.
        is_shown: whether a finished run says what is left.
        admins: who can raise a budget, a few of them.
    """

    confirm_from: Decimal | None = None
    are_set: bool = False
    zone: tzinfo = UTC
    failed_runs_count: bool = False
    is_shown: bool = True
    admins: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineContext:
    """The ports, the clock and the timings.

    Attributes:
        chat: answers questions whose processor is `speed`.
        task_groups: None when runs are not created in task groups.
        default_processor: in force where nobody chose one.
        clock: returns seconds since 1970.
        in_flight: the runs that this replica awaits.
        workspace: the URL of the Slack workspace, such as ``https://example.slack.com/``.
        budget_rules: the settings about budgets.
        broadcast: whether answers that took more than ten minutes also go to the channel.
        create_settled_after: see `CREATE_SETTLED_AFTER`.
        bounds: how many questions are taken at once.
        retention_days: for which a thread can be continued after its last turn.
    """

    store: TurnStore
    places: RunningPlaces
    budgets: Budgets
    gate: Gate
    thread_records: ThreadRecords
    choices: ChoiceStore
    messenger: Messenger
    task_runs: TaskRuns
    chat: ChatCompletions
    task_groups: TaskGroups | None
    rate_limiter: RateLimiter
    default_processor: str
    clock: Callable[[], float]
    timing: UpdateTiming = UPDATE_TIMING
    retry_timing: RetryTiming = RETRY_TIMING
    in_flight: RunsInFlight = field(default_factory=RunsInFlight)
    workspace: str = ""
    broadcast: bool = False
    budget_rules: BudgetRules = field(default_factory=BudgetRules)
    create_settled_after: float = CREATE_SETTLED_AFTER
    bounds: Bounds = field(default_factory=Bounds)
    retention_days: int = 90
