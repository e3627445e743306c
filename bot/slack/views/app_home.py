"""The Home tab: my processor, what is running, my threads, what it cost, what was good. Pure.

https://docs.slack.dev/surfaces/app-home. One person sees it, so it shows only what is theirs; only
how good answers were found is everyone's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.choices import Choices
from bot.domain.choosing import in_force
from bot.domain.processors import PROCESSORS
from bot.domain.turn import State, Turn
from bot.ports import Blocks
from bot.slack import action_ids
from bot.slack.blockkit.blocks import Block, View, context, divider, header, home_tab, section
from bot.slack.blockkit.elements import button
from bot.slack.messages.processor_menu import processor_menu
from bot.slack.text.escaping import mrkdwn as escaped
from bot.slack.text.links import link, permalink
from bot.slack.wording import clock, dollars, duration, month

_RUNNING = 20
_HELP = (
    "*How I work.* Mention me with a question in a channel, or write to me here under *Messages*. "
    "Replies in the thread are follow-ups; for a new topic, start a new thread. Start a message "
    "with `!quick`, `!standard`, `!deep` or `!exhaustive` to use that level once, or set one with "
    "`/processor`. Thanks, greetings, `status` and `stop` are free, and replies that begin with "
    "`//` aren't for me. *Research this*, in any message's *More actions* menu, researches that "
    "message. `@Threadline help` tells you more."
)


@dataclass(frozen=True, slots=True)
class HomeContent:
    """What a person finds there.

    Attributes:
        running: their questions that have not ended, newest first.
        words: shows a question to them in one line.
        threads: the blocks of `home_threads`; `page` is which of its pages.
        spent: US dollars by month, ``2026-11``, newest first.
    """

    running: Sequence[Turn]
    words: Callable[[Turn], str]
    threads: Blocks
    page: int
    spent: Sequence[tuple[str, Decimal]]


def home_view(
    found: HomeContent,
    choices: Choices,
    default: str,
    workspace: str,
    *,
    ratings: Mapping[str, tuple[int, int]],
    now: float,
) -> View:
    """Return a person's Home tab.

    Args:
        found: what they asked, and what it cost.
        choices: their own choice; the others are not looked at.
        default: the bot's own processor, by name.
        workspace: its address, such as ``https://example.slack.com/``.
        ratings: how many answers of each processor were found good, and bad.
        now: seconds since 1970.
    """
    blocks: Blocks = [header("Your processor"), _processor(choices, default)]
    blocks += [header("Running"), _updated(now, len(found.running), found.page)]
    blocks += [_running(turn, found.words, workspace, now) for turn in found.running[:_RUNNING]]
    heading = f"Your threads · page {found.page + 1}" if found.page else "Your threads"
    blocks += [header(heading), *found.threads]
    blocks += [header("Your spend"), section(_spent(found.spent, now))]
    if rated := _rated(ratings):
        blocks.append(context(rated))
    blocks += [divider(), context(_HELP)]
    return home_tab(blocks)


def is_shown(turn: Turn) -> bool:
    """Whether it is a question that stands: one that was deleted while it waited never ends."""
    return not turn.question.start.needs_no_run and not turn.signals.gone


# --- my processor -----------------------------------------------------------------------


def _processor(choices: Choices, default: str) -> Block:
    """Put the menu beside what is in force; the block's id changes with the choice.

    Else clients keep showing what was picked in a block that they know.
    """
    mine = choices.person if choices.person in PROCESSORS else None
    now, _ = in_force(None, Choices(person=mine), default)
    why = "your own setting, everywhere" if mine else "default, unless a channel sets its own"
    return section(
        f"*{now.label}* ({why}) · {now.terms}",
        accessory=processor_menu(
            action_ids.HOME_PROCESSOR, mine, inherit="Channel setting, or default"
        ),
        block_id=f"{action_ids.HOME_PROCESSOR}:{mine or action_ids.INHERIT}",
    )


# --- my questions -----------------------------------------------------------------------


def _updated(now: float, number: int, page: int) -> Block:
    """Say as of when all this is: a tab that stands open is not told what changes."""
    what = f"{number} running or waiting" if number else "No active runs"
    refresh = button("Refresh", action_ids.HOME_REFRESH, str(page))
    return section(f"{what} · updated {clock(now)}", accessory=refresh)


def _running(turn: Turn, words: Callable[[Turn], str], workspace: str, now: float) -> Block:
    asked = link(permalink(workspace, turn.question.thread, turn.question.message), words(turn))
    stop = button("Stop", action_ids.STOP, turn.id) if turn.signals.stop is None else None
    return section(f"{asked}\n{_state(turn, now)}", accessory=stop)


def _state(turn: Turn, now: float) -> str:
    if turn.signals.stop is not None:
        return "Stopping"
    processor = PROCESSORS.get(turn.processor or "")
    label = processor.label if processor else escaped(turn.processor or "")
    named = f"*{label}* · " if label else ""
    if turn.state is not State.RUNNING or turn.started_at is None:
        return f"{named}waiting for {duration(now - turn.received)}"
    usual = f" (usually {processor.usual_time})" if processor else ""
    return f"{named}running for {duration(now - turn.started_at)}{usual}"


# --- what it cost and how good it was ---------------------------------------------------


def _spent(spent: Sequence[tuple[str, Decimal]], now: float) -> str:
    """Say what was spent this month, and in those before that are known."""
    this = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    months = dict(spent)
    lines = [f"This month: *{dollars(months.pop(this, Decimal()))}*"]
    lines += [f"{month(each)}: {dollars(amount)}" for each, amount in months.items()]
    return " · ".join(lines) + "\nFor runs you started, at Parallel's list prices."


def _rated(ratings: Mapping[str, tuple[int, int]]) -> str:
    """Say how answers were rated, in one line, the cheapest processor first."""
    known = [(name, ratings[name]) for name in PROCESSORS if any(ratings.get(name, ()))]
    if not known:
        return ""
    each = " · ".join(f"{PROCESSORS[name].label} 👍 {good} 👎 {bad}" for name, (good, bad) in known)
    return f"*Answer ratings (everyone):* {each}"
