"""A person's threads in the Home tab, by pages, and the search in what they asked. Pure.

Words are shown only to who sees their channel now: somebody may have left it, and a channel of
which Slack says nothing counts as one that they do not see. In direct messages nobody else asks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain import naming
from bot.domain.thread import ChannelId, TeamId, ThreadKey, TurnId, UserId
from bot.domain.turn import EndingKind, Turn
from bot.ports import Blocks, Place
from bot.slack import action_ids
from bot.slack.blockkit.blocks import View, actions, context, form, input_block, section
from bot.slack.blockkit.elements import Button, button, text_input
from bot.slack.payloads.fields import part, word
from bot.slack.text.escaping import clean
from bot.slack.text.links import link, permalink
from bot.slack.views.app_home import is_shown
from bot.slack.views.question_forms import FormErrors
from bot.slack.wording import day, one_line

THREADS = 10  # of a page
FOUND = 20  # questions that a search shows
WORDS = "words"  # the block of the form, and what stands in it
LONGEST_SEARCH = 200  # characters
_LONGEST_QUESTION = 120  # characters

JSON = dict[str, Any]
#: Where a person and the bot both are; None where Slack does not say.
VisiblePlaces = Mapping[ChannelId, Place] | None


@dataclass(frozen=True, slots=True)
class ListedThread:
    """A thread of a person's.

    Attributes:
        latest: their latest question in it.
        began: the question that began it, as far as it is remembered.
    """

    latest: Turn
    began: Turn


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """Some of a person's threads; `number` counts from 0, `more` says that older ones follow."""

    threads: tuple[ListedThread, ...]
    number: int = 0
    more: bool = False


def can_see(turn: Turn, sight: VisiblePlaces) -> bool:
    """Whether a person who asked in this thread may read its words now."""
    return turn.question.direct or turn.question.thread.channel in (sight or {})


# --- pages ------------------------------------------------------------------------------


def by_thread(turns: Iterable[Turn]) -> dict[ThreadKey, tuple[Turn, Turn]]:
    """Return the latest and the earliest question of each thread, the latest thread first.

    Args:
        turns: a person's, newest first.
    """
    threads: dict[ThreadKey, tuple[Turn, Turn]] = {}
    for turn in filter(is_shown, turns):
        latest, _ = threads.get(turn.question.thread, (turn, turn))
        threads[turn.question.thread] = latest, turn
    return threads


def root_turn_id(thread: ThreadKey) -> TurnId:
    """Name the turn of a thread's first message."""
    return naming.named(thread.team, thread.channel, thread.ts)


def threads_page(
    threads: Sequence[tuple[Turn, Turn]], roots: Iterable[Turn], number: int, *, more: bool
) -> ThreadsPage:
    """Put a page together.

    Args:
        threads: its latest and earliest questions of the person.
        roots: the turns of the threads' first messages that are known, whoever asked.
        number: the page's, from 0.
        more: older threads follow.
    """
    first = {turn.question.thread: turn for turn in roots if is_shown(turn)}
    listed = (
        ListedThread(latest, first.get(latest.question.thread, earliest))
        for latest, earliest in threads
    )
    return ThreadsPage(tuple(listed), number, more)


def threads_blocks(page: ThreadsPage, sight: VisiblePlaces, workspace: str) -> Blocks:
    """Return the page as it stands in the Home tab."""
    blocks: Blocks = []
    if not page.threads and not page.number:
        words = "You haven't asked anything in the past two weeks. Mention me in a channel to ask."
        return [section(words)]
    if hidden := _hidden_note([each.latest for each in page.threads], sight):
        blocks.append(context(hidden))
    for each in page.threads:
        there = each.began.question.thread
        asked = link(permalink(workspace, there, there.ts), question_words(each.began, sight))
        blocks.append(context(_facts(asked, each.began, each.latest, sight)))
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


