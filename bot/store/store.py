"""Redis: the mailbox for listeners, the record and the deliveries for owners.

With `connection`, `mailbox`, `budget` and `embedded` what touches the network. A write that the
fence refuses leaves it as `LeaseLost`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from redis.commands.core import AsyncScript
from redis.exceptions import ResponseError

from bot.domain import naming
from bot.domain.choices import FollowUps
from bot.domain.thread import Thread, ThreadKey, TurnId, UserId
from bot.domain.turn import State, Turn
from bot.errors import LeaseLost
from bot.ports import Claim, Job, QueuePreview
from bot.store import codec, stream
from bot.store.connection import left_to_newer, load_turn
from bot.store.keys import COUNT_LIFE, TURN_LIFE
from bot.store.mailbox import RedisMailbox
from bot.store.rate_limiter import SLACK, RateLimits, RedisRateLimiter
from bot.store.scripts import turn_store

GROUP = "owners"
BLOCK = 1.0  # seconds that a read waits for work; less than a call may take
PAGE = 1_000  # entries taken over at once
SHOWN_WAITING = 5  # questions that wait which are told of


class Store(RedisMailbox):
    """Mailbox, Record and WorkQueue (see `bot.ports`) on one Redis or Valkey server.

    Attributes:
        rate_limiter: shares Slack's limits between the replicas.
    """

    def __init__(
        self,
        url: str,
        bot: str,
        *,
        lease: float,
        retention: int,
        clock: Callable[[], float] = time.time,
        limits: RateLimits = SLACK,
        follow_ups: FollowUps = FollowUps.EVERY,
        block: float = BLOCK,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            url, bot, retention, clock: see `Connection`.
            lease: seconds after which a silent replica's work is taken over.
            limits: how often Slack may be called.
            follow_ups: which replies are, where a channel chose nothing.
            block: seconds that a read waits for work.
        """
        super().__init__(url, bot, retention=retention, clock=clock, follow_ups=follow_ups)
        self._lease = round(lease * 1000)
        self._block = round(block * 1000)
        self._heard = "0-0"
        script: Callable[[str], AsyncScript] = self._redis.register_script
        self._head = script(turn_store.HEAD)
        self._save = script(turn_store.SAVE)
        self._started = script(turn_store.STARTED)
        self._finish = script(turn_store.FINISH)
        self._back = script(turn_store.BACK)
        self._unread = script(turn_store.UNREAD)
        self._settle = script(turn_store.SETTLE)
        self._beat = script(turn_store.BEAT)
        self._sweep = script(turn_store.SWEEP)
        self._leave = script(turn_store.LEAVE)
        self.rate_limiter = RedisRateLimiter(self._redis, self._run, self._keys, self.me, limits)

    # --- Record -------------------------------------------------------------------------

    async def current(self, claim: Claim) -> Turn | None:
        """Return the mailbox's turn at work; None when it is empty, and the hold is given back."""
        ours, *turn = await self._run(
            self._head,
            (self._keys.ready, self._keys.box(claim.mailbox), self._keys.now(claim.mailbox)),
            (self.me, claim.entry, self._keys.turns, TURN_LIFE),
        )
        _fence(bool(ours))
        if not turn:
            return None
        name, flat = turn
        return load_turn(name, dict(zip(flat[::2], flat[1::2], strict=True)))

    async def thread(self, key: ThreadKey) -> Thread:
        """Read a thread."""
        async with self._in_time():
            record = await self._redis.hget(self._keys.thread(key), "record")
        with left_to_newer(slack_thread=str(key)):
            return codec.load_thread(key, record)

    async def save(self, claim: Claim, turn: Turn) -> None:
        """Write the turn."""
        ours = await self._run(
            self._save,
            (self._keys.ready, self._keys.turn(turn.id)),
            (self.me, claim.entry, codec.dump_turn(turn), TURN_LIFE),
        )
        _fence(bool(ours))

    async def finish(
        self, claim: Claim, turn: Turn, thread: Thread | None, *, receipt: bool
    ) -> bool:
        """Write the turn and its thread, take it off the mailbox; True when another waits."""
        waiting = await self._run(
            self._finish,
            (
                self._keys.ready,
                self._keys.box(claim.mailbox),
                self._keys.now(claim.mailbox),
                self._keys.turn(turn.id),
                self._keys.thread(turn.question.thread),
            ),
            (
                self.me,
                claim.entry,
                turn.id,
                codec.dump_turn(turn),
                TURN_LIFE,
                codec.dump_thread(thread) if thread else "",
                self._thread_life,
                "1" if receipt else "",
                "" if turn.question.start.needs_no_run else int(self._clock()),
            ),
        )
        _fence(waiting >= 0)
        return bool(waiting > 0)

    async def record_created(self, claim: Claim, turn: Turn, cost: Decimal) -> None:
        """Write a turn whose run has just been created, and add its cost (US dollars), once."""
        question = turn.question
        ours = await self._run(
            self._started,
            (
                self._keys.ready,
                self._keys.turn(turn.id),
                self._keys.spent(question.thread.team, question.asker),
            ),
            (
                self.me,
                claim.entry,
                codec.dump_turn(turn),
                TURN_LIFE,
                int(cost * 1_000_000),
                f"{datetime.fromtimestamp(self._clock(), UTC):%Y-%m}",
                COUNT_LIFE,
            ),
        )
        _fence(bool(ours))

    async def mark_unreadable(self, turn: TurnId, patience: float) -> bool:
        """Note that a turn cannot be read; True, once, when that has been so for `patience` s."""
        args = (round(self._clock()), patience)
        return bool(await self._run(self._unread, (self._keys.turn(turn),), args))

    async def unmark_unreadable(self, turn: TurnId) -> None:
        """Take it back that its people were told that it cannot be read."""
        async with self._in_time():
            await self._redis.hdel(self._keys.turn(turn), "unread_told")

    async def queue_preview(self, claim: Claim) -> QueuePreview:
        """Read the questions that wait behind the one at work."""
        begun, names = await self._line(claim.mailbox)
        others = [name for name in names if name != begun]
        return QueuePreview(tuple(await self._turns(others[:SHOWN_WAITING])), len(others))

    async def hold_off(self, thread: ThreadKey, person: UserId, seconds: float) -> None:
        """Have no question of the person that waits in the thread begun for so long."""
        async with self._in_time():
            await self._redis.set(self._keys.held(thread, person), "1", px=round(seconds * 1000))

    async def held_for(self, thread: ThreadKey, person: UserId) -> float:
        """Return for how many seconds more no waiting question of the person may be begun."""
        async with self._in_time():
            left = await self._redis.pttl(self._keys.held(thread, person))
        return max(0.0, left / 1000)

    async def is_busy(self, thread: ThreadKey) -> bool:
        """Whether the thread works on a turn just now."""
        async with self._in_time():
            return bool(await self._redis.exists(self._keys.now(str(thread))))

    async def is_queued(self, turn: TurnId) -> bool:
        """Whether the turn has not begun yet."""
        found = await self.turn(turn)
        if found is None or found.state is not State.QUEUED:
            return False
        mailbox = naming.mailbox(found.question)
        async with self._in_time():
            pipe = self._redis.pipeline(transaction=False)
            pipe.get(self._keys.now(mailbox))
            pipe.zscore(self._keys.box(mailbox), turn)
            begun, place = await pipe.execute()
        return begun != turn and place is not None

    # --- WorkQueue ---------------------------------------------------------------------

    async def register(self) -> None:
        """Make this replica known."""
        async with self._in_time():
            try:
                await self._redis.xgroup_create(self._keys.ready, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
            last = await self._redis.xrevrange(self._keys.news, count=1)
        self._heard = str(last[0][0]) if last else "0-0"
        await self.heartbeat()

    async def receive(self, room: int) -> Sequence[Claim | Job]:
        """Wait up to a second for new work, at most `room` pieces."""
        async with self._in_time():
            try:
                found = await self._redis.xreadgroup(
                    GROUP, self.me, {self._keys.ready: ">"}, count=room, block=self._block
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
                await self.register()  # the server came back without its data
                return []
        return stream.work(stream.entries(found))

    async def notifications(self) -> Sequence[str]:
        """Wait up to a second for mailboxes about whose turns there is something new to read."""
        async with self._in_time():
            found = stream.entries(
                await self._redis.xread({self._keys.news: self._heard}, block=self._block)
            )
        if found:
            self._heard, _ = found[-1]
        return list(dict.fromkeys(fields.get("mailbox", "") for _, fields in found))

    async def heartbeat(self) -> bool:
        """Renew the lease of this replica. False when it had lapsed in between."""
        return bool(await self._run(self._beat, (self._keys.live,), (self.me, self._lease)))

    async def reclaim(self) -> Sequence[Claim | Job]:
        """Take over the work of replicas whose lease lapsed, and wake what was put off."""
        claimed = await self._run(
            self._sweep,
            (self._keys.ready, self._keys.live, self._keys.later),
            (self.me, PAGE, self._lease),
        )
        return stream.work(stream.claimed(claimed))

    async def list_pending(self) -> Sequence[Claim | Job]:
        """All that Redis holds to be ours."""
        found: list[Claim | Job] = []
        last = "0"
        while True:
            async with self._in_time():
                page = stream.entries(
                    await self._redis.xreadgroup(
                        GROUP, self.me, {self._keys.ready: last}, count=PAGE
                    )
                )
            found += stream.work(page)
            if len(page) < PAGE:
                return found
            last, _ = page[-1]

    async def release(self, claim: Claim, delay: float, wanted: TurnId | None = None) -> None:
        """Let go of a mailbox, now (0) or to be taken up in `delay` seconds."""
        await self._run(
            self._back,
            (self._keys.ready, self._keys.later, *([self._keys.turn(wanted)] if wanted else ())),
            (self.me, claim.entry, claim.mailbox, round(delay * 1000)),
        )

    async def acknowledge(self, job: Job) -> None:
        """A chore is done."""
        await self._run(self._settle, (self._keys.ready,), (self.me, job.entry))

    async def deregister(self) -> None:
        """Say goodbye: what is still ours goes to the others at once."""
        await self._run(self._leave, (self._keys.live,), (self.me,))


def _fence(ours: bool) -> None:
    if not ours:
        raise LeaseLost
