"""Processor time of a question over its whole life, and how often Redis is asked for it.

200 questions to their answers, in rounds of 20. Each round has a workspace, a Redis and a process
of its own, because Slack allows 50 edits a minute
(https://docs.slack.dev/apis/web-api/rate-limits), and follows a warm-up of 5. Rounds of the bot and
of the peer alternate, so that other work on this machine slows both. Only the process that is
compared is measured; Redis, the local Slack and the local Task API are other processes.

The peer is a Slack Bolt app on Socket Mode with the official SDK that sends the same messages: it
posts a status, sets the agent session of the thread, waits for the run (`task_run.result`), posts
the answer, changes the status and sets the session again. It keeps nothing, does not ask Slack who
is asking and where, and does not check what it posts.

- *plain*: short answers without sources. Target: 1.0 times the peer;
- *cited*: answers of ten paragraphs with ten sources. Target: 1.5 times the peer;
- *ignored*: messages that are not for the bot, 200 in each of those rounds.

Takes about four minutes.

    python -m tests.bench.bench_cost [plain] [cited]
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.playground.slack import LocalSlack
from bot.playground.task_api import LocalRun, LocalTaskApi
from tests.bench.common import BotProcess, bot_process, python_process
from tests.e2e.stage import KEY, Stage
from tests.server import valkey_server

ROUNDS, QUESTIONS, WARM_UP = 10, 20, 5
IGNORED, TOGETHER = 200, 20  # messages in a round, and how many of them at once
RUN = 1.0  # seconds
SETTLE = 0.3  # seconds, for what follows the last message

PEER = """
import asyncio, logging, sys
from parallel import AsyncParallel
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

token, app_token, slack_url, url, key = sys.argv[1:]
logging.basicConfig(level=logging.ERROR)
parallel = AsyncParallel(api_key=key, base_url=url)
app = AsyncApp(client=AsyncWebClient(token=token, base_url=slack_url))
waiting = set()

@app.event("app_mention")
async def mention(event, client):
    task = asyncio.create_task(research(event, client))
    waiting.add(task)
    task.add_done_callback(waiting.discard)

@app.event("message")
async def message():
    pass

async def research(event, client):
    channel, thread = event["channel"], event.get("thread_ts") or event["ts"]
    status = await client.chat_postMessage(
        channel=channel,
        thread_ts=thread,
        text="Researching ...",
        blocks=section("Researching ...") + buttons("Stop"),
        metadata=METADATA,
    )
    run = await parallel.task_run.create(input=event["text"], processor="core-fast")
    session = {"channel_id": channel, "thread_ts": thread}
    await client.agents_sessions_setStatus(**session, status="processing")
    output = (await parallel.task_run.result(run.run_id)).output
    cited = {c.url: c.title or c.url for basis in output.basis for c in basis.citations or ()}
    listed = "\\n".join(f"{n}. <{u}|{t}>" for n, (u, t) in enumerate(cited.items(), 1))
    blocks = [{"type": "markdown", "text": output.content}]
    await client.chat_postMessage(
        channel=channel,
        thread_ts=thread,
        text=output.content,
        blocks=blocks + (section(listed) if listed else []) + buttons("Evidence", "Follow up"),
        unfurl_links=False,
        metadata=METADATA,
    )
    await client.chat_update(
        channel=channel, ts=status["ts"], text="Done", blocks=section("Done")
    )
    await client.agents_sessions_setStatus(**session, status="active")

METADATA = {"event_type": "peer", "event_payload": {"turn": "1", "part": "1"}}

def buttons(*labels):
    elements = [
        {"type": "button", "action_id": words, "text": {"type": "plain_text", "text": words}}
        for words in labels
    ]
    return [{"type": "actions", "elements": elements}]

def section(words):
    return [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]

async def main():
    await AsyncSocketModeHandler(app, app_token).start_async()

asyncio.run(main())
"""

#: Answers differ in the id of their run, so that nothing is gained by remembering another one.
PLAIN = "It is owned by **Egypt**, through the Suez Canal Authority, since July 1956 ({run})."
PARAGRAPH = (
    "The **figure** of {{run}} in finding {n} is {n}42 million tonnes a year, which is 3 % more; "
    "see the [annual report](https://example.org/report/{n}) of the authority [{n}]."
)
CITED = "\n\n".join(PARAGRAPH.format(n=n) for n in range(1, 11))
BASIS = [
    {
        "field": "answer",
        "reasoning": "Stated by all sources.",
        "confidence": "high",
        "citations": [
            {
                "url": f"https://example.org/report/{n}",
                "title": f"Annual report {n} of the canal authority",
                "excerpts": [f"In that year {n}42 million tonnes went through the canal. " * 5],
            }
            for n in range(1, 11)
        ],
    }
]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round took.

    Attributes:
        start: processor seconds until the process was ready, with the warm-up.
        question, ignored: processor seconds of each question, and of each message for others.
        scripts: calls of Lua scripts for each question.
        commands: other commands sent to Redis for each question.
    """

    start: float
    question: float
    ignored: float
    scripts: float
    commands: float


#: Runs the process that is compared, in a workspace and with a Redis.
Side = Callable[[Stage], AbstractAsyncContextManager[BotProcess]]