def _hidden_note(turns: Sequence[Turn], sight: VisiblePlaces) -> str:
    """Say why some words are not shown; "" when all are."""
    if all(can_see(turn, sight) for turn in turns):
        return ""
    if sight is None:
        return (
            "I couldn't check which channels you can see now, so questions in channels aren't "
            "shown. *Refresh* checks again."
        )
    return "Only questions in channels that you and I are both in now are shown."


def question_words(turn: Turn, sight: VisiblePlaces) -> str:
    """Return a question in one line; of one that its asker must not read now, that it is so."""
    if not can_see(turn, sight):
        return "Question not shown"
    asked = turn.signals.edited or turn.question
    return one_line(asked.text, _LONGEST_QUESTION) or "your question"


def _facts(asked: str, question: Turn, latest: Turn, sight: VisiblePlaces) -> str:
    facts = [asked, place_words(question, sight), day(question.received), outcome(latest)]
    return " · ".join(filter(None, facts))


def place_words(turn: Turn, sight: VisiblePlaces) -> str:
    """Name the place of a question; "" for one that its asker does not see."""
    if turn.question.direct:
        return "Direct message"
    place = (sight or {}).get(turn.question.thread.channel)
    if place is None:
        return ""
    return "Group message" if place.is_group else f"<#{place.channel}>"


def outcome(turn: Turn) -> str:
    """Say how a question ended, in a word or two."""
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
    """The form as a person sent it."""

    team: TeamId
    person: UserId
    text: str


def search_error() -> FormErrors:
    """Say that what was asked cannot be read."""
    return FormErrors({WORDS: "Sorry, I couldn't search just now. Try again in a moment."})


def parse_search(body: JSON) -> SearchSubmission:
    """Read the body of a submission."""
    view = part(body, "view")
    given = part(part(part(part(view, "state"), "values"), WORDS), WORDS)
    text = clean(word(given, "value")).strip()[:LONGEST_SEARCH]
    person = UserId(word(part(body, "user"), "id"))
    return SearchSubmission(TeamId(word(view, "private_metadata")), person, text)


def find_questions(turns: Iterable[Turn], text: str, sight: VisiblePlaces) -> list[Turn]:
    """Return those of a person's questions with all these words that they may read now."""
    wanted = _folded(text).split()
    return [
        turn
        for turn in turns
        if is_shown(turn)
        and can_see(turn, sight)
        and all(each in _folded((turn.signals.edited or turn.question).text) for each in wanted)
    ]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def search_form(
    team: TeamId,
    workspace: str,
    *,
    text: str = "",
    found: Sequence[Turn] | None = None,
    sight: VisiblePlaces = None,
) -> View:
    """Return the form, with what was found once it was sent.

    Args:
        team: comes back with the form.
        workspace: its address.
        text: what was searched for.
        found: the questions, newest first; None before the search.
        sight: as for `find_questions`.
    """
    element = text_input(WORDS, max_length=LONGEST_SEARCH, focus=True, initial_value=text)
    hint = (
        "Searches what you asked in the past two weeks, in direct messages and in channels that "
        "you and I are both in now."
    )
    blocks = [input_block(WORDS, "Words in your question", element, hint=hint)]
    if found is not None:
        blocks.append(context(_count(found, sight)))
        for turn in found[:FOUND]:
            there = permalink(workspace, turn.question.thread, turn.question.message)
            asked = link(there, question_words(turn, sight))
            blocks.append(context(_facts(asked, turn, turn, sight)))
    return form(
        action_ids.HOME_SEARCH,
        "Search your questions",
        blocks,
        submit="Search",
        close="Close",
        private_metadata=team,
    )


def _count(found: Sequence[Turn], sight: VisiblePlaces) -> str:
    number = len(found)
    if not found:
        said = "None of your questions has all these words."
    elif number > FOUND:
        said = f"{number} questions found. These are the latest {FOUND}:"
    else:
        said = f"{number} {'question' if number == 1 else 'questions'} found:"
    if sight is None:
        said += (
            " I couldn't check which channels you can see now, so I only searched your direct "
            "messages. Search again to include channels."
        )
    return said
