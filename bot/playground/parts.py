"""The parts that the page shows and works with, in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.bot_process import BotProcess
from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi, Relay, Request

JSON = dict[str, Any]

#: Reads, for a channel's id and the ts of a thread's messages (oldest first), what the bot has
#: written down: the thread's record (None: none yet) and its turns', oldest first.
Look = Callable[[str, Sequence[str]], Awaitable[tuple[JSON | None, list[JSON]]]]


@dataclass(frozen=True, slots=True)
class Playground:
    """One playground.

    Attributes:
        research: the local Task API; or the way to the real one, where each run is paid.
        bot: the real bot, in a process of its own.
        look: reads the bot's records.
    """

    slack: LocalSlack
    research: LocalTaskApi | Relay
    bot: BotProcess
    look: Look

    @property
    def requests(self) -> list[Request]:
        """Every request that the bot sent to the Task API, oldest first."""
        return self.research.requests
