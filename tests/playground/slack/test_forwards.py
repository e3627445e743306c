"""Forwarded messages, other apps, files and a second team on the local Slack, as Slack has them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.playground.slack import Channel, Delivery, LocalSlack, Message, Person
from bot.playground.slack.rules.refusal import Refusal
from tests.slack_clients import client

Json = dict[str, Any]

ALERT: Json = {"title": "Disk usage is 91 %", "text": "on web-1", "color": "#f00"}
SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "*web-1* is down"}}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A Slack whose app is not connected: tests look at the deliveries."""
    async with LocalSlack("http", retry_delays=()) as slack:
        yield slack


def sent(slack: LocalSlack, message: Message) -> list[Delivery]:
    """The deliveries of a message."""
    return [d for d in slack.deliveries if d.event.get("ts") == message.ts]


def event(slack: LocalSlack, message: Message, kind: str = "message") -> Json:
    """The event of a message."""
    (found,) = (d.event for d in sent(slack, message) if d.event["type"] == kind)
    return found


async def read(slack: LocalSlack, message: Message) -> Json:
    """The message as `conversations.replies` returns it."""
    answer = await client(slack).conversations_replies(
        channel=message.channel.id, ts=message.root, limit=100
    )
    (found,) = (m for m in answer["messages"] if m["ts"] == message.ts)
    assert isinstance(found, dict)
    return found


# --- forwarded messages -----------------------------------------------------------------


