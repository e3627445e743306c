"""A Redis of a company's: a TCP address, a password, a database, a user with few rights."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from bot.store.permissions import KEY_RULE, RULES
from tests.contract.redis_servers import command, valkey
from tests.e2e.stage import Stage, staged

RIGHTS = {
    "all": ("~*", "+@all"),
    "what is recommended": (KEY_RULE, *RULES.split()),
    "nothing dangerous": ("~*", "+@all", "-@dangerous"),
}


async def converse(stage: Stage) -> None:
    """Ask, stop, mute, choose and follow up: what needs each kind of command."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    thread = stage.slack.thread(asked)
    (await stage.parallel.next_run()).finishes("Egypt.")
    await thread.until(lambda t: any("Egypt." in m.text for m in t.said), 10)
    await stage.ada.command("/processor", "pro-fast", stage.general)
    await stage.ada.replies(asked, "since when?")
    await stage.ada.replies(asked, "and who built it?")
    first = await stage.parallel.next_run()
    first.finishes("Since 1956.")
    (await stage.parallel.next_run()).finishes("Lesseps.")
    await thread.until(lambda t: any("Lesseps." in m.text for m in t.said), 10)
    quick = await stage.ada.says(stage.general, f"{stage.me} !speed and in short?")
    (await stage.parallel.next_chat()).finishes("Egypt, in short.")
    await stage.slack.thread(quick).until(lambda t: any("in short" in m.text for m in t.said), 10)
    edited = await stage.ada.says(stage.general, f"{stage.me} who owns the Kiel Canl?")
    await stage.parallel.next_run()
    await stage.ada.edits(edited, f"{stage.me} who owns the Kiel Canal?")
    await stage.ada.deletes(edited)
    await stage.ada.replies(asked, f"{stage.me} stop")
    await stage.ada.command("/processor", "channel pro", stage.general)
    await stage.ada.command("/processor", "replies mention", stage.general)
    await stage.ada.command("/processor", "", stage.general)
    await stage.ada.replies(asked, f"{stage.me} mute")
    await thread.until(lambda t: any("unmute" in m.text for m in t.said), 10)
    await stage.stop_bot()


@pytest.mark.parametrize("rights", RIGHTS)
async def test_a_user_with_these_rights_is_enough_for_a_conversation(
    rights: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with valkey() as port:
        rules = RIGHTS[rights]
        await command(port, "ACL", "SETUSER", "tl", "reset", "on", ">ge/heim", *rules)
        url = f"redis://tl:ge%2Fheim@127.0.0.1:{port}/2"
        async with staged("socket", url, rate_limits=False) as stage:
            await stage.start_bot()
            await converse(stage)
        async with Redis(port=port, decode_responses=True) as client:
            refused = [entry["object"] for entry in await client.acl_log()]
    assert refused == (["info"] if rights == "nothing dangerous" else [])
    assert ("not checked" in caplog.text) == (rights == "nothing dangerous")
    assert "NoPermission" not in caplog.text
