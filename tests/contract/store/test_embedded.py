"""The bundled server: keeps its data, keeps two bots apart, outlives a kill on either side."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.errors import SettingsError
from bot.store.embedded import embedded
from bot.store.store import Store

TAKES_AND_DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from redis.asyncio import Redis
from bot.store.embedded import embedded
async def main():
    async with embedded(Path(sys.argv[1])) as url:
        client = Redis.from_url(url)
        await client.set("question", "kept")
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def read(url: str) -> tuple[str | None, int]:
    """Return what was kept, and the server's process id."""
    client = Redis.from_url(url, decode_responses=True)
    try:
        async with asyncio.timeout(60):
            while True:
                try:
                    info = await client.info("server")
                    kept = await client.get("question")
                    return (str(kept) if kept else None), int(info["process_id"])
                except (RedisError, OSError):
                    await asyncio.sleep(0.01)
    finally:
        await client.aclose()


async def write(url: str) -> None:
    client = Redis.from_url(url)
    await client.set("question", "kept")
    await client.aclose()


async def test_data_outlives_a_restart_and_the_server_does_not(tmp_path: Path) -> None:
    async with embedded(tmp_path) as url:
        await write(url)
        _, process = await read(url)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    async with embedded(tmp_path) as url:
        assert (await read(url))[0] == "kept"


async def test_a_server_that_dies_comes_back_with_its_data(tmp_path: Path) -> None:
    async with embedded(tmp_path) as url:
        await write(url)
        _, process = await read(url)
        os.kill(process, signal.SIGKILL)
        async with asyncio.timeout(60):
            while (found := await read(url))[1] == process:
                await asyncio.sleep(0.01)
        assert found[0] == "kept"


async def test_two_bots_do_not_share_a_folder(tmp_path: Path) -> None:
    async with embedded(tmp_path):
        with pytest.raises(SettingsError) as caught:
            async with embedded(tmp_path):
                pass
        (problem,) = caught.value.problems
        assert str(os.getpid()) in problem.wrong
        assert "REDIS_URL" in problem.fix


async def test_the_server_of_a_killed_bot_is_used_again(tmp_path: Path) -> None:
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", TAKES_AND_DIES, str(tmp_path)
    )
    assert await killed.wait() == -signal.SIGKILL
    async with embedded(tmp_path) as url:
        assert (await read(url))[0] == "kept"
    assert not (tmp_path / "valkey.sock").exists()


async def test_a_server_that_hangs_is_waited_for_and_not_doubled(tmp_path: Path) -> None:
    """Two servers would write into one file."""
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", TAKES_AND_DIES, str(tmp_path)
    )
    await killed.wait()
    _, process = await read(f"unix://{tmp_path / 'valkey.sock'}")
    os.kill(process, signal.SIGSTOP)
    asyncio.get_running_loop().call_later(2.5, os.kill, process, signal.SIGCONT)
    async with embedded(tmp_path) as url:
        assert await read(url) == ("kept", process)


async def test_a_long_data_path_works(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    async with embedded(deep) as url:
        await write(url)
        assert (await read(url))[0] == "kept"


async def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SettingsError) as caught:
        async with embedded(tmp_path / "file" / "data"):
            pass
    assert caught.value.problems[0].setting == "DATA_DIR"


@pytest.mark.parametrize(
    "name", ["a b", "#x", "?x", "50%", "%41", "ü", 'a"b', "a'b", "a\\b", "-x", "\udcff", "z" * 200]
)
async def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    for kept in (None, "kept"):
        async with embedded(folder) as url:
            assert (await read(url))[0] == kept
            await write(url)
            async with Store(url, "B1", lease=5.0, retention=90) as store:
                assert (await store.connection.examine()).problems == ()
    assert (folder / "lock").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300])
async def test_a_path_that_cannot_be_a_folder_is_reported(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError) as caught:
        async with embedded(tmp_path / place):
            pass
    (problem,) = caught.value.problems
    assert problem.setting == "DATA_DIR"
    assert ("it is a file" in problem.wrong) == place.startswith("file")
