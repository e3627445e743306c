"""What the core and the listeners need of the outside, as Protocols.

`bot.slack`, `bot.parallel` and `bot.store` answer to these without knowing each other. All
methods may raise `Unavailable` (nothing took effect; later) unless they say otherwise.
"""

from bot.ports.conversation import (
    Blocks,
    Conversation,
    Earlier,
    Message,
    Place,
    Tag,
    Upload,
    Views,
)
from bot.ports.hall import Hall
from bot.ports.mailbox import Accepted, Asked, Channel, Mailbox, Person, Reach, Scope
from bot.ports.record import (
    Budget,
    Chore,
    Deliveries,
    Errand,
    Hold,
    Record,
    Token,
    Waiting,
)
from bot.ports.research import Answers, ChatCompletions, Groups, Research

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
    "Earlier",
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
