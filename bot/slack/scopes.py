"""The permissions the bot asks for, and what for; the same as in manifest.yml.

Without those it needs it does not start; without the others it only lacks something.
"""

from __future__ import annotations

NEEDED_SCOPES = {
    "app_mentions:read": "hear mentions",
    "channels:history": "hear replies in threads of public channels and read them",
    "groups:history": "the same in private channels",
    "im:history": "hear direct messages",
    "mpim:history": "the same in group messages",
    "chat:write": "answer",
    "commands": "/processor and the shortcut",
    "reactions:write": "mark replies that wait",
    "files:write": "share long reports as files",
}

USEFUL_SCOPES = {
    "assistant:write": "be an agent: Slack's own sign of work and Stop, suggested prompts",
    "channels:read": "show questions of public channels in Home, share answers, say hello",
    "groups:read": "the same in private channels",
    "mpim:read": "show questions of group messages in Home",
}

#: With `RESEARCH_REACTION` only.
REACTION_SCOPES = {"reactions:read": "hear reactions, for RESEARCH_REACTION"}
