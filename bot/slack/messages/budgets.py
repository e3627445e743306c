"""What is said about prices and budgets before, during and after a run. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.domain.budgets import BudgetNote, Scope
from bot.domain.choosing import EVERY, cheaper_processor
from bot.domain.money import dollars, micros
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import UserId
from bot.domain.turn import Turn
from bot.ports import Message
from bot.slack import action_ids
from bot.slack.blockkit.elements import Button, button
from bot.slack.messages.offers import MOST_NAMED, who_can
from bot.slack.messages.parts import MessagePart, editable_message, message_variants
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.wording import clock, day

_WHOSE = {
    Scope.PERSON: "your budget for today",
    Scope.CHANNEL: "this channel's budget for today",
    Scope.WORKSPACE: "the workspace's budget for this month",
}
_SHORT = {
    Scope.PERSON: "your budget today",
    Scope.CHANNEL: "this channel's budget today",
    Scope.WORKSPACE: "the workspace's budget this month",
}


def over_budget(facts: TurnFacts) -> str:
    """Say that a question is over budget: what is left, until when, who can raise it, what fits."""
    turn, processor = facts.turn, facts.processor
    note = turn.budget
    if note is None:  # written by a release that keeps it elsewhere
        return f":no_entry: A budget has no room for *{processor.label}*. No run was started."
    words = [
        f":no_entry: <@{turn.question.asker}>, *{processor.label}* costs {processor.price_words}, "
        f"but {_whose(note, turn)} ({dollars(note.limit)}) has only {dollars(note.left)} left. No "
        f"run was started, so there's no charge.",
        f"It resets {moment(note.resets_at)}. {who_can_raise(note.admins, facts.people)}",
    ]
    if fitting := fitting_processors(facts):
        names = ", ".join(f"*{each.label}* ({each.price_words})" for each in fitting)
        words.append(f"These still fit: {names}.")
    return "\n".join(words)


def fitting_processors(facts: TurnFacts) -> Sequence[Processor]:
    """Return the cheaper processors that a question over budget could be asked on."""
    note, offer = facts.turn.budget, facts.turn.offer
    if note is None:
        return []
    return cheaper(facts.processor, note.affordable, offer.processors if offer else EVERY)


def warning_post(facts: TurnFacts, note: BudgetNote) -> MessagePart:
    """Say, once a period, that most of a budget is used."""
    used = dollars(note.limit - note.left)
    whose = _whose(note, facts.turn)
    if note.scope is Scope.PERSON:
        whose = f"<@{facts.turn.question.asker}>'s budget for today"
    words = (
        f":warning: {used} of {dollars(note.limit)} of {whose} is used. It resets "
        f"{moment(note.resets_at)}."
    )
    return MessagePart(f"budget:{note.scope}", message_variants(words))


def left_words(turn: Turn) -> str:
    """Say in a few words whose budget a run was paid by, and what is left of it; "" for none."""
    if (note := turn.budget) is None:
        return ""
    is_dm = _is_of_direct_message(note, turn)
    whose = "this direct message's budget today" if is_dm else _SHORT[note.scope]
    return f"{dollars(note.left)} left of {whose}"


def _whose(note: BudgetNote, turn: Turn) -> str:
    is_dm = _is_of_direct_message(note, turn)
    return "this direct message's budget for today" if is_dm else _WHOSE[note.scope]


def _is_of_direct_message(note: BudgetNote, turn: Turn) -> bool:
    return note.scope is Scope.CHANNEL and turn.question.direct


def cheaper(
    processor: Processor, affordable: int, offered: Collection[str] = EVERY
) -> Sequence[Processor]:
    """Return processors on offer that cost less and fit, the dearest first, one of each price."""
    fitting: dict[int, Processor] = {}
    for each in map(PROCESSORS.__getitem__, offered):
        price = micros(each.price)
        if price <= affordable and each.price < processor.price:
            best = fitting.get(price)
            if best is None or (each.level is not None and best.level is None):
                fitting[price] = each
    return [fitting[price] for price in sorted(fitting, reverse=True)][:MOST_NAMED]


def who_can_raise(admins: Iterable[UserId], people: Mapping[UserId, str]) -> str:
    """Say who can raise a budget; the arguments are those of `who_can`."""
    return who_can(admins, people, "raise it with `/threadline budget`")


def moment(at: float) -> str:
    """Write a day and a time that Slack shows in each reader's own time zone."""
    return f"{day(at)} at {clock(at)}"


# --- asking first -----------------------------------------------------------------------


def confirm_price(facts: TurnFacts) -> tuple[str, list[Button]]:
    """Ask whether a question may cost what it costs."""
    turn, processor = facts.turn, facts.processor
    cheaper_one = cheaper_processor(processor, turn.offer.processors if turn.offer else EVERY)
    words = (
        f":moneybag: <@{turn.question.asker}>, *{processor.label}* costs {processor.price_words} "
        f"and usually takes {processor.usual_time}. Start it? Nothing is charged until you do. "
        f"This expires in an hour."
    )
    start = f"Start ({processor.price_words}, usually {processor.usual_time})"
    buttons = [button(start, action_ids.CONFIRM, turn.id)]
    if cheaper_one:
        label = f"Use {cheaper_one.label} instead ({cheaper_one.price_words})"
        value = f"{cheaper_one.name} {turn.id}"
        buttons.append(button(label, action_ids.CONFIRM_CHEAPER, value))
    return words, [*buttons, button("Don't", action_ids.DECLINE, turn.id)]


def priced(facts: TurnFacts) -> Processor:
    """Return the processor whose price a turn asks about."""
    turn = facts.turn
    return PROCESSORS.get(turn.processor or turn.question.processor or "", facts.processor)


def lapsed(facts: TurnFacts) -> Message:
    """Say that nobody answered in time."""
    processor = priced(facts)
    return editable_message(
        f":hourglass: <@{facts.turn.question.asker}>, nobody confirmed *{processor.label}* "
        f"({processor.price_words}) within an hour, so I didn't start it. No charge. Ask again "
        "any time."
    )


def declined(by: UserId, processor: Processor) -> Message:
    """Say who declined which price."""
    return editable_message(
        f":moneybag: <@{by}> declined *{processor.label}* ({processor.price_words}). No run was "
        "started, so there's no charge."
    )


def replaced_by_edit(processor: Processor) -> Message:
    """Say that a question about a price is void because its question was edited."""
    return editable_message(
        f":moneybag: The question was edited, so nothing was started with *{processor.label}* "
        f"({processor.price_words})."
    )


def forgotten_price(facts: TurnFacts) -> Message:
    """Say that a price cannot be confirmed any more, as its thread was forgotten."""
    processor = priced(facts)
    return editable_message(
        f":moneybag: What I stored about this thread was deleted, so *{processor.label}* "
        f"({processor.price_words}) can't be confirmed any more. Ask again any time."
    )


def started(by: UserId, processor: Processor) -> Message:
    """Say who confirmed which price."""
    return editable_message(
        f":moneybag: <@{by}> confirmed *{processor.label}* ({processor.price_words})."
    )
