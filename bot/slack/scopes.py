"""The permissions the bot needs, and what for; the same as in manifest.yml."""

from __future__ import annotations

NEEDED_SCOPES = {
    "app_mentions:read": "hear mentions",
    "channels:history": "hear replies in threads of public channels and read them",
    "groups:history": "the same in private channels",
    "im:history": "hear direct messages",
    "mpim:history": "the same in group messages",
    "chat:write": "answer",
    "commands": "/processor",
    "reactions:write": "mark replies that wait",
    "files:write": "share long reports as files",
}
