"""Where a change stands, in words. People count statements from 1; ordinals count from 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.core.text.normalize import visible
from monitor.model import Side


def place(before: Sequence[Side], after: Sequence[Side], document: str) -> str:
    """Where a change stands, statements counted from 1: `statement 5`, `statement 5 → 7`, `a.txt 5 → b.txt 7`."""
    old, new = _numbers(before), _numbers(after)
    if not old or not new:
        return f"statement{_s(before or after)} {old or new}" if old or new else ""
    if _documents(before) != _documents(after):
        return f"{_where(before)} → {_where(after)}"
    elsewhere = f"{_documents(after)}, " if _documents(after) != visible(document) else ""
    word = f"{elsewhere}statement{_s(before if len(before) > len(after) else after)}"
    return f"{word} {old}" if old == new else f"{word} {old} → {new}"


def _where(sides: Sequence[Side]) -> str:
    return f"{_documents(sides)}, statement{_s(sides)} {_numbers(sides)}"


def _s(sides: Sequence[Side]) -> str:
    return "" if len(sides) == 1 else "s"


def _documents(sides: Sequence[Side]) -> str:
    return " + ".join(dict.fromkeys(visible(side.document) for side in sides))


def _numbers(sides: Iterable[Side]) -> str:
    """Ordinals from 1, neighbours as a range: `3–5, 9`."""
    runs: list[list[int]] = []
    for number in sorted({side.ordinal + 1 for side in sides}):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
