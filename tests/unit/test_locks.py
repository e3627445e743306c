"""The locks hold what pyproject.toml asks for, each file of it with its hash.

`make lock` writes them. pip reads them in its hash-checking mode:
https://pip.pypa.io/en/stable/topics/secure-installs/
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
BUILD = PYPROJECT["dependency-groups"]["build"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-playground.txt": [*PROJECT["dependencies"], *EXTRAS["playground"], *BUILD],
    "requirements-dev.txt": [
        *PROJECT["dependencies"],
        *EXTRAS["playground"],
        *(one for one in EXTRAS["dev"] if one != "threadline[playground]"),
        *BUILD,
    ],
}
MACHINES = [
    {
        "sys_platform": system,
        "python_version": version,
        "python_full_version": f"{version}.0",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for system in ("linux", "darwin")
    for version in ("3.11", "3.12", "3.13", "3.14")
]


def read(lock: str) -> dict[str, Requirement]:
    """Return the lines of a lock by the package's name."""
    lines = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    found = [Requirement(line.split("--hash")[0]) for line in lines if not line.startswith("#")]
    return {canonicalize_name(one.name): one for one in found}


def applies(requirement: Requirement, machine: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(machine)


def version(locked: Requirement) -> str:
    (one,) = locked.specifier
    assert one.operator == "=="
    return one.version


@pytest.mark.parametrize("lock", LOCKS)
def test_each_requirement_is_locked_within_its_range(lock: str) -> None:
    locked = read(lock)
    for asked in map(Requirement, LOCKS[lock]):
        held = locked[canonicalize_name(asked.name)]
        assert asked.specifier.contains(version(held)), (str(asked), str(held))
        for machine in MACHINES:
            assert applies(held, machine) or not applies(asked, machine), (str(held), machine)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_line_has_the_hashes_of_its_files(lock: str) -> None:
    lines = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    for line in lines:
        if not line.startswith("#"):
            assert re.fullmatch(r"[^#]+?(\s+--hash=sha256:[0-9a-f]{64})+", line), line[:80]


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("requirements.txt", "requirements-playground.txt"),
        ("requirements-playground.txt", "requirements-dev.txt"),
    ],
)
def test_the_tests_run_with_the_versions_that_are_shipped(smaller: str, larger: str) -> None:
    tested = read(larger)
    for name, held in read(smaller).items():
        assert version(held) == version(tested[name]), name


def test_the_build_backend_is_the_one_that_is_locked() -> None:
    assert PYPROJECT["build-system"]["requires"] == BUILD
