"""What admins set at run time: names and values of policies, and the record of each change. Pure.

A policy has a level: the workspace, one channel or one person. The nearest one decides, and where
none is set, the environment's setting does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TypeVar

from bot.domain.access import Access
from bot.domain.budgets import Scope
from bot.domain.thread import ChannelId, UserId

T = TypeVar("T")

OFF = "off"  #: the value of a budget without a limit
YES, NO = "yes", "no"


def budget(scope: Scope, whose: str = "") -> str:
    """Name the policy that sets a budget: everybody's, or one person's or channel's."""
    return f"budget:{scope}:{whose}" if whose else f"budget:{scope}"


def sets_budgets(names: Iterable[str]) -> bool:
    """Whether any of these policies is about a budget."""
    return any(name.startswith("budget:") for name in names)


def may_ask(kind: Scope, whose: str) -> str:
    """Name the policy that allows (`YES`) or denies (`NO`) a channel or a person."""
    return f"ask:{kind}:{whose}"


def others_may_ask(kind: Scope) -> str:
    """Name the policy that allows (`YES`) or denies (`NO`) all channels or people not listed."""
    return f"ask:{kind}"


def outside(channel: ChannelId) -> str:
    """Name the policy that allows a channel which is shared with another company (`YES`)."""
    return f"outside:{channel}"


def guests(channel: ChannelId) -> str:
    """Name the policy that allows guests in a channel (`YES`)."""
    return f"guests:{channel}"


def processors(channel: ChannelId | None = None) -> str:
    """Name the policy that lists the only processors on offer, separated by spaces."""
    return f"processors:{channel}" if channel else "processors"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a policy, as the audit record keeps it: ids and values, no text of people.

    Attributes:
        at: seconds since 1970.
        actor: who changed it.
        name: of the policy, or of what was done (``forget``).
        before, after: its values; None where it was not set, or is not any more.
    """

    at: float
    actor: UserId
    name: str
    before: str | None
    after: str | None

    def line(self) -> str:
        """Return the change as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def access(policies: Mapping[str, str], access: Access) -> Access:
    """Return who may ask, by the policies and the environment's settings.

    Allowed by an admin counts beside the environment's list, denied counts against it. To allow one
    takes nothing away from the others: those that are not listed have a policy of their own.
    """
    channels, people = set(access.channels), set(access.people)
    denied_channels, denied_people = set(access.denied_channels), set(access.denied_people)
    shared, guests_in = set(access.shared), set(access.guests)
    every_channel, every_person = not access.channels, not access.people
    offered, offered_in = access.processors, dict(access.processors_of)
    for name, value in policies.items():
        kind, _, rest = name.partition(":")
        match kind, rest.partition(":"):
            case "ask", (Scope.CHANNEL, "", _):
                every_channel = value == YES
            case "ask", (Scope.PERSON, "", _):
                every_person = value == YES
            case "ask", (Scope.CHANNEL, _, channel):
                _sort(ChannelId(channel), value, channels, denied_channels)
            case "ask", (Scope.PERSON, _, person):
                _sort(UserId(person), value, people, denied_people)
            case "outside", (channel, _, _):
                _sort(ChannelId(channel), value, shared, set())
            case "guests", (channel, _, _):
                _sort(ChannelId(channel), value, guests_in, set())
            case "processors", ("", _, _):
                offered = frozenset(value.split())
            case "processors", (channel, _, _):
                offered_in[ChannelId(channel)] = frozenset(value.split())
            case _:
                pass
    return Access(
        channels=frozenset(channels),
        people=frozenset(people),
        every_channel=every_channel,
        every_person=every_person,
        denied_channels=frozenset(denied_channels),
        denied_people=frozenset(denied_people),
        shared=frozenset(shared),
        guests=frozenset(guests_in),
        processors=offered,
        processors_of=offered_in,
    )


def _sort(one: T, value: str, allowed: set[T], denied: set[T]) -> None:
    if value == YES:
        allowed.add(one)
        denied.discard(one)
    elif value == NO:
        denied.add(one)
        allowed.discard(one)
