"""What `/threadline` reports: usage, what is left, what is in force and why, who changed what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.concurrency.offload import offload
from bot.domain import budgets
from bot.domain.access import Verdict
from bot.domain.budgets import Scope
from bot.domain.choices import FollowUps
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.usage import Row, as_csv
from bot.ports import Channel, HandlerContext, Message, Upload
from bot.ports.money import Administration
from bot.slack.messages import admin, admin_settings
from bot.slack.messages.admin_settings import MOST_CHANGES, Situation
from bot.slack.wording import month
from handlers.admin_changes import Admin


@dataclass(frozen=True, slots=True)
class Report:
    """What a person reads, and the file that they get in a direct message; None for none."""

    message: Message
    file: Upload | None = None


async def mine(context: HandlerContext, who: Admin) -> Report:
    """Report what a person has spent, and what is left of their budgets."""
    ours = context.administration
    balances = await ours.budgets.balances(who.team, who.channel, who.user)
    own = await ours.usage.usage(who.team, _days(ours, "month"), who.user)
    direct = _channel(who.channel) is None
    return Report(admin.mine(balances, own, _resets(ours), direct=direct))


async def usage(context: HandlerContext, who: Admin, period: str, *, in_file: bool) -> Report:
    """Report what was spent ``today`` or this ``month``, as a text or as a file."""
    ours = context.administration
    days = _days(ours, period)
    rows = await ours.usage.usage(who.team, days)
    name = days[-1] if period == "today" else days[-1][:7]
    shown = "today" if period == "today" else f"in {month(name)}"
    report = await offload(len(rows), admin.usage, rows, shown)
    file = await offload(len(rows), _usage_file, rows, name, shown) if in_file else None
    return Report(report, file)


async def limits(context: HandlerContext, who: Admin) -> Report:
    """Report what may be spent and asked in a channel."""
    ours = context.administration
    situation = await _situation(context, who.team, _channel(who.channel), who.user)
    balances = await ours.budgets.balances(who.team, who.channel, who.user)
    return Report(admin_settings.limits(situation, balances, _resets(ours)))


async def why(
    context: HandlerContext, who: Admin, channel: ChannelId | None, person: UserId | None
) -> Report:
    """Report all that is in force for a channel or a person; for both of the one who asks."""
    if channel is None and person is None:
        channel, person = _channel(who.channel), who.user
    situation = await _situation(context, who.team, channel, person)
    return Report(admin_settings.why(situation, context.default_processor))


async def audit(context: HandlerContext, who: Admin, *, in_file: bool) -> Report:
    """Report the latest changes, or all that are kept as a file of JSON lines."""
    ours = context.administration.policies
    message = admin_settings.audit(await ours.latest_changes(who.team, MOST_CHANGES))
    if not in_file:
        return Report(message)
    lines = [each.line() async for each in ours.changes(who.team)]
    if not lines:
        return Report(message)
    text = "".join(f"{line}\n" for line in lines)
    return Report(
        message,
        Upload("threadline-audit.jsonl", "Changes of settings", text, "Who changed what."),
    )


def _usage_file(rows: Sequence[Row], name: str, shown: str) -> Upload:
    return Upload(
        f"threadline-usage-{name}.csv",
        f"Usage {shown}",
        as_csv(rows),
        "One line for each day, person, channel and processor; running ones count as paid.",
    )


def _days(ours: Administration, period: str) -> Sequence[str]:
    """Return the days of a period up to today, ``2026-11-28``."""
    today = datetime.fromtimestamp(ours.clock(), ours.zone).date()
    first = today if period == "today" else today.replace(day=1)
    return [f"{first + timedelta(n)}" for n in range((today - first).days + 1)]


def _resets(ours: Administration) -> Mapping[Scope, float]:
    now = ours.clock()
    return {scope: budgets.resets_at(scope, now, ours.zone) for scope in Scope}


def _channel(channel: ChannelId) -> ChannelId | None:
    return None if channel.startswith("D") else channel


async def _situation(
    context: HandlerContext, team: TeamId, channel: ChannelId | None, person: UserId | None
) -> Situation:
    """Return what decides in a channel, for a person, or for a person there."""
    ours = context.administration
    chosen = await ours.policies.policies(team)
    nobody, nowhere = UserId(""), ChannelId("")
    follow_ups: FollowUps | None = None
    if channel:
        follow_ups = await context.choices.follow_ups(Channel(team, channel))
    return Situation(
        channel,
        person,
        chosen,
        ours.environment,
        changes=await ours.policies.last_changes(team, list(chosen)),
        choices=await context.choices.read(team, channel or nowhere, person or nobody, thread=None),
        follow_ups=follow_ups,
        verdict=await _verdict(context, channel, person),
    )


async def _verdict(
    context: HandlerContext, channel: ChannelId | None, person: UserId | None
) -> Verdict | None:
    """Return whether a person may ask in a channel; None when Slack does not tell in time."""
    if not channel or not person:
        return None
    with suppress(TimeoutError):
        async with asyncio.timeout(context.deadlines.lookup):
            verdict = (await context.gate.judge(channel, person)).verdict
            return None if verdict is Verdict.UNKNOWN else verdict
    return None
