"""What `/threadline` is asked for. Pure; a command that cannot be read becomes `Unclear`.

People and channels come as Slack escapes them (``<@U1|ada>``, ``<#C1|news>``), by ``should_escape``
in the manifest: https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from bot.domain.budgets import Scope
from bot.domain.money import MOST, micros
from bot.domain.policies import OFF
from bot.domain.processors import find_processor
from bot.domain.thread import ChannelId, UserId

_PERSON = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^>]*)?>|([UW][A-Z0-9]{5,30})")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]{1,30})(?:\|[^>]*)?>|([CG][A-Z0-9]{5,30})")
_AMOUNT = re.compile(r"\$?((?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{1,6})?|\.\d{1,6})")
_MOST_WORDS = 100  # of a command; one with more is not carried out in part

DEFAULT = "default"  #: the word that takes a policy back
_FLAGS = (DEFAULT, "channels", "people", "outside", "guests", "processors")
_OF_USAGE = {"today", "this", "month", "csv", "as", "by", "person", "channel", "processor"}
_BESIDE_THE_POINT = ("channel", "person", "in", "for", "and", "here")  # of what is allowed


@dataclass(frozen=True, slots=True)
class Me:
    """What I have spent, and what is left."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was spent, in ``today`` or ``month``; `as_csv` as a file."""

    period: str = "today"
    as_csv: bool = False


@dataclass(frozen=True, slots=True)
class SetBudget:
    """Set a budget. Without an amount a form opens; `amount` is a policy's value or None.

    Attributes:
        whose: the person or channel; "" for everybody's or the workspace's.
        amount: millionths of a dollar as digits, `OFF`, or None to take the policy back.
        is_given: whether there is an amount at all.
    """

    scope: Scope | None = None
    whose: str = ""
    amount: str | None = None
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Permit:
    """Allow or deny something.

    Attributes:
        allowed: False to deny.
        channels, people: those it is about.
        other_channels, other_people: all channels or people that are not listed.
        outside, guests: in `channels`, or in this channel when it names none.
        offer: which processors are on offer, in `channels` or everywhere.
        processors: by name; the only ones on offer, or those that are not.
        resets: take the policy back instead.
    """

    allowed: bool
    channels: tuple[ChannelId, ...] = ()
    people: tuple[UserId, ...] = ()
    other_channels: bool = False
    other_people: bool = False
    outside: bool = False
    guests: bool = False
    offer: bool = False
    processors: tuple[str, ...] = ()
    resets: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, so that a form opens."""
        return self == Permit(self.allowed)


@dataclass(frozen=True, slots=True)
class ShowLimits:
    """All limits in force in this channel."""


@dataclass(frozen=True, slots=True)
class Why:
    """Every value in force for a channel, a person or a person there, and where it comes from."""

    channel: ChannelId | None = None
    person: UserId | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what is stored of a thread; `link` is a message's address in it."""

    link: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The record of changes; `as_file` as JSON lines."""

    as_file: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked for."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that mean nothing here; `about` is the command that they follow, "" for none."""

    words: str
    about: str = ""


AdminCommand = Me | Usage | SetBudget | Permit | ShowLimits | Why | Forget | Audit | Help | Unclear


def parse_admin_command(text: str) -> AdminCommand:
    """Read the words after `/threadline`."""
    words = text.split()
    if len(words) > _MOST_WORDS:
        return Unclear(text, words[0].lower())
    match [word.lower() for word in words]:
        case [] | ["help", *_]:
            return Help()
        case ["me"]:
            return Me()
        case ["usage", *rest] if set(rest) <= _OF_USAGE:
            return Usage("month" if "month" in rest else "today", "csv" in rest)
        case ["budget"]:
            return SetBudget()
        case ["budget", *_]:
            return _budget(words[1:])
        case ["allow" | "deny" as verb, *_]:
            return _permit(words[1:], allowed=verb == "allow")
        case ["limits"]:
            return ShowLimits()
        case ["why", *_]:
            return _why(words[1:])
        case ["forget", _]:
            return Forget(words[1].strip("<>").partition("|")[0])
        case ["audit"]:
            return Audit()
        case ["audit", "json" | "file"]:
            return Audit(as_file=True)
        case [verb, *_]:
            return Unclear(" ".join(words), verb)
    return Help()


