"""A thread with quick answers, simulated: what each question is sent with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.domain import derived, exchanges, lifecycle, prompt
from bot.domain.research import Run, RunRequest, RunStatus
from bot.domain.thread import (
    ChannelId,
    InteractionId,
    MessageTs,
    RunId,
    TeamId,
    Thread,
    ThreadKey,
    UserId,
)
from bot.domain.turn import Ending, EndingKind, Question, Relation, Turn

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs("1700000000.000100"))
ADA = UserId("U1")


def ts(second: int) -> MessageTs:
    return MessageTs(f"{1_700_000_000 + second}.000100")


@dataclass
class ThreadScript:
    """A thread, turn after turn: questions `Q0?`, `Q1?` … and their answers `A0.`, `A1.` …

    Attributes:
        seen: the numbers of the exchanges that each interaction knows.
        context: the numbers of the exchanges that each question is asked with.
    """

    thread: Thread = field(default_factory=lambda: Thread(KEY))
    turns: list[Turn] = field(default_factory=list)
    seen: dict[InteractionId, list[int]] = field(default_factory=dict)
    context: list[list[int]] = field(default_factory=list)

    def asks(
        self, processor: str = "speed", base: Turn | None = None, link: Relation = Relation.BRANCH
    ) -> RunRequest:
        """Ask the next question, perhaps about an earlier turn; returns what Parallel is asked."""
        number = len(self.turns)
        question = Question(KEY, ts(number), ADA, f"Q{number}?")
        if base and link is Relation.BRANCH:
            question = derived.branched(base, f"Q{number}?", ADA, ts(number))
        elif base:
            # A press on the same answer that comes twice asks once, so each is another attempt.
            again = derived.rerun_on(base, processor, ADA, ts(number), number)
            question = replace(again, text=f"Q{number}?")
        turn = lifecycle.chosen(lifecycle.received(question, 1.0), processor)
        request = prompt.follow_up_request(turn, exchanges.before(self.thread, question))
        turn = replace(turn, previous=request.previous, restates=request.restates)
        self.turns.append(lifecycle.about_to_start(turn, 2.0))
        self.context.append(self._seen_by(request, number))
        return request

    def gets(self, interaction: str | None, kind: EndingKind = EndingKind.ANSWERED) -> Turn:
        """Answer the latest question, under this id."""
        number, named = len(self.turns) - 1, InteractionId(interaction) if interaction else None
        turn = self.turns[-1]
        if turn.processor == "speed":
            turn = replace(lifecycle.accepted(turn, 3.0), interaction=named)
        else:
            assert named
            turn = lifecycle.started(turn, Run(RunId(named), named, RunStatus.QUEUED), 3.0)
        turn = lifecycle.ended(turn, Ending(kind, 4.0))
        if kind is EndingKind.ANSWERED:
            self.thread = exchanges.with_exchange(self.thread, turn, f"A{number}.")
            if named:
                self.seen[named] = [*self.context[number], number]
        self.turns[-1] = turn
        return turn

    def _seen_by(self, request: RunRequest, number: int) -> list[int]:
        restated = [n for n in range(number) if f"Question:\n> Q{n}?" in request.input]
        assert all(request.input.count(f"Question:\n> Q{n}?") == 1 for n in restated)
        assert all(request.input.count(f"Answer:\n> A{n}.") == 1 for n in restated)
        known = self.seen[request.previous] if request.previous else []
        assert not set(known) & set(restated), "it is told what it knows"
        return sorted([*known, *restated])
