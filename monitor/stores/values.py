"""How values stand in the ledger's columns: plain text and numbers that both databases take alike.

Times are ISO 8601 text in UTC of a fixed width: they sort as they read, and SQLite would drop an offset.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from monitor.facts import Counters
from monitor.model import Aspect

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ASPECTS = list(Aspect)


@lru_cache(4096)
def moment_to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(4096)
def moment_from_text(text: str) -> datetime:
    return datetime.fromisoformat(text)


def asked_text(text: str) -> str:
    """A text that somebody asks for, as a database can compare it: no stored one holds what is replaced here."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def path_to_text(path: str) -> str:
    """A path whose undecodable bytes (surrogate escapes) neither database would take as text.

    Such a byte is written as U+0010 and two hexadecimal digits; U+0010 itself likewise. Plain paths stay as they are.
    """
    if path.isascii() and "\x10" not in path:
        return path
    return "".join(
        f"\x10{ord(char) & 0xFF:02x}" if char == "\x10" or "\udc80" <= char <= "\udcff" else char for char in path
    )


def path_from_text(text: str) -> str:
    """What `path_to_text` was given."""
    if "\x10" not in text:
        return text
    first, *rest = text.split("\x10")
    return first + "".join(_byte(int(part[:2], 16)) + part[2:] for part in rest)


def _byte(value: int) -> str:
    return chr(value) if value < 0x80 else chr(0xDC00 + value)


def links_to_text(links: Sequence[str]) -> str | None:
    return _to_json(links) if links else None


def links_from_text(packed: str | None) -> tuple[str, ...]:
    return tuple(json.loads(packed)) if packed else ()


def counters_to_text(counters: Counters) -> str:
    return _to_json(counters._asdict())


def counters_from_text(packed: str | None) -> Counters:
    """Of a ledger that was never written, the first numbers."""
    return Counters(**json.loads(packed)) if packed else Counters()


def aspect_bit(aspect: Aspect) -> int:
    """Bit n stands for the n-th aspect of the enum."""
    return 1 << _ASPECTS.index(aspect)


def aspects_to_bits(aspects: Iterable[Aspect]) -> int:
    return sum(map(aspect_bit, aspects))


@lru_cache(4096)
def aspects_from_bits(bits: int) -> tuple[Aspect, ...]:
    return tuple(aspect for at, aspect in enumerate(_ASPECTS) if bits >> at & 1) if bits else ()


def pack_members(numbers: Iterable[int]) -> bytes:
    """The statements of a version as runs of consecutive numbers: `7-9,3` for 7, 8, 9, 3.

    Neighbours were mostly born together, so a version of a thousand statements takes tens of bytes.
    """
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in _runs(numbers)).encode()


def unpack_members(packed: bytes) -> tuple[int, ...]:
    """What `pack_members` was given, in its order."""
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
