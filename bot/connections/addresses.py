"""Check addresses in settings. Pure. No part of an address is shown.

The checks are stricter than the libraries that use the addresses: those fail late, each in its own
way, print parts of a password, or misread (redis-py takes `/main` for database 0).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import idna

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_DIGITS = re.compile(r"[0-9]{1,9}")
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")
_NUMBERED = re.compile(r"[0-9.]+")
_PATH = re.compile(r"[A-Za-z0-9/._~%!$&'()*+,;=:@-]*")
_DATABASE = re.compile(r"/?|/[0-9]{1,9}/?")
#: The options of redis-py's URLs that may be set; the others are decided by the bot.
_OPTIONS = {
    "db": _DIGITS,
    "client_name": re.compile(r"[!-~]+"),
    "username": re.compile(r".+"),
    "password": re.compile(r".+"),
}
_TLS_OPTIONS = {
    "ssl_cert_reqs": re.compile(r"none|optional|required"),
    "ssl_check_hostname": re.compile(r"true|false|yes|no|on|off|1|0", re.IGNORECASE),
    **dict.fromkeys(
        ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_password"),
        re.compile(r".+"),
    ),
}
_REDIS_FORM = "use redis://localhost:6379, for example, or unset it to use the bundled server"
_ESCAPES = (
    "write special characters of the password as percent codes: / as %2F, ? as %3F, # as %23, "
    "@ as %40, [ as %5B, ] as %5D, % as %25, a space as %20"
)
_OTHER_BEGINNINGS = {
    "valkey://": "write redis:// instead of valkey://",
    "valkeys://": "write rediss:// instead of valkeys://",
    "redis+tls://": "write rediss:// instead",
    "http://": "use the address for Redis clients, which begins with redis://",
    "https://": "use the address for Redis clients, which begins with rediss:// (not a REST URL)",
    "redis+socket://": "write unix:// instead",
    "redis+unix://": "write unix:// instead",
    "redis+sentinel://": "Sentinel is not supported: use the address of the server itself",
    "redis+cluster://": "clusters are not supported: use a server with cluster mode off",
    "redis://": "write redis in small letters",
    "rediss://": "write rediss in small letters",
    "/": "write unix:// before the path of a socket, such as unix:///run/redis.sock",
    "unix:/": "write unix:// before the path of a socket, such as unix:///run/redis.sock",
}


def web(address: str) -> str | None:
    """Return what is wrong with a web address; None when it is valid."""
    if not re.match(r"https?://", address, re.IGNORECASE):
        return "does not begin with http:// or https://"
    if any(character.isspace() or not character.isprintable() for character in address):
        return "has a space or a character in it that cannot be seen"
    parts = _parts(address)
    if parts is None or not parts.hostname or not is_host(_host(parts)):
        return "isn't a web address: its host cannot be read"
    if parts.username is not None or parts.password is not None:
        return "has a user or password in it, which is not supported"
    if not _is_port(parts):
        return "has a port that isn't a number from 1 to 65535"
    if "?" in address or "#" in address:
        return "has a ? or # in it, where only a path may follow"
    if not _PATH.fullmatch(parts.path):
        return "has a character in its path that no address may have"
    return None


def redis(address: str) -> tuple[str, str] | None:
    """Return what is wrong with a Redis URL, and what to do; None when it is valid."""
    if not address.startswith(("redis://", "rediss://", "unix://")):
        start = address[:20].lower()
        fixes = (fix for begin, fix in _OTHER_BEGINNINGS.items() if start.startswith(begin))
        return "does not begin with redis://, rediss:// or unix://", next(fixes, _REDIS_FORM)
    if any(character.isspace() or not character.isprintable() for character in address):
        return "has a space or a character in it that cannot be seen", _ESCAPES
    scheme, _, rest = address.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if scheme != "unix" and "@" in rest[len(authority) :]:
        return "has a / ? or # in its password", _ESCAPES
    parts = _parts(address)
    if parts is None:
        if "@" in authority:
            return "cannot be read", _ESCAPES
        return "cannot be read: a [ or ] is missing in its host", _REDIS_FORM
    if "#" in address:
        return "has a # in it", f"take it away; in a password: {_ESCAPES}"
    return _unix(parts) if scheme == "unix" else _tcp(parts)


def redis_passwords(address: str) -> set[str]:
    """Return the passwords in a Redis URL, as they are written and percent-decoded."""
    parts = _parts(address)
    if parts is None:
        return set()
    queries = [value for name, value in parse_qsl(parts.query) if "password" in name]
    written = [*filter(None, (parts.password,)), *queries]
    return {form for one in written for form in (one, unquote(one))}


def is_host(host: str) -> bool:
    """Whether this is a host name in ASCII, or an IP address.

    A Punycode label must be decodable, because httpx raises errors for others.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.removesuffix(".")
        labels = name.split(".")
        return (
            len(name) <= 253
            and all(map(_LABEL.fullmatch, labels))
            and not _NUMBERED.fullmatch(host)  # an invalid IP address
            and (not any(label[:4].lower() == "xn--" for label in labels) or _is_idn(name))
        )
    return True


def _is_idn(name: str) -> bool:
    try:
        return bool(idna.decode(name))
    except ValueError:  # idna.IDNAError is one
        return False


def _tcp(parts: SplitResult) -> tuple[str, str] | None:
    if not _is_port(parts):
        return "has a port that isn't a number from 1 to 65535", (
            "write it as redis://:PASSWORD@HOST:PORT, for example redis://localhost:6379; "
            + _ESCAPES
        )
    if parts.hostname and not is_host(_host(parts)):
        return "has an invalid host", _REDIS_FORM
    if not _DATABASE.fullmatch(parts.path):
        return "has a database that isn't a number", "end it with /0, or with the database's number"
    allowed = _OPTIONS | (_TLS_OPTIONS if parts.scheme == "rediss" else {})
    return _options(parts, allowed)


def _unix(parts: SplitResult) -> tuple[str, str] | None:
    if parts.hostname or not parts.path.strip("/"):
        return "has no path of a socket", "write three slashes: unix:///path/to/redis.sock"
    return _options(parts, _OPTIONS)


def _options(parts: SplitResult, allowed: dict[str, re.Pattern[str]]) -> tuple[str, str] | None:
    if not parts.query:
        return None
    try:
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        given = [("", "")]
    for name, value in given:
        if name in _TLS_OPTIONS and name not in allowed:
            return f"has {name}, which is for TLS only", "write rediss:// instead of redis://"
        if name not in allowed:
            return "has an option behind the ? that is not known here", (
                f"leave it out; known are {', '.join(allowed)}"
            )
        if not allowed[name].fullmatch(value):
            values = "use none, optional or required" if name == "ssl_cert_reqs" else "correct it"
            return f"has a value of {name} that it cannot have", f"{values}, or leave it out"
    return None


def _parts(address: str) -> SplitResult | None:
    """Split an address; None when that fails."""
    try:
        parts = urlsplit(address)
        _ = parts.hostname
    except ValueError:  # brackets, or characters that change under NFKC
        return None
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host; "" for an IPv6 address without brackets."""
    host = parts.hostname or ""
    place = parts.netloc.rpartition("@")[2]
    if ":" in host or "[" in place:
        return host if _BRACKETED.fullmatch(place) else ""
    return host


def _is_port(parts: SplitResult) -> bool:
    """Whether the port, if any, is valid."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
