"""Per-document work done ahead of the fold, by other processes or machines.

What a snapshot will need is mostly foreseen from what it changes: a version to read, and the one before it to compare
with. Only keys travel (blob ids and paths): a worker opens the snapshot store itself, and gives back statements and
comparisons. What is not foreseen, was foreseen wrongly, or failed there, the fold does itself, so that nobody's ledger
depends on it: a worker that dies loses nothing, and an error is told by the fold, as if there were no workers.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from typing import NamedTuple

from monitor.app.documents import How
from monitor.app.reading import Reader, Version
from monitor.app.statements import Reading
from monitor.core.tracking.compare import Comparison
from monitor.model import SnapshotDelta
from monitor.ports import SnapshotStore

TASK = 16  # versions in one call: each costs some milliseconds, a call about one
AHEAD = 256  # versions that are under way or waiting to be used
PATIENCE = 60.0  # seconds that the fold waits for an answer; a cluster may lose one when a worker dies


class Wanted(NamedTuple):
    """A version to read, and the one before it, if it is to be compared."""

    before: Version | None
    after: Version


class Answer(NamedTuple):
    reading: Reading
    comparison: Comparison | None


class _Place(NamedTuple):
    future: Future[list[Answer]]
    at: int


def look(opened: bytes, wanted: Sequence[Wanted]) -> list[Answer]:
    """What a worker does; `opened` is the pickled store, and how documents are read."""
    reader = _reader_of(opened)
    return [_answer(reader, *one) for one in wanted]


def _answer(reader: Reader, before: Version | None, after: Version) -> Answer:
    reading = reader.read(*after)
    old = reader.read(*before).statements if before is not None else None
    if before is None or old is None or reading.failure is not None:
        return Answer(reading, None)
    return Answer(reading, reader.compare(before, after, old, reading.statements or ()))


_own = threading.local()  # a worker of a cluster may have several threads


def _reader_of(opened: bytes) -> Reader:
    if getattr(_own, "opened", None) != opened:
        store: SnapshotStore
        how: How
        # What is loaded was pickled by the process that gave the task
        store, how = pickle.loads(opened)  # noqa: S301
        _own.reader, _own.opened = Reader(store.read, how), opened
    reader: Reader = _own.reader
    return reader


class Foresight:
    """Hands out the work of coming snapshots; a `Reader` asks it before it works itself."""

    def __init__(self, executor: Executor, store: SnapshotStore, how: How) -> None:
        self._executor = executor
        self._opened = pickle.dumps((store, how))
        self._collected: list[Wanted] = []
        self._places: dict[Wanted, _Place] = {}
        self._by_version: dict[Version, Wanted] = {}
        self._patience = PATIENCE

    def through(self, deltas: Iterable[SnapshotDelta]) -> Iterator[SnapshotDelta]:
        """The same snapshots in their order; by the time that one comes out, its work is under way or done."""
        waiting: deque[tuple[SnapshotDelta, list[Wanted]]] = deque()
        for delta in deltas:
            wanted = [one for one in _wanted(delta) if one not in self._places and one not in self._collected]
            self._collected += wanted
            waiting.append((delta, wanted))
            if len(self._collected) >= TASK:
                self._submit()
            while len(self._places) > AHEAD and waiting:
                yield from self._out(*waiting.popleft())
        self._submit()
        while waiting:
            yield from self._out(*waiting.popleft())

    def reading(self, after: Version) -> Reading | None:
        """What the version says, if that was foreseen."""
        wanted = self._by_version.get(after)
        answer = None if wanted is None else self._answer(wanted)
        return None if answer is None else answer.reading

    def comparison(self, before: Version, after: Version) -> Comparison | None:
        """How the two differ, if that was foreseen."""
        answer = self._answer(Wanted(before, after))
        return None if answer is None else answer.comparison

    def _out(self, delta: SnapshotDelta, wanted: Sequence[Wanted]) -> Iterator[SnapshotDelta]:
        self._submit()
        yield delta
        for one in wanted:  # used, or not needed
            self._places.pop(one, None)
            if self._by_version.get(one.after) == one:
                del self._by_version[one.after]

    def _submit(self) -> None:
        for at in range(0, len(self._collected), TASK):
            task = self._collected[at : at + TASK]
            try:
                future = self._executor.submit(look, self._opened, task)
            except Exception:  # noqa: BLE001 - the pool or the cluster is gone, each says so in its own way
                break
            for place, one in enumerate(task):
                self._places[one] = _Place(future, place)
                self._by_version[one.after] = one
        self._collected = []

    def _answer(self, wanted: Wanted) -> Answer | None:
        place = self._places.get(wanted)
        if place is None:
            return None
        try:
            answer = place.future.result(self._patience)[place.at]
        except TimeoutError:
            self._patience /= 2  # all the lost answers of a cluster together cost no more than twice the first
            return None
        except (Exception, CancelledError):  # noqa: BLE001 - a worker that died, a damaged store: the fold will see
            return None
        self._patience = PATIENCE
        return answer


def _wanted(delta: SnapshotDelta) -> Iterator[Wanted]:
    folder = f"{delta.snapshot.source}/" if delta.snapshot.source else ""
    for change in delta.changes:
        if change.after is not None:
            path = folder + change.path
            yield Wanted(None if change.before is None else (path, change.before), (path, change.after))
