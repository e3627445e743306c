"""A Redis that begins to refuse commands at work, as companies' servers do, at a question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

import pytest

from bot.playground.slack import Message
from bot.store.permissions import COMMANDS, KEY_RULE, RULES, name
from tests.contract.redis_servers import command, valkey
from tests.e2e.dialogue import said
from tests.e2e.stage import Stage, staged

Words = Sequence[str]
#: What an administrator, a full disk or a failover does to the server, and what undoes it.
REFUSALS: dict[str, tuple[Words, Words]] = {
    **{
        f"no {name(each)}": (
            ("ACL", "SETUSER", "tl", "-" + name(each).lower().replace(" ", "|")),
            ("ACL", "SETUSER", "tl", "+" + name(each).lower().replace(" ", "|")),
        )
        for each in COMMANDS
    },
    "no keys": (
        ("ACL", "SETUSER", "tl", "resetkeys"),
        ("ACL", "SETUSER", "tl", KEY_RULE),
    ),
    "keys are only read": (
        ("ACL", "SETUSER", "tl", "resetkeys", KEY_RULE.replace("~", "%R~")),
        ("ACL", "SETUSER", "tl", "resetkeys", KEY_RULE),
    ),
    "user off": (("ACL", "SETUSER", "tl", "off"), ("ACL", "SETUSER", "tl", "on")),
    "OOM": (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
    "NOREPLICAS": (
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
    "READONLY": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    "paused": (("CLIENT", "PAUSE", "100000", "WRITE"), ("CLIENT", "UNPAUSE")),
}


async def ask(stage: Stage, port: int, refusal: str) -> Message:
    """Ask while the server refuses something; then it is as before, and Slack delivers again."""
    begin, end = REFUSALS[refusal]
    await command(port, *begin)
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it, with {refusal}?")
    mine = [each for each in stage.slack.deliveries if each.event["ts"] == asked.ts]
    await asyncio.gather(*(each.over.wait() for each in mine))
    await command(port, *end)
    while not all(each.acked for each in mine):
        await stage.slack.redeliver(asked)
        await asyncio.gather(*(each.over.wait() for each in mine))
    return asked


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_no_question_is_lost(transport: Literal["socket", "http"]) -> None:
    async with valkey() as port:
        await command(port, "ACL", "SETUSER", "tl", "reset", "on", ">x", KEY_RULE, *RULES.split())
        url = f"redis://tl:x@127.0.0.1:{port}"
        options = {"rate_limits": False, "retry_delays": (), "ack_timeout": 0.5}
        async with staged(transport, url, **options) as stage:
            await stage.start_bot()
            lost = []
            for refusal in REFUSALS:
                asked = await ask(stage, port, refusal)
                try:
                    async with asyncio.timeout(20):
                        run = await stage.parallel.next_run()
                        run.finishes("Egypt.")
                        await said(stage, asked, "Egypt.")
                except TimeoutError:
                    lost.append(refusal)
            assert lost == []
            assert len(stage.parallel.runs) == len(REFUSALS)
