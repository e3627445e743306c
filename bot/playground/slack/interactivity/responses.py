"""Trigger ids and response URLs.

A trigger id opens one view within 3 seconds. A response URL accepts 5 posts within 30 minutes.
Sources: https://docs.slack.dev/interactivity/handling-user-interaction; the number of posts is
from older pages of the same documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.playground.slack.posting import MessageWriter
from bot.playground.slack.rules.message_rules import check_blocks
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.rules.text import posted_by_app
from bot.playground.slack.state.entities import JSON, Channel, Message
from bot.playground.slack.state.workspace import Workspace

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True)
class _Trigger:
    user: str
    made: float
    used: bool = False


@dataclass(slots=True)
class _ResponseUrl:
    channel: Channel
    user: str
    source: Message | None
    received: list[Message]
    made: float
    uses: int = 0


class Responses:
    """All issued trigger ids and response URLs. `base_url` is the server's, ending in a slash."""

    def __init__(self, workspace: Workspace, messages: MessageWriter) -> None:
        self.base_url = ""
        self._workspace = workspace
        self._messages = messages
        self._triggers: dict[str, _Trigger] = {}
        self._urls: dict[str, _ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        """Return a new trigger id for an interaction of this person."""
        secret = self._workspace.new_secret()
        trigger_id = f"{len(self._triggers) + 1}.{self._workspace.random.getrandbits(32)}.{secret}"
        self._triggers[trigger_id] = _Trigger(user, self._workspace.clock())
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """Use up a trigger id and return its user id. Raises Refusal when it is not valid."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._workspace.clock() - trigger.made > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def new_url(
        self, channel: Channel, user: str, source: Message | None, received: list[Message]
    ) -> str:
        """Return a new response URL; messages posted to it are appended to `received`."""
        secret = self._workspace.new_secret()
        made = self._workspace.clock()
        self._urls[secret] = _ResponseUrl(
            channel=channel, user=user, source=source, received=received, made=made
        )
        return f"{self.base_url}response/{self._workspace.app.team_id}/{secret}"

    def respond(self, secret: str, body: Any) -> None:
        """Handle a post to a response URL. Raises Refusal."""
        url = self._urls.get(secret)
        if url is None or self._workspace.clock() - url.made > RESPONSE_SECONDS:
            raise Refusal("expired_url")
        if url.uses >= RESPONSE_USES:
            raise Refusal("used_url")
        if not isinstance(body, dict):
            raise Refusal("invalid_payload")
        if body.get("delete_original") or body.get("replace_original"):
            self._change_original(url, body)
        else:
            self.post(url.channel, url.user, body, received=url.received, source=url.source)
        url.uses += 1

    def _change_original(self, url: _ResponseUrl, body: JSON) -> None:
        if url.source is None or url.source.deleted:
            raise Refusal("message_not_found")
        if body.get("delete_original"):
            self._messages.delete(url.source)
        else:
            fields = message_fields(body)
            self._messages.update(url.source, **fields)

    def post(
        self,
        channel: Channel,
        user: str,
        body: JSON,
        received: list[Message],
        source: Message | None = None,
    ) -> None:
        """Post the app's response to an interaction: ephemeral, or visible in the channel.

        Raises Refusal, as `chat.postMessage` does.
        """
        fields = message_fields(body)
        app = self._workspace.app
        fields |= {"bot_id": app.bot_id, "app_id": app.app_id}
        thread = body.get("thread_ts")
        if thread is not None and thread not in channel.messages:
            raise Refusal("thread_not_found")
        if body.get("response_type", "ephemeral") == "in_channel":
            fields["thread_ts"] = thread
            message = self._messages.post(channel, app.bot_user_id, **fields)
        else:
            fields["thread_ts"] = thread or (source.thread_ts if source else None)
            message = self._messages.post_ephemeral(channel, app.bot_user_id, user, **fields)
        received.append(message)


def message_fields(body: JSON) -> JSON:
    """Return text, blocks and attachments of a message payload. Raises Refusal."""
    text, blocks = body.get("text") or "", body.get("blocks") or []
    if not isinstance(text, str):
        raise Refusal("invalid_payload")
    if not text and not blocks and not body.get("attachments"):
        raise Refusal("no_text")
    attachments = body.get("attachments") or []
    return {
        "text": posted_by_app(text),
        "blocks": check_blocks(blocks),
        "attachments": attachments,
    }
