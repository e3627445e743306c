"""All that can be pressed, chosen, sent and said, by people who may not ask: nothing comes of it.

The tables name every action, form and event there is, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.domain.access import Verdict
from bot.ports.gate import Admission
from bot.slack import action_ids
from tests.contract.handlers.bolt_harness import (
    ASKS,
    TS,
    command,
    event,
    press,
    private,
    tell,
    tell_signed,
)
from tests.contract.handlers.memory import OpenGate
from tests.contract.handlers.odd_places import AT, TURN, Json, Place, opened_place, without
from tests.contract.handlers.test_odd_forms import FORMS, SEARCH, SHORTCUT, sent
from tests.contract.handlers.test_odd_presses import in_view, presses

#: Of which only our own people, whom just the place is closed to, may make use.
STOPS = {action_ids.STOP, action_ids.STOP_ALL, action_ids.FORGET}
REFUSED = sorted(set(Verdict) - {Verdict.ALLOWED})
OUTSIDERS = [Verdict.UNKNOWN, Verdict.OUTSIDER, Verdict.GUEST]

EVES, THEN, WHEN = "1699999999.000950", "1699999999.000960", "since when?"
EVE = {"id": "U9EVE", "team_id": "T9"}
THEIRS = {"id": "T9", "domain": "partner"}
#: What a body says of where it comes from; anything can be forged but the person, who is Slack's.
FORGED: dict[str, Any] = {
    "as Slack sends it": lambda body: {**body, "team": THEIRS},
    "as if from our team": lambda body: {**body, "team": {"id": "T1"}},
    "of no team": without("team"),
    "on a message of another team": lambda body: {
        **body,
        "team": THEIRS,
        "message": {**body["message"], "team": "T9"},
    },
    "as if from another channel": lambda body: {
        **body,
        "channel": {"id": "C2", "name": "sales"},
        "container": {**body["container"], "channel_id": "C2"},
    },
    "as if in a direct message": lambda body: {
        **body,
        "channel": {"id": "D1", "name": "directmessage"},
        "container": {**body["container"], "channel_id": "D1"},
    },
    "on an ephemeral message": private,
    "in a modal": in_view("modal", TURN),
    "in the Home tab": in_view("home", "T1"),
    "in a Home tab of another team": in_view("home", "T9"),
}


class ShutGate(OpenGate):
    """A gate that lets nobody in; it keeps what it was asked."""

    def __init__(self, verdict: Verdict = Verdict.OUTSIDER) -> None:
        self.verdict = Verdict.ALLOWED
        self.shut = verdict
        self.asked: list[tuple[str, str, bool]] = []

    async def judge(self, *about: Any, direct: bool = False, **more: Any) -> Admission:
        """Refuse it."""
        self.asked.append((str(about[0]), str(about[1]), direct))
        return await super().judge(*about, direct=direct, **more)


@pytest.fixture
def gate() -> ShutGate:
    return ShutGate()


@pytest.fixture
async def place(caplog: pytest.LogCaptureFixture, gate: ShutGate) -> AsyncIterator[Place]:
    """The app with Ada's answered question and Eve's queued ones, which now lets nobody in."""
    async with opened_place(caplog, gate) as place:
        await tell(place.app, event("message", text=ASKS, user="U9EVE", ts=EVES))
        await tell(place.app, event("message", text=WHEN, user="U9EVE", ts=THEN, thread_ts=EVES))
        place.begin_from_here()
        gate.verdict = gate.shut
        yield place


def every_press(url: str) -> Iterator[Json]:
    for body in presses(url):
        yield {**body, "user": EVE, "trigger_id": "1.2.3"}


@pytest.mark.parametrize("how", FORGED)
async def test_nothing_that_an_outsider_presses_is_carried_out(place: Place, how: str) -> None:
    place.begin()
    before = place.kept
    for plain in every_press(place.said.url):
        response = await tell(place.app, FORGED[how](plain))
        assert (response.status, response.body) == (200, "")
        about = (plain["actions"][0]["action_id"], plain["actions"][0].get("value"))
        assert place.kept == before, about
        assert not {"views.publish", "views.update"} & set(place.calls.methods), about
        place.begin()


@pytest.mark.parametrize("verdict", REFUSED)
async def test_whoever_may_not_ask_may_press_nothing_but_stop_what_is_theirs(
    place: Place, gate: ShutGate, verdict: Verdict
) -> None:
    gate.verdict = verdict
    for body in every_press(place.said.url):
        action_id = body["actions"][0]["action_id"]
        place.begin()
        before = place.kept
        await tell(place.app, body)
        if action_id not in STOPS or verdict in OUTSIDERS:
            assert place.kept == before, action_id
            words = [said["text"] for said in place.said.said]
            assert len(words) == 1, action_id
            assert "Your message" not in words[0], action_id


async def test_a_press_in_a_view_is_judged_by_the_channel_that_it_is_about(
    place: Place, gate: ShutGate
) -> None:
    value = {"action_id": action_ids.TRY_AGAIN, "type": "button", "value": TURN}
    on_home = in_view("home", "T1")(press(action_ids.TRY_AGAIN, TURN, "", actions=[value]))
    await tell(place.app, {**on_home, "trigger_id": "1.2.3"})
    page = press(action_ids.EVIDENCE_PAGE_ON, "1", "")
    await tell(place.app, {**in_view("modal", TURN)(page), "trigger_id": "1.2.3"})
    refresh = in_view("home", "T1")(press(action_ids.HOME_REFRESH, "0", ""))
    await tell(place.app, {**refresh, "trigger_id": "1.2.3"})
    assert gate.asked[-3:] == [("C1", "U1ADA", False), ("C1", "U1ADA", False), ("", "U1ADA", True)]


@pytest.mark.parametrize("say", [tell, tell_signed])
@pytest.mark.parametrize("callback_id", [*FORMS, *SEARCH])
async def test_no_form_that_an_outsider_sends_is_accepted(
    place: Place, gate: ShutGate, callback_id: str, say: Any
) -> None:
    for team in (THEIRS, {"id": "T1"}, None):
        place.begin()
        before = place.kept
        body = {**copy.deepcopy(sent(callback_id)), "user": EVE, "team": team}
        body["view"]["app_installed_team_id"] = "T1"
        response = await say(place.app, body)
        assert response.status == 200
        assert "I only answer people who belong to it" in response.body
        assert place.kept == before
        assert place.calls.methods == []
    channel = "" if callback_id == action_ids.HOME_SEARCH else "C1"
    is_place_judged = channel and callback_id != action_ids.FORGET
    assert gate.asked[-1] == (channel, "U9EVE", not is_place_judged)


@pytest.mark.parametrize("verdict", REFUSED)
@pytest.mark.parametrize("callback_id", FORMS)
async def test_what_only_mrkdwn_shows_is_said_over_a_form_and_not_beneath_a_field(
    place: Place, gate: ShutGate, callback_id: str, verdict: Verdict
) -> None:
    gate.verdict = verdict
    answer = json.loads((await tell(place.app, sent(callback_id))).body)
    assert answer["response_action"] == "push"
    assert ":wave:" in str(answer["view"]) or ":warning:" in str(answer["view"])


async def test_a_shortcut_of_an_outsider_opens_no_form(place: Place) -> None:
    place.begin()
    body = {**SHORTCUT, "user": EVE, "team": THEIRS, "response_url": place.said.url}
    assert (await tell(place.app, body)).status == 200
    assert "I only answer people" in place.said.said[0]["text"]
    assert place.calls.methods == []


@pytest.mark.parametrize("text", ["", "pro", "me pro", "replies mention", "help"])
async def test_a_command_of_an_outsider_changes_and_shows_nothing(place: Place, text: str) -> None:
    place.begin()
    before = place.kept
    response = await tell(place.app, {**command(text), "user_id": "U9EVE", "team_id": "T9"})
    assert "I only answer people" in response.body
    assert place.kept == before


def edit(old: str, new: str, ts: str, **more: Any) -> Json:
    message = {"type": "message", "user": "U9EVE", "ts": ts, **more}
    return event(
        "message",
        subtype="message_changed",
        message={**message, "text": new, "edited": {"user": "U9EVE", "ts": AT}},
        previous_message={**message, "text": old},
    )


REPLY = {"thread_ts": EVES, "user": "U9EVE", "ts": TS}
EVENTS: dict[str, Json] = {
    "a mention": event("app_mention", text=ASKS, user="U9EVE", ts=TS),
    "a mention, as a message": event("message", text=ASKS, user="U9EVE", ts=TS),
    "a reply": event("message", text="since when?", **REPLY),
    "a reply that mentions us": event("message", text=ASKS, **REPLY),
    "small talk": event("message", text="thanks!", **REPLY),
    "small talk that mentions us": event("message", text="<@U0BOT> help", **REPLY),
    "mute": event("message", text="<@U0BOT> mute", **REPLY),
    "a direct message": event(
        "message", text="who owns it?", user="U9EVE", ts=TS, channel="D1", channel_type="im"
    ),
    "an edit of a question": edit(ASKS, f"{ASKS} And since when?", ts=EVES),
    "an edit into a question": edit("hello", ASKS, ts=TS),
    "an edit of a reply": edit(WHEN, "until when?", ts=THEN, thread_ts=EVES),
    "a stop": event("message", text="<@U0BOT> stop", **REPLY),
    "a stop without a mention": event("message", text="stop", **REPLY),
    "Slack's own stop": event("agent_session_stopped", user="U9EVE", thread_ts=EVES),
}


@pytest.mark.parametrize("what", EVENTS)
@pytest.mark.parametrize("say", [tell, tell_signed])
async def test_nothing_that_an_outsider_says_in_a_shared_channel_is_kept(
    place: Place, what: str, say: Any
) -> None:
    place.begin()
    before, sessions = place.kept, list(place.mailbox.sessions)
    body = {**EVENTS[what], "is_ext_shared_channel": True, "team_id": "T9"}
    assert (await say(place.app, body)).status == 200
    assert place.kept == before
    assert place.mailbox.sessions == sessions


async def test_an_edit_that_nobody_can_judge_is_delivered_again(
    place: Place, gate: ShutGate
) -> None:
    gate.verdict = Verdict.UNKNOWN
    place.begin()
    before = place.kept
    assert (await tell(place.app, EVENTS["an edit of a question"])).status == 500
    assert place.kept == before
