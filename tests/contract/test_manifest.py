"""The manifest: what Slack's schema takes, with the least permissions, each of them used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.playground.slack.state.app import (
    DEFAULT_COMMANDS,
    DEFAULT_EVENTS,
    DEFAULT_PROMPTS,
    DEFAULT_SCOPES,
)
from bot.slack import action_ids
from bot.slack.scopes import NEEDED_SCOPES, USEFUL_SCOPES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "manifest.yml").read_text()
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)
#: Slack's own, github.com/slackapi/manifest-schema.
SCHEMA = json.loads((Path(__file__).parent / "slack-manifest.schema.json").read_text())

#: Which permission each event needs: docs.slack.dev/reference/events
SCOPE_OF = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_home_opened": None,
    "member_joined_channel": "channels:read",  # and groups:read in private channels
    "agent_session_stopped": "chat:write",
    "channel_shared": "channels:read",  # and groups:read for private channels
    "channel_unshared": "channels:read",  # the same
    "channel_id_changed": "channels:read",  # the same
    "user_change": "users:read",
}


def test_slacks_schema_accepts_the_manifest() -> None:
    jsonschema.validate(MANIFEST, SCHEMA)
    assert MANIFEST["settings"]["socket_mode_enabled"] is True


def test_the_manifest_is_valid_for_http_after_its_commented_steps() -> None:
    url = "https://example.org/slack/events"
    steps = re.findall(r"^#   \d\. (.*)$", TEXT, re.MULTILINE)
    assert len(steps) == 4
    assert "socket_mode_enabled: false" in steps[0]
    changed = json.loads(json.dumps(MANIFEST))
    changed["settings"]["socket_mode_enabled"] = False
    changed["settings"]["event_subscriptions"]["request_url"] = url
    changed["settings"]["interactivity"]["request_url"] = url
    for command in changed["features"]["slash_commands"]:
        command["url"] = url
    jsonschema.validate(changed, SCHEMA)


def test_the_manifest_asks_for_the_required_and_the_optional_scopes() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(asked) == {*NEEDED_SCOPES, *USEFUL_SCOPES}
    assert set(USEFUL_SCOPES) == {"assistant:write"}
    assert not NEEDED_SCOPES.keys() & USEFUL_SCOPES.keys()
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def test_every_event_has_its_permission_and_every_history_its_event() -> None:
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    scopes = {scope for event in events if (scope := SCOPE_OF[event])}
    assert scopes <= set(NEEDED_SCOPES)
    assert {scope for scope in NEEDED_SCOPES if scope.endswith(":history")} <= scopes
    looked_up = {"groups:read", "mpim:read"}
    rest = {"commands", "reactions:write", "files:write"} | looked_up
    assert set(NEEDED_SCOPES) - scopes == rest


def test_every_other_permission_is_used() -> None:
    client = (ROOT / "bot/slack/client.py").read_text()
    for used in ("chat_postMessage", "reactions_add", "files_completeUploadExternal"):
        assert used in client
    commands = MANIFEST["features"]["slash_commands"]
    assert [c["command"] for c in commands] == ["/processor", "/threadline"]
    assert [c["should_escape"] for c in commands] == [False, True]


def test_the_manifest_declares_an_agent_a_home_tab_and_a_shortcut() -> None:
    """An agent needs `assistant:write`: https://docs.slack.dev/ai/agent-sessions."""
    features = MANIFEST["features"]
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert len(features["agent_view"]["agent_description"]) <= 300
    (shortcut,) = features["shortcuts"]
    assert shortcut["type"] == "message"
    assert shortcut["callback_id"] == action_ids.RESEARCH


def test_the_local_slack_has_the_same_app_installed() -> None:
    prompts = MANIFEST["features"]["agent_view"]["suggested_prompts"]
    assert [(p["title"], p["message"]) for p in prompts] == [
        (prompt.title, prompt.message) for prompt in DEFAULT_PROMPTS
    ]
    commands = MANIFEST["features"]["slash_commands"]
    assert {c["command"]: c["should_escape"] for c in commands} == DEFAULT_COMMANDS
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == DEFAULT_SCOPES
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == DEFAULT_EVENTS
