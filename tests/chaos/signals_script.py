"""The second conversation of the crash matrix: stop, edit, delete, notify and the like.

Ada asks. Bob's reply waits, and he corrects it; a second reply of Ada's waits, and she deletes it.
Ada presses *Stop*. Bob's reply comes next: he presses *Notify me when done*, and is answered. Now
Ada has the stopped question delivered anyway, asks Bob's again on another processor, and wants the
full report of his answer as files. She mutes the thread in words; what Bob says then is left alone;
she unmutes it, and his last reply is answered.

What differs when a bot is killed is the ephemeral answer to a press: it may be lost, and a
press that comes again gets the word for it ("nothing to stop", "already on it"). All else must be
the same. The runs are created in task groups, so that no doubt about one is left to people.
"""

from __future__ import annotations

import asyncio

from bot.playground.slack import Message, Person
from bot.playground.task_api import LocalRun
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from tests.chaos.script_base import BASIS, WAITING, Script, chosen_in_form, pressable

QUESTION = "who owns the Suez Canal?"
MISSPELT, REPLY = "since wehn?", "since when?"
DELETED = "and what does it cost?"
IGNORED = "nobody asked you"
LAST = "and who built it?"
AGAIN = "since when, on another processor?"
ANSWERS = {QUESTION: "Egypt.", REPLY: "1956.", AGAIN: "26 July 1956.", LAST: "Lesseps."}
PROCESSOR = "pro-fast"
#: What a press may be answered with, or lose its answer.
MAY_DIFFER = frozenset(
    message.text
    for message in (
        ephemeral.already_started(),
        ephemeral.already_finished(),
        ephemeral.files_on_their_way(),
        ephemeral.nothing_to_stop(),
        ephemeral.will_ping(),
    )
)


class SignalsScript(Script):
    """Ada's and Bob's sides of it, and the researcher's."""

    name = "signals"

    participants = ("ada", "bob")
    excused = MAY_DIFFER

    def _prepare(self) -> None:
        self._go_on = {question: asyncio.Event() for question in ANSWERS}

    async def take_place(self) -> None:
        """Have the conversation to its end. Raises TimeoutError, which says where it stuck."""
        ada, bob = self.people
        asked = self.asked = await ada.says(self.general, f"{self.me} {QUESTION}")
        await self.until("the first run is waited for", lambda: self._waited_for(QUESTION))
        reply = await bob.replies(asked, MISSPELT)
        await self._marked(reply)
        deleted = await ada.replies(asked, DELETED)
        await self._marked(deleted)
        await bob.edits(reply, REPLY)
        await self.until("the edit is acknowledged", self.acknowledged)
        await ada.deletes(deleted)
        await self.until("the deletion is acknowledged", self.acknowledged)
        await self._stops_and_is_answered()
        await self._delivered_anyway()
        await self._again_and_files(reply)
        await self._muted_and_unmuted(asked)

    async def research(self, run: LocalRun) -> None:
        """Play the researcher."""
        run.begins()
        question = _question(run)
        await self._go_on[question].wait()
        run.finishes(ANSWERS[question], BASIS)

    async def _stops_and_is_answered(self) -> None:
        ada, bob = self.people
        await self._presses(ada, action_ids.STOP)
        await self.until("it says that it stopped", lambda: self._with(action_ids.LOOK_AGAIN))
        await self.until("the reply's run is waited for", lambda: self._waited_for(REPLY))
        await self._presses(bob, action_ids.PING)
        self._go_on[REPLY].set()
        await self.until("the reply is answered", self.over)

    async def _delivered_anyway(self) -> None:
        ada, _ = self.people
        (first,) = self._runs(QUESTION)
        before = self.streams(first)
        await self._presses(ada, action_ids.LOOK_AGAIN)
        await self.until("the stopped run is waited for", lambda: self.streams(first) > before)
        self._go_on[QUESTION].set()
        await self.until("the stopped question is answered", self.over)

    async def _again_and_files(self, reply: Message) -> None:
        ada, _ = self.people
        turn = f"{self.slack.app.team_id}:{self.general.id}:{reply.ts}"
        answer = next(m for m in self.said if ANSWERS[REPLY] in m.text)
        await self.insist(
            "Re-run with…",
            lambda: chosen_in_form(ada, lambda: ada.clicks(answer, action_ids.RERUN), PROCESSOR),
        )
        await self.until("the other processor is waited for", lambda: self._waited_for(AGAIN))
        self._go_on[AGAIN].set()
        await self.until("the other processor has answered", self.over)
        files = f"{action_ids.MORE_FILES} {turn}"
        await self.insist("the files", lambda: ada.chooses(answer, action_ids.MORE, files))
        await self.until("the files are there", self.over)

    async def _muted_and_unmuted(self, asked: Message) -> None:
        ada, bob = self.people
        self._go_on[LAST].set()
        for person, words in (
            (ada, f"{self.me} mute"),
            (bob, IGNORED),
            (ada, f"{self.me} unmute"),
            (bob, LAST),
        ):
            await person.replies(asked, words)
            await self.until(f"“{words}” has had its effect", self.over)

    async def _marked(self, message: Message) -> None:
        await self.until("it is marked with ⏳", lambda: WAITING in message.reactions)

    async def _presses(self, person: Person, action: str) -> None:
        """Press a button until that works, or the button has gone because it had worked."""

        await self.until(f"{action} is there to be pressed", lambda: self._with(action))
        message = self._with(action)
        assert message

        async def done() -> bool:
            gone = action not in pressable(message)
            return gone or (await person.clicks(message, action)).error is None

        await self.until(f"{action} is taken", done)

    def _with(self, action: str) -> Message | None:
        """Return the latest message with such a button."""
        return next((m for m in reversed(self.said) if action in pressable(m)), None)

    def _waited_for(self, question: str) -> bool:
        return any(map(self.streams, self._runs(question)))

    def _runs(self, question: str) -> list[LocalRun]:
        return [run for run in self.parallel.runs if _question(run) == question]


def _question(run: LocalRun) -> str:
    """Return what a run is asked; what nobody should ask is taken as the last question."""
    if "~again" in run.metadata["turn"]:
        return AGAIN
    return next((asked for asked in ANSWERS if run.input.startswith(asked)), LAST)
