"""Export and erase a person, from the command line, beside a running bot."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path

import pytest

from bot import data_requests
from bot.configuration.settings import Settings
from bot.domain.thread import UserId
from bot.playground.slack import Message, Person
from bot.slack import action_ids as actions
from bot.store.personal_data import PersonalData
from bot.store.store import Store
from tests.e2e.command_line import run
from tests.e2e.dialogue import begun, said, turn
from tests.e2e.stage import Stage


async def asks(
    stage: Stage,
    capsys: pytest.CaptureFixture[str],
    person: Person,
    *,
    erases: bool = False,
    confirmed: bool = True,
) -> tuple[int, str]:
    """Run the command as the command line does; return its exit code and what it prints."""
    capsys.readouterr()
    settings = Settings.load(stage.settings())
    code = await data_requests.answer(settings, person.id, erases=erases, confirmed=confirmed)
    return code, capsys.readouterr().out


async def test_an_erasure_is_confirmed_and_leaves_an_empty_export(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, _, run = await begun(stage)
    code, printed = await asks(stage, capsys, stage.ada, erases=True)
    assert code == data_requests.LEFT
    assert f"turn:{turn(stage, asked)}" in printed
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    code, printed = await asks(stage, capsys, stage.ada)
    assert code == data_requests.DONE
    lines = [json.loads(line) for line in printed.splitlines()]
    assert any("who owns it?" in line["value"] for line in lines)
    code, printed = await asks(stage, capsys, stage.ada, erases=True, confirmed=False)
    assert (code, "add --yes" in printed) == (data_requests.NOT_DONE, True)
    async with asyncio.timeout(30):
        while (await asks(stage, capsys, stage.ada, erases=True))[0] != data_requests.DONE:
            await asyncio.sleep(0.05)
    assert await asks(stage, capsys, stage.ada) == (data_requests.DONE, "")
    await stage.slack.redeliver(asked)
    await stage.bob.says(stage.general, f"{stage.me} who built it?")
    await stage.parallel.next_run()
    assert len(stage.parallel.runs) == 2


async def test_the_command_line_writes_lines_of_json(stage: Stage, tmp_path: Path) -> None:
    asked, _, started = await begun(stage)
    started.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    user = ("--user", stage.ada.id)
    code, printed = await run("export", *user, cwd=tmp_path, **stage.settings())
    assert code == 0
    lines = [line for line in printed.splitlines() if line.startswith("{")]
    assert any("who owns it?" in json.loads(line)["value"] for line in lines)
    code, printed = await run("erase", *user, cwd=tmp_path, **stage.settings())
    assert (code, "add --yes" in printed) == (2, True)


async def test_an_export_is_ascii_which_any_terminal_takes(stage: Stage) -> None:
    words = "who owns the 運河 \x9b31m\u202egnp.exe?"
    asked, _, started = await begun(stage, words)
    started.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    command = (sys.executable, "-m", "bot", "export", "--user", stage.ada.id)
    environ = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "latin-1"} | stage.settings()
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == data_requests.DONE
    assert printed.replace(b"\n", b"").decode("ascii").isprintable()
    values = [json.loads(line)["value"] for line in printed.splitlines()]
    assert any(words in value for value in values)


async def test_an_export_that_cannot_be_printed_is_reported(stage: Stage) -> None:
    asked, _, started = await begun(stage)
    started.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    reading, writing = os.pipe()
    os.close(reading)
    command = (sys.executable, "-m", "bot", "export", "--user", stage.ada.id)
    environ = {"PATH": os.environ["PATH"]} | stage.settings()
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=writing, stderr=asyncio.subprocess.PIPE
    )
    os.close(writing)
    _, printed = await process.communicate()
    assert process.returncode == data_requests.UNREACHED
    assert printed == b"Not all was printed: Broken pipe.\n"


@pytest.mark.parametrize("user", [(), ("--user", "ada"), ("--user", "")])
async def test_a_command_without_a_person_does_nothing(
    tmp_path: Path, user: tuple[str, ...]
) -> None:
    code, printed = await run("erase", "--yes", *user, cwd=tmp_path)
    assert code == 2
    assert "needs --user" in printed


class Conversation:
    """What three people ask, press and choose at random, in threads of one channel."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.random = random.Random(seed)
        self.cleo = stage.slack.person("cleo")
        self.people = [stage.ada, stage.bob, self.cleo]
        self.channel = stage.slack.channel("talk", members=self.people, bot=True)
        self.threads: list[tuple[Message, Message]] = []  # its first message, its last answer

    async def goes_on(self, steps: int) -> None:
        """Do so many things."""
        for number in range(steps):
            person = self.random.choice(self.people)
            what = self.random.choice((self.asks, self.asks, self.follows_up, self.presses))
            await what(person, number)

    async def asks(self, person: Person, number: int) -> None:
        """Ask in the channel, and have it answered or stopped."""
        words = f"{self.stage.me} {person.name}'s question {number}?"
        asked = await person.says(self.channel, words)
        await self._answered(asked, number)

    async def follows_up(self, person: Person, number: int) -> None:
        """Reply in a thread."""
        if self.threads:
            root, _ = self.random.choice(self.threads)
            await person.replies(root, f"and {person.name}'s follow-up {number}?")
            await self._answered(root, number)

    async def presses(self, person: Person, number: int) -> None:
        """Rate an answer, or choose a processor."""
        if self.threads:
            _, answer = self.random.choice(self.threads)
            await person.clicks(answer, actions.EVIDENCE)
            for view in person.views():
                await self.stage.slack.until(lambda view=view: "helpful?" in str(view.content))  # type: ignore[misc]
                await person.clicks(view, actions.EVIDENCE_GOOD)
            for view in person.views():
                await person.closes(view)
        await person.command("/processor", "me core", self.channel)

    async def _answered(self, root: Message, number: int) -> None:
        run = await self.stage.parallel.next_run()
        await self.stage.waited_for(run)
        if self.random.random() < 0.3:
            status = self.stage.slack.thread(root).said[-1]
            presser = self.random.choice(self.people)
            await presser.clicks(status, actions.PING)
        run.finishes(f"Answer {number}.")
        answer = await said(self.stage, root, f"Answer {number}.")
        self.threads.append((root, answer))