async def test_a_forwarded_message_stands_in_an_attachment_and_not_in_the_text(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    elsewhere = slack.channel("elsewhere", [ada])
    claim = await ada.says(elsewhere, "France owns <https://example.org/suez>")
    shared = await ada.forwards(claim, general, f"<@{slack.app.bot_user_id}> is this true?")
    (attachment,) = event(slack, shared)["attachments"]
    assert attachment["is_share"] is True
    assert attachment["is_msg_unfurl"] is True
    assert attachment["text"] == "France owns <https://example.org/suez>"
    assert attachment["author_id"] == ada.id
    assert attachment["channel_id"] == elsewhere.id
    assert attachment["ts"] == claim.ts
    assert attachment["from_url"] == slack.workspace.permalink(claim)
    assert attachment["message_blocks"][0]["message"]["blocks"] == claim.blocks
    assert attachment["fallback"].endswith(f"] Ada: {attachment['text']}")
    assert "original_url" not in attachment
    assert event(slack, shared)["text"] == f"<@{slack.app.bot_user_id}> is this true?"
    # The other event of the mention has it, too, and so has the thread when it is read.
    assert event(slack, shared, "app_mention")["attachments"] == [attachment]
    assert (await read(slack, shared))["attachments"] == [attachment]


async def test_a_message_can_be_forwarded_without_a_word(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    claim = await ada.says(general, "France owns it")
    shared = await ada.forwards(claim, slack.dm(ada))
    assert event(slack, shared)["text"] == ""
    assert "blocks" not in event(slack, shared)
    reply = await ada.forwards(claim, general, thread=claim)
    assert event(slack, reply)["thread_ts"] == claim.ts
    hidden = slack.channel("hidden", [slack.person("eve")])
    with pytest.raises(ValueError, match="does not see"):
        await ada.forwards(await slack.person("eve").says(hidden, "x"), general)


async def test_files_of_a_forwarded_message_stand_with_it(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    file = await ada.uploads(general, "report.pdf")
    shared = await ada.forwards(file, slack.dm(ada), "read this")
    (attachment,) = event(slack, shared)["attachments"]
    assert [f["name"] for f in attachment["files"]] == ["report.pdf"]
    assert "files" not in event(slack, shared)


async def test_the_preview_of_a_message_is_no_share_and_comes_later(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    claim = await ada.says(general, "France owns it")
    link = await ada.says(general, f"see {slack.workspace.permalink(claim)}")
    assert "attachments" not in event(slack, link)
    await slack.unfurls(link)
    changed = slack.deliveries[-1].event
    assert changed["subtype"] == "message_changed"
    (preview,) = changed["message"]["attachments"]
    assert preview["is_msg_unfurl"] is True
    assert "is_share" not in preview
    assert preview["original_url"] == preview["from_url"] == slack.workspace.permalink(claim)
    assert preview["text"] == "France owns it"
    assert "edited" not in changed["message"]


async def test_a_preview_stands_beside_a_forwarded_message(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    claim = await ada.says(general, "France owns it")
    shared = await ada.forwards(claim, general, "or https://example.org/suez")
    await slack.unfurls(shared)
    share, preview = (await read(slack, shared))["attachments"]
    assert share["is_share"] is True
    assert preview["title"] == "https://example.org/suez"


async def test_a_pasted_table_is_in_no_text(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    said = await ada.pastes(general, "which is longer?", [["Canal", "km"], ["Suez", "193"]])
    (attachment,) = event(slack, said)["attachments"]
    assert attachment["fallback"] == "[no preview available]"
    assert attachment["blocks"][0]["rows"][1][0] == {"type": "raw_text", "text": "Suez"}
    assert event(slack, said)["text"] == "which is longer?"


# --- other apps -------------------------------------------------------------------------


async def test_another_app_posts_an_alert_without_a_text(
    slack: LocalSlack, general: Channel
) -> None:
    alerts = slack.other_app("Alerts")
    alert = await alerts.posts(general, attachments=[ALERT])
    for seen in (event(slack, alert), await read(slack, alert)):
        assert seen["text"] == ""
        assert seen["attachments"] == [{**ALERT, "id": 1, "fallback": "[no preview available]"}]
        assert seen["bot_id"] == seen["bot_profile"]["id"] != slack.app.bot_id
        assert seen["app_id"] == seen["bot_profile"]["app_id"] != slack.app.app_id
        assert seen["user"] == alerts.user.id
        assert seen["bot_profile"]["name"] == "Alerts"
    assert not alert.by_app
    assert slack.thread(alert).said == []
    assert slack.other_app("Alerts") is alerts


async def test_blocks_without_a_text_get_slacks_own(slack: LocalSlack, general: Channel) -> None:
    alert = await slack.other_app("Alerts").posts(general, blocks=[SECTION])
    assert event(slack, alert)["text"] == "This content can't be displayed."
    with pytest.raises(Refusal):
        await slack.other_app("Alerts").posts(general, blocks=[{"type": "section"}])
    with pytest.raises(ValueError, match="no_text"):
        await slack.other_app("Alerts").posts(general)


async def test_an_old_webhook_has_a_name_and_no_user(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    alert = await slack.other_app("Alerts").posts(general, "down", webhook=True)
    seen = event(slack, alert)
    assert (seen["subtype"], seen["username"]) == ("bot_message", "Alerts")
    assert "user" not in seen
    reply = await ada.replies(alert, "again?")
    assert "parent_user_id" not in event(slack, reply)
    await slack.other_app("Alerts").posts(general, "up", webhook=True, thread=alert)
    assert len((await read(slack, alert))["reply_users"]) == 2


async def test_a_shortcut_brings_the_whole_of_another_apps_message(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    alert = await slack.other_app("Alerts").posts(general, attachments=[ALERT])
    await ada.shortcut("research_message", alert)
    payload = slack.interactions[-1].payload
    assert payload["message"]["attachments"][0]["title"] == ALERT["title"]
    assert payload["message"]["text"] == ""


async def test_what_is_no_message_of_anybody_leaves_a_line(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    topic = await ada.names_topic(general, "canals")
    assert event(slack, topic)["subtype"] == "channel_topic"
    assert (await read(slack, topic))["text"].endswith("set the channel topic: canals")


# --- a second team ----------------------------------------------------------------------


async def test_people_of_another_team_keep_their_team(slack: LocalSlack, general: Channel) -> None:
    zoe = slack.person("zoe", team="acme")
    assert slack.person("zoe") is zoe
    theirs = zoe.user.team
    assert theirs
    assert theirs == slack.person("yan", team="acme").user.team != slack.app.team_id
    general.members.add(zoe.id)
    said = await zoe.says(general, f"<@{slack.app.bot_user_id}> who?")
    for delivery in sent(slack, said):
        assert delivery.payload["is_ext_shared_channel"] is True
        assert delivery.payload["team_id"] == slack.app.team_id
        assert delivery.payload["authorizations"][0]["team_id"] == slack.app.team_id
        teams = [delivery.event[name] for name in ("team", "user_team", "source_team")]
        assert teams == [theirs] * 3
    slack.app.scopes.add("users:read")
    info = await client(slack).users_info(user=zoe.id)
    assert info["user"]["team_id"] == theirs


async def test_messages_in_a_shared_channel_name_their_team(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    before = await ada.says(general, "alone")
    assert event(slack, before)["team"] == slack.app.team_id
    assert "user_team" not in event(slack, before)
    assert sent(slack, before)[0].payload["is_ext_shared_channel"] is False
    general.members.add(slack.person("zoe", team="acme").id)
    after = await ada.says(general, "together")
    assert event(slack, after)["user_team"] == slack.app.team_id
    slack.app.scopes.add("channels:read")
    info = await client(slack).conversations_info(channel=general.id)
    assert info["channel"]["is_ext_shared"] is True


async def test_people_of_another_team_press_buttons_and_have_no_shortcuts(
    slack: LocalSlack, general: Channel
) -> None:
    zoe = slack.person("zoe", team="acme")
    general.members.add(zoe.id)
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    answer = await client(slack).chat_postMessage(
        channel=general.id, text="press", blocks=[{"type": "actions", "elements": [button]}]
    )
    message = general.messages[answer["ts"]]
    await zoe.clicks(message, "go")
    payload = slack.interactions[-1].payload
    assert payload["team"] == {"id": zoe.user.team, "domain": "acme"}
    assert payload["user"]["team_id"] == zoe.user.team
    assert payload["message"]["team"] == slack.app.team_id
    with pytest.raises(ValueError, match="workspace that has the app"):
        await zoe.shortcut("research_message", message)
    with pytest.raises(ValueError, match="not a valid command"):
        await zoe.command("/processor", "", general)


# --- files ------------------------------------------------------------------------------


async def test_a_file_stands_in_both_events_of_a_mention(
    slack: LocalSlack, ada: Person, general: Channel
) -> None:
    said = await ada.uploads(general, "report.pdf", text=f"<@{slack.app.bot_user_id}> sum it up")
    message, mention = event(slack, said), event(slack, said, "app_mention")
    assert message["subtype"] == "file_share"
    assert "subtype" not in mention
    assert message["files"] == mention["files"]
    assert message["files"][0]["name"] == "report.pdf"
    assert "team" not in message  # https://github.com/slackapi/slack-api-specs/issues/62


async def test_a_file_of_another_team_shows_only_its_id(
    slack: LocalSlack, general: Channel
) -> None:
    zoe = slack.person("zoe", team="acme")
    general.members.add(zoe.id)
    said = await zoe.uploads(general, "report.pdf", text="see")
    (file,) = event(slack, said)["files"]
    assert (file["file_access"], file["mode"]) == ("check_file_info", "file_access")
    assert "name" not in file
