"""Two versions of a Markdown document, and what differs, in a form that tests can name."""

from __future__ import annotations

from typing import NamedTuple

from monitor.app.compare import blocks_of, statements_in
from monitor.core.tracking.versions import compare_blocks
from monitor.model import Significance


class Found(NamedTuple):
    """A change: its kind, both sides, and how it was judged."""

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    substantive: bool
    aspects: tuple[str, ...]
    cause: str | None
    event: int
    reasons: tuple[str, ...]


def changes(before: str | bytes, after: str | bytes, path: str = "a.md") -> list[Found]:
    """What differs between two versions of a document."""
    blocks = [blocks_of(path, side.encode() if isinstance(side, str) else side) or () for side in (before, after)]
    old, new = (statements_in(side) for side in blocks)
    found = []
    for change in compare_blocks(*blocks).changes:
        judged = change.classification
        found.append(
            Found(
                str(change.kind),
                tuple(old[i].text for i in change.before),
                tuple(new[j].text for j in change.after),
                judged is None or judged.significance is Significance.SUBSTANTIVE,
                tuple(map(str, judged.aspects)) if judged else (),
                change.cause,
                change.event,
                judged.reasons if judged else (),
            )
        )
    return found
