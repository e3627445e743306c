"""The parts of a playground, for the page that shows and controls them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.bot_process import BotProcess
from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalTaskApi, Relay, Request

JSON = dict[str, Any]

#: Reads the bot's records of a thread, given its channel id and the ts of its messages, oldest
#: first. Returns the thread's record (None: none yet), and those of its turns, oldest first.
ReadRecords = Callable[[str, Sequence[str]], Awaitable[tuple[JSON | None, list[JSON]]]]


@dataclass(frozen=True, slots=True)
class Playground:
    """One playground.

    Attributes:
        research: the local Task API, or a relay to the real one, where each run is paid.
        bot: the real bot, in a separate process.
        read_records: reads the bot's records.
    """

    slack: LocalSlack
    research: LocalTaskApi | Relay
    bot: BotProcess
    read_records: ReadRecords

    @property
    def requests(self) -> list[Request]:
        """Every request that the bot sent to the Task API, oldest first."""
        return self.research.requests
