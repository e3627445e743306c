"""Lines about a turn that several messages share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from bot.domain.derived import LOOKED_UP, REACTED
from bot.domain.naming import EDITED
from bot.domain.processors import PROCESSORS
from bot.domain.prompt import is_along_cut
from bot.domain.turn import EndingKind, Question, Relation, Turn, TurnKind
from bot.slack import action_ids
from bot.slack.blockkit.elements import Button, button
from bot.slack.messages.turn_facts import TurnFacts, was_slow
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.text.links import mrkdwn_link
from bot.slack.wording import cut, one_line_without_code, quoted

MOST_MENTIONED = 20  # people, with one answer
MOST_FILES_NAMED = 3
LONGEST_QUESTION = 60  # characters
SENT_ALONG = "what was sent along"  #: replaces a question without words


def headline(facts: TurnFacts) -> str:
    """Say what the bot is doing, on which processor and at what price."""
    if facts.turn.question.start is TurnKind.RESUME:
        doing = ":mag: Still waiting for the same run"
    else:
        doing = f":mag: Researching with *{facts.processor.label}*"
    return f"{doing} · {running_price(facts)}"


def running_price(facts: TurnFacts) -> str:
    """Say what the turn costs: to wait again for the same run costs nothing more."""
    if facts.turn.question.start is TurnKind.RESUME:
        return "no extra charge"
    return facts.processor.price_words


def price_paid(facts: TurnFacts) -> str:
    """Say what the run of an answer has cost."""
    words = facts.processor.price_words
    return f"{words}, paid once" if facts.turn.question.start is TurnKind.RESUME else words


def billing_clause(facts: TurnFacts) -> str:
    """Return what follows "the run goes on at Parallel": what it costs."""
    if facts.turn.question.start is TurnKind.RESUME:
        return ", at no extra charge"
    return f" and is billed ({facts.processor.price_words})"


def question_words(question: Question) -> str:
    """Return the words of a question to show, without what was sent along with it."""
    return question.text if question.text.strip() else SENT_ALONG


def question_line(turn: Turn) -> Iterator[str]:
    """Yield a line that names and links the question, if it is not right above in the thread.

    Marks in the question may reach to the end of the line, so nothing follows it.
    """
    if turn.question_link:
        question = turn.question
        words = one_line_without_code(question.text, LONGEST_QUESTION)
        linked = mrkdwn_link(turn.question_link, f"“{words}”" if words else SENT_ALONG)
        about = "" if words and not question.press.startswith(REACTED) else "about "
        asker = "You" if question.direct else f"<@{question.asker}>"
        yield f"{asker} asked {about}{linked}"


def parent_line(turn: Turn, *, shortly: bool = False) -> Iterator[str]:
    """Yield what the question builds on, if that is not the thread's latest answer.

    Args:
        turn: whose question it is.
        shortly: to stand among others in a line, instead of in a line of its own.
    """
    base = turn.question.parent
    if base is None:
        return
    earlier = quoted(base.excerpt)
    if turn.question.press.startswith(LOOKED_UP):
        words = "Looking it up with sources"
    elif base.relation is Relation.BRANCH:
        words = f"Continues the answer to {earlier}"
    elif turn.question.press.startswith(EDITED):
        words = "Edited question"
    else:
        known = PROCESSORS.get(base.processor or "")
        first = f", first asked with *{known.label}*" if known else ""
        words = f"Same question{first}"
    if base.relation is not Relation.BRANCH or turn.question.press.startswith(LOOKED_UP):
        is_shown = turn.question_link or turn.question.press.startswith(EDITED)
        words = words if is_shown else f"{words}: {earlier}"
    yield words[0].lower() + words[1:] if shortly else words


def replies_continue(turn: Turn) -> tuple[str, list[Button]]:
    """Say which answer replies continue after a re-run, with a button to follow up on the other.

    A thread continues its latest answer.
    """
    base = turn.question.parent
    was_answered = turn.ending is not None and turn.ending.kind is EndingKind.ANSWERED
    if not was_answered or base is None or base.relation is not Relation.RERUN:
        return "", []
    words = "From here on, replies continue this answer."
    if turn.question.press.startswith(EDITED):  # who edited has no use for the earlier one
        return words, []
    return words, [button("Follow up on the earlier answer", action_ids.FOLLOW_UP, base.turn)]


def signal_lines(turn: Turn) -> Iterator[str]:
    """Yield lines about edits and requested mentions. They name nobody: an edit must not ping."""
    if turn.signals.edited:
        yield "The question was edited; this run still answers the original."
    number = len(turn.signals.pings[:MOST_MENTIONED])
    if number:
        people = "1 person" if number == 1 else f"{number} people"
        yield f":bell: {people} will be notified."


def note_lines(turn: Turn) -> Iterator[str]:
    """Yield what else readers must know: what was sent, what was left out."""
    if turn.last_answer:
        there = mrkdwn_link(turn.last_answer, "in its thread")
        yield f"New topic. To follow up on the last answer, reply {there}"
    if turn.offer and (missing := PROCESSORS.get(turn.offer.missing)):
        yield f"*{missing.label}* isn't on offer here"
    if turn.restated:
        yield (
            "Parallel couldn't continue the earlier research, so I started a new run and included "
            "the earlier questions and answers"
        )
    if turn.without_history:
        yield (
            "I'm not allowed to read the earlier messages here, so I sent only your question "
            "(an admin can grant the history permissions in the app's settings)"
        )
    if is_along_cut(turn.question):
        yield (
            "What you sent along is too long to go with the question, so I included only its "
            "beginning"
        )
    if turn.question.files:
        yield f"{unread_files(turn.question.files)}, so paste their text to include it"


def unread_files(files: Sequence[str]) -> str:
    """Say that attached files are not read. Their names are untrusted, "" if unknown."""
    shown = [name.replace("`", "'") for name in files if name][:MOST_FILES_NAMED]
    names = [f"`{escape_mrkdwn(' '.join(cut(name, 40).split()))}`" for name in shown]
    if names and (more := len(files) - len(names)):
        names.append(f"{more} more")
    listed = f" ({', '.join(names)})" if names else ""
    return f"I can't read attached files{listed}"


def support_details(turn: Turn) -> str:
    """Return what to quote in a fault report, in mrkdwn for small print; "" for nothing.

    That is the id of the run and of its error, and a link to the page of a run that is over, which
    members of the Parallel account can open (Parallel's command-line tool links to it).
    """
    ending, fragments = turn.ending, list[str]()
    if turn.run:
        fragments.append(f"Run `{_in_code(turn.run)}`")
    if ending and ending.ref_id:
        fragments.append(f"Reference `{_in_code(ending.ref_id)}`")
    if turn.run and ending and ending.kind in _WITH_RUN_PAGE:
        page = mrkdwn_link(f"{RUN_PAGE}{quote(turn.run, safe='')}", "Open in Parallel")
        fragments.append(f"{page} (account members)")
    return " · ".join(fragments)


def _in_code(text: str) -> str:
    return escape_mrkdwn(one_line_without_code(text, 200))


RUN_PAGE = "https://platform.parallel.ai/play/deep-research/"
_WITH_RUN_PAGE = (EndingKind.ANSWERED, EndingKind.FAILED, EndingKind.CANCELLED)


def mentions(facts: TurnFacts, but: str | None = None) -> str:
    """Mention everyone who asked to be notified; "" for nobody.

    The asker has probably left if the run was slower than usual, and is mentioned as well.

    Args:
        facts: the turn.
        but: one person not to mention.
    """
    turn = facts.turn
    asker = [turn.question.asker] if was_slow(facts) else []
    people = [person for person in dict.fromkeys([*asker, *turn.signals.pings]) if person != but]
    return " ".join(f"<@{person}>" for person in people[:MOST_MENTIONED])
