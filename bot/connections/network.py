"""Decide through which proxy a connection goes, and which extra certificates it trusts. Pure.

The same rules hold for every connection, to Slack and to Parallel. Those of aiohttp, slack_sdk and
httpx differ (one ignores `wss`, one NO_PROXY, all of them address ranges), so none of them is used.
`bot.connections.outgoing` applies the rules.

- ``https`` and ``wss`` go through HTTPS_PROXY, ``http`` and ``ws`` through HTTP_PROXY; ALL_PROXY is
  used where that is not set. A variable in lower case takes precedence, as in curl and Python; an
  empty one counts as not set.
- This machine (localhost, 127.0.0.0/8, ::1) is never reached through a proxy.
- Neither is anything that NO_PROXY lists, separated by commas or spaces: a name with its subdomains
  (``example.com``, ``.example.com`` and ``*.example.com`` are the same), an address, a range of
  addresses (``10.0.0.0/8``), each also for one port (``example.com:8443``), or ``*`` for
  everything. Names are not resolved. Any other entry matches nothing, since it may be meant for
  another program.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from yarl import URL

from bot.connections.addresses import is_host
from bot.errors import Problem

#: Read in this spelling, and in lower case.
PROXY_SETTINGS = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
#: Every variable that concerns outgoing connections.
NETWORK_SETTINGS = (
    *(spelling for name in PROXY_SETTINGS for spelling in (name, name.lower())),
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
WITHOUT_PROXIES = {name: "" for each in PROXY_SETTINGS for name in (each, each.lower())}

_PORTS = {"http": 80, "https": 443}  # default ports of the supported kinds of proxies
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_BLANK = re.compile(r"[\x00-\x20\x7f]")
_QUOTES = ('"', "'", "`")
_EXAMPLE = "http://proxy.example.com:3128"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy.

    Attributes:
        setting: the variable that sets it.
        url: its address, without user and password.
        authorization: the value of Proxy-Authorization; None without a user.
        credentials: ``user:password`` as written in the variable; None without a password.
    """

    setting: str
    url: str
    authorization: str | None = field(default=None, repr=False)
    credentials: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Exempt:
    """An entry of NO_PROXY.

    Attributes:
        name: a domain; ``*`` for everything.
        range: addresses, instead of a name.
        port: None for every port.
    """

    name: str
    range: Range | None = None
    port: int | None = None

    def covers(self, host: str, address: Address | None, port: int | None) -> bool:
        """Whether the entry covers this host (in lower case, without a trailing dot)."""
        if self.port not in (None, port):
            return False
        if self.range:
            return address is not None and address in self.range
        return self.name == "*" or f".{host}".endswith(f".{self.name}")


