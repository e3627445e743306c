"""The status message of a turn: at its start, while Parallel is busy, and at its end. Pure.

How far the run is: `progress`. The question of a form, which is posted before the status, is here
as well.
"""

from __future__ import annotations

from bot.domain.derived import ASKED
from bot.domain.turn import EndingKind, TurnKind
from bot.ports import InLine, Message
from bot.slack.blockkit.elements import Button
from bot.slack.messages.budgets import left_words
from bot.slack.messages.parts import MessagePart, editable_message, message_variants
from bot.slack.messages.turn_buttons import ask_edited_button, post_anyway_button, running_buttons
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.messages.turn_lines import (
    billing_clause,
    headline,
    note_lines,
    parent_line,
    price_paid,
    question_line,
    replies_continue,
    signal_lines,
    support_details,
)
from bot.slack.text.escaping import clean, escape_mrkdwn
from bot.slack.text.links import mrkdwn_link
from bot.slack.wording import LONGEST_QUOTE, clock, cut, cut_mrkdwn, duration

STATUS = "status"
LONGEST_QUESTION, MOST_LINES = 1_000, 20  # characters and lines of a posted question


def initial_status(facts: TurnFacts) -> MessagePart:
    """Say that the research has begun: processor, price, usual time, and what can be done."""
    words = headline(facts)
    if facts.turn.question.start is not TurnKind.RESUME:
        words += f" · usually {facts.processor.usual_time}"
    turn = facts.turn
    lines = (
        words,
        *question_line(turn),
        *parent_line(turn),
        *signal_lines(turn),
        *note_lines(turn),
    )
    return MessagePart(STATUS, message_variants("\n".join(lines), running_buttons(facts)))


def question_post(facts: TurnFacts, about: str = "") -> MessagePart:
    """Quote the question of a form in its thread, where nobody would see it otherwise.

    Args:
        facts: the turn.
        about: the permalink of the message that the question is about; "" for none.
    """
    question = facts.turn.question
    lines = (f">{escape_mrkdwn(line)}" for line in _question_lines(question.text))
    quote = cut_mrkdwn("\n".join(lines), LONGEST_QUOTE)
    on = f" about {mrkdwn_link(about, 'this message')}" if about else ""
    return MessagePart(
        ASKED, message_variants(f":speech_balloon: <@{question.asker}> asked{on}:\n{quote}")
    )


def _question_lines(text: str) -> list[str]:
    """Return the lines of a question, cut to fit a block."""
    words = cut(clean(text).strip(), LONGEST_QUESTION)
    lines = [line.rstrip() for line in words.splitlines()]
    return [*lines[:MOST_LINES], "…"] if len(lines) > MOST_LINES else lines


def in_line_part(facts: TurnFacts, waiting: InLine, now: float) -> MessagePart:
    """Return what `in_line_status` says, as the first status of a turn."""
    return MessagePart(
        STATUS, message_variants(_in_line(facts, waiting, now), running_buttons(facts))
    )


def in_line_status(facts: TurnFacts, waiting: InLine, now: float) -> Message:
    """Say that a question waits, as its asker has many running in the channel.

    Args:
        facts: of the turn.
        waiting: its place in line at the time `now`, seconds since 1970.
    """
    return editable_message(_in_line(facts, waiting, now), running_buttons(facts))


def _in_line(facts: TurnFacts, waiting: InLine, now: float) -> str:
    if waiting.most == 1:
        running = "another of your questions is running here, and one runs at a time"
    else:
        running = f"{waiting.most} of your questions are running here, the most at once"
    if waiting.ahead == 0:
        ahead = "It's next in line"
    else:
        are = "is" if waiting.ahead == 1 else "are"
        ahead = f"{waiting.ahead} more of yours {are} ahead of it (as of {clock(now)})"
    words = (
        f":hourglass_flowing_sand: Waiting: {running}. "
        f"{ahead}, and it starts by itself. *{facts.processor.label}* · "
        f"{facts.processor.price_words}"
    )
    lines = (
        words,
        *question_line(facts.turn),
        *parent_line(facts.turn),
        *signal_lines(facts.turn),
    )
    return "\n".join(lines)


def busy_status(facts: TurnFacts) -> Message:
    """Say that Parallel is busy or cannot be reached, so that the run has to wait."""
    since = clock(facts.turn.busy_since or facts.turn.received)
    why = "I can't reach Parallel" if facts.turn.unreached else "Parallel is busy"
    words = (
        f":hourglass: {why}. I've been retrying since {since} and will keep trying, so there's no "
        f"need to ask again. *{facts.processor.label}* · {facts.processor.price_words}"
    )
    lines = (
        words,
        *question_line(facts.turn),
        *parent_line(facts.turn),
        *signal_lines(facts.turn),
    )
    return editable_message("\n".join(lines), running_buttons(facts))


