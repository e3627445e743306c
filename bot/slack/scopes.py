"""The OAuth scopes of the bot, each with its purpose; the same as in manifest.yml.

Without one of the needed scopes the bot does not start; without a useful one it lacks a feature.
https://docs.slack.dev/reference/scopes
"""

from __future__ import annotations

NEEDED_SCOPES = {
    "app_mentions:read": "receive mentions",
    "channels:history": "receive and read replies in public channels",
    "groups:history": "the same in private channels",
    "im:history": "receive direct messages",
    "mpim:history": "the same in group messages",
    "chat:write": "answer",
    "commands": "/processor and the shortcut",
    "reactions:write": "mark queued replies",
    "files:write": "share long reports as files",
    "users:read": "tell people of this workspace from outsiders and guests, who are refused",
    "channels:read": "know channels shared with other companies; Home, Share…, the hello",
    "groups:read": "the same in private channels",
    "mpim:read": "the same in group messages",
}

USEFUL_SCOPES = {
    "assistant:write": "agent sessions: Slack's own status and Stop, suggested prompts",
}

#: With `RESEARCH_REACTION` only.
REACTION_SCOPES = {"reactions:read": "receive reactions, for RESEARCH_REACTION"}
