"""The threads of a person in the Home tab, by pages, and the search in their questions. Pure.

A question is shown only while the person can see its channel: they may have left it. A channel that
Slack does not list counts as one that they cannot see. Direct messages are their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain import naming
from bot.domain.thread import ChannelId, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import EndingKind, Turn
from bot.domain.unicode import normalized
from bot.ports import Blocks, Place
from bot.slack import action_ids
from bot.slack.blockkit.blocks import View, actions, context, form, input_block, section
from bot.slack.blockkit.elements import Button, button, text_input
from bot.slack.payloads.fields import part, word
from bot.slack.text.escaping import clean
from bot.slack.text.links import mrkdwn_link, permalink
from bot.slack.views.app_home import is_shown
from bot.slack.views.question_forms import FormErrors
from bot.slack.wording import day, one_line

THREADS = 10  # on a page
FOUND = 20  # questions that a search shows
WORDS = "words"  # id of the block of the form and of its input
LONGEST_SEARCH = 200  # characters
_LONGEST_QUESTION = 120  # characters

JSON = dict[str, Any]
#: The channels that a person and the bot are both in; None if Slack does not list them.
VisiblePlaces = Mapping[ChannelId, Place] | None


@dataclass(frozen=True, slots=True)
class ListedThread:
    """A thread in which a person asked.

    Attributes:
        latest: their latest question in it.
        began: the question that began it, or their earliest known one.
    """

    latest: Turn
    began: Turn


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """A page of threads; `number` counts from 0, `more` says that older ones follow."""

    threads: tuple[ListedThread, ...]
    number: int = 0
    more: bool = False


def can_see(turn: Turn, places: VisiblePlaces) -> bool:
    """Whether the person who asked in this thread can see it now."""
    return turn.question.direct or turn.question.thread.channel in (places or {})


# --- pages ------------------------------------------------------------------------------


def by_thread(turns: Iterable[Turn]) -> dict[ThreadKey, tuple[Turn, Turn]]:
    """Return the latest and the earliest question of each thread, the latest thread first.

    Args:
        turns: of a person, newest first.
    """
    threads: dict[ThreadKey, tuple[Turn, Turn]] = {}
    for turn in filter(is_shown, turns):
        latest, _ = threads.get(turn.question.thread, (turn, turn))
        threads[turn.question.thread] = latest, turn
    return threads


def root_turn_id(thread: ThreadKey) -> TurnId:
    """Return the id of the turn of a thread's first message."""
    return naming.turn_id_of(thread.team, thread.channel, thread.ts)


def threads_page(
    threads: Sequence[tuple[Turn, Turn]], roots: Iterable[Turn], number: int, *, more: bool
) -> ThreadsPage:
    """Return a page.

    Args:
        threads: for each of its threads, the latest and the earliest question of the person.
        roots: the known turns of the threads' first messages, whoever asked them.
        number: the page's number, from 0.
        more: older threads follow.
    """
    first = {turn.question.thread: turn for turn in roots if is_shown(turn)}
    listed = (
        ListedThread(latest, first.get(latest.question.thread, earliest))
        for latest, earliest in threads
    )
    return ThreadsPage(tuple(listed), number, more)


def threads_blocks(page: ThreadsPage, places: VisiblePlaces, workspace: str) -> Blocks:
    """Return the blocks of a page."""
    blocks: Blocks = []
    if not page.threads and not page.number:
        words = "You haven't asked anything in the past two weeks. Mention me in a channel to ask."
        return [section(words)]
    if hidden := _hidden_note([each.latest for each in page.threads], places):
        blocks.append(context(hidden))
    for each in page.threads:
        there = each.began.question.thread
        asked = mrkdwn_link(
            permalink(workspace, there, there.ts), question_words(each.began, places)
        )
        blocks.append(context(_facts(asked, each.began, latest=each.latest, places=places)))
    if not page.threads:
        blocks.append(context("There are no older threads."))
    blocks.append(actions([*_buttons(page)]))
    return blocks


def _buttons(page: ThreadsPage) -> Iterator[Button]:
    if page.number:
        yield button("Previous", action_ids.HOME_BACK, str(page.number - 1))
    if page.more:
        yield button("Next", action_ids.HOME_ON, str(page.number + 1))
    yield button("Search…", action_ids.HOME_SEARCH, "search")


