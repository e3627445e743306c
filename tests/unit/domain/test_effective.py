"""What is in force and where it comes from: a table of policies and settings."""

from __future__ import annotations

import pytest

from bot.domain import policies
from bot.domain.access import Access
from bot.domain.budgets import Limits, Scope
from bot.domain.effective import Environment, GivenSetting, in_force
from bot.domain.thread import ChannelId, UserId

ADA, BOB, NEWS = UserId("U1"), UserId("U2"), ChannelId("C1")
OPEN = Environment()
GIVEN = Environment(
    Limits(person=5_000_000),
    Access(people=frozenset({ADA}), shared=frozenset({NEWS}), processors=frozenset({"pro"})),
    {"BUDGET_PERSON_DAY_USD": GivenSetting("5", is_given=True)},
)
EACH, HERS = policies.budget(Scope.PERSON), policies.budget(Scope.PERSON, ADA)
HERS_TO_ASK = policies.may_ask(Scope.PERSON, ADA)
OTHERS_TO_ASK = policies.others_may_ask(Scope.PERSON)


@pytest.mark.parametrize(
    ("name", "chosen", "environment", "value", "policy"),
    [
        (HERS, {}, OPEN, policies.OFF, None),
        (HERS, {}, GIVEN, "5000000", None),
        (HERS, {EACH: "3"}, GIVEN, "3", EACH),
        (HERS, {EACH: "3", HERS: policies.OFF}, GIVEN, policies.OFF, HERS),
        (EACH, {HERS: "3"}, GIVEN, "5000000", None),
        (policies.budget(Scope.WORKSPACE), {}, GIVEN, policies.OFF, None),
        (HERS_TO_ASK, {}, OPEN, policies.YES, None),
        (HERS_TO_ASK, {}, GIVEN, policies.YES, None),
        (policies.may_ask(Scope.PERSON, BOB), {}, GIVEN, policies.NO, None),
        (policies.may_ask(Scope.PERSON, BOB), {HERS_TO_ASK: policies.YES}, OPEN, "yes", None),
        (HERS_TO_ASK, {OTHERS_TO_ASK: policies.NO}, GIVEN, policies.YES, None),
        (HERS_TO_ASK, {OTHERS_TO_ASK: policies.NO}, OPEN, policies.NO, OTHERS_TO_ASK),
        (OTHERS_TO_ASK, {OTHERS_TO_ASK: policies.YES}, GIVEN, policies.YES, OTHERS_TO_ASK),
        (OTHERS_TO_ASK, {}, GIVEN, policies.NO, None),
        (HERS_TO_ASK, {HERS_TO_ASK: policies.NO}, GIVEN, policies.NO, HERS_TO_ASK),
        (policies.outside(NEWS), {}, GIVEN, policies.YES, None),
        (policies.outside(NEWS), {policies.outside(NEWS): "no"}, GIVEN, "no", "outside:C1"),
        (policies.guests(NEWS), {}, GIVEN, policies.NO, None),
        (policies.processors(NEWS), {}, OPEN, None, None),
        (policies.processors(NEWS), {}, GIVEN, "pro", None),
        (policies.processors(NEWS), {"processors": "lite core"}, GIVEN, "core lite", "processors"),
        (policies.processors(NEWS), {"processors:C1": "lite"}, GIVEN, "lite", "processors:C1"),
        (policies.processors(), {"processors:C1": "lite"}, GIVEN, "pro", None),
    ],
)
def test_the_nearest_level_decides_and_is_named(
    name: str,
    chosen: dict[str, str],
    environment: Environment,
    value: str | None,
    policy: str | None,
) -> None:
    found = in_force(name, chosen, environment)
    assert (found.value, found.policy) == (value, policy)


def test_the_setting_behind_a_policy_is_named_with_whether_it_is_given() -> None:
    found = in_force(HERS, {}, GIVEN)
    assert (found.setting, found.is_given) == ("BUDGET_PERSON_DAY_USD", True)
    found = in_force(policies.outside(NEWS), {}, GIVEN)
    assert (found.setting, found.is_given) == ("SHARED_CHANNELS", False)


@pytest.mark.parametrize(
    ("chosen", "allowed"),
    [
        ({}, {ADA: True, BOB: True}),
        ({HERS_TO_ASK: policies.YES}, {ADA: True, BOB: True}),
        ({HERS_TO_ASK: policies.NO}, {ADA: False, BOB: True}),
        ({OTHERS_TO_ASK: policies.NO}, {ADA: False, BOB: False}),
        ({OTHERS_TO_ASK: policies.NO, HERS_TO_ASK: policies.YES}, {ADA: True, BOB: False}),
        ({OTHERS_TO_ASK: policies.YES, HERS_TO_ASK: policies.NO}, {ADA: False, BOB: True}),
    ],
)
def test_to_allow_one_takes_nothing_from_the_others(
    chosen: dict[str, str], allowed: dict[UserId, bool]
) -> None:
    access = policies.access(chosen, Access())
    assert {person: access.takes_person(person) for person in allowed} == allowed
