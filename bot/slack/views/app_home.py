"""The Home tab: a person's processor, running questions, threads and spend, and ratings. Pure.

https://docs.slack.dev/surfaces/app-home. It shows what belongs to the person who opens it; only the
ratings are everyone's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.choices import Choices, Source
from bot.domain.choosing import EVERY, processor_in_force
from bot.domain.money import dollars
from bot.domain.processors import PROCESSORS
from bot.domain.turn import State, Turn
from bot.ports import Blocks
from bot.slack import action_ids
from bot.slack.blockkit.blocks import Block, View, context, divider, header, home_tab, section
from bot.slack.blockkit.elements import button
from bot.slack.messages.processor_menu import processor_menu
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.text.links import mrkdwn_link, permalink
from bot.slack.wording import clock, duration, month

_RUNNING = 20  # questions
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
    """What a person sees in the Home tab.

    Attributes:
        running: their questions that have not ended, newest first.
        words: returns a question in one line, as the person may see it.
        threads: blocks of `app_home_threads`.
        page: the page that these are, from 0.
        spent: US dollars by month, such as ``2026-11``, newest first.
        month: the one that it is now, where budgets begin.
        offered: the names of the processors on offer where no channel has its own list.
    """

    running: Sequence[Turn]
    words: Callable[[Turn], str]
    threads: Blocks
    page: int
    spent: Sequence[tuple[str, Decimal]]
    month: str
    offered: Collection[str] = EVERY


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
        found: their questions, threads and spend.
        choices: only the person's own choice is used.
        default: the name of the bot's default processor.
        workspace: the workspace's address, such as ``https://example.slack.com/``.
        ratings: for each processor, the number of good and of bad ratings.
        now: seconds since 1970.
    """
    blocks: Blocks = [header("Your processor"), _processor(choices, default, found.offered)]
    blocks += [header("Running"), _updated(now, len(found.running), found.page)]
    blocks += [
        _running(turn, found.words, workspace=workspace, now=now)
        for turn in found.running[:_RUNNING]
    ]
    heading = f"Your threads · page {found.page + 1}" if found.page else "Your threads"
    blocks += [header(heading), *found.threads]
    blocks += [header("Your spend"), section(_spent(found.spent, found.month))]
    if rated := _rated(ratings):
        blocks.append(context(rated))
    blocks += [divider(), context(_HELP)]
    return home_tab(blocks)


def refused_view(words: str) -> View:
    """Return the tab of a person who may not ask: only why, in mrkdwn."""
    return home_tab([section(words)])


def is_shown(turn: Turn) -> bool:
    """Whether to show a turn: a question that was not deleted before its run."""
    return not turn.question.start.needs_no_run and not turn.signals.gone


# --- the processor ----------------------------------------------------------------------


def _processor(choices: Choices, default: str, offered: Collection[str]) -> Block:
    """Return the processor in force, with the menu to choose one.

    The id of the block changes with the choice: clients keep showing the last selection in a block
    that they know.
    """
    mine = choices.person if choices.person in PROCESSORS else None
    now, source = processor_in_force(None, Choices(person=mine), default, offered)
    why = "default, unless a channel sets its own"
    if source is Source.PERSON:
        why = "your own setting, everywhere"
    elif mine:
        why = f"your own setting, {PROCESSORS[mine].label}, isn't on offer"
    return section(
        f"*{now.label}* ({why}) · {now.terms}",
        accessory=processor_menu(
            action_ids.HOME_PROCESSOR,
            mine,
            inherit="Channel setting, or default",
            offered=offered,
        ),
        block_id=f"{action_ids.HOME_PROCESSOR}:{mine or action_ids.INHERIT}",
    )


# --- the questions ----------------------------------------------------------------------


def _updated(now: float, number: int, page: int) -> Block:
    """Return the time of the view, with *Refresh*: Slack does not update an open tab."""
    what = f"{number} running or waiting" if number else "No active runs"
    refresh = button("Refresh", action_ids.HOME_REFRESH, str(page))
    return section(f"{what} · updated {clock(now)}", accessory=refresh)


def _running(turn: Turn, words: Callable[[Turn], str], workspace: str, now: float) -> Block:
    asked = mrkdwn_link(
        permalink(workspace, turn.question.thread, turn.question.message), words(turn)
    )
    stop = button("Stop", action_ids.STOP, turn.id) if turn.signals.stop is None else None
    return section(f"{asked}\n{_state(turn, now)}", accessory=stop)


def _state(turn: Turn, now: float) -> str:
    if turn.signals.stop is not None:
        return "Stopping"
    processor = PROCESSORS.get(turn.processor or "")
    label = processor.label if processor else escape_mrkdwn(turn.processor or "")
    named = f"*{label}* · " if label else ""
    if turn.state is not State.RUNNING or turn.started_at is None:
        return f"{named}waiting for {duration(now - turn.received)}"
    usual = f" (usually {processor.usual_time})" if processor else ""
    return f"{named}running for {duration(now - turn.started_at)}{usual}"


# --- spend and ratings -----------------------------------------------------------------


def _spent(spent: Sequence[tuple[str, Decimal]], this: str) -> str:
    """Say what was spent this month, and in the known months before."""
    months = {each: round(amount * 1_000_000) for each, amount in spent}
    lines = [f"This month: *{dollars(months.pop(this, 0))}*"]
    lines += [f"{month(each)}: {dollars(amount)}" for each, amount in months.items()]
    return " · ".join(lines) + (
        "\nRuns you started, those in progress included, at Parallel's list prices. "
        "`/threadline me` tells you more."
    )


def _rated(ratings: Mapping[str, tuple[int, int]]) -> str:
    """Say in one line how answers were rated, the cheapest processor first; "" for no ratings."""
    known = [(name, ratings[name]) for name in PROCESSORS if any(ratings.get(name, ()))]
    if not known:
        return ""
    each = " · ".join(f"{PROCESSORS[name].label} 👍 {good} 👎 {bad}" for name, (good, bad) in known)
    return f"*Answer ratings (everyone):* {each}"
