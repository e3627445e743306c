"""How often the other sides may be called. bot.store.rate_limiter."""

from __future__ import annotations

from typing import Protocol

from bot.domain.thread import ChannelId
from bot.ports.work_queue import Claim


class RateLimiter(Protocol):
    """How often Slack and the Chat API may be called, shared by all replicas.

    When it raises Unavailable nobody can tell: then call, and obey what the other side says.
    """

    async def reserve_post(self, channel: ChannelId) -> float:
        """Take the next place for a post in the channel; seconds until its time, 0 for now."""
        ...

    async def reserve_edit(self) -> float:
        """Take the next place for an edit; seconds until its time, 0 for now."""
        ...

    async def try_edit(self, claim: Claim) -> bool:
        """Whether an edit that may as well be dropped may go now; if so it has been counted.

        It may not when little is left for those that must go, or when the thread is not ours.
        """
        ...

    async def try_stream(self, claim: Claim) -> bool:
        """Whether a streamed message may begin now: there is room, and Slack takes it here."""
        ...

    async def try_append(self, claim: Claim) -> bool:
        """Whether something may be appended to a streamed message now."""
        ...

    async def disable_streams(self, seconds: float) -> None:
        """Remember for so long that Slack streams no messages in this workspace."""
        ...

    async def reserve_chat(self) -> float | None:
        """Take the next place for a chat completion; seconds until then, None: too many wait."""
        ...

    async def pause_optional_edits(self, seconds: float) -> None:
        """Let no spare edit go for so long: Slack asked for it."""
        ...

    async def try_session(self, claim: Claim) -> bool:
        """Whether a thread's session may be set now: there is room, and Slack takes it here."""
        ...

    async def reserve_session_end(self) -> float | None:
        """Take the next place for ending a session; seconds until then, None: not taken here."""
        ...

    async def disable_sessions(self, seconds: float) -> None:
        """Remember for so long that Slack takes no sessions in this workspace."""
        ...
