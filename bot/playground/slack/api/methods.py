"""The Web API as a table: each method's name, handler, rate limit, scopes and token type.

Limits: https://docs.slack.dev/apis/web-api/rate-limits; the rest: each method's own page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.playground.slack.api import methods_app as app
from bot.playground.slack.api import methods_chat as chat
from bot.playground.slack.api import methods_conversations as conversations
from bot.playground.slack.api import methods_files as files
from bot.playground.slack.api import methods_streams as streams
from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.api.limits import POSTS_IN_TEAM, SPECIAL, TIER_2, TIER_3, TIER_4, Limit
from bot.playground.slack.state.entities import JSON


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `scopes`: one is required; `caller`: whose token; `json`: accepts a JSON body."""

    handle: Callable[[Backend, Arguments], JSON]
    limit: Limit
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app", "any", "nobody"] = "bot"
    json: bool = True


_WRITE = ("chat:write",)
_FILES = ("files:write",)

METHODS: dict[str, Method] = {
    "agents.sessions.rename": Method(app.rename_session, TIER_3, _WRITE),
    "agents.sessions.setStatus": Method(app.set_session_status, TIER_3, _WRITE),
    "apps.connections.open": Method(app.open_connection, TIER_3, caller="app"),
    "assistant.threads.setStatus": Method(
        app.set_thread_status, SPECIAL, ("chat:write", "assistant:write")
    ),
    "auth.test": Method(app.auth_test, SPECIAL, caller="any"),
    "blocks.validate": Method(app.validate_blocks, SPECIAL, caller="nobody"),
    "chat.appendStream": Method(streams.append_stream, TIER_4, _WRITE),
    "chat.delete": Method(chat.delete, TIER_3, _WRITE),
    "chat.getPermalink": Method(chat.get_permalink, SPECIAL, json=False),
    "chat.postEphemeral": Method(chat.post_ephemeral, TIER_4, _WRITE),
    "chat.postMessage": Method(chat.post_message, POSTS_IN_TEAM, _WRITE),
    "chat.startStream": Method(streams.start_stream, TIER_2, _WRITE),
    "chat.stopStream": Method(streams.stop_stream, TIER_2, _WRITE),
    "chat.update": Method(chat.update, TIER_3, _WRITE),
    "conversations.history": Method(conversations.history, TIER_3, json=False),
    "conversations.info": Method(conversations.info, TIER_3, json=False),
    "conversations.members": Method(conversations.members, TIER_4, json=False),
    "conversations.open": Method(conversations.open_conversation, TIER_3),
    "conversations.replies": Method(conversations.replies, TIER_3, json=False),
    "files.completeUploadExternal": Method(files.complete_upload, TIER_4, _FILES),
    "files.getUploadURLExternal": Method(files.get_upload_url, TIER_4, _FILES, json=False),
    "files.info": Method(files.file_info, TIER_4, ("files:read",), json=False),
    "reactions.add": Method(conversations.react, TIER_3, ("reactions:write",)),
    "reactions.get": Method(conversations.reactions, TIER_3, ("reactions:read",), json=False),
    "reactions.remove": Method(conversations.unreact, TIER_2, ("reactions:write",)),
    "users.conversations": Method(conversations.of_user, TIER_3, json=False),
    "users.info": Method(conversations.user_info, TIER_4, ("users:read",), json=False),
    "views.open": Method(app.open_view, TIER_4),
    "views.publish": Method(app.publish_view, TIER_4),
    "views.push": Method(app.push_view, TIER_4),
    "views.update": Method(app.update_view, TIER_4),
}
