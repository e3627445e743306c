"""What Slack's errors are about, through the real client on the local Slack; and what is logged.

The table is written down here once more, by what must follow: a mistake in the bot's own one would
make it post in vain where nobody may post, or give up where a simpler message would be taken.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId
from bot.errors import AnswerLost, Cause, RateLimited, Refused, Unavailable, Unreached
from bot.playground.slack import Channel, LocalSlack
from bot.ports import Message, Tag
from bot.slack import error_details, error_table
from bot.slack.api_errors import reading, writing
from bot.slack.client import SlackMessenger
from bot.slack.connection import http_session, web_client
from tests.raw_http import reply, serving

TAG = Tag(TurnId("T1:C1:1700000000.000100"), "status")

#: Nothing can be posted there: none of these may be retried in a simpler variant.
PLACES = """
    cannot_reply_to_message channel_is_limited_access channel_not_found channel_type_not_supported
    ekm_access_denied invalid_channel invalid_thread_ts is_archived is_inactive
    message_limit_exceeded messages_tab_disabled method_not_supported_for_channel_type
    not_in_channel org_user_not_in_team restricted_action restricted_action_non_threadable_channel
    restricted_action_read_only_channel restricted_action_thread_locked
    restricted_action_thread_only_channel restricted_action_of_next_year team_access_not_granted
    team_not_found thread_locked thread_not_found user_is_restricted user_is_ultra_restricted
    user_not_in_channel
"""
#: The message, its arguments or its file: a simpler form may be taken.
CONTENTS = """
    attachment_payload_limit_exceeded block_mismatch cant_broadcast_message
    file_type_not_allowed file_uploads_disabled invalid_arguments invalid_attachments
    invalid_blocks invalid_blocks_format invalid_metadata_format invalid_metadata_schema
    markdown_text_conflict metadata_too_large msg_blocks_too_long msg_blocks_too_many msg_too_long
    no_dual_broadcast_content_update no_text only_one_table_allowed posting_to_channel_denied
    slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_file_upload_sharing_blocked not_implemented
    slack_connect_lists_sharing_blocked snippet_too_large storage_limit_reached
    too_many_attachments too_many_contact_cards view_too_large as_user_not_supported
    invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type
    missing_post_type missing_recipient_team_id missing_recipient_user_id
"""
TOKENS = """
    access_denied account_inactive invalid_auth not_authed org_login_required token_expired
    token_revoked two_factor_setup_required
"""
SCOPES = """
    deprecated_endpoint enterprise_is_restricted feature_disabled forbidden_team
    metadata_must_be_sent_from_app method_deprecated missing_scope no_permission
    not_allowed_token_type not_authorized
    unknown_method
"""
GONE = """
    cant_delete_message cant_update_message edit_window_closed message_not_found
    message_not_in_streaming_state message_not_owned_by_app stopped_by_user
"""
LATER = """
    accesslimited external_channel_migrating streaming_state_conflict team_added_to_org
"""
LIMITED = "rate_limited ratelimited"
LOST = """
    fatal_error file_update_failed internal_error request_timeout service_unavailable
    update_failed
