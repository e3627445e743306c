"""Why an action, a form or a shortcut is not carried out."""

from __future__ import annotations

from bot.ports import Message


class Rejected(Exception):
    """An action cannot be carried out; `answer` says why."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer.text)
        self.answer = answer
