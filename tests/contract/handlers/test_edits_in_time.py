"""Edits and deletions that overtake a refusal, or come right after it: each is handled once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import lifecycle
from bot.domain.thread import MessageTs, ThreadKey, TurnId
from bot.domain.turn import Ending, EndingKind, Question, TurnKind
from bot.ports import EditOutcome
from tests.contract.handlers.bolt_harness import ASKS, TS, bolt_app, event, tell
from tests.contract.handlers.memory import Memory

TURN = TurnId(f"T1:C1:{TS}")
AT = "1700000005.000100"
OLD = ASKS.removeprefix("<@U0BOT> ")


class RefusesMeanwhile(Memory):
    """Turns that are refused right after they were changed, or right before."""

    def __init__(self, kind: EndingKind, *, before: bool) -> None:
        super().__init__()
        self.kind, self.before = kind, before

    def refuse(self, turn: TurnId) -> None:
        ending = Ending(self.kind, 0.0)
        self.turns[turn] = lifecycle.done(lifecycle.ended(self.turns[turn], ending))

    async def edit(
        self, turn: TurnId, question: Question, at: MessageTs, *, when: MessageTs | None = None
    ) -> EditOutcome:
        if self.before:
            self.refuse(turn)
        outcome = await super().edit(turn, question, at, when=when)
        if not self.before:
            self.refuse(turn)
        return outcome

    async def withdraw(
        self,
        turn: TurnId,
        at: MessageTs,
        *,
        waiting: bool = False,
        thread: ThreadKey | None = None,
        when: MessageTs | None = None,
    ) -> bool:
        if not self.turns[turn].ending:
            self.refuse(turn)
        return True


def change(text: str | None) -> dict[str, Any]:
    """Return the event that the question was edited; with None, that it was deleted."""
    message = {"type": "message", "user": "U1ADA", "ts": TS, "text": ASKS}
    if text is None:
        return event("message", subtype="message_deleted", deleted_ts=TS, previous_message=message)
    edited = {**message, "text": text, "edited": {"user": "U1ADA", "ts": AT}}
    return event("message", subtype="message_changed", message=edited, previous_message=message)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("kind", lifecycle.NOT_STARTED)
async def test_an_edit_is_asked_once_whether_its_turn_takes_it_or_not(
    kind: EndingKind, before: bool
) -> None:
    mailbox = RefusesMeanwhile(kind, before=before)
    app = bolt_app(mailbox)
    await tell(app, event("message", text=ASKS, ts=TS))
    await tell(app, change("<@U0BOT> who built it?"))
    asked = [each.text for each in mailbox.questions if each.start is TurnKind.QUESTION]
    assert asked == ([OLD, "who built it?"] if before else [OLD])


@pytest.mark.parametrize("text", [None, "<@U0BOT> thanks"])
async def test_a_price_that_was_asked_about_right_before_a_change_is_void(
    text: str | None,
) -> None:
    mailbox = RefusesMeanwhile(EndingKind.CONFIRM, before=True)
    app = bolt_app(mailbox)
    await tell(app, event("message", text=ASKS, ts=TS))
    await tell(app, change(text))
    assert [each.start for each in mailbox.questions] == [TurnKind.QUESTION, TurnKind.DECLINED]
