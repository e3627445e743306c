"""Where there is no way out but a proxy: all goes through it, and what does not get out is said.

Hosts under ``.test`` are resolved by the proxy only; what is on this machine is not asked of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

from bot.connections.network import PROXY_SETTINGS
from bot.errors import SettingsError
from bot.slack import action_ids as actions
from tests.e2e.dialogue import action_ids, begun, said, saw_ephemeral, shown
from tests.e2e.stage import Stage, staged
from tests.e2e.test_answers import PARAGRAPH
from tests.forward_proxy import Authority, ForwardProxy, forward_proxy

SECRET = "geheim4711"
NOBODY = "http://127.0.0.1:1"  # a proxy that is not there
HOUR = 3600.0
LONG = "\n\n".join(f"## Part {n}\n\n{PARAGRAPH}\n\n{PARAGRAPH}" for n in range(60))


class Outside:
    """A stage that is reached through a proxy only: at ``slack.test`` and ``parallel.test``."""

    def __init__(self, stage: Stage, proxy: ForwardProxy, authority: Authority) -> None:
        self.stage = stage
        self.proxy = proxy
        self.leaving: dict[str, Any] = {
            "PARALLEL_BASE_URL": "https://parallel.test",
            "HTTPS_PROXY": proxy.url.replace("//", f"//{proxy.user}@"),
            "SSL_CERT_FILE": str(authority.file),
        }

    async def start_bot(self, clock: Callable[[], float] = time.time, **changes: str) -> None:
        """Start a bot whose Parallel is behind the proxy; its Slack is on this machine."""
        await self.stage.start_bot(clock, **self.leaving | changes)


@asynccontextmanager
async def outside(
    redis_url: str, folder: Path, transport: Literal["socket", "http"] = "socket"
) -> AsyncIterator[Outside]:
    authority = Authority(folder / "ca.pem")
    async with staged(transport, redis_url, rate_limits=False) as stage:
        slack, parallel = (
            urlsplit(url).port or 0 for url in (stage.slack.api_url, stage.parallel.url)
        )
        async with (
            authority.in_front_of(slack, "slack.test") as slack_front,
            authority.in_front_of(parallel, "parallel.test") as parallel_front,
            forward_proxy(user=f"ada:{SECRET}") as proxy,
        ):
            proxy.names = {"slack.test": slack_front, "parallel.test": parallel_front}
            yield Outside(stage, proxy, authority)
            await stage.close()


@pytest.fixture(params=["socket", "http"])
async def out(
    request: pytest.FixtureRequest, redis_url: str, tmp_path: Path
) -> AsyncIterator[Outside]:
    async with outside(redis_url, tmp_path, request.param) as world:
        yield world


@pytest.fixture
async def one(redis_url: str, tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(redis_url, tmp_path) as world:
        yield world


@pytest.fixture(autouse=True)
def discreet(caplog: pytest.LogCaptureFixture) -> Any:
    """In every test: the proxy's password is never logged, at no level."""
    caplog.set_level(logging.DEBUG)
    yield
    assert SECRET not in caplog.text


async def dialogue(stage: Stage) -> None:
    """Have everything happen that leaves the bot: posts, runs, a private answer, files."""
    asked, status, run = await begun(stage)
    await stage.bob.clicks(status, actions.STOP)
    await stage.slack.until(lambda: saw_ephemeral(stage, "can stop", person=stage.bob))
    run.progress(50, considered=8, read=3)
    run.finishes(LONG)
    thread = stage.slack.thread(asked)
    await thread.until(lambda t: sum(len(message.files) for message in t.said) == 2)
    quick = await stage.ada.says(stage.general, f"{stage.me} !speed and since when?")
    (await stage.parallel.next_chat()).finishes("1956.")
    await said(stage, quick, "1956.")


