"""The file `.env`, as the command line reads it: mistakes in it are reported, each with its fix."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.configuration import env_file
from bot.configuration.table import SETTINGS
from tests.e2e.command_line import run

SECRET = "Ge4heimW0rt"
LINES = f"SLACK_BOT_TOKEN=xapp-1-{SECRET}\nPORT=nowhere\n"
NAMES = [setting.name for setting in SETTINGS]
WELL = {
    "SLACK_BOT_TOKEN": "xoxb-1-a",
    "SLACK_APP_TOKEN": "xapp-1-a",
    "PARALLEL_API_KEY": "a=b",
    "PARALLEL_BASE_URL": "http://127.0.0.1:1",
    "ADMINS": "U012AB3CD,W0123AB",
}


def is_discreet(said: str) -> bool:
    """Whether the output has no four characters of the secret and no traceback."""
    pieces = (SECRET[i : i + 4] for i in range(len(SECRET) - 3))
    return "Traceback" not in said and not any(piece in said for piece in pieces)


ENCODED = {
    "UTF-16, little-endian, marked": codecs.BOM_UTF16_LE + LINES.encode("utf-16-le"),
    "UTF-16, big-endian, marked": codecs.BOM_UTF16_BE + LINES.encode("utf-16-be"),
    "UTF-16, little-endian": LINES.encode("utf-16-le"),
    "UTF-16, big-endian": LINES.encode("utf-16-be"),
    "UTF-16, cut off": codecs.BOM_UTF16_LE + LINES.encode("utf-16-le")[:-1],
    "UTF-32, little-endian": codecs.BOM_UTF32_LE + LINES.encode("utf-32-le"),
    "UTF-32, big-endian": codecs.BOM_UTF32_BE + LINES.encode("utf-32-be"),
    "Latin-1": f"{LINES}REDIS_URL=redis://:{SECRET}\u00fc@127.0.0.1\n".encode("latin-1"),
    "Windows-1252": f"# \u201cours\u201d\n{LINES}".encode("cp1252"),
    "UTF-8 cut off": LINES.encode() + "# \u00fc".encode()[:-1],
    "Latin-1 behind the mark of UTF-8": codecs.BOM_UTF8 + f"{LINES}# \u00fc".encode("latin-1"),
}


@pytest.mark.parametrize("kind", ENCODED)
async def test_an_env_file_in_another_encoding_is_reported_with_its_mistakes(
    kind: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(ENCODED[kind])
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert ".env is " in said
    assert "UTF-8" in said
    assert "an app-level token, not a bot token" in said
    assert "PORT isn't a whole number" in said
    assert is_discreet(said)


async def test_the_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(f"\nPARALLEL_API_KEY={SECRET}\xfc\n".encode("latin-1"))
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "line 2, PARALLEL_API_KEY" in said
    assert is_discreet(said)


async def test_the_mark_of_utf_8_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(codecs.BOM_UTF8 + LINES.replace("\n", "\r\n").encode())
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "an app-level token, not a bot token" in said
    assert "UTF-8" not in said


async def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    used = re.sub(r"^#(?=[A-Z_]+=)", "", example, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(used, encoding="utf-8")
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    wrong = re.findall(r"^  (\S+) is not set", said, re.MULTILINE)
    assert wrong == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PARALLEL_API_KEY"]
    assert "Warning" not in said
    assert said.count("→") == len(wrong)


@pytest.mark.parametrize("command", ["run", "playground", ""])
async def test_a_folder_named_env_is_reported(tmp_path: Path, command: str) -> None:
    (tmp_path / ".env").mkdir()
    code, said = await run(*filter(None, [command]), cwd=tmp_path)
    assert code == 2
    assert ".env is a folder" in said
    assert "Traceback" not in said


async def test_dangling_links_are_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to(tmp_path / "secrets")
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert ".env is a link to a file that is not there" in said
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").symlink_to(".env")
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert ".env cannot be read" in said


async def test_a_named_pipe_is_read_once_it_is_written(tmp_path: Path) -> None:
    """Some password managers mount `.env` as one."""
    os.mkfifo(tmp_path / ".env", 0o600)
    running = asyncio.create_task(run("run", cwd=tmp_path))
    await asyncio.to_thread((tmp_path / ".env").write_text, LINES)
    code, said = await running
    assert code == 2
    assert "PORT " in said
    assert is_discreet(said)


@pytest.mark.parametrize("holds_open", [False, True])
def test_a_named_pipe_that_nobody_writes_is_reported(tmp_path: Path, holds_open: bool) -> None:
    file = tmp_path / ".env"
    os.mkfifo(file, 0o600)
    ours = os.open(file, os.O_RDWR | os.O_NONBLOCK) if holds_open else -1
    (problem,) = env_file.load(file, NAMES, NAMES[:3], written_within=0.2).problems
    assert "named pipe that nothing was written into" in problem.wrong
    if holds_open:
        os.close(ours)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_an_unreadable_env_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(LINES)
    (tmp_path / ".env").chmod(0)
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert ".env cannot be read (Permission denied)" in said


async def test_a_file_that_is_filled_up_with_nothing_is_not_taken_for_utf_16(
    tmp_path: Path,
) -> None:
    """As file systems leave files after a power cut."""
    (tmp_path / ".env").write_bytes(LINES.encode() + bytes(4096))
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "NUL character" in said
    assert "UTF-16" not in said
    assert "an app-level token, not a bot token" in said
    assert is_discreet(said)


async def test_an_oversized_env_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(LINES + "#" * 100_000)
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "larger than 100 kB" in said


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"SLACK_BOT_TOKEN=xoxb-{SECRET}\0", "SLACK_BOT_TOKEN has a NUL character"),
        (f"OTHER\0={SECRET}", ".env has a NUL character"),
        (f'SLACK_BOT_TOKEN="xoxb-{SECRET}', "SLACK_BOT_TOKEN cannot be read (line 1 of .env)"),
        (f"SLACK_BOT_TOKEN xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read (line 1 of .env)"),
        (f"SLACK_BOT_TOKEN: xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read (line 1 of .env)"),
        (f"'a=b'={SECRET}", ".env has a name or a value in it"),
        (f"'{SECRET}", "line 1 of .env is not NAME=value"),
        (f"set SLACK_BOT_TOKEN=xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read (line 1 of .env)"),
        (f"setx SLACK_BOT_TOKEN xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f'$env:SLACK_BOT_TOKEN="xoxb-{SECRET}"', "SLACK_BOT_TOKEN cannot be read"),
        (f"declare -x SLACK_BOT_TOKEN=xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f"ENV SLACK_BOT_TOKEN=xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f"Environment=SLACK_BOT_TOKEN=xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f"- SLACK_BOT_TOKEN=xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f'{{"SLACK_BOT_TOKEN": "xoxb-{SECRET}"}}', "SLACK_BOT_TOKEN cannot be read"),
        (f'export SLACK_BOT_TOKEN="xoxb-{SECRET}";', "SLACK_BOT_TOKEN cannot be read"),
        (f"\u200bSLACK_BOT_TOKEN=xoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f"SLACK_BOT_TOKEN\uff1dxoxb-{SECRET}", "SLACK_BOT_TOKEN cannot be read"),
        (f"slack_bot_token=xoxb-{SECRET}", "SLACK_BOT_TOKEN has to be written in capital letters"),
        (f'HTTPS_PROXY="http://u:{SECRET}@h:1', "HTTPS_PROXY cannot be read (line 1 of .env)"),
        (f"https_proxy: http://u:{SECRET}@h:1", "https_proxy cannot be read (line 1 of .env)"),
        ("set SSL_CERT_FILE=/ca.pem", "SSL_CERT_FILE cannot be read (line 1 of .env)"),
    ],
)
async def test_a_line_that_cannot_be_parsed_is_reported(
    line: str, expected: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(line)
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert expected in said
    assert is_discreet(said)


async def test_the_environment_precedes_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=nowhere\nexport LOG_FORMAT='xml' # not one\n")
    code, said = await run("run", cwd=tmp_path, PORT="3000")
    assert code == 2
    assert "PORT" not in said
    assert "LOG_FORMAT isn't one of its values (xml)" in said


@pytest.mark.parametrize(
    ("more", "environ", "expected"),
    [
        ("", {"SLACK_BOT_TOKEN": "", "PORT": " "}, "PORT, SLACK_BOT_TOKEN of .env is left out: "),
        ("", {"https_proxy": "", "HOME": ""}, "https_proxy of .env is left out: "),
        ("PORT=1\n", {}, "line 6 of .env sets PORT again, and is what counts"),
        ("export SLACK_BOT_TOKEN=\n", {}, "line 6 of .env sets SLACK_BOT_TOKEN again, "),
        ("HOME=/y\nOTHER=1\nOTHER=2\n", {"PORT": "1"}, ""),
    ],
)
async def test_an_ineffective_line_is_reported(
    more: str, environ: dict[str, str], expected: str, tmp_path: Path
) -> None:
    """A container sets variables of its own, and a template has names without values."""
    lines = f"{LINES}https_proxy=h:1\nHOME=/x\nREDIS_URL=\n{more}"
    (tmp_path / ".env").write_text(lines)
    (tmp_path / ".env").chmod(0o600)
    code, said = await run("run", cwd=tmp_path, **environ)
    assert code == 2
    assert [line for line in said.splitlines() if "Warning" in line] == (
        [line for line in said.splitlines() if expected in line] if expected else []
    )
    assert expected in said
    assert is_discreet(said)


@pytest.mark.parametrize(
    ("line", "environ", "obeyed"),
    [
        ("https_proxy=socks4://h:1", {"HTTPS_PROXY": "socks5://h:1"}, "socks5"),
        ("HTTPS_PROXY=socks4://h:1", {"https_proxy": "socks5://h:1"}, "socks5"),
        ("HTTPS_PROXY=socks4://h:1", {"https_proxy": ""}, ""),
        ("https_proxy=socks4://h:1", {"HTTPS_PROXY": ""}, ""),
        ("ALL_PROXY=socks4://h:1", {"all_proxy": ""}, ""),
        ("https_proxy=socks4://h:1", {}, "socks4"),
        ("HTTPS_PROXY=socks4://h:1", {"http_proxy": "http://h:1"}, "socks4"),
    ],
)
async def test_the_environment_precedes_the_file_in_either_spelling_of_a_proxy(
    line: str, environ: dict[str, str], obeyed: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"{line}\n{LINES}")
    code, said = await run("run", cwd=tmp_path, **environ)
    assert code == 2
    assert [kind for kind in ("socks4", "socks5") if kind in said] == list(filter(None, [obeyed]))


@pytest.mark.parametrize(
    "lines",
    [
        "".join(f'export {name}="{value}"\n' for name, value in WELL.items()),
        "".join(f"{name} = {value}  # ours\n" for name, value in WELL.items()),
        "".join(f"\t{name}='{value}'\r\n" for name, value in WELL.items()),
        "".join(f"{name}={value}\r" for name, value in WELL.items()),
        "\ufeff" + "".join(f"\u00a0{name}=\u00a0{value}\n" for name, value in WELL.items()),
        "# SLACK_BOT_TOKEN: see below\nMY_PORT=x\nPORT_2=x\nPORT-2=x\nPORTS=x\nENV=x\n"
        + "".join(f"{name}={value}\n" for name, value in WELL.items()),
    ],
)
async def test_common_env_file_syntax_is_understood(lines: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(lines, newline="")
    code, said = await run(
        "run", cwd=tmp_path, LOG_LEVEL="loud", SLACK_API_URL="http://127.0.0.1:x"
    )
    assert code == 2
    expected = [
        line.split()[0] for line in said.splitlines() if line[:2] == "  " and line[2] != " "
    ]
    assert expected == ["SLACK_API_URL", "LOG_LEVEL"]
    assert "Warning: line" not in said


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o602, 0o666, 0o777])
async def test_a_file_of_secrets_that_others_can_read_is_warned_of(
    mode: int, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(LINES)
    (tmp_path / ".env").chmod(mode)
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "Warning: .env holds secrets" in said
    assert f"{mode:04o}" in said
    assert "chmod 600 .env" in said


@pytest.mark.parametrize(("mode", "lines"), [(0o600, LINES), (0o400, LINES), (0o644, "PORT=no\n")])
async def test_another_one_is_not(mode: int, lines: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(lines)
    (tmp_path / ".env").chmod(mode)
    code, said = await run("run", cwd=tmp_path)
    assert code == 2
    assert "PORT isn't a whole number" in said
    assert "Warning" not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from([*NAMES, "OTHER", ""]))
def test_no_file_whatever_makes_reading_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, name: str
) -> None:
    for setting in NAMES:
        monkeypatch.delenv(setting, raising=False)
    file = tmp_path / ".env"
    file.write_bytes(f"{name}=".encode() + data + SECRET.encode())
    before = dict(os.environ)
    try:
        found = env_file.load(file, NAMES, NAMES[:3])
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert is_discreet(f"{found.problems} {found.warnings}")
