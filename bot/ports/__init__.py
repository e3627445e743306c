"""What the engine and the listeners need of the outside, as Protocols, one file each.

`bot.slack`, `bot.parallel` and `bot.store` implement them without knowing each other. Every method
may raise `Unavailable` (nothing took effect; try later) unless it says otherwise.
"""

from bot.ports.choices import Channel, ChoiceStore, DefaultChange, Person, Scope
from bot.ports.handler_context import DEADLINES, Deadlines, HandlerContext
from bot.ports.history import Asked, History
from bot.ports.mailbox import DELETED, Acceptance, Addressing, EditOutcome, Mailbox
from bot.ports.messenger import (
    Blocks,
    Message,
    Messenger,
    Place,
    Tag,
    Upload,
    Views,
)
from bot.ports.rate_limiter import RateLimiter
from bot.ports.running_places import InLine, RunningPlaces
from bot.ports.task_runs import AnswerSource, ChatCompletions, TaskGroups, TaskRuns
from bot.ports.turn_store import QueuePreview, TurnStore
from bot.ports.work_queue import Claim, EntryId, Job, JobKind, WorkQueue

__all__ = [
    "DEADLINES",
    "DELETED",
    "Acceptance",
    "Addressing",
    "AnswerSource",
    "Asked",
    "Blocks",
    "Channel",
    "ChatCompletions",
    "ChoiceStore",
    "Claim",
    "Deadlines",
    "DefaultChange",
    "EditOutcome",
    "EntryId",
    "HandlerContext",
    "History",
    "InLine",
    "Job",
    "JobKind",
    "Mailbox",
    "Message",
    "Messenger",
    "Person",
    "Place",
    "QueuePreview",
    "RateLimiter",
    "RunningPlaces",
    "Scope",
    "Tag",
    "TaskGroups",
    "TaskRuns",
    "TurnStore",
    "Upload",
    "Views",
    "WorkQueue",
]
