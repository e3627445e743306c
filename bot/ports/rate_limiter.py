"""How often the other sides may be called. Implemented by `bot.store.rate_limiter`."""

from __future__ import annotations

from typing import Protocol

from bot.domain.thread import ChannelId, ThreadKey, UserId
from bot.ports.work_queue import Claim


class RateLimiter(Protocol):
    """The rate limits of Slack and the Chat API, shared by all replicas.

    `reserve_…` is for calls that must go, now or later; `try_…` for optional calls, which go now or
    not at all. If a method raises Unavailable, call unpaced and obey the other side's Retry-After.
    """

    async def reserve_post(self, channel: ChannelId, person: UserId, post: str) -> float:
        """Reserve a post in the channel. Posts are shared out by person, and by channel.

        Args:
            channel: where.
            person: whose question it is about; "" for nobody's.
            post: names it: whoever asks again, also after a crash, keeps its place in line.

        Returns:
            0: it may go now. Else the seconds after which to ask again; it is not reserved yet.
        """
        ...

    async def reserve_edit(self) -> float:
        """Reserve an edit; seconds until its time, 0 for now."""
        ...

    async def try_edit(self, claim: Claim) -> bool:
        """Count an optional edit and return True if it may go now.

        It may not while little room is left for edits that must go, or without the claim.
        """
        ...

    async def try_stream(self, claim: Claim) -> bool:
        """Count a streamed message and return True if it may begin now.

        It may not while there is no room, or while streams are disabled.
        """
        ...

    async def try_append(self, claim: Claim) -> bool:
        """Count a part of a streamed message and return True if it may be appended now."""
        ...

    async def disable_streams(self, seconds: float) -> None:
        """Remember for so many seconds that Slack streams no messages in this workspace."""
        ...

    async def reserve_chat(self) -> float | None:
        """Reserve a chat completion; seconds until its time, None when too many are reserved."""
        ...

    async def pause_optional_edits(self, seconds: float) -> None:
        """Let no optional edit go for so many seconds, because Slack asked for it."""
        ...

    async def try_session(self, claim: Claim) -> bool:
        """Count a setting of an agent session and return True if it may go now.

        It may not while little room is left, or while sessions are disabled.
        """
        ...

    async def reserve_session_end(self, thread: ThreadKey) -> float | None:
        """Reserve the end of an agent session; seconds until its time.

        None while sessions are disabled.

        Raises:
            Unavailable: while the thread works on a turn.
        """
        ...

    async def disable_sessions(self, seconds: float) -> None:
        """Remember for so many seconds that Slack takes no agent sessions in this workspace."""
        ...
