"""What is said about the processors on offer: which these are, and who can change that. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from bot.domain.choosing import EVERY, nearest_offered
from bot.domain.processors import LEVELS, PROCESSORS, Processor
from bot.domain.thread import UserId
from bot.ports import Message
from bot.slack.messages.turn_facts import TurnFacts

NOBODY: Mapping[UserId, str] = MappingProxyType({})
MOST_NAMED = 3  # admins, and other processors, that a refusal names


def available(offered: Collection[str] = EVERY) -> str:
    """List the names of the processors on offer: the levels first."""
    if not offered:
        return "No processor is on offer here."
    levels = [f"`{each.name.lower()}`" for each in LEVELS if each.processor.name in offered]
    names = ", ".join(f"`{name}`" for name in PROCESSORS if name in offered)
    return (
        f"Available: {', '.join(levels)}, or by name {names}."
        if levels
        else (f"Available: {names}.")
    )


def not_offered(facts: TurnFacts) -> str:
    """Say that a question was not started because its processor is not on offer here."""
    offer = facts.turn.offer
    words = (
        f":no_entry: <@{facts.turn.question.asker}>, *{facts.processor.label}* isn't on offer "
        "here. No run was started, so there's no charge."
    )
    if offer is None:
        return words
    return f"{words}\n{available(offer.processors)} {who_can_change(offer.admins, facts.people)}"


def others(wanted: Processor, offered: Collection[str]) -> Sequence[Processor]:
    """Return processors on offer to suggest instead of one, the nearest first."""
    left, found = list(offered), list[Processor]()
    while left and len(found) < MOST_NAMED:
        found.append(nearest_offered(wanted, left))
        left.remove(found[-1].name)
    return found


def not_to_choose(
    processor: Processor, offered: Sequence[str], admins: Iterable[UserId]
) -> Message:
    """Say to one person that a processor is not on offer where they chose it."""
    return Message(
        f"*{processor.label}* isn't on offer here, so nothing was changed or started.\n"
        f"{available(offered)} {who_can_change(admins)}"
    )


def not_in_form(processor: Processor, offered: Collection[str]) -> Message:
    """Say the same below a field of a form, in plain text."""
    names = ", ".join(PROCESSORS[name].label for name in offered) or "none"
    return Message(
        f"{processor.label} isn't on offer here any more. On offer: {names}. An admin can change "
        "that."
    )


def nothing_to_choose(admins: Iterable[UserId]) -> Message:
    """Say to one person that there is no other processor on offer."""
    return Message(f"No other processor is on offer here. {who_can_change(admins)}")


def who_can_change(admins: Iterable[UserId], people: Mapping[UserId, str] = NOBODY) -> str:
    """Say who can change what is on offer; the arguments are those of `who_can`."""
    return who_can(admins, people, "change that with `/threadline allow processors`")


def who_can(admins: Iterable[UserId], people: Mapping[UserId, str], what: str) -> str:
    """Say who can do something.

    Args:
        admins: who can; a few are named.
        people: how those are written who are not to be notified; others are mentioned.
        what: what they can do, and with which command.
    """
    named = [people.get(each, f"<@{each}>") for each in sorted(admins)[:MOST_NAMED]]
    if not named:
        return f"Whoever runs this bot can {what}."
    return f"{' or '.join(named)} can {what}."
