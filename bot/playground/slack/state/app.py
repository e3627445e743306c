"""The installed app: its keys, and what its manifest declares.

Limits: https://docs.slack.dev/reference/app-manifest and github.com/slackapi/manifest-schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

MOST_PROMPTS = 4

#: What an app like Threadline asks for.
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
    }
)
DEFAULT_EVENTS = frozenset(
    {
        "agent_session_stopped",
        "app_home_opened",
        "app_mention",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
    }
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt suggested in empty direct messages: what it is called, and what it sends."""

    title: str
    message: str


DEFAULT_PROMPTS = (
    Prompt("Who owns the Suez Canal?", "Who owns the Suez Canal, and since when?"),
    Prompt("Compare wind turbine makers", "Compare the three largest makers of wind turbines."),
    Prompt("EU battery rules this year", "What has changed in EU battery regulation this year?"),
)


@dataclass(eq=False, slots=True)
class App:
    """The installed app: its keys, what it may do (`scopes`) and what it hears of (`events`).

    `agent` says that it is declared as an agent; `home` that it has a Home tab. `shortcuts` are
    the names of its message shortcuts, by callback id; `prompts` what an agent suggests in empty
    direct messages (see `suggest`).
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
    commands: set[str] = field(default_factory=lambda: {"/processor"})
    shortcuts: dict[str, str] = field(default_factory=lambda: {"research_message": "Research this"})
    prompts: tuple[Prompt, ...] = DEFAULT_PROMPTS
    agent: bool = True
    home: bool = True
    gone: Literal["token_revoked", "account_inactive"] | None = None

    def suggest(self, prompts: Sequence[Prompt]) -> None:
        """Suggest these prompts. Raises ValueError for more than four, as the manifest does."""
        if len(prompts) > MOST_PROMPTS:
            raise ValueError(f"at most {MOST_PROMPTS} prompts can be suggested")
        self.prompts = tuple(prompts)

    @property
    def suggested(self) -> tuple[Prompt, ...]:
        """What empty direct messages suggest: nothing when it is no agent."""
        return self.prompts if self.agent else ()

    @property
    def stoppable(self) -> bool:
        """Whether Slack shows a Stop button while a session of the app's is processing."""
        return self.agent and "agent_session_stopped" in self.events
