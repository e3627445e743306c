"""What Parallel answered in place of a run, or something between us and it. Pure."""

from __future__ import annotations

from bot.errors import Cause
from bot.slack import action_ids
from bot.slack.blockkit.elements import Button, button
from bot.slack.messages.turn_facts import TurnFacts
from bot.slack.wording import quoted

NO_CHARGE = "No run was started, so there's no charge."
FREE = "at no extra charge"
_GATEWAY = ":construction: Something other than Parallel, such as a proxy or firewall, answered me."
_ASK = "Ask an admin to check the proxy and `PARALLEL_BASE_URL`."


def refused(facts: TurnFacts, check: Button, again: Button) -> tuple[str, list[Button]]:
    """Say why Parallel refused, and who can put that right.

    Args:
        facts: the ended turn.
        check: asks for the result of its run.
        again: asks its question again.
    """
    turn, processor = facts.turn, facts.processor
    assert turn.ending
    said = parallel_says(turn.ending.message)
    match turn.ending.cause:
        case Cause.KEY:
            return (
                ":key: Parallel rejected this bot's API key. Ask an admin to check "
                f"`PARALLEL_API_KEY`. {'' if turn.run else f'{NO_CHARGE} '}{said}"
            ), [check if turn.run else again]
        case Cause.CREDIT:
            return (
                ":credit_card: The Parallel account doesn't have enough credit for this run "
                f"({processor.price_words}); some may be held by runs in progress. Ask an admin to "
                f"add credit. {NO_CHARGE} {said}"
            ), [again]
        case Cause.PROCESSOR:
            return (
                f":no_entry: This bot's Parallel account can't use *{processor.label}*. Choose "
                f"another processor, or ask an admin. {NO_CHARGE} {said}"
            ), [button("Re-run with…", action_ids.RERUN, turn.id)]
        case Cause.GATEWAY:
            said = _it_says(turn.ending.message)
            return f"{_GATEWAY} {NO_CHARGE} {_ASK} {said}", [again]
        case Cause.UNKNOWN_RUN:
            return (
                f":x: Parallel can't find this run. {said}\n"
                f"*Check again* asks for its result, {FREE}. *Try again* starts a new paid run."
            ), [check, again]
        case _:
            return (
                f":x: Parallel rejected the question. {NO_CHARGE} {said}\n"
                "Try rephrasing it. If that doesn't help, ask an admin."
            ), [again]


def uncertain(facts: TurnFacts) -> str:
    """Say that nobody can tell whether a run was started."""
    ending, price = facts.turn.ending, facts.processor.price_words
    assert ending
    counts = "" if facts.turn.budget is None else " Until that's known, it counts as spent."
    no_retry = "I didn't retry, to avoid charging you twice."
    if ending.cause is Cause.GATEWAY:
        return (
            f"{_GATEWAY} I can't tell whether my request reached Parallel.{counts} {no_retry} "
            f"{_ASK} Trying again costs {price}. {_it_says(ending.message)}"
        )
    return (
        ":grey_question: The connection broke while I was starting this run, and I can't tell "
        f"whether it was started.{counts} {no_retry} Trying again costs {price}."
    )


def parallel_says(message: str | None) -> str:
    """Quote Parallel's message, which is untrusted; "" for none."""
    return _quoted("Parallel says", message)


def _it_says(message: str | None) -> str:
    """Quote what something between us and Parallel answered, which is untrusted."""
    return _quoted("It answered", message)


def _quoted(who: str, message: str | None) -> str:
    return f"{who}: {quoted(message, 500)}" if message else ""
