"""What must hold after a conversation of quick answers, whichever bot was killed, and where.

A quick answer that is interrupted is lost: asked again, another one comes. So what is left differs
from what an undisturbed conversation leaves, and is held against rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.slack import action_ids
from bot.slack.messages.quick_answer import NO_SOURCES, QUICK_ANSWER
from tests.chaos.quick_script import QUICK, THINKING, Asked, QuickTranscript, Said

#: What a message says that is not finished, and one that reports a lost answer.
UNFINISHED = ("Writing…", THINKING)
LOST = ("cut off here", "No answer came", "busy")


def faults(found: QuickTranscript) -> list[str]:
    """Tell in words what is wrong; nothing when all is well."""
    return [
        *_requests(found),
        *(fault for asked in found.asked for fault in _one_message(found, asked)),
        *_each_text_once(found),
        *(fault for said in found.said for fault in _untidy(said)),
        *_all_answered(found),
        *_left_behind(found),
    ]


def _requests(found: QuickTranscript) -> Iterator[str]:
    for asked in found.asked:
        if len(asked.answers) > 1:
            yield f"{len(asked.answers)} requests were accepted for {_named(asked)}"
    spent, settled = found.money.spent, found.money.settled
    if spent != settled:
        yield f"{spent} µ$ count as spent by people, and {settled} µ$ in the budgets"
    if settled < found.price:  # more, where it cannot be known whether a request was accepted
        yield f"{settled} µ$ are settled, and what was accepted costs {found.price} µ$"


def _one_message(found: QuickTranscript, asked: Asked) -> Iterator[str]:
    """Look for one message about the answer, which says so when it is not all of it."""
    messages = _messages(found, asked)
    if len(messages) != 1:
        yield f"{len(messages)} messages are about the answer to {_named(asked)}"
    for said in messages:
        pieces = [piece for answer in asked.answers for piece in answer]
        is_whole = bool(pieces) and all(piece in said.words for piece in pieces)
        is_called_lost = any(words in said.words for words in LOST)
        if not is_whole and not is_called_lost:
            yield f"a part of an answer passes for all of it: {said.words!r}"
        if is_called_lost and action_ids.TRY_AGAIN not in said.pressable:
            yield f"what was lost cannot be asked again: {said.words!r}"


def _each_text_once(found: QuickTranscript) -> Iterator[str]:
    for asked in found.asked:
        own = _messages(found, asked)
        for piece in (piece for answer in asked.answers for piece in answer):
            stands = [said for said in found.said if piece in said.words or piece in said.text]
            if len(stands) > 1:
                yield f"“{piece}” stands in {len(stands)} messages"
            elif any(said not in own for said in stands):
                yield f"“{piece}” stands in a message that is not about {_named(asked)}"
            if piece in found.seen and not any(piece in said.words for said in own):
                yield f"“{piece}” was seen when a bot was killed, and has vanished"


def _untidy(said: Said) -> Iterator[str]:
    for words in UNFINISHED:
        if words in said.words or words in said.text:
            yield f"a message still says “{words}”: {said.words!r}"
    if said.streaming:
        yield f"a message still streams: {said.words!r}"
    if action_ids.STOP in said.pressable:
        yield f"what is over can still be stopped: {said.words!r}"
    if not said.turn and not said.has_files:
        yield f"a message without a tag is left: {said.words!r}"


def _all_answered(found: QuickTranscript) -> Iterator[str]:
    for question in QUICK:
        *_, last = (asked for asked in found.asked if asked.question == question)
        for said in _messages(found, last):
            if any(piece not in said.words for answer in last.answers for piece in answer):
                yield f"{_named(last)} was never answered in full: {said.words!r}"
            if said.words.count(NO_SOURCES) != 1:
                yield f"it must say once that it has no sources: {said.words!r}"
        if not last.answers:
            yield f"{_named(last)} was never answered"
    for question, answers in found.runs_said.items():
        stand = [sum(words in said.words for said in found.said) for words in answers]
        if any(number > 1 for number in stand) or not any(stand):
            yield f"the answers of the runs for “{question}” stand in {stand} messages"


def _left_behind(found: QuickTranscript) -> Iterator[str]:
    if found.marked:
        yield f"{found.marked} messages still carry a ⏳"
    if found.working:
        yield f"{found.working} threads still say that we work there"
    if found.remains:
        yield f"this is left in Redis: {found.remains}"


def _messages(found: QuickTranscript, asked: Asked) -> list[Said]:
    return [said for said in found.said if (said.turn, said.part) == (asked.turn, QUICK_ANSWER)]


def _named(asked: Asked) -> str:
    return f"“{asked.question}” ({asked.turn})"
