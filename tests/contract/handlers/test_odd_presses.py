"""All that can be pressed or chosen, from every odd place: done, or declined in words.

A press is not delivered again, and one that is not acknowledged shows an error: so each of these is
acknowledged, whatever its body lacks. Where nothing is done, the person reads so, if possible.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.slack import action_ids
from tests.contract.handlers.bolt_harness import ROOT, TS, choose, press, tell, tell_signed
from tests.contract.handlers.odd_places import (
    STRANGE,
    TURN,
    Change,
    Json,
    Place,
    having,
    opened_place,
    without,
)
from tests.contract.handlers.test_odd_forms import ADMIN, FORMS

EVE = {"id": "U9EVE", "team_id": "T1"}

#: What can be pressed or chosen, and the word before the turn in its value.
BEFORE_A_TURN = {
    action_ids.TRY_AGAIN: "",
    action_ids.LOOK_AGAIN: "",
    action_ids.STOP: "",
    action_ids.PING: "",
    action_ids.AGAIN_ON: "pro ",
    action_ids.EDITED_AGAIN: "",
    action_ids.LOOK_UP: "pro ",
    action_ids.NEW_THREAD: "",
    action_ids.EVIDENCE: "",
    action_ids.FOLLOW_UP: "",
    action_ids.RERUN: "",
    action_ids.MORE: f"{action_ids.MORE_FILES} ",
    action_ids.FEEDBACK: f"{action_ids.GOOD} ",
    action_ids.CONTINUE: "",
    action_ids.ANYWAY: "",
    action_ids.STOP_ALL: "",
    action_ids.CONFIRM: "",
    action_ids.CONFIRM_CHEAPER: "pro ",
    action_ids.USE_FIRST: "pro ",
    action_ids.USE_SECOND: "pro ",
    action_ids.USE_THIRD: "pro ",
    action_ids.DECLINE: "",
    action_ids.UNMUTE: "",
    action_ids.FORGET: "",
}
WITHOUT_A_TURN = {
    action_ids.FOLLOW_UPS: "pro",
    action_ids.EVIDENCE_PAGE_BACK: "0",
    action_ids.EVIDENCE_PAGE_ON: "1",
    action_ids.EVIDENCE_GOOD: action_ids.GOOD,
    action_ids.EVIDENCE_BAD: action_ids.BAD,
    action_ids.PROCESSORS_ALL: action_ids.INHERIT,
    action_ids.PROCESSOR_CHANNEL: "pro",
    action_ids.PROCESSOR_MINE: "pro",
    action_ids.CHANNEL_CONFIRM: "pro U1",
    action_ids.CHANNEL_DECLINE: "pro U1",
    action_ids.RESET_CHANNEL: action_ids.INHERIT,
    action_ids.RESET_MINE: action_ids.INHERIT,
    action_ids.HOME_PROCESSOR: "pro",
    action_ids.SHARE_CHANNEL: "C2",
    action_ids.HOME_REFRESH: "0",
    action_ids.HOME_BACK: "9" * 2_000,
    action_ids.HOME_ON: "1",
    action_ids.HOME_SEARCH: "search",
}
MORE = (
    action_ids.MORE_FILES,
    action_ids.MORE_BRANCH,
    action_ids.MORE_PROCESSOR,
    action_ids.MORE_MUTE,
    action_ids.MORE_SHARE,
    action_ids.MORE_RATE,
    action_ids.FORGET,
)
WORDS = {*MORE, action_ids.GOOD, action_ids.BAD, action_ids.INHERIT}


@pytest.fixture
async def place(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Place]:
    async with opened_place(caplog) as place:
        yield place


def test_the_tables_name_all_that_there_is() -> None:
    known = {value for name, value in vars(action_ids).items() if name.isupper()}
    assert known == {*BEFORE_A_TURN, *WITHOUT_A_TURN, *WORDS, *FORMS, *ADMIN}


def in_view(kind: str, metadata: object, **changes: Any) -> Change:
    """The same, pressed in a view: Slack sends no channel and no message there."""

    def moved(body: Json) -> Json:
        view = {"id": "V1", "type": kind, "private_metadata": metadata, "callback_id": ""}
        rest = without("message", "channel", "response_url")(body)
        return {**rest, "container": {"type": "view", "view_id": "V1"}, "view": view, **changes}

    return moved


EPHEMERAL = {"type": "message", "message_ts": TS, "channel_id": "C1", "is_ephemeral": True}
ODD: dict[str, Change] = {
    "a message": having(),
    "an ephemeral message": lambda body: without("message")({**body, "container": EPHEMERAL}),
    "an ephemeral message, of which nothing is told": without("message", "container"),
    "the Home tab": in_view("home", "T1"),
    "the Home tab of somebody else": in_view("home", "T1", user=EVE),
    "a Home tab that another release left": in_view("home", ""),
    "a Home tab with foreign metadata": in_view("home", "T9:C9 <x> " * 300),
    "a Home tab with metadata that is no text": in_view("home", {"team": "T1"}),
    "a modal": in_view("modal", TURN),
    "a modal of somebody else": in_view("modal", TURN, user=EVE),
    "a modal with foreign metadata": in_view("modal", "T9:C9:1.0~x " * 200),
    "a modal without metadata": in_view("modal", None),
    "a view without an id": in_view("modal", TURN, view={"type": "modal"}),
    "a view that is null": having(view=None),
    "a view that is text": having(view="V1"),
    "a view without a trigger": in_view("home", "T1", trigger_id=None),
    "state without values": having(state={}),
    "state that is text": having(state="x"),
    "two things at once": lambda body: {**body, "actions": body["actions"] * 2},
    "something after which others come": lambda body: {**body, "actions": [*body["actions"], 7]},
    **{f"no {name}": without(name) for name in ("channel", "message", "team", "user", "container")},
    **{f"no {name}": without(name) for name in ("state", "trigger_id", "response_url", "token")},
    "neither channel nor message nor container": without("channel", "message", "container"),
    "neither team nor message": without("team", "message"),
    "nothing but the press": lambda body: {"type": body["type"], "actions": body["actions"]},
    **{
        f"{name} that is {value!r}": having(**{name: value})
        for name in ("channel", "message", "team", "user", "container")
        for value in STRANGE
    },
}
OTHERS = ("T1:C2:1.0", "T1:C1:1.0", f"T1:C1:{ROOT}:x", " ", "\ud800")


def presses(url: str) -> Iterator[Json]:
    """Yield every press there is, on Ada's answered question and on what is not known."""
    for action_id, word in BEFORE_A_TURN.items():
        for turn in (TURN, *OTHERS):
            yield press(action_id, f"{word}{turn}", url)
    for word in MORE:
        yield choose(action_ids.MORE, f"{word} {TURN}", url)
    for action_id, value in WITHOUT_A_TURN.items():
        yield choose(action_id, value, url)
        for given in ("mega", "9" * 2_000, "\ud800"):
            yield press(action_id, given, url)


