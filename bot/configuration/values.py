"""Read the value of one setting, and note what is wrong with it and what to do. Pure.

Mistakes are collected, so that all are reported at once; what is returned for a wrong value only
serves to continue. No part of a secret is shown: of any setting at most a short plain word, and not
even that if it has four characters in a row in common with a secret.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from bot.configuration.credentials import KINDS, is_placeholder, kind_of, not_a_signing_secret
from bot.connections import addresses
from bot.errors import Problem

T = TypeVar("T")

_QUOTES = {"'": "'", '"': '"', "`": "`", "“": "”", "„": "“", "‘": "’", "«": "»", "”": "”", "’": "’"}
_SHOWABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,._-]{0,23}")
#: ASCII digits without separators; Python itself would read ``1_0`` as ten.
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?")
#: The beginning of a path that only a shell expands.
_SHELL_PATH = re.compile(r"~(/|$)|\$[A-Za-z{(]")
LONGEST_PATH = 1_000  # characters; systems allow 1,024 or 4,096
_REVEALING = 4  # characters in a row that a shown value must not share with a secret


class Reader:
    """Reads values, and collects what is wrong with them.

    Attributes:
        problems: every mistake found, in the order of reading.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        defaults: Mapping[str, str | None],
        *,
        secrets: Iterable[str],
        known: Sequence[Problem] = (),
    ) -> None:
        """Take the values of the settings that `defaults` names.

        Args:
            environ: the environment.
            defaults: name -> default, None for a setting without one.
            secrets: the names of the secret ones.
            known: mistakes found before; a setting among them is not reported as unset.
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
        """Whether the setting is set, even to something that cannot be read."""
        return self.has(name) or name in self._wrong_settings()

    def text(self, name: str) -> str:
        """Return a setting as a text."""
        return self._values.get(name) or self._defaults[name] or ""

    # --- secrets ------------------------------------------------------------------------

    def secret(self, name: str, fix: str) -> str:
        """Return a required secret."""
        value = self.text(name)
        if not value:
            if name not in self._wrong_settings():
                self.wrong(name, "is not set", fix)
        elif name not in self._wrong_settings():
            self._check_secret(name, value, fix)
        return value

    def token(self, name: str, prefix: str, fix: str, *, required: bool = False) -> str | None:
        """Return a token that begins with `prefix`; None when it is not set and need not be."""
        if not self.has(name) and not required:
            return None
        value = self.secret(name, fix)
        if not value or name in self._wrong_settings():
            return value
        if not value.startswith(prefix):
            what = kind_of(value) or "something else"
            self.wrong(name, f"holds {what}, not {KINDS[prefix]}", fix)
        elif not any(map(str.isalnum, value.removeprefix(prefix))):
            self.wrong(name, f"holds only the beginning of {KINDS[prefix]}", fix)
        return value

    def key(self, name: str, fix: str) -> str:
        """Return a required key of another service, which is no credential of Slack's."""
        value = self.secret(name, fix)
        kind = kind_of(value)
        if kind and name not in self._wrong_settings():
            self.wrong(name, f"holds {kind} of Slack's", fix)
        return value

    def signing_secret(self, name: str, fix: str) -> str | None:
        """Return Slack's signing secret; None when it is not set."""
        if not self.has(name):
            return None
        value = self.secret(name, fix)
        if name in self._wrong_settings():
            return value
        if kind := not_a_signing_secret(value):
            self.wrong(name, f"holds {kind}, not the signing secret", fix)
        return value

    def _check_secret(self, name: str, value: str, fix: str) -> None:
        strange = next((c for c in value if not "!" <= c <= "~"), None)
        if is_placeholder(value):
            self.wrong(name, "still holds the example's placeholder", fix)
        elif strange is not None:
            self.wrong(name, f"has {_name_of(strange)} in it, which no token or key has", fix)

    # --- other values -------------------------------------------------------------------

    def url(self, name: str) -> str:
        """Return a web address."""
        value = self.text(name)
        if name not in self._wrong_settings() and (wrong := addresses.web(value)):
            self.wrong(name, wrong, f"use {self._defaults[name]}, for example")
        return value

    def redis(self, name: str) -> str | None:
        """Return the address of a Redis server; None when it is not set."""
        value = self._values.get(name)
        if value and name not in self._wrong_settings() and (wrong := addresses.redis(value)):
            self.wrong(name, *wrong)
        return value

    def host(self, name: str) -> str:
        """Return an address to listen on."""
        value = self.text(name)
        if name not in self._wrong_settings() and (kind_of(value) or not addresses.is_host(value)):
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
        if name in self._wrong_settings():
            return value
        if strange is not None:
            self.wrong(name, f"has {_name_of(strange)} in it", "use the path of a folder")
        elif _SHELL_PATH.match(value):
            self.wrong(
                name,
                "begins with what only a shell understands (~, or a variable)",
                "write the whole path, such as /srv/threadline",
            )
        elif " #" in value:  # a comment in `.env` files, but not for `docker --env-file`
            self.wrong(
                name,
                "has a comment (#) after it",
                "put the comment on a line of its own, or use a path without a space before a #",
            )
        elif len(value) > LONGEST_PATH:
            self.wrong(name, f"is longer than {LONGEST_PATH:,} characters", "use a shorter path")
        return value

    def number(self, name: str, kind: Callable[[str], T], *, low: int, high: int) -> T:
        """Return a number within its bounds, else the default."""
        value = self.text(name)
        if _NUMBER.fullmatch(value) and low <= float(value) <= high:
            with suppress(ValueError):  # `kind` may be int
                return kind(value)
        whole = "whole number" if kind is int else "number"
        bounds = f"{whole} from {low} to {f'{high:,}' if high > 99_999 else high}"
        self.wrong(name, f"isn't a {bounds}{self._shown(value)}", f"use a {bounds}")
        return kind(self._defaults[name] or "0")

    def choice(self, name: str, choices: tuple[str, ...], hint: str = "") -> str:
        """Return one of the choices, in any letter case, else the default."""
        value = self.text(name)
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        self.wrong(
            name, f"isn't one of its values{self._shown(value)}", f"{hint}use {', '.join(choices)}"
        )
        return self._defaults[name] or choices[0]

    def listed(
        self, name: str, is_one: Callable[[str], object], *, wrong: str, fix: str
    ) -> list[str]:
        """Return the items of a list separated by commas, without those that are not `is_one`."""
        found = [part.strip() for part in self.text(name).split(",") if part.strip()]
        strange = [one for one in found if not is_one(one)]
        if strange:
            shown = [shown for one in strange if (shown := self._shown(one)[2:-1])]
            self.wrong(name, f"{wrong} ({', '.join(shown)})" if shown else wrong, fix)
        return [one for one in found if one not in strange]

    def wrong(self, name: str, wrong: str, fix: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(name, wrong, fix))

    def _wrong_settings(self) -> set[str]:
        return {problem.setting for problem in self.problems} | self._known

    def _bare(self, name: str, value: str) -> str:
        """Remove quotes, as shells and `.env` files do and `docker --env-file` does not."""
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
        """Return a value in parentheses, to be shown; "" when it might be a secret."""
        if not _SHOWABLE.fullmatch(value) or kind_of(value):
            return ""
        pieces = (value[i : i + _REVEALING] for i in range(len(value) - _REVEALING + 1))
        if any(piece in secret for piece in pieces for secret in self._secrets):
            return ""
        return f" ({value})"


def _name_of(character: str) -> str:
    """Return a name for a character that is invisible or not ASCII."""
    if character in "\r\n\u2028\u2029\x85":
        return "a line break"
    if character.isspace():
        return "a space"
    return f"a strange character (U+{ord(character):04X})"
