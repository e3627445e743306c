"""The third conversation of the crash matrix: quick answers, which are lost with who reads them.

In #general Ada asks a quick question; Bob replies with one for a run, and while that goes on, Ada
with another quick one, which waits. Then she asks in a direct message, where Slack streams the
answer. Whenever a message offers to ask again, she presses that once everything is quiet, until
none does. In the end she has the first answer looked up with sources.

A model says what it has to say only when people see the piece before, so that each piece shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, fields

from bot.playground.slack import Message
from bot.playground.task_api import LocalChat, LocalRun
from bot.slack import action_ids
from tests.chaos.script_base import BASIS, WAITING, Script, pressable
from tests.chaos.transcript import Money, Transcript
from tests.e2e.dialogue import shown

FIRST, REPLY, WAITS, DIRECT = "who owns it?", "since when?", "and before?", "what is it?"
QUICK = (FIRST, WAITS, DIRECT)
THINKING = "Still thinking"
#: How many pieces an answer has, and how many of them wait until they are seen.
PIECES, WATCHED = 3, {FIRST: 2, WAITS: 1, DIRECT: 2}


@dataclass(slots=True)
class Asked:
    """A question for a quick answer, asked once: in words, or by a press.

    Attributes:
        turn: its id.
        answers: what the model has to say, in pieces, to each request that was accepted for it.
    """

    turn: str
    question: str
    answers: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the bot's in its final state.

    Attributes:
        turn, part: its tag; empty without one.
        text: what notifications show.
        words: what its blocks show.
        pressable: what can be pressed on it.
        streaming: Slack takes it for one that still grows.
        has_files: it shares files.
    """

    turn: str
    part: str
    text: str
    words: str
    pressable: tuple[str, ...]
    streaming: bool = False
    has_files: bool = False


@dataclass(frozen=True, slots=True)
class QuickTranscript(Transcript):
    """What is left of it.

    Attributes:
        asked: every question for a quick answer, in order.
        runs_said: what the runs of each question have answered.
        said: every message of the bot's.
        seen: the pieces that people saw right before a bot was killed.
        marked: how many messages carry a ⏳.
        working: how many of Slack's own signs say that we work.
    """

    asked: tuple[Asked, ...]
    runs_said: dict[str, tuple[str, ...]]
    said: tuple[Said, ...]
    seen: frozenset[str]
    marked: int
    working: int


