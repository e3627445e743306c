"""Events of the agent's own surfaces: the bot joins a channel."""

from __future__ import annotations

from typing import Any

from bot.domain.naming import turn_id
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.slack.payloads.agent_events import (
    parse_invitation,
)

JOINED: dict[str, Any] = {
    "team_id": "T1",
    "event_time": 1_700_000_000,
    "event": {
        "type": "member_joined_channel",
        "user": "U0BOT",
        "channel": "C1",
        "channel_type": "C",
        "inviter": "U1ADA",
        "event_ts": "1700000000.000900",
    },
}


def test_only_our_own_joining_is_greeted_under_one_name_for_each_channel() -> None:
    me = UserId("U0BOT")
    welcome = parse_invitation(JOINED, me)
    assert welcome
    assert (welcome.asker, welcome.at) == ("U1ADA", "1700000000.000900")
    assert welcome.place == ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(""))
    later = {**JOINED, "event": {**JOINED["event"], "event_ts": "1700009999.0", "inviter": "U2"}}
    assert turn_id(parse_invitation(later, me) or welcome) == turn_id(welcome)
    untimed = {**JOINED, "event": {**JOINED["event"], "event_ts": None, "inviter": 7}}
    again = parse_invitation(untimed, me)
    assert again
    assert (again.asker, again.at) == (me, "1700000000.000000")
    for name, value in (("user", "U1ADA"), ("user", None), ("channel", ""), ("channel", "D1")):
        assert parse_invitation({**JOINED, "event": {**JOINED["event"], name: value}}, me) is None
    assert parse_invitation({}, me) is None
