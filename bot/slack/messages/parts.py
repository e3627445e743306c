"""MessagePart: one message of a turn, in all its variants, and lines put above it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.turn import Turn
from bot.ports import Message, Upload
from bot.slack.blockkit import EDITED_TEXT, context
from bot.slack.messages.turn_lines import which


@dataclass(frozen=True, slots=True)
class MessagePart:
    """One message of a turn, under the name it is recorded by, in its forms, best first.

    `edited` is the form that an edit brings, whose text must be shorter; None: the best one, cut.
    """

    name: str
    variants: tuple[Message | Upload, ...]
    edited: Message | None = None

    @property
    def best(self) -> Message:
        """Return the best form of a part that is a message."""
        form = self.variants[0]
        assert isinstance(form, Message)
        return form


def named(part: MessagePart, turn: Turn) -> MessagePart:
    """Put a line above a message of a turn that says which question it is about, if need be."""
    (line,) = [*which(turn)] or [""]
    if not line:
        return part
    edited = part.edited
    if edited:
        text = f"{line}\n\n{edited.text}"
        text = text if len(text) <= EDITED_TEXT else edited.text
        edited = replace(edited, text=text, blocks=[context(line), *(edited.blocks or [])])
    return replace(above(part, line, context(line)), edited=edited)


def above(part: MessagePart, line: str, block: dict[str, Any]) -> MessagePart:
    """Put a line above a message in all its forms: `block` where they have blocks."""

    def put(form: Message | Upload) -> Message | Upload:
        if isinstance(form, Upload):
            return replace(form, comment=f"{line}\n{form.comment}")
        blocks = form.blocks and [block, *form.blocks]
        return replace(form, text=f"{line}\n\n{form.text}", blocks=blocks)

    return replace(part, variants=tuple(map(put, part.variants)))


# --- buttons ----------------------------------------------------------------------------
