"""Read `.env` into the environment. Variables that are set already take precedence.

Mistakes in the file are reported like any others; what can be guessed of its text is read all the
same, so that the settings in it are checked as well. No part of a value is ever shown.
"""

from __future__ import annotations

import codecs
import io
import logging
import os
import re
import select
import stat
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from dotenv import load_dotenv
from dotenv.parser import parse_stream

from bot.connections.network import PROXY_SETTINGS
from bot.errors import Problem

#: Of the file; an environment variable may have 128 kB on Linux.
MOST_BYTES = 100_000
#: Seconds for a named pipe to be written, such as a password manager's once it is unlocked.
WRITTEN_WITHIN = 30.0
PAUSE = 0.05  # seconds between two looks at a pipe that nobody writes
#: Name of an encoding, its byte order mark, and Python's name for it; longer marks first.
_BYTE_ORDER_MARKS = (
    ("UTF-32", codecs.BOM_UTF32_LE, "utf-32"),
    ("UTF-32", codecs.BOM_UTF32_BE, "utf-32"),
    ("UTF-16", codecs.BOM_UTF16_LE, "utf-16"),
    ("UTF-16", codecs.BOM_UTF16_BE, "utf-16"),
)
#: The variable that a line sets, also in the syntax of shells, Docker, systemd, YAML and JSON.
_VARIABLE = re.compile(
    r"\W*(?:(?:export|declare|typeset|setx?|env|ENV|Environment)\b\W*(?:x\W+)?)?"
    r"([A-Za-z_]+)(?![\w.-])"
)
_HOW_TO_WRITE = "write it as NAME=value, with both quotes or none"
_HOW_TO_SAVE = "save it as UTF-8 (in Windows' Notepad: Save as, Encoding UTF-8)"


@dataclass(slots=True)
class EnvFile:
    """What was found in a file.

    Attributes:
        name: of the file.
        problems: what keeps the bot from starting.
        warnings: what does not, each a sentence without its full stop.
    """

    name: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def wrong(self, name: str, wrong: str, fix: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(name, wrong, fix))


def load(
    path: Path,
    settings: Collection[str],
    secrets: Collection[str],
    *,
    written_within: float = WRITTEN_WITHIN,
) -> EnvFile:
    """Read a file, if it is there, into `os.environ`.

    Args:
        path: the file.
        settings: the names that may be shown; any other text may be part of a secret.
        secrets: the settings that other users must not read.
        written_within: seconds that a named pipe is waited for.
    """
    found = EnvFile(path.name)
    data, mode = _read(path, found, written_within)
    text = _decoded(data, settings, found)
    names = _checked(text, settings, found)
    if os.name == "posix" and mode & 0o066 and names & set(secrets):
        found.warnings.append(
            f"{path.name} holds secrets, and other users of this machine can read or change it "
            f"(mode {stat.S_IMODE(mode):04o}); to keep them out: chmod 600 {path.name}"
        )
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)  # its warnings are ours by now
    before = set(os.environ)
    if hidden := sorted(names & set(settings) & {n for n in before if not os.environ[n].strip()}):
        found.warnings.append(
            f"{', '.join(hidden)} of {path.name} is left out: the environment, which precedes the "
            "file, sets it to nothing"
        )
    try:
        load_dotenv(stream=io.StringIO(text.replace("\0", "")))
        for name in PROXY_SETTINGS:  # the environment takes precedence in either letter case
            both = {name, name.lower()}
            for added in both - before if both & before else ():
                os.environ.pop(added, None)
    except ValueError:  # the operating system's environment cannot hold it
        found.wrong(
            path.name,
            "has a name or a value in it that no environment variable can have",
            "use names of letters, digits and _, and run the bot in a UTF-8 locale (LANG=C.UTF-8)",
        )
    return found


