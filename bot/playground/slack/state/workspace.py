"""The workspace: everything in it, and notifications of its changes. No I/O."""

from __future__ import annotations

import asyncio
import random
import string
import uuid
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from bot.playground.slack.state.app import App
from bot.playground.slack.state.entities import Call, Change, Channel, Message, Session, View
from bot.playground.slack.state.files import File
from bot.playground.slack.state.users import User

T = TypeVar("T")


class Workspace:
    """The workspace: its app, people, conversations and messages.

    `clock` returns seconds since 1970; `seed` is for every random choice.
    """

    def __init__(self, scopes: set[str], clock: Callable[[], float], seed: int) -> None:
        self.clock = clock
        self.random = random.Random(seed)
        self.domain = "local-slack"
        self.teams: dict[str, str] = {}  #: ids of other workspaces, by their domain
        self.enterprise: str | None = None  #: the Enterprise Grid organization that it is in
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: dict[str, list[Message]] = {}  #: by user id
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.statuses: dict[tuple[str, str], str] = {}  #: (channel id, thread ts) -> status line
        self.sessions: dict[tuple[str, str], Session] = {}  #: agent sessions, with the same keys
        self.calls: list[Call] = []
        self._watchers: list[Callable[[Change], None]] = []
        self._waiting: list[Callable[[], None]] = []
        self._check_scheduled = False
        self._last_ts = 0
        self.app = self._install(scopes)

    def _install(self, scopes: set[str]) -> App:
        bot = User(self.new_id("U"), "threadline", "Threadline", is_bot=True)
        self.users[bot.id] = bot
        return App(
            bot_token=f"xoxb-{self._letters(24)}",
            app_token=f"xapp-1-{self._letters(24)}",
            signing_secret=self._letters(32),
            verification_token=self._letters(24),
            app_id=self.new_id("A"),
            bot_id=self.new_id("B"),
            bot_user_id=bot.id,
            team_id=self.new_id("T"),
            scopes=set(scopes),
        )

    # Ids and times

    def _letters(self, count: int) -> str:
        return "".join(self.random.choices(string.ascii_letters + string.digits, k=count))

    def new_id(self, letter: str) -> str:
        """Return a new id such as ``U02ABCDEFGH``."""
        return (
            letter + "0" + "".join(self.random.choices(string.ascii_uppercase + string.digits, k=9))
        )

    def uuid(self) -> str:
        """Return a new UUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def new_secret(self) -> str:
        """Return a new random string for URLs and tickets."""
        return self._letters(24)

    def new_ts(self) -> str:
        """Return the next message timestamp: seconds with six decimals, strictly increasing."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_second(self) -> str:
        """Return the timestamp of the next whole second."""
        self._last_ts = (int(self.new_ts().partition(".")[0]) + 1) * 1_000_000
        return f"{self._last_ts // 1_000_000}.000000"

    # People and conversations

    def user(self, name: str, team: str | None = None, *, sister: bool = False) -> User:
        """Return the person of that name, created on first use.

        Args:
            name: the short name.
            team: the domain of the person's own workspace, if it is another.
            sister: that is one of our own Enterprise Grid organization.
        """
        for user in self.users.values():
            if user.name == name and not user.is_bot:
                return user
        user = User(self.new_id("U"), name, name.title())
        if team:
            user.team = self.team(team)
            user.is_sister = sister
        self.users[user.id] = user
        return user

    def team(self, domain: str) -> str:
        """Return the id of another workspace, made up on first use."""
        return self.teams.setdefault(domain, self.new_id("T"))

    def channel(
        self, name: str, kind: Literal["channel", "group", "im", "mpim"], members: set[str]
    ) -> Channel:
        """Return the conversation of that name and kind, created on first use; members join it."""
        for channel in self.channels.values():
            if (channel.name, channel.kind) == (name, kind):
                channel.members |= members
                return channel
        letter = "D" if kind == "im" else "C"
        channel = Channel(
            id=self.new_id(letter),
            name=name,
            kind=kind,
            members=set(members),
            created=int(self.clock()),
        )
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """Return the direct messages between a person and the app."""
        return self.channel(f"dm-{user}", "im", {user, self.app.bot_user_id})

    def is_shared(self, channel: Channel) -> bool:
        """Return whether a conversation is shared with another company (Slack Connect)."""
        return channel.connected or any(user.is_outsider for user in self.members(channel))

    def members(self, channel: Channel) -> list[User]:
        """Return the people and apps in a conversation."""
        return [self.users[member] for member in channel.members if member in self.users]

    def shares(self, channel: Channel) -> dict[str, Any]:
        """Return whom a conversation is shared with, as conversation objects have it.

        Source: https://docs.slack.dev/reference/objects/conversation-object.
        """
        others = sorted({user.team for user in self.members(channel) if user.team})
        is_external = self.is_shared(channel)
        is_within = any(user.is_sister for user in self.members(channel))
        return {
            "is_shared": is_external or is_within,
            "is_ext_shared": is_external,
            "is_org_shared": is_within,
            "shared_team_ids": [self.app.team_id, *others],
            "pending_shared": ["T0INVITED"] if channel.invited else [],
        }

    def about(self, user: User) -> dict[str, Any]:
        """Return the user object that the app is given."""
        shared = any(
            {user.id, self.app.bot_user_id} <= channel.members for channel in self.channels.values()
        )
        return user.wire(self.app.team_id, self.enterprise, stranger=not shared)

    def rename(self, channel: Channel) -> str:
        """Give a channel another id, as Slack does when a private one is shared; return the old."""
        old, channel.id = channel.id, self.new_id("C")
        self.channels = {each.id: each for each in self.channels.values()}
        for places in (self.statuses, self.sessions):
            found = {(channel.id if c == old else c, ts): v for (c, ts), v in places.items()}
            places.clear()
            places.update(found)  # type: ignore[arg-type]
        return old

    def teams_of(self, user: str, channel: Channel) -> tuple[str, dict[str, Any]]:
        """Return the workspace of an author, and further fields for messages in shared channels."""
        found = self.users.get(user)
        team = (found.team if found else None) or self.app.team_id
        if not self.is_shared(channel):
            return team, {}
        return team, {"user_team": team, "source_team": team}

    def message_at(self, url: str) -> Message | None:
        """Return the message with that permalink; None if there is none."""
        bare = url.partition("?")[0]
        messages = (m for channel in self.channels.values() for m in channel.visible())
        return next((m for m in messages if self.permalink(m).partition("?")[0] == bare), None)

    def session_status(self, message: Message) -> str | None:
        """Return the status of the agent session in a message's thread; None without a session."""
        session = self.sessions.get((message.channel.id, message.root))
        streams = [reply.stream for reply in message.replies() if reply.stream]
        timeouts = tuple(stream.expires for stream in streams if stream.ended is None)
        return session.status(self.clock(), timeouts) if session else None

    def set_session_status(self, key: tuple[str, str], status: str, title: str = "") -> None:
        """Set the status of a thread's session; a new session also gets the title."""
        session = self.sessions.get(key)
        self.sessions[key] = Session(session.title if session else title, status, self.clock())
        self.publish("status", key)

    def streaming(self, message: Message) -> bool:
        """Return whether a message is in the streaming state, in which it cannot be edited."""
        stream = message.stream
        return stream is not None and not message.deleted and stream.live(self.clock())

    def home(self, user: str) -> View | None:
        """Return the view published in a person's Home tab; None if there is none."""
        for view in self.views.values():
            if view.user == user and view.content["type"] == "home":
                return view
        return None

    def permalink(self, message: Message) -> str:
        """Return the message's permalink."""
        where = f"https://{self.domain}.slack.com/archives/{message.channel.id}"
        link = f"{where}/p{message.ts.replace('.', '')}"
        if message.thread_ts:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel.id}"
        return link

    # Watching

    def watch(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` with every change. Returns a function that unsubscribes it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def publish(self, kind: Any, subject: object) -> None:
        """Notify all watchers of a change, and re-evaluate all waiting `until` calls."""
        change = Change(kind, subject)
        for callback in list(self._watchers):
            callback(change)
        if self._waiting and not self._check_scheduled:
            self._check_scheduled = True
            asyncio.get_running_loop().call_soon(self._check)

    def _check(self) -> None:
        """Re-evaluate all waiting `until` calls, once for any number of changes."""
        self._check_scheduled = False
        for look in list(self._waiting):
            look()

    async def until(
        self, look: Callable[[], T | None], timeout: float, why: Callable[[], str] | None = None
    ) -> T:
        """Return the result of `look` once it is true; it is called after every change.

        Raises TimeoutError with the text of `why` after `timeout` seconds.
        """
        found = look()
        if found:
            return found
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def check() -> None:
            try:
                found = look()
            except Exception as error:  # raised where `until` was called
                if not result.done():
                    result.set_exception(error)
                return
            if found and not result.done():
                result.set_result(found)

        self._waiting.append(check)
        try:
            return await asyncio.wait_for(result, timeout)
        except TimeoutError:
            raise TimeoutError(why() if why else f"not within {timeout} s") from None
        finally:
            self._waiting.remove(check)
