"""What is left of a conversation, in lines that can be compared.

Ids become the numbers of their messages, and times are taken out: what remains is the same for two
undisturbed conversations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.money import micros
from bot.domain.processors import PROCESSORS, SPEED
from bot.playground.slack import LocalSlack, Message, Person
from bot.playground.slack.state.entities import Channel
from bot.playground.task_api import LocalTaskApi


@dataclass(frozen=True, slots=True)
class Money:
    """What Redis counts, in millionths of a dollar.

    Attributes:
        spent: by all people, in their months.
        settled: in the workspace's budgets.
    """

    spent: int
    settled: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is left of a conversation, free of all that differs between two undisturbed ones.

    Attributes:
        messages: the transcript, as lines.
        runs: the body of each run, by the order of creation.
        costs: how many runs each turn has.
        ephemerals: what only one person saw, each once.
        remains: what should not be left in Redis.
        money: what Redis counts.
        price: what was created costs, in millionths of a dollar.
    """

    messages: list[str]
    runs: list[str]
    costs: dict[str, int]
    ephemerals: list[str]
    remains: list[str]
    money: Money
    price: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation took place.

    Attributes:
        slack, channel: there.
        parallel: who did the research.
        people: who took part.
        excused: ephemeral texts that may be missing.
    """

    slack: LocalSlack
    parallel: LocalTaskApi
    channel: Channel
    people: Sequence[Person]
    excused: frozenset[str] = frozenset()


def transcript(place: Place, remains: list[str], money: Money) -> Transcript:
    """Return what is left; `remains` and `money` are those of the `Transcript`."""
    plain = _plainer(place)
    turns = [run.metadata.get("turn", "none") for run in place.parallel.runs]
    return Transcript(
        messages=plain(_transcript(place)),
        runs=plain([_json(run.body) for run in place.parallel.runs]),
        costs={plain([turn])[0]: turns.count(turn) for turn in turns},
        ephemerals=list(dict.fromkeys(plain(_ephemerals(place)))),
        remains=plain(remains),
        money=money,
        price=_price(place.parallel),
    )


def _price(parallel: LocalTaskApi) -> int:
    runs = (PROCESSORS[run.processor] for run in parallel.runs)
    return sum(micros(each.price) for each in (*runs, *(SPEED for _ in parallel.chats)))


def _transcript(place: Place) -> list[str]:
    lines = []
    for message in place.channel.visible():
        who = place.slack.workspace.users[message.user].name
        where = f" in the thread of {message.thread_ts}" if message.thread_ts else ""
        lines.append(f"--- {message.ts} {who}{where}")
        lines += message.text.splitlines()
        for block in _without_ids(message):
            lines += f"block {_json(block)}".replace("\\n", "\n").splitlines()
        for file in message.files:
            lines += [f"file {file.name} {file.title!r}", *file.text.splitlines()]
        lines += [f"reaction {name}" for name, by in sorted(message.reactions.items()) if by]
    return lines


def _ephemerals(place: Place) -> list[str]:
    return [
        _json([message.text, *_without_ids(message)])
        for person in place.people
        for message in place.slack.ephemerals(person)
        if message.text not in place.excused
    ]


def _plainer(place: Place) -> Callable[[list[str]], list[str]]:
    """Return what takes ids and times out of lines: each id becomes its message's number."""
    names = {m.ts: f"[{n}]" for n, m in enumerate(place.channel.visible(), 1)}
    names |= {f"/p{ts.replace('.', '')}": f"/p{name}" for ts, name in names.items()}  # in addresses
    for run in place.parallel.runs:
        message, _, press = run.metadata.get("turn", "").rpartition(":")[2].partition("~")
        of = " ".join(filter(None, (names.get(message, "[?]"), press)))
        names[run.run_id] = f"run of {of}"
        names[run.interaction_id] = f"interaction of {of}"
    ids = re.compile("|".join(map(re.escape, names)) or "(?!)")  # nothing, where nothing is

    def plain(lines: list[str]) -> list[str]:
        cleaned = _ALONE.sub("", "\n".join(lines))
        cleaned = ids.sub(lambda found: names[found[0]], _NAMED.sub("", cleaned))
        return _TIME.sub("‹time›", cleaned).split("\n") if lines else []

    return plain


#: The question that a message names if it is not directly below it. Whether it does depends
#: on what waited when, which a restart may change; who asked what is in the runs.
_NAMED = re.compile(r"(?: · )?<@\w+> asked <[^<>|]*\|[^<>]*>")
_ALONE = re.compile(
    r"^block \{\"elements\": \[\{\"text\": \"<@\w+> asked <[^<>|]*\|[^<>]*>\"[^\n]*\n"
    r"|^<@\w+> asked <[^<>|]*\|[^<>]*>\n\n",
    re.MULTILINE,
)
_TIME = re.compile(r"\b\d+ (?:h|min|s)\b(?: \d+ (?:min|s)\b)?")


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _without_ids(message: Message) -> list[dict[str, Any]]:
    """Return the blocks without the ids that Slack gave them."""
    return [{k: v for k, v in block.items() if k != "block_id"} for block in message.blocks]
