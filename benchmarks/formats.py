"""What a folder of real files gives: read, refused and why, how long it took; writes docs/generated/formats.md.

Every file goes through the same door as in a run, the worker process included, three times; the quickest counts. The
folder is the corpora's `fixtures`, beside the checkout or where MONITOR_CORPORA says, or one that is named.

    python benchmarks/formats.py [FOLDER]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from monitor.app.read_documents import DocumentReader
from monitor.readers import reader_for

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
REPORT = ROOT / "docs" / "generated" / "formats.md"
BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
NOT_DOCUMENTS = {"manifest.json"}


@dataclass
class Row:
    """What the files of one format gave."""

    files: int = 0
    size: int = 0
    statements: int = 0
    seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def measured(folder: Path) -> dict[str, Row]:
    rows: dict[str, Row] = defaultdict(Row)
    with DocumentReader() as documents:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_DOCUMENTS):
            data = path.read_bytes()
            extractor = reader_for(path.name, data)
            row = rows[extractor.name if extractor else "no extractor"]
            row.files += 1
            row.size += len(data)
            times = []
            for _ in range(3):
                began = time.perf_counter()
                reading = documents.read(path.name, data)
                times.append(time.perf_counter() - began)
            row.seconds.append(min(times))
            row.statements += len(reading.statements or ())
            if reading.failure is not None:
                row.refused[reading.failure.partition(":")[0]] += 1
    return rows


def table(rows: dict[str, Row]) -> str:
    lines = [
        "| format | files | kB | read | refused | statements | time a file: median | slowest |",
        "|---|---:|---:|---:|---|---:|---:|---:|",
    ]
    for name, row in sorted(rows.items()):
        refused = ", ".join(f"{count} {why}" for why, count in sorted(row.refused.items())) or "–"
        read = row.files - row.refused.total()
        median, slowest = (f"{1000 * one:.0f} ms" for one in (statistics.median(row.seconds), max(row.seconds)))
        lines.append(f"| {name} | {row.files} | {row.size / 1000:,.0f} | {read} | {refused} "
                     f"| {row.statements:,} | {median} | {slowest} |")  # fmt: skip
    files, refused_files = sum(row.files for row in rows.values()), sum(row.refused.total() for row in rows.values())
    lines.append(f"| all | {files} | {sum(row.size for row in rows.values()) / 1000:,.0f} | {files - refused_files} "
                 f"| {refused_files} | {sum(row.statements for row in rows.values()):,} | | |")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPORA / "fixtures"
    made = table(measured(folder))
    print(made)
    if len(sys.argv) == 1:
        page = REPORT.read_text()
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        REPORT.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}")


if __name__ == "__main__":
    main()
