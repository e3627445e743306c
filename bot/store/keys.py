"""The keys in Redis.

All share one hash tag, so that every script works on Redis Cluster; the tag names the bot, so that
two bots on one server do not take each other's work. `ready`, `live` and `later` are fixed and
bounded by the threads with work; every other key has a life.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.thread import ChannelId, TeamId, ThreadKey, TurnId, UserId
from bot.ports import Channel, Person, Scope

DAY = 24 * 60 * 60

#: A turn is remembered this long after its last change: longer than Slack's redeliveries (24 h),
#: and as long as its *Try again* button is good for.
TURN_LIFE = 14 * DAY  # seconds
#: A reply in a thread that is not ours (yet) counts this long, in case the mention that makes the
#: thread ours is delivered after it: Slack promises no order. It is gone after twice as long at
#: most. So it is with the edit or the deletion of a message that is no turn (yet).
STRAY_LIFE = 10 * 60  # seconds
#: The latest of these replies are kept, at most as many of one thread and of all together; so it is
#: with the edits and deletions. Slack delivers an app 500 events a minute of one workspace at most:
#: https://docs.slack.dev/apis/events-api/#rate-limiting
STRAYS_OF_A_THREAD, STRAYS = 100, 2_000
#: A person's or channel's choice is kept this long after it was last read.
CHOICE_LIFE = 400 * DAY  # seconds
#: So many of a person's latest questions are listed, for as long as a turn is remembered.
ASKED = 500
#: What was spent and rated is kept this long after its last change.
COUNT_LIFE = 400 * DAY  # seconds


@dataclass(frozen=True, slots=True)
class Keys:
    """Spells the keys of one bot. `bot` is its id in Slack."""

    bot: str

    def _key(self, *parts: object) -> str:
        return ":".join(("{threadline-" + self.bot + "}", *map(str, parts)))

    @property
    def ready(self) -> str:
        """STREAM: one entry for each mailbox that is not empty, and one for each errand."""
        return self._key("ready")

    @property
    def live(self) -> str:
        """ZSET: replica -> end of its lease, ms of Redis time."""
        return self._key("live")

    @property
    def later(self) -> str:
        """ZSET: mailbox put off -> when it is due, ms of Redis time."""
        return self._key("later")

    @property
    def never(self) -> str:
        """Never there: with it is tried whether the server takes writes."""
        return self._key("never")

    def box(self, mailbox: str) -> str:
        """ZSET: the mailbox's turns by order."""
        return self._key("box", mailbox)

    def now(self, mailbox: str) -> str:
        """STRING: the turn of the mailbox that has begun."""
        return self._key("now", mailbox)

    @property
    def turns(self) -> str:
        """What the key of every turn begins with; the scripts add the turn's id."""
        return self._key("turn", "")

    def turn(self, turn: TurnId) -> str:
        """HASH: `record`, which only its owner writes, and what others write beside it.

        `waited` when it came while another was going; the wishes `stop` (who), `gone`, `edited` (a
        question) since `edited_at` (a ts), `ping:USER`; `counted` when its cost was; `rated:USER`
        (good or bad); `unread` since when who has it cannot read it, `unread_told` when people were
        told so.
        """
        return f"{self.turns}{turn}"

    def order(self, order: TurnId) -> str:
        """STRING: exists when an order to stop, named as a turn that answers it, was obeyed."""
        return self._key("order", order)

    def thread(self, thread: ThreadKey) -> str:
        """HASH: `record`, and what is known of whose the thread is.

        `from`, the order of the message that made it ours; `last`, when its last turn began or
        ended; `by:USER` for who has asked; `muted`; `dozing`, the turn
        of the reply on which we said that it has slept.
        """
        return self._key("thread", thread)

    def strays(self, thread: ThreadKey | str) -> str:
        """HASH: turn -> order and record of replies that came before the thread was ours.

        For "" it is what all these keys begin with; the scripts add the thread.
        """
        return self._key("strays", thread)

    def stray_times(self, thread: ThreadKey | str) -> str:
        """ZSET: turn -> when its reply came, seconds since 1970. "" as for `strays`."""
        return self._key("stray-times", thread)

    @property
    def all_strays(self) -> str:
        """ZSET: ``THREAD TURN`` of every such reply -> when it came, seconds since 1970."""
        return self._key("all-strays")

    @property
    def early(self) -> str:
        """ZSET: turns not known (yet) of which an edit or a deletion is kept -> when that came."""
        return self._key("early")

    @property
    def news(self) -> str:
        """STREAM: mailboxes about whose turns there is something new, for all replicas."""
        return self._key("news")

    def asker(self, team: TeamId) -> str:
        """What the key of a team's askers begins with; the scripts add the person's id.

        ZSET: the person's latest turns by time.
        """
        return self._key("asker", team, "")

    def held(self, thread: ThreadKey, person: UserId) -> str:
        """STRING: exists while no question of a person that waits in a thread is begun."""
        return self._key("held", thread, person)

    def told_of_topics(self, team: TeamId, person: UserId) -> str:
        """STRING: the turn that told a person what a message outside of threads begins."""
        return self._key("told-of-topics", team, person)

    def spent(self, team: TeamId, person: UserId) -> str:
        """HASH: month -> millionths of a dollar."""
        return self._key("spent", team, person)

    @property
    def ratings(self) -> str:
        """HASH: ``PROCESSOR:good`` and ``PROCESSOR:bad`` -> how many."""
        return self._key("ratings")

    def posts(self, channel: ChannelId) -> str:
        """LIST: when the latest posts in the channel may go, ms of Redis time, earliest first."""
        return self._key("posts", channel)

    @property
    def edits(self) -> str:
        """LIST: the same for the edits in all channels."""
        return self._key("edits")

    @property
    def sessions(self) -> str:
        """LIST: the same for the settings of sessions."""
        return self._key("sessions")

    @property
    def no_sessions(self) -> str:
        """STRING: exists while we remember that Slack takes no sessions here."""
        return self._key("no-sessions")

    @property
    def streams(self) -> str:
        """LIST: the same for messages that Slack streams, each from its start to its stop."""
        return self._key("streams")

    @property
    def appends(self) -> str:
        """LIST: the same for what is appended to them."""
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
        """STRING: exists while no spare edit may go."""
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
