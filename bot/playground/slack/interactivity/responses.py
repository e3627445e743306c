"""What an interaction leaves open for a while: trigger ids and response URLs.

A trigger id opens one view within 3 seconds. A response URL takes 5 posts within 30 minutes.
Sources: https://docs.slack.dev/interactivity/handling-user-interaction; the number of posts is
from older pages of the same documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.playground.slack.posting import Posting
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
    """Every trigger id and response URL given out. `base_url` is this server's, with a slash."""

    def __init__(self, workspace: Workspace, posting: Posting) -> None:
        self.base_url = ""
        self._workspace = workspace
        self._posting = posting
        self._triggers: dict[str, _Trigger] = {}
        self._urls: dict[str, _ResponseUrl] = {}

    def trigger(self, user: str) -> str:
        """Return a trigger id for something that this person just did."""
        secret = self._workspace.secret()
        trigger_id = f"{len(self._triggers) + 1}.{self._workspace.random.getrandbits(32)}.{secret}"
        self._triggers[trigger_id] = _Trigger(user, self._workspace.clock())
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger id up and return whose it was. Raises Refusal when it is not good."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._workspace.clock() - trigger.made > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def url(
        self, channel: Channel, user: str, source: Message | None, received: list[Message]
    ) -> str:
        """Return a response URL; what the app says through it is also put into `received`."""
        secret = self._workspace.secret()
        made = self._workspace.clock()
        self._urls[secret] = _ResponseUrl(channel, user, source, received, made)
        return f"{self.base_url}response/{self._workspace.app.team_id}/{secret}"

    def respond(self, secret: str, body: Any) -> None:
        """Do what the app posted to a response URL. Raises Refusal."""
        url = self._urls.get(secret)
        if url is None or self._workspace.clock() - url.made > RESPONSE_SECONDS:
            raise Refusal("expired_url")
        if url.uses >= RESPONSE_USES:
            raise Refusal("used_url")
        if not isinstance(body, dict):
            raise Refusal("invalid_payload")
        if body.get("delete_original") or body.get("replace_original"):
            self._redo(url, body)
        else:
            self.say(url.channel, url.user, body, url.received, url.source)
        url.uses += 1

    def _redo(self, url: _ResponseUrl, body: JSON) -> None:
        if url.source is None or url.source.deleted:
            raise Refusal("message_not_found")
        if body.get("delete_original"):
            self._posting.delete(url.source)
        else:
            said = content(body)
            self._posting.change(url.source, **said)

    def say(
        self,
        channel: Channel,
        user: str,
        body: JSON,
        received: list[Message],
        source: Message | None = None,
    ) -> None:
        """Post what the app answered a person with: for them alone, or for all in the channel.

        Raises Refusal, as posting does.
        """
        said = content(body)
        app = self._workspace.app
        said |= {"bot_id": app.bot_id, "app_id": app.app_id}
        thread = body.get("thread_ts")
        if thread is not None and thread not in channel.messages:
            raise Refusal("thread_not_found")
        if body.get("response_type", "ephemeral") == "in_channel":
            said["thread_ts"] = thread
            message = self._posting.post(channel, app.bot_user_id, **said)
        else:
            said["thread_ts"] = thread or (source.thread_ts if source else None)
            message = self._posting.whisper(channel, app.bot_user_id, user, **said)
        received.append(message)


def content(body: JSON) -> JSON:
    """Return the text and blocks of a message payload as they are kept. Raises Refusal."""
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
