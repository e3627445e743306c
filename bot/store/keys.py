"""The keys in Redis, what each holds, and how long it lives.

All keys share one hash tag, which names the bot, so that two bots on one server do not claim each
other's work. `ready`, `live` and `later` are bounded by the number of threads with work; every
other key has a time to live ("life").
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.budgets import Scope as BudgetScope
from bot.domain.thread import ChannelId, TeamId, ThreadKey, TurnId, UserId
from bot.ports import Channel, Person, Scope

DAY = 24 * 60 * 60

#: Of a turn after its last change: longer than Slack's redeliveries (24 h), and as long as its *Try
#: again* button works. RETENTION_DAYS may shorten it once the turn is done.
TURN_LIFE = 14 * DAY  # seconds
#: Of a stray: a reply in a thread that is not ours (yet), kept in case the mention that makes the
#: thread ours is delivered after it, for Slack promises no order. It is gone after twice as long at
#: most. The same holds for what is done to a message that is no turn (yet).
STRAY_LIFE = 10 * 60  # seconds
#: The latest of one thread, and of all together (also of early edits and deletions): an app gets at
#: most 500 events a minute (https://docs.slack.dev/apis/events-api/#rate-limiting).
STRAYS_OF_A_THREAD, STRAYS = 100, 2_000
#: Of a person's or channel's choice after it was last read.
CHOICE_LIFE = 400 * DAY  # seconds
#: Most of a person's latest questions that are listed. (The scripts repeat this number.)
ASKED = 500
#: Of the mark of a turn that was deleted: longer than Slack's redeliveries (24 h).
FORGOTTEN_LIFE = 2 * DAY  # seconds
#: Of spending and ratings after their last change.
COUNT_LIFE = 400 * DAY  # seconds


@dataclass(frozen=True, slots=True)
class Keys:
    """Spells the keys of one bot. `bot` is its id in Slack."""

    bot: str

    @property
    def prefix(self) -> str:
        """What every key begins with."""
        return "{threadline-" + self.bot + "}:"

    def _key(self, *parts: object) -> str:
        return self.prefix + ":".join(map(str, parts))

    @property
    def ready(self) -> str:
        """STREAM: one entry for each mailbox that is not empty, and one for each job."""
        return self._key("ready")

    @property
    def live(self) -> str:
        """ZSET: replica -> end of its lease, ms of Redis time."""
        return self._key("live")

    @property
    def later(self) -> str:
        """ZSET: mailbox released with a delay -> when it is due, ms of Redis time."""
        return self._key("later")

    @property
    def never(self) -> str:
        """Never set: `server_checks.writes` tries a write on it that changes nothing."""
        return self._key("never")

    def box(self, mailbox: str) -> str:
        """ZSET: the mailbox's turns by order. "" for the prefix of these keys."""
        return self._key("box", mailbox)

    def now(self, mailbox: str) -> str:
        """STRING: the mailbox's current turn."""
        return self._key("now", mailbox)

    @property
    def turns(self) -> str:
        """The prefix of the keys of turns; the scripts append a turn's id."""
        return self._key("turn", "")

    def turn(self, turn: TurnId) -> str:
        """HASH: a turn. `record` is written only by its owner, the rest beside it.

        Signals: `stop` (the person's id), `gone`, `edited` (a question), `ping:USER`; `edited_at`
        and `withdrawn_at` (ts) order what was done to the message. Beside its own turn, also when
        that has ended: `latest`, what it asks since its edit; `moved`, the turn that asks it in
        another thread. Besides: `waited` if it was queued behind another; `lined` if it got the ⏳
        mark while it waited for a place to run; `rated:USER` (good or bad); `unread`, when it was
        first found unreadable, and `unread_told` once that was told. `forgotten` alone: deleted.
        """
        return f"{self.turns}{turn}"

    def order(self, order: TurnId) -> str:
        """STRING: exists if a stop command, named as the turn that answers it, had an effect."""
        return self._key("order", order)

    def thread(self, thread: ThreadKey) -> str:
        """HASH: a thread's `record`, and whose replies in it are ours.

        `from`, the order of the message that made it ours, and `opener`, its turn; `last`, when its
        last turn was received or ended, seconds since 1970; `by:USER`, the order of their first
        question (1 in older releases); `full:USER`, their first turn that was not taken as too many
        waited; `stopped:USER`, the order of their stop that stopped nothing; `muted`; `muting`, the
        order of what (un)muted it; `dozing`, the turn of the reply that was told it is dormant.
        """
        return self._key("thread", thread)

    def thread_pattern(self, channel: ChannelId) -> str:
        """The pattern of the keys of a channel's threads, for SCAN."""
        return self._key("thread", "*", channel, "*")

    def strays(self, thread: ThreadKey | str) -> str:
        """HASH: turn -> order and record of the thread's strays; "": the prefix of these keys."""
        return self._key("strays", thread)

    def stray_times(self, thread: ThreadKey | str) -> str:
        """ZSET: turn -> when the stray was received, seconds since 1970. "" as for `strays`."""
        return self._key("stray-times", thread)

    @property
    def all_strays(self) -> str:
        """ZSET: ``THREAD TURN`` of every stray -> when it was received, seconds since 1970."""
        return self._key("all-strays")

    @property
    def early(self) -> str:
        """ZSET: turn not known (yet) whose edit or deletion is kept -> when it was received."""
        return self._key("early")

    @property
    def news(self) -> str:
        """STREAM: mailboxes whose turns have something new to read, for all replicas."""
        return self._key("news")

    def asker(self, team: TeamId) -> str:
        """The prefix of a team's askers; a person's id follows. ZSET: the latest turns by time."""
        return self._key("asker", team, "")

    def held(self, thread: ThreadKey, person: UserId) -> str:
        """STRING: exists while no queued question of a person in a thread is begun."""
        return self._key("held", thread, person)

    def topics_explained(self, team: TeamId, person: UserId) -> str:
        """STRING: the turn that explained to a person how new topics begin in a direct message."""
        return self._key("told-of-topics", team, person)

    def spent(self, team: TeamId, person: UserId) -> str:
        """HASH: month, ``2026-11`` -> millionths of a dollar that a person's runs came to."""
        return self._key("spent", team, person)

    @property
    def ratings(self) -> str:
        """HASH: ``PROCESSOR:good`` and ``PROCESSOR:bad`` -> how many."""
        return self._key("ratings")

    def posts(self, channel: ChannelId) -> str:
        """LIST: times reserved for the latest posts in the channel, ms of Redis time, ascending.

        Of the channel "*": in all channels.
        """
        return self._key("posts", channel)

    def post_line(self, channel: ChannelId) -> str:
        """HASH: post that waits for its time -> ``ARRIVAL DUE PERSON``, ms of Redis time.

        Due is when it asks again. Of the channel "*": the same for channels in place of posts.
        """
        return self._key("post-line", channel)

    def posters(self, channel: ChannelId) -> str:
        """ZSET: person -> the latest post in the channel, ms of Redis time. "*": of channels."""
        return self._key("posters", channel)

    @property
    def edits(self) -> str:
        """LIST: the same for edits in all channels."""
        return self._key("edits")

    @property
    def sessions(self) -> str:
        """LIST: the same for settings of agent sessions."""
        return self._key("sessions")

    @property
    def no_sessions(self) -> str:
        """STRING: exists while Slack is known to take no agent sessions here."""
        return self._key("no-sessions")

    @property
    def streams(self) -> str:
        """LIST: the same for streamed messages."""
        return self._key("streams")

    @property
    def appends(self) -> str:
        """LIST: the same for parts that are appended to them."""
        return self._key("appends")

    @property
    def no_streams(self) -> str:
        """STRING: exists while we remember that Slack streams no messages here."""
        return self._key("no-streams")

    @property
    def chats(self) -> str:
        """LIST: the same for requests to Parallel's Chat API."""
        return self._key("chats")

    @property
    def pause(self) -> str:
        """STRING: exists while no optional edit may go."""
        return self._key("pause")

    def follow_ups(self, channel: Channel) -> str:
        """STRING: which replies are follow-ups in a channel."""
        return self._key("choice", "follow-ups", channel.team, channel.channel)

    def choice(self, scope: Scope) -> str:
        """STRING: the processor chosen for a thread, a person or a channel."""
        match scope:
            case ThreadKey():
                return self._key("choice", "thread", scope)
            case Person(team, user):
                return self._key("choice", "person", team, user)
            case Channel(team, channel):
                return self._key("choice", "channel", team, channel)

    def running(self, whose: str) -> str:
        """ZSET: turns of ``TEAM:CHANNEL:PERSON`` with a place to run -> since when, ms of Redis."""
        return self._key("running", whose)

    def run_line(self, whose: str) -> str:
        """ZSET: ``TURN MAILBOX`` of ``TEAM:CHANNEL:PERSON`` that wait for a place, by order."""
        return self._key("run-line", whose)

    @property
    def reservations(self) -> str:
        """HASH: turn -> what is held for its run, by space: until it is settled.

        The price in millionths of a dollar; when it was reserved, seconds since 1970; the keys of
        its three budgets and of the day's usage; person, channel and processor.
        """
        return self._key("reservations")

    @property
    def swept(self) -> str:
        """STRING: exists while reservations were swept too lately to sweep them again."""
        return self._key("swept")

    def budget(self, team: TeamId, scope: BudgetScope, whose: str, period: str) -> str:
        """HASH: `held` and `settled` in millionths of a dollar; `warned`, the turn that warns.

        `whose`: the person's or the channel's id, "" for the workspace.
        """
        return self._key("budget", team, scope, whose, period)

    @property
    def channel_ids(self) -> str:
        """HASH: channels whose id Slack has changed: ``first:LATER`` and ``now:FIRST``."""
        return self._key("channel-ids")

    def policies(self, team: TeamId) -> str:
        """HASH: what admins set, by name, such as ``budget:channel:C1``."""
        return self._key("policies", team)

    def audit(self, team: TeamId) -> str:
        """STREAM: every change of a policy: `at`, `actor`, `name`, `before`, `after`; no text."""
        return self._key("audit", team)

    def usage(self, team: TeamId, day: str) -> str:
        """HASH: what a day's runs came to, by ``WHAT PERSON CHANNEL PROCESSOR``.

        What: `spend`, how many were paid; `cost`, what for, in millionths of a dollar; `fail`, how
        many failed and cost nothing.
        """
        return self._key("usage", team, day)

    def over_budget(self, team: TeamId, person: UserId, period: str) -> str:
        """STRING: the first turn of a person that a budget of this period refused."""
        return self._key("over-budget", team, person, period)

    def member(self, team: TeamId, person: UserId) -> str:
        """STRING: what was looked up of a person, as JSON; ``changed`` right after a change."""
        return self._key("member", team, person)

    def room(self, team: TeamId, channel: ChannelId) -> str:
        """STRING: what was looked up of a channel, as JSON; ``changed`` right after a change."""
        return self._key("room", team, channel)

    def listed(self, team: TeamId) -> str:
        """STRING: exists while all our channels were listed too lately to list them again."""
        return self._key("listed", team)

    def refused(self, team: TeamId, person: UserId, when: str) -> str:
        """STRING: exists once a person was refused; `when`: a day, or the message it was about."""
        return self._key("refused", team, person, when)
