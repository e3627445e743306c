"""Events about people and channels themselves: what was looked up is dropped, ids are kept."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.thread import ChannelId, UserId
from tests.contract.handlers.bolt_harness import bolt_app, event, tell, tell_signed
from tests.contract.handlers.memory import Memory, OpenGate

STRANGE: tuple[Any, ...] = (None, "", [], {}, {"id": 7})


class ForgetfulGate(OpenGate):
    """A gate that keeps what it is to forget."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def forget_member(self, person: UserId) -> None:
        """Take it down."""
        self.forgotten.append(person)

    async def forget_room(self, channel: ChannelId) -> None:
        """Take it down."""
        self.forgotten.append(channel)


EVENTS: dict[str, dict[str, Any]] = {
    "channel_shared": {"channel": "C1", "connected_team_id": "T9"},
    "channel_unshared": {"channel": "C1", "previously_connected_team_id": "T9"},
    "user_change": {"user": {"id": "U1ADA", "team_id": "T1", "is_restricted": True}},
    "channel_id_changed": {"old_channel_id": "C1", "new_channel_id": "C7"},
}


@pytest.mark.parametrize("say", [tell, tell_signed])
@pytest.mark.parametrize("kind", EVENTS)
async def test_what_changed_is_forgotten(kind: str, say: Any) -> None:
    gate = ForgetfulGate()
    app = bolt_app(Memory(), gate=gate)
    assert (await say(app, event(kind, **EVENTS[kind]))).status == 200
    assert gate.forgotten == ["U1ADA" if kind == "user_change" else "C1"]


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("kind", EVENTS)
async def test_an_event_that_names_nothing_is_acknowledged(kind: str, value: Any) -> None:
    gate = ForgetfulGate()
    app = bolt_app(Memory(), gate=gate)
    names = dict.fromkeys(("channel", "user", "old_channel_id", "new_channel_id"), value)
    assert (await tell(app, event(kind, **names))).status == 200
    assert gate.forgotten == []
