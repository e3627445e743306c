"""Ids of channels in what Slack sends and gets: replaced where they stand for a channel."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.channel_ids import arguments_with_ids, with_ids, with_ids_in_text

IDS = {"C2": "C1"}


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({"event": {"channel": "C2", "text": "C2 and C21"}}, {"event": {"channel": "C1"}}),
        ({"event": {"item": {"channel": "C2"}}}, {"event": {"item": {"channel": "C1"}}}),
        ({"channel": {"id": "C2", "name": "x"}}, {"channel": {"id": "C1"}}),
        ({"container": {"channel_id": "C2"}}, {"container": {"channel_id": "C1"}}),
        ({"view": {"state": {"values": {"a": {"selected_conversation": "C2"}}}}}, None),
        ({"actions": [{"selected_option": {"value": "C2"}}]}, None),
        ({"channel_id": "C3", "is": [True, None, 7]}, {"channel_id": "C3"}),
    ],
)
def test_ids_in_bodies_are_replaced_at_any_depth(body: Any, changed: Any) -> None:
    found = with_ids(body, IDS)
    assert "C2'" not in repr(found)
    for name, value in (changed or {}).items():
        assert (
            value == found[name]
            or value.items() <= {**found[name]}.items()
            or (found[name]["text"] == "C2 and C21")
        )


def test_ids_in_our_texts_are_replaced_in_mentions_and_links_only() -> None:
    text = "<#C2> <#C2|x> <#C21> https://a.slack.com/archives/C2/p1?thread_ts=1.2&cid=C2 C2 "
    assert with_ids_in_text(text, IDS) == (
        "<#C1> <#C1|x> <#C21> https://a.slack.com/archives/C1/p1?thread_ts=1.2&cid=C1 C2 "
    )


def test_a_call_names_the_channel_by_its_other_id_and_keeps_the_ids_of_turns() -> None:
    block = {"type": "actions", "elements": [{"value": "T1:C2:1.2", "url": "/archives/C2/p1"}]}
    call = {"channel": "C2", "text": "in <#C2>", "blocks": [block], "ts": "1.2", "limit": 3}
    assert arguments_with_ids(call, IDS) == {
        "channel": "C1",
        "text": "in <#C1>",
        "blocks": [
            {"type": "actions", "elements": [{"value": "T1:C2:1.2", "url": "/archives/C1/p1"}]}
        ],
        "ts": "1.2",
        "limit": 3,
    }
    assert arguments_with_ids({"channel_id": "C2"}, IDS) == {"channel_id": "C1"}
    assert arguments_with_ids(None, IDS) is None
    assert arguments_with_ids(call, {}) is call
