"""The Dockerfile: small, not root, stoppable, and in words that older builders know."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from bot.slack.transport.http import served, site

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
STEPS = [tuple(line.split(None, 1)) for line in TEXT.splitlines() if line.strip()]
LAST_STAGE = STEPS[max(n for n, (word, _) in enumerate(STEPS) if word == "FROM") :]


def values(word: str) -> list[str]:
    return [rest.strip() for step, rest in LAST_STAGE if step == word]


def test_the_image_is_built_in_stages_and_the_last_builds_nothing() -> None:
    assert len([1 for word, _ in STEPS if word == "FROM"]) == 2
    assert all(":" in rest and "slim" in rest for word, rest in STEPS if word == "FROM")
    assert not [run for run in values("RUN") if re.search(r"pip|apt|gcc", run)]


def test_the_image_does_not_run_as_root() -> None:
    (user,) = values("USER")
    assert user not in ("root", "0")


def test_signals_reach_the_bot() -> None:
    (entry,), (command,) = values("ENTRYPOINT"), values("CMD")
    assert json.loads(entry) + json.loads(command) == ["python", "-m", "bot", "run"]


async def healthy(_: web.Request) -> web.Response:
    return web.json_response({"ok": True})


@pytest.mark.parametrize("host", ["", "0.0.0.0", "127.0.0.2", "::1", "::", "localhost"])
async def test_the_health_check_asks_the_bots_health_address(host: str) -> None:
    (check,) = values("HEALTHCHECK")
    python, *arguments = json.loads(check.partition("CMD")[2])
    assert python == "python"
    assert any("PORT=3000" in env for env in values("ENV"))
    async with served(site(healthy, None), host or "0.0.0.0", 0) as url:
        environ = {"HOST": host, "PORT": str(URL(url).port), "http_proxy": "http://127.0.0.1:9"}
        asking = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environ)
        assert await asking.wait() == 0


def test_the_dockerfile_needs_no_recent_builder() -> None:
    assert "--mount" not in TEXT
    assert "--link" not in TEXT
    assert "<<" not in TEXT


def test_every_copied_file_exists() -> None:
    for word, rest in STEPS:
        if word == "COPY" and "--from" not in rest:
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources), rest


def test_the_image_installs_only_the_runtime_lock() -> None:
    (install,) = (rest for word, rest in STEPS if word == "RUN" and "pip install" in rest)
    assert install.split("&&")[0].split() == [
        *("bin/pip", "install", "--require-hashes", "--only-binary", ":all:"),
        *("--requirement", "requirements.txt"),
    ]


def test_the_image_has_no_playground_and_none_of_its_dependencies() -> None:
    assert "bot/playground" in (ROOT / ".dockerignore").read_text().split()
    assert "jsonschema" not in (ROOT / "requirements.txt").read_text()
