"""The Home tab: my processor, what is running, my threads, what it cost, what was good. Pure.

https://docs.slack.dev/surfaces/app-home. One person sees it, so it shows only what is theirs; only
how good answers were found is everyone's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.choosing import in_force
from bot.model import Choices, EndingKind, State, ThreadKey, Turn
from bot.ports import Blocks, Recent
from bot.processors import PROCESSORS
from bot.slack import actions
from bot.slack.blockkit import button, clock, cut, duration, mrkdwn, plain_text
from bot.slack.links import link
from bot.slack.processor_menu import menu
from bot.slack.text import mrkdwn as escaped

THREADS = 10
_RUNNING = 20
_LONGEST_QUESTION = 120  # characters
_HELP = (
    "*How I work.* Mention me with a question in a channel, or write to me here under *Messages*. "
    "Replies in the thread are follow-ups; write `stop` to stop, begin with `//` to be left "
    "alone. A first word such as `!pro-fast` asks that processor this once. *Research this*, in "
    "the menu of any message, asks about that message. `/processor` shows and sets what is used "
    "in a channel, `/processor help` says more."
)


def home(
    recent: Recent,
    choices: Choices,
    default: str,
    workspace: str,
    *,
    ratings: Mapping[str, tuple[int, int]],
    now: float,
) -> dict[str, Any]:
    """Return a person's Home tab.

    Args:
        recent: what they asked lately.
        choices: their own choice; the others are not looked at.
        default: the bot's own processor, by name.
        workspace: its address, such as ``https://example.slack.com/``.
        ratings: how many answers of each processor were found good, and bad.
        now: seconds since 1970.
    """
    turns = [turn for turn in recent.turns if _is_shown(turn)]
    running = [turn for turn in turns if turn.ending is None]
    blocks: Blocks = [_header("Your processor"), _processor(choices, default)]
    blocks += [_header("Running"), _as_of(now, len(running))]
    blocks += [_running(turn, workspace, now) for turn in running[:_RUNNING]]
    blocks += [_header("Your threads"), *_threads(turns, workspace)]
    blocks += [_header("Spent"), _section(_spent(recent, now))]
    if found := _found(ratings):
        blocks.append(_context(found))
    blocks += [{"type": "divider"}, _context(_HELP)]
    return {"type": "home", "blocks": blocks}


def _is_shown(turn: Turn) -> bool:
    """Whether it is a question that stands: one that was deleted while it waited never ends."""
    return not turn.question.start.is_aside and not turn.wishes.gone


# --- my processor -----------------------------------------------------------------------


def _processor(choices: Choices, default: str) -> dict[str, Any]:
    """Put the menu beside what is in force; the block's id changes with the choice.

    Else clients keep showing what was picked in a block that they know.
    """
    mine = choices.person if choices.person in PROCESSORS else None
    now, _ = in_force(None, Choices(person=mine), default)
    why = "your own choice, everywhere" if mine else "my default, where a channel chose none"
    return {
        "type": "section",
        "block_id": f"{actions.HOME_PROCESSOR}:{mine or actions.INHERIT}",
        "text": mrkdwn(f"*{now.label}* ({why}) · {now.terms}"),
        "accessory": menu(actions.HOME_PROCESSOR, mine, inherit="Channel setting, or default"),
    }


# --- my questions -----------------------------------------------------------------------


def _as_of(now: float, number: int) -> dict[str, Any]:
    """Say as of when all this is: a tab that stands open is not told what changes."""
    what = f"{number} running or waiting" if number else "Nothing is running for you"
    block = _section(f"{what}, as of {clock(now)}.")
    block["accessory"] = button("Refresh", actions.HOME_REFRESH, "refresh")
    return block


def _running(turn: Turn, workspace: str, now: float) -> dict[str, Any]:
    asked = link(address(workspace, turn.question.thread, turn.question.message), _words(turn))
    block = _section(f"{asked}\n{_state(turn, now)}")
    if turn.wishes.stop is None:
        block["accessory"] = button("Stop", actions.STOP, turn.id)
    return block


def _state(turn: Turn, now: float) -> str:
    if turn.wishes.stop is not None:
        return "Stopping"
    processor = PROCESSORS.get(turn.processor or "")
    named = f"*{escaped(turn.processor)}* · " if turn.processor else ""
    if turn.state is not State.RUNNING or turn.started_at is None:
        return f"{named}waiting for {duration(now - turn.received)}"
    usual = f" (usually {processor.usual_time})" if processor else ""
    return f"{named}running for {duration(now - turn.started_at)}{usual}"


def _threads(turns: list[Turn], workspace: str) -> Iterator[dict[str, Any]]:
    """Yield a line for each thread, by its latest question."""
    latest: dict[ThreadKey, Turn] = {}
    for turn in turns:
        latest.setdefault(turn.question.thread, turn)
    if not latest:
        yield _section("You have not asked anything lately. Mention me in a channel to begin.")
    for key, turn in list(latest.items())[:THREADS]:
        asked = link(address(workspace, key, key.ts), _words(turn))
        yield _context(f"{asked} · {_outcome(turn)}")


def _outcome(turn: Turn) -> str:
    match turn.ending:
        case None:
            return "going on"
        case ending if ending.kind is EndingKind.ANSWERED:
            return "answered"
        case ending if ending.kind is EndingKind.STOPPED:
            return "stopped"
    return "not answered"


def _words(turn: Turn) -> str:
    return cut(" ".join(turn.question.text.split()), _LONGEST_QUESTION) or "your question"


def address(workspace: str, thread: ThreadKey, ts: str) -> str:
    """Return a message's permalink: https://docs.slack.dev/reference/methods/chat.getPermalink."""
    message = f"{workspace}archives/{thread.channel}/p{ts.replace('.', '')}"
    return f"{message}?thread_ts={thread.ts}&cid={thread.channel}"


# --- what it cost and how good it was ---------------------------------------------------


def _spent(recent: Recent, now: float) -> str:
    """Say what was spent this month, and in those before that are known."""
    this = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    spent = dict(recent.spent)
    lines = [f"This month: *{_dollars(spent.pop(this, Decimal()))}*"]
    lines += [f"{_month(month)}: {_dollars(amount)}" for month, amount in spent.items()]
    return " · ".join(lines) + "\nAt Parallel's list prices, for the runs that you started."


def _dollars(amount: Decimal) -> str:
    """Say ``$0.00``, ``$1.20``, ``$0.005``: the cheapest run costs half a cent."""
    said = f"{amount:,.3f}"
    return f"${said.removesuffix('0')}"


def _month(month: str) -> str:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).strftime("%B %Y")


def _found(ratings: Mapping[str, tuple[int, int]]) -> str:
    """Say how answers were found, in one line, the cheapest processor first."""
    known = [(name, ratings[name]) for name in PROCESSORS if any(ratings.get(name, ()))]
    if not known:
        return ""
    each = " · ".join(f"{name} 👍 {good} 👎 {bad}" for name, (good, bad) in known)
    return f"*How answers were found, by everyone:* {each}"


# --- pieces -----------------------------------------------------------------------------


def _header(words: str) -> dict[str, Any]:
    return {"type": "header", "text": plain_text(words)}


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(words)}


def _context(words: str) -> dict[str, Any]:
    return {"type": "context", "elements": [mrkdwn(words)]}
