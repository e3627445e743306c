"""What becomes of messages in the local Slack: edits, deletes, previews, replies shown outside."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import Json, client, quiet, refusal


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack without rate limits, and with nobody who listens."""
    async with LocalSlack(rate_limits=False, retry_delays=()) as slack:
        yield slack


async def latest(slack: LocalSlack) -> Json:
    """Return the event that was sent last."""
    await quiet(*slack.deliveries)
    return slack.deliveries[-1].event


@pytest.mark.parametrize("where", ["channel", "thread"])
async def test_an_edit_event_has_the_message_before_and_after(
    slack: LocalSlack, ada: Person, general: Channel, where: str
) -> None:
    root = await ada.says(general, "one")
    message = await ada.replies(root, "two") if where == "thread" else root
    await ada.edits(message, "three")
    event = await latest(slack)
    assert (event["type"], event["subtype"], event["hidden"]) == (
        "message",
        "message_changed",
        True,
    )
    assert (event["channel"], event["channel_type"]) == (general.id, "channel")
    now, before = event["message"], event["previous_message"]
    assert now["ts"] == before["ts"] == message.ts
    assert now["text"] == "three"
    assert before["text"] == ("two" if where == "thread" else "one")
    assert now["edited"] == {"user": ada.id, "ts": event["ts"]}
    assert event["ts"].endswith(".000000")
    assert message.ts < event["ts"]
    assert "edited" not in before
    threads = (now.get("thread_ts"), before.get("thread_ts"), event.get("thread_ts"))
    assert threads == ((root.ts, root.ts, None) if where == "thread" else (None, None, None))


async def test_a_deleted_message_leaves_nothing(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "one")
    reply = await ada.replies(root, "two")
    await ada.deletes(reply)
    event = await latest(slack)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", reply.ts)
    assert event["previous_message"]["text"] == "two"
    assert event["previous_message"]["thread_ts"] == root.ts
    await ada.deletes(root)
    event = await latest(slack)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", root.ts)
    assert event["previous_message"]["text"] == "one"
    assert general.visible() == []


@pytest.mark.parametrize("whose", ["ada's", "the app's"])
async def test_a_deleted_parent_with_replies_leaves_a_tombstone(
    slack: LocalSlack, ada: Person, general: Channel, whose: str
) -> None:
    call = client(slack)
    if whose == "ada's":
        root = await ada.says(general, "see https://example.com/")
        await slack.unfurls(root)
    else:
        posted = await call.chat_postMessage(channel=general.id, text="see this")
        root = general.messages[posted["ts"]]
    reply = await ada.replies(root, "two")
    if whose == "ada's":
        await ada.deletes(root)
    else:
        await call.chat_delete(channel=general.id, ts=root.ts)
    event = await latest(slack)
    assert event["subtype"] == "message_changed"
    now = event["message"]
    assert (now["subtype"], now["text"]) == ("tombstone", "This message was deleted.")
    assert not {"blocks", "attachments", "bot_id", "app_id"} & set(now)
    assert (now["ts"], now["reply_count"]) == (root.ts, 1)
    assert event["previous_message"]["text"].startswith("see")
    thread = await call.conversations_replies(channel=general.id, ts=root.ts)
    assert [message["ts"] for message in thread["messages"]] == [root.ts, reply.ts]
    with pytest.raises(ValueError, match="not a message of theirs"):
        await ada.edits(root, "back again")


async def test_the_app_deletes_what_it_said_in_a_thread(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    call = client(slack)
    root = await ada.says(general, "one")
    posted = await call.chat_postMessage(channel=general.id, thread_ts=root.ts, text="two")
    answer = await call.chat_delete(channel=general.id, ts=posted["ts"])
    assert (answer["channel"], answer["ts"]) == (general.id, posted["ts"])
    event = await latest(slack)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", posted["ts"])
    assert event["previous_message"]["bot_id"] == slack.app.bot_id
    assert slack.thread(root).said == []
    gone = await refusal(call.chat_update(channel=general.id, ts=posted["ts"], text="three"))
    assert gone["error"] == "message_not_found"


async def test_a_preview_of_a_link_is_a_change_and_no_edit(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "one")
    reply = await ada.replies(root, "is https://example.com/a right?")
    text = reply.text
    await slack.unfurls(reply)
    event = await latest(slack)
    assert event["subtype"] == "message_changed"
    now, before = event["message"], event["previous_message"]
    assert now["text"] == before["text"] == text
    assert [each["from_url"] for each in now["attachments"]] == ["https://example.com/a"]
    assert "attachments" not in before
    assert "edited" not in now
    assert now["thread_ts"] == root.ts
    with pytest.raises(ValueError, match="no link"):
        await slack.unfurls(root)
    await ada.deletes(reply)
    with pytest.raises(ValueError, match="not there to be seen"):
        await slack.unfurls(reply)


async def test_a_preview_keeps_the_mark_of_an_earlier_edit(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    message = await ada.says(general, "one")
    await ada.edits(message, "see https://example.com/")
    edited = message.edited_ts
    await slack.unfurls(message)
    assert (await latest(slack))["message"]["edited"]["ts"] == edited


async def test_a_reply_of_the_apps_is_shown_in_the_channel_too_when_it_says_so(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    call = client(slack)
    root = await ada.says(general, "one")
    where = {"channel": general.id, "thread_ts": root.ts}
    await call.api_call("chat.postMessage", json={**where, "text": "inside"})
    shown = await call.api_call(
        "chat.postMessage", json={**where, "text": "for all", "reply_broadcast": True}
    )
    assert shown["message"]["subtype"] == "thread_broadcast"
    event = await latest(slack)
    assert (event["subtype"], event["thread_ts"]) == ("thread_broadcast", root.ts)
    assert event["root"]["ts"] == root.ts
    history = await call.conversations_history(channel=general.id)
    assert [message["text"] for message in history["messages"]] == ["for all", "one"]
    thread = await call.conversations_replies(channel=general.id, ts=root.ts)
    assert [message["text"] for message in thread["messages"]] == ["one", "inside", "for all"]
