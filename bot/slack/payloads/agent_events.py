"""Events about the bot: its session was stopped, its Home tab opened, or it was invited. Pure."""

from __future__ import annotations

from bot.domain.thread import ChannelId, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, TurnKind
from bot.slack.payloads.fields import JSON, part, team_of, timestamp, word
from bot.slack.payloads.keyword_table import Keyword
from bot.slack.payloads.message_intents import KeywordCommand

_NO_MESSAGE = MessageTs("0.000000")  #: names a turn that no message began


def parse_session_stopped(body: JSON) -> KeywordCommand | None:
    """Parse an `agent_session_stopped` event: somebody pressed Slack's own Stop in a thread.

    https://docs.slack.dev/reference/events/agent_session_stopped
    """
    event = part(body, "event")
    root, at = timestamp(word(event, "thread_ts")), timestamp(word(event, "event_ts"))
    channel, user = word(event, "channel"), word(event, "user")
    if not (channel and root and user):
        return None
    thread = ThreadKey(team_of(body), ChannelId(channel), root)
    question = Question(
        thread=thread,
        message=root,
        asker=UserId(user),
        text="",
        press=f"stop-{at}",
        at=at or None,
        direct=channel.startswith("D"),  # the event has no `channel_type`
    )
    return KeywordCommand(Keyword.STOP, question, addressed=True)


def parse_app_home_opened(body: JSON) -> tuple[TeamId, UserId] | None:
    """Parse an `app_home_opened` event; None when another tab than Home was opened.

    Returns:
        The team, and the person who sees the tab.
    """
    event = part(body, "event")
    user = word(event, "user")
    if event.get("tab") != "home" or not user:
        return None
    return team_of(body), UserId(user)


def parse_invitation(body: JSON, me: UserId) -> Question | None:
    """Parse a `member_joined_channel` event into the turn that says hello; None for other members.

    The turn has one name per channel: a second invitation gets no second welcome while the first is
    remembered. https://docs.slack.dev/reference/events/member_joined_channel
    """
    event = part(body, "event")
    channel, at = word(event, "channel"), timestamp(word(event, "event_ts"))
    if word(event, "user") != me or not channel or channel.startswith("D"):
        return None
    now = body.get("event_time")
    at = at or timestamp(f"{now}.000000" if isinstance(now, int) else "")
    return Question(
        thread=ThreadKey(team_of(body), ChannelId(channel), _NO_MESSAGE),
        message=_NO_MESSAGE,
        asker=UserId(word(event, "inviter") or me),
        text="",
        start=TurnKind.WELCOME,
        press=TurnKind.WELCOME,
        at=at or None,
        to=ChannelId(channel),
    )
