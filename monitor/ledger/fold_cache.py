"""What the fold knows of documents and statements without asking the database.

Within a transaction that is what was touched and not written yet. Where a ledger is folded from nothing it is
everything, up to a bound, so that a whole history is folded without a question to the database.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from monitor.model.ledger import Counters, Fold, Head, Known

Key = TypeVar("Key", bound=Hashable)

MAX_STATEMENTS = 300_000  # statements that are kept whole: some 150 MB


class LastFold(NamedTuple):
    """The newest fold of a source: what the next one's `tie` is counted from."""

    taken_at: datetime
    tie: int


class FoldCache:
    """Documents and statements by all that the fold looks them up by. `complete`: the database holds no others."""

    def __init__(self, *, complete: bool = False) -> None:
        self.complete = complete
        self._empty()

    def _empty(self) -> None:
        self.counters: Counters | None = Counters() if self.complete else None
        self.last: dict[str, LastFold | None] = {}
        self.heads: dict[int, Head] = {}
        self.statements: dict[int, Known] = {}
        self.unwritten: tuple[set[int], set[int]] = set(), set()  # heads and statements that the next flush writes
        self._at_path = _Index[str]()
        self._of_blob = _Index[str]()
        self._of_key = _Index[int]()
        self._of_sketch = _Index[int]()

    def add(self, fold: Fold) -> None:
        """What this fold holds is so from now on."""
        self.counters = fold.counters
        self.last[fold.snapshot.source] = LastFold(fold.snapshot.taken_at, fold.tie)
        for head in fold.heads:
            self._add_head(head)
        for known in fold.statements:
            self._add_statement(known)

    def mark_written(self) -> None:
        """All of it is in the database now; what may be forgotten is."""
        if self.complete and len(self.statements) <= MAX_STATEMENTS:
            self.unwritten = set(), set()
        else:
            self.complete = False
            self._empty()

    def heads_at(self, path: str) -> Iterator[Head]:
        return (self.heads[number] for number in self._at_path.of(path))

    def heads_of_blob(self, blob: str) -> Iterator[Head]:
        return (self.heads[number] for number in self._of_blob.of(blob))

    def with_key(self, key: int) -> Iterator[Known]:
        return (self.statements[number] for number in self._of_key.of(key))

    def with_sketch(self, sketch: int) -> Iterator[Known]:
        return (self.statements[number] for number in self._of_sketch.of(sketch))

    def _add_head(self, head: Head) -> None:
        old = self.heads.get(head.number)
        if old is not None:
            self._at_path.remove(old.path, old.number)
            self._of_blob.remove(old.blob or "", old.number)
        self.heads[head.number] = head
        self._at_path.add(head.path, head.number)
        self._of_blob.add(head.blob or "", head.number)
        self.unwritten[0].add(head.number)

    def _add_statement(self, known: Known) -> None:
        number = known.number
        old = self.statements.get(number)
        if old is not None:
            self._of_key.remove(old.key, number)
            for one in old.sketch or ():
                self._of_sketch.remove(one, number)
        self.statements[number] = known
        self._of_key.add(known.key, number)
        for one in known.sketch or ():
            self._of_sketch.add(one, number)
        self.unwritten[1].add(number)


class _Index(Generic[Key]):
    """Numbers by a key; most keys have one, which then needs no list."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int | list[int]] = {}

    def of(self, key: Key) -> Sequence[int]:
        found = self._numbers.get(key, ())
        return (found,) if isinstance(found, int) else found

    def add(self, key: Key, number: int) -> None:
        found = self._numbers.get(key)
        if found is None:
            self._numbers[key] = number
        elif isinstance(found, int):
            self._numbers[key] = [found, number]
        else:
            found.append(number)

    def remove(self, key: Key, number: int) -> None:
        found = self._numbers[key]
        if isinstance(found, int):
            del self._numbers[key]
            return
        found.remove(number)
        if len(found) == 1:
            self._numbers[key] = found[0]
