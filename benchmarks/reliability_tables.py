"""Tables of docs/generated/reliability.md, each between marks of its own; written by the commands that measure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "generated" / "reliability.md"


def rows(section: str) -> dict[str, list[str]]:
    """The rows of a table as they stand, by their first cell."""
    table = DOCUMENT.read_text().partition(f"<!-- {section} begin -->\n")[2].partition(f"<!-- {section} end -->")[0]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return {line[0].strip(): [cell.strip() for cell in line] for line in lines[2:]}


def write(section: str, head: Sequence[str], rows: Sequence[Sequence[object]], command: str) -> None:
    """Put a table where the marks of `section` stand in the document, with the command and the day below it."""
    lines = [head, ["---" if at == 0 else "---:" for at in range(len(head))], *rows]
    table = "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)
    made = f"\n`python benchmarks/torture.py {command}`, {datetime.now(UTC):%Y-%m-%d}\n"
    before, begin, rest = DOCUMENT.read_text().partition(f"<!-- {section} begin -->\n")
    _, end, after = rest.partition(f"<!-- {section} end -->\n")
    if not begin or not end:
        raise ValueError(f"{DOCUMENT} has no marks for {section}")
    DOCUMENT.write_text(before + begin + table + made + end + after)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
