"""Message streams as Slack counts them: how long one lives, what it holds and how it ends.

Slack's reference names no lifetime; about 5 minutes from the start is what implementers measure
(https://github.com/slackapi/python-slack-sdk/issues/1859).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

STREAM_SECONDS = 5 * 60.0

Mode = Literal["markdown_text", "chunks"]


@dataclass(slots=True)
class Streaming:
    """The stream that filled a message; it stays on the message after its end.

    `began` is in seconds since 1970. `text` is the Markdown received so far. `mode` is the
    argument that carried the first content: Slack refuses the other one from then on. `ended`
    tells who ended the stream, None as long as nobody did: a stream that timed out has None too.
    """

    began: float
    text: str = ""
    mode: Mode | None = None
    ended: Literal["by app", "by user"] | None = None

    @property
    def expires(self) -> float:
        """When Slack ends it if nobody does, in seconds since 1970."""
        return self.began + STREAM_SECONDS

    def live(self, now: float) -> bool:
        """Say whether it still takes content at `now` (seconds since 1970)."""
        return self.ended is None and now < self.expires