def amount_of(word: str) -> str | None:
    """Return an amount of US dollars as a policy's value: ``5``, ``$2.50``, ``off``.

    None when it is none. A comma separates thousands: ``2,50`` is none.
    """
    if word.lower() in (OFF, "none", "unlimited"):
        return OFF
    found = _AMOUNT.fullmatch(word)
    if not found:
        return None
    try:
        amount = micros(Decimal(found[1].replace(",", "")))
    except (InvalidOperation, ValueError):
        return None
    return str(amount) if amount <= MOST else None


def _budget(words: Sequence[str]) -> AdminCommand:
    unclear = Unclear(" ".join(words), "budget")
    scope, whose, rest = words[0].lower(), "", list(words[1:])
    if scope not in set(Scope):  # `budget #news 5` names its scope by its id
        scope = next((each for each in Scope if _id(words[0], each)), "")
        rest = list(words)
    if not scope:
        return unclear
    is_amount = rest and amount_of(rest[0]) is not None
    if rest and not is_amount and (found := _id(rest[0], scope)):
        whose, rest = found, rest[1:]
    match rest:
        case []:
            return SetBudget(Scope(scope), whose)
        case [word] if word.lower() in (DEFAULT, "reset"):
            return SetBudget(Scope(scope), whose, None, is_given=True)
        case [word] if (amount := amount_of(word)) is not None:
            return SetBudget(Scope(scope), whose, amount, is_given=True)
    return unclear


def _id(word: str, scope: str) -> str:
    pattern = {"person": _PERSON, "channel": _CHANNEL}.get(scope)
    found = pattern.fullmatch(word) if pattern else None
    return (found[1] or found[2]) if found else ""


def _permit(words: Sequence[str], *, allowed: bool) -> AdminCommand:
    unclear = Unclear(" ".join(words), "allow" if allowed else "deny")
    channels: list[ChannelId] = []
    people: list[UserId] = []
    flags: set[str] = set()
    processors: list[str] = []
    for word in words:
        lower = word.lower()
        if lower in _FLAGS:
            flags.add(lower)
        elif lower in _BESIDE_THE_POINT:
            continue
        elif found := _PERSON.fullmatch(word):
            people.append(UserId(found[1] or found[2]))
        elif found := _CHANNEL.fullmatch(word):
            channels.append(ChannelId(found[1] or found[2]))
        elif "processors" in flags and (processor := find_processor(lower.rstrip(","))):
            processors.append(processor.name)
        else:
            return unclear
    permit = Permit(
        allowed,
        channels=tuple(dict.fromkeys(channels)),
        people=tuple(dict.fromkeys(people)),
        other_channels="channels" in flags,
        other_people="people" in flags,
        outside="outside" in flags,
        guests="guests" in flags,
        offer="processors" in flags,
        processors=tuple(dict.fromkeys(processors)),
        resets=DEFAULT in flags,
    )
    names_nothing = flags == {DEFAULT} and not channels and not people
    lacks_names = permit.offer and not permit.resets and not processors
    return unclear if names_nothing or lacks_names else permit


def _why(words: Sequence[str]) -> AdminCommand:
    why = Why()
    for word in words:
        if why.person is None and (found := _PERSON.fullmatch(word)):
            why = replace(why, person=UserId(found[1] or found[2]))
        elif why.channel is None and (found := _CHANNEL.fullmatch(word)):
            why = replace(why, channel=ChannelId(found[1] or found[2]))
        else:
            return Unclear(" ".join(words), "why")
    return why
