"""The state of a message stream: its lifetime, its text and how it ended. Pure.

Slack's reference states no lifetime; implementers measure about 5 minutes from the start
(https://github.com/slackapi/python-slack-sdk/issues/1859).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

STREAM_SECONDS = 5 * 60.0

Mode = Literal["markdown_text", "chunks"]


@dataclass(slots=True)
class Streaming:
    """The stream of a message; it is kept after its end.

    Attributes:
        began: seconds since 1970.
        text: the Markdown received so far.
        mode: the argument that had the first content; Slack refuses the other one from then on.
        ended: who stopped it; None while it is live, and if it timed out.
    """

    began: float
    text: str = ""
    mode: Mode | None = None
    ended: Literal["by app", "by user"] | None = None

    @property
    def expires(self) -> float:
        """When it times out, in seconds since 1970."""
        return self.began + STREAM_SECONDS

    def live(self, now: float) -> bool:
        """Return whether it accepts content at `now` (seconds since 1970)."""
        return self.ended is None and now < self.expires
