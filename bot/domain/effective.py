"""What is in force and where it comes from: an admin, the environment or a default. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain import policies
from bot.domain.access import Access
from bot.domain.budgets import Limits, Scope
from bot.domain.thread import ChannelId, UserId

#: The setting of the environment behind each policy, by the beginning of its name.
SETTING_OF = {
    f"budget:{Scope.PERSON}": "BUDGET_PERSON_DAY_USD",
    f"budget:{Scope.CHANNEL}": "BUDGET_CHANNEL_DAY_USD",
    f"budget:{Scope.WORKSPACE}": "BUDGET_WORKSPACE_MONTH_USD",
    f"ask:{Scope.CHANNEL}": "ALLOWED_CHANNELS",
    f"ask:{Scope.PERSON}": "ALLOWED_PEOPLE",
    "outside": "SHARED_CHANNELS",
    "guests": "GUEST_CHANNELS",
    "processors": "ALLOWED_PROCESSORS",
}


@dataclass(frozen=True, slots=True)
class GivenSetting:
    """A setting as text. `is_given`: in the environment; else it is the default, "" for none."""

    value: str
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings that hold where no admin set others.

    Attributes:
        limits: of the budgets.
        access: who may ask.
        settings: all that are no secret, by name.
    """

    limits: Limits = field(default_factory=Limits)
    access: Access = field(default_factory=Access)
    settings: Mapping[str, GivenSetting] = field(default_factory=dict)

    def is_given(self, setting: str) -> bool:
        """Whether a setting is in the environment."""
        found = self.settings.get(setting)
        return found is not None and found.is_given


@dataclass(frozen=True, slots=True)
class InForce:
    """A value in force.

    Attributes:
        name: of the policy that would decide first.
        value: in a policy's form; None for all processors.
        policy: the policy that decides; None when the environment does.
        setting: the setting that decides otherwise.
        is_given: whether that setting is in the environment.
    """

    name: str
    value: str | None
    policy: str | None
    setting: str
    is_given: bool


def in_force(name: str, chosen: Mapping[str, str], environment: Environment) -> InForce:
    """Return what is in force where a policy of this name would decide.

    Args:
        name: of a policy, as `bot.domain.policies` names it.
        chosen: all policies that admins set.
        environment: what holds otherwise.
    """
    general = name if name in SETTING_OF else name.rpartition(":")[0]
    setting = SETTING_OF[general]
    policy = next((each for each in (name, general) if each in chosen), None)
    value = _value(name, chosen, environment)
    access = environment.access
    if name.startswith("ask:") and policy == general and name != general:
        listed = access.channels | access.people
        if name.rpartition(":")[2] in listed:  # what holds for those not listed does not for it
            policy = None
    return InForce(name, value, policy, setting, environment.is_given(setting))


def _value(name: str, chosen: Mapping[str, str], environment: Environment) -> str | None:
    kind, _, rest = name.partition(":")
    scope, _, whose = rest.partition(":")
    access = policies.access(chosen, environment.access)
    match kind, scope:
        case "budget", _:
            limit = environment.limits.of(Scope(scope))
            default = policies.OFF if limit is None else str(limit)
            return chosen.get(name, chosen.get(f"{kind}:{scope}", default))
        case "ask", Scope.CHANNEL:
            allowed = access.takes_channel(ChannelId(whose)) if whose else access.every_channel
        case "ask", _:
            allowed = access.takes_person(UserId(whose)) if whose else access.every_person
        case "outside", _:
            allowed = rest in access.shared
        case "guests", _:
            allowed = rest in access.guests
        case _:
            offered = access.processors_of.get(ChannelId(rest)) or access.processors
            return " ".join(sorted(offered)) or None
    return policies.YES if allowed else policies.NO
