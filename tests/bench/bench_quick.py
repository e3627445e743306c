"""How soon a quick answer is seen, what it costs, and whether replicas keep to Parallel's limit.

The model in the local Chat API is silent for 0.5 s, then says 60 tokens at 30 a second. Slack's
limits are on. As they let few messages grow within a minute, each round has a workspace of its own
(https://docs.slack.dev/apis/web-api/rate-limits). The bot is a process of its own. Parts, with
their targets:

- *channels*: 20 questions at once, each in a channel of its own. First token to first text in the
  thread: p50 300 ms, p99 1.2 s. Last token to the whole message with its footer: p50 100 ms;
- *direct*: the same in direct messages, which Slack streams: 18 at once, of its 20 a minute;
- *peer*: the official `openai` SDK on the same API, 20 at once, in a process of its own, too. First
  token to first delta, last token to the iterator's end; it posts nothing and keeps nothing;
- *replicas*: four on one Redis, 400 questions in 55 s: at most 300 requests in any 60 s
  (https://docs.parallel.ai/resources/rate-limits; the bot's budget is 250), one a question at the
  most. The local API allows more, so only the bot's budget holds them back. It lets about 350
  through: the first 250, and after 61 s those that have not waited for more than 20 s. Each is
  asked in a new channel, and of these Slack tells 50 a minute one by one.

Takes less than four minutes.

    python -m tests.bench.bench_quick [channels] [direct] [peer] [replicas]
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalChat, LocalTaskApi
from bot.slack.messages.quick_answer import NO_SOURCES
from tests.bench.common import bot_process, python_process, row
from tests.e2e.stage import KEY, Stage
from tests.server import valkey_server

SILENT, TOKENS, PER_SECOND = 0.5, 60, 30  # seconds before the first token; tokens a second
ROUNDS, CHANNELS, DIRECT = 5, 20, 18
REPLICAS, QUESTIONS, WITHIN = 4, 400, 55.0  # seconds in which the questions are asked
MINUTE = 60.0
SETTLE = 0.5  # seconds, for what follows an answer

LAST = "the end."  #: the model's last token; its first one is "Answer#17# "
NUMBER = re.compile(r"(?:question |Answer#)(\d+)")

#: Asks the question of a number.
Ask = Callable[[Stage, int], Awaitable[None]]

PEER = """
import asyncio, json, pathlib, sys, time
from openai import AsyncOpenAI

async def main(url, key, rounds, at_once, path):
    client = AsyncOpenAI(base_url=url + "/v1beta", api_key=key, max_retries=0)
    first, over = {}, {}

    async def one(number):
        question = {"role": "user", "content": f"question {number}?"}
        chunks = await client.chat.completions.create(
            model="speed", messages=[question], stream=True
        )
        async for chunk in chunks:
            if chunk.choices and chunk.choices[0].delta.content:
                first.setdefault(number, time.monotonic())
        over[number] = time.monotonic()

    await one(0)
    first.clear(), over.clear()
    cpu = time.process_time()
    for begin in range(1, rounds * at_once, at_once):
        await asyncio.gather(*(one(begin + number) for number in range(at_once)))
    cpu = time.process_time() - cpu
    pathlib.Path(path).write_text(json.dumps({"first": first, "over": over, "cpu": cpu}))

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
"""


class Watch:
    """Plays the model, watches the workspace, and notes when what happens.

    Attributes:
        first, last: when the model said the first and the last token, by the question's number.
        seen, whole: when Slack first showed some of the answer, and all of it with its footer.
        busy: the channels in which the bot said that Parallel is busy.

    Times are the event loop's, which on Linux are the same in all processes.
    """

    def __init__(self, stage: Stage) -> None:
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self.seen: dict[str, float] = {}
        self.whole: dict[str, float] = {}
        self.busy: set[str] = set()
        self._now = asyncio.get_running_loop().time
        stage.parallel.automatic_chat = self._play
        stage.slack.subscribe(self._note)

    def forget(self) -> None:
        """Leave out what was noted so far: it was to warm up."""
        for times in (self.first, self.last, self.seen, self.whole):
            times.clear()

    async def _play(self, chat: LocalChat) -> None:
        number = _number(chat.question)
        begun = self._now() + SILENT
        words = [f"Answer#{number}# ", *["words "] * (TOKENS - 2), LAST]
        for nth, word in enumerate(words):
            await asyncio.sleep(begun + nth / PER_SECOND - self._now())
            if nth in (0, TOKENS - 1):
                (self.last if nth else self.first)[number] = self._now()
            chat.says(word)
        chat.finishes()

    def _note(self, change: Any) -> None:
        if change.kind not in ("message posted", "message changed"):
            return
        message = change.subject
        if "Answer#" in message.text:
            number, now = _number(message.text), self._now()
            self.seen.setdefault(number, now)
            if LAST in message.text and NO_SOURCES in message.text:
                self.whole.setdefault(number, now)
        elif "Parallel is busy" in message.text:
            self.busy.add(message.channel.id)


def _between(since: dict[str, float], until: dict[str, float]) -> list[float]:
    """Return the seconds from one thing to the other, for each answer."""
    return [at - since[number] for number, at in until.items()]


def _number(text: str) -> str:
    found = NUMBER.search(text)
    assert found, text
    return found[1]


@asynccontextmanager
async def _stage(url: str) -> AsyncIterator[tuple[Stage, Watch]]:
    async with (
        LocalSlack() as slack,
        LocalTaskApi(keys={KEY}, chats_a_minute=10_000) as parallel,
    ):
        stage = Stage("socket", slack, parallel, url)
        yield stage, Watch(stage)


# --- one bot ----------------------------------------------------------------------------


async def channels() -> None:
    """Print how soon an answer is seen in a channel."""

    async def ask(stage: Stage, number: int) -> None:
        await _ask(stage, number, f"quick-{number}")

    await _rounds("channels", CHANNELS, ask)


async def direct() -> None:
    """Print how soon an answer is seen in direct messages."""

    async def ask(stage: Stage, number: int) -> None:
        person = stage.slack.person(f"person-{number}")
        await person.says(stage.slack.dm(person), f"!speed question {number}?")

    await _rounds("direct", DIRECT, ask)


async def _rounds(name: str, at_once: int, ask: Ask) -> None:
    seen: list[float] = []
    whole: list[float] = []
    cost = 0.0
    for _ in range(ROUNDS):
        with valkey_server() as url:
            async with _stage(url) as (stage, watch):
                cost += await _round(stage, watch, at_once, ask)
                seen += _between(watch.first, watch.seen)
                whole += _between(watch.last, watch.whole)
    print(row(f"{name}: first token to text", seen), " target: p50 300 ms, p99 1,200 ms")
    print(row(f"{name}: last token to whole", whole), " target: p50 100 ms")
    print(_cost(name, cost, len(whole)), flush=True)


async def _round(stage: Stage, watch: Watch, at_once: int, ask: Ask) -> float:
    """Ask once to warm up, then all at once; returns the bot's processor seconds for these."""
    async with bot_process(stage.settings()) as bot:
        await stage.slack.until(lambda: stage.slack.connections, timeout=20)
        await _ask(stage, 0, "general")
        await stage.slack.until(lambda: watch.whole, timeout=20)
        await asyncio.sleep(SETTLE)
        watch.forget()
        before = bot.cpu_seconds
        for number in range(1, at_once + 1):
            await ask(stage, number)
        await stage.slack.until(lambda: len(watch.whole) == at_once, timeout=30)
        await asyncio.sleep(SETTLE)
        return bot.cpu_seconds - before


