"""Starting: every mistake at once, each with its fix, and no secret in any of them."""

from __future__ import annotations

import asyncio
import fcntl
import os
import resource
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.configuration.settings import Settings
from bot.errors import SettingsError
from bot.listening import listen
from bot.slack.transport.socket_pacing import PACING
from bot.store.connection import Connection
from tests import forking
from tests.contract.handlers.bolt_harness import SECRET, bolt_app
from tests.contract.handlers.memory import Memory
from tests.e2e.command_line import run
from tests.e2e.dialogue import said
from tests.e2e.stage import staged

FULL = Path("/dev/full")


async def test_a_start_without_settings_names_all_that_are_needed(tmp_path: Path) -> None:
    code, said = await run("run", cwd=tmp_path, DEFAULT_PROCESSOR="profast")
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PARALLEL_API_KEY"):
        assert f"{name} is not set" in said
    assert "did you mean pro-fast?" in said
    assert "Traceback" not in said


async def test_settings_are_read_from_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xapp-1-hidden\n")
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "an app-level token, not a bot token" in said
    assert "hidden" not in said


@pytest.mark.parametrize("command", ["run", "playground"])
@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        ("socks5://ada:hidden@proxy:1080", "spoken to in socks5"),
        ("http://ada:hidden#1@proxy:3128", "isn't the address of a proxy"),
    ],
)
async def test_an_unusable_proxy_is_reported_with_the_other_mistakes(
    tmp_path: Path, command: str, proxy: str, says: str
) -> None:
    given = {"HTTPS_PROXY": proxy, "DEFAULT_PROCESSOR": "profast", "PARALLEL_API_KEY": "key"}
    code, said = await run(command, cwd=tmp_path, **given)
    assert code == 2
    assert "HTTPS_PROXY" in said
    assert says in said
    assert "did you mean pro-fast?" in said
    assert "hidden" not in said
    assert "Traceback" not in said


async def test_refusals_of_all_servers_are_reported_together(redis_url: str) -> None:
    async with staged("socket", redis_url) as stage:
        stage.slack.app.scopes -= {"files:write", "reactions:write"}
        with pytest.raises(SettingsError) as caught:
            await stage.start_bot(
                SLACK_APP_TOKEN="xapp-1-wrong",
                PARALLEL_API_KEY="wrong-key",
                REDIS_URL="redis://127.0.0.1:1",
            )
        found = {p.setting: p.wrong for p in caught.value.problems}
        assert set(found) == {
            "SLACK_BOT_TOKEN",
            "SLACK_APP_TOKEN",
            "PARALLEL_API_KEY",
            "REDIS_URL",
        }
        assert "files:write" in found["SLACK_BOT_TOKEN"]
        assert "reactions:write" in found["SLACK_BOT_TOKEN"]
        assert all(p.fix for p in caught.value.problems)
        assert "wrong" not in str(caught.value)


async def test_a_revoked_bot_token_is_reported(redis_url: str) -> None:
    async with staged("socket", redis_url) as stage:
        stage.slack.revoke()
        with pytest.raises(SettingsError) as caught:
            await stage.start_bot()
        assert "SLACK_BOT_TOKEN" in {p.setting for p in caught.value.problems}
        assert "token_revoked" in str(caught.value)


async def test_health_is_answered_in_both_transports(redis_url: str) -> None:
    for transport in ("socket", "http"):
        async with staged(transport, redis_url) as stage:
            await stage.start_bot(PORT="0")
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{stage.url}/health") as response,
            ):
                assert response.status == 200
                assert await response.json() == {"ok": True, "wrong": []}
            await stage.stop_bot()


class SlowToCheck(Connection):
    """A connection whose check takes as long as the test wants."""

    def __init__(self) -> None:
        super().__init__("redis://127.0.0.1:1", "B1", retention=1)
        self.checks = 0
        self.may_end = asyncio.Event()

    async def check(self) -> None:
        self.checks += 1
        await self.may_end.wait()


async def test_health_checks_at_once_are_one_check_of_redis() -> None:
    """Anybody can send them, and each would take a connection from the bot's own work."""
    redis = SlowToCheck()
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "PARALLEL_API_KEY": "key", "PORT": "0"}
    settings = Settings.load({**given, "SLACK_SIGNING_SECRET": SECRET, "HOST": "127.0.0.1"})
    async with listen(settings, bolt_app(Memory()), redis, pacing=PACING) as running:
        assert running.url
        port = URL(running.url).port
        streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        for _, writer in streams:
            writer.write(b"GET /health HTTP/1.1\r\nHost: bot\r\n\r\n")
        async with aiohttp.ClientSession() as session, session.get(f"{running.url}/no") as answer:
            assert answer.status == 404  # what was sent before has been read
        assert redis.checks == 1
        redis.may_end.set()
        for reader, writer in streams:
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            writer.close()
    await redis.close()


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
async def test_a_bot_that_cannot_write_its_log_starts_and_answers(redis_url: str) -> None:
    async with staged("socket", redis_url, retry_delays=(0.2,) * 60) as stage:
        bot = await forking.start(("bot", "run"), stage.settings(), FULL)
        try:
            asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
            (await stage.parallel.next_run()).finishes("Egypt.")
            await said(stage, asked, "Egypt.")
        finally:
            bot.terminate()
            code = await bot.wait()
        assert code == 0  # Python's own is 120 where its last words cannot be written