async def main(kinds: list[str]) -> None:
    """Print the figures of the kinds of answer named, or of all."""
    for kind in kinds or ["plain", "cited"]:
        ours, peers = [], []
        for _ in range(ROUNDS):
            ours.append(await _round(_bot, kind))
            peers.append(await _round(_peer, kind))
        _report(kind, ours, peers)


async def _round(side: Side, kind: str) -> Figures:
    with valkey_server() as url:
        async with (
            LocalSlack(rate_limits=False) as slack,
            LocalTaskApi(keys={KEY}) as parallel,
        ):
            stage = Stage("socket", slack, parallel, url)

            async def play(run: LocalRun) -> None:
                await asyncio.sleep(RUN)
                content, basis = (PLAIN, None) if kind == "plain" else (CITED, BASIS)
                run.finishes(content.format(run=run.run_id), basis)

            parallel.automatic = play
            async with side(stage) as process:
                await slack.until(lambda: slack.connections, timeout=20)
                await _ask(stage, WARM_UP)
                await _chatter(stage, TOGETHER)
                start = process.cpu_seconds
                async with _redis_calls(url) as calls:
                    await _ask(stage, QUESTIONS)
                asked = process.cpu_seconds
                await _chatter(stage, IGNORED)
                ignored = process.cpu_seconds
    return Figures(
        start,
        (asked - start) / QUESTIONS,
        (ignored - asked) / IGNORED,
        calls["scripts"] / QUESTIONS,
        calls["commands"] / QUESTIONS,
    )


async def _ask(stage: Stage, number: int) -> None:
    """Ask at once, each in a channel of its own, and wait until all statuses say it is over."""
    slack = stage.slack
    known = len(stage.parallel.runs)
    over = _count(stage, "chat.update") + number
    for n in range(known, known + number):
        channel = slack.channel(f"cost-{n}", members=[stage.ada], bot=True)
        await stage.ada.says(channel, f"{stage.me} who owns canal number {n}?")
    await slack.until(lambda: _count(stage, "chat.update") >= over, timeout=60)
    await asyncio.sleep(SETTLE)


async def _chatter(stage: Stage, number: int) -> None:
    """Say what is not for the bot, and wait until it has been acknowledged."""
    deliveries = stage.slack.deliveries
    for begin in range(0, number, TOGETHER):
        known = len(deliveries)
        for n in range(begin, begin + TOGETHER):
            await stage.ada.says(stage.general, f"shall we have lunch number {n}?")
        await stage.slack.until(
            lambda known=known: all(one.over.is_set() for one in deliveries[known:]),  # type: ignore[misc]
            timeout=30,
        )


def _count(stage: Stage, method: str) -> int:
    return sum(call.method == method for call in stage.slack.calls)


@asynccontextmanager
async def _redis_calls(url: str) -> AsyncIterator[Counter[str]]:
    """Count what Redis is asked during the block, not what scripts do themselves."""
    counted: Counter[str] = Counter()
    async with Redis.from_url(url, decode_responses=True) as redis, redis.monitor() as monitor:

        async def listen() -> None:
            async for command in monitor.listen():
                if command["client_type"] != "lua":
                    is_script = command["command"].startswith("EVALSHA")
                    counted["scripts" if is_script else "commands"] += 1

        listening = asyncio.create_task(listen())
        try:
            yield counted
        finally:
            listening.cancel()
            await asyncio.wait([listening])


@asynccontextmanager
async def _bot(stage: Stage) -> AsyncIterator[BotProcess]:
    async with bot_process(stage.settings()) as process:
        yield process


@asynccontextmanager
async def _peer(stage: Stage) -> AsyncIterator[BotProcess]:
    app = stage.slack.app
    addresses = (stage.slack.api_url, stage.parallel.url)
    async with python_process(PEER, app.bot_token, app.app_token, *addresses, KEY) as process:
        yield process


def _report(kind: str, ours: Sequence[Figures], peers: Sequence[Figures]) -> None:
    target = {"plain": "1.0", "cited": "1.5"}[kind]
    ratio = _compare(f"{kind}: a question", ours, peers, lambda one: one.question)
    print(f"{ratio}  target: {target}")
    print(_compare(f"{kind}: a message that is ignored", ours, peers, lambda one: one.ignored))
    print(_compare(f"{kind}: start and warm-up", ours, peers, lambda one: one.start))
    scripts = _mean([one.scripts for one in ours])
    commands = _mean([one.commands for one in ours])
    name = f"{kind}: Redis round trips"
    print(f"{name:<34} {scripts:.1f} Lua scripts and {commands:.1f} other commands a question")


def _compare(
    name: str, ours: Sequence[Figures], peers: Sequence[Figures], of: Callable[[Figures], float]
) -> str:
    mine, theirs = _mean([of(one) for one in ours]), _mean([of(one) for one in peers])
    ratios = sorted(of(one) / of(other) for one, other in zip(ours, peers, strict=True))
    return (
        f"{name:<34} threadline {mine * 1000:7.2f} ms  peer {theirs * 1000:7.2f} ms  "
        f"ratio {mine / theirs:.2f} (rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
