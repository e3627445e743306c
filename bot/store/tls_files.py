"""The files that a `rediss://` address names, looked at before they are used.

What the library says of them names no option, and OpenSSL asks at the terminal for the password of
a key whose password is not given: a start would wait there for ever.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio.connection import parse_url

from bot.errors import Problem
from bot.store.server_checks import SETTING

_CHECK = "check the path behind the ?, and that the bot's user may read it"
_PAIR = (
    "ssl_certfile and ssl_keyfile are in PEM form and belong together (one file may hold both); "
    "the password of the key, if it has one, is ssl_password"
)


def problem(url: str) -> Problem | None:
    """Say what is wrong with the files of an address; None when nothing is, or it names none."""
    if urlsplit(url).scheme != "rediss":
        return None
    given: dict[str, Any] = dict(parse_url(url))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    key, password = given.get("ssl_keyfile"), given.get("ssl_password") or ""
    if key and not given.get("ssl_certfile"):
        return Problem(SETTING, "has ssl_keyfile without ssl_certfile", _PAIR)
    loads: dict[str, tuple[Callable[[str], object], str, str]] = {
        "ssl_ca_certs": (
            lambda path: context.load_verify_locations(cafile=path),
            "names a file in ssl_ca_certs that holds no certificate in PEM form, or a broken one",
            "use a file with the certificate of the server's authority "
            "(-----BEGIN CERTIFICATE-----)",
        ),
        "ssl_ca_path": (
            lambda path: next(Path(path).iterdir(), None),
            "names a folder in ssl_ca_path that cannot be used",
            _CHECK,
        ),
        "ssl_certfile": (
            lambda path: context.load_cert_chain(path, key, password),
            "names a certificate or a key (ssl_certfile, ssl_keyfile) that cannot be used",
            _PAIR,
        ),
    }
    for option, (load, wrong, fix) in loads.items():
        try:
            if given.get(option):
                load(given[option])
        except ssl.SSLError:
            return Problem(SETTING, wrong, fix)
        except FileNotFoundError:
            return Problem(SETTING, f"names a file that is not there ({option})", _CHECK)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            return Problem(SETTING, f"names a file in {option} that cannot be read ({why})", _CHECK)
    return None
