"""Standard output for programs: one JSON value, or one object a line; UTF-8, nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from monitor.core.text.normalize import visible
from monitor.reports.json import dumps

Record = Mapping[str, Any]


def write_json(value: object) -> None:
    """One JSON value, indented, on standard output."""
    sys.stdout.write(dumps(value, indent=2) + "\n")


def write_records(records: Iterable[Record], form: str) -> None:
    """`records` as `json` (one list, written as they come) or `jsonl` (one a line)."""
    if form == "jsonl":
        for record in records:
            sys.stdout.write(dumps(record) + "\n")
        return
    separator = "[\n"
    for record in records:
        sys.stdout.write(separator + dumps(record))
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def write_bytes(data: bytes) -> None:
    """Exact bytes, whatever they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which is there as a whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as stream:
            yield stream
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A file of `text`, as UTF-8."""
    with written(path) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def tell_written(path: Path) -> None:
    """Say so to a person at the terminal; standard output stays for what was asked for."""
    if sys.stderr.isatty():
        sys.stderr.write(f"wrote {visible(str(path))}\n")
