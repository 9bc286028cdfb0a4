"""Damage each part of a store, and each pair of parts, and write what came of it: docs/generated/damages.md."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.reliability.damages import DOCUMENT, HEAD, DamagedStores, Row  # noqa: E402

TEXT = """# Damages to a store

Each row is a store of five snapshots and two comments, with one part or two damaged. Each command was tried on a copy
of its own: the number is its exit status (0 done, 4 damaged, 6 held). Then the command that `verify` advises was
followed, until it ended with 0. The last column compares the log and the comments with those before. `restore` brings
back a backup of the undamaged store. [What the parts are](../how-it-works.md#where-state-is-kept).

`python benchmarks/damages.py`, {day}
"""


def table(rows: list[Row]) -> str:
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}", *(row.line() for row in rows)]
    return "\n".join(lines) + "\n"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        stores = DamagedStores(Path(folder))
        single, pairs = list(stores.rows(stores.single())), list(stores.rows(stores.pairs()))
    silent = [f"{row.damage}: {what}" for row in (*single, *pairs) for what in row.silent]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    DOCUMENT.write_text(
        f"{TEXT.format(day=day)}\n## One part\n\n{table(single)}\n## Two parts\n\n{table(pairs)}", encoding="utf-8"
    )
    print("\n".join(silent) or f"{len(single) + len(pairs)} damages: nothing is silent")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
