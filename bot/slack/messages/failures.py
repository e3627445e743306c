"""The message of a turn without an answer: what happened, and what to do about it. Pure.

Each cause has its own words. There is a button where trying again makes sense; it carries the
turn's id, and says what it costs. `notices` has the replies to messages that need no research.
"""

from __future__ import annotations

from bot.domain import lifecycle
from bot.domain.prompt import longest_question
from bot.domain.thread import MessageTs
from bot.domain.turn import Ending, EndingKind, Turn, TurnKind
from bot.slack import action_ids
from bot.slack.blockkit.elements import Button, button
from bot.slack.messages.budgets import confirm_price, fitting_processors, over_budget
from bot.slack.messages.notices import (
    ask_anyway_buttons,
    help_words,
    notice,
    offered_to,
    unknown_processor,
)
from bot.slack.messages.offers import not_offered, others
from bot.slack.messages.parallel_errors import (
    FREE,
    NO_CHARGE,
    parallel_says,
    refused,
    uncertain,
)
from bot.slack.messages.parts import MessagePart, message_variants
from bot.slack.messages.turn_buttons import (
    post_anyway_button,
    try_again_button,
    use_instead_buttons,
)
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import billing_clause, mentions, support_details
from bot.slack.wording import duration

FAILURE = "sorry"  #: among a turn's posts, the message that there is no answer
BROKEN = ":wrench: Something went wrong on my side"


def failure_message(facts: TurnFacts) -> MessagePart:
    """Say what happened and what to do, with a button where trying again makes sense.

    Mentions everyone who asked to be notified, but not the person who stopped the turn.
    """
    words, buttons = _what_happened(facts)
    turn = facts.turn
    stopper: str | None = None
    match turn.ending:
        case Ending(EndingKind.STOPPED, message=by):
            stopper = by
        case Ending(EndingKind.WITHDRAWN):
            stopper = turn.question.asker
    if people := mentions(facts, but=stopper):
        words = f"{people} there's no answer this time.\n{words}"
    return MessagePart(FAILURE, message_variants(words.rstrip(), buttons, support_details(turn)))


def price_message(turn: Turn) -> MessageTs | None:
    """Return the message that asks whether a turn may cost what it costs; None for none."""
    return turn.posts.get(FAILURE)


def _what_happened(facts: TurnFacts) -> tuple[str, list[Button]]:
    turn, processor = facts.turn, facts.processor
    assert turn.ending
    ending = turn.ending
    again = try_again_button(facts)
    check = button("Check again", action_ids.LOOK_AGAIN, turn.id)
    if turn.question.start in (TurnKind.FILES, TurnKind.SHARE):
        return _not_delivered(turn, ending), []
    if processor.is_chat and (words := _no_quick_answer(facts)):
        return words, [] if ending.kind is EndingKind.WITHDRAWN else [again]
    match ending.kind:
        case EndingKind.HELPED:
            return help_words(turn), ask_anyway_buttons(turn)
        case EndingKind.UNKNOWN_PROCESSOR:
            return unknown_processor(ending.message or "", offered_to(turn)), []
        case EndingKind.NOTICE:
            return notice(facts)
        case EndingKind.STOPPED | EndingKind.WITHDRAWN:
            return _stopped(facts)
        case EndingKind.TOO_LONG:
            return (
                ":scissors: Your question is over the limit of "
                f"{longest_question(processor):,} characters. {NO_CHARGE} Shorten it and ask again."
            ), []
        case EndingKind.REFUSED:
            return refused(facts, check, again)
        case (
            EndingKind.CONFIRM
            | EndingKind.NOT_ALLOWED
            | EndingKind.NOT_OFFERED
            | EndingKind.OVER_BUDGET
        ):
            return _not_granted(facts, again)
        case EndingKind.BUSY:
            return _still_busy(turn), [again]
        case EndingKind.UNCERTAIN:
            return uncertain(facts), [again]
        case EndingKind.CUT_OFF | EndingKind.FAILED | EndingKind.CANCELLED:
            return _failed(facts), [again]
        case EndingKind.TOO_LATE:
            return _too_late(facts), [check, again]
        case EndingKind.BROKEN | EndingKind.ANSWERED:
            return _broken(turn, check, again)


def _not_granted(facts: TurnFacts, again: Button) -> tuple[str, list[Button]]:
    assert facts.turn.ending
    match facts.turn.ending.kind:
        case EndingKind.CONFIRM:
            return confirm_price(facts)
        case EndingKind.OVER_BUDGET:
            fitting = use_instead_buttons(facts.turn, fitting_processors(facts))
            return over_budget(facts), [*fitting, again]
        case EndingKind.NOT_OFFERED:
            instead = others(facts.processor, offered_to(facts.turn))
            return not_offered(facts), use_instead_buttons(facts.turn, instead)
        case _:
            return f":no_entry: I can't answer this here. {NO_CHARGE}", []


def _still_busy(turn: Turn) -> str:
    why = "Parallel has been too busy for 6 h"
    if turn.unreached:
        why = "I couldn't reach Parallel for 6 h"
    return f":hourglass: {why}, so I gave up. {NO_CHARGE} Try again later."


