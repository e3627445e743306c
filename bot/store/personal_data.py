"""What is stored about a person: found by one walk for export and for erasure.

The walk reads every key of this bot, so nothing that an index lost is missed. It takes seconds for
a hundred thousand keys, and is meant for the command line. After an erasure an export is empty,
except for what is in progress: that is left as it is, and reported.

What others asked and wrote stays theirs, also where they quote the person. Of exchanges that a
release before 0.5 wrote into a thread, nobody knows who asked: they count as everybody's who did.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.domain.thread import ThreadKey, TurnId, UserId
from bot.domain.usage import NOBODY
from bot.store.connection import Connection
from bot.store.forgetting import RedisThreadRecords, boxes
from bot.store.key_scan import Entry, scan_keys
from bot.store.raw_records import JSON, dumped, loaded, thread_in, without, words_in
from bot.store.scripts import budgets, forgetting

MOST_SCANS = 5  # of one erasure: what changes meanwhile is found by the next one


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is stored about a person.

    Attributes:
        key: where, without the bot's prefix.
        field: of a hash, or the id of a stream's entry; "" where the whole key is theirs.
        value: as it is stored.
        erase: deletes it, or takes the person out of it; False while it is in progress.
    """

    key: str
    field: str
    value: str
    erase: Callable[[], Awaitable[bool]]

    def line(self) -> str:
        """Return it as one line of JSON in ASCII, which any terminal and any pipe takes."""
        found = {"key": self.key, "field": self.field, "value": self.value}
        return json.dumps(found)


@dataclass(slots=True)
class Erasure:
    """What an erasure came to.

    Attributes:
        erased: how many things, by the first word of their key.
        in_progress: the keys that were left because a question is in progress there.
    """

    erased: dict[str, int] = field(default_factory=dict)
    in_progress: set[str] = field(default_factory=set)


