"""How often Slack and the Chat API may be called, shared by all replicas (`bot.ports.RateLimiter`).

Each limit is a line in Redis: the times of its latest calls. A new call gets the earliest
time at which no window holds too many, so calls go in the order they came, and each waits by
itself. The times are Redis's own. An edit that may as well be dropped (progress) takes only what is
left over: while the line holds more than a part of what Slack allows, it does not go.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.thread import ChannelId
from bot.ports import Claim
from bot.store.connection import Connection
from bot.store.scripts import rate_limiter


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How many calls may go within how many seconds. https://docs.slack.dev/apis/web-api/rate-limits

    A call takes its time to arrive, so each window is a little longer than Slack's.

    Attributes:
        posts, posts_window: in one channel: about one a second, a few at once.
        edits, edits_window: in the workspace: 50 a minute (tier 3).
        streams, streams_window: streamed messages in the workspace: 20 a minute (tier 2).
        appends, appends_window: pieces of them: 100 a minute (tier 4).
        chats, chats_window: chat completions: 300 a minute and key at Parallel
            (https://docs.parallel.ai/resources/rate-limits); other users of the key want some.
        chat_patience: seconds that a chat completion may have to wait; for longer it takes no
            place.
        patience: in seconds; who would have to wait longer waits so long, and takes no place.
        spare_edits: so many edits within the window leave no room for one that can be dropped.
    """

    posts: int = 5
    posts_window: float = 5.5
    edits: int = 50
    edits_window: float = 61.0
    streams: int = 18
    streams_window: float = 61.0
    appends: int = 90
    appends_window: float = 61.0
    chats: int = 250
    chats_window: float = 61.0
    chat_patience: float = 20.0
    spare_edits: int = 30
    patience: float = 125.0


SLACK = RateLimits()


class RedisRateLimiter:
    """Gives out the places in the lines."""

    def __init__(self, connection: Connection, limits: RateLimits = SLACK) -> None:
        self._keys, self._me = connection.keys, connection.me
        self._limits = limits
        self._place = connection.script(rate_limiter.PLACE)
        self._hold_back = connection.script(rate_limiter.HOLD_BACK)
        self._holds = connection.script(rate_limiter.HOLDS)

    async def reserve_post(self, channel: ChannelId) -> float:
        """Take the next place for a post in the channel; seconds until its time, 0 for now."""
        limits = self._limits
        line = self._keys.posts(channel)
        return await self._take(line, limits.posts, limits.posts, limits.posts_window) / 1000

    async def reserve_edit(self) -> float:
        """Take the next place for an edit; seconds until its time, 0 for now."""
        limits = self._limits
        line = self._keys.edits
        return await self._take(line, limits.edits, limits.edits, limits.edits_window) / 1000

    async def try_edit(self, claim: Claim) -> bool:
        """Whether an edit that may as well be dropped may go now; if so it has been counted."""
        limits, keys = self._limits, self._keys
        return await self._may_go(
            claim, keys.edits, limits.spare_edits, limits.edits, window=limits.edits_window
        )

    async def try_stream(self, claim: Claim) -> bool:
        """Whether a streamed message may begin now: there is room, and Slack takes it here."""
        limits, keys = self._limits, self._keys
        most, window = limits.streams, limits.streams_window
        return await self._may_go(
            claim, keys.streams, most, most, window=window, pause=keys.no_streams
        )

    async def try_append(self, claim: Claim) -> bool:
        """Whether something may be appended to a streamed message now."""
        limits = self._limits
        most, window = limits.appends, limits.appends_window
        return await self._may_go(claim, self._keys.appends, most, most, window=window)

    async def disable_streams(self, seconds: float) -> None:
        """Remember for so long that Slack streams no messages in this workspace."""
        await self._hold_back((self._keys.no_streams,), (round(seconds * 1000),))

    async def reserve_chat(self) -> float | None:
        """Take the next place for a chat completion; seconds until then, None: too many wait."""
        limits = self._limits
        patience = limits.chat_patience
        wait = await self._take(
            self._keys.chats,
            limits.chats,
            limits.chats,
            limits.chats_window,
            patience=patience,
        )
        return None if wait >= round(patience * 1000) else wait / 1000

    async def pause_optional_edits(self, seconds: float) -> None:
        """Let no spare edit go for so long."""
        await self._hold_back((self._keys.pause,), (max(1, round(seconds * 1000)),))

    async def try_session(self, claim: Claim) -> bool:
        """Whether a thread's session may be set now: there is room, and Slack takes it here."""
        limits, keys = self._limits, self._keys
        most, window = limits.spare_edits, limits.edits_window
        return await self._may_go(
            claim, keys.sessions, most, limits.edits, window=window, pause=keys.no_sessions
        )

    async def reserve_session_end(self) -> float | None:
        """Take the next place for ending a session; seconds until then, None: not taken here."""
        limits, line = self._limits, self._keys.sessions
        if await self._holds((self._keys.no_sessions,), ()):
            return None
        return await self._take(line, limits.edits, limits.edits, limits.edits_window) / 1000

    async def disable_sessions(self, seconds: float) -> None:
        """Remember for so long that Slack takes no sessions in this workspace."""
        await self._hold_back((self._keys.no_sessions,), (round(seconds * 1000),))

    async def _may_go(
        self,
        claim: Claim,
        line: str,
        most: int,
        remembered: int,
        *,
        window: float,
        pause: str | None = None,
    ) -> bool:
        """Whether a spare call may go now; if so it has been counted."""
        return await self._take(line, most, remembered, window, claim.entry, pause=pause) == 0

    async def _take(
        self,
        line: str,
        most: int,
        remembered: int,
        window: float,
        token: str = "",
        *,
        pause: str | None = None,
        patience: float | None = None,
    ) -> int:
        """Return the ms to wait; -1 for a spare call (one with a token) that may not go.

        Args:
            pause: the key that holds spare calls back; None: that of spare edits.
            patience: seconds; None: that of calls to Slack.
        """
        return int(
            await self._place(
                (self._keys.ready, line, pause or self._keys.pause),
                (
                    most,
                    round(window * 1000),
                    remembered,
                    self._me,
                    token,
                    round((patience or self._limits.patience) * 1000),
                ),
            )
        )
