"""Other apps, such as alerts and feeds, whose words are not in the text of their messages."""

from __future__ import annotations

from typing import Any

from bot.playground.slack.posting import MessageWriter
from bot.playground.slack.rules.message_rules import check_blocks
from bot.playground.slack.rules.text import posted_by_app
from bot.playground.slack.state.entities import JSON, Channel, Message
from bot.playground.slack.state.shares import NO_PREVIEW
from bot.playground.slack.state.users import User
from bot.playground.slack.state.workspace import Workspace

#: The text that Slack gives to a message posted with blocks and without a text.
NO_TEXT = "This content can't be displayed."


class OtherApp:
    """Another app."""

    def __init__(self, name: str, workspace: Workspace, messages: MessageWriter) -> None:
        self.name = name
        self._workspace = workspace
        self._messages = messages
        self.user = User(workspace.new_id("U"), name.lower(), name, is_bot=True)
        workspace.users[self.user.id] = self.user
        self._bot_id, self._app_id = workspace.new_id("B"), workspace.new_id("A")

    async def posts(
        self,
        channel: Channel,
        text: str = "",
        *,
        blocks: list[JSON] | None = None,
        attachments: list[JSON] | None = None,
        thread: Message | None = None,
        webhook: bool = False,
    ) -> Message:
        """Post in a channel or a thread.

        Args:
            channel: where.
            text: as mrkdwn.
            blocks: as for ``chat.postMessage``.
            attachments: legacy attachments, which may contain blocks.
            thread: any message of the thread.
            webhook: post by a legacy incoming webhook: a ``bot_message`` without a user.

        Raises:
            Refusal: the blocks are invalid.
            ValueError: there is nothing to post.
        """
        if not (text or blocks or attachments):
            raise ValueError("no_text")
        checked = check_blocks(blocks or [])
        for attachment in attachments or []:
            check_blocks(attachment.get("blocks", []), "/attachments/blocks")
        fields: dict[str, Any] = {
            "text": posted_by_app(text) or (NO_TEXT if blocks and not attachments else ""),
            "blocks": checked,
            "attachments": [
                {"id": number, "fallback": NO_PREVIEW, **attachment}
                for number, attachment in enumerate(attachments or [], 1)
            ],
            "thread_ts": thread.root if thread else None,
            "bot_id": self._bot_id,
            "app_id": self._app_id,
            "bot_profile": self._profile(),
        }
        if webhook:
            fields |= {"subtype": "bot_message", "username": self.name}
        return self._messages.post(channel, "" if webhook else self.user.id, **fields)

    def _profile(self) -> JSON:
        return {
            "id": self._bot_id,
            "app_id": self._app_id,
            "name": self.name,
            "deleted": False,
            "team_id": self._workspace.app.team_id,
        }
