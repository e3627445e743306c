"""Every setting: its name, default, unit and meaning. Pure.

`SETTINGS` is the one table; docs/configuration.md and .env.example are tested against it.
`env_file` reads `.env` into the environment, `values` checks each value. Errors contain no part of
a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.configuration.access import read_access
from bot.configuration.bounds import read_bounds
from bot.configuration.money import MoneySettings
from bot.configuration.table import SETTINGS
from bot.configuration.values import Reader
from bot.connections import addresses
from bot.connections.network import Network
from bot.domain.access import Access
from bot.domain.bounds import Bounds
from bot.domain.choices import FollowUps
from bot.domain.effective import Environment, GivenSetting
from bot.domain.processors import PROCESSORS, find_processor, nearest_name
from bot.domain.thread import UserId
from bot.errors import Problem, SettingsError

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
#: The name of an emoji: https://docs.slack.dev/reference/methods/reactions.add
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
#: Paths of Parallel's API at the end of a base URL, which has none (like that of its SDK).
_API_PATH = re.compile(r"/v1(beta)?(/tasks(/runs|/groups)?|/chat(/completions)?)?$")
_SECRETS = [setting.name for setting in SETTINGS if setting.secret]
#: Characters of a Redis password from which on it is removed from the log; a shorter one might be
#: a common word.
_SHORTEST_REDACTED = 8


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked. Its repr contains no secret.

    Attributes:
        shown: those that are no secret as text, by name.
    """

    slack_bot_token: str = field(repr=False)
    slack_app_token: str | None = field(repr=False)
    slack_signing_secret: str | None = field(repr=False)
    slack_api_url: str
    port: int
    port_is_set: bool
    host: str
    parallel_api_key: str = field(repr=False)
    parallel_base_url: str
    default_processor: str
    follow_ups: FollowUps
    broadcast: bool
    admins: frozenset[UserId]
    research_reaction: str | None
    task_groups: bool
    redis_url: str | None = field(repr=False)
    data_dir: str
    lease_seconds: float
    retention_days: int
    log_level: str
    log_format: str
    access: Access = field(default_factory=Access)
    money: MoneySettings = field(default_factory=MoneySettings)
    bounds: Bounds = field(default_factory=Bounds)
    network: Network = field(default_factory=Network)
    shown: Mapping[str, GivenSetting] = field(default_factory=dict, repr=False)

    @property
    def serves_http(self) -> bool:
        """Whether the bot has an HTTP server: without Socket Mode, or if PORT is set."""
        return self.slack_app_token is None or self.port_is_set

    @property
    def environment(self) -> Environment:
        """What holds where admins set nothing, for people who ask what is in force."""
        return Environment(self.money.limits, self.access, self.shown)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return everything that must never be printed."""
        found = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.parallel_api_key,
        )
        passwords = addresses.redis_passwords(self.redis_url or "")
        return (
            *filter(None, found),
            *sorted(one for one in passwords if len(one) >= _SHORTEST_REDACTED),
            *self.network.secrets,
        )

    @staticmethod
    def load(environ: Mapping[str, str]) -> Settings:
        """Read and check all settings.

        Raises:
            SettingsError: with every mistake and its fix.
        """
        settings, problems = Settings.read(environ)
        if problems:
            raise SettingsError(problems)
        return settings

    @staticmethod
    def read(
        environ: Mapping[str, str], known: Sequence[Problem] = ()
    ) -> tuple[Settings, list[Problem]]:
        """Read all settings, and return them with every mistake.

        A wrong setting has its default, or a value that must not be used.

        Args:
            environ: the environment.
            known: mistakes found before, in `.env`; they are returned as well.
        """
        reader = Reader(environ, _DEFAULTS, secrets=_SECRETS, known=known)
        network, network_problems = Network.load(environ)
        read = Settings(
            slack_bot_token=_token(reader, "SLACK_BOT_TOKEN", "xoxb-", required=True) or "",
            slack_app_token=_token(reader, "SLACK_APP_TOKEN", "xapp-"),
            slack_signing_secret=_signing_secret(reader),
            slack_api_url=reader.url("SLACK_API_URL").rstrip("/") + "/",
            port=reader.number("PORT", int, low=0, high=65_535),
            port_is_set=reader.has("PORT"),
            host=reader.host("HOST"),
            parallel_api_key=reader.key("PARALLEL_API_KEY", _PARALLEL_FIX),
            parallel_base_url=_parallel_url(reader),
            default_processor=_processor(reader, "DEFAULT_PROCESSOR"),
            follow_ups=FollowUps(reader.choice("FOLLOW_UPS", tuple(FollowUps))),
            broadcast=reader.choice("BROADCAST", ("on", "off")) == "on",
            admins=_people(reader, "ADMINS"),
            research_reaction=_emoji(reader, "RESEARCH_REACTION"),
            task_groups=reader.choice("TASK_GROUPS", ("on", "off")) == "on",
            redis_url=reader.redis("REDIS_URL"),
            data_dir=reader.path("DATA_DIR"),
            lease_seconds=reader.number("LEASE_SECONDS", float, low=2, high=60),
            retention_days=reader.number("RETENTION_DAYS", int, low=1, high=3650),
            log_level=reader.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR")),
            log_format=reader.choice("LOG_FORMAT", ("plain", "json")),
            access=read_access(reader),
            money=MoneySettings.read(reader),
            bounds=read_bounds(reader),
            network=network,
            shown=_shown(reader),
        )
        return read, [*known, *reader.problems, *network_problems]


_PARALLEL_FIX = "copy a key from platform.parallel.ai, Settings, API keys"
_TOKEN_FIXES = {
    "SLACK_BOT_TOKEN": "copy the Bot User OAuth Token (xoxb-…) from your app's OAuth & "
    "Permissions page",
    "SLACK_APP_TOKEN": "create an App-Level Token (xapp-…) with connections:write under Basic "
    "Information",
}


def _shown(reader: Reader) -> Mapping[str, GivenSetting]:
    return {
        each.name: GivenSetting(reader.text(each.name), reader.has(each.name))
        for each in SETTINGS
        if not each.secret
    }


def _parallel_url(reader: Reader) -> str:
    name = "PARALLEL_BASE_URL"
    value = reader.url(name).rstrip("/")
    if found := _API_PATH.search(value):
        reader.wrong(name, f"ends in {found[0]}, which is added to it", f"leave {found[0]} out")
    return value


def _token(reader: Reader, name: str, prefix: str, *, required: bool = False) -> str | None:
    return reader.token(name, prefix, _TOKEN_FIXES[name], required=required)


def _signing_secret(reader: Reader) -> str | None:
    name = "SLACK_SIGNING_SECRET"
    if not reader.is_given(name) and not reader.is_given("SLACK_APP_TOKEN"):
        reader.wrong(
            name,
            "is not set, and neither is SLACK_APP_TOKEN",
            "set SLACK_APP_TOKEN for Socket Mode (simplest), or copy the Signing Secret from "
            "Basic Information for HTTP",
        )
    return reader.signing_secret(name, "copy the Signing Secret from Basic Information")


def _processor(reader: Reader, name: str) -> str:
    if named := find_processor(reader.text(name)):
        return named.name
    close = nearest_name(reader.text(name))
    hint = f"did you mean {close}? " if close else ""
    return reader.choice(name, tuple(PROCESSORS), hint)


def _emoji(reader: Reader, name: str) -> str | None:
    value = reader.text(name).strip(":").lower()
    if value == "off":
        return None
    if _EMOJI.fullmatch(value):
        return value
    reader.wrong(name, "isn't the name of an emoji", "use its name in Slack, such as mag, or off")
    return None


def _people(reader: Reader, name: str) -> frozenset[UserId]:
    ids = reader.listed(
        name,
        _PERSON.fullmatch,
        wrong="holds something that isn't a Slack user ID",
        fix="use ids such as U012AB3CD: in Slack, a person's profile, ⋮, Copy member ID",
    )
    return frozenset(map(UserId, ids))