class PersonalData:
    """Finds and erases what is stored about a person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys
        self._threads = RedisThreadRecords(connection)
        self._settle = connection.script(budgets.SETTLE_TURN)
        self._unname_turn = connection.script(forgetting.UNNAME_TURN)
        self._unname_thread = connection.script(forgetting.UNNAME_THREAD)
        self._unname_audit = connection.script(forgetting.UNNAME_AUDIT)
        self._move_count = connection.script(forgetting.MOVE_COUNT)
        self._delete_places = connection.script(forgetting.DELETE_PLACES)
        self._delete_budget = connection.script(forgetting.DELETE_BUDGET)

    async def find(self, person: UserId) -> AsyncIterator[Finding]:
        """Walk all keys, and yield what is stored about a person, once. Raises Unavailable."""
        seen: set[str] = set()
        async for entry in scan_keys(self._connection):
            if entry.key in seen:
                continue
            for finding in await self._in(entry, person):
                seen.add(entry.key)
                yield finding

    async def erase(self, person: UserId) -> Erasure:
        """Erase all of it, and walk again until nothing is found. Raises Unavailable."""
        result = Erasure()
        for _ in range(MOST_SCANS):
            result.in_progress.clear()
            erased = 0
            async for finding in self.find(person):
                if await finding.erase():
                    kind = finding.key.partition(":")[0]
                    result.erased[kind] = result.erased.get(kind, 0) + 1
                    erased += 1
                else:
                    result.in_progress.add(finding.key)
            if not erased:
                break
        return result

    async def _in(self, entry: Entry, person: UserId) -> list[Finding]:
        match entry.words[0]:
            case "turn":
                return self._in_turn(entry, person)
            case "thread":
                return self._in_thread(entry, person)
            case "strays":
                return self._in_strays(entry, person)
            case "usage":
                return self._in_usage(entry, person)
            case "reservations":
                return self._in_reservations(entry, person)
            case "audit":
                return await self._in_audit(entry, person)
            case "budget" if person in entry.words:
                return [self._whole(entry, lambda: self._run(self._delete_budget, (entry.key,)))]
            case "running" | "run-line" if person in entry.words:
                erase = self._with(self._delete_places, (entry.key,), (self._keys.turns,))
                return [self._whole(entry, erase)]
            case _ if person in entry.words:
                return [self._whole(entry, lambda: self._delete(entry.key))]
            case _:
                return self._elsewhere(entry, person)

    # --- turns and threads --------------------------------------------------------------

    def _in_turn(self, entry: Entry, person: UserId) -> list[Finding]:
        """Find a turn that they asked, or where they stand in somebody else's."""
        fields: Mapping[str, str] = entry.value
        record = loaded(fields.get("record") or fields.get("edited"))
        question = record.get("question") or record
        thread, turn = thread_in(question.get("thread")), TurnId(entry.name.partition(":")[2])
        if thread is None:
            return []
        if question.get("asker") == person:
            return [self._whole(entry, lambda: self._threads.forget_turn(thread, turn, person))]
        changed = without(record, person)
        named = [each for each in (f"ping:{person}", f"rated:{person}") if each in fields]
        if fields.get("stop") == person:
            named.append("stop")
        if changed != record:
            named.append("record")
        args = (turn, person, NOBODY, fields.get("record", ""), dumped(changed))
        keys = (entry.key, *boxes(self._keys, thread))
        return [
            Finding(
                entry.name,
                each,
                person if each == "record" else fields[each],
                lambda: self._run(self._unname_turn, keys, args),
            )
            for each in named[:1]  # one script takes all of them out
        ]

    def _in_thread(self, entry: Entry, person: UserId) -> list[Finding]:
        """Find that they asked in a thread, and the exchanges that are theirs."""
        fields: Mapping[str, str] = entry.value
        before = fields.get("record", "")
        record = loaded(before)
        named = {f"by:{person}", f"full:{person}", f"stopped:{person}"}
        asked = not named.isdisjoint(fields)
        theirs: list[JSON] = []
        others: list[JSON] = []
        for exchange in record.get("history") or ():
            asker = exchange.get("asker")
            (theirs if asker == person or (asked and not asker) else others).append(exchange)
        if not asked and not theirs:
            return []
        if theirs:
            record["history"] = others
        thread = ThreadKey.parse(entry.name.partition(":")[2])
        keys = (entry.key, *boxes(self._keys, thread))
        args = (person, before, dumped(record) if theirs else before)
        value = dumped({"asked": asked, "history": theirs})
        field_ = f"by:{person}"
        return [
            Finding(entry.name, field_, value, lambda: self._run(self._unname_thread, keys, args))
        ]

    def _in_strays(self, entry: Entry, person: UserId) -> list[Finding]:
        thread = entry.name.partition(":")[2]
        return [
            Finding(entry.name, turn, value, lambda turn=turn: self._drop_stray(thread, turn))  # type: ignore[misc]
            for turn, value in entry.value.items()
            if (loaded(value.partition(" ")[2]).get("question") or {}).get("asker") == person
        ]

    async def _drop_stray(self, thread: str, turn: str) -> bool:
        async with self._connection.call() as redis:
            pipe = redis.pipeline(transaction=True)
            pipe.hdel(self._keys.strays(thread), turn)
            pipe.zrem(self._keys.stray_times(thread), turn)
            pipe.zrem(self._keys.all_strays, f"{thread} {turn}")
            await pipe.execute()
        return True

    # --- money and settings -------------------------------------------------------------

    def _in_usage(self, entry: Entry, person: UserId) -> list[Finding]:
        """Find their counts; they are moved to nobody, so that the sums stay."""
        found = []
        for name, number in entry.value.items():
            what, whose, *rest = name.split(" ")
            if whose == person:
                args = (name, " ".join((what, NOBODY, *rest)))
                erase = self._with(self._move_count, (entry.key,), args)
                found.append(Finding(entry.name, name, number, erase))
        return found

    def _in_reservations(self, entry: Entry, person: UserId) -> list[Finding]:
        return [
            Finding(entry.name, turn, value, self._settling(TurnId(turn), person))
            for turn, value in entry.value.items()
            if person in value.split(" ")
        ]

    def _settling(self, turn: TurnId, person: UserId) -> Callable[[], Awaitable[bool]]:
        async def settle() -> bool:
            async with self._connection.call() as redis:
                record = cast("str | None", await redis.hget(self._keys.turn(turn), "record"))
            thread = thread_in((loaded(record).get("question") or {}).get("thread"))
            if thread is not None:
                return await self._threads.forget_turn(thread, turn, person)
            await self._settle((self._keys.reservations,), (turn, "spend"))
            return True

        return settle

    async def _in_audit(self, entry: Entry, person: UserId) -> list[Finding]:
        """Find the changes that name them; what was changed stays on record."""
        async with self._connection.call() as redis:
            changes = cast("list[tuple[str, dict[str, str]]]", await redis.xrange(entry.key))
        erase = self._with(self._unname_audit, (entry.key,), (person, NOBODY))
        return [
            Finding(entry.name, change, json.dumps(fields), erase)
            for change, fields in changes
            if any(person in words_in(value) for value in fields.values())
        ]

    def _elsewhere(self, entry: Entry, person: UserId) -> list[Finding]:
        """Find fields and members that are named for them, such as an admin's rules for them."""
        if entry.kind == "hash":
            return [
                Finding(entry.name, name, value, self._field(entry.key, name))
                for name, value in entry.value.items()
                if person in words_in(name) or person in value.split(" ")
            ]
        if entry.kind == "zset" and person in entry.value:
            return [Finding(entry.name, person, "", self._member(entry.key, person))]
        return []

    # --- erasing ------------------------------------------------------------------------

    def _whole(self, entry: Entry, erase: Callable[[], Awaitable[bool]]) -> Finding:
        value = entry.value if isinstance(entry.value, str) else dumped(entry.value)
        return Finding(entry.name, "", value, erase)

    def _with(self, script: Any, keys: Any, args: Any) -> Callable[[], Awaitable[bool]]:
        return lambda: self._run(script, keys, args)

    async def _run(self, script: Any, keys: Any, args: Any = ()) -> bool:
        return bool(await script(keys, args))

    async def _delete(self, key: str) -> bool:
        async with self._connection.call() as redis:
            await redis.delete(key)
        return True

    def _field(self, key: str, name: str) -> Callable[[], Awaitable[bool]]:
        async def erase() -> bool:
            async with self._connection.call() as redis:
                await redis.hdel(key, name)
            return True

        return erase

    def _member(self, key: str, name: str) -> Callable[[], Awaitable[bool]]:
        async def erase() -> bool:
            async with self._connection.call() as redis:
                await redis.zrem(key, name)
            return True

        return erase
