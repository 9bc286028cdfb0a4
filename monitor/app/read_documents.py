"""From a blob to statements, once: read, extract, segment, and keep the newest results at hand.

One document's bytes -> its statements, within the bounds of `[limits]`: a hostile one fails alone, the others go on.

Small files of formats that are text are read here; everything else in a worker process that is started when the first
one comes, used again for the next, and killed where a document passes a bound.

Where per-document work runs: here, in a pool of processes, or on a Dask cluster.

Per-document work done ahead of the fold, by other processes or machines.

What a snapshot will need is mostly foreseen from what it changes: a version to read, and the one before it to compare
with. Only keys travel (blob ids and paths): a worker opens the snapshot store itself, and gives back statements and
comparisons. What is not foreseen, was foreseen wrongly, or failed there, the fold does itself, so that nobody's ledger
depends on it: a worker that dies loses nothing, and an error is told by the fold, as if there were no workers.
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from typing import NamedTuple, Self

from monitor.app.sandbox import Reading, Worker, read_here
from monitor.config import Extract, Limits, Settings
from monitor.core.tracking.compare import Comparison, compare
from monitor.errors import ConfigError, UsageError
from monitor.model import SnapshotDelta, Statement
from monitor.ports import SnapshotStore
from monitor.readers import read_in_process, suffix_of
from monitor.snapshots.files import matcher

LARGE = 1_000_000  # bytes: from here on text, too, is read by the worker


class How(NamedTuple):
    """How documents are read: what the configuration says of it."""

    limits: Limits = Limits()
    extract: Extract = Extract()

    def is_article(self, path: str) -> bool:
        """Whether a web page at this path is read for its main text alone."""
        return bool(self.extract.article) and _matcher(self.extract.article)(path)


_matcher = cache(matcher)


def how_of(settings: Settings) -> How:
    """What the configuration says of how documents are read."""
    return How(settings.limits, settings.extract)


class Documents:
    """Reads documents; close it, or use it in a `with`: it may hold a process."""

    def __init__(self, how: How = How()) -> None:  # noqa: B008 - an immutable value
        self._how = how
        self._worker: Worker | None = None

    def read(self, path: str, data: bytes) -> Reading:
        """What the bytes say, or why they cannot be read; never raises for what stands in them."""
        article = self._how.is_article(path)
        if len(data) < LARGE and read_in_process(path, data, article=article):
            return read_here(path, data, article=article)
        if self._worker is None:
            self._worker = Worker(self._how.limits.time, self._how.limits.memory)
        return self._worker.read(path, data, article=article)

    def close(self) -> None:
        """End the worker process, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Fan(NamedTuple):
    """How many processes, or the address of a cluster's scheduler (`tcp://host:8786`)."""

    jobs: int = 1
    cluster: str | None = None


HERE = Fan()


@contextmanager
def executor_of(fan: Fan) -> Iterator[Executor | None]:
    """The executor, None where all is done in this process. What is under way at the end is given up."""
    if fan.cluster is not None:
        with _cluster(fan.cluster) as cluster:
            yield cluster
    elif fan.jobs > 1:
        # Not forked: a child would share the open database and the git processes
        pool = ProcessPoolExecutor(fan.jobs, mp_context=get_context("spawn"))
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    else:
        yield None


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ConfigError(f"--cluster: {error.name} is missing; install monitor[dask]") from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--cluster {address}: no scheduler answers there ({error})") from None
    try:
        executor: Executor = client.get_executor(pure=False)
        yield executor
    finally:
        client.close()


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


KEPT_COMPARISONS = 200  # a document that goes back and forth is compared once
KEPT_STATEMENTS = 80_000  # about 40 MB at the most, and every document of a middling set
Form = tuple[str, bool]
"""What decides how bytes are read: their path's suffix, and whether a web page is read for its main text alone."""

Version = tuple[str, str]
"""The path and blob id of a document in one snapshot."""


class Reader:
    """Reads versions by their blob ids and compares them; equal questions are answered from memory.

    The same bytes under another suffix may be read by another extractor, so both are the key. It may hold a process:
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        read_blob: Callable[[str], bytes],
        how: How = How(),  # noqa: B008 - an immutable value
        kept: int = KEPT_STATEMENTS,
        foresight: Foresight | None = None,
    ) -> None:
        self._foresight = foresight
        self._read_blob = read_blob
        self._how = how
        self._documents = Documents(how)
        self._kept = kept
        self._size = 0
        self._readings: OrderedDict[tuple[str, Form], Reading] = OrderedDict()
        self._comparisons: OrderedDict[tuple[tuple[str, Form], tuple[str, Form]], Comparison] = OrderedDict()

    def form(self, path: str) -> Form:
        """Versions with equal bytes say the same where their paths' forms are equal."""
        return suffix_of(path), self._how.is_article(path)

    def read(self, path: str, blob: str) -> Reading:
        """The statements of one version. A damaged store raises StoreError; a bad document does not raise."""
        name = blob, self.form(path)
        found = self._readings.get(name)
        if found is not None:
            self._readings.move_to_end(name)
            return found
        reading = self._foresight.reading((path, blob)) if self._foresight else None
        if reading is None:
            reading = self._documents.read(path, self._read_blob(blob))
        self._readings[name] = reading
        self._size += _weight(reading)
        while self._size > self._kept and len(self._readings) > 1:
            _, dropped = self._readings.popitem(last=False)
            self._size -= _weight(dropped)
        return reading

    def texts(self, path: str, blob: str) -> Sequence[str]:
        """The statements' texts, for telling whether two documents are one; none where they cannot be read."""
        return [statement.text for statement in self.read(path, blob).statements or ()]

    def compare(
        self, before: tuple[str, str] | None, after: tuple[str, str], old: Sequence[Statement], new: Sequence[Statement]
    ) -> Comparison:
        """The comparison of two versions, each named (path, blob); one that returns is looked up."""
        if before is None:
            return compare(old, new)
        name = (before[1], self.form(before[0])), (after[1], self.form(after[0]))
        found = self._comparisons.get(name)
        if found is None:
            found = self._foresight.comparison(before, after) if self._foresight else None
            found = self._comparisons[name] = found or compare(old, new)
            if len(self._comparisons) > KEPT_COMPARISONS:
                self._comparisons.popitem(last=False)
        return found

    def close(self) -> None:
        """End the process, if one was needed."""
        self._documents.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _weight(reading: Reading) -> int:
    return len(reading.statements or ()) + 1