class QuickScript(Script):
    """Ada's and Bob's sides of it, the researcher's and the model's."""

    name = "quick answers"
    module = ("tests.chaos.swift_bot",)

    participants = ("ada", "bob")

    def _prepare(self) -> None:
        self._direct = self.slack.dm(self.people[0])
        self._go_on = asyncio.Event()
        self._asked: list[Asked] = []
        self._runs_said: dict[str, tuple[str, ...]] = {REPLY: (), FIRST: ()}
        self._pressed: set[str] = set()
        self._seen: set[str] = set()

    async def take_place(self) -> None:
        """Have the conversation to its end. Raises TimeoutError, which says where it stuck."""
        ada, _ = self.people
        asked = self.asked = await ada.says(self.general, f"{self.me} !speed {FIRST}")
        self._asks(asked, FIRST)
        await self._settled("the first question is answered")
        await self._reply_and_one_that_waits(asked)
        direct = await ada.says(self._direct, f"!speed {DIRECT}")
        self._asks(direct, DIRECT)
        await self._settled("the direct question is answered")
        answer = next(m for m in self.said if _is_answer(m))
        await self.insist("Look it up", lambda: ada.clicks(answer, action_ids.LOOK_UP))
        await self._settled("it is looked up")

    async def research(self, run: LocalRun) -> None:
        """Play the researcher."""
        run.begins()
        question = REPLY if run.input.startswith(REPLY) else FIRST
        if question == REPLY:
            await self._go_on.wait()
        words = f"Found by run {len(self.parallel.runs)}."
        self._runs_said[question] += (words,)
        run.finishes(words, BASIS)

    def pieces(self, chat: LocalChat) -> AsyncIterator[str]:
        """Play the model: each piece is like no other of the conversation."""
        question = next(known for known in QUICK if chat.question.startswith(known))
        times = [asked for asked in self._asked if asked.question == question]
        number = len(self.parallel.chats)
        answer = tuple(f"Part {n} of answer {number}." for n in range(1, PIECES + 1))
        times[-1].answers.append(answer)
        return self._say(chat, answer, question, is_first=len(times) == 1)

    def about_to_strike(self) -> None:
        """Note which pieces of the answers people see right before a bot is killed."""
        answers = (answer for asked in self._asked for answer in asked.answers)
        self._seen.update(piece for answer in answers for piece in answer if self._shows(piece))

    def transcript(self, remains: list[str], money: Money) -> Transcript:
        """Return what is left of it, with all that a judge wants to know; see `Script`."""
        base = super().transcript(remains, money)
        messages = [m for place in (self.general, self._direct) for m in place.visible()]
        sessions = [self.slack.session(m) for m in messages if m.thread_ts is None]
        return QuickTranscript(
            **{each.name: getattr(base, each.name) for each in fields(base)},
            asked=tuple(self._asked),
            runs_said=self._runs_said,
            said=tuple(map(self._as_said, self._all_said())),
            seen=frozenset(self._seen),
            marked=sum(bool(m.reactions.get(WAITING)) for m in messages),
            working=sessions.count("processing"),
        )

    # --- what people do -----------------------------------------------------------------

    async def _reply_and_one_that_waits(self, asked: Message) -> None:
        """Ask for a run, and a quick question while it goes on, unless it is not known to."""
        ada, bob = self.people
        await bob.replies(asked, f"!lite {REPLY}")
        await self._until_or_doubt(
            "the run is waited for", lambda: any(map(self.streams, self.parallel.runs))
        )
        waits = await ada.replies(asked, f"!speed {WAITS}")
        self._asks(waits, WAITS)
        await self._until_or_doubt("it is marked with ⏳", lambda: WAITING in waits.reactions)
        await self._until_or_doubt("it is said that it waits", lambda: self._shows("waits, too"))
        self._go_on.set()
        await self._settled("what waited is answered")

    async def _until_or_doubt(self, step: str, look: Callable[[], bool]) -> None:
        """Wait for a step, or until something is to be asked again, and no run goes on."""
        await self.until(step, lambda: look() or self._next_offer())

    async def _settled(self, step: str) -> None:
        """Wait until all is quiet, and ask again what came to nothing, until nothing does."""
        ada, _ = self.people
        await self.until(step, self.over)
        while offer := self._next_offer():
            self._pressed.add(offer.ts)
            if again := next((a for a in self._asked if a.turn == _offered(offer)), None):
                self._asks(offer, again.question)
            await self.insist("Try again", lambda m=offer: ada.clicks(m, action_ids.TRY_AGAIN))  # type: ignore[misc]
            await self.until(f"{step}, asked again", self.over)

    def _asks(self, message: Message, question: str) -> None:
        """Note that a message, or a press on it, asks a quick question now."""
        turn = f"{self.slack.app.team_id}:{message.channel.id}:{message.ts}"
        self._asked.append(Asked(turn, question))

    def _next_offer(self) -> Message | None:
        """Return a message that offers to ask again, and on which nobody has pressed that."""
        offers = (m for m in self._all_said() if action_ids.TRY_AGAIN in pressable(m))
        return next((m for m in offers if m.ts not in self._pressed), None)

    # --- what the model says, and people see --------------------------------------------

    async def _say(
        self, chat: LocalChat, answer: tuple[str, ...], question: str, *, is_first: bool
    ) -> AsyncIterator[str]:
        """Say an answer; the first one to a question waits longer to be seen than one asked again.

        One question's first answer begins only when it is said that nothing has come yet.
        """
        if is_first and question == WAITS:
            await self._visible(THINKING, chat)
        for number, piece in enumerate(answer, 1):
            yield f"{piece} "
            if number <= (WATCHED[question] if is_first else 1):
                await self._visible(piece, chat)

    async def _visible(self, words: str, chat: LocalChat) -> None:
        while not (self._shows(words) or chat.disconnected.is_set()):
            await asyncio.sleep(0.01)

    def _shows(self, words: str) -> bool:
        return any(words in shown(message) for message in self._all_said())

    def _all_said(self) -> Iterator[Message]:
        for place in (self.general, self._direct):
            yield from (message for message in place.visible() if message.by_app)

    def _as_said(self, message: Message) -> Said:
        tag = (message.metadata or {}).get("event_payload") or {}
        return Said(
            tag.get("turn", ""),
            tag.get("part", ""),
            message.text,
            shown(message),
            tuple(pressable(message)),
            self.slack.streaming(message),
            bool(message.files),
        )


def _is_answer(message: Message) -> bool:
    """Whether it is a quick answer that has come to its end."""
    offered = pressable(message)
    return action_ids.LOOK_UP in offered and action_ids.TRY_AGAIN not in offered


def _offered(message: Message) -> str:
    """Return the turn that a message offers to ask again."""
    elements = (e for block in message.blocks for e in block.get("elements", ()))
    return next(str(e["value"]) for e in elements if e.get("action_id") == action_ids.TRY_AGAIN)
