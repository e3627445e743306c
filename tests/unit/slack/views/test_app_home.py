"""The Home tab: what a person reads there, and that Slack takes it whatever was asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.choices import Choices
from bot.domain.lifecycle import received
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Question, Signals, State, Turn, TurnKind
from bot.playground.slack.rules.message_rules import check_view
from bot.ports import Place
from bot.slack import action_ids
from bot.slack.views import app_home_threads
from bot.slack.views.app_home import HomeContent, home_view, is_shown
from bot.slack.views.app_home_threads import FOUND, THREADS, VisiblePlaces
from tests.unit.slack.phrasebook import IN_MENUS, offered

NOW = 1_796_000_000.0  # 2026-11-30 00:53:20 UTC
WORKSPACE = "https://example.slack.com/"
NOTHING = "No active runs · updated <!date^1796000000^{time}|00:53 UTC>"
HERE: VisiblePlaces = {ChannelId("C1"): Place(ChannelId("C1"), "general")}


def turn(number: int, text: str = "who owns it?", **more: Any) -> Turn:
    """A question at the top of a channel, one thread each."""
    ts = MessageTs(f"17960000{number:02}.000100")
    thread = ThreadKey(TeamId("T1"), ChannelId("C1"), ts)
    start = more.pop("start", TurnKind.QUESTION)
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
    sight: VisiblePlaces = HERE,
    page: int = 0,
    roots: tuple[Turn, ...] = (),
) -> dict[str, Any]:
    every = list(app_home_threads.by_thread(turns).values())
    start = page * THREADS
    listed = app_home_threads.threads_page(
        every[start : start + THREADS], roots, page, more=len(every) > start + THREADS
    )
    found = HomeContent(
        running=[turn for turn in turns if is_shown(turn) and turn.ending is None],
        words=lambda turn: app_home_threads.question_words(turn, sight),
        threads=app_home_threads.threads_blocks(listed, sight, WORKSPACE),
        page=page,
        spent=spent,
        month="2026-11",
    )
    view = home_view(
        found, Choices(person=person), "core-fast", WORKSPACE, ratings=ratings or {}, now=NOW
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
    assert any("You haven't asked anything in the past two weeks" in line for line in said)
    assert any("This month: *$0*" in line for line in said)
    assert any("How I work" in line for line in said)


@pytest.mark.parametrize("person", [None, "gone", *PROCESSORS])
def test_home_has_a_menu_of_processors(person: str | None) -> None:
    view = shown(person=person)
    menu, refresh = accessories(view)
    known = person if person in PROCESSORS else None
    assert menu["action_id"] == action_ids.HOME_PROCESSOR
    assert [option["value"] for option in offered(menu)] == [action_ids.INHERIT, *IN_MENUS]
    assert menu["initial_option"]["value"] == (known or action_ids.INHERIT)
    assert view["blocks"][1]["block_id"].endswith(known or action_ids.INHERIT)
    assert lines(view)[1].startswith(f"*{PROCESSORS[known or 'core-fast'].label}* ")
    assert refresh["action_id"] == action_ids.HOME_REFRESH


def test_running_questions_are_shown_with_a_stop_button() -> None:
    view = shown(running(5), turn(4, "and since when?"))
    said = lines(view)
    address = f"{WORKSPACE}archives/C1/p1796000005000100?thread_ts=1796000005.000100&amp;cid=C1"
    assert f"<{address}|who owns it?>\n*pro* · running for 1 min 5 s (usually 2–10 min)" in said
    assert any("and since when?>\nwaiting for 1 min 40 s" in line for line in said)
    assert "2 running or waiting · updated <!date^1796000000^{time}|00:53 UTC>" in said
    stops = accessories(view)[2:]
    assert [stop["action_id"] for stop in stops] == [action_ids.STOP] * 2
    assert stops[0]["value"] == "T1:C1:1796000005.000100"


def test_a_question_that_was_deleted_is_not_shown() -> None:
    said = lines(shown(running(5, signals=Signals(gone=True)), turn(4, signals=Signals(gone=True))))
    assert NOTHING in said
    assert not any("archives" in line for line in said)


def test_a_stopping_question_has_no_stop_button() -> None:
    view = shown(running(5, signals=Signals(stop=UserId("U1"))))
    assert any(line.endswith("\nStopping") for line in lines(view))
    assert len(accessories(view)) == 2


def listed(view: dict[str, Any]) -> list[str]:
    return [line for line in lines(view) if "archives" in line and "\n" not in line]


def labels(view: dict[str, Any]) -> list[str]:
    rows = [block for block in view["blocks"] if block["type"] == "actions"]
    return [button["text"]["text"] for row in rows for button in row["elements"]]


def test_threads_stand_there_newest_first_one_line_each() -> None:
    kinds = [EndingKind.ANSWERED, EndingKind.STOPPED, EndingKind.FAILED]
    turns = [ended(40 - n, kinds[n % 3], f"question {n}") for n in range(25)]
    turns.insert(0, running(41, "newest"))
    first = shown(*turns, ended(1, EndingKind.HELPED))
    said, when = listed(first), "<!date^1795999900^{date_short_pretty}|2026-11-30>"
    assert len(said) == 10
    assert said[0].endswith(f"|newest> · <#C1> · {when} · in progress")
    assert said[1].endswith(f"|question 0> · <#C1> · {when} · answered")
    assert said[2].endswith("· stopped")
    assert said[3].endswith("· no answer")
    assert labels(first) == ["Next", "Search…"]
    second, last = (shown(*turns, page=number) for number in (1, 2))
    assert "Your threads · page 2" in lines(second)
    assert "|question 9>" in listed(second)[0]
    assert labels(second) == ["Previous", "Next", "Search…"]
    assert len(listed(last)) == 6
    assert labels(last) == ["Previous", "Search…"]
    assert "There are no older threads." in lines(shown(*turns, page=3))


def test_a_thread_is_named_by_the_question_that_began_it() -> None:
    key = turn(1).question.thread
    first, later = ended(1, EndingKind.ANSWERED, "who owns it?"), running(5, "and since when?")
    later = replace(later, question=replace(later.question, thread=key))
    assert "|who owns it?>" in listed(shown(later, first))[0]
    assert "|and since when?>" in listed(shown(later))[0]
    of_bob = replace(first, question=replace(first.question, asker=UserId("U2BOB"), text="who?"))
    assert "|who?>" in listed(shown(later, roots=(of_bob,)))[0]
    gone = replace(of_bob, signals=Signals(gone=True))
    assert "|and since when?>" in listed(shown(later, roots=(gone,)))[0]
    edited = replace(first, signals=Signals(edited=replace(first.question, text="who owned it?")))
    assert "|who owned it?>" in listed(shown(edited))[0]


def elsewhere(asked: Turn, channel: str = "C2", *, direct: bool = False) -> Turn:
    """Put a question into another channel."""
    thread = replace(asked.question.thread, channel=ChannelId(channel))
    return replace(asked, question=replace(asked.question, thread=thread, direct=direct))


def test_words_are_shown_only_to_who_sees_their_channel_now() -> None:
    turns = [
        elsewhere(running(9, "a secret plan")),
        elsewhere(ended(8, EndingKind.ANSWERED, "a secret name")),
        elsewhere(ended(7, EndingKind.ANSWERED, "my own"), "D1", direct=True),
        elsewhere(ended(6, EndingKind.ANSWERED, "of us three"), "G1"),
        ended(5, EndingKind.ANSWERED, "in general"),
    ]
    group = {ChannelId("G1"): Place(ChannelId("G1"), "mpdm-1", is_group=True)}
    view = shown(*turns, sight={**(HERE or {}), **group})
    said = "\n".join(lines(view))
    assert "secret" not in str(view)
    assert said.count("|Question not shown>") == 3
    assert "Only questions in channels that you and I are both in now are shown." in said
    assert "|my own> · Direct message · " in said
    assert "|of us three> · Group message · " in said
    unknown = shown(*turns, sight=None)
    assert all(each not in str(unknown) for each in ("secret", "of us three", "in general"))
    assert "|my own> · Direct message · " in str(unknown)
    assert "I couldn't check which channels you can see now" in str(unknown)


def test_a_search_finds_all_words_in_any_case_only_where_one_sees() -> None:
    turns = [
        ended(9, EndingKind.ANSWERED, "Wer baute die STRASSE nach Suez?"),
        elsewhere(ended(8, EndingKind.ANSWERED, "the secret of suez")),
        elsewhere(ended(7, EndingKind.ANSWERED, "suez, for me alone"), "D1", direct=True),
        turn(6, "suez, taken back", signals=Signals(gone=True)),
    ]

    def found(text: str, sight: VisiblePlaces = HERE) -> list[str]:
        return [each.question.text for each in app_home_threads.find_questions(turns, text, sight)]

    assert found("suez straße") == ["Wer baute die STRASSE nach Suez?"]
    assert found("ｓｕｅｚ") == ["Wer baute die STRASSE nach Suez?", "suez, for me alone"]
    assert found("suez", None) == ["suez, for me alone"]
    assert found("panama") == []


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, "None of your questions has all these words."),
        (1, "1 question found:"),
        (FOUND, "20 questions found:"),
        (FOUND + 5, "25 questions found. These are the latest 20:"),
    ],
)
def test_search_results_are_below_the_form(number: int, says: str) -> None:
    turns = [ended(n, EndingKind.ANSWERED, NASTY) for n in range(number)]
    form = app_home_threads.search_form(
        TeamId("T1"), WORKSPACE, text="x" * 200, found=turns, places=HERE
    )
    said = lines(check_view(form, "modal"))
    assert says in said
    assert len(listed(form)) == min(number, FOUND)
    assert "<!channel>" not in "\n".join(said)


def test_asides_are_no_questions() -> None:
    said = lines(shown(turn(1, start=TurnKind.MUTED), turn(2, start=TurnKind.FILES)))
    assert NOTHING in said
    assert not any("archives" in line for line in said)


def test_home_shows_the_spending_by_month() -> None:
    spent = (("2026-11", Decimal("1.205")), ("2026-10", Decimal("1234.5")))
    said = "\n".join(lines(shown(spent=spent)))
    assert "This month: *$1.205* · October 2026: $1,234.50" in said
    said = "\n".join(lines(shown(spent=spent[1:])))
    assert "This month: *$0* · October 2026: $1,234.50" in said


def test_home_shows_how_answers_were_rated() -> None:
    said = lines(shown(ratings={"ultra": (3, 1), "lite": (0, 2), "pro": (0, 0), "gone": (1, 1)}))
    found = [line for line in said if "👍" in line]
    assert found == ["*Answer ratings (everyone):* lite 👍 0 👎 2 · Exhaustive (ultra) 👍 3 👎 1"]
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


def test_a_question_that_names_a_site_cannot_disguise_its_link() -> None:
    said = "\n".join(lines(shown(ended(1, EndingKind.ANSWERED, "who owns bank.example?"))))
    assert "|who owns bank.example? (example.slack.com)>" in said
