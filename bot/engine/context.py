"""What every walk works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.engine.run_completion import Crowd
from bot.engine.run_creation import SETTLED
from bot.engine.status_updates import RHYTHM, Rhythm
from bot.ports import Budget, ChatCompletions, Conversation, Groups, Record, Research


@dataclass(frozen=True, slots=True)
class Tools:
    """The other sides, and the times.

    Attributes:
        chat: answers questions on `speed`.
        groups: None when a thread's runs are not created in a task group.
        clock: tells seconds since 1970.
        crowd: the runs that are waited for.
        workspace: its address, such as ``https://example.slack.com/``.
        broadcast: answers that took more than ten minutes stand in the channel, too.
        settled: seconds after which a create call that is not there never comes; see
            `bot.engine.run_creation`.
    """

    record: Record
    conversation: Conversation
    research: Research
    chat: ChatCompletions
    groups: Groups | None
    budget: Budget
    default_processor: str
    clock: Callable[[], float]
    rhythm: Rhythm = RHYTHM
    crowd: Crowd = field(default_factory=Crowd)
    workspace: str = ""
    broadcast: bool = False
    settled: float = SETTLED
