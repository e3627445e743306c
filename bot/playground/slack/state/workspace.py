"""What the local Slack remembers, and who is told when it changes. Nothing here does I/O."""

from __future__ import annotations

import asyncio
import random
import string
import uuid
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from bot.playground.slack.state.app import App
from bot.playground.slack.state.entities import Call, Change, Channel, Message, Session, User, View
from bot.playground.slack.state.files import File

T = TypeVar("T")


class Workspace:
    """The one workspace: its app, people, conversations and everything said.

    `clock` gives seconds since 1970 and `seed` fixes every random choice.
    """

    def __init__(self, scopes: set[str], clock: Callable[[], float], seed: int) -> None:
        self.clock = clock
        self.random = random.Random(seed)
        self.domain = "local-slack"
        self.teams: dict[str, str] = {}  #: ids of other workspaces, by their domain
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: dict[str, list[Message]] = {}  #: by user id
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.statuses: dict[tuple[str, str], str] = {}  #: (channel id, thread ts) -> its status
        self.sessions: dict[tuple[str, str], Session] = {}  #: agent sessions, keyed the same way
        self.calls: list[Call] = []
        self._watchers: list[Callable[[Change], None]] = []
        self._waiting: list[Callable[[], None]] = []
        self._asking = False
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
        """Return a fresh id such as ``U02ABCDEFGH``."""
        return (
            letter + "0" + "".join(self.random.choices(string.ascii_uppercase + string.digits, k=9))
        )

    def uuid(self) -> str:
        """Return a fresh UUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def secret(self) -> str:
        """Return a fresh unguessable-looking string for URLs and tickets."""
        return self._letters(24)

    def new_ts(self) -> str:
        """Return the next message timestamp: seconds and six decimals, always increasing."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    # People and conversations

    def user(self, name: str, team: str | None = None) -> User:
        """Return the person called `name`, who joins the workspace, or another, when new.

        Args:
            name: the short name.
            team: the domain of the other workspace.
        """
        for user in self.users.values():
            if user.name == name and not user.is_bot:
                return user
        user = User(self.new_id("U"), name, name.title())
        if team:
            user.team = self.teams.setdefault(team, self.new_id("T"))
        self.users[user.id] = user
        return user

    def channel(
        self, name: str, kind: Literal["channel", "group", "im", "mpim"], members: set[str]
    ) -> Channel:
        """Return the conversation of that name and kind, created when new; members join it."""
        for channel in self.channels.values():
            if (channel.name, channel.kind) == (name, kind):
                channel.members |= members
                return channel
        letter = "D" if kind == "im" else "C"
        channel = Channel(self.new_id(letter), name, kind, set(members), int(self.clock()))
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """Return the direct messages between a person and the app."""
        return self.channel(f"dm-{user}", "im", {user, self.app.bot_user_id})

    def is_shared(self, channel: Channel) -> bool:
        """Say whether somebody of another workspace is in a conversation (Slack Connect)."""
        return any(self.users[member].team for member in channel.members if member in self.users)

    def teams_of(self, user: str, channel: Channel) -> tuple[str, dict[str, Any]]:
        """Return the workspace of a message's author, and what shared channels tell besides."""
        found = self.users.get(user)
        team = (found.team if found else None) or self.app.team_id
        if not self.is_shared(channel):
            return team, {}
        return team, {"user_team": team, "source_team": team}

    def linked(self, url: str) -> Message | None:
        """Return the message that an address of this workspace leads to; None for none."""
        bare = url.partition("?")[0]
        said = (m for channel in self.channels.values() for m in channel.visible())
        return next((m for m in said if self.permalink(m).partition("?")[0] == bare), None)

    def session_status(self, message: Message) -> str | None:
        """Return what the agent session of a message's thread is now; None when there is none."""
        session = self.sessions.get((message.channel.id, message.root))
        streams = [reply.stream for reply in message.replies() if reply.stream]
        timeouts = tuple(stream.expires for stream in streams if stream.ended is None)
        return session.status(self.clock(), timeouts) if session else None

    def move_session(self, key: tuple[str, str], status: str, title: str = "") -> None:
        """Give a thread's session a status, and a new one its title."""
        session = self.sessions.get(key)
        self.sessions[key] = Session(session.title if session else title, status, self.clock())
        self.changed("status", key)

    def streaming(self, message: Message) -> bool:
        """Say whether a message is in the streaming state: it grows and cannot be edited."""
        stream = message.stream
        return stream is not None and not message.deleted and stream.live(self.clock())

    def home(self, user: str) -> View | None:
        """Return what the app has published in somebody's Home tab; None when nothing yet."""
        for view in self.views.values():
            if view.user == user and view.content["type"] == "home":
                return view
        return None

    def permalink(self, message: Message) -> str:
        """Return the message's address."""
        where = f"https://{self.domain}.slack.com/archives/{message.channel.id}"
        link = f"{where}/p{message.ts.replace('.', '')}"
        if message.thread_ts:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel.id}"
        return link

    # Watching

    def watch(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` with every change. Returns the function that ends it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def changed(self, kind: Any, subject: object) -> None:
        """Tell everybody who watches or waits."""
        change = Change(kind, subject)
        for callback in list(self._watchers):
            callback(change)
        if self._waiting and not self._asking:
            self._asking = True
            asyncio.get_running_loop().call_soon(self._ask)

    def _ask(self) -> None:
        """Let everybody who waits look again: once, however much has changed meanwhile."""
        self._asking = False
        for look in list(self._waiting):
            look()

    async def until(
        self, look: Callable[[], T | None], timeout: float, why: Callable[[], str] | None = None
    ) -> T:
        """Return what `look` gives once it is true; it is asked again after every change.

        Raises TimeoutError after `timeout` seconds, with `why` as its text.
        """
        found = look()
        if found:
            return found
        seen: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def again() -> None:
            try:
                found = look()
            except Exception as error:  # it is the waiting one's mistake, and told to it
                if not seen.done():
                    seen.set_exception(error)
                return
            if found and not seen.done():
                seen.set_result(found)

        self._waiting.append(again)
        try:
            return await asyncio.wait_for(seen, timeout)
        except TimeoutError:
            raise TimeoutError(why() if why else f"not within {timeout} s") from None
        finally:
            self._waiting.remove(again)