"""
MEANING: dict[str, object] = {
    name: meaning
    for meaning, names in (
        (Cause.PLACE, PLACES),
        (Cause.CONTENT, CONTENTS),
        (Cause.TOKEN, TOKENS),
        (Cause.SCOPE, SCOPES),
        (Cause.GONE, GONE),
        (Unavailable, LATER),
        (RateLimited, LIMITED),
        (AnswerLost, LOST),
    )
    for name in names.split()
}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(rate_limits=False) as slack:
        yield slack


@pytest.fixture
def general(slack: LocalSlack) -> Channel:
    return slack.channel("general", [slack.person("ada")])


@pytest.fixture
async def conversation(slack: LocalSlack) -> AsyncIterator[SlackMessenger]:
    async with http_session(lease=30.0) as session:
        yield SlackMessenger(web_client(slack.app.bot_token, slack.api_url, session))


@pytest.fixture
async def thread(slack: LocalSlack, general: Channel) -> ThreadKey:
    bob = slack.person("bob")
    general.members.add(bob.id)
    root = await bob.says(general, "hello")
    return ThreadKey(TeamId(slack.app.team_id), ChannelId(general.id), MessageTs(root.ts))


# --- what errors mean -------------------------------------------------------------------


@pytest.mark.parametrize("error", MEANING)
async def test_each_known_error_is_about_what_it_says(
    slack: LocalSlack, conversation: SlackMessenger, thread: ThreadKey, error: str
) -> None:
    expected = MEANING[error]
    for method, call in (
        ("chat.postMessage", lambda: conversation.post(thread, Message("x"), TAG)),
        ("chat.update", lambda: conversation.update(thread, thread.ts, Message("x"))),
    ):
        slack.faults.next(method, error=error)
        with pytest.raises((Refused, Unavailable, AnswerLost)) as raised:
            await call()
        met = raised.value
        if isinstance(met, Refused):
            assert (met.cause, met.message, met.sure) == (expected, error, True)
        else:
            assert type(met) is expected


async def test_an_error_that_is_not_known_may_be_about_the_content_and_may_pass(
    slack: LocalSlack, conversation: SlackMessenger, thread: ThreadKey
) -> None:
    slack.faults.next("chat.postMessage", error="an_error_of_next_year")
    with pytest.raises(Refused) as refused:
        await conversation.post(thread, Message("x"), TAG)
    assert (refused.value.cause, refused.value.sure) == (Cause.CONTENT, False)


async def test_a_proxy_that_answers_in_slacks_place_is_named(
    slack: LocalSlack, conversation: SlackMessenger, thread: ThreadKey
) -> None:
    slack.faults.next("chat.postMessage", status=407)
    with pytest.raises(Unreached, match="proxy wants another user") as raised:
        await conversation.post(thread, Message("x"), TAG)
    assert "HTTP_PROXY" in raised.value.fix


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '"x"', "{", "[" * 100_000, '{"ok":' * 100_000, "<html>No</html>"]
)
async def test_a_response_of_another_server_is_no_response_of_slacks(body: str) -> None:
    async with (
        serving(reply(200, body, content_type="application/json")) as other,
        http_session(lease=30.0) as session,
    ):
        client = web_client("xoxb-1", f"{other.url}/api/", session)
        with pytest.raises(AnswerLost, match="in Slack's stead"):
            await writing(client.auth_test)


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("body", ["<html>", {"ok": False, "error": "service_unavailable"}, {}])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("-5", 1.0),
        ("nan", None),
        ("inf", 3600.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600.0),
        ("soon", None),
        (None,) * 2,
    ],
)
async def test_how_long_slack_asks_to_wait_is_obeyed(
    status: int, body: Any, header: str | None, seconds: float | None
) -> None:
    given = {"retry_after": header} if header is not None else {}
    async with (
        serving(reply(status, body, content_type="application/json", **given)) as other,
        http_session(lease=30.0) as session,
    ):
        client = web_client("xoxb-1", f"{other.url}/api/", session)
        with pytest.raises(Unavailable) as met:
            await reading(client.auth_test)
    assert met.value.retry_after == (seconds or 1.0 if status == 429 else seconds)


def test_no_error_is_about_two_things() -> None:
    everything = [
        *(error for errors in error_table.CAUSES.values() for error in errors),
        *error_table.RATE_LIMITS,
        *error_table.SERVER_ERRORS,
        *error_table.TEMPORARY,
    ]
    assert len(everything) == len(set(everything))
    assert set(error_table.PAYLOAD_ERRORS) <= set(error_table.SERVER_ERRORS)


@pytest.mark.parametrize("error", ["", "xoxb-1-secret", "Some Words", {"id": "x"}, 7, "x" * 200])
def test_a_malformed_error_name_is_not_repeated(error: object) -> None:
    assert error_details.name_of({"error": error}) == ""


# --- what is logged ---------------------------------------------------------------------


async def test_which_field_slack_refuses_reaches_the_log_without_its_text(
    conversation: SlackMessenger, thread: ThreadKey, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "the merger with Initech " * 150
    block = {"type": "section", "text": {"type": "mrkdwn", "text": secret}}
    with pytest.raises(Refused):
        await conversation.post(thread, Message("x", [block]), TAG)
    (line,) = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert "chat.postMessage: invalid_blocks" in line
    assert "must be less than 3001 characters [json-pointer:/blocks/0/text/text]" in line
    assert "merger" not in caplog.text
    assert "Initech" not in caplog.text


async def test_which_scope_is_needed_reaches_the_log(
    slack: LocalSlack,
    conversation: SlackMessenger,
    thread: ThreadKey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slack.app.scopes.discard("chat:write")
    with pytest.raises(Refused) as refused:
        await conversation.post(thread, Message("x"), TAG)
    assert refused.value.cause is Cause.SCOPE
    assert "missing_scope" in caplog.text
    assert "needed chat:write" in caplog.text
    assert "provided " in caplog.text
    assert "channels:history" in caplog.text
    assert slack.app.bot_token not in caplog.text


async def test_a_refusal_that_explains_nothing_is_not_logged_twice(
    slack: LocalSlack,
    conversation: SlackMessenger,
    thread: ThreadKey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slack.faults.next("chat.postMessage", error="is_archived")
    with pytest.raises(Refused):
        await conversation.post(thread, Message("x"), TAG)
    assert caplog.records == []


SAID_TO_OPERATORS: dict[str, tuple[dict[str, Any], int, str]] = {
    **{
        error: ({"error": error}, logging.ERROR, f"SLACK_BOT_TOKEN (chat.postMessage: {error})")
        for error in TOKENS.split()
    },
    **{
        error: ({"error": error}, logging.ERROR, f"chat.postMessage ({error})")
        for error in SCOPES.split()
    },
    "a web page": ({"status": 403}, logging.ERROR, "SLACK_API_URL"),
    "a proxy": ({"status": 407}, logging.WARNING, "HTTP_PROXY"),
    "an outage": ({"status": 503}, logging.WARNING, "503"),
    "silence": ({"cut": "before"}, logging.WARNING, "lost"),
    **{error: ({"error": error}, logging.NOTSET, "") for error in (PLACES + GONE).split()},
    "a limit": ({"ratelimited": 1}, logging.NOTSET, ""),
}


@pytest.mark.parametrize("what", SAID_TO_OPERATORS)
async def test_what_lasts_until_an_operator_acts_is_logged_with_what_to_do(
    slack: LocalSlack,
    conversation: SlackMessenger,
    thread: ThreadKey,
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    fault, level, words = SAID_TO_OPERATORS[what]
    slack.faults.next("chat.postMessage", **fault)
    with pytest.raises((Refused, Unavailable, AnswerLost)):
        await conversation.post(thread, Message("x"), TAG)
    found = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.levelno for record in found] == [level] * bool(level)
    for record in found:
        assert words in record.getMessage()
        assert ("To do: " in record.getMessage()) is (what not in ("an outage", "silence"))


SECRETS = ("xoxb-123456789012-abcdef", "hunter2", "merger", "https://evil.example", "U012AB3CDEF")


@pytest.mark.parametrize(
    "answer",
    [
        {"response_metadata": {"messages": [f"[ERROR] invalid value: {s}" for s in SECRETS]}},
        {"response_metadata": {"messages": ["[ERROR] " + " ".join(SECRETS)]}},
        {"response_metadata": {"messages": ["".join(SECRETS) * 10_000]}},
        {"response_metadata": {"messages": [f"[json-pointer:/blocks/{s}]" for s in SECRETS]}},
        {"response_metadata": {"messages": [{"text": s} for s in SECRETS]}},
        {"response_metadata": {"messages": SECRETS[1]}},
        {"response_metadata": SECRETS[0]},
        {"errors": [f"`{s}` is not allowed" for s in SECRETS]},
        {"needed": SECRETS[0], "provided": ",".join(SECRETS)},
        {"needed": ["chat:write"], "provided": {"x": SECRETS[1]}},
        {"needed": "hunter2 merger", "provided": " ".join(SECRETS)},
        {"error": SECRETS[0], "message": SECRETS[1], "detail": SECRETS[2]},
        {},
    ],
)
def test_nothing_that_slack_quotes_is_logged(answer: dict[str, Any]) -> None:
    line = error_details.details(answer)
    assert not [secret for secret in SECRETS if secret in line]
    assert len(line) < 3_000
    assert "\n" not in line


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            {"response_metadata": {"messages": ["[ERROR] missing required field: type"]}},
            "[ERROR] missing required field: type",
        ),
        (
            {"errors": ["no more than 50 items allowed [json-pointer:/blocks]"]},
            "no more than 50 items allowed [json-pointer:/blocks]",
        ),
        (
            {"response_metadata": {"messages": ["[ERROR] unsupported type: who owns it"]}},
            "[ERROR] unsupported type: … it",
        ),
        (
            {"needed": "files:write", "provided": "chat:write,commands,app_mentions:read"},
            "needed files:write; provided chat:write,commands,app_mentions:read",
        ),
        ({"needed": "chat:write:bot", "provided": ""}, "needed chat:write:bot; provided …"),
    ],
)
def test_explanations_of_slack_are_logged(answer: dict[str, Any], line: str) -> None:
    assert error_details.details(answer) == line
