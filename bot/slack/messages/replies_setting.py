"""The replies to ``/processor replies``, and what a channel is told of a change. Pure."""

from __future__ import annotations

from bot.domain.choices import FollowUps
from bot.domain.thread import UserId
from bot.ports import Message
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import one_line_without_code

USAGE = (
    "In this channel, `/processor replies mention` makes me answer only replies that mention me, "
    "`/processor replies only-me` only replies from people who have mentioned me in the thread, "
    "and `/processor replies every` every reply in my threads. `/processor replies reset` clears "
    "the setting."
)
_REPLIES = {
    FollowUps.EVERY: (
        "In this channel, I answer every reply in my threads, unless it's for somebody else or "
        "begins with `//` or `aside`"
    ),
    FollowUps.MENTION: ("In this channel, I answer only replies in my threads that mention me"),
    FollowUps.ASKER: (
        "In this channel, I answer replies in my threads only from people who have mentioned me "
        "there"
    ),
}
_IN_DIRECT_MESSAGE = (
    "In a direct message, I answer everything but replies in threads that begin with `//` or "
    "`aside`. "
    "`/processor replies` is for channels: it sets which replies I answer there."
)


def confirmed(chosen: FollowUps | None, default: FollowUps) -> Message:
    """Confirm which replies are follow-ups in a channel.

    Args:
        chosen: for the channel; None: the setting was cleared.
        default: in force without a setting.
    """
    if chosen is None:
        return Message(f"Channel setting cleared. {_REPLIES[default]}.")
    return Message(f"{_REPLIES[chosen]}.")


def announced(by: UserId, chosen: FollowUps | None, default: FollowUps) -> Message:
    """Tell a channel who changed which replies are follow-ups; other arguments: `confirmed`."""
    return Message(
        f":gear: <@{by}> changed which replies I answer. {_REPLIES[chosen or default]}. "
        "`/processor replies` changes it."
    )


def current(chosen: FollowUps | None, default: FollowUps) -> Message:
    """Say which replies are follow-ups in a channel.

    Args:
        chosen: for the channel; None: there is no setting.
        default: in force without a setting.
    """
    why = "set for this channel" if chosen else "workspace default"
    return Message(f"{_REPLIES[chosen or default]} ({why}).\n{USAGE}")


def in_direct_message() -> Message:
    """Say that the setting is one of channels."""
    return Message(_IN_DIRECT_MESSAGE)


def unknown(words: str) -> Message:
    """Say that no replies are called that; the words are untrusted."""
    shown = escape_mrkdwn(one_line_without_code(words, 40))
    return Message(f"I don't understand `replies {shown}`. Nothing was changed.\n{USAGE}")
