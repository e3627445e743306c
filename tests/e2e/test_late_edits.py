"""Edits and deletions that Slack delivers late, or again: the latest one counts."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import Message
from tests.e2e.dialogue import acknowledged, begun, said
from tests.e2e.stage import Stage

DELETED = "(deleted)"
Json = dict[str, Any]


def events(stage: Stage, root: Message, texts: list[str]) -> list[Json]:
    """Return the events of a reply of Bob's with the first text, which becomes the next ones."""
    ts = f"{float(root.ts) + 0.001:.6f}"
    place = {"type": "message", "channel": stage.general.id, "channel_type": "channel"}
    reply = {"type": "message", "user": stage.bob.id, "ts": ts, "thread_ts": root.ts}
    said: list[Json] = [{**reply, "text": text} for text in texts]
    found: list[Json] = [{**said[0], **place, "event_ts": ts}]
    for number in range(1, len(texts)):
        at = f"{float(ts) + number / 10_000:.6f}"
        said[number]["edited"] = {"user": stage.bob.id, "ts": at}
        change: Json = {**place, "hidden": True, "ts": at, "event_ts": at}
        change["previous_message"] = said[number - 1]
        if texts[number] == DELETED:
            change |= {"subtype": "message_deleted", "deleted_ts": ts}
        else:
            change |= {"subtype": "message_changed", "message": said[number]}
        found.append(change)
    return found


@pytest.mark.parametrize(
    ("texts", "order", "asked"),
    [
        (["since when?", "// never mind", "who built it?"], [0, 2, 1], ["who built it?"]),
        (["since when?", "// never mind", "who built it?"], [1, 2, 0], ["who built it?"]),
        (["since when?", "// never mind", "who built it?"], [2, 1, 0], ["who built it?"]),
        (["// since when?", "who built it?", "thanks"], [0, 1, 2, 1], []),
        (["thanks", "since when?", "", "who built it?"], [0, 1, 3, 2], ["who built it?"]),
        (["thanks", "since when?", "x" * 15_001, "who built it?"], [0, 1, 2, 3], ["who built it?"]),
        (["// since when?", "since when?", DELETED], [0, 1, 2, 1], []),
        (["", "since when?", DELETED], [2, 1, 0], []),
        (["", "when?", "since when?", "who built it?"], [3, 0, 2, 1], ["who built it?"]),
        (["since when?", "!pro-fst since?", "// never mind"], [0, 1, 2], []),
        (["since when?", "// no", "when?", "who built it?"], [0, 1, 3, 2], ["who built it?"]),
        (["since when?", "// no", "when?", "who built it?"], [0, 1, 3, 2, 3], ["who built it?"]),
        (["// no", "when?", "thanks", "who built it?"], [0, 3, 2, 1], ["who built it?"]),
        (["help", "when?", "who built it?"], [0, 2, 1], ["who built it?"]),
        (["x" * 15_001, "when?", "who built it?"], [0, 2, 1], ["who built it?"]),
        (["since when?", "mute", "who built it?"], [0, 2, 1, 2], ["who built it?"]),
        (["since when?", "stop", "who built it?"], [0, 2, 1, 2], ["who built it?"]),
        (["is it done?", "who built it?"], [1, 0], ["who built it?"]),
        (["is it done?", "who built it?"], [1, 0, 1], ["who built it?"]),
        (["is it done?", "who built it?"], [0, 1, 0, 1], ["who built it?"]),
        (["is it done?", "when?", "who built it?"], [0, 2, 1, 2], ["who built it?"]),
        (["is it done?", "when?", "who built it?"], [2, 1, 0], ["who built it?"]),
        (["is it done?", "when?", "who built it?"], [1, 2, 0, 1], ["who built it?"]),
        (["is it done?", "any news?", "who built it?"], [2, 0, 1, 2], ["who built it?"]),
        (["is it done?", "since when?", "thanks"], [1, 2, 0, 1], []),
        (["is it done?", "when?", DELETED], [1, 2, 0, 1], []),
    ],
)
async def test_the_latest_change_of_a_message_counts(
    stage: Stage, texts: list[str], order: list[int], asked: list[str]
) -> None:
    root, _, run = await begun(stage)
    changes = events(stage, root, texts)
    for number in order:
        await stage.slack.deliver(changes[number])
        await acknowledged(stage)
    await stage.ada.replies(root, "and who pays?")
    await acknowledged(stage)
    run.finishes("Egypt.")
    for number, question in enumerate([*asked, "and who pays?"]):
        run = await stage.parallel.next_run()
        assert run.input == question
        run.finishes(f"Answer {number}.")
        await said(stage, root, f"Answer {number}.")
