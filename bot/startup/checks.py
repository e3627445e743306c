"""Check, before the bot starts, Redis, Parallel, the port and the certificates.

Each check returns problems with their fixes, so that all mistakes are reported at once. Values that
can be checked alone are checked by `bot.configuration`, Slack's tokens by `slack_checks`.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import ssl

from bot.configuration.settings import Settings
from bot.connections.incoming import listen_on
from bot.connections.network import Network
from bot.domain.thread import RunId
from bot.errors import Cause, Intercepted, Problem, Refused, Unavailable, Unreached
from bot.ports import TaskRuns
from bot.store.connection import Connection

log = logging.getLogger(__name__)

NO_SUCH_RUN = RunId("trun_00000000000000000000000000000000")


async def redis(connection: Connection) -> list[Problem]:
    """Check the Redis server; log what could not be checked."""
    found = await connection.examine()
    for what in found.unchecked:
        log.warning("not checked: %s", what)
    return list(found.problems)


async def parallel(task_runs: TaskRuns) -> list[Problem]:
    """Check that Parallel accepts the key, by retrieving a run that does not exist: it is free.

    If Parallel cannot be reached, or something in between answers in its place, that is logged, and
    the bot starts all the same: threads are told when questions come.
    """
    try:
        await task_runs.retrieve(NO_SUCH_RUN)
    except Refused as refused:
        if refused.cause is Cause.KEY:
            return [
                Problem(
                    "PARALLEL_API_KEY",
                    "is not accepted by Parallel",
                    "copy a valid key from platform.parallel.ai, Settings, API keys",
                )
            ]
    except Intercepted as error:
        words = "%s. No question can be answered until it does. To do: %s."
        log.error(words, error, error.fix)  # noqa: TRY400
    except Unreached as error:
        log.warning("%s. Questions are kept until it can be. To do: %s.", error, error.fix)
    except Unavailable as error:
        log.warning("Parallel gave no answer at the start: %s", error)
    return []


async def listening(settings: Settings) -> list[Problem]:
    """Check that the HTTP server, if the settings ask for one, can listen on its address."""
    if not settings.serves_http:
        return []
    try:
        server = await listen_on(settings.host, settings.port, asyncio.Protocol, serving=False)
    except OSError as error:
        return [not_listening(settings, error)]
    server.close()
    return []


def not_listening(settings: Settings, error: OSError) -> Problem:
    """Return the problem, with HOST or with PORT, for which the HTTP server cannot listen."""
    host, port = settings.host, settings.port
    elsewhere = "use 0.0.0.0, or an address of this machine"
    if isinstance(error, socket.gaierror):
        return Problem("HOST", "is a name that cannot be resolved", elsewhere)
    match error.errno:
        case errno.EADDRINUSE:
            return Problem(
                "PORT",
                f"{host}:{port} is already in use",
                "stop what uses it, or set another PORT",
            )
        case errno.EACCES:
            return Problem(
                "PORT",
                f"{port} is not allowed to the bot's user",
                "use a port from 1024 on, such as 3000, and pass on to it what comes to this one",
            )
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT | errno.EINVAL | errno.ENODEV | None:
            return Problem("HOST", f"isn't an address of this machine ({host})", elsewhere)
    why = os.strerror(error.errno)
    return Problem("PORT", f"{host}:{port} cannot be listened on ({why})", "set another PORT")


def certificates(network: Network) -> list[Problem]:
    """Check that the certificates that the environment names can be read.

    A missing folder is only logged: some container images name one that they do not have.
    """
    problems = []
    if network.ca_file:
        try:
            ssl.create_default_context(cafile=network.ca_file)
        except OSError as error:  # ssl.SSLError is one
            is_read = isinstance(error, ssl.SSLError)
            broken = "it holds no certificate in PEM form, or a broken one"
            why = broken if is_read else error.strerror or type(error).__name__
            problems.append(
                Problem(
                    "SSL_CERT_FILE",
                    f"cannot be used ({why})",
                    "use a file with certificates in PEM form (-----BEGIN CERTIFICATE-----), which "
                    "`openssl x509 -inform der -in ca.der -out ca.pem` makes of DER, or unset it",
                )
            )
    folders = network.ca_dir.split(os.pathsep) if network.ca_dir else []
    if folders and not any(map(os.path.isdir, folders)):
        log.warning("SSL_CERT_DIR isn't a folder. To do: use one prepared with `openssl rehash`.")
    return problems
