"""Numbers in order, packed as runs of consecutive ones: `[[7,3],[3,1]]` for 7, 8, 9, 3.

Statements and blocks of a version mostly came together, so a version of a thousand takes tens of bytes. The form is
JSON, so that SQL can read it, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from json import loads


def pack(numbers: Iterable[int]) -> str:
    """The numbers as runs, each its first number and its length."""
    runs: list[str] = []
    first = length = 0
    following = -1
    for number in numbers:
        if number == following:
            length += 1
            following += 1
            continue
        if length:
            runs.append(f"[{first},{length}]")
        first, length, following = number, 1, number + 1
    if length:
        runs.append(f"[{first},{length}]")
    return f"[{','.join(runs)}]"


def unpack(packed: str) -> list[int]:
    """What `pack` was given, in its order."""
    numbers: list[int] = []
    for first, length in loads(packed):
        numbers += range(first, first + length)
    return numbers


def count(packed: str) -> int:
    """How many numbers there are."""
    return sum(length for _, length in loads(packed))


NOTHING = "[]"
"""No numbers."""