@dataclass(frozen=True, slots=True)
class Network:
    """Proxies and certificates from the environment; by default none.

    Attributes:
        https: the proxy for ``https`` and ``wss``; None for none.
        http: the proxy for ``http`` and ``ws``; None for none.
        exempt: what is reached directly.
        ca_file: a file of certificates that are trusted in addition (SSL_CERT_FILE).
        ca_dir: folders of such certificates, separated as for OpenSSL (SSL_CERT_DIR).
    """

    https: Proxy | None = None
    http: Proxy | None = None
    exempt: tuple[Exempt, ...] = ()
    ca_file: str | None = None
    ca_dir: str | None = None

    @staticmethod
    def load(environ: Mapping[str, str]) -> tuple[Network, list[Problem]]:
        """Read the environment; an invalid or unsupported proxy is a problem."""
        found: dict[str, Proxy | None] = {}
        problems: dict[str, Problem] = {}
        for scheme in ("HTTPS", "HTTP"):
            name, value = _first(environ, f"{scheme}_PROXY", "ALL_PROXY")
            read = _proxy(name, value) if value else None
            if isinstance(read, Problem):
                problems[name] = read
            else:
                found[scheme] = read
        name, direct = _first(environ, "NO_PROXY")
        if any(found.values()) and (quoted := _quoted(name, direct)):
            problems[name] = quoted
        certificates = {n: environ.get(n, "").strip() for n in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
        for name, value in certificates.items():
            if quoted := _quoted(name, value):
                problems[name], certificates[name] = quoted, ""
        network = Network(
            https=found.get("HTTPS"),
            http=found.get("HTTP"),
            exempt=tuple(each for entry in re.split(r"[,\s]+", direct) for each in _exempt(entry)),
            ca_file=certificates["SSL_CERT_FILE"] or None,
            ca_dir=certificates["SSL_CERT_DIR"] or None,
        )
        return network, list(problems.values())

    def proxy(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """Return the proxy for a URL; None to connect directly."""
        proxy = self.https if scheme in ("https", "wss") else self.http
        if proxy is None:
            return None
        host = host.lower().strip("[]").rstrip(".")
        address = _address(host)
        if _is_this_machine(host, address):
            return None
        return None if any(each.covers(host, address, port) for each in self.exempt) else proxy

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return everything that must never be printed."""
        proxies = [proxy for proxy in (self.https, self.http) if proxy and proxy.credentials]
        return tuple(
            secret
            for proxy in proxies
            for secret in (proxy.credentials, (proxy.authorization or "").removeprefix("Basic "))
            if secret and len(secret) > 1
        )


def _first(environ: Mapping[str, str], *names: str) -> tuple[str, str]:
    """Return the name and value of the first of these variables that is set; "" for none."""
    for name in names:
        for spelling in (name.lower(), name):
            if value := environ.get(spelling, "").strip():
                return spelling, value
    return "", ""


def _quoted(name: str, value: str) -> Problem | None:
    """Return a problem for quotes, which `docker --env-file` does not remove."""
    if value[:1] not in _QUOTES and value[-1:] not in _QUOTES:
        return None
    return Problem(name, "has quotes around it, or at an end", "take the quotes away")


def _is_this_machine(host: str, address: Address | None) -> bool:
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost")


def _address(host: str) -> Address | None:
    """Parse an IP address, also a short form such as ``127.1``, which `connect` accepts."""
    try:
        found: Address = ipaddress.ip_address(host)
    except ValueError:
        if not host[:1].isdigit() or not host.isascii():
            return None
        try:
            found = ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _exempt(entry: str) -> list[Exempt]:
    """Parse one entry of NO_PROXY; an empty list for anything else."""
    entry = entry.lower()
    if whole := _range(entry):
        return [Exempt("", whole)]
    host, colon, digits = entry.rpartition(":")
    if not (colon and digits.isascii() and digits.isdigit() and len(digits) <= 5):
        host, digits = entry, ""
    port = int(digits) if digits else None
    if part := _range(host):
        return [Exempt("", part, port)]
    name = host if host == "*" else _ascii(host.removeprefix("*").strip("."))
    return [Exempt(name, None, port)] if name else []


def _ascii(name: str) -> str:
    """Return a name as DNS spells it."""
    try:
        return URL.build(scheme="http", host=name).raw_host or ""
    except ValueError:
        return name


def _range(text: str) -> Range | None:
    try:
        return ipaddress.ip_network(text.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        return None


def _proxy(name: str, value: str) -> Proxy | Problem:
    """Parse a proxy's address; without a scheme it is an HTTP proxy. Shows no part of it."""
    scheme, separator, _ = value.partition("://")
    if not separator:
        scheme, value = "http", f"http://{value}"
    if _BLANK.search(value) or not _SCHEME.fullmatch(scheme):
        return _malformed(name)
    scheme = scheme.lower()
    if scheme not in _PORTS:
        return Problem(
            name,
            f"names a proxy that is spoken to in {scheme}, which Threadline cannot",
            f"use the address of an HTTP proxy, for example {_EXAMPLE}, or unset it",
        )
    try:
        parts = urlsplit(value)
        url = _address_of(scheme, parts)
    except ValueError:
        return _malformed(name)
    if value.endswith(("?", "#")) or parts.path.strip("/") or parts.query or parts.fragment:
        return _malformed(name)
    if not (parts.username or parts.password):
        return Proxy(name, url)
    credentials = parts.netloc.rpartition("@")[0] if parts.password else None
    return Proxy(name, url, authorization=_basic(parts), credentials=credentials)


def _address_of(scheme: str, parts: SplitResult) -> str:
    """Return scheme, host and port of the proxy. Raises ValueError."""
    url = URL.build(scheme=scheme, host=parts.hostname or "", port=parts.port or _PORTS[scheme])
    if parts.port == 0 or not is_host(url.raw_host or ""):
        raise ValueError("no host, or an invalid one")
    return str(url)


def _basic(parts: SplitResult) -> str:
    """Return the value of Proxy-Authorization (RFC 7617)."""
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _malformed(name: str) -> Problem:
    return Problem(
        name,
        "isn't the address of a proxy",
        f"use {_EXAMPLE}, for example; with a user http://user:password@proxy.example.com:3128, "
        "where any of @ : / ? # % in user or password is written %40 %3A %2F %3F %23 %25",
    )