def _broken(turn: Turn, check: Button, again: Button) -> tuple[str, list[Button]]:
    broken = f"{BROKEN} and retrying didn't help. Please let your Threadline admin know."
    if turn.question.start.needs_no_run:  # a new run would research a greeting, or nothing
        return f"{broken} {NO_CHARGE}", []
    if turn.run:
        return f"{broken}\n*Check again* asks for its result, {FREE}.", [check]
    return f"{broken}{'' if turn.started_at else f' {NO_CHARGE}'}", [again]


def _failed(facts: TurnFacts) -> str:
    """Say that a run failed, and what that costs: Parallel is said not to bill it."""
    ending = facts.turn.ending
    assert ending
    what = f":x: The run failed at Parallel. {parallel_says(ending.message)}"
    if ending.kind is EndingKind.CANCELLED:
        what = ":x: The run was canceled at Parallel."
    words, note = "Parallel is said not to bill failed runs", facts.turn.budget
    if note and note.counts_failed:
        words += f", but it counts against the budget ({facts.processor.price_words})"
    elif note:
        words += ", so it doesn't count against the budget"
    return f"{what}\n{words}. *Try again* starts a new paid run."


def _too_late(facts: TurnFacts) -> str:
    """Say how long the bot has waited: older releases waited less than a day."""
    turn, processor = facts.turn, facts.processor
    assert turn.ending
    waited = duration(turn.ending.at - (turn.started_at or turn.received))
    happened = (
        f"This run isn't done after {waited}, much longer than *{processor.label}* usually takes "
        f"({processor.usual_time}), so I stopped waiting. It may still finish."
    )
    if turn.ending.message == lifecycle.UNREAD:
        happened = "The run has finished, but Parallel didn't give me its result for 6 h."
    return (
        f":snail: {happened} *Check again* asks for its result, {FREE}. *Try again* starts a new "
        "paid run."
    )


def _no_quick_answer(facts: TurnFacts) -> str:
    """Say why there is no quick answer; "" where the words for a run apply."""
    turn, price = facts.turn, facts.processor.price_words
    assert turn.ending
    match turn.ending.kind:
        case EndingKind.UNCERTAIN if turn.ending.cause:
            return uncertain(facts)
        case EndingKind.BUSY:
            why = "I can't reach Parallel" if turn.unreached else "Parallel is busy"
            return (
                f":hourglass: {why}, so there's no quick answer now. {NO_CHARGE} Try again in a "
                "minute."
            )
        case EndingKind.UNCERTAIN | EndingKind.CUT_OFF:
            return (
                f":grey_question: No answer came from Parallel. I can't tell whether this request "
                f"is charged ({price}), so I didn't send it again."
            )
        case EndingKind.STOPPED if turn.started_at:
            return (
                ":octagonal_sign: Stopped before an answer came. Parallel can't cancel a request, "
                f"so it may still be charged ({price})."
            )
        case EndingKind.WITHDRAWN if turn.started_at:
            return (
                ":wastebasket: The question was deleted, so its answer isn't shown. Parallel may "
                f"still charge for it ({price})."
            )
        case _:
            return ""


def _stopped(facts: TurnFacts) -> tuple[str, list[Button]]:
    """Say what stopping or deleting means: whether the run goes on, and is billed."""
    turn = facts.turn
    assert turn.ending
    by = turn.ending.message
    if turn.ending.kind is EndingKind.WITHDRAWN:
        why = f"because the question was {'deleted' if turn.run else 'withdrawn'}"
    elif by is None or by == turn.question.asker:  # somebody who has just pressed needs no ping
        why = "as asked"
    else:
        why = f"as <@{by}> asked"
    held, stop_all = _other_questions(turn)
    if turn.run is None:
        return (f":octagonal_sign: Stopped, {why}. {NO_CHARGE}{held}"), stop_all
    return (
        f":octagonal_sign: Stopped waiting, {why}. Parallel can't cancel a run, so it goes on "
        f"there{billing_clause(facts)}.{held}"
    ), [*stop_all, post_anyway_button(turn)]


def _other_questions(turn: Turn) -> tuple[str, list[Button]]:
    """Offer to stop the other questions of the person who stopped a turn; they wait a while."""
    others = turn.ending.others if turn.ending else 0
    if not others:
        return "", []
    seconds = lifecycle.HELD_AFTER_STOP
    words = f"\nYour other {others} questions in this thread start in {seconds} s."
    if others == 1:
        words = f"\nYour other question in this thread starts in {seconds} s."
    return words, [button(f"Stop all {others + 1}", action_ids.STOP_ALL, turn.id)]


def _not_delivered(turn: Turn, ending: Ending) -> str:
    """Say why the files of an answer did not come, or why it was not shared."""
    what, so, where = "the report and its evidence", "there are no files", "*Download full report*"
    if turn.question.start is TurnKind.SHARE:
        what, so, where = "the answer", "nothing was shared", "*Share…*"
    why = f":x: I couldn't get {what} from Parallel, so {so}."
    if ending.kind is EndingKind.BROKEN:
        why = f"{BROKEN}, so {so}."
    said = f" {parallel_says(ending.message)}" if ending.kind is EndingKind.REFUSED else ""
    return (
        f"{why}{said}\nThe answer in the thread stays as it is. To try again, choose {where} in "
        f"the ⋯ menu under it, {FREE}."
    )
