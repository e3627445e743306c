"""The layout of the code: sizes of files and functions, and names that are not to come back.

Who may import whom is checked by import-linter (pyproject.toml).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(path for top in ("bot", "handlers") for path in (ROOT / top).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE = 300  # lines
LONGEST_FUNCTION = 45  # lines, with its decorators and docstring
MOST_MODULES = 8  # directly in bot/
MOST_EXCEPTIONS = 6

#: File, or file and function, with the reason why it may be longer.
EXCEPTIONS: dict[str, str] = {}

#: Words of our own, for which Slack, Parallel, Redis or the field has a term: docs/glossary.md.
# fmt: off
REPLACED = {
    "walk", "hall", "heed", "knock", "wish", "errand", "chore", "clerk", "whisper", "foot",
    "sorry", "told", "telling", "crowd", "breath", "poke", "hear", "heard", "rhythm", "patiently",
    "untold", "overheard",
}
# fmt: on
INFLECTIONS = {
    form
    for word in REPLACED
    for form in (word, f"{word}s", f"{word}es", f"{word}ed", f"{word}d", f"{word}ing")
}


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
    return (function.end_lineno or first) - first + 1


def names(tree: ast.AST) -> Iterator[str]:
    """Return every name that the code defines; sentences as names of tests aside."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if not name.startswith("test_"):
                    yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)):
                yield name
            case _:
                pass


def words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


@pytest.mark.parametrize("path", CODE, ids=place)
def test_files_and_functions_of_the_bot_are_short(path: Path) -> None:
    text = path.read_text()
    long = [] if len(text.splitlines()) <= LONGEST_FILE else [place(path)]
    long += [
        f"{place(path)}:{function.name}"
        for function in functions(ast.parse(text))
        if length(function) > LONGEST_FUNCTION
    ]
    assert [each for each in long if each not in EXCEPTIONS] == []


def test_exceptions_are_few_and_needed() -> None:
    assert len(EXCEPTIONS) <= MOST_EXCEPTIONS
    for each, reason in EXCEPTIONS.items():
        file, _, name = each.partition(":")
        text = (ROOT / file).read_text()
        lengths = {f.name: length(f) for f in functions(ast.parse(text))}
        is_long = (
            lengths[name] > LONGEST_FUNCTION if name else len(text.splitlines()) > LONGEST_FILE
        )
        assert is_long, f"{each} is short enough without an exception"
        assert reason


def test_few_modules_are_directly_in_the_package() -> None:
    assert len(list((ROOT / "bot").glob("*.py"))) <= MOST_MODULES


@pytest.mark.parametrize("path", CODE + TESTS, ids=place)
def test_names_are_standard_terms(path: Path) -> None:
    defined = {path.stem, *names(ast.parse(path.read_text()))}
    assert sorted(name for name in defined if INFLECTIONS & set(words(name))) == []
