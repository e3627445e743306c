"""The workbench: buttons that inject the faults that happen in production.

Each says what will happen and what to expect, so that a developer sees the bot handle it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape

from bot.playground.parts import Playground
from bot.playground.task_api import LocalTaskApi

RETRY_AFTER = 2  # seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that can be injected; `apply` returns the notice to show."""

    name: str
    label: str
    about: str
    apply: Callable[[Playground], Awaitable[str]]


async def _kill(playground: Playground) -> str:
    await playground.bot.kill()
    await playground.bot.start()
    return "The bot was killed and is starting again: what it was at goes on."


async def _restart(playground: Playground) -> str:
    await playground.bot.stop()
    await playground.bot.start()
    return "The bot was stopped as by a deploy and is starting again."


async def _stop(playground: Playground) -> str:
    await playground.bot.stop()
    return "The bot is stopped. What is asked now waits: Slack sends it again."


async def _start(playground: Playground) -> str:
    await playground.bot.start()
    return "The bot is starting."


async def _slack_429(playground: Playground) -> str:
    playground.slack.faults.next("chat.postMessage", ratelimited=RETRY_AFTER)
    return f"The next message of the bot is refused: too many, come again in {RETRY_AFTER} s."


async def _slack_lost(playground: Playground) -> str:
    playground.slack.faults.next("chat.postMessage", cut="after")
    return "The next message of the bot is posted, but the bot is not told so."


async def _socket(playground: Playground) -> str:
    await playground.slack.disconnect()
    return "Slack has closed the socket; the bot opens another."


async def _redeliver(playground: Playground) -> str:
    slack = playground.slack
    messages = [
        message
        for channel in slack.workspace.channels.values()
        for message in channel.visible()
        if not message.by_app
    ]
    if not messages:
        raise ValueError("nobody has said anything yet")
    latest = max(messages, key=lambda message: float(message.ts))
    await slack.redeliver(latest)
    return "The latest message was delivered to the bot once more."


async def _share(playground: Playground) -> str:
    playground.slack.administration.share(playground.slack.channel("random"))
    return "#random is shared with another company now: the bot answers nobody there."


async def _unshare(playground: Playground) -> str:
    playground.slack.administration.unshare(playground.slack.channel("random"))
    return "#random is ours alone again."


def _local(playground: Playground) -> LocalTaskApi:
    if not isinstance(playground.research, LocalTaskApi):
        raise TypeError("the research is real: trouble is made only with the local one")
    return playground.research


async def _parallel_429(playground: Playground) -> str:
    _local(playground).faults.next("create", status=429, retry_after=RETRY_AFTER)
    return f"The next run is refused: too many, come again in {RETRY_AFTER} s."


async def _parallel_lost(playground: Playground) -> str:
    _local(playground).faults.next("create", cut="after")
    return "The next run is created, but the bot is not told so."


async def _parallel_cut(playground: Playground) -> str:
    cut = _local(playground).drop_connections()
    return f"{cut} connections of the bot to Parallel were cut."


async def _fail(playground: Playground) -> str:
    active = [run for run in _local(playground).runs if not run.status.is_over]
    if not active:
        raise ValueError("no run is going on; ask something first")
    for run in active:
        run.fails("Sample failure: somebody at the workbench asked for one.", {"sample": True})
    return "What is running has failed."


BOT = (
    Fault("kill", "Kill the bot and restart it", "kill -9 in mid-run: it carries on", apply=_kill),
    Fault("restart", "Restart the bot", "SIGTERM, as a deploy does", apply=_restart),
    Fault("stop", "Stop the bot", "questions wait until it is back", apply=_stop),
    Fault("start", "Start the bot", "after a stop", apply=_start),
)
SLACK = (
    Fault("redeliver", "Redeliver the latest message", "should have no effect", apply=_redeliver),
    Fault("slack_429", "429 on the next message", "it comes a little later", apply=_slack_429),
    Fault(
        "slack_lost", "Drop the response to the next message", "it comes once", apply=_slack_lost
    ),
    Fault("socket", "Close the socket", "as Slack does now and then", apply=_socket),
    Fault("share", "Share #random", "another company can read it", apply=_share),
    Fault("unshare", "Unshare #random", "it is ours alone again", apply=_unshare),
)
PARALLEL = (
    Fault("fail", "Fail the running runs", "the bot says so, with Try again", apply=_fail),
    Fault("parallel_429", "429 on the next run", "the question is kept", apply=_parallel_429),
    Fault(
        "parallel_lost", "Drop the response to the next run", "it asks you", apply=_parallel_lost
    ),
    Fault(
        "parallel_cut",
        "Cut the connections",
        "the run is waited for all the same",
        apply=_parallel_cut,
    ),
)
FAULTS = {fault.name: fault for fault in (*BOT, *SLACK, *PARALLEL)}


def workbench(playground: Playground) -> str:
    """Draw the buttons."""
    bot = playground.bot
    listening = playground.slack.connections > 0
    if bot.pid:
        state = f"running, process {bot.pid}" if listening else f"starting, process {bot.pid}"
    else:
        state = f"stopped (exit code {bot.exit_code})"
    local = isinstance(playground.research, LocalTaskApi)
    sections = [("The bot", BOT), ("Slack", SLACK)] + ([("Parallel", PARALLEL)] if local else [])
    drawn = "".join(
        f'<h3>{name}</h3><ul class="troubles">{"".join(map(_button, faults))}</ul>'
        for name, faults in sections
    )
    return f'<p>The bot is <b id="bot-state">{escape(state)}</b>.</p>{drawn}'


def _button(fault: Fault) -> str:
    return (
        f'<li><button type="button" class="bk-button" data-trouble="{fault.name}">'
        f"{escape(fault.label)}</button> <span>{escape(fault.about)}</span></li>"
    )
