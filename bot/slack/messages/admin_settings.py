"""What `/threadline` says of settings: what is in force, why, and who changed what. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain import policies
from bot.domain.access import Verdict
from bot.domain.budgets import Balance, Scope
from bot.domain.choices import Choices, FollowUps
from bot.domain.choosing import processor_in_force
from bot.domain.effective import Environment, InForce, in_force
from bot.domain.money import dollars
from bot.domain.policies import Change
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, UserId
from bot.domain.usage import NOBODY
from bot.ports import Message
from bot.slack.messages.admin import balance_line, in_sections
from bot.slack.messages.budgets import moment
from bot.slack.wording import channel_words, cut, one_line_without_code

MOST_CHANGES = 20  # of the record that are shown

#: Settings about the machinery, which nobody who asks in Slack is concerned with.
_MACHINERY = frozenset(
    (
        *("SLACK_API_URL", "PARALLEL_BASE_URL", "PORT", "HOST", "DATA_DIR", "LEASE_SECONDS"),
        *("LOG_LEVEL", "LOG_FORMAT"),
    )
)
#: Settings that stand in a line of their own, with what admins and people chose.
_SHOWN_APART = frozenset(
    (
        *("BUDGET_PERSON_DAY_USD", "BUDGET_CHANNEL_DAY_USD", "BUDGET_WORKSPACE_MONTH_USD"),
        *("ALLOWED_CHANNELS", "ALLOWED_PEOPLE", "ALLOWED_PROCESSORS", "SHARED_CHANNELS"),
        *("GUEST_CHANNELS", "DEFAULT_PROCESSOR", "FOLLOW_UPS"),
    )
)
_ANSWERS = {policies.YES: "allowed", policies.NO: "denied", policies.OFF: "no limit"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides in a channel, or for a person.

    Attributes:
        channel, person: the one it is about; None where it is not about one.
        policies: what admins set.
        changes: the last change of each of them, as far as it is recorded.
        environment: what holds otherwise.
        choices: the processors that channel and person chose.
        follow_ups: what the channel chose; None for nothing.
        verdict: whether the person may ask in the channel; None where nobody can tell.
    """

    channel: ChannelId | None
    person: UserId | None
    policies: Mapping[str, str]
    environment: Environment
    changes: Mapping[str, Change] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    follow_ups: FollowUps | None = None
    verdict: Verdict | None = None

    def in_force(self, name: str) -> InForce:
        """Return what is in force where a policy of this name would decide."""
        return in_force(name, self.policies, self.environment)


# --- names and values of policies -------------------------------------------------------


def label(name: str) -> str:
    """Say what a policy sets."""
    kind, _, rest = name.partition(":")
    scope, _, whose = rest.partition(":")
    match kind, scope:
        case "budget", Scope.PERSON:
            return f"<@{whose}>'s budget a day" if whose else "Each person's budget a day"
        case "budget", Scope.CHANNEL:
            return f"<#{whose}>'s budget a day" if whose else "Each channel's budget a day"
        case "budget", _:
            return "The workspace's budget a month"
        case "ask", Scope.PERSON:
            return f"Questions by <@{whose}>" if whose else "Questions by people not listed"
        case "ask", _:
            return f"Questions in <#{whose}>" if whose else "Questions in channels not listed"
        case "outside", _:
            return f"People from outside in <#{rest}>"
        case "guests", _:
            return f"Guests in <#{rest}>"
        case "processors", _:
            return f"Processors on offer in <#{rest}>" if rest else "Processors on offer"
        case _:
            return f"`{one_line_without_code(name, 60)}`"


def value_words(name: str, value: str | None) -> str:
    """Say a policy's value: ``$5``, ``no limit``, ``denied``, ``core, pro``."""
    kind = name.partition(":")[0]
    if kind == "processors":
        return _offer((value or "").split())
    if not value:
        return "not set"
    if value in _ANSWERS:
        return _ANSWERS[value]
    if kind == "budget" and value.isdecimal():
        return dollars(int(value))
    return cut(value, 60)


def _offer(names: Sequence[str]) -> str:
    """Say which processors are on offer, the cheapest first, or which are not if they are fewer."""
    rest = [each for each in PROCESSORS if each not in names]
    if not names or not rest:
        return "all"
    if len(rest) < len(names):
        return f"all but {', '.join(rest)}"
    known = [each for each in PROCESSORS if each in names]
    return ", ".join((*known, *(each for each in names if each not in PROCESSORS)))


# --- what is in force -------------------------------------------------------------------


def why(situation: Situation, default: str) -> Message:
    """List every value in force and where it comes from.

    Args:
        situation: what decides.
        default: the bot's own processor.
    """
    lines = [_title(situation), *_verdict(situation)]
    lines += [_line(situation, each) for each in _names(situation)]
    lines += [_processor(situation, default), *_follow_ups(situation)]
    lines += [
        f"• `{name}`: *{one_line_without_code(setting.value, 60) or 'not set'}* "
        f"({'environment' if setting.is_given else 'default'})"
        for name, setting in situation.environment.settings.items()
        if name not in _MACHINERY | _SHOWN_APART
    ]
    return in_sections("\n".join(lines))


