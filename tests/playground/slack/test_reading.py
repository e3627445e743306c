"""Reading back: threads and channels by pages, people, reactions, files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import client, refusal


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack without rate limits, with an app that may read a lot."""
    async with LocalSlack(rate_limits=False) as slack:
        more = {"channels:read", "users:read", "reactions:read", "files:read", "im:write"}
        slack.app.scopes |= more | {"mpim:write"}
        yield slack


async def texts(slack: LocalSlack, channel: Channel, ts: str, **more: Any) -> list[str]:
    """Return the texts of a thread."""
    answer = await client(slack).conversations_replies(channel=channel.id, ts=ts, **more)
    return [message["text"] for message in answer["messages"]]


async def test_a_thread_is_read_in_order_by_pages(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "0")
    await ada.says(general, "elsewhere")
    replies = [await ada.replies(root, str(n)) for n in range(1, 6)]
    pages = [
        [message["text"] for message in page["messages"]]
        async for page in await client(slack).conversations_replies(
            channel=general.id, ts=root.ts, limit=2
        )
    ]
    assert pages == [["0", "1"], ["2", "3"], ["4", "5"]]
    assert await texts(slack, general, replies[2].ts) == ["0", "1", "2", "3", "4", "5"]


async def test_a_thread_is_read_between_two_times(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "0")
    first, _, third = [await ada.replies(root, str(n)) for n in (1, 2, 3)]
    bounds = {"oldest": first.ts, "latest": third.ts}
    assert await texts(slack, general, root.ts, **bounds) == ["0", "2"]
    assert await texts(slack, general, root.ts, **bounds, inclusive=True) == ["0", "1", "2", "3"]


async def test_a_thread_shows_who_said_what_and_metadata_only_when_asked(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "who?")
    tag = {"event_type": "t", "event_payload": {"turn": "1"}}
    await client(slack).chat_postMessage(
        channel=general.id, thread_ts=root.ts, text="me", metadata=tag
    )
    read = client(slack).conversations_replies
    parent, said = (await read(channel=general.id, ts=root.ts))["messages"]
    assert parent["user"] == ada.id
    assert (parent["reply_count"], parent["latest_reply"]) == (1, said["ts"])
    assert (said["user"], said["bot_id"]) == (slack.app.bot_user_id, slack.app.bot_id)
    assert (said["thread_ts"], said["parent_user_id"]) == (root.ts, ada.id)
    assert "metadata" not in said
    said = (await read(channel=general.id, ts=root.ts, include_all_metadata=True))["messages"][1]
    assert said["metadata"] == tag


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"ts": "1.000001"}, "thread_not_found"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"limit": 0}, "invalid_arguments"),
        ({"limit": 1001}, "invalid_arguments"),
        ({"limit": "many"}, "invalid_arguments"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "today"}, "invalid_ts_latest"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"channel": ""}, "invalid_arguments"),
    ],
)
async def test_threads_that_cannot_be_read(
    slack: LocalSlack, ada: Person, general: Channel, arguments: dict[str, Any], error: str
) -> None:
    root = await ada.says(general, "0")
    given = {"channel": general.id, "ts": root.ts, **arguments}
    call = client(slack).api_call("conversations.replies", params=given, http_verb="GET")
    assert (await refusal(call))["error"] == error


async def test_the_app_reads_only_where_it_is(slack: LocalSlack, ada: Person) -> None:
    out = slack.channel("out", [ada], bot=False)
    root = await ada.says(out, "0")
    call = client(slack).conversations_replies(channel=out.id, ts=root.ts)
    assert (await refusal(call))["error"] == "not_in_channel"


async def test_a_deleted_parent_with_replies_leaves_a_tombstone(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "0")
    await ada.replies(root, "1")
    await ada.deletes(root)
    assert await texts(slack, general, root.ts) == ["This message was deleted.", "1"]


async def test_history_is_newest_first_without_replies(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "0")
    await ada.replies(root, "hidden")
    await ada.replies(root, "shown", broadcast=True)
    await ada.says(general, "1")
    history = await client(slack).conversations_history(channel=general.id, limit=2)
    assert [m["text"] for m in history["messages"]] == ["1", "shown"]
    assert history["has_more"]
    cursor = history["response_metadata"]["next_cursor"]
    history = await client(slack).conversations_history(channel=general.id, cursor=cursor)
    assert [m["text"] for m in history["messages"]] == ["0"]


