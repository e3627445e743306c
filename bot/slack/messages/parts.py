"""MessagePart: one message of a turn, in all its variants, and lines put above it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.turn import Turn
from bot.ports import Blocks, Message, Upload
from bot.slack.blockkit.blocks import Block, actions, context, section
from bot.slack.blockkit.elements import Button
from bot.slack.limits import EDITED_TEXT
from bot.slack.messages.turn_lines import which
from bot.slack.wording import cut


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


def above(part: MessagePart, line: str, block: Block) -> MessagePart:
    """Put a line above a message in all its forms: `block` where they have blocks."""

    def put(form: Message | Upload) -> Message | Upload:
        if isinstance(form, Upload):
            return replace(form, comment=f"{line}\n{form.comment}")
        blocks = form.blocks and [block, *form.blocks]
        return replace(form, text=f"{line}\n\n{form.text}", blocks=blocks)

    return replace(part, variants=tuple(map(put, part.variants)))


# --- buttons ----------------------------------------------------------------------------


def message_variants(
    words: str, buttons: Sequence[Button] = (), small: str = ""
) -> tuple[Message, ...]:
    """Say these mrkdwn words, with buttons where Slack takes blocks, else without.

    `small`: what stands below all that, grey and small.
    """
    text = "\n".join(filter(None, (words, small)))
    return (Message(text, _blocks(words, buttons, small)), Message(text))


def editable_message(words: str, buttons: Sequence[Button] = (), small: str = "") -> Message:
    """Say a line, or a few, that an edit can bring, with buttons and small print under it."""
    text = "\n".join(filter(None, (words, small)))
    return Message(cut(text, EDITED_TEXT), _blocks(words, buttons, small))


def _blocks(words: str, buttons: Sequence[Button], small: str) -> Blocks:
    blocks = [section(words)]
    if buttons:
        blocks.append(actions(buttons))
    if small:
        blocks.append(context(small))
    return blocks
