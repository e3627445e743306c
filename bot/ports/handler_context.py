"""What listeners are given."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.choices import FollowUps
from bot.domain.thread import UserId
from bot.ports.mailbox import Mailbox
from bot.ports.messenger import Messenger, Views
from bot.ports.task_runs import AnswerSource


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """What listeners work with.

    Attributes:
        me: the bot's user id.
        workspace: its address, such as ``https://example.slack.com/``.
        default_processor: in force where nobody chose.
        follow_ups: in force where nobody chose.
        admins: who may stop every run.
        research_reaction: the emoji that means *Research this*, by name; None for none.
    """

    mailbox: Mailbox
    answer_source: AnswerSource
    messenger: Messenger
    views: Views
    me: UserId
    workspace: str
    default_processor: str
    follow_ups: FollowUps = FollowUps.EVERY
    admins: frozenset[UserId] = frozenset()
    research_reaction: str | None = None
