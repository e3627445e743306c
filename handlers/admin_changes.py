"""What admins change: budgets, and who or what is allowed. Each change is recorded with its admin.

A change is written to Redis, which every replica reads for each question: it holds at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import policies
from bot.domain.budgets import Scope
from bot.domain.effective import in_force
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.ports import HandlerContext, Message
from bot.slack.messages import admin_help, admin_settings
from bot.slack.messages.admin_settings import Changed
from bot.slack.payloads.admin_commands import Permit, SetBudget
from handlers.rejection import Rejected


@dataclass(frozen=True, slots=True)
class Admin:
    """Who changes something, and where they are."""

    team: TeamId
    channel: ChannelId
    user: UserId


@dataclass(frozen=True, slots=True)
class _Policy:
    """A policy to set; None takes it back."""

    name: str
    value: str | None


async def change(context: HandlerContext, admin: Admin, command: SetBudget | Permit) -> Message:
    """Carry out what an admin orders, and say what was changed.

    Raises:
        Rejected: the person is no admin, or it cannot be done.
        Unavailable: Redis cannot be reached; a part may have been changed.
    """
    if admin.user not in context.admins:
        raise Rejected(admin_help.for_admins_only(sorted(context.admins)))
    match command:
        case SetBudget(scope, whose, amount):
            assert scope
            wanted: Sequence[_Policy] = [_Policy(policies.budget(scope, whose), amount)]
        case Permit():
            wanted = await _permitted(context, admin, command)
    return admin_settings.changed([await _set(context, admin, each) for each in wanted])


async def _set(context: HandlerContext, admin: Admin, policy: _Policy) -> Changed:
    ours = context.administration
    chosen = dict(await ours.policies.policies(admin.team))
    before = in_force(policy.name, chosen, ours.environment)
    now = ours.clock()
    await ours.policies.set_policy(admin.team, policy.name, policy.value, actor=admin.user, now=now)
    chosen.pop(policy.name, None)
    if policy.value is not None:
        chosen[policy.name] = policy.value
    return Changed(before, in_force(policy.name, chosen, ours.environment))


async def _permitted(context: HandlerContext, admin: Admin, permit: Permit) -> Sequence[_Policy]:
    """Return the policies that say what is allowed or denied. Raises Rejected."""
    value = None if permit.resets else (policies.YES if permit.allowed else policies.NO)
    names = [policies.may_ask(Scope.PERSON, each) for each in permit.people]
    names += [policies.others_may_ask(Scope.PERSON)] if permit.other_people else []
    names += [policies.others_may_ask(Scope.CHANNEL)] if permit.other_channels else []
    if permit.outside or permit.guests:
        where = permit.channels or _here(admin)
        names += [policies.outside(each) for each in where if permit.outside]
        names += [policies.guests(each) for each in where if permit.guests]
    elif not permit.offer:
        names += [policies.may_ask(Scope.CHANNEL, each) for each in permit.channels]
    wanted = [_Policy(name, value) for name in names]
    if permit.offer:
        places = [policies.processors(each) for each in permit.channels or (None,)]
        wanted += [_Policy(name, await _offer(context, admin, permit, name)) for name in places]
    return wanted


def _here(admin: Admin) -> Sequence[ChannelId]:
    if admin.channel.startswith("D"):
        raise Rejected(Message(admin_help.no_channel_here()))
    return (admin.channel,)


async def _offer(context: HandlerContext, admin: Admin, permit: Permit, name: str) -> str | None:
    """Return the processors that are on offer from now on; None to take the list back."""
    if permit.resets:
        return None
    if permit.allowed:
        return " ".join(permit.processors)
    ours = context.administration
    chosen = await ours.policies.policies(admin.team)
    offered = (in_force(name, chosen, ours.environment).value or " ".join(PROCESSORS)).split()
    left = [each for each in PROCESSORS if each in offered and each not in permit.processors]
    if not left:
        raise Rejected(Message(admin_help.nothing_left_to_offer()))
    return " ".join(left)
