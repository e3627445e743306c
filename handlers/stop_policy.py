"""Who may stop what: by a word, by Slack's own Stop, by a button.

"Stop" and the like stop what the thread works on. What people also say to one another ("never
mind") means one's own question: said to nobody in particular it stops nobody else's, and nothing at
all where replies are not heard.
"""

from __future__ import annotations

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain import naming
from bot.domain.choices import FollowUps
from bot.domain.thread import UserId
from bot.domain.turn import Turn, TurnKind
from bot.ports import Addressing, Channel, HandlerContext
from bot.slack.payloads.message_intents import KeywordCommand


def is_delivered_again(request: AsyncBoltRequest) -> bool:
    """Whether Slack delivers this event again; Bolt sets the header for Socket Mode, too."""
    return any(number != "0" for number in request.headers.get("x-slack-retry-num") or ())


async def may_stop(context: HandlerContext, turn: Turn, person: UserId) -> bool:
    """Whether a person may stop a turn: who asked, who has asked in its thread, or an admin."""
    return (
        person == turn.question.asker
        or person in context.admins
        or await context.mailbox.has_asked(turn.question.thread, person)
    )


async def carry_out_stop(
    context: HandlerContext, command: KeywordCommand, *, again: bool, native: bool = False
) -> None:
    """Stop what is going on in a thread, or say why not. What is stopped says so itself.

    Args:
        command: who wants it where.
        again: it is delivered again, so it may have been obeyed.
        native: by Slack's own Stop, which is wrong when nothing is going on.
    """
    mailbox, given = context.mailbox, command.question
    reach = Addressing.SIDE if command.addressed else Addressing.AMBIENT
    name = naming.turn_id(given)
    if again and await mailbox.was_obeyed(name):
        return
    turn = await mailbox.at_work(given.thread)
    if turn and command.loose:
        own = await mailbox.asked_by(given.thread, given.asker)
        if not command.addressed and (own is None or not await _takes_replies(context, command)):
            return  # they are talking to one another
        turn = own or turn
    if turn is None:
        if native:
            await mailbox.session_stopped(given.thread)
        # A word between people is none of ours, unless one of them has asked something here.
        elif command.addressed or await mailbox.has_asked(given.thread, given.asker):
            await mailbox.put(command.reply(TurnKind.NOTHING_TO_STOP), reach)
    elif again and _came_after(turn, command):
        return  # what was meant is over; the next one must not be stopped in its place
    elif await may_stop(context, turn, given.asker):
        await mailbox.stop(turn.id, given.asker, name)
    else:
        await mailbox.put(command.reply(TurnKind.MAY_NOT_STOP), reach)


async def _takes_replies(context: HandlerContext, command: KeywordCommand) -> bool:
    """Whether replies in the thread are ours: not when it is muted, or only mentions count."""
    thread = command.question.thread
    chosen = await context.mailbox.follow_ups(Channel(thread.team, thread.channel))
    if (chosen or context.follow_ups) is FollowUps.MENTION:
        return False
    return not await context.mailbox.is_muted(thread)


def _came_after(turn: Turn, command: KeywordCommand) -> bool:
    """Whether a turn was asked, or begun, only after a command was given."""
    asked = float(turn.question.at or turn.question.message)
    given = float(command.question.at or command.question.message)
    begun = turn.busy_since or turn.starting_at or asked
    return max(asked, begun) > given
