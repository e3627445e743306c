"""One conversation, as people have it, and what is left of it in the end.

Ada chooses a processor for the channel, asks (an answer in two messages), replies while that run is
going (⏳, and then a report with two files), and chooses another processor in the menu of the first
answer. Whatever fails at once in her hands she does again, as people do. When she is told "I can't
tell whether this run was started", she presses *Start again*, after all else is answered.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.playground.slack import LocalSlack, Message
from bot.playground.slack.interactions import Outcome
from bot.playground.task_api import LocalRun, LocalTaskApi
from bot.slack import actions

T = TypeVar("T")

PATIENCE = 40.0  # seconds that anything may take
QUESTION = "tell me about the Suez Canal"
PROGRESS = 40.0  # percent
REPLY = "and all the rest of it?"
WAITING = "hourglass_flowing_sand"
_PARAGRAPH = "The canal joins two seas and carries a good part of the world's trade. " * 8
TWO_PARTS = "\n\n".join(f"## Part {n}\n\n{_PARAGRAPH}" for n in range(1, 25))
REPORT = "\n\n".join(["# The canal", *(f"## Part {n}\n\n{_PARAGRAPH}" for n in range(1, 80))])
BASIS = [
    {
        "field": "output",
        "reasoning": "Stated by the source.",
        "confidence": "high",
        "citations": [{"url": "https://example.org/suez", "title": "Suez Canal Authority"}],
    }
]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is left of a conversation, free of all that differs between two undisturbed ones.

    Attributes:
        messages: the transcript, as lines.
        runs: the body of each run, by the order of creation.
        costs: how many runs each turn has.
        whispers: what only Ada saw, each once.
        remains: what should not be left in Redis.
    """

    messages: list[str]
    runs: list[str]
    costs: dict[str, int]
    whispers: list[str]
    remains: list[str]