async def exported(store: Store, person: Person) -> dict[str, str]:
    """Return an export of a person's, by key and field."""
    data = PersonalData(store.connection)
    found = [each async for each in data.find(UserId(person.id))]
    return {f"{each.key} {each.field}": each.value for each in found}


def without(value: str, gone: Person) -> object:
    """Return an exported turn without what somebody else did about it."""
    if not value.startswith("{"):
        return value
    fields = json.loads(value)
    return {name: each for name, each in fields.items() if not name.endswith(f":{gone.id}")}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_after_an_erasure_others_have_what_they_had(
    stage: Stage, redis_url: str, seed: int
) -> None:
    talk = Conversation(stage, seed)
    await talk.goes_on(10)
    await stage.stop_bot()
    gone, *others = talk.random.sample(talk.people, 3)
    async with Store(redis_url, stage.slack.app.bot_id, lease=5, retention=90) as store:
        before = [await exported(store, person) for person in others]
        own = await exported(store, gone)
        theirs = {key for key, value in own.items() if f'asker\\":\\"{gone.id}' in value}
        result = await PersonalData(store.connection).erase(UserId(gone.id))
        assert result.in_progress == set()
        assert result.erased["turn"]
        assert await exported(store, gone) == {}
        for person, had in zip(others, before, strict=True):
            now = await exported(store, person)
            kept = {key: without(value, gone) for key, value in had.items()}
            turns_gone = {key for key in kept if key.split()[0] in {k.split()[0] for k in theirs}}
            assert {k: v for k, v in kept.items() if k not in turns_gone} == {
                key: without(value, gone) for key, value in now.items()
            }
