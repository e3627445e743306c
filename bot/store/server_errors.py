"""Explain why a Redis server cannot be used, in words for whoever sets `REDIS_URL`.

Nothing that a server replies is quoted: it may repeat what it was sent, such as a password.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    BusyLoadingError,
    ClusterCrossSlotError,
    ClusterError,
    InvalidResponse,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from bot.errors import Problem
from bot.store import findings, permissions, server_checks

TRY_WITHIN = 1.0  # seconds for one attempt to find the cause
UNASKED_WITHIN = 0.3  # seconds until a server has said what it says unasked
_CHECK = "check the address and that the server runs; or unset it to use the bundled one"
_URL_FORM = (
    "redis://:PASSWORD@HOST:6379, or redis://USER:PASSWORD@HOST:6379, with special characters of "
    "the password as percent codes (/ as %2F, @ as %40, % as %25)"
)
_NO_TLS = ("the server speaks no TLS there", "write redis:// instead of rediss://")
_NO_REDIS = (
    "what answers there is no Redis or Valkey server",
    "check host and port (Redis's own port is 6379)",
)
#: Parts of a server's error messages in lower case, what is wrong then, and what to do.
_MESSAGES = (
    (
        ("protected mode",),  # it names the next one's words, too
        "the server takes only clients of its own machine (protected mode)",
        "set a password (`requirepass`) on the server, and put it into the address",
    ),
    (
        ("without any password", "no password is set"),
        "has a password, and the server wants none",
        "take user and password out of it, or set a password (`requirepass`) on the server",
    ),
    (
        ("authentication required", "noauth", "client already authenticated"),
        "has no password, and the server wants one",
        f"write it as {_URL_FORM}",
    ),
    (
        ("db index is out of range", "invalid db index"),
        "names a database that the server does not have",
        "end it with /0, or raise `databases` on the server (one in cluster mode has no other, and "
        "cannot be used)",
    ),
    (
        ("max number of clients",),
        "the server takes no more clients",
        "raise its `maxclients`, or close connections of others",
    ),
    (
        ("masterdown", "link with master is down", "link with primary is down"),
        "this server is a replica that has lost its primary",
        "use the address of the primary",
    ),
    (
        ("misconf", "unable to persist"),
        "the server takes no writes because it cannot write to its disk (MISCONF)",
        "see its log; make room on the disk, or mend the rights of its folder",
    ),
    (
        ("noreplicas", "not enough good replicas"),
        "the server takes no writes while too few replicas are connected (NOREPLICAS)",
        "start its replicas, or lower `min-replicas-to-write`",
    ),
    (
        ("busy running a script", "busy redis is", "busy valkey is"),
        "the server is busy with a script that does not end (BUSY)",
        "see whose it is, stop it (SCRIPT KILL), and start again",
    ),
    (
        ("clusterdown", "hash slot", "moved ", "not allowed in cluster mode"),
        "this server is in cluster mode, which is not supported",
        server_checks.in_cluster_mode().fix,
    ),
)


async def explain(url: str, error: BaseException | None) -> Problem:
    """Return why the server at this address could not be used, given the error of a call."""
    match error:
        case NoPermissionError() if permissions.is_about_keys(error):
            return permissions.no_keys()
        case NoPermissionError():
            return permissions.no_commands([permissions.denied_command(error)])
        case MasterDownError() if words := _meaning(error):  # a subclass of the next two
            return Problem(findings.SETTING, *words)
        case ReadOnlyError():
            return server_checks.is_replica()
        case AskError() | ClusterError() | ClusterCrossSlotError() | TryAgainError():
            return server_checks.in_cluster_mode()
        case ResponseError() if unknown := permissions.unknown_command(error):
            return permissions.unknown_commands(unknown)
        case RedisError() if words := _meaning(error):
            return Problem(findings.SETTING, *words)
    cause = next((one for one in _causes(error) if isinstance(one, OSError)), None)
    if words := _unreachable(cause):
        return Problem(findings.SETTING, *words)
    if cause is None and not isinstance(error, RedisError):  # from reading what no Redis sends
        return no_redis()
    return Problem(findings.SETTING, *await _probed(url, error, cause))


def called(error: Exception) -> str:
    """Return in a few words, for the log and for health checks, why a call failed."""
    if isinstance(error, NoPermissionError):
        keys = permissions.is_about_keys(error)
        denied = "its keys" if keys else permissions.denied_command(error)
        return f"{type(error).__name__}: {denied}"
    if isinstance(error, InvalidResponse):
        return _NO_REDIS[0]
    words = _meaning(error) if isinstance(error, ResponseError | BusyLoadingError) else None
    return words[0] if words else type(error).__name__


def no_redis() -> Problem:
    """Return the problem that what answers there is not Redis."""
    return Problem(findings.SETTING, *_NO_REDIS)


def _meaning(error: RedisError) -> tuple[str, str] | None:
    """Return what is wrong and what to do; None when the error is no reply of a server."""
    message = str(error).lower()
    for signs, wrong, fix in _MESSAGES:
        if any(sign in message for sign in signs):
            return wrong, fix
    match error:
        case BusyLoadingError():
            return "the server still loads its data", "start again in a moment"
        case AuthenticationError() | AuthenticationWrongNumberOfArgsError():
            return (
                "has a user or password that the server does not know",
                f"write it as {_URL_FORM}",
            )
        case OutOfMemoryError():
            return "the server is out of memory", "raise its `maxmemory`, or use another one"
        case ResponseError():
            return (
                f"the server refuses what the bot needs ({type(error).__name__})",
                "use Redis 6.2 or newer, or Valkey, without a proxy before it",
            )
    return None


def _unreachable(cause: OSError | None) -> tuple[str, str] | None:
    """Return why there is no connection; None when only a probe can tell."""
    match cause:
        case ssl.SSLCertVerificationError():
            why = str(cause.verify_message).partition(",")[0].rstrip(".")
            return f"the server's certificate is not trusted ({why})", (
                "name the file of its CA with ?ssl_ca_certs=/path/to/ca.pem, and use the host name "
                "that the certificate is for"
            )
        case ConnectionRefusedError():
            return "cannot be reached (nothing listens there: connection refused)", _CHECK
        case socket.gaierror():
            return "cannot be reached (its host name is not known)", _CHECK
        case FileNotFoundError():
            return "names a file that is not there (a socket, or a certificate)", _CHECK
        case PermissionError():
            return "names a file that the bot's user may not use", (
                "let the bot's user read and write the socket (`unixsocketperm`), or read the "
                "certificate"
            )
        case TimeoutError() | ConnectionError() | ssl.SSLError() | None:
            return None
    return f"cannot be reached ({cause.strerror or cause})", _CHECK


async def _probed(url: str, error: BaseException | None, cause: OSError | None) -> tuple[str, str]:
    """Return why there is no connection, after probing the address."""
    if words := _meaning(RedisError(await _said_unasked(url))):
        return words
    spoken = await _protocol(url)
    with_tls = urlsplit(url).scheme == "rediss"
    if spoken == "redis" and with_tls:
        return _NO_TLS
    if spoken == "tls" and not with_tls:
        return "the server speaks TLS there", "write rediss:// instead of redis://"
    if isinstance(cause, ssl.SSLError) and spoken == "tls":
        return "no TLS connection comes about", (
            "check the ssl_ options behind the ?, and that the server wants no certificate of ours"
        )
    if spoken == "something" or isinstance(error, InvalidResponse):
        return _NO_REDIS
    if spoken == "nothing" or isinstance(error, TimeoutError):
        return "cannot be reached (no answer in time)", _CHECK
    if spoken == "redis":
        return "answers PING, but closes the connection at HELLO or INFO, as twemproxy does", (
            "use the address of the server itself, without a proxy before it"
        )
    return "cannot be reached (the connection is closed at once)", _CHECK


async def _said_unasked(url: str) -> str:
    """Return the error that a server sends whom it turns away, before it is asked; "" for none.

    What it sends is lost where it closes the connection before it has read what we send.
    """
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return ""
    try:
        async with asyncio.timeout(UNASKED_WITHIN):
            reader, writer = await asyncio.open_connection(
                parts.hostname or "localhost", parts.port or 6379
            )
            try:
                answer = await reader.read(128)
            finally:
                writer.transport.abort()
    except OSError:
        return ""
    return answer.decode("ascii", "replace") if answer.startswith(b"-") else ""


async def _protocol(url: str) -> Literal["redis", "tls", "something", "nothing"] | None:
    """Find out what is spoken at an address; None when connections close. Sends no secret."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return None
    host, port = parts.hostname or "localhost", parts.port or 6379
    # The question is only whether it speaks TLS, so any certificate will do.
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    with suppress(OSError):
        async with asyncio.timeout(TRY_WITHIN):
            _, writer = await asyncio.open_connection(host, port, ssl=anyone)
            writer.transport.abort()
            return "tls"
    try:
        async with asyncio.timeout(TRY_WITHIN):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"*1\r\n$4\r\nPING\r\n")  # some proxies know no other form
                answer = await reader.read(64)
            finally:
                writer.transport.abort()
    except TimeoutError:
        return "nothing"
    except OSError:
        return None
    if not answer:
        return None
    return "redis" if answer.startswith((b"+PONG", b"-")) else "something"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
