"""What every listener is given: the ports, and the settings that listeners read."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bot.concurrency.background_tasks import BackgroundTasks
from bot.concurrency.single_flight import SingleFlight
from bot.domain.choices import FollowUps
from bot.domain.thread import UserId
from bot.domain.turn import Question
from bot.ports.channel_ids import ChannelIds
from bot.ports.choices import ChoiceStore
from bot.ports.forgetting import ThreadRecords
from bot.ports.gate import Gate
from bot.ports.history import History
from bot.ports.mailbox import Addressing, Mailbox
from bot.ports.messenger import Messenger, Views
from bot.ports.money import Administration
from bot.ports.task_runs import AnswerSource


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long things may take while Slack waits for an acknowledgement, in seconds.

    Slack waits 3 s: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response

    Attributes:
        listener: for the whole listener.
        act: for an action or a form; the rest is for saying that it took too long.
        modal: for Slack to open a modal.
        lookup: for Slack to say which channels a person and we are in.
        evidence: after which an action is acknowledged although its evidence is not shown yet.
        home: after which an action is acknowledged although the Home tab is not published yet.
    """

    listener: float = 2.7
    act: float = 2.3
    modal: float = 1.2
    lookup: float = 1.0
    evidence: float = 2.1
    home: float = 0.4


DEADLINES = Deadlines()


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """The ports and settings of listeners.

    Attributes:
        background: holds what goes on after a press was acknowledged; drained when the bot stops.
        me: the bot's user id.
        workspace: the address of the workspace, such as ``https://example.slack.com/``.
        default_processor: in force where nobody chose one.
        follow_ups: in force where nobody chose for the channel.
        admins: people who may stop every run.
        accepting: the questions that are being put into the mailbox.
        research_reaction: the name of the emoji that means *Research this*; None for none.
    """

    mailbox: Mailbox
    choices: ChoiceStore
    history: History
    answer_source: AnswerSource
    messenger: Messenger
    views: Views
    gate: Gate
    channel_ids: ChannelIds
    administration: Administration
    thread_records: ThreadRecords
    background: BackgroundTasks
    me: UserId
    workspace: str
    default_processor: str
    follow_ups: FollowUps = FollowUps.EVERY
    admins: frozenset[UserId] = frozenset()
    research_reaction: str | None = None
    confirm_from: Decimal | None = None
    deadlines: Deadlines = DEADLINES
    accepting: SingleFlight[tuple[Question, Addressing, bool], None] = field(
        default_factory=SingleFlight
    )
