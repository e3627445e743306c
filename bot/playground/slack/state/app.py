"""The installed app: its tokens and what its manifest declares.

Limits: https://docs.slack.dev/reference/app-manifest and github.com/slackapi/manifest-schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

MOST_PROMPTS = 4

#: The scopes that Threadline asks for.
DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "groups:history",
        "groups:read",
        "im:history",
        "mpim:history",
        "mpim:read",
        "chat:write",
        "commands",
        "reactions:write",
        "files:write",
        "users:read",
    }
)
DEFAULT_EVENTS = frozenset(
    {
        "agent_session_stopped",
        "app_home_opened",
        "app_mention",
        "channel_id_changed",
        "channel_shared",
        "channel_unshared",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "user_change",
    }
)
DEFAULT_COMMANDS = {"/processor": False, "/threadline": True}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt suggested in empty direct messages: its title and the message that it sends."""

    title: str
    message: str


DEFAULT_PROMPTS = (
    Prompt("Who owns the Suez Canal?", "Who owns the Suez Canal, and since when?"),
    Prompt("Compare wind turbine makers", "Compare the three largest makers of wind turbines."),
    Prompt("EU battery rules this year", "What has changed in EU battery regulation this year?"),
)


@dataclass(eq=False, slots=True)
class App:
    """The installed app.

    Attributes:
        events: those that it subscribes to.
        commands: its slash commands; True: people and channels in them are escaped.
        shortcuts: the names of its message shortcuts, by callback id.
        prompts: suggested in empty direct messages if it is an agent (see `suggest`).
        agent: whether it is declared as an agent.
        home: whether it has a Home tab.
        auth_error: the error of every call once its token is revoked; None before.
    """

    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    app_id: str
    bot_id: str
    bot_user_id: str
    team_id: str
    scopes: set[str]
    name: str = "Threadline"
    events: set[str] = field(default_factory=lambda: set(DEFAULT_EVENTS))
    commands: dict[str, bool] = field(default_factory=lambda: dict(DEFAULT_COMMANDS))
    shortcuts: dict[str, str] = field(default_factory=lambda: {"research_message": "Research this"})
    prompts: tuple[Prompt, ...] = DEFAULT_PROMPTS
    agent: bool = True
    home: bool = True
    auth_error: Literal["token_revoked", "account_inactive"] | None = None

    def suggest(self, prompts: Sequence[Prompt]) -> None:
        """Suggest these prompts. Raises ValueError for more than the manifest allows (four)."""
        if len(prompts) > MOST_PROMPTS:
            raise ValueError(f"at most {MOST_PROMPTS} prompts can be suggested")
        self.prompts = tuple(prompts)

    @property
    def suggested(self) -> tuple[Prompt, ...]:
        """The prompts that Slack shows: none if the app is not an agent."""
        return self.prompts if self.agent else ()

    @property
    def has_stop_button(self) -> bool:
        """Whether Slack shows a Stop button while a session of the app is processing."""
        return self.agent and "agent_session_stopped" in self.events