def _hidden_note(turns: Sequence[Turn], places: VisiblePlaces) -> str:
    """Say why some questions are not shown; "" if all of them are."""
    if all(can_see(turn, places) for turn in turns):
        return ""
    if places is None:
        return (
            "I couldn't check which channels you can see now, so questions in channels aren't "
            "shown. *Refresh* checks again."
        )
    return "Only questions in channels that you and I are both in now are shown."


def question_words(turn: Turn, places: VisiblePlaces) -> str:
    """Return a question in one line, or that its person cannot see it now."""
    if not can_see(turn, places):
        return "Question not shown"
    asked = turn.signals.edited or turn.question
    return one_line(asked.text, _LONGEST_QUESTION) or "your question"


def _facts(asked: str, question: Turn, latest: Turn, places: VisiblePlaces) -> str:
    facts = [asked, place_words(question, places), day(question.received), outcome(latest)]
    return " · ".join(filter(None, facts))


def place_words(turn: Turn, places: VisiblePlaces) -> str:
    """Return where a question was asked; "" if its person cannot see the channel."""
    if turn.question.direct:
        return "Direct message"
    place = (places or {}).get(turn.question.thread.channel)
    if place is None:
        return ""
    return "Group message" if place.is_group else f"<#{place.channel}>"


def outcome(turn: Turn) -> str:
    """Say in a word or two how a question ended."""
    match turn.ending:
        case None:
            return "in progress"
        case ending if ending.kind is EndingKind.ANSWERED:
            return "answered"
        case ending if ending.kind is EndingKind.STOPPED:
            return "stopped"
    return "no answer"


# --- search -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchSubmission:
    """The submitted form."""

    team: TeamId
    person: UserId
    text: str


def search_error() -> FormErrors:
    """Say that the questions cannot be read."""
    return FormErrors({WORDS: "Sorry, I couldn't search just now. Try again in a moment."})


def parse_search(body: JSON) -> SearchSubmission:
    """Parse the body of a ``view_submission``."""
    view = part(body, "view")
    given = part(part(part(part(view, "state"), "values"), WORDS), WORDS)
    text = clean(word(given, "value")).strip()[:LONGEST_SEARCH]
    person = UserId(word(part(body, "user"), "id"))
    return SearchSubmission(TeamId(word(view, "private_metadata")), person, text)


def find_questions(turns: Iterable[Turn], text: str, places: VisiblePlaces) -> list[Turn]:
    """Return the questions of a person with all these words, of those that they can see."""
    wanted = set(_folded(text).split())
    return [
        turn
        for turn in turns
        if is_shown(turn)
        and can_see(turn, places)
        and _has_all(_folded((turn.signals.edited or turn.question).text), wanted)
    ]


def _has_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _folded(text: str) -> str:
    return normalized(text).casefold()


def search_form(
    team: TeamId,
    workspace: str,
    *,
    text: str = "",
    found: Sequence[Turn] | None = None,
    places: VisiblePlaces = None,
) -> View:
    """Return the search form, and what a search has found.

    Args:
        team: comes back with the form.
        workspace: the workspace's address.
        text: the words searched for.
        found: the questions, newest first; None before a search.
        places: the channels that the person can see.
    """
    element = text_input(WORDS, max_length=LONGEST_SEARCH, focus=True, initial_value=text)
    hint = (
        "Searches what you asked in the past two weeks, in direct messages and in channels that "
        "you and I are both in now."
    )
    blocks = [input_block(WORDS, "Words in your question", element, hint=hint)]
    if found is not None:
        blocks.append(context(_count(found, places)))
        for turn in found[:FOUND]:
            there = permalink(workspace, turn.question.thread, turn.question.message)
            asked = mrkdwn_link(there, question_words(turn, places))
            blocks.append(context(_facts(asked, turn, latest=turn, places=places)))
    return form(
        action_ids.HOME_SEARCH,
        "Search your questions",
        blocks,
        submit="Search",
        close="Close",
        private_metadata=team,
    )


def _count(found: Sequence[Turn], places: VisiblePlaces) -> str:
    number = len(found)
    if not found:
        words = "None of your questions has all these words."
    elif number > FOUND:
        words = f"{number} questions found. These are the latest {FOUND}:"
    else:
        words = f"{number} {'question' if number == 1 else 'questions'} found:"
    if places is None:
        words += (
            " I couldn't check which channels you can see now, so I only searched your direct "
            "messages. Search again to include channels."
        )
    return words
