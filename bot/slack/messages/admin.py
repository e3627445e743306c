"""What `/threadline` answers; seen by one person. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.domain.access import Access, Verdict
from bot.domain.budgets import Balance, Scope
from bot.domain.money import dollars
from bot.domain.thread import ChannelId, UserId
from bot.domain.usage import NOBODY, Row, sums
from bot.ports import Message
from bot.slack.blockkit.blocks import section
from bot.slack.messages.budgets import moment
from bot.slack.wording import channel_words

MOST_LISTED = 10  # names in one list of a report
LONGEST_SECTION = 2_900  # characters; Slack takes 3,000

_NAMES = {
    Scope.PERSON: "You, today",
    Scope.CHANNEL: "This channel, today",
    Scope.WORKSPACE: "Workspace, this month",
}


def in_sections(words: str) -> Message:
    """Return a message of mrkdwn lines, in as many sections as they need."""
    pieces, piece = [], ""
    for line in words.split("\n"):
        if len(piece) + len(line) >= LONGEST_SECTION:
            pieces.append(piece)
            piece = ""
        piece = f"{piece}\n{line}" if piece else line
    return Message(words, [section(each) for each in (*pieces, piece) if each.strip()])


# --- usage ------------------------------------------------------------------------------


def mine(
    balances: Sequence[Balance],
    rows: Sequence[Row],
    resets: Mapping[Scope, float],
    *,
    direct: bool = False,
) -> Message:
    """Say what a person has spent this month, and what is left for them here.

    Args:
        balances: theirs, this channel's and the workspace's.
        rows: their own usage of this month.
        resets: when each budget's period ends.
        direct: "this channel" is a direct message.
    """
    lines = [balance_line(each, resets[each.scope], direct=direct) for each in balances]
    total = sum(row.total for row in rows)
    runs = sum(row.paid + row.running for row in rows)
    lines.append(f"*You, this month:* {dollars(total)} for {_runs(runs)}")
    lines += [f"• {each.name}: {dollars(each.total)}" for each in sums(rows, lambda r: r.processor)]
    return in_sections("\n".join(lines))


def balance_line(balance: Balance, resets: float, *, direct: bool) -> str:
    """Say how one budget is doing, and when its period ends."""
    is_dm = direct and balance.scope is Scope.CHANNEL
    name = "This direct message, today" if is_dm else _NAMES[balance.scope]
    used = dollars(balance.held + balance.settled)
    if balance.limit is None or balance.left is None:
        return f"*{name}:* {used} used, no limit"
    return (
        f"*{name}:* {used} of {dollars(balance.limit)} used, "
        f"{dollars(balance.left)} left until {moment(resets)}"
    )


def usage(rows: Sequence[Row], period: str) -> Message:
    """Report what was spent in a period, by person, channel and processor.

    Args:
        rows: its usage.
        period: ``today`` or ``in November 2026``.
    """
    total = sum(row.total for row in rows)
    running = sum(row.running for row in rows)
    failed = sum(row.failed for row in rows)
    head = f"*Usage {period}:* {dollars(total)} for {_runs(sum(r.paid + r.running for r in rows))}"
    if running:
        head += f", {running} of them still running ({dollars(sum(row.held for row in rows))})"
    if failed:
        head += f"; {_runs(failed)} failed, not charged"
    lists: tuple[tuple[str, Callable[[Row], str]], ...] = (
        ("By person", lambda row: _person(row.person)),
        ("By channel", lambda row: channel_words(row.channel, "direct messages")),
        ("By processor", lambda row: row.processor),
    )
    parts = [head, *(_list(title, rows, by) for title, by in lists if rows)]
    return in_sections("\n\n".join(parts))


def _list(title: str, rows: Sequence[Row], by: Callable[[Row], str]) -> str:
    found = sums(rows, by)
    lines = [f"• {each.name}: {dollars(each.total)}, {_runs(each.runs)}" for each in found]
    if len(lines) > MOST_LISTED:
        lines[MOST_LISTED:] = [f"• and {len(lines) - MOST_LISTED} more (all are in the CSV file)"]
    return "\n".join((f"*{title}*", *lines))


def _person(person: UserId) -> str:
    return "erased people" if person == NOBODY else f"<@{person}>"


def _runs(number: int) -> str:
    return "1 run" if number == 1 else f"{number:,} runs"


# --- refusals ---------------------------------------------------------------------------


def refused(verdict: Verdict, access: Access, channel: ChannelId, *, pressed: bool = False) -> str:
    """Say politely, in one line, why a question is not taken.

    Args:
        verdict: the reason.
        access: what admins allowed.
        channel: where it was asked.
        pressed: it was no message, but a button, a form or a command.
    """
    reason = _reason(verdict, access, channel)
    return reason if pressed else f"{reason} Your message started nothing."


def not_yet_known() -> str:
    """Say that Slack does not tell yet whether a question may be taken."""
    return (
        ":hourglass_flowing_sand: Slack doesn't tell me yet whether I may answer you here: it is "
        "slow just now, or so many people are asking me. Your question isn't lost: I'll get to it "
        "as soon as Slack does, or tell you that I couldn't."
    )


def _reason(verdict: Verdict, access: Access, channel: ChannelId) -> str:
    match verdict:
        case Verdict.UNKNOWN:
            return (
                ":warning: I couldn't check with Slack whether I may answer you here. Please try "
                "again in a minute. If it keeps happening, tell an admin of Threadline."
            )
        case Verdict.OUTSIDER:
            return ":wave: Sorry, in this workspace I only answer people who belong to it."
        case Verdict.GUEST:
            return (
                ":wave: Sorry, I don't answer guests here. Ask an admin of Threadline if you need "
                "me."
            )
        case Verdict.SHARED_CHANNEL:
            return (
                ":wave: This channel is shared with another company, so I don't answer here until "
                "an admin allows it with `/threadline allow outside`."
            )
        case Verdict.CHANNEL:
            others = [f"<#{each}>" for each in sorted(access.channels)[:MOST_LISTED]]
            where = f" You can ask me in {', '.join(others)}." if others else ""
            return f":wave: I'm not available in <#{channel}>.{where}"
        case Verdict.PERSON:
            return (
                ":wave: Sorry, you're not on the list of people who can ask me. An admin of "
                "Threadline can add you."
            )
        case Verdict.ALLOWED:
            raise ValueError("nothing is refused")
