"""The first conversation of the crash matrix: asking, waiting, long answers, doubt.

Ada chooses a processor for herself, asks (an answer in two messages), replies while that run is
going (⏳, and then a report with two files), and chooses another processor in the form of the first
answer. When she is told "I can't tell whether this run was started", she presses *Try again*, after
all else is answered.
"""

from __future__ import annotations

import asyncio

from bot.playground.slack import Message
from bot.playground.task_api import LocalRun
from bot.slack import action_ids
from tests.chaos.script_base import BASIS, WAITING, Script, chosen_in_form, pressable

QUESTION = "tell me about the Suez Canal"
PROGRESS = 40.0  # percent
REPLY = "and all the rest of it?"
_PARAGRAPH = "The canal joins two seas and carries a good part of the world's trade. " * 8
TWO_PARTS = "\n\n".join(f"## Part {n}\n\n{_PARAGRAPH}" for n in range(1, 25))
REPORT = "\n\n".join(["# The canal", *(f"## Part {n}\n\n{_PARAGRAPH}" for n in range(1, 80))])


class DialogueScript(Script):
    """Ada's side of it, and the researcher's."""

    participants = ("ada",)

    def _prepare(self) -> None:
        self._go_on = {QUESTION: asyncio.Event(), REPLY: asyncio.Event()}
        self._pressed: set[str] = set()

    async def take_place(self) -> None:
        """Have the conversation to its end. Raises TimeoutError, which says where it stuck."""
        (ada,) = self.people
        await self.insist("/processor", lambda: ada.command("/processor", "me base", self.general))
        asked = self.asked = await ada.says(self.general, f"{self.me} {QUESTION}")
        await self.until("the first run is waited for", lambda: self._waited_for(QUESTION))
        reply = await ada.replies(asked, REPLY)
        await self.until(
            "the reply is marked with ⏳", lambda: WAITING in reply.reactions or self._notes
        )
        if self.patient:
            await self.until("the status shows how far it is", lambda: self._shown(PROGRESS))
        self._go_on[QUESTION].set()
        await self.until("the second run is waited for", lambda: self._waited_for(REPLY))
        if answer := next((m for m in self.said if action_ids.RERUN in pressable(m)), None):
            value = next(
                option["value"]
                for block in answer.blocks
                for element in block.get("elements", [])
                for option in element.get("options", [])
                if option["value"].startswith(f"{action_ids.MORE_PROCESSOR} ")
            )
            await self.insist(
                "the thread's form",
                lambda: chosen_in_form(
                    ada, lambda: ada.chooses(answer, action_ids.MORE, value), "core"
                ),
            )
        self._go_on[REPLY].set()
        await self.until("all is answered", self.over)
        while note := next((m for m in self._notes if m.ts not in self._pressed), None):
            self._pressed.add(note.ts)
            await self.insist("Try again", lambda m=note: ada.clicks(m, action_ids.TRY_AGAIN))  # type: ignore[misc]
            await self.until("what was started again is answered", self.over)

    async def research(self, run: LocalRun) -> None:
        """Play the researcher."""
        run.begins()
        question = _question(run)
        if self.patient and question == QUESTION:
            run.progress(PROGRESS, 12, 5, [])
        await self._go_on[question].wait()
        run.finishes(TWO_PARTS if question == QUESTION else REPORT, BASIS)

    def _waited_for(self, question: str) -> bool:
        """Whether the bot holds the stream of this question's run, or has said why it has none."""
        runs = [run for run in self.parallel.runs if _question(run) == question]
        if any(self.streams(run) for run in runs):
            return True
        return len(self._notes) > (question == REPLY and self._first_failed)

    def _shown(self, percent: float) -> bool:
        return any(f"{percent:.0f}%" in message.text for message in self.said)

    @property
    def _first_failed(self) -> bool:
        return bool(self._notes) and not any(action_ids.RERUN in pressable(m) for m in self.said)

    @property
    def _notes(self) -> list[Message]:
        """The messages that say that we cannot tell."""
        return [m for m in self.said if action_ids.TRY_AGAIN in pressable(m)]


def _question(run: LocalRun) -> str:
    return REPLY if run.input.startswith(REPLY) else QUESTION
