"""`bot.ports.RateLimiter` in Redis: limits of Slack and the Chat API, shared by all replicas.

Each limit is a list in Redis: the times reserved for its latest calls. A call reserves the earliest
time at which no window holds too many, so calls go in the order they came, and each waits by
itself. The times come from Redis. Optional calls (progress) use only what the required ones leave:
they go while the list holds less than a part of the limit.

Posts are what a busy channel runs short of, so they do not go in the order they came: they are
shared out by person within a channel, and by channel within the workspace (`RESERVE_POST`).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.thread import ChannelId, ThreadKey, UserId
from bot.errors import Unavailable
from bot.ports import Claim
from bot.store.connection import Connection
from bot.store.scripts import rate_limiter


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How many calls may go within how many seconds.

    A call takes some time to arrive, so each window is a little longer than the other side's.
    Slack's tiers: https://docs.slack.dev/apis/web-api/rate-limits

    Attributes:
        posts, posts_window: in one channel; Slack allows about one a second, and short bursts.
        busy_channels: in the workspace, as many posts as in so many channels. Where Slack allows
            fewer ("several hundred a minute"), it says so when it does, and is obeyed then: what
            five hundred runs that end at once have to say should not wait for a guess.
        share: the part of both that one person or one channel uses at once. The average is the
            same, in windows that are as much shorter; the rest is left for somebody else.
        edits, edits_window: in the workspace; Slack allows 50 a minute (tier 3).
        streams, streams_window: streamed messages in the workspace; 20 a minute (tier 2).
        appends, appends_window: parts of streamed messages; 100 a minute (tier 4).
        chats, chats_window: chat completions; Parallel allows 300 a minute for each key
            (https://docs.parallel.ai/resources/rate-limits), which others may use, too.
        chat_patience: seconds that a chat completion waits at most; beyond that it reserves
            nothing.
        optional_edits: edits within the window from which on no optional edit goes.
        patience: seconds that a call to Slack waits at most; beyond that it reserves nothing.
    """

    posts: int = 5
    posts_window: float = 5.5
    busy_channels: int = 200
    share: float = 0.4
    edits: int = 50
    edits_window: float = 61.0
    streams: int = 18
    streams_window: float = 61.0
    appends: int = 90
    appends_window: float = 61.0
    chats: int = 250
    chats_window: float = 61.0
    chat_patience: float = 20.0
    optional_edits: int = 30
    patience: float = 125.0


