"""Why a Redis server cannot be used, in words, for whoever sets `REDIS_URL`.

Nothing that a server says is passed on: it may repeat what it was sent.
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
from bot.store import server_checks

TRY_WITHIN = 1.0  # seconds that looking for the cause may take
_CHECK = "check the address and that the server runs; or unset it to use the bundled one"
_FORMS = (
    "redis://:PASSWORD@HOST:6379, or redis://USER:PASSWORD@HOST:6379, with special characters of "
    "the password as percent codes (/ as %2F, @ as %40, % as %25)"
)
_NO_TLS = ("the server speaks no TLS there", "write redis:// instead of rediss://")
_NO_REDIS = (
    "what answers there is no Redis or Valkey server",
    "check host and port (Redis's own port is 6379)",
)
#: What the server's refusals begin with or hold, in small letters, and what they mean.
_SAID = (
    (
        ("without any password", "no password is set"),
        "has a password, and the server wants none",
        "take user and password out of it, or set a password (`requirepass`) on the server",
    ),
    (
        ("authentication required", "noauth", "client already authenticated"),
        "has no password, and the server wants one",
        f"write it as {_FORMS}",
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
        ("protected mode",),
        "the server takes only clients of its own machine (protected mode)",
        "set a password (`requirepass`) on the server, and put it into the address",
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
    """Say why the server at this address could not be used, given what happened."""
    match error:
        case NoPermissionError() if server_checks.is_about_keys(error):
            return server_checks.no_keys()
        case NoPermissionError():
            return server_checks.no_commands([server_checks.denied_command(error)])
        case MasterDownError() if words := _said(error):  # for the library it is both that follow
            return Problem(server_checks.SETTING, *words)
        case ReadOnlyError():
            return server_checks.is_replica()
        case AskError() | ClusterError() | ClusterCrossSlotError() | TryAgainError():
            return server_checks.in_cluster_mode()
        case ResponseError() if unknown := server_checks.unknown_command(error):
            return server_checks.unknown_commands(unknown)
        case RedisError() if words := _said(error):
            return Problem(server_checks.SETTING, *words)
    cause = next((one for one in _causes(error) if isinstance(one, OSError)), None)
    if words := _unreached(cause):
        return Problem(server_checks.SETTING, *words)
    return Problem(server_checks.SETTING, *await _looked_at(url, error, cause))


def called(error: Exception) -> str:
    """Say in a few words, for the log and for health checks, why a call failed."""
    if isinstance(error, NoPermissionError):
        return type(error).__name__
    words = _said(error) if isinstance(error, ResponseError | BusyLoadingError) else None
    return words[0] if words else type(error).__name__


def no_redis() -> Problem:
    """What answers does not answer as Redis does."""
    return Problem(server_checks.SETTING, *_NO_REDIS)


def _said(error: RedisError) -> tuple[str, str] | None:
    """Sort what the server said; None when it said nothing."""
    said = str(error).lower()
    for signs, wrong, fix in _SAID:
        if any(sign in said for sign in signs):
            return wrong, fix
    match error:
        case BusyLoadingError():
            return "the server still loads its data", "start again in a moment"
        case AuthenticationError() | AuthenticationWrongNumberOfArgsError():
            return "has a user or password that the server does not know", f"write it as {_FORMS}"
        case OutOfMemoryError():
            return "the server is out of memory", "raise its `maxmemory`, or use another one"
        case ResponseError():
            return (
                f"the server refuses what the bot needs ({type(error).__name__})",
                "use Redis 6.2 or newer, or Valkey, without a proxy before it",
            )
    return None


def _unreached(cause: OSError | None) -> tuple[str, str] | None:
    """Sort why no connection came about; None when that needs a look."""
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


async def _looked_at(
    url: str, error: BaseException | None, cause: OSError | None
) -> tuple[str, str]:
    """Find out what is there, when the failure alone does not tell."""
    spoken = await _spoken(url)
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
    return "cannot be reached (the connection is closed at once)", _CHECK


async def _spoken(url: str) -> Literal["redis", "tls", "something", "nothing"] | None:
    """Find out what is spoken at an address; None when no connection stays. Sends no secret."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return None
    host, port = parts.hostname or "localhost", parts.port or 6379
    # Whether it speaks TLS at all is the question, not whether it can be trusted.
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with suppress(OSError):
        async with asyncio.timeout(TRY_WITHIN):
            _, writer = await asyncio.open_connection(host, port, ssl=anybody)
            writer.transport.abort()
            return "tls"
    try:
        async with asyncio.timeout(TRY_WITHIN):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"PING\r\n")
                answer = await reader.read(64)
            finally:
                writer.transport.abort()
    except TimeoutError:
        return "nothing"
    except OSError:
        return None
    if not answer:
        return None
    return "redis" if answer.startswith((b"+PONG", b"-NOAUTH", b"-DENIED")) else "something"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
