"""What `/threadline` is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.budgets import Scope
from bot.domain.thread import ChannelId, UserId
from bot.slack.payloads.admin_commands import (
    AdminCommand,
    Audit,
    Forget,
    Help,
    Me,
    Permit,
    SetBudget,
    ShowLimits,
    Unclear,
    Usage,
    Why,
    parse_admin_command,
)

ADA, NEWS = UserId("U012AB3CD"), ChannelId("C012AB3CD")
LINK = "https://acme.slack.com/archives/C1/p1700000000000100"


#: Amounts that may be meant in several ways: a comma is no decimal point.
BROKEN_AMOUNTS = ("2,50", "0,5", "1,2", "12,34.5", "1,,200", "1200,000", ",500", "1,200,", "2.5,0")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Help()),
        ("  help me ", Help()),
        ("ME", Me()),
        ("usage", Usage()),
        ("usage month", Usage("month")),
        ("usage month csv", Usage("month", as_csv=True)),
        ("usage csv", Usage(as_csv=True)),
        ("usage this month as csv", Usage("month", as_csv=True)),
        ("usage month by person", Usage("month")),
        ("usage year", Unclear("usage year", "usage")),
        ("budget", SetBudget()),
        ("budget workspace 500", SetBudget(Scope.WORKSPACE, "", "500000000", is_given=True)),
        ("budget person $2.50", SetBudget(Scope.PERSON, "", "2500000", is_given=True)),
        ("budget person .005", SetBudget(Scope.PERSON, "", "5000", is_given=True)),
        ("budget person 0", SetBudget(Scope.PERSON, "", "0", is_given=True)),
        ("budget workspace 1,200", SetBudget(Scope.WORKSPACE, "", "1200000000", is_given=True)),
        ("budget person 1,200,000.50", SetBudget(Scope.PERSON, "", "1200000500000", is_given=True)),
        *((f"budget person {w}", Unclear(f"person {w}", "budget")) for w in BROKEN_AMOUNTS),
        ("budget channel off", SetBudget(Scope.CHANNEL, "", "off", is_given=True)),
        ("budget channel default", SetBudget(Scope.CHANNEL, "", None, is_given=True)),
        ("budget person", SetBudget(Scope.PERSON)),
        (f"budget person <@{ADA}|ada> 5", SetBudget(Scope.PERSON, ADA, "5000000", is_given=True)),
        (f"budget channel <#{NEWS}|news>", SetBudget(Scope.CHANNEL, NEWS)),
        (f"budget channel {NEWS} 5", SetBudget(Scope.CHANNEL, NEWS, "5000000", is_given=True)),
        (f"budget <#{NEWS}|news> 5", SetBudget(Scope.CHANNEL, NEWS, "5000000", is_given=True)),
        (f"budget <@{ADA}|ada> off", SetBudget(Scope.PERSON, ADA, "off", is_given=True)),
        ("budget 5", Unclear("5", "budget")),
        ("budget WORKSPACE 5", SetBudget(Scope.WORKSPACE, "", "5000000", is_given=True)),
        ("budget CHANNEL 5", SetBudget(Scope.CHANNEL, "", "5000000", is_given=True)),
        ("budget channel -5", Unclear("channel -5", "budget")),
        ("budget channel 5 6", Unclear("channel 5 6", "budget")),
        ("budget channel 0.0000001", Unclear("channel 0.0000001", "budget")),
        ("budget channel 9999999999", Unclear("channel 9999999999", "budget")),
        ("budget everything 5", Unclear("everything 5", "budget")),
        ("budget channel D012AB3CD 5", Unclear("channel D012AB3CD 5", "budget")),
        ("budget D012AB3CD 5", Unclear("D012AB3CD 5", "budget")),
        ("allow guests D012AB3CD", Unclear("guests D012AB3CD", "allow")),
        (f"budget channel <@{ADA}> 5", Unclear(f"channel <@{ADA}> 5", "budget")),
        ("allow", Permit(allowed=True)),
        (f"allow <#{NEWS}|>", Permit(allowed=True, channels=(NEWS,))),
        (f"deny <@{ADA}|ada> <#{NEWS}>", Permit(allowed=False, channels=(NEWS,), people=(ADA,))),
        ("allow outside", Permit(allowed=True, outside=True)),
        ("ALLOW GUESTS here", Permit(allowed=True, guests=True)),
        (f"deny channel <#{NEWS}> and person <@{ADA}>", Permit(False, (NEWS,), (ADA,))),
        ("budget person UNLIMITED", SetBudget(Scope.PERSON, "", "off", is_given=True)),
        ("deny guests", Permit(allowed=False, guests=True)),
        (
            "allow processors core-fast deep core-fast",
            Permit(allowed=True, offer=True, processors=("core-fast", "pro-fast")),
        ),
        ("allow processors default", Permit(allowed=True, offer=True, resets=True)),
        ("deny channels", Permit(allowed=False, other_channels=True)),
        ("allow people default", Permit(allowed=True, other_people=True, resets=True)),
        ("allow processors", Unclear("processors", "allow")),
        ("allow default", Unclear("default", "allow")),
        (
            f"deny <#{NEWS}> processors ultra, lite",
            Permit(allowed=False, channels=(NEWS,), offer=True, processors=("ultra", "lite")),
        ),
        ("allow everybody", Unclear("everybody", "allow")),
        ("allow processors quantum", Unclear("processors quantum", "allow")),
        ("limits", ShowLimits()),
        ("why", Why()),
        (f"why <@{ADA}>", Why(person=ADA)),
        (f"why <#{NEWS}|news>", Why(channel=NEWS)),
        (f"why <@{ADA}> <#{NEWS}|news>", Why(NEWS, ADA)),
        (f"why <@{ADA}> <@{ADA}>", Unclear(f"<@{ADA}> <@{ADA}>", "why")),
        ("why not", Unclear("not", "why")),
        (f"forget <{LINK}>", Forget(LINK)),
        (f"forget {LINK}", Forget(LINK)),
        ("forget", Unclear("forget", "forget")),
        ("audit", Audit()),
        ("audit json", Audit(as_file=True)),
        (f"deny <@{ADA}>" + " in" * 99, Unclear(f"deny <@{ADA}>" + " in" * 99, "deny")),
        ("make me rich", Unclear("make me rich", "make")),
    ],
)
def test_a_command_is_read_as_what_it_asks_for(text: str, command: AdminCommand) -> None:
    assert parse_admin_command(text) == command


@given(st.text(max_size=200))
def test_no_words_raise_an_error(text: str) -> None:
    parse_admin_command(f"budget {text}")
    parse_admin_command(f"allow {text}")
    parse_admin_command(text)
