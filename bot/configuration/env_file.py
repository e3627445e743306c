"""The file `.env`: its lines become environment variables, which the environment itself precedes.

What is wrong with the file is told like any other mistake, and what can be guessed of its text is
read all the same, so that the settings in it are judged, too. Nothing of a value is ever told.
"""

from __future__ import annotations

import codecs
import io
import logging
import os
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import load_dotenv
from dotenv.parser import parse_stream

from bot.connections.network import PROXY_SETTINGS
from bot.errors import Problem

#: A variable of the environment has room for 128 kB on Linux.
MOST_BYTES = 100_000
#: What an encoding is called, and the marks that files in it begin with; the longer ones first.
_MARKS = (
    ("UTF-32", codecs.BOM_UTF32_LE, "utf-32"),
    ("UTF-32", codecs.BOM_UTF32_BE, "utf-32"),
    ("UTF-16", codecs.BOM_UTF16_LE, "utf-16"),
    ("UTF-16", codecs.BOM_UTF16_BE, "utf-16"),
)
#: What a line sets, also in the ways of other files: shells', Docker's, systemd's, YAML, JSON.
_NAME = re.compile(
    r"\W*(?:(?:export|declare|typeset|setx?|env|ENV|Environment)\b\W*(?:x\W+)?)?"
    r"([A-Za-z_]+)(?![\w.-])"
)
_FORM = "write it as NAME=value, with both quotes or none"
_SAVE = "save it as UTF-8 (in Windows' Notepad: Save as, Encoding UTF-8)"


@dataclass(slots=True)
class EnvFile:
    """What was found in a file.

    Attributes:
        problems: why the bot cannot start with it.
        warnings: what does not keep it from starting, each a sentence without its full stop.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def wrong(self, name: str, wrong: str, fix: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(name, wrong, fix))


def load(path: Path, settings: Collection[str], secrets: Collection[str]) -> EnvFile:
    """Read a file, if it is there, into `os.environ`.

    Args:
        path: the file.
        settings: the names that may be told; what else stands in it may be part of a secret.
        secrets: the settings that others must not read.
    """
    found = EnvFile()
    data, mode = _read(path, found)
    text = _decoded(data, path.name, settings, found)
    names = _judged(text, path.name, settings, found)
    if os.name == "posix" and mode & 0o066 and names & set(secrets):
        found.warnings.append(
            f"{path.name} holds secrets, and other users of this machine can read or change it "
            f"(mode {stat.S_IMODE(mode):04o}); to keep them out: chmod 600 {path.name}"
        )
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)  # what it would say has been said
    before = set(os.environ)
    if hidden := sorted(names & set(settings) & {n for n in before if not os.environ[n].strip()}):
        found.warnings.append(
            f"{', '.join(hidden)} of {path.name} is left out: the environment, which precedes the "
            "file, sets it to nothing"
        )
    try:
        load_dotenv(stream=io.StringIO(text.replace("\0", "")))
        for name in PROXY_SETTINGS:  # the environment precedes the file, however it spells them
            both = {name, name.lower()}
            for added in both - before if both & before else ():
                os.environ.pop(added, None)
    except ValueError:  # what the operating system's environment cannot hold
        found.wrong(
            path.name,
            "has a name or a value in it that no environment variable can have",
            "use names of letters, digits and _, and run the bot in a UTF-8 locale (LANG=C.UTF-8)",
        )
    return found


def _read(path: Path, found: EnvFile) -> tuple[bytes, int]:
    """Return a file's bytes and mode; nothing when there is none, or it cannot be read."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(MOST_BYTES + 1)
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


def _decoded(data: bytes, file: str, settings: Collection[str], found: EnvFile) -> str:
    """Return the text; what is not in UTF-8 is a mistake, and is read as what it seems to be."""
    encoding = next((e for e in _MARKS if data.startswith(e[1])), None) or _unmarked(data)
    if encoding:
        found.wrong(file, f"is written in {encoding[0]}", _SAVE)
        return data.decode(encoding[2], errors="replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")  # with the mark that some editors write, or without
    except UnicodeDecodeError as error:
        data = data.removeprefix(codecs.BOM_UTF8)  # from where on the error counts
        number = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        name = _name(data[start : error.start].decode("latin-1"), settings)
        where = f"line {number}, {name}" if name else f"line {number}"
        found.wrong(file, f"is not written in UTF-8 ({where})", _SAVE)
        return data.decode("latin-1")


def _unmarked(data: bytes) -> tuple[str, bytes, str] | None:
    """Recognise UTF-16 without its mark: every other byte of a file of settings is NUL."""
    even, odd = data[0::2], data[1::2]
    for encoding, nuls, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        most = len(nuls) * 0.8
        if len(data) >= 4 and nuls.count(0) > most and len(others) - others.count(0) > most:
            return "UTF-16", b"", encoding
    return None


def _judged(text: str, file: str, settings: Collection[str], found: EnvFile) -> set[str]:
    """Look for lines that cannot be read. Returns the names that are set."""
    names: set[str] = set()
    seen: set[str] = set()
    for line in parse_stream(io.StringIO(text)):
        name = line.key if line.key in settings else None
        number = line.original.line
        if line.error:
            if name := _name(line.original.string, settings):
                found.wrong(name, f"cannot be read (line {number} of {file})", _FORM)
            else:
                found.warnings.append(f"line {number} of {file} is not NAME=value, and is left out")
        elif "\0" in (line.value or "") or "\0" in (line.key or ""):
            found.wrong(
                name or file,
                f"has a NUL character in it (line {number} of {file})",
                "write the line again, by hand",
            )
        elif line.key and not name and (meant := _name(line.original.string, settings)):
            found.wrong(meant, f"cannot be read (line {number} of {file})", _FORM)
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
    """Return the setting that a line begins with; None when it begins with none."""
    found = _NAME.match(line)
    return found[1] if found and found[1] in settings else None
