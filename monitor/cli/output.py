"""Standard output for programs: one JSON value, one object a line, or a header and rows; UTF-8, nothing else."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.core.visible import visible
from monitor.reports.shapes import dumps

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


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A header and rows, as RFC 4180 has them but with plain line feeds."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def write_bytes(data: bytes) -> None:
    """Exact bytes, whatever they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_file(path: Path, text: str) -> None:
    """`text` as UTF-8 in a file that is whole or not there; a person at the terminal is told."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    new.replace(path)
    if sys.stderr.isatty():
        sys.stderr.write(f"wrote {visible(str(path))}\n")
