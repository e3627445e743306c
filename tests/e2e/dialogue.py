"""What dialogues share: asking, answering, waiting for words, and the ids of turns."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Literal

from bot.playground.slack import Message, Person
from bot.playground.task_api import LocalRun
from bot.slack import action_ids as actions
from tests.e2e.stage import Stage

BASIS = [
    {
        "field": "output",
        "reasoning": "Stated by both sources.",
        "confidence": "high",
        "citations": [
            {"url": "https://example.org/suez", "title": "Suez Canal Authority"},
            {"url": "https://example.com/history", "title": "A history"},
        ],
    }
]
#: The buttons and menus under an answer.
OFFERED = [actions.EVIDENCE, actions.FOLLOW_UP, actions.RERUN, actions.MORE]


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


async def begun(stage: Stage, words: str = "who owns it?") -> tuple[Message, Message, LocalRun]:
    """Ask in #general; returns the question, its status and its run, which is waited for."""
    asked = await stage.ada.says(stage.general, f"{stage.me} {words}")
    status = await stage.slack.thread(asked).next()
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    return asked, status, run


async def answered(stage: Stage, words: str = "who owns it?") -> tuple[Message, Message, LocalRun]:
    """Ask, and have it answered ("Egypt."); returns the question, the answer and the run."""
    asked, status, run = await begun(stage, words)
    run.finishes("Egypt.", basis=BASIS)
    answer = await said(stage, asked, "Egypt.")
    await stage.slack.until(lambda: "white_check_mark" in shown(status))
    return asked, answer, run


async def said(stage: Stage, asked: Message, words: str) -> Message:
    """Wait until the bot has said something with these words in the thread; returns that."""

    def found(_: Any) -> Message | None:
        messages = stage.slack.thread(asked).said
        return next((m for m in messages if words in shown(m) + m.text and not m.deleted), None)

    return await stage.slack.thread(asked).until(found)


async def acknowledged(stage: Stage) -> None:
    """Wait until the bot has acknowledged all that was said so far."""
    for delivery in stage.slack.deliveries:
        await asyncio.wait_for(delivery.over.wait(), 60)


def saw_ephemeral(stage: Stage, words: str, *, person: Any = None) -> bool:
    """Whether an ephemeral message to the person (default: Ada) has these words."""
    shown_alone = stage.slack.ephemerals(person or stage.ada)
    return any(words in message.text for message in shown_alone)


def turn(stage: Stage, message: Message, press: str = "") -> str:
    """Return the id of the turn that this message began, or what was pressed on it."""
    mark = f"~{press}" if press else ""
    return f"{stage.slack.app.team_id}:{message.channel.id}:{message.ts}{mark}"


def shown(message: Message) -> str:
    """Return all that a reader sees of a message: its blocks' words."""
    words = []
    for block in message.blocks or []:
        if block["type"] == "markdown":
            words.append(block["text"])
        elif block["type"] == "section":
            words.append(block["text"]["text"])
        elif block["type"] == "context":
            words += [element["text"] for element in block["elements"]]
    return "\n".join(words)


def action_ids(message: Message) -> list[str]:
    """Return what can be pressed or chosen on a message."""
    return [element["action_id"] for element in elements(message)]


def elements(message: Message) -> list[dict[str, Any]]:
    """Return the buttons and menus in the rows of a message."""
    rows = (block for block in message.blocks or [] if block["type"] == "actions")
    return [element for row in rows for element in row["elements"]]


async def chooses_for_thread(person: Person, answer: Message, processor: str) -> None:
    """Choose the processor of a thread in the form that an answer's menu opens."""
    more = next(each for each in elements(answer) if each["action_id"] == actions.MORE)
    offered = [option["value"] for option in more["options"]]
    value = next(each for each in offered if each.startswith(f"{actions.MORE_PROCESSOR} "))
    await person.chooses(answer, actions.MORE, value)
    outcome = await person.submits(person.views()[-1], {"processor": {"processor": processor}})
    assert (outcome.error, outcome.errors) == (None, {})


class Gate(asyncio.Event):
    """A gate, closed until it is set; says when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()

    async def wait(self) -> Literal[True]:
        self.reached.set()
        return await super().wait()
