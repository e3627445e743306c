"""Who may ask, press and choose: `bot.ports.gate` judges, here people hear of it."""

from __future__ import annotations

from contextlib import suppress

from bot.domain.access import Verdict
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.turn import Question
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import Addressing, HandlerContext, Message
from bot.slack.messages.admin import refused
from handlers.rejection import Rejected

#: Replies are judged once it is known that they are ours: see `bot.engine.preparation`.
_JUDGED_LATER = frozenset((Addressing.THREAD_REPLY, Addressing.AMBIENT, Addressing.SMALL_TALK))


async def admits(context: HandlerContext, question: Question, addressing: Addressing) -> bool:
    """Whether a question may be put into the mailbox. Otherwise its asker hears why, once a day.

    Raises Unavailable.
    """
    if addressing in _JUDGED_LATER:
        return True
    thread = question.thread
    verdict = await context.gate.judge(
        thread.team, thread.channel, question.asker, direct=question.direct
    )
    if verdict is Verdict.ALLOWED:
        return True
    with suppress(Refused, AnswerLost, Unavailable):  # a courtesy
        if await context.gate.is_first_refusal(thread.team, question.asker):
            access = await context.gate.access(thread.team)
            words = refused(verdict, access, thread.channel)
            await context.messenger.post_ephemeral(thread, question.asker, Message(words))
    return False


async def require(
    context: HandlerContext, team: TeamId, channel: ChannelId | None, person: UserId
) -> None:
    """Let a person press or choose something; `channel` None in a view.

    Raises:
        Rejected: they may not ask here. That is said each time.
        Unavailable: nobody can tell.
    """
    is_direct = channel is None or channel.startswith("D")
    verdict = await context.gate.judge(team, channel or ChannelId(""), person, direct=is_direct)
    if verdict is not Verdict.ALLOWED:
        access = await context.gate.access(team)
        raise Rejected(Message(refused(verdict, access, channel or ChannelId(""))))