@pytest.mark.parametrize("where", ODD)
async def test_a_press_from_anywhere_is_acknowledged_and_done_or_declined(
    place: Place, where: str
) -> None:
    for plain in presses(place.said.url):
        body = ODD[where]({**plain, "trigger_id": "1.2.3"})
        place.begin()
        before = place.kept
        response = await tell(place.app, body)
        about = (body["actions"][0]["action_id"], body["actions"][0].get("value"))
        assert (response.status, response.body) == (200, ""), about
        if body.get("trigger_id") or body.get("response_url"):
            assert place.has_answered or place.kept != before, about


@pytest.mark.parametrize("where", ["the Home tab of somebody else", "a modal of somebody else"])
async def test_a_press_in_a_view_on_another_persons_turn_is_declined(
    place: Place, where: str
) -> None:
    for action_id, word in BEFORE_A_TURN.items():
        place.begin()
        before = place.kept
        body = ODD[where]({**press(action_id, f"{word}{TURN}", ""), "trigger_id": "1.2.3"})
        assert (await tell(place.app, body)).status == 200
        assert place.kept == before, action_id
        assert place.has_answered, action_id


EMPTY: tuple[Any, ...] = (None, "x", [], {}, [None], [{}], ["x"], [[]])
NO_IDS: tuple[Any, ...] = (None, 7, [], {})
NOTHING = {
    "no actions": without("actions"),
    **{repr(value): having(actions=value) for value in EMPTY},
    **{f"id {value!r}": having(actions=[{"action_id": value}]) for value in NO_IDS},
}


@pytest.mark.parametrize("actions_are", NOTHING)
@pytest.mark.parametrize("say", [tell, tell_signed])
async def test_a_body_in_which_nothing_is_pressed_is_acknowledged(
    place: Place, say: Any, actions_are: str
) -> None:
    place.begin()
    before = place.kept
    body = NOTHING[actions_are](press(action_ids.STOP, TURN, place.said.url))
    assert (await say(place.app, body)).status == 200
    assert place.kept == before
    assert place.has_answered


@pytest.mark.parametrize("value", [None, 7, [], {}, "x" * 20_000, "\x00", "T1:C1:" + "1" * 5_000])
async def test_a_value_that_is_not_ours_is_declined(place: Place, value: object) -> None:
    for action_id in BEFORE_A_TURN:
        place.begin()
        before = place.kept
        body = press(action_id, "", place.said.url)
        body["actions"][0] |= {"value": value, "selected_option": value, "action_ts": value}
        assert (await tell(place.app, body)).status == 200
        if action_id != action_ids.UNMUTE:  # which says nothing of a turn
            assert place.kept == before, action_id
        assert place.has_answered or place.kept != before, action_id
