"""What the core and the listeners need of the outside, as Protocols.

`bot.slack`, `bot.parallel` and `bot.store` answer to these without knowing each other. All
methods may raise `Unavailable` (nothing took effect; later) unless they say otherwise.
"""

from bot.ports.handler_context import Hall
from bot.ports.mailbox import Accepted, Asked, Channel, Mailbox, Person, Reach, Scope
from bot.ports.messenger import (
    Blocks,
    Conversation,
    Message,
    Place,
    Tag,
    Upload,
    Views,
)
from bot.ports.task_runs import Answers, ChatCompletions, Groups, Research
from bot.ports.turn_store import (
    Budget,
    Chore,
    Deliveries,
    Errand,
    Hold,
    Record,
    Token,
    Waiting,
)

__all__ = [
    "Accepted",
    "Answers",
    "Asked",
    "Blocks",
    "Budget",
    "Channel",
    "ChatCompletions",
    "Chore",
    "Conversation",
    "Deliveries",
    "Errand",
    "Groups",
    "Hall",
    "Hold",
    "Mailbox",
    "Message",
    "Person",
    "Place",
    "Reach",
    "Record",
    "Research",
    "Scope",
    "Tag",
    "Token",
    "Upload",
    "Views",
    "Waiting",
]
