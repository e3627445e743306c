"""What `/threadline` answers; seen by one person. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import policies
from bot.domain.access import Access, Verdict
from bot.domain.budgets import Balance, Scope
from bot.domain.money import dollars
from bot.domain.policies import Change
from bot.domain.thread import ChannelId, UserId
from bot.domain.usage import NOBODY, Row, sums
from bot.ports import Message
from bot.slack.blockkit.blocks import section
from bot.slack.messages.budgets import moment
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import clock, cut, day

MOST_LISTED = 10  # names in one list of a report
MOST_CHANGES = 20  # of the record that are shown
LONGEST_SECTION = 2_900  # characters; Slack takes 3,000

_ADMIN = (
    "*For admins*\n"
    "`/threadline usage` today's usage, `usage month`, and `usage month csv` as a file\n"
    "`/threadline budget person 5`, `budget channel #news 20`, `budget workspace 500`; `off` for "
    "no limit, `default` to clear; without an amount a form opens\n"
    "`/threadline allow #news` or `@ada`, `deny …`, `allow outside` and `allow guests` for this "
    "channel, `allow processors core-fast pro-fast`; `default` at the end clears\n"
    "`/threadline limits` all limits here, `why`, `why @ada` or `why #news` where they come from\n"
    "`/threadline forget LINK` deletes what is stored of a thread\n"
    "`/threadline audit` who changed what, `audit json` as a file"
)
_EVERYBODY = "`/threadline me` shows what you've spent and what is left of your budgets."

_NAMES = {
    Scope.PERSON: "You, today",
    Scope.CHANNEL: "This channel, today",
    Scope.WORKSPACE: "Workspace, this month",
}


def _message(words: str) -> Message:
    """Say mrkdwn words, in as many sections as they need."""
    pieces, piece = [], ""
    for line in words.split("\n"):
        if len(piece) + len(line) >= LONGEST_SECTION:
            pieces.append(piece)
            piece = ""
        piece = f"{piece}\n{line}" if piece else line
    return Message(words, [section(each) for each in (*pieces, piece) if each.strip()])


def help_text(*, is_admin: bool) -> Message:
    """Say what can be asked for."""
    return _message("\n\n".join((_EVERYBODY, _ADMIN) if is_admin else (_EVERYBODY,)))


def for_admins_only(admins: Sequence[UserId]) -> Message:
    """Say that only admins may do that, and who they are."""
    if not admins:
        return _message(
            ":lock: Only admins can do that, and none are set. Whoever runs this bot can list them "
            "in `ADMINS`. `/threadline me` works for everybody."
        )
    named = ", ".join(f"<@{each}>" for each in sorted(admins)[:MOST_LISTED])
    return _message(
        f":lock: Only admins can do that: {named}. `/threadline me` works for everybody."
    )


def unclear(words: str, *, is_admin: bool) -> Message:
    """Say that a command means nothing here, and what would."""
    shown = cut(" ".join(words.replace("`", "'").split()), 60)
    helped = help_text(is_admin=is_admin)
    return _message(
        f":grey_question: I don't understand `{escape_mrkdwn(shown)}`.\n\n{helped.text}"
    )


# --- usage ------------------------------------------------------------------------------


def mine(
    balances: Sequence[Balance], rows: Sequence[Row], resets: Mapping[Scope, float]
) -> Message:
    """Say what a person has spent this month, and what is left for them here.

    Args:
        balances: theirs, this channel's and the workspace's.
        rows: their own usage of this month.
        resets: when each budget's period ends.
    """
    lines = [_balance(each, resets[each.scope]) for each in balances]
    total = sum(row.total for row in rows)
    runs = sum(row.paid + row.running for row in rows)
    lines.append(f"*You, this month:* {dollars(total)} for {_runs(runs)}")
    lines += [f"• {each.name}: {dollars(each.total)}" for each in sums(rows, lambda r: r.processor)]
    return _message("\n".join(lines))


def _balance(balance: Balance, resets: float) -> str:
    used = dollars(balance.held + balance.settled)
    if balance.limit is None or balance.left is None:
        return f"*{_NAMES[balance.scope]}:* {used} used, no limit"
    return (
        f"*{_NAMES[balance.scope]}:* {used} of {dollars(balance.limit)} used, "
        f"{dollars(balance.left)} left until {moment(resets)}"
    )


def usage(rows: Sequence[Row], period: str) -> Message:
    """Report what was spent in a period, by person, channel and processor."""
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
        ("By channel", lambda row: f"<#{row.channel}>"),
        ("By processor", lambda row: row.processor),
    )
    return _message("\n\n".join([head, *(_list(title, rows, by) for title, by in lists if rows)]))


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


# --- settings ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """One effective value, and where it comes from."""

    name: str
    value: str
    source: str


def values(title: str, found: Sequence[Value]) -> Message:
    """List effective values with their sources."""
    lines = [f"• {each.name}: *{each.value}* ({each.source})" for each in found]
    return _message("\n".join((title, *lines)))


def amount(value: str | None) -> str:
    """Say a budget's value: ``$5``, ``no limit``."""
    return "no limit" if value in (None, policies.OFF) else dollars(int(value or 0))


def set_to(name: str, value: str, before: str) -> Message:
    """Say what was changed."""
    return _message(f":white_check_mark: {name}: *{value}* (was {before}).")


def audit(changes: Sequence[Change]) -> Message:
    """Show the latest changes, the newest first."""
    if not changes:
        return _message("Nobody has changed a setting yet.")
    lines = [
        f"• {day(each.at)} {clock(each.at)}, {_person(each.actor)}: `{each.name}` "
        f"{_quoted(each.before)} → {_quoted(each.after)}"
        for each in changes[:MOST_CHANGES]
    ]
    return _message("\n".join(lines))


def _quoted(value: str | None) -> str:
    return f"`{cut(value, 60)}`" if value else "not set"


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
                "me in this channel."
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
