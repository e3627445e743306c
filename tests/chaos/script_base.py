"""What every conversation of the crash matrix is made of.

People wait for what they can see before they go on, and do again what failed at once in their
hands: a press whose acknowledgement was lost may have taken effect, and comes again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import ClassVar

from bot.playground.slack import LocalSlack, Message, Person
from bot.playground.slack.interactivity.interactions import Outcome
from bot.playground.task_api import LocalChat, LocalRun, LocalTaskApi
from bot.slack.messages import ephemeral
from tests.chaos.transcript import Money, Place, Transcript, transcript

PATIENCE = 90.0  # seconds that anything may take
WAITING = "hourglass_flowing_sand"
BASIS = [
    {
        "field": "output",
        "reasoning": "Stated by the source.",
        "confidence": "high",
        "citations": [{"url": "https://example.org/suez", "title": "Suez Canal Authority"}],
    }
]


class Script:
    """One conversation in #general, begun by `asked`.

    Attributes:
        name: what it is called among the others; empty for the first.
        module: what Python runs as its bots; None: what the mode says.
        participants: the names of the people who take part.
        excused: ephemeral texts that may be missing: they are lost with the bot that is killed.
    """

    name: ClassVar[str] = ""
    module: ClassVar[tuple[str, ...] | None] = None
    participants: ClassVar[tuple[str, ...]] = ()
    excused: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        slack: LocalSlack,
        parallel: LocalTaskApi,
        quiet: Callable[[], Awaitable[bool]],
        *,
        patient: bool,
    ) -> None:
        """Prepare.

        Args:
            slack: where it takes place.
            parallel: who does the research.
            quiet: returns whether Redis holds no more work.
            patient: the first run sends progress, and continues until the status shows it.
        """
        self.slack = slack
        self.parallel = parallel
        self.patient = patient
        self.people: list[Person] = [slack.person(name) for name in self.participants]
        self.general = slack.channel("general", members=self.people)
        self.asked: Message | None = None
        self._quiet = quiet
        parallel.automatic = self.research
        self._prepare()

    def _prepare(self) -> None:
        """Set up what this conversation alone has."""

    async def take_place(self) -> None:
        """Have the conversation to its end. Raises TimeoutError, which says where it stuck."""
        raise NotImplementedError

    async def research(self, run: LocalRun) -> None:
        """Play the researcher."""
        raise NotImplementedError

    def pieces(self, chat: LocalChat) -> AsyncIterator[str]:
        """Play the chat model: return what it says, piece by piece, before it finishes."""
        raise NotImplementedError

    def about_to_strike(self) -> None:
        """Note what can be seen right before a bot is killed."""

    def transcript(self, remains: list[str], money: Money) -> Transcript:
        """Return what is left of it.

        Args:
            remains: what should not be left in Redis.
            money: what Redis counts as spent.
        """
        place = Place(self.slack, self.parallel, self.general, self.people, self.excused)
        return transcript(place, remains, money)

    @property
    def me(self) -> str:
        """How the bot is mentioned."""
        return f"<@{self.slack.app.bot_user_id}>"

    @property
    def said(self) -> list[Message]:
        """What the bot has said in the thread."""
        assert self.asked
        return self.slack.thread(self.asked).said

    async def until(self, step: str, look: Callable[[], object]) -> None:
        """Look again and again until it is true. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = look()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"waited in vain until {step}")

    async def insist(self, what: str, do: Callable[[], Awaitable[Outcome]]) -> None:
        """Do it again and again until Slack shows no error. Raises TimeoutError."""

        async def done() -> bool:
            return (await do()).error is None

        await self.until(f"{what} is taken", done)

    def acknowledged(self) -> bool:
        """Whether the bot has acknowledged all that was said so far."""
        return all(delivery.over.is_set() for delivery in self.slack.deliveries)

    async def over(self) -> bool:
        """Whether there is nothing left to do."""
        return self.acknowledged() and await self._quiet()

    def streams(self, run: LocalRun) -> int:
        """How often the bot has begun to listen to the run."""
        path = f"/v1/tasks/runs/{run.run_id}/events"
        return sum(r.kind == "events" and r.path == path for r in self.parallel.requests)


def pressable(message: Message) -> list[str]:
    """Return the ids of what can be pressed or chosen on a message."""
    return [
        str(element["action_id"])
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


async def chosen_in_form(
    person: Person, opens: Callable[[], Awaitable[Outcome]], processor: str
) -> Outcome:
    """Choose a processor in the form that `opens` opens; the outcome has an error until it took."""
    outcome = await opens()
    if outcome.error is None and not person.views():
        outcome.error = "the form did not open"
    if outcome.error is None:
        form = person.views()[-1]
        outcome = await person.submits(form, {"processor": {"processor": processor}})
        took = {ephemeral.already_started().text, ephemeral.already_finished().text}
        if set(outcome.errors.values()) - took:
            outcome.error = str(outcome.errors)
    return outcome