async def _ask(stage: Stage, number: int, channel: str) -> None:
    there = stage.slack.channel(channel, members=[stage.ada])
    await stage.ada.says(there, f"{stage.me} !speed question {number}?")


# --- the peer ---------------------------------------------------------------------------


async def peer() -> None:
    """Print how soon the official SDK has what the bot shows."""
    with tempfile.TemporaryDirectory() as folder, valkey_server() as url:
        path = Path(folder) / "times.json"
        async with _stage(url) as (stage, watch):
            words = (stage.parallel.url, KEY, str(ROUNDS), str(CHANNELS), str(path))
            async with python_process(PEER, *words) as process:
                await asyncio.wait_for(process.process.wait(), 60)
        found = json.loads(path.read_text())
    print(row("openai SDK: first token to delta", _between(watch.first, found["first"])))
    print(row("openai SDK: last token to the end", _between(watch.last, found["over"])))
    print(_cost("openai SDK", found["cpu"], len(found["over"])), flush=True)


def _cost(name: str, seconds: float, answers: int) -> str:
    each = seconds / answers * 1000
    return f"{name + ': processor time':<34} n={answers:<5} {each:.1f} ms an answer"


# --- replicas ---------------------------------------------------------------------------


async def replicas() -> None:
    """Print how many requests four replicas send in a minute in which more is asked."""
    with valkey_server() as url:
        async with _stage(url) as (stage, watch), AsyncExitStack() as stack:
            for _ in range(REPLICAS):
                await stack.enter_async_context(bot_process(stage.settings()))
            await stage.slack.until(lambda: stage.slack.connections == REPLICAS, timeout=30)
            loop = asyncio.get_running_loop()
            begun = loop.time()
            for number in range(QUESTIONS):
                await asyncio.sleep(begun + number / QUESTIONS * WITHIN - loop.time())
                await _ask(stage, number, f"busy-{number}")
            await stage.slack.until(
                lambda: len(watch.whole) + len(watch.busy) == QUESTIONS, timeout=60
            )
            took = loop.time() - begun
            _report(stage, watch, took)


def _report(stage: Stage, watch: Watch, took: float) -> None:
    sent = [request for request in stage.parallel.requests if request.kind == "chat"]
    asked = Counter(request.body["messages"][-1]["content"] for request in sent)
    slowed = sum(call.status == 429 for call in stage.slack.calls)
    grew = sum(watch.seen[number] < at for number, at in watch.whole.items())
    print(
        f"replicas: {QUESTIONS} questions in {WITHIN:.0f} s, all settled after {took:.0f} s; "
        f"{len(sent)} requests, at most {_most_in_a_minute([one.at for one in sent])} in any 60 s"
        "  target: 300, the bot's budget 250\n"
        f"replicas: {len(watch.whole)} answered ({grew} in a message that grew), "
        f"{len(watch.busy)} told that Parallel is busy, Slack slowed down {slowed} calls"
        "  target: 350 answered\n"
        f"replicas: {sum(times > 1 for times in asked.values())} questions with two requests"
        "  target: 0\n"
        f"{row('replicas: last token to whole', _between(watch.last, watch.whole))}",
        flush=True,
    )


def _most_in_a_minute(times: Sequence[float]) -> int:
    """Return how many of the times, which ascend, lie within any 60 s at the most."""
    most, begin = 0, 0
    for number, at in enumerate(times):
        while times[begin] <= at - MINUTE:
            begin += 1
        most = max(most, number - begin + 1)
    return most


PARTS = {"channels": channels, "direct": direct, "peer": peer, "replicas": replicas}


async def main(names: list[str]) -> None:
    """Run the parts named, or all."""
    for name in names or PARTS:
        await PARTS[name]()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
