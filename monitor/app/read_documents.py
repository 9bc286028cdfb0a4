"""Read documents into statements, within `[limits]`, with caches, worker processes and prefetching.

Small files in text formats are read in this process. Everything else is read in a worker process, which is killed if a
document exceeds a limit, so that a hostile document fails alone.

With `--jobs` or `--cluster`, versions that coming snapshots need are read and compared ahead of the fold. Only keys
(blob ids and paths) are sent; each worker opens the snapshot store itself. Whatever is missing or failed there is done
by the fold itself, so the ledger never depends on a worker.
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

from monitor.app.sandbox import ReadResult, Worker, read_in_this_process
from monitor.config import Extract, Limits, Settings
from monitor.core.tracking.compare import Comparison, compare
from monitor.errors import ConfigError, UsageError
from monitor.model import PathAndBlob, SnapshotDelta, Statement
from monitor.ports import SnapshotStore
from monitor.readers import read_in_process, suffix_of
from monitor.snapshots.files import matcher

LARGE = 1_000_000  # bytes: from here on text, too, is read by the worker


class ReadOptions(NamedTuple):
    """How documents are read: what the configuration says of it."""

    limits: Limits = Limits()
    extract: Extract = Extract()

    def is_article(self, path: str) -> bool:
        """Whether a web page at this path is read for its main text alone."""
        return bool(self.extract.article) and _matcher(self.extract.article)(path)


_matcher = cache(matcher)


def read_options(settings: Settings) -> ReadOptions:
    """What the configuration says of how documents are read."""
    return ReadOptions(settings.limits, settings.extract)


class DocumentReader:
    """Reads documents; close it, or use it in a `with`: it may hold a process."""

    def __init__(self, options: ReadOptions = ReadOptions()) -> None:  # noqa: B008 - an immutable value
        self._options = options
        self._worker: Worker | None = None

    def read(self, path: str, data: bytes) -> ReadResult:
        """What the bytes say, or why they cannot be read; never raises for what stands in them."""
        article, comments = self._options.is_article(path), self._options.extract.comments
        if len(data) < LARGE and read_in_process(path, data, article=article):
            return read_in_this_process(path, data, article=article, comments=comments)
        if self._worker is None:
            self._worker = Worker(self._options.limits.time, self._options.limits.memory)
        return self._worker.read(path, data, article=article, comments=comments)

    def close(self) -> None:
        """End the worker process, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Parallelism(NamedTuple):
    """How many processes, or the address of a cluster's scheduler (`tcp://host:8786`)."""

    jobs: int = 1
    cluster: str | None = None


ONE_PROCESS = Parallelism()


@contextmanager
def executor_of(fan: Parallelism) -> Iterator[Executor | None]:
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


class ReadTask(NamedTuple):
    """A version to read, and the one before it, if it is to be compared."""

    before: PathAndBlob | None
    after: PathAndBlob


class TaskResult(NamedTuple):
    result: ReadResult
    comparison: Comparison | None


class PendingAnswer(NamedTuple):
    future: Future[list[TaskResult]]
    at: int


def run_tasks(opened: bytes, tasks: Sequence[ReadTask]) -> list[TaskResult]:
    """What a worker does; `opened` is the pickled store, and how documents are read."""
    reader = _reader_of(opened)
    return [_run_task(reader, *one) for one in tasks]


def _run_task(reader: CachingReader, before: PathAndBlob | None, after: PathAndBlob) -> TaskResult:
    result = reader.read(*after)
    old = reader.read(*before).statements if before is not None else None
    if before is None or old is None or result.failure is not None:
        return TaskResult(result, None)
    return TaskResult(result, reader.compare(before, after, old, result.statements or ()))


_own = threading.local()  # a worker of a cluster may have several threads


def _reader_of(opened: bytes) -> CachingReader:
    if getattr(_own, "opened", None) != opened:
        store: SnapshotStore
        options: ReadOptions
        # What is loaded was pickled by the process that gave the task
        store, options = pickle.loads(opened)  # noqa: S301
        _own.reader, _own.opened = CachingReader(store.read, options), opened
    reader: CachingReader = _own.reader
    return reader


