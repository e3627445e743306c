"""Amounts, budget periods, usage and policies: all pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import policies
from bot.domain.access import Access
from bot.domain.budgets import Scope, period, resets_at
from bot.domain.money import dollars, micros
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, UserId
from bot.domain.usage import Row, as_csv, sums

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "$0"),
        ("0.005", "$0.005"),
        ("0.01", "$0.01"),
        ("0.1", "$0.10"),
        ("2.40", "$2.40"),
        ("5", "$5"),
        ("1200", "$1,200"),
        ("1234.5", "$1,234.50"),
        ("-0.02", "-$0.02"),
        ("0.0004", "$0"),
        ("0.0005", "$0.001"),
    ],
)
def test_amounts_have_up_to_three_decimals(amount: str, words: str) -> None:
    assert dollars(micros(Decimal(amount))) == words


def test_every_price_is_a_whole_number_of_millionths() -> None:
    for processor in PROCESSORS.values():
        assert Decimal(micros(processor.price)) / 1_000_000 == processor.price
    with pytest.raises(ValueError, match="no whole number"):
        micros(Decimal("0.0000001"))


@given(
    st.floats(min_value=1_000_000_000, max_value=3_000_000_000),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata"]),
    st.sampled_from(list(Scope)),
)
def test_a_period_ends_when_the_next_one_begins(at: float, zone: str, scope: Scope) -> None:
    where = ZoneInfo(zone)
    end = resets_at(scope, at, where)
    assert end > at
    assert period(scope, end - 1.0, where) == period(scope, at, where)
    assert period(scope, end + 1.0, where) != period(scope, at, where)


def test_days_and_months_begin_in_the_time_zone() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC).timestamp()
    assert period(Scope.PERSON, new_year, UTC) == "2026-12-31"
    assert period(Scope.PERSON, new_year, BERLIN) == "2027-01-01"
    assert period(Scope.WORKSPACE, new_year, BERLIN) == "2027-01"
    assert resets_at(Scope.WORKSPACE, new_year, UTC) == datetime(2027, 1, 1, tzinfo=UTC).timestamp()


def test_usage_is_added_up_by_name_and_written_as_csv() -> None:
    ada, bob, news = UserId("U1"), UserId("U2"), ChannelId("C1")
    rows = [
        Row("2026-11-28", ada, news, "core", paid=2, cost=50_000),
        Row("2026-11-28", bob, news, "ultra", paid=1, failed=1, cost=300_000),
        Row("2026-11-29", ada, news, "core", running=1, held=25_000),
    ]
    by_person = [(each.name, each.runs, each.total) for each in sums(rows, lambda row: row.person)]
    assert by_person == [(bob, 1, 300_000), (ada, 3, 75_000)]
    assert as_csv(rows).splitlines() == [
        "day,person,channel,processor,paid_runs,failed_runs,running,usd",
        "2026-11-28,U1,C1,core,2,0,0,0.05",
        "2026-11-28,U2,C1,ultra,1,1,0,0.3",
        "2026-11-29,U1,C1,core,0,0,1,0.025",
    ]


def test_policies_of_admins_stand_above_the_settings() -> None:
    news, sales = ChannelId("C1"), ChannelId("C2")
    ada, bob = UserId("U1"), UserId("U2")
    settings = Access(channels=frozenset({news}), people=frozenset({ada}))
    found = policies.access(
        {
            policies.may_ask(Scope.CHANNEL, sales): policies.YES,
            policies.may_ask(Scope.CHANNEL, news): policies.NO,
            policies.may_ask(Scope.PERSON, bob): policies.NO,
            policies.outside(sales): policies.YES,
            policies.guests(news): policies.NO,
            policies.processors(): "core core-fast",
            policies.processors(news): "lite",
            policies.budget(Scope.PERSON, ada): "5000000",
            "of a newer release": "yes",
        },
        settings,
    )
    assert found.channels == {sales}
    assert found.denied_channels == {news}
    assert found.people == {ada}
    assert found.denied_people == {bob}
    assert found.shared == {sales}
    assert not found.guests
    assert found.offers("core", sales)
    assert not found.offers("ultra", sales)
    assert found.offers("lite", news)
    assert not found.offers("core", news)
