"""MessagePart: one message of a turn in all its variants, and how variants are built. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.turn import Turn
from bot.ports import Blocks, Message, Upload
from bot.slack.blockkit.blocks import Block, actions, context, section
from bot.slack.blockkit.elements import Button
from bot.slack.limits import EDITED_TEXT
from bot.slack.messages.turn_lines import question_line
from bot.slack.wording import cut_mrkdwn


@dataclass(frozen=True, slots=True)
class MessagePart:
    """One message of a turn, under the name it is recorded by, in its variants, best first.

    Attributes:
        name: what it is recorded by.
        ready: its variants, except the one that `fallback_file` builds.
        edited: what an edit brings, whose text must be shorter; None: the best variant, cut.
        fallback_file: builds the last variant, a file. Few messages need one, and it costs as much
            as the message itself.
    """

    name: str
    ready: tuple[Message | Upload, ...]
    edited: Message | None = None
    fallback_file: Callable[[], Upload] | None = None

    @property
    def best(self) -> Message:
        """Return the best variant of a part that is a message."""
        best = self.ready[0]
        assert isinstance(best, Message)
        return best

    @property
    def count(self) -> int:
        """Return the number of variants."""
        return len(self.ready) + (self.fallback_file is not None)

    @property
    def variants(self) -> tuple[Message | Upload, ...]:
        """Build all variants."""
        return (*self.ready, self.fallback_file()) if self.fallback_file else self.ready

    def changed(
        self, message: Callable[[Message], Message], file: Callable[[Upload], Upload]
    ) -> MessagePart:
        """Return the part with each of its messages and files changed."""
        ready = (message(each) if isinstance(each, Message) else file(each) for each in self.ready)
        build = self.fallback_file
        late = (lambda: file(build())) if build else None
        return replace(self, ready=tuple(ready), fallback_file=late)


def with_question_line(part: MessagePart, turn: Turn) -> MessagePart:
    """Put `question_line` above a message of a turn, if the turn has one."""
    (line,) = [*question_line(turn)] or [""]
    if not line:
        return part
    edited = part.edited
    if edited:
        text = f"{line}\n\n{edited.text}"
        text = text if len(text) <= EDITED_TEXT else edited.text
        edited = replace(edited, text=text, blocks=[context(line), *(edited.blocks or [])])
    return replace(with_line_above(part, line, context(line)), edited=edited)


def with_line_above(part: MessagePart, line: str, block: Block) -> MessagePart:
    """Put a line above a message in all its variants.

    Args:
        part: the message.
        line: mrkdwn, for the variants without blocks.
        block: the same line as a block.
    """

    def in_message(message: Message) -> Message:
        blocks = message.blocks and [block, *message.blocks]
        return replace(message, text=f"{line}\n\n{message.text}", blocks=blocks)

    def in_file(file: Upload) -> Upload:
        return replace(file, comment=f"{line}\n{file.comment}")

    return part.changed(in_message, in_file)


def message_variants(
    words: str, buttons: Sequence[Button] = (), small: str = ""
) -> tuple[Message, ...]:
    """Return a message with buttons, and the same words without blocks.

    Args:
        words: mrkdwn.
        buttons: a row of buttons below them.
        small: mrkdwn in small grey print below the buttons.
    """
    text = "\n".join(filter(None, (words, small)))
    return (Message(text, _blocks(words, buttons, small)), Message(text))


def editable_message(words: str, buttons: Sequence[Button] = (), small: str = "") -> Message:
    """Return the same message short enough for an edit; the arguments: `message_variants`."""
    text = "\n".join(filter(None, (words, small)))
    return Message(cut_mrkdwn(text, EDITED_TEXT), _blocks(words, buttons, small))


def _blocks(words: str, buttons: Sequence[Button], small: str) -> Blocks:
    blocks = [section(words)]
    if buttons:
        blocks.append(actions(buttons))
    if small:
        blocks.append(context(small))
    return blocks