class Conversation:
    """Ada's side of it, and the researcher's."""

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
            quiet: tells whether Redis holds no more work.
            patient: the first run tells how far it is, and goes on until the status shows it.
        """
        self._slack = slack
        self._parallel = parallel
        self._quiet = quiet
        self._patient = patient
        self._ada = slack.person("ada")
        self._general = slack.channel("general", members=[self._ada])
        self._asked: Message | None = None
        self._go_on = {QUESTION: asyncio.Event(), REPLY: asyncio.Event()}
        self._pressed: set[str] = set()
        parallel.automatic = self._research

    async def take_place(self) -> None:
        """Have the conversation to its end. Raises TimeoutError, which says where it stuck."""
        me, ada = self._slack.app.bot_user_id, self._ada
        await self._insist("/processor", lambda: ada.command("/processor", "base", self._general))
        asked = self._asked = await ada.says(self._general, f"<@{me}> {QUESTION}")
        await self._until("the first run is waited for", lambda: self._waited_for(QUESTION))
        reply = await ada.replies(asked, REPLY)
        await self._until(
            "the reply is marked with ⏳", lambda: WAITING in reply.reactions or self._notes
        )
        if self._patient:
            await self._until("the status shows how far it is", lambda: self._shown(PROGRESS))
        self._go_on[QUESTION].set()
        await self._until("the second run is waited for", lambda: self._waited_for(REPLY))
        if menu := next((m for m in self._said if actions.FOLLOW_UPS in _pressable(m)), None):
            await self._insist("the menu", lambda: ada.chooses(menu, actions.FOLLOW_UPS, "core"))
        self._go_on[REPLY].set()
        await self._until("all is answered", self._over)
        while note := next((m for m in self._notes if m.ts not in self._pressed), None):
            self._pressed.add(note.ts)
            await self._insist("Start again", lambda m=note: ada.clicks(m, actions.TRY_AGAIN))  # type: ignore[misc]
            await self._until("what was started again is answered", self._over)

    async def _insist(self, what: str, do: Callable[[], Awaitable[Outcome]]) -> None:
        async def done() -> bool:
            return (await do()).error is None

        await self._until(f"{what} is taken", done)

    async def _until(self, step: str, look: Callable[[], object]) -> None:
        """Look again and again until it is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = look()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"waited in vain until {step}")

    def _waited_for(self, question: str) -> bool:
        """Whether the bot holds the stream of this question's run, or has said why it has none."""
        paths = {r.path for r in self._parallel.requests if r.kind == "events"}
        runs = [run for run in self._parallel.runs if _question(run) == question]
        if any(f"/v1/tasks/runs/{run.run_id}/events" in paths for run in runs):
            return True
        return len(self._notes) > (question == REPLY and self._first_failed)

    def _shown(self, percent: float) -> bool:
        return any(f"{percent:.0f} %" in message.text for message in self._said)

    @property
    def _first_failed(self) -> bool:
        return bool(self._notes) and not any(
            actions.FOLLOW_UPS in _pressable(m) for m in self._said
        )

    async def _over(self) -> bool:
        told = all(delivery.over.is_set() for delivery in self._slack.deliveries)
        return told and await self._quiet()

    async def _research(self, run: LocalRun) -> None:
        run.begins()
        question = _question(run)
        if self._patient and question == QUESTION:
            run.progress(PROGRESS, 12, 5, [])
        await self._go_on[question].wait()
        run.finishes(TWO_PARTS if question == QUESTION else REPORT, BASIS)

    @property
    def _said(self) -> list[Message]:
        assert self._asked
        return self._slack.thread(self._asked).said

    @property
    def _notes(self) -> list[Message]:
        """The messages that say that we cannot tell."""
        return [m for m in self._said if actions.TRY_AGAIN in _pressable(m)]

    # --- what is left -------------------------------------------------------------------

    def outline(self, remains: list[str]) -> Outline:
        """Return what is left of it; `remains` is what should not be left in Redis."""
        plain = self._plainer()
        turns = [run.metadata.get("turn", "none") for run in self._parallel.runs]
        return Outline(
            messages=plain(self._transcript()),
            runs=plain([_json(run.body) for run in self._parallel.runs]),
            costs={plain([turn])[0]: turns.count(turn) for turn in turns},
            whispers=list(dict.fromkeys(plain(self._whispers()))),
            remains=plain(remains),
        )

    def _transcript(self) -> list[str]:
        lines = []
        for message in self._general.visible():
            who = self._slack.workspace.users[message.user].name
            where = f" in the thread of {message.thread_ts}" if message.thread_ts else ""
            lines.append(f"--- {message.ts} {who}{where}")
            lines += message.text.splitlines()
            for block in _without_ids(message):
                lines += f"block {_json(block)}".replace("\\n", "\n").splitlines()
            for file in message.files:
                lines += [f"file {file.name} {file.title!r}", *file.text.splitlines()]
            lines += [f"reaction {name}" for name, by in sorted(message.reactions.items()) if by]
        return lines

    def _whispers(self) -> list[str]:
        return [
            _json([message.text, *_without_ids(message)])
            for message in self._slack.ephemerals(self._ada)
        ]

    def _plainer(self) -> Callable[[list[str]], list[str]]:
        """Return what takes ids and times out of lines: each id becomes its message's number."""
        names = {m.ts: f"[{n}]" for n, m in enumerate(self._general.visible(), 1)}
        for run in self._parallel.runs:
            of = names.get(run.metadata.get("turn", "").rpartition(":")[2], "[?]")
            names[run.run_id] = f"run of {of}"
            names[run.interaction_id] = f"interaction of {of}"
        ids = re.compile("|".join(map(re.escape, names)))

        def plain(lines: list[str]) -> list[str]:
            told = (ids.sub(lambda found: names[found[0]], line) for line in lines)
            return [_TIME.sub("‹time›", line) for line in told]

        return plain


_TIME = re.compile(r"\b\d+ (?:h|min|s)\b(?: \d+ (?:min|s)\b)?")


def _question(run: LocalRun) -> str:
    return REPLY if run.input.startswith(REPLY) else QUESTION


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _pressable(message: Message) -> list[str]:
    return [
        str(element["action_id"])
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def _without_ids(message: Message) -> list[dict[str, Any]]:
    """Return the blocks without the ids that Slack gave them."""
    return [{k: v for k, v in block.items() if k != "block_id"} for block in message.blocks]
