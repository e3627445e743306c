"""`/threadline` as Slack sends it: always acknowledged, in both transports, whatever is in it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.domain.access import Access, Verdict
from bot.domain.thread import ChannelId, UserId
from bot.errors import Unavailable
from bot.ports.gate import Admission
from tests.contract.handlers.admin_memory import MemoryPolicies
from tests.contract.handlers.bolt_harness import bolt_app, command, tell, tell_signed
from tests.contract.handlers.memory import Memory, OpenGate

ADMIN = "U1ADA"
STRANGE: tuple[Any, ...] = ("", "x" * 9_000, "<!channel>", "\x00", "T1:C1 x")


@pytest.fixture
def policies() -> MemoryPolicies:
    return MemoryPolicies()


@pytest.fixture
def app(policies: MemoryPolicies) -> AsyncApp:
    return bolt_app(Memory(), admins=[ADMIN], policies=policies)


def threadline(text: str, **changes: Any) -> dict[str, Any]:
    return {**command(text), "command": "/threadline", **changes}


def text_of(response: BoltResponse) -> str:
    assert response.status == 200
    return str(json.loads(response.body)["text"])


@pytest.mark.parametrize("say", [tell, tell_signed])
async def test_a_change_is_made_in_both_transports(
    app: AsyncApp, policies: MemoryPolicies, say: Any
) -> None:
    said = text_of(await say(app, threadline("budget workspace 500")))
    assert said == ":white_check_mark: The workspace's budget a month: *$500* (was no limit)."
    assert policies.chosen == {"budget:workspace": "500000000"}


@pytest.mark.parametrize("name", ["team_id", "channel_id", "user_id", "text", "trigger_id"])
async def test_a_command_that_lacks_something_is_answered_and_changes_nothing(
    app: AsyncApp, policies: MemoryPolicies, name: str
) -> None:
    bodies = [threadline("me") | {name: value} for value in STRANGE]
    bodies.append({key: value for key, value in threadline("allow").items() if key != name})
    for body in bodies:
        response = await tell(app, body)
        assert response.status == 200
        assert not response.body or text_of(response)
    assert policies.made == []


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("allow <#C2|news>", "ask:channel:C2", "yes"),
        ("deny <@U2|bob>", "ask:person:U2", "no"),
        ("deny channels", "ask:channel", "no"),
        ("allow outside", "outside:C1", "yes"),
        ("deny guests <#C2|>", "guests:C2", "no"),
        ("allow processors core-fast pro", "processors", "core-fast pro"),
        ("allow <#C2> processors lite", "processors:C2", "lite"),
        ("budget person <@U2> off", "budget:person:U2", "off"),
        ("budget channel <#C2> .5", "budget:channel:C2", "500000"),
    ],
)
async def test_each_command_sets_its_policy_and_default_takes_it_back(
    app: AsyncApp, policies: MemoryPolicies, words: str, name: str, value: str
) -> None:
    text_of(await tell(app, threadline(words)))
    assert policies.chosen == {name: value}
    change = policies.made[-1]
    assert (change.actor, change.name, change.before, change.after) == (ADMIN, name, None, value)
    verb, *rest = words.split()
    kept = rest[:-1] if verb == "budget" else [each for each in rest if each != value]
    text_of(await tell(app, threadline(" ".join((verb, *kept, "default")))))
    assert policies.chosen == {}
    assert policies.made[-1].after is None


async def test_processors_are_taken_off_the_offer_one_by_one_but_never_all(
    app: AsyncApp, policies: MemoryPolicies
) -> None:
    text_of(await tell(app, threadline("allow processors lite core pro")))
    text_of(await tell(app, threadline("deny processors core")))
    assert policies.chosen == {"processors": "lite pro"}
    said = text_of(await tell(app, threadline("deny processors lite pro")))
    assert "That would leave no processor on offer" in said
    assert policies.chosen == {"processors": "lite pro"}


async def test_where_no_channel_is_a_channel_must_be_named(
    app: AsyncApp, policies: MemoryPolicies
) -> None:
    said = text_of(await tell(app, threadline("allow guests", channel_id="D1")))
    assert "this isn't a channel" in said
    assert policies.made == []


@pytest.mark.parametrize(
    "words", ["budget workspace 500", "budget", "limits", "why", "audit", "allow outside"]
)
async def test_without_a_database_it_says_so(
    app: AsyncApp, policies: MemoryPolicies, words: str
) -> None:
    policies.failing = [Unavailable("Redis: ConnectionError")]
    assert "my database is unavailable" in text_of(await tell(app, threadline(words)))
    assert policies.made == []


class Outside(OpenGate):
    """A gate that takes everybody for somebody of another company, or never tells."""

    def __init__(self, *, tells: bool = True) -> None:
        self._tells = tells

    async def judge(
        self,
        channel: ChannelId,
        person: UserId,
        *,
        direct: bool = False,
        shared: bool = False,
        listener: bool = True,
    ) -> Admission:
        if not self._tells:
            await asyncio.Event().wait()
        return Admission(Verdict.OUTSIDER, Access())


async def test_people_of_another_company_do_not_hear_what_is_left() -> None:
    app = bolt_app(Memory(), admins=[ADMIN], gate=Outside())
    said = text_of(await tell(app, threadline("me", user_id="U9EVE")))
    assert "I only answer people who belong to it" in said
    assert "used" in text_of(await tell(app, threadline("me")))


async def test_a_look_up_that_hangs_leaves_its_line_out_of_why() -> None:
    app = bolt_app(Memory(), admins=[ADMIN], gate=Outside(tells=False))
    said = text_of(await tell(app, threadline("why")))
    assert "budget a day" in said
    assert "ask here" not in said
