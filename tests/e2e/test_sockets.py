"""Behind Slack's socket: ten taken, sent away, refused, dead, replaced; nothing is lost.

Pauses are a hundredth of the real ones, unless the real ones are what is tested.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.slack.transport.socket_pacing import PACING, Pacing
from tests.e2e.dialogue import shown
from tests.e2e.stage import Stage, staged
from tests.slack_clients import client, quiet

SWIFT = Pacing(
    delays=(0.01, 0.04, 0.075),
    jitter=0.2,
    free_replacements=3,
    stable_after=0.3,
    max_opens=9,
    window=0.6,
    ping_every=0.2,
)
TRYING = re.compile(r"no new socket to Slack: (.+); next try in (\d+\.\d) s")


@asynccontextmanager
async def connected(
    redis_url: str, pacing: Pacing = SWIFT, **slack_options: Any
) -> AsyncIterator[Stage]:
    """A bot with a socket; whatever is not acknowledged is delivered again soon."""
    slack = {"retry_delays": (0.05,) * 60, "ack_timeout": 0.3} | slack_options
    async with staged("socket", redis_url, **slack) as stage:
        await stage.start_bot(PORT="0", pacing=pacing)
        yield stage


@asynccontextmanager
async def taken(stage: Stage, places: int = 10) -> AsyncIterator[list[Any]]:
    """Take so many of the app's ten sockets; yields them."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        sockets = []
        for _ in range(places):
            answer = await client(stage.slack).apps_connections_open(
                app_token=stage.slack.app.app_token
            )
            sockets.append(await stack.enter_async_context(session.ws_connect(answer["url"])))
        yield sockets


def opens(stage: Stage) -> list[float]:
    """When `apps.connections.open` was called, in seconds."""
    return [call.at for call in stage.slack.calls if call.method == "apps.connections.open"]


async def tries(stage: Stage, more: int) -> None:
    """Wait until a socket has been asked for so many times more."""
    wanted = len(opens(stage)) + more
    await stage.slack.until(lambda: len(opens(stage)) >= wanted)


async def health(stage: Stage) -> tuple[int, list[str]]:
    async with aiohttp.ClientSession() as session, session.get(f"{stage.url}/health") as response:
        return response.status, (await response.json())["wrong"]


