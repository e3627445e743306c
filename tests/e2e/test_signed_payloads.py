"""Real payloads of Slack with an odd value put in anywhere, signed: no error comes of it."""

from __future__ import annotations

import copy
import logging
import random
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bot.playground.slack.delivery.webhook import HttpTransport, encode
from bot.slack import action_ids as actions
from tests.e2e.dialogue import action_ids
from tests.e2e.stage import Stage, staged
from tests.e2e.test_again import given

ODD: list[Any] = [None, True, 5, -1, 1.5, "", "²", "\ud800", [], [1], [[]], {}, {"a": 1}]
#: Interactions of Bolt's that the bot has no surface for.
NOT_OURS: list[tuple[str, Any]] = [
    (
        "interactive",
        {
            "type": kind,
            **dict.fromkeys(("callback_id", "action_id", "block_id", "name", "state"), "x"),
            "actions": [{"name": "x", "value": "y"}],
            "workflow_step": {"workflow_id": "1"},
        },
    )
    for kind in (
        *("block_suggestion", "interactive_message", "workflow_step_edit"),
        *("dialog_submission", "dialog_cancellation", "dialog_suggestion"),
    )
]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a payload."""
    yield at
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*at, key))


def changed(payload: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    payload = copy.deepcopy(payload)
    inner = payload
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = new
    return payload


async def real_payloads(stage: Stage) -> list[tuple[Any, Any]]:
    """A mention, a command, a press, a shortcut and a form, as Slack sent them."""
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns the Suez Canal?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    thread = stage.slack.thread(asked)
    await thread.until(lambda t: len(t.said) == 2 and action_ids(t.said[1]))
    await stage.ada.command("/processor", "", stage.general)
    await stage.ada.clicks(thread.said[1], action_ids(thread.said[1])[0])
    await stage.ada.shortcut(actions.RESEARCH, asked)
    (form,) = stage.ada.views()
    await stage.ada.submits(form, given(form))
    events = {delivery.event["type"]: delivery.payload for delivery in stage.slack.deliveries}
    sent = [("events_api", payload) for payload in events.values()]
    return [*sent, *((asked.kind, asked.payload) for asked in stage.slack.interactions)]


async def test_an_odd_value_anywhere_in_what_is_signed_is_no_error(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged("http", redis_url, rate_limits=False, retry_delays=()) as stage:
        await stage.start_bot()
        signs = HttpTransport(stage.slack.workspace, 3.0)
        payloads = await real_payloads(stage)
        assert {kind for kind, _ in payloads} == {"events_api", "slash_commands", "interactive"}
        caplog.clear()
        chance = random.Random(1)
        statuses = set[int]()
        async with aiohttp.ClientSession() as session:
            for kind, payload in payloads + NOT_OURS:
                for at in places(payload):
                    new = changed(payload, at, chance.choice(ODD))
                    if kind == "slash_commands":
                        if not isinstance(new, dict):
                            continue
                        new = {
                            name: str(value).replace("\ud800", "") for name, value in new.items()
                        }
                    body, content_type = encode(kind, new)
                    headers = {"content-type": content_type, **signs.signature_headers(body)}
                    assert stage.slack.events_url
                    async with session.post(
                        stage.slack.events_url, data=body, headers=headers
                    ) as answer:
                        statuses.add(answer.status)
                        assert answer.status < 500, (at, new)
        assert statuses <= {200, 400, 404}
        assert not [r for r in caplog.records if r.exc_info or r.levelno >= logging.ERROR]


OTHER = {"team_id": "T0OTHER", "user_id": "U0OTHER", "is_bot": True}


@pytest.mark.parametrize(
    ("authorizations", "is_logged"),
    [
        ([OTHER], True),
        ([OTHER | {"is_bot": False}], False),
        ([OTHER | {"user_id": None}], False),
        ([OTHER | {"user_id": "OURS"}], False),
        ([], False),
        (None, False),
    ],
)
async def test_events_for_another_bot_are_logged_once(
    redis_url: str, caplog: pytest.LogCaptureFixture, authorizations: Any, is_logged: bool
) -> None:
    """As when one token is of the app that is tried out, and the other of the one that is used."""
    async with staged("http", redis_url) as stage, aiohttp.ClientSession() as session:
        await stage.start_bot()
        ours = stage.slack.app.bot_user_id
        for one in authorizations or ():
            one["user_id"] = ours if one["user_id"] == "OURS" else one["user_id"]
        signs = HttpTransport(stage.slack.workspace, 3.0)
        for ts in ("1700000000.000100", "1700000000.000200"):
            said = {"user": "U0ANN", "text": "<@U0OTHER> who?", "ts": ts, "channel": "C0OTHER"}
            payload = {
                "type": "event_callback",
                "team_id": "T0OTHER",
                "authorizations": authorizations,
                "event": {"type": "app_mention", **said},
            }
            body, content_type = encode("events_api", payload)
            headers = {"content-type": content_type, **signs.signature_headers(body)}
            assert stage.slack.events_url
            async with session.post(stage.slack.events_url, data=body, headers=headers) as answer:
                assert answer.status == 200
    logged = [record for record in caplog.records if "for another bot" in record.getMessage()]
    assert len(logged) == is_logged
