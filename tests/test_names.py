"""The names of tests are plain statements: short, and one each in a file."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from tests.support.paths import PROJECT

LONGEST = 60  # characters
THIS = [
    "test_names_are_at_most_60_characters",
    "test_names_are_unique_in_their_file",
    "test_names_of_this_file_are_found",
]


def names(file: Path) -> list[str]:
    """Of all test functions in a file, in its order."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node.name for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, functions)]
    return [name for name in found if name.startswith("test_")]


FOUND = {str(file.relative_to(PROJECT)): names(file) for file in sorted((PROJECT / "tests").rglob("test_*.py"))}


def test_names_are_at_most_60_characters() -> None:
    assert [(file, name) for file, listed in FOUND.items() for name in listed if len(name) > LONGEST] == []


def test_names_are_unique_in_their_file() -> None:
    counted = {file: Counter(listed) for file, listed in FOUND.items()}
    assert [(file, name) for file, numbers in counted.items() for name, number in numbers.items() if number > 1] == []


def test_names_of_this_file_are_found() -> None:
    assert FOUND["tests/test_names.py"] == THIS
