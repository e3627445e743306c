"""The connector that makes every outgoing connection.

It applies the rules of `network`, whatever proxy a library asks for: slack_sdk reads the
environment by its own rules, which are overruled here for each request, also after a redirect.
Errors while connecting are raised as `NotReached`: no byte of the request was sent, even if it was
the proxy that refused. A proxy's password is put into one header only, so no error of aiohttp can
contain it.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from bot.connections.network import Network, Proxy

if TYPE_CHECKING:
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

#: Given to slack_sdk, which would read the environment without a proxy. `Connector` overrules it.
DECIDED_BY_CONNECTOR = "http://decided-by-the-connector.invalid"

_PROXY_AUTHORIZATION = "Proxy-Authorization"


class NotReached(aiohttp.ClientConnectionError):
    """There is no connection, so nothing was sent. `fix` says what to check."""

    def __init__(self, wrong: str, fix: str) -> None:
        super().__init__(wrong)
        self.fix = fix


class Redirected(aiohttp.ClientError):
    """The response is a redirect, which is not followed; the request may have taken effect."""


async def unredirected(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep a session from following redirects; a middleware of aiohttp. Raises Redirected.

    aiohttp would send a POST again, to whatever host is named; and if that host could not be
    reached, NotReached would wrongly mean that nothing was sent.
    """
    response = await handler(request)
    if 300 <= response.status < 400 and {"Location", "URI"} & set(response.headers):
        response.close()
        raise Redirected(f"{response.status}, to another address")
    return response


class Connector(aiohttp.TCPConnector):
    """Connects by the rules of `network`; must be made in the event loop."""

    def __init__(self, network: Network, **options: Any) -> None:
        """Set up. `options`: see aiohttp.TCPConnector."""
        super().__init__(ssl=trusted(network), **options)
        self._network = network

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """Return a connection for a request. Raises NotReached."""
        proxy = self._network.proxy(req.url.scheme, req.url.raw_host or "", req.url.port)
        _send_through(proxy, req)
        try:
            return await super().connect(req, traces, timeout)
        except (aiohttp.ClientError, OSError, UnicodeError) as error:  # UnicodeError: the host
            raise NotReached(*_explained(error, req.url, proxy)) from error


def trusted(network: Network) -> ssl.SSLContext:
    """Return an SSL context that trusts the system's certificates and those of the environment.

    OpenSSL itself reads SSL_CERT_FILE and SSL_CERT_DIR in place of the system's file and folder.
    Certificates that cannot be read are left out here; `bot.startup.checks` reports them.
    """
    own = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return _context(network.ca_file, network.ca_dir, *own)


@cache  # reading the system's certificates takes 25 ms
def _context(ca_file: str | None, ca_dir: str | None, *_: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file or ca_dir:
        # Python 3.13 requires extensions that many companies' own authorities lack.
        # https://docs.python.org/3/whatsnew/3.13.html#ssl
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    for where in ({"cafile": ca_file}, {"capath": ca_dir}):
        if any(where.values()):
            with suppress(OSError):  # ssl.SSLError is one
                context.load_verify_locations(**where)
    return context


def _send_through(proxy: Proxy | None, request: aiohttp.ClientRequest) -> None:
    if proxy is None:
        request.update_proxy(None, None, None)
        return
    headers: CIMultiDict[str] = CIMultiDict()
    if proxy.authorization:
        # Inside a tunnel the request's headers would reach the other side; without a tunnel, only
        # the request's headers reach the proxy.
        (headers if request.is_ssl() else request.headers)[_PROXY_AUTHORIZATION] = (
            proxy.authorization
        )
    request.update_proxy(URL(proxy.url), None, headers)


def _explained(error: Exception, url: URL, proxy: Proxy | None) -> tuple[str, str]:
    """Return what went wrong, and what to check."""
    there = f"{url.raw_host}:{url.port}"
    match error:
        case aiohttp.ClientHttpProxyError() if proxy:
            return _refused(error.status, there, proxy)
        case aiohttp.ClientConnectorCertificateError():
            return (
                f"the certificate of {error.host} is not trusted ({_reason(error)})",
                "if your network or its proxy has a certificate authority of its own, set "
                "SSL_CERT_FILE to a PEM file with its certificate",
            )
        case aiohttp.ClientConnectorSSLError():
            return (
                f"{error.host}:{error.port} does not speak TLS as it should ({_reason(error)})",
                f"check the address in {proxy.setting}: most proxies are spoken to in http://"
                if proxy and _is_of(error, proxy)
                else "check the address, and what is between here and there",
            )
        case aiohttp.ClientConnectorDNSError():
            what = "proxy's name" if proxy and _is_of(error, proxy) else "name"
            return f"the {what} {error.host} cannot be resolved", _check(url, proxy)
        case aiohttp.ClientConnectorError():
            what = "the proxy " if proxy and _is_of(error, proxy) else ""
            why = f"{what}{error.host}:{error.port} cannot be connected to ({_reason(error)})"
            return why, _check(url, proxy)
        case TimeoutError():
            through = f" through the proxy {proxy.url}" if proxy else ""
            return f"no connection to {there}{through} in time", _check(url, proxy)
        case _ if proxy:
            return f"the proxy {proxy.url} broke off ({type(error).__name__})", _check(url, proxy)
        case _:
            return f"no connection to {there} ({type(error).__name__})", _check(url, proxy)


def _refused(status: int, there: str, proxy: Proxy) -> tuple[str, str]:
    if status == 407:
        wants = "refuses our" if proxy.authorization else "asks for a"
        return (
            f"the proxy {proxy.url} {wants} user and password (407)",
            f"check user and password in {proxy.setting}: http://user:password@host:port",
        )
    return (
        f"the proxy {proxy.url} does not connect us to {there} ({status})",
        "check the address, and have the proxy let Threadline through to it; or, if it can be "
        "reached directly, list its name in NO_PROXY",
    )


def _check(url: URL, proxy: Proxy | None) -> str:
    if proxy:
        return f"check the address in {proxy.setting}, and that the proxy runs"
    name = "HTTPS_PROXY" if url.scheme in ("https", "wss") else "HTTP_PROXY"
    return (
        f"check the address and the network; if it is left through a proxy, set {name} "
        "(and see that NO_PROXY does not list this host)"
    )


def _is_of(error: aiohttp.ClientConnectorError, proxy: Proxy) -> bool:
    address = URL(proxy.url)
    return (error.host, error.port) == (address.raw_host, address.port)


def _reason(error: aiohttp.ClientConnectorError) -> str:
    cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or "").replace("_", " ").lower() or type(cause).__name__
    return os.strerror(cause.errno) if cause.errno else type(cause).__name__
