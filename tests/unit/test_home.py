"""The Home tab: what a person reads there, and that Slack takes it whatever was asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from bot.lifecycle import received
from bot.model import (
    ChannelId,
    Choices,
    Ending,
    EndingKind,
    MessageTs,
    Question,
    Start,
    State,
    TeamId,
    ThreadKey,
    Turn,
    UserId,
    Wishes,
)
from bot.playground.slack.surfaces import check_view
from bot.ports import Recent
from bot.processors import PROCESSORS
from bot.slack import actions
from bot.slack.home import home
from tests.unit.book import IN_MENUS, offered

NOW = 1_796_000_000.0  # 2026-11-30 00:53:20 UTC
WORKSPACE = "https://example.slack.com/"
NOTHING = "Nothing is running for you, as of <!date^1796000000^{time}|00:53 UTC>."


def turn(number: int, text: str = "who owns it?", **more: Any) -> Turn:
    """A question at the top of a channel, one thread each."""
    ts = MessageTs(f"17960000{number:02}.000100")
    thread = ThreadKey(TeamId("T1"), ChannelId("C1"), ts)
    start = more.pop("start", Start.QUESTION)
    asked = received(Question(thread, ts, UserId("U1ADA"), text, start=start), NOW - 100)
    return Turn(**{**{name: getattr(asked, name) for name in Turn.__slots__}, **more})


def running(number: int, text: str = "who owns it?", **more: Any) -> Turn:
    return turn(number, text, state=State.RUNNING, processor="pro", started_at=NOW - 65, **more)


def ended(number: int, kind: EndingKind, text: str = "who owns it?") -> Turn:
    return turn(number, text, state=State.DONE, ending=Ending(kind, NOW))


def shown(
    *turns: Turn,
    spent: tuple[tuple[str, Decimal], ...] = (),
    person: str | None = None,
    ratings: dict[str, tuple[int, int]] | None = None,
) -> dict[str, Any]:
    view = home(
        Recent(turns, spent),
        Choices(person=person),
        "core-fast",
        WORKSPACE,
        ratings=ratings or {},
        now=NOW,
    )
    return check_view(view, "home")


def lines(view: dict[str, Any]) -> list[str]:
    """All that is to be read, a text each."""
    return list(_texts(view["blocks"]))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case list():
            for item in value:
                yield from _texts(item)
        case {"type": "mrkdwn" | "plain_text", "text": text}:
            yield text
        case dict():
            for name in ("text", "elements"):
                yield from _texts(value.get(name))


def accessories(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [block["accessory"] for block in view["blocks"] if "accessory" in block]


def test_somebody_new_reads_how_to_begin() -> None:
    said = lines(shown())
    assert NOTHING in said
    assert any("You have not asked anything lately" in line for line in said)
    assert any("This month: *$0.00*" in line for line in said)
    assert any("How I work" in line for line in said)


@pytest.mark.parametrize("person", [None, "gone", *PROCESSORS])
def test_the_menu_of_processors(person: str | None) -> None:
    view = shown(person=person)
    menu, refresh = accessories(view)
    known = person if person in PROCESSORS else None
    assert menu["action_id"] == actions.HOME_PROCESSOR
    assert [option["value"] for option in offered(menu)] == [actions.INHERIT, *IN_MENUS]
    assert menu["initial_option"]["value"] == (known or actions.INHERIT)
    assert view["blocks"][1]["block_id"].endswith(known or actions.INHERIT)
    assert lines(view)[1].startswith(f"*{PROCESSORS[known or 'core-fast'].label}* ")
    assert refresh["action_id"] == actions.HOME_REFRESH


def test_what_is_running_can_be_read_and_stopped() -> None:
    view = shown(running(5), turn(4, "and since when?"))
    said = lines(view)
    address = f"{WORKSPACE}archives/C1/p1796000005000100?thread_ts=1796000005.000100&amp;cid=C1"
    assert f"<{address}|who owns it?>\n*pro* · running for 65 s (usually 2–10 min)" in said
    assert any("and since when?>\nwaiting for 1 min 40 s" in line for line in said)
    assert "2 running or waiting, as of <!date^1796000000^{time}|00:53 UTC>." in said
    stops = accessories(view)[2:]
    assert [stop["action_id"] for stop in stops] == [actions.STOP] * 2
    assert stops[0]["value"] == "T1:C1:1796000005.000100"


def test_a_question_that_was_deleted_is_not_shown() -> None:
    said = lines(shown(running(5, wishes=Wishes(gone=True)), turn(4, wishes=Wishes(gone=True))))
    assert NOTHING in said
    assert not any("archives" in line for line in said)


def test_what_stops_is_not_stopped_again() -> None:
    view = shown(running(5, wishes=Wishes(stop=UserId("U1"))))
    assert any(line.endswith("\nStopping") for line in lines(view))
    assert len(accessories(view)) == 2


def test_threads_stand_there_newest_first_one_line_each() -> None:
    kinds = [EndingKind.ANSWERED, EndingKind.STOPPED, EndingKind.FAILED]
    turns = [ended(20 - n, kinds[n % 3], f"question {n}") for n in range(15)]
    turns.insert(0, running(20, "follow-up"))
    said = lines(shown(*turns, ended(1, EndingKind.HELPED)))
    threads = [line for line in said if "archives" in line and "\n" not in line]
    assert len(threads) == 10
    assert threads[0].endswith("|follow-up> · going on")
    assert threads[1].endswith("|question 1> · stopped")
    assert threads[2].endswith("|question 2> · not answered")
    assert threads[3].endswith("|question 3> · answered")


def test_asides_are_no_questions() -> None:
    said = lines(shown(turn(1, start=Start.MUTED), turn(2, start=Start.FILES)))
    assert NOTHING in said
    assert not any("archives" in line for line in said)


def test_what_was_spent_by_month() -> None:
    spent = (("2026-11", Decimal("1.205")), ("2026-10", Decimal("1234.5")))
    said = "\n".join(lines(shown(spent=spent)))
    assert "This month: *$1.205* · October 2026: $1,234.50" in said
    said = "\n".join(lines(shown(spent=spent[1:])))
    assert "This month: *$0.00* · October 2026: $1,234.50" in said


def test_how_answers_were_found() -> None:
    said = lines(shown(ratings={"ultra": (3, 1), "lite": (0, 2), "pro": (0, 0), "gone": (1, 1)}))
    found = [line for line in said if "👍" in line]
    assert found == ["*How answers were found, by everyone:* lite 👍 0 👎 2 · ultra 👍 3 👎 1"]
    assert not any("👍" in line for line in lines(shown()))


NASTY = "<!channel> @here <https://evil.example|bank.example> & *b* `c` |x> " + "&<>" * 3_000


def test_slack_takes_it_whatever_was_asked_and_nothing_pings() -> None:
    turns = [running(n, NASTY) for n in range(20)]
    view = shown(*turns, ratings=dict.fromkeys(PROCESSORS, (999_999, 999_999)))
    said = "\n".join(lines(view))
    assert "<!channel>" not in said
    assert "@here" not in said
    assert "<https://evil" not in said
    assert len(view["blocks"]) <= 100


def test_a_question_that_names_a_site_does_not_disguise_where_its_link_leads() -> None:
    said = "\n".join(lines(shown(ended(1, EndingKind.ANSWERED, "who owns bank.example?"))))
    assert "|who owns bank.example? (example.slack.com)>" in said
