"""What a person reads on the terminal is plain English too: no private word in a message, a help text or a comment of
the configuration that `init` writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import PROJECT

# Reasons of the readers are kept in ledgers and must stay as they are: a rebuilt ledger equals the one of before.
PACKAGES = ("app", "cli", "config", "ledger", "reviews", "schedule", "snapshots")
FILES = [path for package in PACKAGES for path in sorted((PROJECT / "monitor" / package).glob("*.py"))]
PRIVATE = re.compile(
    r"\b(anew|told|seldom|at work|cut short|taken? back|took back|stands? (on|now)|come to|what there is|extractors?|"
    r"not its name|goes on from|whole life|what people said)\b",
    re.IGNORECASE,
)


def is_command(node: ast.AST) -> bool:
    """Whether it is a function whose docstring click prints."""
    return isinstance(node, ast.FunctionDef) and any(
        re.match(r"verb\(|(\w+\.)?(command|group)\(", ast.unparse(one)) for one in node.decorator_list
    )


def shown(tree: ast.Module) -> Iterator[str]:
    """The texts of several words, f-strings in one piece; docstrings only of commands, whose help they are."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and not is_command(node):
                skipped.add(id(first.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def private_words(source: str) -> list[str]:
    return [text for text in shown(ast.parse(source)) if " " in text.strip() and PRIVATE.search(text)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_messages_have_no_private_words(path: Path) -> None:
    assert private_words(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["raise E('it is made anew')", "print(f'{x} is at work')", "@verb('x')\ndef f():\n    '''It is told.'''\n"],
)
def test_the_check_sees_private_words_in_messages(source: str) -> None:
    assert private_words(source)


def test_the_check_passes_over_docstrings_of_functions() -> None:
    assert private_words("def f():\n    '''It is told anew.'''\n") == []
