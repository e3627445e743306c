"""Chapters of the phrasebook: the forms, and the Home tab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bot.domain.choices import Choices
from bot.domain.thread import ChannelId, MessageTs, ThreadKey, UserId
from bot.domain.turn import Ending, EndingKind, Turn
from bot.ports import Message, Place
from bot.slack.messages import ephemeral
from bot.slack.views import app_home_threads, processor_forms, question_forms, share_form
from bot.slack.views.app_home import HomeContent, home_view, is_shown
from bot.slack.views.app_home_threads import THREADS, VisiblePlaces
from bot.slack.views.processor_forms import Rerun
from tests.unit.slack.phrasebook import Json, Page, menus
from tests.unit.turns import ADA, KEY, PRO, asked, running, with_signals

ME = UserId("U0BOT")
NOW = 1_700_000_242.0
EVIL = "who owns *it, <!channel>, and what says bank.example? " + "Tell me all of it. " * 20


def asked_for() -> Iterator[Page]:
    """Forms, and what is said about what was written in them."""
    about = question_forms.Research(KEY, KEY.ts, MessageTs("1700000050.000300"))
    branch = question_forms.Branch(asked().id, about.at)
    message = "Egypt wants to double the *whole* canal by 2030, they say.\nIs there money for it?"
    yield "research this", question_forms.research_form(message, PRO, about, ME)
    yield "research this, a message without words", question_forms.research_form("", PRO, about, ME)
    yield (
        "follow up on this answer",
        question_forms.branch_form("who owns the Suez Canal?", PRO, branch),
    )
    yield "follow up on a long question", question_forms.branch_form(EVIL, PRO, branch)
    rerun = processor_forms.rerun_form(running(), PRO, Rerun(running().id, about.at))
    yield "re-run", rerun
    yield "re-run: its menu, opened", menus(Message("", rerun["blocks"]))
    thread = processor_forms.thread_form(None, KEY)
    yield "processor for this thread", thread
    yield "processor for this thread: its menu, opened", menus(Message("", thread["blocks"]))
    places = [Place(ChannelId("C7"), "sales"), Place(ChannelId("C8"), "board", is_private=True)]
    share = share_form.share_form(
        running(), places, share_form.SharedAnswer(running().id, about.at)
    )
    yield "share an answer", share
    alone = replace(running().question, thread=replace(KEY, channel=ChannelId("D1")), direct=True)
    yield (
        "share an answer from a direct message",
        share_form.share_form(
            replace(running(), question=alone),
            places,
            share_form.SharedAnswer(running().id, about.at),
        ),
    )
    yield "share an answer: its menu, opened", menus(Message("", share["blocks"]))
    for title, place in zip(("a public channel", "a private one"), places, strict=True):
        yield f"share an answer: {title} is chosen", Message(share_form.audience(place, 13))
    yield "share an answer: sent", share_form.sharing_modal(places[0])
    yield "share an answer: no channel to share it with", ephemeral.no_channel_to_share(ME)
    yield "share an answer: Slack does not tell where one is", ephemeral.channels_unknown()
    yield "re-run: the processor is gone", Message(processor_forms.NO_SUCH)
    yield "re-run: what it is about is not known", Message(processor_forms.UNREADABLE)
    yield (
        "an answer to a press where no thread is",
        question_forms.note_modal(ephemeral.nothing_to_stop().text),
    )
    yield "not opened in time", question_forms.not_opened()
    form = question_forms.research_form("", PRO, about, ME)
    for title, words, processor in (
        ("nothing was asked", " ", PRO.name),
        ("the processor is gone", "who?", "gone"),
    ):
        yield title, _complaints(question_forms.parse_submission(_sent(form, words, processor)))
    yield "not written down", _complaints(question_forms.question_error(ephemeral.not_saved().text))
    yield "from where the bot is not", _complaints(question_forms.not_in_channel())
    yield "not shared", _complaints(share_form.channel_error(ephemeral.not_shared().text))
    yield "sent too late", _complaints(question_forms.question_error(ephemeral.too_old().text))


def at_home() -> Iterator[Page]:
    """What a person finds in the Home tab."""
    yield "somebody new", home_of()
    waits = replace(_at(running(), 5), processor=PRO.name)
    stops = with_signals(_at(running(), 4, "compare the tolls of both canals since 2015"), stop=ADA)
    going_on = (
        waits,
        stops,
        replace(_at(asked(), 3, "which ships pay most?"), received=NOW - 9),
        _over(2, EndingKind.ANSWERED, "who built the canal, and who paid for it?"),
        _over(1, EndingKind.STOPPED, EVIL),
        _over(0, EndingKind.FAILED, "what did bank.example say of the Panama Canal?"),
    )
    spent = (("2023-11", Decimal("1.405")), ("2023-10", Decimal("12.30")))
    ratings = {"lite": (2, 3), "pro-fast": (14, 1)}
    yield "somebody busy", home_of(*going_on, spent=spent, person="pro-fast", ratings=ratings)
    older = [_over(30 - n, EndingKind.ANSWERED, f"what happened in {2020 - n}?") for n in range(25)]
    yield "somebody busy: the second page", home_of(*older, page=1)
    yield "who left the channel", home_of(*going_on[:1], *older[:2], sight={})
    yield "Slack does not tell where one is", home_of(*older[:2], sight=None)
    team, workspace = KEY.team, "https://example.slack.com/"
    yield "search", app_home_threads.search_form(team, workspace)
    for title, found, sight in (
        ("nothing found", [], SEES),
        ("found", older[:2], SEES),
        ("Slack does not tell where one is", [], None),
    ):
        form = app_home_threads.search_form(
            team, workspace, text="happened", found=found, places=sight
        )
        yield f"search: {title}", form


SEES: VisiblePlaces = {KEY.channel: Place(KEY.channel, "general")}


def home_of(
    *turns: Turn,
    spent: tuple[tuple[str, Decimal], ...] = (),
    person: str | None = None,
    ratings: dict[str, tuple[int, int]] | None = None,
    sight: VisiblePlaces = SEES,
    page: int = 0,
) -> Json:
    every, start = list(app_home_threads.by_thread(turns).values()), page * THREADS
    more = len(every) > start + THREADS
    listed = app_home_threads.threads_page(every[start : start + THREADS], (), page, more=more)
    workspace = "https://example.slack.com/"
    found = HomeContent(
        running=[turn for turn in turns if is_shown(turn) and turn.ending is None],
        words=lambda turn: app_home_threads.question_words(turn, sight),
        threads=app_home_threads.threads_blocks(listed, sight, workspace),
        page=page,
        spent=spent,
        month="2023-11",
    )
    choices = Choices(person=person)
    return home_view(found, choices, "core-fast", workspace, ratings=ratings or {}, now=NOW)


def _at(turn: Turn, number: int, text: str = "who owns the Suez Canal?") -> Turn:
    """Put a turn into a thread of its own."""
    ts = MessageTs(f"1700000{number:03}.000100")
    thread = ThreadKey(KEY.team, KEY.channel, ts)
    return replace(turn, question=replace(turn.question, thread=thread, message=ts, text=text))


def _over(number: int, kind: EndingKind, text: str) -> Turn:
    return replace(_at(running(), number, text), ending=Ending(kind, NOW))


def _complaints(said: question_forms.QuestionSubmission | question_forms.FormErrors) -> Message:
    assert isinstance(said, question_forms.FormErrors)
    return Message("\n".join(f"{block}: {words}" for block, words in said.complaints.items()))


def _sent(form: Json, words: str, processor: str) -> Json:
    """Return a form as Slack sends it, filled in."""
    values = {
        "question": {"question": {"value": words}},
        "processor": {"processor": {"selected_option": {"value": processor}}},
    }
    return {"user": {"id": ADA}, "view": {**form, "state": {"values": values}}}
