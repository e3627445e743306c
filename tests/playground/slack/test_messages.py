"""What can be said in the local Slack, where, how long, and by whom it can be changed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import Channel, LocalSlack, Person
from tests.slack_clients import client, refusal

MARKDOWN = {"type": "markdown", "text": "**hi**"}


async def test_a_message_stands_in_its_thread(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "who?")
    answer = await client(slack).chat_postMessage(
        channel=general.id, thread_ts=root.ts, text="me", blocks=[MARKDOWN]
    )
    message = await slack.thread(root).next()
    assert (message.ts, message.text, message.markdown) == (answer["ts"], "me", "**hi**")
    assert answer["message"]["bot_id"] == slack.app.bot_id
    assert answer["message"]["parent_user_id"] == ada.id
    assert message.ts > root.ts


async def test_every_ts_is_new_and_later(slack: LocalSlack, ada: Person, general: Channel) -> None:
    stamps = [(await ada.says(general, str(n))).ts for n in range(50)]
    assert stamps == sorted(set(stamps))
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("nowhere", "channel_not_found"),
        ("public without the app", "not_in_channel"),
        ("private without the app", "channel_not_found"),
        ("archived", "is_archived"),
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
async def test_channels_where_the_app_cannot_post_refuse(
    slack: LocalSlack, ada: Person, method: str, where: str, error: str
) -> None:
    old = slack.channel("old", [ada])
    old.archived = True
    ids = {
        "nowhere": "C0NOWHERE",
        "public without the app": slack.channel("out", [ada], bot=False).id,
        "private without the app": slack.channel("shut", [ada], bot=False, private=True).id,
        "archived": old.id,
    }
    given = {"channel": ids[where], "text": "hi", "user": ada.id}
    assert (await refusal(client(slack).api_call(method, json=given)))["error"] == error


async def test_public_channels_are_open_with_the_scope_for_it(slack: LocalSlack) -> None:
    out = slack.channel("out", bot=False)
    slack.app.scopes.add("chat:write.public")
    await client(slack).chat_postMessage(channel=out.id, text="hi")
    assert [m.text for m in out.visible()] == ["hi"]


async def test_posting_takes_names_and_people_too(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    by_name = await client(slack).chat_postMessage(channel="#general", text="hi")
    to_ada = await client(slack).chat_postMessage(channel=ada.id, text="hi")
    assert by_name["channel"] == general.id
    assert to_ada["channel"] == slack.dm(ada).id


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "attachments": "{"}, "invalid_attachments"),
        (
            {"text": "x", "attachments": [{"blocks": [{"type": "nonsense"}]}]},
            "invalid_blocks",
        ),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "y" * 12_001}, "msg_too_long"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "", "event_payload": {}}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "t", "event_payload": 1}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "t", "event_payload": {"a": "b" * 20_000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "thread_ts": 1.5}, "invalid_arguments"),
    ],
)
async def test_messages_that_slack_refuses(
    slack: LocalSlack, general: Channel, arguments: dict[str, Any], error: str
) -> None:
    given = {"channel": general.id, **arguments}
    answer = await refusal(client(slack).api_call("chat.postMessage", json=given))
    assert answer["error"] == error
    assert general.visible() == []


async def test_a_reply_needs_the_parent_and_not_a_reply(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "one")
    reply = await ada.replies(root, "two")
    gone = await ada.says(general, "three")
    await ada.deletes(gone)
    call = client(slack).chat_postMessage
    wrong = await refusal(call(channel=general.id, text="x", thread_ts=reply.ts))
    assert wrong["error"] == "cannot_reply_to_message"
    wrong = await refusal(call(channel=general.id, text="x", thread_ts=gone.ts))
    assert wrong["error"] == "thread_not_found"


async def test_text_is_cut_at_forty_thousand(slack: LocalSlack, general: Channel) -> None:
    whole = await client(slack).chat_postMessage(channel=general.id, text="x" * 40_000)
    assert "response_metadata" not in whole.data
    cut = await client(slack).chat_postMessage(channel=general.id, text="x" * 40_001)
    assert cut["response_metadata"]["warnings"] == ["message_truncated"]
    assert [len(m.text) for m in general.visible()] == [40_000, 40_000]


async def test_a_change_keeps_what_it_does_not_name(slack: LocalSlack, general: Channel) -> None:
    call = client(slack)
    tag = {"event_type": "t", "event_payload": {"part": 1}}
    posted = await call.chat_postMessage(
        channel=general.id, text="a", blocks=[MARKDOWN], metadata=tag
    )
    await call.chat_update(channel=general.id, ts=posted["ts"], text="b")
    (message,) = general.visible()
    assert (message.text, message.markdown, message.metadata) == ("b", "**hi**", tag)
    await call.chat_update(channel=general.id, ts=posted["ts"], text="c", blocks=[], metadata={})
    assert (message.text, message.blocks, message.metadata) == ("c", [], None)
    assert message.edited_ts


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "x" * 4_001}, "msg_too_long"),
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"text": "x", "ts": "1.000001"}, "message_not_found"),
        ({"text": "x", "ts": "ada's"}, "cant_update_message"),
        ({"text": "x", "ts": "whispered"}, "message_not_found"),
        ({"text": "x", "channel": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_changes_that_slack_refuses(
    slack: LocalSlack, ada: Person, general: Channel, arguments: dict[str, Any], error: str
) -> None:
    call = client(slack)
    own = await call.chat_postMessage(channel=general.id, text="mine")
    stamps = {
        "ada's": (await ada.says(general, "hers")).ts,
        "whispered": (await call.chat_postEphemeral(channel=general.id, user=ada.id, text="psst"))[
            "message_ts"
        ],
    }
    given = {"channel": general.id, "ts": own["ts"], **arguments}
    given["ts"] = stamps.get(given["ts"], given["ts"])
    answer = await refusal(call.api_call("chat.update", json=given))
    assert answer["error"] == error
    assert [m.text for m in general.visible()] == ["mine", "hers"]


async def test_four_thousand_characters_can_be_changed_to(
    slack: LocalSlack, general: Channel
) -> None:
    own = await client(slack).chat_postMessage(channel=general.id, text="mine")
    await client(slack).chat_update(channel=general.id, ts=own["ts"], text="x" * 4_000)
    assert len(general.visible()[0].text) == 4_000


async def test_a_whisper_is_seen_by_one_person(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    bob, call = slack.person("bob"), client(slack)
    await call.chat_postEphemeral(channel=general.id, user=ada.id, text="psst")
    assert [m.text for m in slack.ephemerals(ada)] == ["psst"]
    assert (slack.ephemerals(bob), general.visible()) == ([], [])
    outside = await refusal(call.chat_postEphemeral(channel=general.id, user=bob.id, text="x"))
    assert outside["error"] == "user_not_in_channel"
    too_long = "é" * 2_001  # bytes count
    long = await refusal(call.chat_postEphemeral(channel=general.id, user=ada.id, text=too_long))
    assert long["error"] == "msg_too_long"


async def test_only_own_messages_can_be_deleted(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    call = client(slack)
    hers = await ada.says(general, "hers")
    own = await call.chat_postMessage(channel=general.id, text="mine")
    await call.chat_delete(channel=general.id, ts=own["ts"])
    assert [m.text for m in general.visible()] == ["hers"]
    answer = await refusal(call.chat_delete(channel=general.id, ts=hers.ts))
    assert answer["error"] == "cant_delete_message"
    answer = await refusal(call.chat_delete(channel=general.id, ts=own["ts"]))
    assert answer["error"] == "message_not_found"


async def test_permalinks_have_slacks_form(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    root = await ada.says(general, "one")
    reply = await ada.replies(root, "two")
    call = client(slack).chat_getPermalink
    link = (await call(channel=general.id, message_ts=reply.ts))["permalink"]
    assert link.endswith(
        f"/archives/{general.id}/p{reply.ts.replace('.', '')}?thread_ts={root.ts}&cid={general.id}"
    )
    missing = await refusal(call(channel=general.id, message_ts="1.000001"))
    assert missing["error"] == "message_not_found"


async def test_what_the_app_posts_is_kept_escaped_once(slack: LocalSlack, general: Channel) -> None:
    said = "a & b &lt; <c> <https://x.org/?a=1&b=2|x> <@U0ABC>"
    answer = await client(slack).chat_postMessage(channel=general.id, text=said)
    kept = "a &amp; b &lt; &lt;c&gt; <https://x.org/?a=1&b=2|x> <@U0ABC>"
    assert answer["message"]["text"] == kept


@pytest.mark.parametrize(
    ("typed", "received"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("&amp;", "&amp;amp;"),
        ("see https://x.org/?a=1&b=2.", "see <https://x.org/?a=1&amp;b=2>."),
        ("<@U0ABC> hi <!here>", "<@U0ABC> hi <!here>"),
        ("<script>", "&lt;script&gt;"),
    ],
)
async def test_what_people_type_arrives_escaped(
    slack: LocalSlack, ada: Person, general: Channel, typed: str, received: str
) -> None:
    message = await ada.says(general, typed)
    history = await client(slack).conversations_history(channel=general.id)
    assert history["messages"][0]["text"] == received == message.text
    assert history["messages"][0]["client_msg_id"]


@pytest.mark.parametrize(
    ("said", "pinged"),
    [
        ({"text": "<!channel> <@U0ABC>"}, {"!channel", "U0ABC"}),
        ({"text": "&lt;!channel&gt; @here"}, set()),
        ({"text": "@here", "link_names": True}, {"!here"}),
        (
            {"text": "x", "blocks": [{"type": "markdown", "text": "<!here> <@U0ABC|a>"}]},
            {"!here", "U0ABC"},
        ),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "&lt;!here&gt;"}]}, set()),
        (
            {
                "text": "x",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "@everyone"}}],
            },
            {"!everyone"},
        ),
        (
            {
                "text": "x",
                "blocks": [
                    {
                        "type": "section",
                        "text": {"type": "mrkdwn", "text": "@everyone", "verbatim": True},
                    }
                ],
            },
            set(),
        ),
        (
            {
                "text": "x",
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<!here>"}}],
            },
            set(),
        ),
    ],
)
async def test_whom_a_message_notifies(
    slack: LocalSlack, general: Channel, said: dict[str, Any], pinged: set[str]
) -> None:
    await client(slack).chat_postMessage(channel=general.id, **said)
    assert general.visible()[0].pings == pinged


async def test_people_keep_to_the_rules_as_well(slack: LocalSlack, ada: Person) -> None:
    out = slack.channel("out", [slack.person("bob")])
    hers = await slack.person("bob").says(out, "mine")
    with pytest.raises(ValueError, match="not in out"):
        await ada.says(out, "hi")
    with pytest.raises(ValueError, match="not a message of theirs"):
        await ada.edits(hers, "hi")
    assert slack.person("ada") is ada


async def test_an_ephemeral_message_in_a_thread_is_shown_once_that_has_replies(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    asked = await ada.says(general, "who?")
    place: dict[str, Any] = {"channel": general.id, "user": ada.id, "thread_ts": asked.ts}
    await client(slack).chat_postEphemeral(**place, text="unseen")
    await ada.replies(asked, "nobody?")
    await client(slack).chat_postEphemeral(**place, text="seen")
    assert [message.text for message in slack.ephemerals(ada)] == ["seen"]