async def test_a_closed_stderr_changes_no_exit_code(tmp_path: Path) -> None:
    script = ("sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-m", "bot", "run")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(forking.ROOT), "SLACK_BOT_TOKEN": "no"}
    bot = await asyncio.create_subprocess_exec(
        *script, cwd=tmp_path, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    assert await bot.wait() == 2


def accept_ctrl_c() -> None:
    """Undo what shells do to a process in the background, which all it starts would inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("command", ["run", "playground"])
@pytest.mark.parametrize(("ends", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_while_it_loads_ends_it_without_a_traceback(
    tmp_path: Path, command: str, ends: signal.Signals, code: int
) -> None:
    """Without a handler, the first process of a container would not get SIGTERM."""
    hangs = "import sys; print('loading', file=sys.stderr, flush=True); sys.stdin.read()"
    (tmp_path / "slack_bolt.py").write_text(hangs)
    loading = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", command),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{tmp_path}{os.pathsep}{forking.ROOT}"},
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=accept_ctrl_c,
    )
    try:
        assert loading.stderr
        assert await loading.stderr.readline() == b"loading\n"
        loading.send_signal(ends)
        rest = await loading.stderr.read()
        assert await loading.wait() == code
        assert b"Traceback" not in rest
    finally:
        with suppress(ProcessLookupError):  # it has ended
            loading.kill()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux tells of another process")
async def test_as_many_open_files_are_allowed_as_can_be(redis_url: str) -> None:
    """Each run that is waited for holds one, and most systems begin with 1,024."""
    async with staged("socket", redis_url) as stage:
        run = ("sh", "-c", 'ulimit -Sn 300; exec "$@"', "sh", sys.executable, "-m", "bot", "run")
        given = stage.settings()
        bot = await asyncio.create_subprocess_exec(*run, env=given, stderr=asyncio.subprocess.PIPE)
        try:
            assert bot.stderr
            async with asyncio.timeout(60):
                while b"is running" not in (line := await bot.stderr.readline()):
                    assert line
            soft, hard = resource.prlimit(bot.pid, resource.RLIMIT_NOFILE)
            assert soft == hard
        finally:
            bot.terminate()
            await bot.communicate()


async def test_the_bundled_server_keeps_the_questions_without_redis_url(
    redis_url: str, tmp_path: Path
) -> None:
    async with staged("socket", redis_url, rate_limits=False) as stage:
        await stage.start_bot(REDIS_URL="", DATA_DIR=str(tmp_path))
        asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        thread = stage.slack.thread(asked)
        await thread.next()
        task_run = await stage.parallel.next_run()
        await stage.stop_bot()
        task_run.finishes("Egypt.")
        await stage.start_bot(REDIS_URL="", DATA_DIR=str(tmp_path))
        assert "Egypt." in (await thread.next()).text
        await stage.stop_bot()
    assert (tmp_path / "appendonlydir").is_dir()


@asynccontextmanager
async def tried_out(folder: Path, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the playground without any setting of the bot's, until the block ends."""
    with (Path(tempfile.gettempdir()) / "threadline-8700").open("w") as port:
        await asyncio.to_thread(fcntl.flock, port, fcntl.LOCK_EX)  # its port is always the same
        async with _tried_out(folder, environ) as process:
            yield process


@asynccontextmanager
async def _tried_out(
    folder: Path, environ: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=folder,
        env={"PATH": os.environ["PATH"]} | environ,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr
    said = ""
    async with asyncio.timeout(60):
        while "Open http://127.0.0.1:8700" not in said:
            line = (await process.stderr.readline()).decode()
            assert line, said
            said += line
    assert "No Slack token is set, so this is the playground" in said
    yield process
    if process.returncode is None:
        process.terminate()
    await asyncio.wait_for(process.wait(), 60)


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:1", "socks5://127.0.0.1:1", "nonsense:x"])
async def test_the_playground_answers_what_people_ask_it(tmp_path: Path, proxy: str) -> None:
    """Nothing of it leaves this machine, so it does not matter how that could be left."""
    names = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
    environ = {name.lower() if "socks" in proxy else name: proxy for name in names if proxy}
    environ["SSL_CERT_FILE"] = str(tmp_path / "not-there.pem")
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in environ.items()))
    async with (
        tried_out(tmp_path, **environ) as process,
        aiohttp.ClientSession("http://127.0.0.1:8700") as page,
    ):
        asked = {"who": "ada", "text": "@Threadline who owns the Suez Canal?"}
        async with page.post("/say", data=asked) as response:
            assert response.status == 200
        async with asyncio.timeout(60):
            transcript = ""
            while "Researching" not in transcript:
                async with page.get("/transcript") as response:
                    transcript = await response.text()
        async with page.get("/help") as response:
            assert "curl -s http://127.0.0.1:8700/say" in await response.text()
    assert process.returncode == 0


async def test_a_playground_that_was_killed_leaves_no_bot_and_starts_again(tmp_path: Path) -> None:
    async with tried_out(tmp_path) as process:
        (bot,) = children(process.pid, "run")
        process.kill()
        await process.wait()
    async with asyncio.timeout(60):
        while is_alive(bot):
            await asyncio.sleep(0.05)
    async with tried_out(tmp_path) as process:
        pass
    assert process.returncode == 0


def children(parent: int, word: str) -> list[int]:
    """Return the processes that `parent` started with this word in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_text().split("\0")
            if word in words and int((folder / "stat").read_text().split()[3]) == parent:
                found.append(int(folder.name))
    return found


def is_alive(pid: int) -> bool:
    """Say whether a process is at work; one that only waits to be buried is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
