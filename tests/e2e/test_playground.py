"""The playground with real research, and what it never touches."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import aiohttp

from bot.playground.run import playground
from bot.playground.task_api import LocalTaskApi

KEY = "a-paid-key"


async def panes(page: aiohttp.ClientSession, **query: str) -> dict[str, Any]:
    """Return what a page is shown at first."""
    async with page.get("/live", params=query) as response:
        await response.content.readline()
        shown: dict[str, Any] = json.loads((await response.content.readline())[len("data: ") :])
        return shown


async def test_with_a_key_the_research_is_real_and_slack_stays_local(tmp_path: Path) -> None:
    async with LocalTaskApi(keys={KEY}) as parallel:
        environ = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "PARALLEL_API_KEY": KEY,
            "PARALLEL_BASE_URL": parallel.url,
            # A real workspace's settings, as in an .env file: none of them may be used.
            "SLACK_BOT_TOKEN": "xoxb-a-real-one",
            "SLACK_SIGNING_SECRET": "a-real-secret",
            "SLACK_API_URL": "http://127.0.0.1:1/api/",
            "REDIS_URL": "redis://127.0.0.1:1",
        }
        async with (
            playground(environ, port=0) as running,
            aiohttp.ClientSession(running.url) as page,
        ):
            async with page.post("/say", data={"text": "@Threadline who is first?"}) as response:
                thread = (await response.text()).strip()
            run = await parallel.next_run(10)
            run.finishes("She is.")
            slack = running.playground.slack
            said = slack.thread(slack.channel("general").messages[thread])
            await said.until(lambda t: any("She is." in m.text for m in t.said), 10)
            async with page.post("/say", data={"text": "since when?", "thread": thread}):
                second = await parallel.next_run(10)
            assert second.previous_interaction_id == run.interaction_id

            shown = await panes(page, thread=thread, panel="traffic")
            assert "Real research: every run is paid" in shown["state"]
            assert f"previous_interaction_id: {run.interaction_id}" in shown["panel"]
            assert KEY not in shown["panel"]
            shown = await panes(page, thread=thread, panel="chain")
            assert run.interaction_id in shown["panel"]
            shown = await panes(page, panel="trouble")
            assert "Kill the bot" in shown["panel"]
            assert "Fail the running runs" not in shown["panel"]
            second.finishes("Since today.")
            await said.until(lambda t: any("Since today." in m.text for m in t.said), 10)


async def test_an_answer_is_run_again_by_plain_http(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    async with (
        playground(environ, port=0) as running,
        aiohttp.ClientSession(running.url) as page,
    ):
        parallel = running.playground.research
        assert isinstance(parallel, LocalTaskApi)
        parallel.automatic = None
        async with page.post("/say", data={"text": "@Threadline who is first?"}) as response:
            thread = (await response.text()).strip()
        (await parallel.next_run(10)).finishes("She is.")
        slack = running.playground.slack
        said = slack.thread(slack.channel("general").messages[thread])
        answer = await said.until(
            lambda t: next((m for m in t.said if "She is." in m.text and m.blocks), None), 10
        )
        async with page.post("/press", data={"message": answer.ts, "action": "rerun"}) as response:
            view = (await response.text()).strip()
        chosen = {"view": view, "processor/processor": "pro-fast"}
        async with page.post("/submit", data=chosen) as response:
            assert await response.json() == {"errors": {}}
        again = await parallel.next_run(10)
        assert (again.input, again.processor) == ("who is first?", "pro-fast")
        again.finishes("He is.")
        await said.until(lambda t: any("He is." in m.text for m in t.said), 10)
