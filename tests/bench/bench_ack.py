"""How long Slack waits for "got it", which is said when the question is safely in Redis.

100 events a second for 20 s, in both transports: 33 mentions a second, each of them two events (as
many runs as Parallel takes: 2,000 a minute), and 34 messages that are nobody's question. The bot
works on the questions meanwhile, in a process of its own. Target: p99 50 ms. The peer in the same
run: a Bolt app over HTTP whose listeners store nothing and do nothing.

    python -m tests.bench.bench_ack
"""

from __future__ import annotations

import asyncio
import time

from tests.bench.common import bot_process, python_process, row
from tests.e2e.stage import Stage, staged
from tests.server import valkey_server

SECONDS, MENTIONS, CHATTER = 20, 33, 34  # the last two a second
PORT = 39_311

PEER = """
import sys
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
async def authorize():
    return AuthorizeResult(enterprise_id=None, team_id="T", bot_token="xoxb-", bot_id="B")
async def nothing():
    pass
app = AsyncApp(signing_secret=sys.argv[1], authorize=authorize)
app.event("app_mention")(nothing)
app.event("message")(nothing)
app.start(int(sys.argv[2]))
"""


async def main() -> None:
    """Print the figures."""
    with valkey_server() as url:
        await _over_a_socket(url)
    with valkey_server() as url:
        await _over_http(url)


async def _over_a_socket(url: str) -> None:
    async with (
        staged("socket", url, rate_limits=False) as stage,
        bot_process(stage.settings()),
    ):
        await stage.slack.until(lambda: stage.slack.connections, timeout=20)
        print(row("threadline, Socket Mode", await _fire(stage)))


async def _over_http(url: str) -> None:
    async with staged("http", url, rate_limits=False) as stage:
        stage.slack.events_url = f"http://127.0.0.1:{PORT}/slack/events"
        async with bot_process(stage.settings(PORT=str(PORT))):
            await _until_it_answers(stage)
            print(row("threadline, HTTP", await _fire(stage)))
        async with python_process(PEER, stage.slack.app.signing_secret, str(PORT)):
            await _until_it_answers(stage)
            print(row("Bolt that stores nothing, HTTP", await _fire(stage)))


async def _fire(stage: Stage) -> list[float]:
    """Mention on the beat, whether or not the earlier ones are answered."""
    known = len(stage.slack.deliveries)
    channels = [stage.slack.channel(f"ack-{n}", members=[stage.ada]) for n in range(50)]
    begun, each = time.perf_counter(), MENTIONS + CHATTER
    for number in range(SECONDS * each):
        await asyncio.sleep(max(0.0, begun + number / each - time.perf_counter()))
        to = stage.me if number % each % 2 == 0 and number % each < 2 * MENTIONS else "nobody:"
        await stage.ada.says(channels[number % 50], f"{to} question {number}?")
    sent = [
        delivery
        for delivery in stage.slack.deliveries[known:]
        if delivery.event.get("user") == stage.ada.id
    ]
    await stage.slack.until(lambda: all(delivery.over.is_set() for delivery in sent), timeout=30)
    odd = [d.attempts for d in sent if len(d.attempts) != 1]
    assert not odd, f"not acknowledged at once: {len(odd)} of {len(sent)}, such as {odd[0]}"
    return [delivery.attempts[0].seconds for delivery in sent]


async def _until_it_answers(stage: Stage) -> None:
    async with asyncio.timeout(20):
        while not await stage.slack.verify_url():
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
