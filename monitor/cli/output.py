"""Standard output for programs: one JSON value, one object a line, or a header and rows; UTF-8, nothing else."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
