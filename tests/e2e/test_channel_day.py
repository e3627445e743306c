"""A day of a real channel: exactly the questions become runs, whatever else people write.

What each message was taken for is read off the local Slack and the local Task API, and printed
(``pytest -s``): the list reads as the day went.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from bot.playground.slack import Message, Person
from bot.playground.task_api import LocalRun
from tests.e2e.channel_day import SCENES
from tests.e2e.dialogue import acknowledged, turn
from tests.e2e.stage import Stage

WAITING = "hourglass_flowing_sand"
#: How the bot's messages about anything but a question begin, or a part of them.
SAID = {
    "help": ("Mention me with a question",),
    "doubtful": ("I took that for a remark",),
    "command": ("Slash commands don't work",),
    "status": ("Working on", "About to start on", "Nothing is running in this thread"),
    "kept": ("To continue this thread, I store",),
    "nothing to stop": ("Nothing to stop",),
    "mute": ("I'll ignore replies in this thread",),
    "unmute": ("I'll answer replies in this thread again",),
}
_DOING = re.compile(r"\((edits|deletes|forwards|[\w.]+\.\w+)\) ?(.*)")
_NAMED = re.compile(r"@([a-z]+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a scene: who, what they write or do, and what it is to be taken for."""

    who: str
    words: str
    meant: str

    @property
    def kind(self) -> str:
        """What it is to be taken for, without how it goes on."""
        return self.meant.partition(",")[0]


def lines(scene: str) -> Iterator[Line]:
    """Read a scene."""
    for line in scene.strip().splitlines():
        yield Line(*(part.strip() for part in line.split("|")))


@dataclass
class Scene:
    """A scene as it is played; `taken` says what each of its messages was taken for."""

    stage: Stage
    name: str
    people: dict[str, Person]
    claim: Message
    root: Message | None = None
    latest: dict[str, Message] = field(default_factory=dict)
    going: LocalRun | None = None
    answered: list[LocalRun] = field(default_factory=list)
    reacted: dict[str, list[str]] = field(default_factory=dict)
    taken: list[tuple[Line, str]] = field(default_factory=list)

    async def play(self, scene: str) -> None:
        """Play it line by line, each after the one before was dealt with."""
        for line in lines(scene):
            seen_before = len(self._said())
            message = await self._do(line)
            await acknowledged(self.stage)
            with suppress(TimeoutError):
                await self.stage.slack.until(
                    lambda line=line, message=message, seen_before=seen_before: (  # type: ignore[misc]
                        self._seen(message, seen_before) == line.kind
                    ),
                    timeout=0.01 if line.kind == "nothing" else 4,
                )
            self.taken.append((line, self._seen(message, seen_before)))
            await self._answer(line, message)
            self.reacted[message.ts] = list(message.reactions)

    async def _do(self, line: Line) -> Message:
        """Write the message, or do with one what the line says."""
        person, doing = self.people[line.who], _DOING.match(line.words)
        kind, words = (doing[1], doing[2]) if doing else ("", line.words)
        text = _NAMED.sub(lambda name: self._mention(name[1]), words)
        if kind == "edits":
            await person.edits(self.latest[line.who], text)
            return self.latest[line.who]
        if kind == "deletes":
            await person.deletes(self.latest[line.who])
            return self.latest[line.who]
        channel, thread = self.stage.general, self.root
        if self.name.endswith("directly"):
            channel = self.stage.slack.dm(person)
        if self.name == "Talk in the channel":
            thread = None
        if kind == "forwards":
            message = await person.forwards(self.claim, channel, text, thread=thread)
        elif kind:
            message = await person.uploads(channel, kind, text=text, thread=thread)
        elif thread:
            message = await person.replies(thread, text)
        else:
            message = await person.says(channel, text)
        self.root = self.root or message
        self.latest[line.who] = message
        return message

    def _mention(self, name: str) -> str:
        if name == "here":
            return "<!here>"
        return self.stage.me if name == "bot" else f"<@{self.people[name].id}>"

    def _said(self) -> list[str]:
        """Return what the bot has said in the thread so far."""
        return [m.text for m in self.stage.slack.thread(self.root).said] if self.root else []

    def _run(self, message: Message) -> LocalRun | None:
        """Return the latest run that this message asked for, also by an edit."""
        begun = turn(self.stage, message)
        for run in reversed(self.stage.parallel.runs):
            if str(run.body["metadata"]["turn"]).partition("~")[0] == begun:
                return run
        return None

    def _seen(self, message: Message, seen_before: int) -> str:
        """Return what the bot made of a message, as far as it shows.

        `seen_before`: how many messages of the bot's were in the thread before.
        """
        run = self._run(message)
        if run and run not in self.answered:
            return "question"
        news = "\n".join(self._said()[seen_before:])
        if self.going and "Stopped" in news:
            return "stop"
        for kind, words in SAID.items():
            if any(each in news for each in words):
                return kind
        new = set(message.reactions) - {WAITING} - set(self.reacted.get(message.ts, ()))
        return "thanks" if new else "nothing"

    async def _answer(self, line: Line, message: Message) -> None:
        """Answer a run that this line has started, unless it is to go on."""
        run = self._run(message)
        if run is None or run in self.answered:
            if line.kind == "stop":
                self.going = None
            return
        self.answered.append(run)
        if "goes on" in line.meant:
            self.going = run
            await self.stage.waited_for(run)
            return
        run.finishes(f"As to run {run.run_id}.")
        await self.stage.slack.until(lambda: run.run_id in "".join(self._said()))


async def test_exactly_the_questions_become_runs(one: Stage) -> None:
    names = ("cleo", "emil", "sofia", "dai")
    people = {"ada": one.ada, "bob": one.bob} | {name: one.slack.person(name) for name in names}
    one.general.members |= {person.id for person in people.values()}
    elsewhere = one.slack.channel("elsewhere", list(people.values()), bot=False)
    claim = await one.bob.says(elsewhere, "France owns the Suez Canal")
    scenes = [Scene(one, name, people, claim) for name in SCENES]
    async with asyncio.TaskGroup() as playing:
        for scene in scenes:
            playing.create_task(scene.play(SCENES[scene.name]))
    played = [each for scene in scenes for each in scene.taken]
    for scene in scenes:
        print(f"\n{scene.name}")  # noqa: T201 - to be read
        for line, taken in scene.taken:
            print(f"  {line.who:6}{line.words:60} {taken}")  # noqa: T201 - to be read
    assert len(played) >= 200
    wrong = [
        f"{line.words!r}: {taken}, not {line.kind}" for line, taken in played if taken != line.kind
    ]
    assert wrong == []
    assert len(one.parallel.runs) == sum(line.kind == "question" for line, _ in played)
