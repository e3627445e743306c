"""Reading the value of one setting: what it must look like, and what to do when it does not.

Pure. Mistakes are collected, so that all are told at once; what is returned for a wrong value is
good for nothing but going on. Nothing of a secret's value is told: of no setting is more told than
a short plain word, and not even that when it shares four characters in a row with a secret.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from bot.connections import addresses
from bot.errors import Problem

T = TypeVar("T")

#: What begins like this is a credential of Slack's, and what kind it is.
#: https://docs.slack.dev/authentication/tokens
KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe.xoxb-": "a bot token that expires (token rotation is on)",
    "xoxe.xoxp-": "a token that expires (token rotation is on, or it is a configuration token)",
    "xoxe-": "a refresh token",
    "xoxr-": "a refresh token",
    "xoxa-": "a token of an old kind (workspace app)",
    "xoxo-": "a token of an old kind",
    "xoxs-": "a browser's session token",
    "xoxc-": "a browser's session token",
    "xoxd-": "a browser's cookie",
    "https://hooks.slack.com/": "the address of an incoming webhook",
}
#: What examples, templates and masked copies hold in place of a secret.
_PLACEHOLDER = re.compile(
    r"\.\.\.|…|\*\*\*|•|\{\{|\$\{|%\(|^\$|^<.*>$|^\[.*\]$"
    r"|(^|[-_ ])your([-_ ]|$)"
    r"|^(change|replace|fill)[-_ ]?(it|me|this|in)"
    r"|(^|[-_ ])(placeholder|goes[-_ ]here|here)$"
    r"|^(todo|tbd|none|null|nil|undefined|dummy|insert.*|paste.*)$",
    re.IGNORECASE,
)
_QUOTES = {"'": "'", '"': '"', "`": "`", "“": "”", "„": "“", "‘": "’", "«": "»", "”": "”", "’": "’"}
_APP_ID = re.compile(r"A[A-Z0-9]{8,12}")
_CLIENT_ID = re.compile(r"[0-9]{6,}\.[0-9]{6,}")
_SHOWN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,._-]{0,23}")
#: Digits are ASCII's, and nothing stands between them: Python itself takes ``1_0`` for ten.
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?")
#: What only a shell puts something in the place of.
_SHELL = re.compile(r"~(/|$)|\$[A-Za-z{(]")
LONGEST_PATH = 1_000  # characters; systems take 1,024 or 4,096
_TELLING = 4  # characters of a secret in a row that may not be told


class Reader:
    """Reads values, and collects what is wrong with them.

    Attributes:
        problems: every mistake found, in the order of reading.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        defaults: Mapping[str, str | None],
        secrets: Iterable[str],
        known: Sequence[Problem] = (),
    ) -> None:
        """Take the values of the settings that `defaults` names.

        Args:
            environ: the environment.
            defaults: name -> default, None for a setting without one.
            secrets: the names of those whose values are secret.
            known: mistakes that were found before; a setting among them is not called unset.
        """
        self._defaults = defaults
        self._values = {n: environ[n].strip() for n in defaults if environ.get(n, "").strip()}
        self._secrets = [self._values[name] for name in secrets if name in self._values]
        self._known = {problem.setting for problem in known}
        self.problems: list[Problem] = []
        bare = {name: self._bare(name, value) for name, value in self._values.items()}
        self._values = {name: value for name, value in bare.items() if value}

    def has(self, name: str) -> bool:
        """Whether the setting is set."""
        return name in self._values

    def is_given(self, name: str) -> bool:
        """Whether the setting is set, be it to something that cannot be read."""
        return self.has(name) or name in self._wrongs()

    def text(self, name: str) -> str:
        """Return a setting as it is."""
        return self._values.get(name) or self._defaults[name] or ""

    # --- secrets ------------------------------------------------------------------------

    def secret(self, name: str, fix: str) -> str:
        """Return a secret that has to be there."""
        value = self.text(name)
        if not value:
            if name not in self._wrongs():
                self.wrong(name, "is not set", fix)
        elif name not in self._wrongs():
            self._judge_secret(name, value, fix)
        return value

    def token(self, name: str, prefix: str, fix: str, *, required: bool = False) -> str | None:
        """Return a token that begins with `prefix`; None when it is not set and need not be."""
        if not self.has(name) and not required:
            return None
        value = self.secret(name, fix)
        if not value or name in self._wrongs():
            return value
        if not value.startswith(prefix):
            what = kind_of(value) or "something else"
            self.wrong(name, f"holds {what}, not {KINDS[prefix]}", fix)
        elif not any(map(str.isalnum, value.removeprefix(prefix))):
            self.wrong(name, f"holds only the beginning of {KINDS[prefix]}", fix)
        return value

    def key(self, name: str, fix: str) -> str:
        """Return a key of another service, which is certainly nothing of Slack's."""
        value = self.secret(name, fix)
        kind = kind_of(value)
        if kind and name not in self._wrongs():
            self.wrong(name, f"holds {kind} of Slack's", fix)
        return value

    def signing_secret(self, name: str, fix: str) -> str | None:
        """Return Slack's signing secret; None when it is not set."""
        if not self.has(name):
            return None
        value = self.secret(name, fix)
        if name in self._wrongs():
            return value
        kind = kind_of(value)
        if _APP_ID.fullmatch(value):
            kind = "the app's id"
        elif _CLIENT_ID.fullmatch(value):
            kind = "the app's client id"
        elif "://" in value:
            kind = "an address"
        if kind:
            self.wrong(name, f"holds {kind}, not the signing secret", fix)
        return value

    def _judge_secret(self, name: str, value: str, fix: str) -> None:
        strange = next((c for c in value if not "!" <= c <= "~"), None)
        if _PLACEHOLDER.search(value) or _is_filling(value):
            self.wrong(name, "still holds the example's placeholder", fix)
        elif strange is not None:
            self.wrong(name, f"has {_called(strange)} in it, which no token or key has", fix)

    # --- other values -------------------------------------------------------------------

    def url(self, name: str) -> str:
        """Return a web address."""
        value = self.text(name)
        if name not in self._wrongs() and (wrong := addresses.web(value)):
            self.wrong(name, wrong, f"use {self._defaults[name]}, for example")
        return value

    def redis(self, name: str) -> str | None:
        """Return the address of a Redis server; None when it is not set."""
        value = self._values.get(name)
        if value and name not in self._wrongs() and (wrong := addresses.redis(value)):
            self.wrong(name, *wrong)
        return value

    def host(self, name: str) -> str:
        """Return an address to listen on."""
        value = self.text(name)
        if name not in self._wrongs() and (kind_of(value) or not addresses.is_host(value)):
            self.wrong(
                name,
                f"isn't a host name or IP address{self._shown(value)}",
                f"use {self._defaults[name]}, or an address of this machine, without scheme and "
                "port, an IPv6 address without brackets",
            )
        return value

    def path(self, name: str) -> str:
        """Return the path of a folder."""
        value = self.text(name)
        strange = next((c for c in value if unicodedata.category(c) == "Cc"), None)
        if name in self._wrongs():
            return value
        if strange is not None:
            self.wrong(name, f"has {_called(strange)} in it", "use the path of a folder")
        elif _SHELL.match(value):
            self.wrong(
                name,
                "begins with what only a shell understands (~, or a variable)",
                "write the whole path, such as /srv/threadline",
            )
        elif " #" in value:  # which `.env` files take off, and `docker --env-file` does not
            self.wrong(
                name,
                "has a comment (#) after it",
                "put the comment on a line of its own, or use a path without a space before a #",
            )
        elif len(value) > LONGEST_PATH:
            self.wrong(name, f"is longer than {LONGEST_PATH:,} characters", "use a shorter path")
        return value

    def number(self, name: str, low: int, high: int, kind: Callable[[str], T]) -> T:
        """Return a number within its bounds; when it is none, the default."""
        value = self.text(name)
        if _NUMBER.fullmatch(value) and low <= float(value) <= high:
            with suppress(ValueError):  # it has to be whole
                return kind(value)
        whole = "whole number" if kind is int else "number"
        self.wrong(
            name,
            f"isn't a {whole} from {low} to {high}{self._shown(value)}",
            f"use a {whole} from {low} to {high}",
        )
        return kind(self._defaults[name] or "0")

    def choice(self, name: str, choices: tuple[str, ...], hint: str = "") -> str:
        """Return one of the choices; when it is none, the default."""
        value = self.text(name)
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        self.wrong(
            name, f"isn't one of its values{self._shown(value)}", f"{hint}use {', '.join(choices)}"
        )
        return self._defaults[name] or choices[0]

    def listed(self, name: str, form: re.Pattern[str], wrong: str, fix: str) -> list[str]:
        """Return what stands between commas, each of the form."""
        found = [part.strip() for part in self.text(name).split(",") if part.strip()]
        strange = [one for one in found if not form.fullmatch(one)]
        if strange:
            shown = [shown for one in strange if (shown := self._shown(one)[2:-1])]
            self.wrong(name, f"{wrong} ({', '.join(shown)})" if shown else wrong, fix)
        return [one for one in found if one not in strange]

    def wrong(self, name: str, wrong: str, fix: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(name, wrong, fix))

    def _wrongs(self) -> set[str]:
        return {problem.setting for problem in self.problems} | self._known

    def _bare(self, name: str, value: str) -> str:
        """Take quotes off, which shells and `.env` files do, and `docker --env-file` does not."""
        first, last = value[0], value[-1]
        if first in _QUOTES or last in "'\"`":
            self.wrong(
                name,
                "has quotes around it" if last == _QUOTES.get(first) else "has a quote at its end",
                "remove the quotes",
            )
            return value.strip("'\"`“”„‘’«»").strip()
        return value

    def _shown(self, value: str) -> str:
        """Return a value to be told, in parentheses; nothing when it might be a secret."""
        if not _SHOWN.fullmatch(value) or kind_of(value):
            return ""
        pieces = (value[i : i + _TELLING] for i in range(len(value) - _TELLING + 1))
        if any(piece in secret for piece in pieces for secret in self._secrets):
            return ""
        return f" ({value})"


def kind_of(value: str) -> str | None:
    """Name the kind of credential of Slack's that a value is; None when it is none."""
    return next((kind for prefix, kind in KINDS.items() if value.startswith(prefix)), None)


def _is_filling(value: str) -> bool:
    """Whether a value is one character over and over, such as ``xoxb-xxxx-xxxx``."""
    for prefix in KINDS:
        value = value.removeprefix(prefix)
    letters = set(filter(str.isalnum, value.lower()))
    return len(value) >= 3 and len(letters) == 1


def _called(character: str) -> str:
    """Name a character that cannot be seen, or not told from another."""
    if character in "\r\n\u2028\u2029\x85":
        return "a line break"
    if character.isspace():
        return "a space"
    return f"a strange character (U+{ord(character):04X})"
