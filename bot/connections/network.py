"""How our connections leave: through which proxy, and which certificates are trusted besides. Pure.

One rule for every connection of ours: Slack's Web API, its socket, its files and response URLs, and
Parallel. aiohttp, slack_sdk and httpx each have another (one knows no `wss`, one no NO_PROXY, none
an address range), so none of them is asked. `bot.connections.outgoing` applies the rule.

- ``https`` and ``wss`` go through HTTPS_PROXY, ``http`` and ``ws`` through HTTP_PROXY, and what has
  no proxy of its own through ALL_PROXY. The lower-case name of a variable wins, as in curl and
  Python; an empty one is not set.
- This machine (localhost, 127.0.0.0/8, ::1) is never reached through a proxy.
- Neither is what NO_PROXY lists, separated by commas or spaces: a name with all that end in it
  (``example.com``, ``.example.com`` and ``*.example.com`` say the same), an address, a range of
  addresses (``10.0.0.0/8``), each also for one port only (``example.com:8443``), or ``*`` for
  everything. Names are not resolved. What is none of these matches nothing: other programs have
  entries of their own.
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

#: What the rule reads, each also in lower case.
PROXY_SETTINGS = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
#: All that says how this machine is left.
NETWORK_SETTINGS = (
    *(spelling for name in PROXY_SETTINGS for spelling in (name, name.lower())),
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
WITHOUT_PROXIES = {name: "" for each in PROXY_SETTINGS for name in (each, each.lower())}

_PORTS = {"http": 80, "https": 443}  # of the schemes that we can speak to a proxy
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
        setting: the variable that names it.
        url: its address, without user and password.
        authorization: the value of Proxy-Authorization; None when it names no user.
        credentials: ``user:password`` as it was written; None when it has no password.
    """

    setting: str
    url: str
    authorization: str | None = field(default=None, repr=False)
    credentials: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Exempt:
    """An entry of NO_PROXY: a name (``*`` for all) or a range, for one port or, None, for each."""

    name: str
    range: Range | None = None
    port: int | None = None

    def covers(self, host: str, address: Address | None, port: int | None) -> bool:
        """Whether this host (lower case, without the last dot) is reached directly."""
        if self.port not in (None, port):
            return False
        if self.range:
            return address is not None and address in self.range
        return self.name == "*" or f".{host}".endswith(f".{self.name}")


@dataclass(frozen=True, slots=True)
class Network:
    """What the environment says about leaving this machine; by default nothing.

    Attributes:
        https: the proxy for ``https`` and ``wss``; None for none.
        http: the proxy for ``http`` and ``ws``; None for none.
        exempt: what is reached directly.
        ca_file: a file of certificates that are trusted, too (SSL_CERT_FILE).
        ca_dir: folders of such, as OpenSSL lists them (SSL_CERT_DIR).
    """

    https: Proxy | None = None
    http: Proxy | None = None
    exempt: tuple[Exempt, ...] = ()
    ca_file: str | None = None
    ca_dir: str | None = None

    @staticmethod
    def load(environ: Mapping[str, str]) -> tuple[Network, list[Problem]]:
        """Read the environment. A proxy that is none, or cannot be spoken to, is a problem."""
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
        """Return the proxy that a URL is reached through; None when directly."""
        proxy = self.https if scheme in ("https", "wss") else self.http
        if proxy is None:
            return None
        host = host.lower().strip("[]").rstrip(".")
        address = _address(host)
        if _is_here(host, address):
            return None
        return None if any(each.covers(host, address, port) for each in self.exempt) else proxy

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be printed."""
        proxies = [proxy for proxy in (self.https, self.http) if proxy and proxy.credentials]
        return tuple(
            secret
            for proxy in proxies
            for secret in (proxy.credentials, (proxy.authorization or "").removeprefix("Basic "))
            if secret and len(secret) > 1
        )


def _first(environ: Mapping[str, str], *names: str) -> tuple[str, str]:
    """Return the first of these variables that is set, and its value; both "" for none."""
    for name in names:
        for spelling in (name.lower(), name):
            if value := environ.get(spelling, "").strip():
                return spelling, value
    return "", ""


def _quoted(name: str, value: str) -> Problem | None:
    """Find quotes, which shells and `.env` files take off, and `docker --env-file` does not."""
    if value[:1] not in _QUOTES and value[-1:] not in _QUOTES:
        return None
    return Problem(name, "has quotes around it, or at an end", "take the quotes away")


def _is_here(host: str, address: Address | None) -> bool:
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost")


def _address(host: str) -> Address | None:
    """Read a numeric address, also such as ``127.1``, which is connected to as if it were whole."""
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


# --- reading ----------------------------------------------------------------------------


def _exempt(entry: str) -> list[Exempt]:
    """Read one entry of NO_PROXY; nothing when it is none."""
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
    """Return a name as it is asked for in the DNS."""
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
    """Read a proxy's address; without a scheme it is spoken to in plain HTTP. Shows no value."""
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
    return Proxy(name, url, _basic(parts), credentials)


def _address_of(scheme: str, parts: SplitResult) -> str:
    """Return the proxy's address without what else is in it. Raises ValueError."""
    url = URL.build(scheme=scheme, host=parts.hostname or "", port=parts.port or _PORTS[scheme])
    if parts.port == 0 or not is_host(url.raw_host or ""):
        raise ValueError("no host, or none that a name can have")
    return str(url)


def _basic(parts: SplitResult) -> str:
    """Return the credentials as RFC 7617 has them."""
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _malformed(name: str) -> Problem:
    return Problem(
        name,
        "isn't the address of a proxy",
        f"use {_EXAMPLE}, for example; with a user http://user:password@proxy.example.com:3128, "
        "where any of @ : / ? # % in user or password is written %40 %3A %2F %3F %23 %25",
    )
