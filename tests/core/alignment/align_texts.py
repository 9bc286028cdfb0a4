"""Short ways to say what is aligned and what came out."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.alignment.align import align
from monitor.model import Alignment, BlockKind, Statement


def statements(texts: Sequence[str]) -> list[Statement]:
    return [Statement(text) for text in texts]


def aligned(before: Sequence[str], after: Sequence[str]) -> Alignment:
    return align(statements(before), statements(after))


def links(alignment: Alignment) -> list[tuple[int, int]]:
    return sorted((i, j) for match in alignment.matches for i in match.before for j in match.after)


def moved_before(alignment: Alignment) -> list[int]:
    return sorted(i for match in alignment.matches if match.moved for i in match.before)


def document(*lines: str) -> list[Statement]:
    """Statements of a small notation: `# ` and `## ` begin a heading, `- ` an item, anything else is a sentence."""
    found = []
    for line in lines:
        mark, _, rest = line.partition(" ")
        if mark and set(mark) == {"#"}:
            found.append(Statement(rest, BlockKind.HEADING, len(mark)))
        elif mark == "-":
            found.append(Statement(rest, BlockKind.ITEM))
        else:
            found.append(Statement(line))
    return found