def limits(
    situation: Situation, balances: Sequence[Balance], resets: Mapping[Scope, float]
) -> Message:
    """List what may be spent and asked in a channel.

    Args:
        situation: of the channel, and of the person who asks.
        balances: theirs, this channel's and the workspace's.
        resets: when each budget's period ends.
    """
    direct = not situation.channel
    lines = [f"• {balance_line(each, resets[each.scope], direct=direct)}" for each in balances]
    lines += _verdict(situation)
    others = (each for each in _names(situation) if not each.startswith("budget:"))
    lines += [_value(situation.in_force(each)) for each in others]
    lines += [
        f"• `{name}`: *{setting.value or 'not set'}*"
        for name, setting in situation.environment.settings.items()
        if name.startswith(("CONFIRM_", "WAITING_", "RUNNING_"))
    ]
    lines.append("`/threadline why` says where each of them comes from.")
    return in_sections("\n".join((_title(situation), *lines)))


def _title(situation: Situation) -> str:
    where = f"in <#{situation.channel}>" if situation.channel else ""
    whom = f"for <@{situation.person}>" if situation.person else ""
    return f"*In force {' '.join(filter(None, (where, whom)))}*"


def _names(situation: Situation) -> Sequence[str]:
    """Return the policies that would decide."""
    channel, person = situation.channel, situation.person
    names = []
    if person:
        names += [policies.budget(Scope.PERSON, person)]
    if channel:
        names += [policies.budget(Scope.CHANNEL, channel)]
    names.append(policies.budget(Scope.WORKSPACE))
    if person:
        names.append(policies.may_ask(Scope.PERSON, person))
    if channel:
        names.append(policies.may_ask(Scope.CHANNEL, channel))
        names += [policies.outside(channel), policies.guests(channel)]
    return [*names, policies.processors(channel)]


def _verdict(situation: Situation) -> Sequence[str]:
    if situation.verdict is None:
        return ()
    may = "yes" if situation.verdict is Verdict.ALLOWED else f"no ({situation.verdict})"
    return (f"• May <@{situation.person}> ask here: *{may}*",)


def _value(found: InForce) -> str:
    return f"• {label(found.name)}: *{value_words(found.name, found.value)}*"


def _line(situation: Situation, name: str) -> str:
    found = situation.in_force(name)
    return f"{_value(found)} ({_source(found, situation.changes)})"


def _source(found: InForce, changes: Mapping[str, Change]) -> str:
    if found.policy is None:
        return f"environment, `{found.setting}`" if found.is_given else "default"
    change = changes.get(found.policy)
    by = f"set by {_person(change.actor)} on {moment(change.at)}" if change else "set by an admin"
    return by if found.policy == found.name else f"{by} for all"


def _processor(situation: Situation, default: str) -> str:
    access = policies.access(situation.policies, situation.environment.access)
    offered = access.offered(situation.channel or ChannelId(""))
    processor, source = processor_in_force(None, situation.choices, default, offered)
    given = situation.environment.is_given("DEFAULT_PROCESSOR")
    where = "environment, `DEFAULT_PROCESSOR`" if given else "default"
    if default != processor.name:
        where = f"{where}; *{PROCESSORS[default].label}* isn't on offer"
    chosen = {"person": "their own choice, `/processor me`", "channel": "chosen by `/processor`"}
    return f"• Processor: *{processor.label}* ({chosen.get(source, where)})"


def _follow_ups(situation: Situation) -> Sequence[str]:
    if situation.channel is None:
        return ()
    setting = situation.environment.settings.get("FOLLOW_UPS")
    if situation.follow_ups:
        found = f"*{situation.follow_ups}* (chosen by `/processor replies`)"
    elif setting:
        source = "environment, `FOLLOW_UPS`" if setting.is_given else "default"
        found = f"*{setting.value}* ({source})"
    else:
        return ()
    return (f"• Replies that are follow-ups: {found}",)


# --- changes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A policy that was set or taken back: what was in force before, and what is now."""

    before: InForce
    after: InForce


def changed(changes: Sequence[Changed]) -> Message:
    """Say what was changed; it holds from the next question on."""
    return in_sections("\n".join(map(_changed, changes)))


def _changed(change: Changed) -> str:
    name, after = change.after.name, value_words(change.after.name, change.after.value)
    before = value_words(name, change.before.value)
    source = "" if change.after.policy == name else f", {_default(change.after)}"
    was = "as before" if before == after else f"was {before}"
    return f":white_check_mark: {label(name)}: *{after}*{source} ({was})."


def _default(found: InForce) -> str:
    if found.policy:
        return "as for all"
    return f"by `{found.setting}`" if found.is_given else "the default"


def audit(changes: Sequence[Change]) -> Message:
    """Show the latest changes, the newest first."""
    if not changes:
        return in_sections("Nobody has changed a setting yet.")
    lines = [
        f"• {moment(each.at)}, {_person(each.actor)}: {_done(each)}"
        for each in changes[:MOST_CHANGES]
    ]
    return in_sections("\n".join(lines).replace(f"<@{NOBODY}>", "an erased person"))


def _done(change: Change) -> str:
    kind, _, rest = change.name.partition(":")
    if kind == "forget":
        return f"had a thread in {channel_words(ChannelId(rest.partition(':')[0]))} forgotten"
    before, after = (value_words(change.name, each) for each in (change.before, change.after))
    return f"{label(change.name)}: {before} → {after}"


def _person(person: UserId) -> str:
    return "an erased person" if person == NOBODY else f"<@{person}>"
