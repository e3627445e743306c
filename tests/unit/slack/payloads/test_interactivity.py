"""What is pressed, chosen and typed, in Slack's JSON."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, TurnId, UserId
from bot.slack.payloads import interactivity

TS, ROOT = "1700000000.000100", "1699999999.000900"


def test_a_command_is_read() -> None:
    payload = {
        "team_id": "T1",
        "channel_id": "D1",
        "user_id": "U1ADA",
        "command": "/processor",
        "text": " ME  `Pro–Fast` ",
    }
    assert interactivity.parse_slash_command(payload) == interactivity.Command(
        TeamId("T1"), ChannelId("D1"), UserId("U1ADA"), ("me", "pro-fast"), " ME  `Pro-Fast` "
    )
    assert interactivity.parse_slash_command(payload | {"text": ""}).words == ()


@pytest.mark.parametrize(
    "text",
    [
        "!lite",
        "lite!",
        "！lite",
        "“Lite”",
        "'lite'",
        "\ufefflite",
        "lite\u200b",
        "\u2066lite\u2069",
    ],
)
def test_the_words_of_a_command_are_read_without_what_copies_and_phones_add(text: str) -> None:
    command = interactivity.parse_slash_command({"text": f" me {text}"})
    assert command.words == ("me", "lite")
    assert "\u200b" not in command.text


def body(**changes: Any) -> dict[str, Any]:
    """A button on a message in a thread, pressed."""
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "t"},
        "user": {"id": "U1ADA", "team_id": "T1"},
        "container": {
            "type": "message",
            "message_ts": TS,
            "channel_id": "C1",
            "is_ephemeral": False,
            "thread_ts": ROOT,
        },
        "channel": {"id": "C1", "name": "general"},
        "message": {"ts": TS, "thread_ts": ROOT, "team": "T1", "bot_id": "B1", "text": "…"},
        "actions": [{"action_id": "try_again", "type": "button", "value": f"T1:C1:{ROOT}"}],
        **changes,
    }


def test_a_press_is_read() -> None:
    action = interactivity.parse_block_action(body())
    assert action == interactivity.Action(
        TeamId("T1"),
        ChannelId("C1"),
        UserId("U1ADA"),
        ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(ROOT)),
        MessageTs(TS),
        f"T1:C1:{ROOT}",
    )
    assert action.turn == TurnId(f"T1:C1:{ROOT}")


def test_a_choice_is_read() -> None:
    payload = body(
        actions=[
            {
                "action_id": "follow_ups",
                "type": "static_select",
                "selected_option": {"text": {"type": "plain_text", "text": "pro"}, "value": "pro"},
            }
        ]
    )
    assert interactivity.parse_block_action(payload).value == "pro"


def test_on_an_ephemeral_message_there_is_no_message() -> None:
    payload = body(container={"message_ts": TS, "channel_id": "C1", "is_ephemeral": True})
    del payload["message"]
    action = interactivity.parse_block_action(payload)
    assert action.thread is None
    assert (action.team, action.channel, action.message) == ("T1", "C1", TS)


def test_a_guests_press_belongs_to_the_team_of_the_message() -> None:
    action = interactivity.parse_block_action(
        body(team={"id": "T9"}, user={"id": "U9", "team_id": "T9"})
    )
    assert action.thread
    assert action.thread.team == "T1"


@pytest.mark.parametrize(
    "value", ["", "T1", "T1:C1", "T1:C1:", f"T2:C1:{TS}", f"T1:C2:{TS}", "pro", "::"]
)
def test_a_turn_of_another_place_is_not_taken(value: str) -> None:
    assert (
        interactivity.parse_block_action(body(actions=[{"action_id": "x", "value": value}])).turn
        is None
    )


# --- in views -----------------------------------------------------------------------------


def in_view(kind: str, metadata: str, value: str = f"T1:C7:{ROOT}") -> dict[str, Any]:
    payload = body(
        container={"type": "view", "view_id": "V1"},
        view={"id": "V1", "type": kind, "private_metadata": metadata},
        actions=[{"action_id": "stop", "value": value, "action_ts": TS}],
        trigger_id="1.2.3",
        team={"id": "T9"},
    )
    del payload["message"], payload["channel"]
    return payload


def test_the_team_of_a_home_tab_is_in_its_metadata() -> None:
    action = interactivity.parse_block_action(in_view("home", "T1"))
    assert (action.team, action.channel, action.thread) == ("T1", "", None)
    assert action.view == interactivity.View("V1", is_home=True, metadata="T1")
    assert (action.turn, action.at, action.trigger_id) == (f"T1:C7:{ROOT}", TS, "1.2.3")
    assert interactivity.parse_block_action(in_view("home", "T2")).turn is None


def test_the_place_of_a_modal_is_in_its_metadata() -> None:
    action = interactivity.parse_block_action(in_view("modal", f"T1:C1:{TS}", "3"))
    assert action.view == interactivity.View("V1", is_home=False, metadata=f"T1:C1:{TS}")
    assert (action.value, action.turn) == ("3", None)


# --- values -------------------------------------------------------------------------------


def test_a_word_may_stand_before_a_turn() -> None:
    action = interactivity.parse_block_action(
        body(actions=[{"value": f"good T1:C1:{ROOT}~again-pro"}])
    )
    assert (action.choice, action.turn) == ("good", f"T1:C1:{ROOT}~again-pro")
    assert interactivity.parse_block_action(body()).choice == ""


# --- shortcuts ----------------------------------------------------------------------------


def chosen(**message: Any) -> interactivity.Shortcut:
    payload = {
        "type": "message_action",
        "callback_id": "research_message",
        "team": {"id": "T1"},
        "channel": {"id": "C1", "name": "general"},
        "user": {"id": "U1ADA", "team_id": "T1"},
        "message": {"ts": TS, "user": "U2BOB", "text": "x", **message},
        "message_ts": TS,
        "action_ts": "1700000050.000000",
        "trigger_id": "1.2.3",
    }
    return interactivity.parse_shortcut(payload, UserId("U0BOT"))


def test_a_shortcut_is_about_a_message() -> None:
    found = chosen(text="<@U0BOT> who &amp; <https://example.org|why>?", team="T8")
    assert found.text == "who & why (https://example.org)?"
    assert found.thread == ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(TS))
    assert (found.message, found.user, found.at) == (TS, "U1ADA", "1700000050.000000")


def test_a_reply_is_asked_about_in_its_thread() -> None:
    assert chosen(thread_ts=ROOT).thread.ts == ROOT


def test_a_message_may_have_no_words() -> None:
    assert chosen(text=None).text == ""
