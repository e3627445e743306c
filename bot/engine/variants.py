"""The variants of a message: how one is built, and whether the next may be accepted."""

from __future__ import annotations

from bot.concurrency.offload import offload
from bot.errors import Cause, Refused
from bot.ports import Message, Upload
from bot.slack.messages.parts import MessagePart


async def built_variant(part: MessagePart, number: int) -> Message | Upload:
    """Return the variant of this number, the best of which is 0."""
    if number < len(part.ready):
        return part.ready[number]
    assert part.fallback_file
    return await offload(len(part.best.text), part.fallback_file)


def has_fallback(variant: Message | Upload, refused: Refused) -> bool:
    """Whether Slack may accept another variant than the one that it refused."""
    match variant:
        case Upload():
            causes = {Cause.CONTENT, Cause.SCOPE}
        case Message(broadcast=True):  # some channels are closed, but not their threads
            causes = {Cause.CONTENT, Cause.PLACE}
        case _:
            causes = {Cause.CONTENT}
    return refused.cause in causes
