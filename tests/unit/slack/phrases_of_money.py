"""A chapter of the phrasebook: prices, budgets and processors on offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.access import Offer
from bot.domain.budgets import BudgetNote, Scope
from bot.domain.processors import PROCESSORS, SPEED
from bot.domain.turn import EndingKind
from bot.slack.messages import budgets, channel_default, offers
from bot.slack.messages.failures import failure_message
from bot.slack.messages.quick_answer import quick_parts
from bot.slack.messages.status import final_status, initial_status
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.text.links import profile_link
from tests.unit.slack.phrasebook import Page
from tests.unit.turns import ADA, BOB, asked, over, quickly, running

ULTRA = PROCESSORS["ultra8x"]
RESETS = 1_700_006_400.0
OFFER = Offer("pro", ("speed", "lite", "base", "core-fast"), (BOB,))
PEOPLE = {BOB: profile_link("https://example.slack.com/", BOB, "Bob <!channel>")}
SPENT = {
    scope: BudgetNote(scope, 5_000_000, 60_000, 60_000, resets_at=RESETS, admins=(BOB,))
    for scope in Scope
}


def money() -> Iterator[Page]:
    """What is said about prices before a run, and about what is not granted."""
    dear = TurnFacts(replace(over(asked(), EndingKind.CONFIRM).turn, processor="ultra8x"), ULTRA)
    yield "a price to confirm", failure_message(dear).best
    listed = TurnFacts(replace(dear.turn, offer=OFFER), ULTRA)
    yield "the same, where core-fast is on offer", failure_message(listed).best
    only = Offer(processors=("ultra8x",))
    alone = TurnFacts(replace(dear.turn, offer=only), ULTRA)
    yield "the same, where nothing else is on offer", failure_message(alone).best
    yield "confirmed", budgets.started(BOB, ULTRA)
    yield "declined by an admin", budgets.declined(BOB, ULTRA)
    yield "edited meanwhile", budgets.replaced_by_edit(ULTRA)
    yield "lapsed", budgets.lapsed(dear)
    yield "forgotten with its thread", budgets.forgotten_price(dear)
    for scope, note in SPENT.items():
        refused = over(asked(), EndingKind.OVER_BUDGET)
        facts = replace(refused, turn=replace(refused.turn, budget=note), people=PEOPLE)
        yield f"no room in the {scope}'s budget", failure_message(facts).best
        yield (
            f"most of the {scope}'s budget is used",
            budgets.warning_post(facts, replace(note, admins=())).best,
        )
    private = replace(asked(), question=replace(asked().question, direct=True))
    private = replace(private, budget=SPENT[Scope.CHANNEL])
    facts = replace(over(private, EndingKind.OVER_BUDGET), people=PEOPLE)
    yield "no room in a direct message's budget", failure_message(facts).best
    unoffered = over(asked(), EndingKind.NOT_OFFERED)
    facts = replace(unoffered, turn=replace(unoffered.turn, offer=OFFER), people=PEOPLE)
    yield "a processor that is not on offer", failure_message(facts).best
    nothing = replace(unoffered, turn=replace(unoffered.turn, offer=Offer()))
    yield "nothing is on offer", failure_message(nothing).best
    instead = TurnFacts(replace(asked(), offer=Offer("pro")), PROCESSORS["base"])
    yield "another one than the default", initial_status(instead).best


def money_to_one_person() -> Iterator[Page]:
    """What one person reads when they choose, and the channel when its default changes."""
    names = OFFER.processors
    yield "not on offer", offers.not_to_choose(ULTRA, names, [BOB])
    yield "not on offer, no admin", offers.not_to_choose(ULTRA, ("lite",), [])
    yield "not on offer any more, in a form", offers.not_in_form(ULTRA, names)
    yield "no other one", offers.nothing_to_choose([BOB])
    yield "a dear default", channel_default.confirm_default(ULTRA, ADA)
    yield "left as it is", channel_default.unchanged()
    yield "somebody else's", channel_default.not_yours()
    yield "to the channel: set", channel_default.announced(ADA, ULTRA, ULTRA)
    yield "to the channel: cleared", channel_default.announced(ADA, None, PROCESSORS["core-fast"])
    yield "not told", channel_default.not_announced(channel_default.unchanged())


def receipts_with_budgets() -> Iterator[Page]:
    """What a finished run says of the budget that paid it."""
    note = SPENT[Scope.PERSON]
    for kind in (
        EndingKind.ANSWERED,
        EndingKind.STOPPED,
        EndingKind.FAILED,
        EndingKind.CANCELLED,
        EndingKind.UNCERTAIN,
        EndingKind.TOO_LATE,
    ):
        begun = asked() if kind is EndingKind.UNCERTAIN else running()
        facts = over(begun, kind)
        facts = replace(facts, turn=replace(facts.turn, budget=note))
        yield f"{kind}, with a budget", final_status(facts)
        yield f"{kind}: what is said", failure_message(facts).best
    counted = over(running(), EndingKind.FAILED)
    counted = replace(counted, turn=replace(counted.turn, budget=replace(note, counts_failed=True)))
    yield "failed and counted", final_status(counted)
    yield "failed and counted: what is said", failure_message(counted).best
    ended = over(replace(quickly(), budget=note), EndingKind.ANSWERED)
    quick = TurnFacts(ended.turn, SPEED)
    yield "a quick answer", quick_parts(quick, PROCESSORS["core-fast"])[0].best
    yield "a quick answer, nothing to look it up with", quick_parts(quick, None)[0].best
