"""What the Docker image holds starts on its own: the bot without its playground."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the image: what the Dockerfile copies and .dockerignore does not leave out."""
    folder = tmp_path_factory.mktemp("image")
    left_out = [ROOT / one for one in (ROOT / ".dockerignore").read_text().split()]

    def ignored(parent: str, names: list[str]) -> set[str]:
        return {n for n in names if n == "__pycache__" or Path(parent, n) in left_out}

    for copied in ("bot", "handlers"):
        shutil.copytree(ROOT / copied, folder / copied, ignore=ignored)
    return folder


SITE = Path(sysconfig.get_path("purelib"))


def run(image: Path, *arguments: str, site: Path = SITE) -> tuple[int, str]:
    # Without `site`, no .pth file leads back to this checkout.
    path = os.pathsep.join([str(image), str(site)])
    done = subprocess.run(
        [sys.executable, "-B", "-S", "-m", "bot", *arguments],
        cwd="/",  # where no .env is
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_bot_needs_nothing_of_the_playground(image: Path) -> None:
    assert not (image / "bot" / "playground").exists()
    code, said = run(image, "run")
    assert code == 2
    assert "SLACK_BOT_TOKEN is not set" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("arguments", [(), ("playground",)])
def test_the_image_says_that_it_has_no_playground(image: Path, arguments: tuple[str, ...]) -> None:
    code, said = run(image, *arguments)
    assert code == 2
    assert "This image has no playground" in said
    assert "Traceback" not in said


def test_without_its_extra_the_playground_says_how_to_install_it(tmp_path: Path) -> None:
    for installed in SITE.iterdir():
        if not installed.name.startswith("jsonschema"):
            (tmp_path / installed.name).symlink_to(installed)
    code, said = run(ROOT, "playground", site=tmp_path)
    assert code == 2
    assert "pip install 'threadline[playground]'" in said
    assert "Traceback" not in said