class Prefetcher:
    """Hands out the work of coming snapshots; a `CachingReader` asks it before it works itself."""

    def __init__(self, executor: Executor, store: SnapshotStore, options: ReadOptions) -> None:
        self._executor = executor
        self._opened = pickle.dumps((store, options))
        self._collected: list[ReadTask] = []
        self._pending: dict[ReadTask, PendingAnswer] = {}
        self._by_version: dict[PathAndBlob, ReadTask] = {}
        self._patience = PATIENCE

    def prefetch(self, deltas: Iterable[SnapshotDelta]) -> Iterator[SnapshotDelta]:
        """The same snapshots in their order; by the time that one comes out, its work is under way or done."""
        waiting: deque[tuple[SnapshotDelta, list[ReadTask]]] = deque()
        for delta in deltas:
            tasks = [one for one in _tasks_of(delta) if one not in self._pending and one not in self._collected]
            self._collected += tasks
            waiting.append((delta, tasks))
            if len(self._collected) >= TASK:
                self._submit()
            while len(self._pending) > AHEAD and waiting:
                yield from self._out(*waiting.popleft())
        self._submit()
        while waiting:
            yield from self._out(*waiting.popleft())

    def read_result(self, after: PathAndBlob) -> ReadResult | None:
        """What reading the version gave, if it was prefetched."""
        tasks = self._by_version.get(after)
        answer = None if tasks is None else self._answer(tasks)
        return None if answer is None else answer.result

    def comparison(self, before: PathAndBlob, after: PathAndBlob) -> Comparison | None:
        """How the two differ, if they were compared ahead."""
        answer = self._answer(ReadTask(before, after))
        return None if answer is None else answer.comparison

    def _out(self, delta: SnapshotDelta, tasks: Sequence[ReadTask]) -> Iterator[SnapshotDelta]:
        self._submit()
        yield delta
        for one in tasks:  # used, or not needed
            self._pending.pop(one, None)
            if self._by_version.get(one.after) == one:
                del self._by_version[one.after]

    def _submit(self) -> None:
        for at in range(0, len(self._collected), TASK):
            task = self._collected[at : at + TASK]
            try:
                future = self._executor.submit(run_tasks, self._opened, task)
            except Exception:  # noqa: BLE001 - the pool or the cluster is gone, each says so in its own way
                break
            for at_task, one in enumerate(task):
                self._pending[one] = PendingAnswer(future, at_task)
                self._by_version[one.after] = one
        self._collected = []

    def _answer(self, tasks: ReadTask) -> TaskResult | None:
        at_task = self._pending.get(tasks)
        if at_task is None:
            return None
        try:
            answer = at_task.future.result(self._patience)[at_task.at]
        except TimeoutError:
            self._patience /= 2  # all the lost answers of a cluster together cost no more than twice the first
            return None
        except (Exception, CancelledError):  # noqa: BLE001 - a worker that died, a damaged store: the fold will see
            return None
        self._patience = PATIENCE
        return answer


def _tasks_of(delta: SnapshotDelta) -> Iterator[ReadTask]:
    folder = f"{delta.snapshot.source}/" if delta.snapshot.source else ""
    for change in delta.changes:
        if change.after is not None:
            path = folder + change.path
            yield ReadTask(None if change.before is None else (path, change.before), (path, change.after))


KEPT_COMPARISONS = 200  # a document that goes back and forth is compared once
KEPT_STATEMENTS = 80_000  # about 40 MB at the most, and every document of a middling set
ReadMode = tuple[str, bool]
"""What decides how bytes are read: their path's suffix, and whether a web page is read for its main text alone."""

"""The path and blob id of a document in one snapshot."""


class CachingReader:
    """Reads versions by their blob ids and compares them; equal questions are answered from memory.

    The same bytes under another suffix may be read by another reader, so both are the key. It may hold a process:
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        read_blob: Callable[[str], bytes],
        options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
        kept: int = KEPT_STATEMENTS,
        prefetcher: Prefetcher | None = None,
    ) -> None:
        self._prefetcher = prefetcher
        self._read_blob = read_blob
        self._options = options
        self._documents = DocumentReader(options)
        self._kept = kept
        self._size = 0
        self._results: OrderedDict[tuple[str, ReadMode], ReadResult] = OrderedDict()
        self._comparisons: OrderedDict[tuple[tuple[str, ReadMode], tuple[str, ReadMode]], Comparison] = OrderedDict()

    def read_mode(self, path: str) -> ReadMode:
        """Versions with equal bytes say the same where their paths' forms are equal."""
        return suffix_of(path), self._options.is_article(path)

    def read(self, path: str, blob: str) -> ReadResult:
        """The statements of one version. A damaged store raises StoreError; a bad document does not raise."""
        name = blob, self.read_mode(path)
        found = self._results.get(name)
        if found is not None:
            self._results.move_to_end(name)
            return found
        result = self._prefetcher.read_result((path, blob)) if self._prefetcher else None
        if result is None:
            result = self._documents.read(path, self._read_blob(blob))
        self._results[name] = result
        self._size += _weight(result)
        while self._size > self._kept and len(self._results) > 1:
            _, dropped = self._results.popitem(last=False)
            self._size -= _weight(dropped)
        return result

    def texts(self, path: str, blob: str) -> Sequence[str]:
        """The statements' texts, for telling whether two documents are one; none where they cannot be read."""
        return [statement.text for statement in self.read(path, blob).statements or ()]

    def compare(
        self, before: tuple[str, str] | None, after: tuple[str, str], old: Sequence[Statement], new: Sequence[Statement]
    ) -> Comparison:
        """The comparison of two versions, each named (path, blob); one that returns is looked up."""
        if before is None:
            return compare(old, new)
        name = (before[1], self.read_mode(before[0])), (after[1], self.read_mode(after[0]))
        found = self._comparisons.get(name)
        if found is None:
            found = self._prefetcher.comparison(before, after) if self._prefetcher else None
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


def _weight(result: ReadResult) -> int:
    return len(result.statements or ()) + 1
