"""Who may ask, press and choose: `bot.ports.gate` judges, here people hear of it."""

from __future__ import annotations

from bot.domain.access import Verdict
from bot.domain.choices import FollowUps
from bot.domain.thread import ChannelId, ThreadKey, UserId
from bot.domain.turn import Question
from bot.errors import Unavailable
from bot.ports import Addressing, Channel, HandlerContext, Message
from bot.ports.gate import Admission
from bot.slack.messages.admin import refused
from bot.slack.refusals import refuse_politely
from handlers.rejection import Rejected

#: Replies are judged once it is known that they are ours: see `bot.engine.preparation`.
JUDGED_LATER = frozenset((Addressing.THREAD_REPLY, Addressing.AMBIENT, Addressing.SMALL_TALK))
#: Our own people, whom only the place is closed to: they may stop there what they have begun.
_OURS = frozenset((Verdict.ALLOWED, Verdict.SHARED_CHANNEL, Verdict.CHANNEL, Verdict.PERSON))


async def admits(
    context: HandlerContext, question: Question, addressing: Addressing, *, shared: bool = False
) -> bool:
    """Whether a question may be put into the mailbox. Otherwise its asker hears why, once a day.

    In a channel that is shared with another company replies are judged here, too, so that nothing
    is kept of those who may not ask; they hear of it only where a reply would be answered. Who
    could not be looked up is judged again by `bot.engine.preparation`.

    Raises:
        Unavailable: nobody can tell.
    """
    is_reply = addressing in JUDGED_LATER
    if is_reply and not shared:
        return True
    admission = await _judge(context, question, shared=shared)
    if admission.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return True
    thread = question.thread
    is_for_us = not is_reply or (
        addressing is Addressing.THREAD_REPLY
        and await context.mailbox.is_ours(thread)
        and not await context.mailbox.is_muted(thread)
    )
    if is_for_us:
        await refuse_politely(context.gate, context.messenger, question, admission)
    return False


async def takes_replies(context: HandlerContext, thread: ThreadKey) -> bool:
    """Whether replies are follow-ups: not in a muted thread, nor where only mentions are."""
    chosen = await context.choices.follow_ups(Channel(thread.team, thread.channel))
    if (chosen or context.follow_ups) is FollowUps.MENTION:
        return False
    return not await context.mailbox.is_muted(thread)


async def may_stop_here(context: HandlerContext, question: Question, *, addressed: bool) -> bool:
    """Whether a person may stop things, as our own people may wherever they are.

    So the place is not looked up. Who waits to be looked up may stop what they asked. Otherwise
    they hear why, once a day, if they spoke to us. Raises Unavailable.
    """
    if question.asker in context.admins:
        return True
    channel = question.thread.channel
    admission = await context.gate.judge(channel, question.asker, direct=True)
    if admission.verdict in _OURS:
        return True
    if admission.verdict is Verdict.UNKNOWN and await context.mailbox.asked_by(
        question.thread, question.asker
    ):
        return True
    if addressed:
        await refuse_politely(context.gate, context.messenger, question, admission)
    return False


async def may_edit(
    context: HandlerContext, question: Question, *, known: bool, shared: bool = False
) -> bool:
    """Whether what a person edited their message to counts; otherwise nothing is kept of it.

    Args:
        context: has the gate.
        question: what the message asks now.
        known: what it asked before was accepted, so they hear why the edit is not, once a day.
        shared: the event says that the channel is shared with another company.

    Raises:
        Unavailable: nobody can tell; the event is delivered again.
    """
    admission = await _judge(context, question, shared=shared)
    if admission.verdict is Verdict.UNKNOWN:
        raise Unavailable("Slack does not tell who edited a message")
    if known and admission.verdict is not Verdict.ALLOWED:
        await refuse_politely(context.gate, context.messenger, question, admission)
    return admission.verdict is Verdict.ALLOWED


async def require(
    context: HandlerContext,
    channel: ChannelId | None,
    person: UserId,
    *,
    stops: bool = False,
    unseen: bool = False,
) -> None:
    """Let a person press or choose something.

    Args:
        context: has the gate.
        channel: None in a view that is about no channel.
        person: who acts.
        stops: it only ends what goes on, which our own people may do wherever they are, so the
            place is not looked up.
        unseen: it starts nothing, so it is let in a private channel that we are not in, of which
            Slack tells us nothing.

    Raises:
        Rejected: they may not ask here. That is said each time.
        Unavailable: nobody can tell.
    """
    is_direct = channel is None or channel.startswith("D") or stops
    channel = channel or ChannelId("")
    admission = await context.gate.judge(channel, person, direct=is_direct)
    if admission.verdict is Verdict.UNKNOWN and unseen:
        admission = await context.gate.judge(channel, person, direct=True)
    verdict = admission.verdict
    is_let = verdict in _OURS or person in context.admins if stops else verdict is Verdict.ALLOWED
    if not is_let:
        raise Rejected(Message(refused(verdict, admission.access, channel, pressed=True)))


async def _judge(context: HandlerContext, question: Question, *, shared: bool) -> Admission:
    thread = question.thread
    return await context.gate.judge(
        thread.channel, question.asker, direct=question.direct, shared=shared
    )