def _read(path: Path, found: EnvFile, written_within: float) -> tuple[bytes, int]:
    """Return a file's bytes and mode; b"" and 0 when there is none, or it cannot be read."""
    try:
        with open(path, "rb", opener=_opened) as file:
            mode = os.fstat(file.fileno()).st_mode
            is_pipe = stat.S_ISFIFO(mode)
            data = _read_pipe(file, written_within) if is_pipe else file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        if path.is_symlink():
            found.wrong(path.name, "is a link to a file that is not there", "mend the link")
        return b"", 0
    except IsADirectoryError:
        found.wrong(
            path.name,
            "is a folder, not a file",
            "rename the folder (Docker makes one when the file to mount is missing), and put the "
            "settings into a file of this name, one NAME=value a line",
        )
        return b"", 0
    except TimeoutError:
        found.wrong(
            path.name,
            f"is a named pipe that nothing was written into for {written_within:.0f} s",
            "unlock the password manager that writes it, and start again; or use a file",
        )
        return b"", 0
    except OSError as error:
        found.wrong(
            path.name,
            f"cannot be read ({error.strerror or type(error).__name__})",
            "make it a file that the bot's user may read (chmod 600, and chown to that user)",
        )
        return b"", 0
    if len(data) > MOST_BYTES:
        found.wrong(path.name, "is larger than 100 kB", "put only settings into it")
        return b"", mode
    return data, mode


def _opened(path: str, flags: int) -> int:
    """Open a file, or a named pipe without waiting for its writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _read_pipe(file: BinaryIO, within: float) -> bytes:
    """Read a named pipe until its writer closes it. Raises TimeoutError, an OSError."""
    data, until, poll = b"", time.monotonic() + within, select.poll()
    poll.register(file.fileno(), select.POLLIN)
    while len(data) <= MOST_BYTES:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        # At once where it is written or closed: a writer in a loop would write it again.
        events = poll.poll(left * 1000)
        chunk = os.read(file.fileno(), MOST_BYTES) if events else b""
        if data and events and not chunk:
            break
        data += chunk
        if events and not chunk:  # nobody has opened it yet
            time.sleep(PAUSE)
    return data


def _decoded(data: bytes, settings: Collection[str], found: EnvFile) -> str:
    """Return the text; another encoding than UTF-8 is a problem, and is guessed."""
    marked = next((each for each in _BYTE_ORDER_MARKS if data.startswith(each[1])), None)
    encoding = marked or _unmarked(data)
    if encoding:
        found.wrong(found.name, f"is written in {encoding[0]}", _HOW_TO_SAVE)
        return data.decode(encoding[2], errors="replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")  # with or without a byte order mark
    except UnicodeDecodeError as error:
        data = data.removeprefix(codecs.BOM_UTF8)  # the error counts from there
        number = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        name = _name(data[start : error.start].decode("latin-1"), settings)
        where = f"line {number}, {name}" if name else f"line {number}"
        found.wrong(found.name, f"is not written in UTF-8 ({where})", _HOW_TO_SAVE)
        return data.decode("latin-1")


def _unmarked(data: bytes) -> tuple[str, bytes, str] | None:
    """Recognise UTF-16 without a byte order mark: nearly every other byte is NUL."""
    even, odd = data[0::2], data[1::2]
    for encoding, nuls, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        most = len(nuls) * 0.8
        if len(data) >= 4 and nuls.count(0) > most and len(others) - others.count(0) > most:
            return "UTF-16", b"", encoding
    return None


def _checked(text: str, settings: Collection[str], found: EnvFile) -> set[str]:
    """Check each line, and return the names of the variables that are set."""
    file = found.name
    names: set[str] = set()
    seen: set[str] = set()
    for line in parse_stream(io.StringIO(text)):
        name = line.key if line.key in settings else None
        number = line.original.line
        if line.error:
            if name := _name(line.original.string, settings):
                found.wrong(name, f"cannot be read (line {number} of {file})", _HOW_TO_WRITE)
            else:
                found.warnings.append(f"line {number} of {file} is not NAME=value, and is left out")
        elif "\0" in (line.value or "") or "\0" in (line.key or ""):
            found.wrong(
                name or file,
                f"has a NUL character in it (line {number} of {file})",
                "write the line again, by hand",
            )
        elif line.key and not name and (meant := _name(line.original.string, settings)):
            found.wrong(meant, f"cannot be read (line {number} of {file})", _HOW_TO_WRITE)
        elif line.key and not name and line.key.upper() in settings:
            found.warnings.append(
                f"line {number} of {file} is left out: {line.key.upper()} has to be written in "
                "capital letters"
            )
        elif name in seen:
            found.warnings.append(f"line {number} of {file} sets {name} again, and is what counts")
        if line.key and line.value:
            names.add(line.key)
        seen.add(line.key or "")
    return names


def _name(line: str, settings: Collection[str]) -> str | None:
    """Return the setting that a line seems to set; None when there is none."""
    found = _VARIABLE.match(line)
    return found[1] if found and found[1] in settings else None
