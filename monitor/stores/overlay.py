"""What the fold knows of documents and statements without asking the database.

Within a transaction that is what was touched and not written yet. Where a ledger is folded from nothing it is
everything, up to a bound, so that a whole history is folded without a question to the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.facts import Counters, Fold, Head, Known

MOST = 300_000  # statements that are kept whole: some 150 MB


@dataclass(frozen=True, slots=True)
class LastFold:
    """The newest fold of a source: what the next one's `tie` is counted from."""

    taken_at: datetime
    tie: int


class Overlay:
    """Documents and statements by all that the fold looks them up by. `complete`: the database holds no others."""

    def __init__(self, *, complete: bool = False) -> None:
        self.complete = complete
        self._empty()

    def _empty(self) -> None:
        self.counters: Counters | None = Counters() if self.complete else None
        self.last: dict[str, LastFold | None] = {}
        self.heads: dict[int, Head] = {}
        self.statements: dict[int, Known] = {}
        self.written: tuple[set[int], set[int]] = set(), set()  # heads and statements that the next flush writes
        self._at_path: defaultdict[str, list[int]] = defaultdict(list)
        self._of_blob: defaultdict[str, list[int]] = defaultdict(list)
        self._of_key: defaultdict[int, list[int]] = defaultdict(list)
        self._like: defaultdict[int, list[int]] = defaultdict(list)

    def take(self, fold: Fold) -> None:
        """What this fold says is so from now on."""
        self.counters = fold.counters
        self.last[fold.snapshot.source] = LastFold(fold.snapshot.taken_at, fold.tie)
        for head in fold.heads:
            self._take_head(head)
        for known in fold.statements:
            self._take_statement(known)

    def flushed(self) -> None:
        """All of it is in the database now; what may be forgotten is."""
        if self.complete and len(self.statements) <= MOST:
            self.written = set(), set()
        else:
            self.complete = False
            self._empty()

    def heads_at(self, path: str) -> Iterator[Head]:
        return (self.heads[number] for number in self._at_path.get(path, ()))

    def heads_of(self, blob: str) -> Iterator[Head]:
        return (self.heads[number] for number in self._of_blob.get(blob, ()))

    def with_key(self, key: int) -> Iterator[Known]:
        return (self.statements[number] for number in self._of_key.get(key, ()))

    def like(self, sketch: int) -> Iterator[Known]:
        return (self.statements[number] for number in self._like.get(sketch, ()))

    def _take_head(self, head: Head) -> None:
        old = self.heads.get(head.number)
        if old is not None:
            self._at_path[old.path].remove(old.number)
            self._of_blob[old.blob or ""].remove(old.number)
        self.heads[head.number] = head
        self._at_path[head.path].append(head.number)
        self._of_blob[head.blob or ""].append(head.number)
        self.written[0].add(head.number)

    def _take_statement(self, known: Known) -> None:
        number = known.number
        old = self.statements.get(number)
        if old is not None:
            _drop(self._of_key, [old.key], number)
            _drop(self._like, old.sketch or (), number)
        self.statements[number] = known
        self._of_key[known.key].append(number)
        for one in known.sketch or ():
            self._like[one].append(number)
        self.written[1].add(number)


def _drop(index: defaultdict[int, list[int]], keys: Iterable[int], number: int) -> None:
    for key in keys:
        index[key].remove(number)
        if not index[key]:
            del index[key]
