"""Compound files ([MS-CFB]) written for tests: Outlook messages, and workbooks of Excel 97."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Tree = Mapping[str, Any]  # a name with bytes (a stream) or with another tree (a storage)

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096


def compound(tree: Tree) -> bytes:
    """A compound file of this tree."""
    entries: list[list[Any]] = [["Root Entry", 5, _FREE, _FREE, b""]]  # name, type, right sibling, child, content
    _add(tree, 0, entries)
    mini = bytearray()
    chains: list[bytes] = []
    starts: list[tuple[int, int]] = []
    mini_fat: list[int] = []
    at = 0
    for _, kind, _, _, content in entries[1:]:
        if kind == 1 or not content:
            starts.append((_END if kind == 2 else 0, len(content)))
        elif len(content) < _CUTOFF:
            first = len(mini) // _MINI
            mini += content.ljust(-(-len(content) // _MINI) * _MINI, b"\0")
            last = len(mini) // _MINI
            mini_fat += [*range(first + 1, last), _END]
            starts.append((first, len(content)))
        else:
            starts.append((at, len(content)))
            chains.append(content)
            at += -(-len(content) // _SECTOR)
    parts = [*chains, bytes(mini), struct.pack(f"<{len(mini_fat)}L", *mini_fat)]
    firsts, fat = [], []
    for part in parts:
        size = -(-len(part) // _SECTOR)
        firsts.append(len(fat) if size else _END)
        fat += [*range(len(fat) + 1, len(fat) + size), _END] if size else []
    starts.insert(0, (firsts[-2], len(mini)))
    directory = b"".join(map(_entry, entries, starts))
    first_of_directory = len(fat)
    size = -(-len(directory) // _SECTOR)
    fat += [*range(len(fat) + 1, len(fat) + size), _END]
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    places = range(len(fat), len(fat) + fat_sectors)
    fat += [_FAT] * fat_sectors
    mini_fat_sectors = -(-len(parts[-1]) // _SECTOR)
    header = struct.pack(
        "<8s16xHHHHH6xLLLLLLLLLL",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, fat_sectors, first_of_directory, 0, _CUTOFF, firsts[-1], mini_fat_sectors, _END, 0),
        places[0],
    )
    header += struct.pack("<108L", *[*places[1:], *[_FREE] * (108 - len(places) + 1)])
    table = struct.pack(f"<{len(fat)}L", *fat).ljust(fat_sectors * _SECTOR, b"\xff")
    body = b"".join(part.ljust(-(-len(part) // _SECTOR) * _SECTOR, b"\0") for part in parts)
    return header + body + directory.ljust(size * _SECTOR, b"\0") + table


def _add(tree: Tree, parent: int, entries: list[list[Any]]) -> None:
    before = None
    for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        number = len(entries)
        stream = isinstance(content, bytes)
        entries.append([name, 2 if stream else 1, _FREE, _FREE, content if stream else b""])
        if before is None:
            entries[parent][3] = number
        else:
            entries[before][2] = number
        before = number
        if not stream:
            _add(content, number, entries)


def _entry(entry: list[Any], place: tuple[int, int]) -> bytes:
    name, kind, right, child, _ = entry
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBLLL", len(encoded) + 2, kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<LQ", *place)


# --- messages -------------------------------------------------------------------------------------


def message(texts: Mapping[int, str | bytes], numbers: Mapping[int, int] | None = None) -> dict[str, Any]:
    """The tree of a message: texts in UTF-16 and bytes by the numbers of their properties ([MS-OXPROPS])."""
    return _properties(texts, numbers or {}, 32)


def inner(texts: Mapping[int, str | bytes]) -> dict[str, Any]:
    """The tree of a message inside another."""
    return _properties(texts, {}, 24)


def part(texts: Mapping[int, str | bytes], numbers: Mapping[int, int] | None = None) -> dict[str, Any]:
    """The tree of a recipient or an attachment."""
    return _properties(texts, numbers or {}, 8)


def _properties(texts: Mapping[int, str | bytes], numbers: Mapping[int, int], header: int) -> dict[str, Any]:
    values = b"".join(struct.pack("<HHLQ", 0x0003, number, 6, value) for number, value in numbers.items())
    tree: dict[str, Any] = {"__properties_version1.0": bytes(header) + values}
    for number, text in texts.items():
        kind, data = ("001F", text.encode("utf-16-le")) if isinstance(text, str) else ("0102", text)
        tree[f"__substg1.0_{number:04X}{kind}"] = data
    return tree


def filetime(moment: datetime) -> int:
    """Steps of 100 ns since 1601."""
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


# --- workbooks ------------------------------------------------------------------------------------


def workbook(sheets: Mapping[str, list[list[str | float | None]]]) -> bytes:
    """A workbook of BIFF8 ([MS-XLS])."""
    bodies = [_sheet(rows) for rows in sheets.values()]
    names = [name.encode("ascii") for name in sheets]
    start = len(_record(0x0809, bytes(16))) + sum(12 + len(name) for name in names) + 4
    globals_ = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 5, 0, 0, 0, 0))
    for name, body in zip(names, bodies, strict=True):
        globals_ += _record(0x0085, struct.pack("<LHBB", start, 0, len(name), 0) + name)
        start += len(body)
    return compound({"Workbook": (globals_ + _record(0x000A, b"") + b"".join(bodies)).ljust(_CUTOFF, b"\0")})


def _sheet(rows: list[list[str | float | None]]) -> bytes:
    found = [_record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x10, 0, 0, 0, 0))]
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                found.append(_record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")))
            elif value is not None:
                found.append(_record(0x0203, place + struct.pack("<d", value)))
    return b"".join([*found, _record(0x000A, b"")])


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
