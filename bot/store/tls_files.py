"""Check the files that a `rediss://` address names before they are used.

The errors of redis-py name no option, and OpenSSL asks at the terminal for a key's password that is
not given, where a start would wait forever.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio.connection import parse_url

from bot.errors import Problem
from bot.store.findings import redis_problem

_CHECK = "check the path behind the ?, and that the bot's user may read it"
_PAIR = (
    "ssl_certfile and ssl_keyfile are in PEM form and belong together (one file may hold both); "
    "the password of the key, if it has one, is ssl_password"
)


def problem(url: str) -> Problem | None:
    """Return what is wrong with the files of an address; None for nothing, or for no files."""
    if urlsplit(url).scheme != "rediss":
        return None
    options: dict[str, Any] = dict(parse_url(url))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    key, password = options.get("ssl_keyfile"), options.get("ssl_password") or ""
    if key and not options.get("ssl_certfile"):
        return redis_problem("has ssl_keyfile without ssl_certfile", _PAIR)
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
            if options.get(option):
                load(options[option])
        except ssl.SSLError:
            return redis_problem(wrong, fix)
        except FileNotFoundError:
            return redis_problem(f"names a file that is not there ({option})", _CHECK)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            return redis_problem(f"names a file in {option} that cannot be read ({why})", _CHECK)
    return None
