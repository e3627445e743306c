"""Every setting: its name, default, unit and meaning; all mistakes told at once.

`SETTINGS` is the one table: the README's is tested against it. Pure: it reads the mapping it is
given; reading `.env` is the command line's business. Values of secrets appear nowhere in errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from bot.errors import Problem, SettingsError
from bot.model import FollowUps, UserId
from bot.processors import PROCESSORS, nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `default` is None where there is none."""

    name: str
    default: str | None
    meaning: str
    secret: bool = False


SETTINGS = (
    Setting("SLACK_BOT_TOKEN", None, "the bot's token, `xoxb-…`; required", secret=True),
    Setting(
        "SLACK_APP_TOKEN",
        None,
        "the app-level token, `xapp-…`, with `connections:write`; when set, Socket Mode is used",
        secret=True,
    ),
    Setting(
        "SLACK_SIGNING_SECRET",
        None,
        "checks Slack's requests over HTTP; required without `SLACK_APP_TOKEN`",
        secret=True,
    ),
    Setting("SLACK_API_URL", "https://slack.com/api/", "where Slack's Web API is"),
    Setting(
        "PORT",
        "3000",
        "port for Slack's requests at `/slack/events` and for `/health`; with Socket Mode "
        "`/health` is served only when it is set",
    ),
    Setting("HOST", "0.0.0.0", "address to listen on"),  # noqa: S104 - for containers
    Setting(
        "PARALLEL_API_KEY",
        None,
        "the key for Parallel's Task API and Chat API; required",
        secret=True,
    ),
    Setting("PARALLEL_BASE_URL", "https://api.parallel.ai", "where Parallel's API is"),
    Setting(
        "DEFAULT_PROCESSOR",
        "core-fast",
        "used where no message, thread, person or channel chose another; `speed` for quick answers "
        "without sources",
    ),
    Setting(
        "FOLLOW_UPS",
        "every",
        "`every`: each reply in a thread of the bot's is a follow-up; `mention`: only those that "
        "mention it; a channel can choose otherwise with `/processor replies`",
    ),
    Setting(
        "BROADCAST",
        "off",
        "`on`: answers that took more than ten minutes are shown in the channel, too",
    ),
    Setting(
        "ADMINS",
        None,
        "Slack user ids, separated by commas, of people who may stop every run; who asked, and who "
        "has asked something in the thread, may anyway",
    ),
    Setting(
        "TASK_GROUPS",
        "off",
        "`on`: a thread's runs are created in a task group of Parallel's, so that a run whose "
        "creation was not confirmed is found again instead of asked about",
    ),
    Setting(
        "REDIS_URL",
        None,
        "`redis://`, `rediss://` or `unix://`; unset: a bundled Valkey server in `DATA_DIR`",
        secret=True,
    ),
    Setting("DATA_DIR", "./data", "folder of the bundled Valkey server"),
    Setting(
        "LEASE_SECONDS",
        "5",
        "seconds (2 to 60) after which a silent replica's work is taken over",
    ),
    Setting(
        "RETENTION_DAYS",
        "90",
        "days (1 to 3650) that a thread can be continued after its last turn",
    ),
    Setting("LOG_LEVEL", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"),
    Setting("LOG_FORMAT", "plain", "`plain` or `json`, one line an event"),
)
_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_PLACEHOLDER = re.compile(r"\.\.\.|…|^<.*>$|(^|[-_])your([-_]|$)|^change-?me$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked. Secrets do not show in its repr."""

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
    task_groups: bool
    redis_url: str | None = field(repr=False)
    data_dir: str
    lease_seconds: float
    retention_days: int
    log_level: str
    log_format: str

    @property
    def serves_http(self) -> bool:
        """Whether the bot has an HTTP server: always without Socket Mode, else when asked to."""
        return self.slack_app_token is None or self.port_is_set

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be printed."""
        found = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.parallel_api_key,
        )
        return tuple(secret for secret in found if secret)

    @staticmethod
    def load(environ: Mapping[str, str]) -> Settings:
        """Read and check all settings.

        Raises:
            SettingsError: with every mistake and its fix.
        """
        reader = _Reader(environ)
        app_token = reader.token("SLACK_APP_TOKEN", "xapp-")
        settings = Settings(
            slack_bot_token=reader.token("SLACK_BOT_TOKEN", "xoxb-", required=True) or "",
            slack_app_token=app_token,
            slack_signing_secret=reader.signing_secret(needed=not reader.has("SLACK_APP_TOKEN")),
            slack_api_url=reader.url("SLACK_API_URL").rstrip("/") + "/",
            port=reader.number("PORT", 0, 65_535, int),
            port_is_set=reader.has("PORT"),
            host=reader.text("HOST"),
            parallel_api_key=reader.secret("PARALLEL_API_KEY", _PARALLEL_FIX),
            parallel_base_url=reader.url("PARALLEL_BASE_URL").rstrip("/"),
            default_processor=reader.processor("DEFAULT_PROCESSOR"),
            follow_ups=FollowUps(reader.choice("FOLLOW_UPS", tuple(FollowUps))),
            broadcast=reader.choice("BROADCAST", ("on", "off")) == "on",
            admins=reader.people("ADMINS"),
            task_groups=reader.choice("TASK_GROUPS", ("on", "off")) == "on",
            redis_url=reader.redis("REDIS_URL"),
            data_dir=reader.text("DATA_DIR"),
            lease_seconds=reader.number("LEASE_SECONDS", 2, 60, float),
            retention_days=reader.number("RETENTION_DAYS", 1, 3650, int),
            log_level=reader.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR")),
            log_format=reader.choice("LOG_FORMAT", ("plain", "json")),
        )
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings


_PARALLEL_FIX = "copy a key from platform.parallel.ai, Settings, API keys"
_TOKEN_FIXES = {
    "SLACK_BOT_TOKEN": "copy the Bot User OAuth Token (xoxb-…) from your app's OAuth & "
    "Permissions page",
    "SLACK_APP_TOKEN": "create an App-Level Token (xapp-…) with connections:write under Basic "
    "Information",
}
_KINDS = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token"}


class _Reader:
    """Reads values, and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._values = {
            name: environ[name].strip() for name in _DEFAULTS if environ.get(name, "").strip()
        }
        self.problems: list[Problem] = []

    def has(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        return self._values.get(name) or _DEFAULTS[name] or ""

    def secret(self, name: str, fix: str) -> str:
        value = self.text(name)
        if not value:
            self._wrong(name, "is not set", fix)
        elif len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            self._wrong(name, "has quotes around it", "take the quotes away")
        elif _PLACEHOLDER.search(value):
            self._wrong(name, "still holds the example's placeholder", fix)
        return value

    def token(self, name: str, prefix: str, *, required: bool = False) -> str | None:
        if not self.has(name) and not required:
            return None
        known = len(self.problems)
        value = self.secret(name, _TOKEN_FIXES[name])
        if len(self.problems) > known:
            return value
        kind = next((words for p, words in _KINDS.items() if value.startswith(p)), None)
        if not value.startswith(prefix):
            what = kind or "something else"
            self._wrong(name, f"holds {what}, not {_KINDS[prefix]}", _TOKEN_FIXES[name])
        return value

    def signing_secret(self, *, needed: bool) -> str | None:
        name = "SLACK_SIGNING_SECRET"
        if needed and not self.has(name):
            self._wrong(
                name,
                "is not set, and neither is SLACK_APP_TOKEN",
                "set SLACK_APP_TOKEN for Socket Mode (simplest), or copy the Signing Secret from "
                "Basic Information for HTTP",
            )
        return self._values.get(name)

    def url(self, name: str) -> str:
        value = self.text(name)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self._wrong(name, f"is no web address ({value})", f"use for example {_DEFAULTS[name]}")
        return value

    def redis(self, name: str) -> str | None:
        value = self._values.get(name)
        if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            self._wrong(
                name,
                "does not begin with redis://, rediss:// or unix://",
                "use for example redis://localhost:6379, or unset it to use the bundled server",
            )
        return value

    def processor(self, name: str) -> str:
        value = self.text(name).lower()
        if value not in PROCESSORS:
            close = nearest(value)
            hint = f"did you mean {close.name}? " if close else ""
            self._wrong(
                name, f"is no processor ({value})", f"{hint}there are {', '.join(PROCESSORS)}"
            )
        return value

    def people(self, name: str) -> frozenset[UserId]:
        ids = [part.strip() for part in self.text(name).split(",") if part.strip()]
        strange = [one for one in ids if not _PERSON.fullmatch(one)]
        if strange:
            self._wrong(
                name,
                f"holds what is no Slack user id ({', '.join(strange)})",
                "use ids such as U012AB3CD: in Slack, a person's profile, ⋮, Copy member ID",
            )
        return frozenset(map(UserId, ids))

    def number(self, name: str, low: int, high: int, kind: Callable[[str], T]) -> T:
        value = self.text(name)
        fix = f"use a number from {low} to {high}"
        try:
            if low <= float(value) <= high:
                return kind(value)
        except ValueError:
            pass
        self._wrong(name, f"is no number from {low} to {high} ({value})", fix)
        return kind(_DEFAULTS[name] or "0")

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        self._wrong(name, f"is none of its values ({value})", f"use {', '.join(choices)}")
        return choices[0]

    def _wrong(self, name: str, wrong: str, fix: str) -> None:
        self.problems.append(Problem(name, wrong, fix))