SLACK = RateLimits()
GRACE = 2_000  # ms, after the time to ask again, for which a post keeps its place in line
NOBODY = "-"  # for a post that is not about anybody's question
ALL = ChannelId("*")  # in place of a channel: the workspace


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: at most `most` calls in any `window` seconds.

    Attributes:
        key: of the list of reserved times.
        kept: how many times the list keeps, where optional calls have less room than required
            ones; None for `most`.
    """

    key: str
    most: int
    window: float
    kept: int | None = None


class RedisRateLimiter:
    """`bot.ports.RateLimiter`."""

    def __init__(self, connection: Connection, limits: RateLimits = SLACK) -> None:
        self._keys, self._me = connection.keys, connection.me
        self._limits = limits
        self._reserve_script = connection.script(rate_limiter.RESERVE)
        self._reserve_post_script = connection.script(rate_limiter.RESERVE_POST)
        self._pause_script = connection.script(rate_limiter.PAUSE)

    async def reserve_post(self, channel: ChannelId, person: UserId, post: str) -> float:
        """Reserve a post in the channel; 0 for now, else seconds after which to ask again."""
        limits, keys = self._limits, self._keys
        wait = await self._reserve_post_script(
            (
                keys.posts(channel),
                keys.post_line(channel),
                keys.posters(channel),
                keys.posts(ALL),
                keys.post_line(ALL),
                keys.posters(ALL),
            ),
            (
                person or NOBODY,
                post,
                channel,
                *self._shared(limits.posts, limits.posts_window),
                *self._shared(limits.posts * limits.busy_channels, limits.posts_window),
                GRACE,
                round(limits.patience * 1000),
            ),
        )
        return int(wait) / 1000

    def _shared(self, most: int, window: float) -> tuple[int, int, int, int]:
        """Return a limit, and what one of those who share it uses: how many, and ms."""
        one = max(1, int(most * self._limits.share))
        return most, round(window * 1000), one, round(window * 1000 * one / most)

    async def reserve_edit(self) -> float:
        """Reserve an edit; seconds until its time, 0 for now."""
        return await self._reserve(self._edits(self._keys.edits))

    async def try_edit(self, claim: Claim) -> bool:
        """Count an optional edit and return True if it may go now."""
        return await self._try(self._optional_edits(self._keys.edits), claim, self._keys.pause)

    async def try_stream(self, claim: Claim) -> bool:
        """Count a streamed message and return True if it may begin now."""
        limits, keys = self._limits, self._keys
        limit = Limit(keys.streams, limits.streams, limits.streams_window)
        return await self._try(limit, claim, keys.no_streams)

    async def try_append(self, claim: Claim) -> bool:
        """Count a part of a streamed message and return True if it may go now."""
        limits, keys = self._limits, self._keys
        limit = Limit(keys.appends, limits.appends, limits.appends_window)
        return await self._try(limit, claim, keys.pause)

    async def disable_streams(self, seconds: float) -> None:
        """Remember for so many seconds that Slack streams no messages in this workspace."""
        await self._pause_script((self._keys.no_streams,), (round(seconds * 1000),))

    async def reserve_chat(self) -> float | None:
        """Reserve a chat completion; seconds until its time, None when that is too long."""
        limits = self._limits
        limit = Limit(self._keys.chats, limits.chats, limits.chats_window)
        wait = await self._reserve(limit, limits.chat_patience)
        return None if wait >= round(limits.chat_patience * 1000) / 1000 else wait

    async def pause_optional_edits(self, seconds: float) -> None:
        """Let no optional edit go for so many seconds."""
        await self._pause_script((self._keys.pause,), (max(1, round(seconds * 1000)),))

    async def try_session(self, claim: Claim) -> bool:
        """Count a setting of an agent session and return True if it may go now."""
        limit = self._optional_edits(self._keys.sessions)
        return await self._try(limit, claim, self._keys.no_sessions)

    async def reserve_session_end(self, thread: ThreadKey) -> float | None:
        """Reserve the end of a session; None when none are taken here."""
        limits, keys = self._limits, self._keys
        unless = (keys.no_sessions, keys.now(str(thread)))
        wait = await self._run(
            self._edits(keys.sessions),
            keys.pause,
            *unless,
            entry="",
            longest=limits.patience,
        )
        if wait == -2:
            raise Unavailable("the thread's next turn is in progress")
        return None if wait < 0 else wait / 1000

    async def disable_sessions(self, seconds: float) -> None:
        """Remember for so many seconds that Slack takes no agent sessions in this workspace."""
        await self._pause_script((self._keys.no_sessions,), (round(seconds * 1000),))

    def _edits(self, key: str) -> Limit:
        limits = self._limits
        return Limit(key, limits.edits, limits.edits_window)

    def _optional_edits(self, key: str) -> Limit:
        limits = self._limits
        return Limit(key, limits.optional_edits, limits.edits_window, kept=limits.edits)

    async def _reserve(self, limit: Limit, patience: float | None = None) -> float:
        """Reserve a required call; seconds to wait. `patience`: by default that for Slack."""
        longest = self._limits.patience if patience is None else patience
        wait = await self._run(limit, self._keys.pause, entry="", longest=longest)
        return wait / 1000

    async def _try(self, limit: Limit, claim: Claim, pause: str) -> bool:
        """Count an optional call if it may go now. `pause`: the key that forbids it."""
        longest = self._limits.patience
        return await self._run(limit, pause, entry=claim.entry, longest=longest) == 0

    async def _run(self, limit: Limit, pause: str, *unless: str, entry: str, longest: float) -> int:
        """Return the ms to wait; -1 for a call that must not go, -2 for the second of `unless`.

        Args:
            limit: what is counted.
            pause: the key that forbids an optional call.
            unless: keys that forbid any call.
            entry: of an optional call; "" for a required one.
            longest: seconds to wait at most.
        """
        keys = (self._keys.ready, limit.key, pause, *unless)
        args = (
            limit.most,
            round(limit.window * 1000),
            limit.kept or limit.most,
            self._me,
            entry,
            round(longest * 1000),
        )
        return int(await self._reserve_script(keys, args))
