"""TurnFacts: a turn and its processor, which messages are about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.lifecycle import slow_from
from bot.domain.processors import PROCESSORS, Processor
from bot.domain.thread import UserId
from bot.domain.turn import Turn


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """A turn, and the processor it runs on.

    `people`: how those are written, in mrkdwn, who are not to be notified; others are mentioned.
    """

    turn: Turn
    processor: Processor
    people: Mapping[UserId, str] = field(default_factory=dict)


def facts_of(turn: Turn, default_processor: str) -> TurnFacts:
    """Return the facts of a turn; a processor unknown to this release becomes the default one."""
    chosen = PROCESSORS.get(turn.processor or "")
    return TurnFacts(turn, chosen or PROCESSORS[default_processor])


def was_slow(facts: TurnFacts) -> bool:
    """Whether a turn has ended whose run was slower than usual."""
    turn, processor = facts.turn, facts.processor
    if turn.ending is None or turn.run is None or processor.is_chat:
        return False
    if turn.question.start.needs_no_run:  # its times are those of the turn whose answer it brings
        return False
    return turn.ending.at > slow_from(turn, processor.longest)