async def test_everything_goes_through_the_proxy(
    out: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXY_SETTINGS:  # what slack_sdk would go by
        monkeypatch.setenv(name, NOBODY)
    out.stage.slack.base_url = "https://slack.test/"
    await out.start_bot()
    await dialogue(out.stage)
    assert set(out.proxy.passed) == set(out.proxy.asked) == {"slack.test:443", "parallel.test:443"}
    assert "xoxb-" not in "".join(out.proxy.heads)


@pytest.mark.parametrize("transport", ["socket", "http"])
@pytest.mark.parametrize("direct", ["", "example.com"])
async def test_localhost_is_reached_without_the_proxy(
    redis_url: str,
    transport: Literal["socket", "http"],
    direct: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environ: dict[str, Any] = dict.fromkeys(PROXY_SETTINGS, NOBODY) | {"NO_PROXY": direct}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    async with staged(transport, redis_url, rate_limits=False) as stage:
        await stage.start_bot(**environ)
        await dialogue(stage)
        await stage.stop_bot()


# --- what does not get out --------------------------------------------------------------


async def refuses(out: Outside) -> str:
    out.proxy.refuses = 403
    return "does not connect us to parallel.test:443 (403)"


async def cannot_reach(out: Outside) -> str:
    out.proxy.refuses = 502
    return "does not connect us to parallel.test:443 (502)"


async def wants_another_password(out: Outside) -> str:
    out.proxy.user = "ada:other"
    return "refuses our user and password (407)"


async def hangs_up(out: Outside) -> str:
    out.proxy.way = "hangs up"
    return "broke off"


async def is_an_impostor(out: Outside) -> str:
    out.proxy.names["parallel.test"] = out.proxy.names["slack.test"]
    return "certificate of parallel.test is not trusted"


@pytest.mark.parametrize(
    "trouble", [refuses, cannot_reach, wants_another_password, hangs_up, is_an_impostor]
)
async def test_unreachable_parallel_is_reported_at_startup_and_in_the_thread(
    one: Outside, caplog: pytest.LogCaptureFixture, trouble: Any
) -> None:
    stage, proxy = one.stage, one.proxy
    well = {**vars(proxy), "names": dict(proxy.names)}
    why = await trouble(one)
    await one.start_bot()
    (warned,) = [r for r in caplog.records if "Parallel cannot be reached" in r.getMessage()]
    assert warned.levelno == logging.WARNING
    assert why in warned.getMessage()
    assert "To do: " in warned.getMessage()
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    status = await said(stage, asked, "I can't reach Parallel. I've been retrying since")
    assert "will keep trying, so there's no need to ask again" in shown(status)
    assert "busy" not in shown(status)
    assert actions.STOP in action_ids(status)
    assert stage.parallel.runs == []
    for name in ("refuses", "user", "way", "names"):
        setattr(proxy, name, well[name])
    run = await stage.parallel.next_run()
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert stage.parallel.runs == [run]


async def test_a_parallel_that_is_down_is_said_without_a_proxy_too(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged("socket", redis_url) as stage:
        await stage.start_bot(PARALLEL_BASE_URL=NOBODY)
        assert "Parallel cannot be reached: 127.0.0.1:1 cannot be connected to" in caplog.text
        asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
        await said(stage, asked, "I can't reach Parallel")
        await stage.stop_bot()


async def test_the_status_says_which_of_both_it_is_now(one: Outside) -> None:
    stage = one.stage
    await one.start_bot()
    one.proxy.refuses = 403
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    status = await said(stage, asked, "I can't reach Parallel")
    stage.parallel.faults.next("create", status=503, retry_after=1)
    one.proxy.refuses = 0
    await stage.slack.until(lambda: "Parallel is busy" in shown(status))
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")


async def test_six_hours_of_connection_failures_are_not_called_busy(one: Outside) -> None:
    stage = one.stage
    one.proxy.refuses = 403
    await one.start_bot()
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    await said(stage, asked, "I can't reach Parallel")
    await stage.stop_bot()
    await one.start_bot(lambda: time.time() + 7 * HOUR)
    failure = await said(stage, asked, "reach Parallel for 6 h")
    assert "No run was started" in shown(failure)
    assert "busy" not in "".join(map(shown, stage.slack.thread(asked).said))
    assert stage.parallel.runs == []


async def test_a_slack_that_is_not_reached_is_a_mistake_with_its_fix(one: Outside) -> None:
    one.stage.slack.base_url = "https://slack.test/"
    one.proxy.user = "ada:other"
    with pytest.raises(SettingsError) as caught:
        await one.start_bot()
    (problem,) = caught.value.problems
    assert problem.setting == "SLACK_API_URL"
    assert "refuses our user and password (407)" in problem.wrong
    assert "HTTPS_PROXY" in problem.fix
    assert SECRET not in repr(problem)


@pytest.mark.parametrize(
    "content",
    [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nx", "0\x82\x03\x01", "\ufeff\0-\0"],
)
async def test_an_unusable_certificate_file_is_reported(
    redis_url: str, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    async with staged("socket", redis_url) as stage:
        for path in (file, tmp_path) if content is None else (file,):
            with pytest.raises(SettingsError) as caught:
                await stage.start_bot(SSL_CERT_FILE=str(path), SLACK_APP_TOKEN="xapp-1-wrong")
            assert {p.setting for p in caught.value.problems} == {
                "SSL_CERT_FILE",
                "SLACK_APP_TOKEN",
            }
