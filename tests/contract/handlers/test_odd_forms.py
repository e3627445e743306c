"""The shortcut and all forms, in every odd shape: taken once, or declined in words.

Neither is delivered again, and one that is not acknowledged shows an error: so each of these is
acknowledged, whatever its body lacks.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, MessageTs, TeamId, UserId
from bot.ports import Place as PortPlace
from bot.slack import action_ids
from bot.slack.payloads.admin_commands import SetBudget
from bot.slack.views import (
    admin_forms,
    app_home_threads,
    processor_forms,
    question_forms,
    share_form,
)
from bot.slack.views.admin_forms import OpenedIn
from bot.slack.views.forget_form import forget_form
from bot.slack.views.processor_forms import Rerun
from bot.slack.views.question_forms import Branch, Research
from tests.contract.handlers.bolt_harness import ME, ROOT, THREAD, TS, tell
from tests.contract.handlers.odd_places import (
    AT,
    STRANGE,
    TURN,
    Change,
    Json,
    Place,
    having,
    opened_place,
    without,
)
from tests.unit.turns import running

FORMS: dict[str, Json] = {
    action_ids.RESEARCH: question_forms.research_form(
        "x", PROCESSORS["pro"], Research(THREAD, MessageTs(TS), AT), ME
    ),
    action_ids.BRANCH: question_forms.branch_form("who?", PROCESSORS["pro"], Branch(TURN, AT)),
    action_ids.RERUN: processor_forms.rerun_form(running(), PROCESSORS["core"], Rerun(TURN, AT)),
    action_ids.THREAD_PROCESSOR: processor_forms.thread_form(None, THREAD),
    action_ids.SHARE: share_form.share_form(
        running(), [PortPlace(ChannelId("C2"), "sales")], share_form.SharedAnswer(TURN, AT)
    ),
}
OPENED_IN = OpenedIn(TeamId("T1"), ChannelId("C1"))
#: Forms that change settings; nothing is asked by them.
ADMIN: dict[str, Json] = {
    action_ids.ADMIN_BUDGET: admin_forms.budget_form(SetBudget(), ["no limit"], OPENED_IN),
    action_ids.ADMIN_ACCESS: admin_forms.access_form(OPENED_IN),
}
#: Forms that write nothing down.
SEARCH = {
    action_ids.HOME_SEARCH: app_home_threads.search_form(
        TeamId("T1"), "https://example.slack.com/"
    ),
    action_ids.FORGET: forget_form(THREAD),
}


@pytest.fixture
async def place(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Place]:
    async with opened_place(caplog) as place:
        yield place


SHORTCUT = {
    "type": "message_action",
    "callback_id": action_ids.RESEARCH,
    "trigger_id": "1.2.3",
    "message_ts": TS,
    "team": {"id": "T1"},
    "user": {"id": "U1ADA"},
    "channel": {"id": "C1"},
    "action_ts": AT,
    "message": {"type": "message", "text": "It is closed.", "ts": TS, "user": "U9EVE"},
}
PARTS = ("channel", "message", "team", "user", "message_ts", "action_ts", "trigger_id")
ODD_SHORTCUTS: dict[str, Change] = {
    "whole": having(),
    "global": lambda body: without("channel", "message", "message_ts")(
        {**body, "type": "shortcut"}
    ),
    "neither message nor its ts": without("message", "message_ts"),
    "of another release": having(callback_id="old"),
    **{f"no {name}": without(name) for name in PARTS},
    **{f"{name} that is {value!r}": having(**{name: value}) for name in PARTS for value in STRANGE},
}


@pytest.mark.parametrize("which", ODD_SHORTCUTS)
async def test_a_shortcut_is_acknowledged_and_opens_its_form_or_says_why_not(
    place: Place, which: str
) -> None:
    place.begin()
    body = ODD_SHORTCUTS[which](copy.deepcopy({**SHORTCUT, "response_url": place.said.url}))
    assert (await tell(place.app, body)).status == 200
    assert place.has_answered or which == "of another release"


def sent(callback_id: str) -> Json:
    """A form as Ada sends it."""
    chosen = {"type": "static_select", "selected_option": {"value": "pro"}}
    there = {
        action_ids.SHARE_CHANNEL: {"type": "static_select", "selected_option": {"value": "C2"}}
    }
    asked = {"question": {"value": "since when?"}}
    words = {"words": {"value": "who"}}
    admin = {
        "scope": {"scope": {"type": "static_select", "selected_option": {"value": "workspace"}}},
        "amount": {"amount": {"type": "plain_text_input", "value": "5"}},
        "people": {"people": {"type": "multi_users_select", "selected_users": ["U9EVE"]}},
    }
    values = {
        **admin,
        "question": asked,
        "processor": {"processor": chosen},
        "channel": there,
        "words": words,
    }
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1ADA"},
        "trigger_id": "1.2.3",
        "view": {
            **copy.deepcopy((FORMS | ADMIN | SEARCH)[callback_id]),
            "id": "V1",
            "state": {"values": values},
        },
    }


def in_form(*path: str, to: object) -> Change:
    """Change one thing in the view of a submission; `...` takes it out."""

    def changed(body: Json) -> Json:
        inner = body["view"]
        for name in path[:-1]:
            inner = inner[name]
        if to is ...:
            inner.pop(path[-1], None)
        else:
            inner[path[-1]] = to
        return body

    return changed


FOREIGN = (
    "",
    " ",
    "x",
    "T1:C1",
    "::  ",
    "T9:C9:1.0",
    f"T1:C1:{ROOT} x",
    "T1:C1:x 1.0 2.0",
    "x" * 3_000,
)
#: `...`: it is not there.
PARTS_OF_A_VIEW: tuple[Any, ...] = (*STRANGE, 7, ...)
ODD_FORMS: dict[str, Change] = {
    "no view": without("view"),
    "no user": without("user"),
    "no team": without("team"),
    **{f"view that is {value!r}": having(view=value) for value in (*STRANGE, 7)},
    **{f"user that is {value!r}": having(user=value) for value in STRANGE},
    **{
        f"metadata that is {value!r:.30}": in_form("private_metadata", to=value)
        for value in (*FOREIGN, *PARTS_OF_A_VIEW)
    },
    **{f"a {name} gone": in_form(name, to=...) for name in ("callback_id", "type", "id", "blocks")},
    **{
        f"{'.'.join(path)} that is {value!r}": in_form(*path, to=value)
        for path in (
            ("state",),
            ("state", "values"),
            ("state", "values", "processor"),
            ("state", "values", "processor", "processor"),
            ("state", "values", "processor", "processor", "selected_option"),
            ("blocks",),
        )
        for value in PARTS_OF_A_VIEW
    },
}


@pytest.mark.parametrize("callback_id", FORMS)
async def test_a_form_as_it_is_is_taken_once(place: Place, callback_id: str) -> None:
    place.begin()
    before = place.kept
    for _ in range(3):
        response = await tell(place.app, sent(callback_id))
        assert response.status == 200
        assert "errors" not in response.body
    assert place.kept != before
    assert len(place.mailbox.turns) == (1 if callback_id == action_ids.THREAD_PROCESSOR else 2)


@pytest.mark.parametrize("which", ODD_FORMS)
async def test_a_form_is_acknowledged_and_taken_or_declined_in_words(
    place: Place, which: str
) -> None:
    for callback_id in (*FORMS, *ADMIN, *SEARCH):
        place.begin()
        before = place.kept
        response = await tell(place.app, ODD_FORMS[which](sent(callback_id)))
        assert response.status == 200
        assert place.kept != before or "response_action" in response.body, callback_id


@pytest.mark.parametrize("callback_id", ADMIN)
async def test_a_form_of_an_admin_is_taken_and_that_of_others_is_declined(
    place: Place, callback_id: str
) -> None:
    taken = await tell(place.app, sent(callback_id))
    assert (taken.status, "errors" in taken.body) == (200, False)
    assert ":white_check_mark:" in taken.body
    declined = await tell(place.app, sent(callback_id) | {"user": {"id": "U9EVE"}})
    assert "Only admins can do that" in declined.body


@pytest.mark.parametrize("callback_id", ["old", "", "branch_question "])
async def test_a_form_of_another_release_is_acknowledged(place: Place, callback_id: str) -> None:
    body = sent(action_ids.BRANCH)
    body["view"]["callback_id"] = callback_id
    for kind in ("view_submission", "view_closed"):
        assert (await tell(place.app, {**body, "type": kind})).status == 200
    assert list(place.mailbox.turns) == [TURN]
    assert place.mailbox.questions[0].asker == UserId("U1ADA")
