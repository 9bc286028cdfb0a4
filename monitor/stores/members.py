"""The statements of a version as bytes: runs of consecutive numbers, since neighbours were born together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def pack(numbers: Iterable[int]) -> bytes:
    """`7-9,3` for 7, 8, 9, 3; `unpack` gives the same numbers in the same order."""
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in _runs(numbers)).encode()


def unpack(packed: bytes) -> tuple[int, ...]:
    numbers: list[int] = []
    for run in packed.decode().split(",") if packed else ():
        first, _, last = run.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(numbers)


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for number in numbers:
        if number == last + 1 and first >= 0:
            last = number
            continue
        if first >= 0:
            yield first, last
        first = last = number
    if first >= 0:
        yield first, last
