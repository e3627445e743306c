"""A chapter of the phrasebook: what `/threadline` answers and opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain import policies
from bot.domain.access import Access, Verdict
from bot.domain.budgets import Balance, Limits, Scope
from bot.domain.choices import Choices
from bot.domain.effective import Environment, GivenSetting, in_force
from bot.domain.policies import Change
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.usage import NOBODY, Row
from bot.ports import Message
from bot.slack.messages import admin, admin_help, admin_settings
from bot.slack.messages.admin_settings import Changed, Situation
from bot.slack.payloads.admin_commands import SetBudget
from bot.slack.views import admin_forms
from tests.unit.slack.phrasebook import Page
from tests.unit.turns import ADA

BOB, NEWS = UserId("U2BOB"), ChannelId("C1NEWS")
AT = 1_700_000_000.0
RESETS = dict.fromkeys(Scope, AT)
BALANCES = [
    Balance(Scope.PERSON, 5_000_000, 25_000, 300_000),
    Balance(Scope.CHANNEL, None, 0, 1_200_000),
    Balance(Scope.WORKSPACE, 500_000_000, 25_000, 12_345_000),
]
ROWS = [
    Row("2023-11-14", ADA, NEWS, "core-fast", paid=12, cost=300_000),
    Row("2023-11-14", ADA, NEWS, "pro", failed=1, running=1, held=100_000),
    Row("2023-11-14", NOBODY, ChannelId("C2"), "speed", paid=1, cost=5_000),
    Row("2023-11-14", ADA, ChannelId("D1"), "lite", paid=1, cost=5_000),
    Row("2023-11-14", ADA, ChannelId("D2"), "lite", paid=1, cost=5_000),
]
CHOSEN = {
    policies.budget(Scope.PERSON): "5000000",
    policies.budget(Scope.CHANNEL, NEWS): policies.OFF,
    policies.may_ask(Scope.PERSON, ADA): policies.YES,
    policies.outside(NEWS): policies.YES,
    policies.processors(NEWS): "core core-fast pro",
}
ENVIRONMENT = Environment(
    Limits(workspace=500_000_000),
    Access(people=frozenset({BOB})),
    {
        "ALLOWED_PEOPLE": GivenSetting(BOB, is_given=True),
        "BUDGET_WORKSPACE_MONTH_USD": GivenSetting("500", is_given=True),
        "CONFIRM_FROM_USD": GivenSetting("0.30"),
        "FOLLOW_UPS": GivenSetting("mention", is_given=True),
        "PORT": GivenSetting("3000"),
        "RESEARCH_REACTION": GivenSetting(""),
    },
)
CHANGES = [
    Change(AT, ADA, policies.budget(Scope.PERSON), "2500000", "5000000"),
    Change(AT, ADA, policies.processors(NEWS), None, "core core-fast pro"),
    Change(AT, NOBODY, policies.others_may_ask(Scope.CHANNEL), None, policies.NO),
    Change(AT, ADA, policies.budget(Scope.WORKSPACE), "500000000", None),
    Change(AT, ADA, f"forget:{NEWS}:1700000000.000100", None, None),
    Change(AT, ADA, "forget:D1:1700000000.000100", None, None),
    Change(AT, ADA, "of a newer `release`", None, "x"),
]


def administered() -> Iterator[Page]:
    """What admins, and people who ask about themselves, read and fill in."""
    yield "help", admin_help.help_text(is_admin=False)
    yield "help, for an admin", admin_help.help_text(is_admin=True)
    yield "for admins only", admin_help.for_admins_only([ADA, BOB])
    yield "for admins only, and there are none", admin_help.for_admins_only([])
    yield "not understood", admin_help.unclear("<!channel> `x`", "x", is_admin=False)
    yield "not understood, for an admin", admin_help.unclear("rich", "rich", is_admin=True)
    for verb in (*admin_help.USAGE, "forget"):
        yield f"not understood: {verb}", admin_help.unclear(f"{verb} x", verb, is_admin=True)
    yield "not understood, misspelt", admin_help.unclear("budgt 5", "budgt", is_admin=True)
    yield "what I spent", admin.mine(BALANCES, ROWS, RESETS)
    yield "in a direct message", admin.mine(BALANCES[1:2], [], RESETS, direct=True)
    yield "what I spent, nothing", admin.mine([Balance(Scope.PERSON, None)], [], RESETS)
    yield "usage", admin.usage(ROWS, "today")
    yield "usage, nothing", admin.usage([], "in November 2026")
    many = [replace(ROWS[0], person=UserId(f"U{number}")) for number in range(14)]
    yield "usage, many people", admin.usage(many, "in November 2026")
    yield "not known yet who asks", Message(admin.not_yet_known())
    yield from _settings()
    yield from _forms()
    yield "a file follows", Message(admin_help.FILE_FOLLOWS)
    yield "a file, in a direct message", Message(admin_help.here_is("Usage in November 2026"))
    yield "a file, not sent", Message(admin_help.not_sent("Usage in November 2026"))


def _settings() -> Iterator[Page]:
    changes = {change.name: change for change in CHANGES}
    here = Situation(
        NEWS, ADA, CHOSEN, ENVIRONMENT, changes, Choices(person="pro"), verdict=Verdict.ALLOWED
    )
    yield "why", admin_settings.why(here, "core-fast")
    for_ada = replace(here, channel=None, verdict=None)
    yield "why, for a person", admin_settings.why(for_ada, "core-fast")
    in_news = replace(here, person=None, verdict=None, choices=Choices())
    yield "why, for a channel", admin_settings.why(in_news, "core-fast")
    guest = replace(here, verdict=Verdict.GUEST)
    yield "limits", admin_settings.limits(guest, BALANCES, RESETS)
    for name in (*CHOSEN, policies.guests(NEWS), policies.others_may_ask(Scope.PERSON)):
        before, after = in_force(name, {}, ENVIRONMENT), in_force(name, CHOSEN, ENVIRONMENT)
        yield f"set: {name}", admin_settings.changed([Changed(before, after)])
        yield f"cleared: {name}", admin_settings.changed([Changed(after, before)])
    nearly_all = {policies.processors(): " ".join([*PROCESSORS][:-1])}
    before = in_force(policies.processors(), {}, ENVIRONMENT)
    after = in_force(policies.processors(), nearly_all, ENVIRONMENT)
    yield "set: nearly all processors", admin_settings.changed([Changed(before, after)])
    yield "audit", admin_settings.audit(CHANGES)
    yield "audit, nothing", admin_settings.audit([])
    yield "no database", admin_help.unavailable()
    yield "this is no channel", Message(admin_help.no_channel_here())
    yield "no processor would be left", Message(admin_help.nothing_left_to_offer())


def _forms() -> Iterator[Page]:
    opened_in = admin_forms.OpenedIn(TeamId("T1"), NEWS)
    now = ["Each person's budget a day: $5", "The workspace's budget a month: no limit"]
    yield "budget: the form", admin_forms.budget_form(SetBudget(), now, opened_in)
    for_news = SetBudget(Scope.CHANNEL, NEWS)
    yield "budget: the form, for a channel", admin_forms.budget_form(for_news, now, opened_in)
    yield "allow: the form", admin_forms.access_form(opened_in)
    yield "deny: the form", admin_forms.access_form(replace(opened_in, allowed=False))
    for title, values in (
        ("nothing", {}),
        ("another scope", _given("workspace", "5", person=ADA)),
        ("another scope, with a channel", _given("person", "5", channel=NEWS)),
        ("a direct message", _given("channel", "5", channel="D1")),
        ("no amount", _given("workspace", "a lot")),
    ):
        sent = {
            "user": {"id": ADA},
            "view": {
                "callback_id": "admin_budget",
                "private_metadata": str(opened_in),
                "state": {"values": values},
            },
        }
        complaints = admin_forms.parse_admin_submission(sent)
        yield f"budget: {title}", Message(str(getattr(complaints, "complaints", complaints)))


def _given(scope: str, amount: str, *, person: str = "", channel: str = "") -> dict[str, object]:
    return {
        "scope": {"scope": {"selected_option": {"value": scope}}},
        "person": {"person": {"selected_user": person}},
        "channel": {"channel": {"selected_conversation": channel}},
        "amount": {"amount": {"value": amount}},
    }