def lost_status(facts: TurnFacts) -> Message:
    """Say that the question is not stored any more, and so is not answered."""
    cost = billing_clause(facts)
    goes_on = f" Its run goes on at Parallel{cost}." if facts.turn.run else ""
    words = (
        ":x: My database lost this question, so I can't answer it. Ask it again if you still "
        f"need it.{goes_on}"
    )
    return editable_message("\n".join((words, *question_line(facts.turn))), [])


def final_status(facts: TurnFacts) -> Message:
    """Say in one line how the turn ended, how long it took and what it cost."""
    turn = facts.turn
    assert turn.ending
    buttons: list[Button] = []
    edited = None
    if turn.ending.kind is EndingKind.WITHDRAWN:  # no other message says so
        buttons = [post_anyway_button(turn)] if turn.run else []
    elif turn.signals.edited:
        buttons = [ask_edited_button(facts)]
        edited = "the question was edited in the meantime"
    extras = (*note_lines(turn), *parent_line(turn, shortly=True), *question_line(turn))
    fragments = [*_outcome(facts), edited, *extras]
    words, back = replies_continue(turn)
    lines = filter(None, (" · ".join(filter(None, fragments)), words))
    return editable_message("\n".join(lines), [*buttons, *back], support_details(turn))


def _outcome(facts: TurnFacts) -> list[str | None]:
    turn, name = facts.turn, f"*{facts.processor.label}*"
    assert turn.ending
    took = duration(turn.ending.at - turn.started_at) if turn.started_at else None
    after = f"after {took}" if took else None
    left = left_words(turn) or None
    match turn.ending.kind:
        case EndingKind.ANSWERED:
            none = "0 sources" if turn.sources == 0 else None  # others are listed with the answer
            began = turn.paid_at or turn.started_at
            took = duration(turn.ending.at - began) if began else None
            return [f":white_check_mark: {name}", took, price_paid(facts), none, left]
        case EndingKind.STOPPED:
            by = f"stopped by <@{turn.ending.message}>" if turn.ending.message else "stopped"
            if turn.run is None:
                return [f":octagonal_sign: {name}", by, "not started"]
            stopped = f"{by} {after}" if after else by
            return [f":octagonal_sign: {name}", stopped, price_paid(facts), left]
        case EndingKind.WITHDRAWN:
            going_on = f"the run goes on at Parallel{billing_clause(facts)}"
            what = f"was deleted; {going_on}" if turn.run else "was withdrawn; no run was started"
            return [f":wastebasket: {name}", f"the question {what}"]
        case EndingKind.REFUSED if turn.run:
            return [f":x: {name}", "Parallel didn't return its result", after]
        case EndingKind.FAILED | EndingKind.CANCELLED as failed:
            is_counted = turn.budget is not None and turn.budget.counts_failed
            cost = price_paid(facts) if is_counted else "not billed"
            return [f":x: {name}", _IN_SHORT[failed], after, cost, left]
        case EndingKind.UNCERTAIN as doubt:
            may = f"may be billed ({facts.processor.price_words})"
            return [f":x: {name}", _IN_SHORT[doubt], may, left]
        case EndingKind.TOO_LATE as late:
            return [f":x: {name}", _IN_SHORT[late], after, price_paid(facts), left]
        case kind:
            return [f":x: {name}", _IN_SHORT[kind], after]


_IN_SHORT = {
    EndingKind.HELPED: "not started",
    EndingKind.UNKNOWN_PROCESSOR: "not started",
    EndingKind.NOTICE: "not started",
    EndingKind.TOO_LONG: "not started",
    EndingKind.REFUSED: "not started",
    EndingKind.BUSY: "not started",
    EndingKind.CONFIRM: "not started",
    EndingKind.NOT_OFFERED: "not started",
    EndingKind.OVER_BUDGET: "not started",
    EndingKind.NOT_ALLOWED: "not started",
    EndingKind.UNCERTAIN: "unknown whether it started",
    EndingKind.CUT_OFF: "the answer was cut off",
    EndingKind.FAILED: "the run failed",
    EndingKind.CANCELLED: "the run was canceled",
    EndingKind.TOO_LATE: "stopped waiting",
    EndingKind.BROKEN: "stopped by an error",
}
