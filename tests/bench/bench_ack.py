"""How long Slack waits for "got it", which is said when the question is safely in Redis.

100 signed events a second for 20 s, over HTTP, to a bot in a process of its own. Target: p99 50 ms.
The peer in the same run: a Bolt app with a listener that does nothing and stores nothing.

    python -m tests.bench.bench_ack
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot.slack.http import slack_events
from tests.bench.common import bot_process, row
from tests.e2e.stage import Stage, staged
from tests.server import valkey_server

EVENTS, PER_SECOND = 2_000, 100


async def main() -> None:
    """Print the figures."""
    with valkey_server() as url:
        async with staged("http", url, rate_limits=False) as stage:
            port = 39311
            async with bot_process(stage.settings(PORT=str(port))):
                address = f"http://127.0.0.1:{port}/slack/events"
                await _until_healthy(f"http://127.0.0.1:{port}/health")
                times = await _fire(stage, address, 0)
            print(row("threadline: stored and acknowledged", times))
            async with _empty_bolt(stage) as address:
                print(row("empty Bolt app, nothing stored", await _fire(stage, address, 1)))


async def _fire(stage: Stage, address: str, series: int) -> list[float]:
    verifier = SignatureVerifier(stage.slack.app.signing_secret)
    async with aiohttp.ClientSession() as session:

        async def one(number: int) -> float:
            body = json.dumps(_event(stage, series, number))
            now = str(int(time.time()))
            headers = {
                "content-type": "application/json",
                "x-slack-request-timestamp": now,
                "x-slack-signature": verifier.generate_signature(timestamp=now, body=body) or "",
            }
            begun = time.perf_counter()
            async with session.post(address, data=body, headers=headers) as response:
                assert response.status == 200, await response.text()
            return time.perf_counter() - begun

        return await _steadily(one)


async def _steadily(one: Callable[[int], Awaitable[float]]) -> list[float]:
    """Send on the beat, whether or not the earlier ones are answered."""
    begun = time.perf_counter()
    going = []
    for number in range(EVENTS):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
        going.append(asyncio.ensure_future(one(number)))
    return list(await asyncio.gather(*going))


def _event(stage: Stage, series: int, number: int) -> dict[str, object]:
    app = stage.slack.app
    ts = f"{1_700_000_000 + series * 100_000 + number}.000100"
    return {
        "type": "event_callback",
        "team_id": app.team_id,
        "api_app_id": app.app_id,
        "event_id": f"Ev{series}{number}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": app.team_id, "user_id": app.bot_user_id, "is_bot": True}],
        "event": {
            "type": "app_mention",
            "channel": stage.general.id,
            "user": stage.ada.id,
            "text": f"{stage.me} question {number}?",
            "ts": ts,
            "event_ts": ts,
        },
    }


async def _until_healthy(address: str) -> None:
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(address) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


class _empty_bolt:  # noqa: N801 - used like a function
    def __init__(self, stage: Stage) -> None:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id="T", bot_token="xoxb-", bot_id="B", bot_user_id="U"
            )

        async def nothing() -> None:
            pass

        app = AsyncApp(signing_secret=stage.slack.app.signing_secret, authorize=authorize)
        app.event("app_mention")(nothing)
        site = web.Application()
        site.router.add_post("/slack/events", slack_events(app))
        self._runner = web.AppRunner(site)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