async def answers_a_question(stage: Stage) -> None:
    """A question is answered, and every event of it acknowledged."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    thread = stage.slack.thread(asked)
    await thread.until(lambda t: any("Egypt." in shown(m) for m in t.said))
    delivered = list(stage.slack.deliveries)
    await quiet(*delivered)
    assert all(delivery.acked for delivery in delivered)


def tried(caplog: pytest.LogCaptureFixture) -> list[tuple[str, float]]:
    """Why each try failed, and the pause after it, as the log has them."""
    found = [TRYING.search(record.getMessage()) for record in caplog.records]
    return [(match[1], float(match[2])) for match in found if match]


# --- ten sockets are taken -----------------------------------------------------------------


async def test_a_bot_waits_while_all_ten_sockets_are_taken(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        staged("socket", redis_url, retry_delays=(0.05,) * 60, ack_timeout=0.3) as stage,
        taken(stage) as others,
    ):
        before = len(opens(stage))
        await stage.start_bot(PORT="0", pacing=SWIFT)
        await tries(stage, 3)
        assert (await health(stage)) == (503, ["the socket to Slack is closed"])
        assert stage.slack.connections == 10
        for other in others:
            await other.close()
        await stage.slack.until(lambda: stage.slack.connections == 1)
        await answers_a_question(stage)
        assert (await health(stage)) == (200, [])
        failed = tried(caplog)
        assert {why for why, _ in failed} == {"Slack sent it away (too_many_websockets)"}
        # One of the calls was made before the bot started, and the last one opened the socket.
        assert len(failed) == len(opens(stage)) - before - 2


async def test_the_bot_asks_for_few_sockets_with_the_pauses_of_use(redis_url: str) -> None:
    async with staged("socket", redis_url) as stage, taken(stage):
        before = len(opens(stage))
        await stage.start_bot()
        await tries(stage, 1)
        await asyncio.sleep(2)
        assert len(opens(stage)) - before <= 4  # one at the start, and then with pauses
        await stage.stop_bot()


async def test_shutdown_is_immediate_while_waiting_for_a_socket(redis_url: str) -> None:
    async with staged("socket", redis_url) as stage, taken(stage):
        await stage.start_bot(pacing=Pacing(delays=(3600.0,)))
        async with asyncio.timeout(60):
            await stage.stop_bot()


# --- sent away, refused, cut ---------------------------------------------------------------

Trouble = dict[str, Any]
SENT_AWAY: dict[str, tuple[str, Trouble, str]] = {
    "too many": ("socket", {"error": "too_many_websockets"}, "too_many_websockets"),
    "refreshed after the hello": ("socket", {"error": "refresh_requested"}, "refresh_requested"),
    "switched off": ("socket", {"error": "link_disabled"}, "link_disabled"),
    "closed before the handshake": ("socket", {"cut": "before"}, "Slack "),
    "closed after the handshake": ("socket", {"cut": "after"}, "Slack closed it"),
    "refused with 403": ("socket", {"status": 403}, "did not open it (403)"),
    "refused with 408": ("socket", {"status": 408}, "did not open it (408)"),
    "refused with 503": ("socket", {"status": 503}, "did not open it (503)"),
    "no address: 503": ("apps.connections.open", {"status": 503}, "gives no address"),
    "no address: cut": ("apps.connections.open", {"cut": "before"}, "gives no address"),
    "no address: lost": ("apps.connections.open", {"cut": "after"}, "gives no address"),
    "no address: internal": (
        "apps.connections.open", {"error": "internal_error"}, "gives no address",
    ),
    "token revoked": ("apps.connections.open", {"error": "invalid_auth"}, "(invalid_auth)"),
    "team forbidden": ("apps.connections.open", {"error": "forbidden_team"}, "(forbidden_team)"),
    "unheard of": ("apps.connections.open", {"error": "a_new_one"}, "(a_new_one)"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "trouble", "says"), SENT_AWAY.values(), ids=SENT_AWAY)
async def test_a_bot_that_is_sent_away_pauses_says_why_and_comes_back(
    redis_url: str,
    caplog: pytest.LogCaptureFixture,
    method: str,
    trouble: Trouble,
    says: str,
) -> None:
    async with connected(redis_url) as stage:
        stage.slack.faults.next(method, times=1_000, **trouble)
        await stage.slack.disconnect()
        async with asyncio.timeout(60):
            while len(failed := tried(caplog)) < 4:
                await asyncio.sleep(0.02)
        assert all(says in why for why, _ in failed[1:]), failed
        stage.slack.faults.clear()
        await answers_a_question(stage)
        assert not [r for r in caplog.records if r.levelno > logging.WARNING or r.exc_info]
        assert "ticket" not in caplog.text


@pytest.mark.parametrize(("method", "trouble", "says"), SENT_AWAY.values(), ids=SENT_AWAY)
async def test_at_most_nine_sockets_are_requested_in_any_window(
    redis_url: str, method: str, trouble: Trouble, says: str
) -> None:
    eager = Pacing(delays=(0.0,), free_replacements=0, max_opens=9, window=0.4)
    async with connected(redis_url, eager, rate_limits=False) as stage:
        cut = trouble.get("cut") == "before" and method != "socket"  # Slack counts no such call
        stage.slack.faults.next(method, times=1_000, **({"status": 500} if cut else trouble))
        await stage.slack.disconnect()
        await tries(stage, 12)
        called = opens(stage)[1:]  # without the one of the start
        # A call reaches Slack a little sooner or later than it is made.
        assert all(late - early > 0.2 for early, late in zip(called, called[9:], strict=False))


@pytest.mark.parametrize("method", ["apps.connections.open", "socket"])
async def test_a_retry_after_is_obeyed(
    redis_url: str, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    async with connected(redis_url) as stage:
        stage.slack.faults.next(method, ratelimited=2)
        began = len(opens(stage))
        await stage.slack.disconnect()
        await stage.slack.until(lambda: stage.slack.connections == 1)
        refused, again = opens(stage)[began:]
        assert again - refused > 1.9
        assert [pause for _, pause in tried(caplog) if pause >= 2]
        await answers_a_question(stage)


# --- asked to be replaced ------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_a_replaced_socket_loses_nothing(redis_url: str, reason: Any) -> None:
    async with connected(redis_url, PACING, retry_delays=(0.1,) * 20) as stage:
        for n in range(3):
            await stage.slack.disconnect(reason)
            await stage.ada.says(stage.general, f"in between {n}")
        await answers_a_question(stage)
        texts = [delivery.event.get("text") for delivery in stage.slack.deliveries]
        assert {f"in between {n}" for n in range(3)} <= set(texts)


async def test_a_warned_socket_is_read_until_it_ends(redis_url: str) -> None:
    async with connected(redis_url, retry_delays=()) as stage:
        gate = asyncio.Event()
        stage.slack.faults.next("apps.connections.open", gate=gate)
        await stage.slack.disconnect("warning")
        await stage.ada.says(stage.general, "hello")
        await quiet(*stage.slack.deliveries)
        assert stage.slack.deliveries[0].acked
        assert (await health(stage)) == (200, [])
        gate.set()
        await stage.slack.until(lambda: stage.slack.connections == 2)
        await stage.ada.says(stage.general, "hello again")
        await quiet(*stage.slack.deliveries)
        assert all(len(delivery.attempts) == 1 for delivery in stage.slack.deliveries)


async def test_a_press_is_acknowledged_after_its_socket_has_closed(
    redis_url: str,
) -> None:
    async with connected(redis_url, ack_timeout=3.0) as stage:
        gate = asyncio.Event()
        stage.slack.faults.next("views.open", gate=gate)
        stage.slack.faults.next("views.publish", gate=gate)
        asking = asyncio.create_task(stage.ada.command("/processor", "", stage.general))
        await stage.slack.until(lambda: stage.slack.interactions)
        await stage.slack.disconnect()
        gate.set()
        assert (await asking).error is None


# --- dead ----------------------------------------------------------------------------------


@pytest.mark.parametrize("speaking", [False, True])
@pytest.mark.parametrize("lingering", [0.0, 1.0])
async def test_a_dead_socket_is_noticed_and_loses_nothing(
    redis_url: str, caplog: pytest.LogCaptureFixture, speaking: bool, lingering: float
) -> None:
    """Slack takes it for alive, and sends payloads over it, also after the bot has given it up."""
    async with connected(redis_url) as stage:
        stage.slack.drop_sockets(still_sending=speaking, registered_for=lingering)
        said = [await stage.ada.says(stage.general, f"word {n}") for n in range(5)]
        await answers_a_question(stage)
        assert len(said) == 5
        assert any("it went dead" in why for why, _ in tried(caplog))
        assert len(stage.parallel.runs) == 1


async def test_dead_sockets_of_others_take_their_share_and_nothing_is_lost(redis_url: str) -> None:
    """Bots that were killed leave sockets behind, which take payloads for a while."""
    async with connected(redis_url, ack_timeout=0.1) as stage, taken(stage, 5):
        for n in range(4):
            await stage.ada.says(stage.general, f"word {n}")
        await answers_a_question(stage)
        assert len(stage.parallel.runs) == 1


async def test_a_dead_tenth_socket_is_replaced_when_slack_drops_it(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(redis_url) as stage:
        stage.slack.drop_sockets(
            registered_for=3.0
        )  # until after the others are taken, on any machine
        async with taken(stage, 9):
            await stage.slack.until(lambda: stage.slack.connections == 9)
            await stage.slack.until(lambda: stage.slack.connections == 10)
            whys = [why for why, _ in tried(caplog)]
            assert "it went dead" in whys
            assert "Slack sent it away (too_many_websockets)" in whys
        await answers_a_question(stage)


# --- what Slack never says -----------------------------------------------------------------


@pytest.mark.parametrize(
    "nonsense",
    ["", "null", "[1]", '"x"', "{", '{"type": 5}', '{"type": "events_api"}', "[" * 100_000,
     '{"type": "events_api", "envelope_id": "1", "payload": null}',
     '{"type": "events_api", "envelope_id": "1", "payload": [1]}',
     '{"type": "events_api", "envelope_id": "1", "payload": {"event": 5}}',
     '{"type": [], "envelope_id": {}, "payload": {}}',
     '{"type": "events_api", "envelope_id": "1", "payload": {"type": "x"}, "retry_reason": 5}'],
)  # fmt: skip
async def test_nonsense_over_the_socket_is_survived(redis_url: str, nonsense: str) -> None:
    async with connected(redis_url) as stage:
        assert stage.slack._sockets
        for connection in stage.slack._sockets.connections:
            await connection.ws.send_str(nonsense)
        await answers_a_question(stage)
        assert len(opens(stage)) == 2


@pytest.mark.parametrize("reason", [None, 5, "", "x" * 500, "a\nb", ["warning"], {}])
async def test_an_odd_reason_is_no_reason_to_hurry(
    redis_url: str, caplog: pytest.LogCaptureFixture, reason: Any
) -> None:
    async with connected(redis_url) as stage:
        assert stage.slack._sockets
        for connection in stage.slack._sockets.connections:
            await connection.send({"type": "disconnect", "reason": reason})
            await connection.close()
        await answers_a_question(stage)
        assert ("Slack sent it away (an unknown reason)", 0.0) in tried(caplog)