async def test_channels_and_people_are_described(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    call = client(slack)
    channel = (await call.conversations_info(channel=general.id))["channel"]
    assert (channel["name"], channel["is_private"], channel["is_member"]) == (
        "general",
        False,
        True,
    )
    members = (await call.conversations_members(channel=general.id))["members"]
    assert set(members) == {ada.id, slack.app.bot_user_id}
    assert (await call.users_info(user=ada.id))["user"]["name"] == "ada"
    assert (await refusal(call.users_info(user="U0NOBODY")))["error"] == "user_not_found"
    shut = slack.channel("shut", [ada], bot=False, private=True)
    answer = await refusal(call.conversations_info(channel=shut.id))
    assert answer["error"] == "channel_not_found"


async def test_direct_messages_are_opened(slack: LocalSlack, ada: Person) -> None:
    call = client(slack).conversations_open
    assert (await call(users=ada.id))["channel"]["id"] == slack.dm(ada).id
    bob = slack.person("bob")
    group = (await call(users=[ada.id, bob.id]))["channel"]["id"]
    assert group == (await call(users=[bob.id, ada.id]))["channel"]["id"] != slack.dm(ada).id
    assert (await refusal(call(users="U0NOBODY")))["error"] == "user_not_found"


async def test_reactions_come_and_go(slack: LocalSlack, ada: Person, general: Channel) -> None:
    call, message = client(slack), await ada.says(general, "0")
    where: Any = {"channel": general.id, "timestamp": message.ts}
    await call.reactions_add(name="hourglass_flowing_sand", **where)
    assert message.reactions == {"hourglass_flowing_sand": [slack.app.bot_user_id]}
    seen = (await call.reactions_get(**where))["message"]["reactions"]
    assert seen == [
        {"name": "hourglass_flowing_sand", "users": [slack.app.bot_user_id], "count": 1}
    ]
    again = await refusal(call.reactions_add(name="hourglass_flowing_sand", **where))
    assert again["error"] == "already_reacted"
    await call.reactions_remove(name="hourglass_flowing_sand", **where)
    assert message.reactions == {}
    again = await refusal(call.reactions_remove(name="hourglass_flowing_sand", **where))
    assert again["error"] == "no_reaction"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "not an emoji"}, "invalid_name"),
        ({"name": "⏳"}, "invalid_name"),
        ({"timestamp": "1.000001"}, "message_not_found"),
        ({"timestamp": "yesterday"}, "bad_timestamp"),
        ({"timestamp": None}, "no_item_specified"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_reactions_that_slack_refuses(
    slack: LocalSlack, ada: Person, general: Channel, arguments: dict[str, Any], error: str
) -> None:
    message = await ada.says(general, "0")
    given = {"name": "eyes", "channel": general.id, "timestamp": message.ts, **arguments}
    answer = await refusal(client(slack).api_call("reactions.add", json=given))
    assert answer["error"] == error


async def test_a_file_is_shared_in_a_thread(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "report?")
    answer = await client(slack).files_upload_v2(
        filename="report.md",
        title="Report",
        content="# Réport",
        channel=general.id,
        thread_ts=root.ts,
        initial_comment="here",
    )
    message = await slack.thread(root).next()
    assert (message.text, message.subtype, message.by_app) == ("here", "file_share", True)
    (file,) = slack.files
    assert (file.name, file.title, file.text) == ("report.md", "Report", "# Réport")
    assert message.files == [file]
    assert answer["files"] == [{"id": file.id, "title": "Report"}]
    seen = (await client(slack).files_info(file=file.id))["file"]
    assert seen["shares"]["public"][general.id][0]["thread_ts"] == root.ts
    read = await client(slack).conversations_replies(channel=general.id, ts=root.ts)
    assert read["messages"][1]["files"][0]["name"] == "report.md"


async def test_uploads_that_slack_refuses(slack: LocalSlack, ada: Person, general: Channel) -> None:
    call = client(slack)
    start = call.files_getUploadURLExternal
    assert (await refusal(start(filename="a", length=0)))["error"] == "invalid_arguments"
    big = await refusal(start(filename="a", length=1_000_001, snippet_type="python"))
    assert big["error"] == "snippet_too_large"
    begun = await start(filename="a.md", length=5)
    async with aiohttp.ClientSession() as session:
        async with session.post(begun["upload_url"], data=b"four") as response:
            assert response.status == 400
        # Complete before the bytes have arrived, then properly, then again.
        finish = call.files_completeUploadExternal
        files: list[dict[str, str | None]] = [{"id": begun["file_id"]}]
        early = await refusal(finish(files=files, channel_id=general.id))
        assert early["error"] == "file_not_found"
        async with session.post(begun["upload_url"], data=b"fives") as response:
            assert (response.status, await response.text()) == (200, "OK - 5")
    out = slack.channel("out", [ada], bot=False)
    assert (await refusal(finish(files=files, channel_id=out.id)))["error"] == "not_in_channel"
    lost = await refusal(finish(files=files, channel_id=general.id, thread_ts="1.000001"))
    assert lost["error"] == "thread_not_found"
    assert (await refusal(finish(files=[])))["error"] == "invalid_arguments"
    await finish(files=files, channel_id=general.id)
    assert (await refusal(finish(files=files, channel_id=general.id)))["error"] == "file_not_found"
    assert [f.name for f in slack.files] == ["a.md"]


async def test_private_files_need_the_token(slack: LocalSlack, general: Channel) -> None:
    await client(slack).files_upload_v2(filename="a.md", content="hi", channel=general.id)
    (file,) = slack.files
    async with aiohttp.ClientSession() as session:
        async with session.get(file.url) as response:
            assert response.status == 401
        headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
        async with session.get(file.url, headers=headers) as response:
            assert await response.read() == b"hi"
