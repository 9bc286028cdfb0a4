"""Read and compare documents ahead of the fold, in other processes: a document's history is the unit of work.

Only keys (blob ids and paths) are sent; each worker opens the snapshot store itself. A document stays with the worker
that has read it before. Whatever is missing or failed there is done by the fold itself, so the ledger never depends on
a worker.
"""

from __future__ import annotations

import logging
import pickle
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import NamedTuple

from monitor.app.monitor import document_name
from monitor.app.read_documents import ReadOptions, VersionReader, VersionResult
from monitor.errors import ConfigError, UsageError
from monitor.model import PathAndBlob, SnapshotDelta
from monitor.ports import SnapshotStore

log = logging.getLogger(__name__)

Lanes = Sequence[Executor]
"""Executors that each run one task after the other, so that a document's next task finds what the last one read."""


class Parallelism(NamedTuple):
    """How many processes, or the address of a cluster's scheduler (`tcp://host:8786`)."""

    jobs: int = 1
    cluster: str | None = None


ONE_PROCESS = Parallelism()


@contextmanager
def lanes_of(fan: Parallelism) -> Iterator[Lanes]:
    """The lanes, none where all is done in this process. What is under way at the end is given up."""
    if fan.cluster is not None:
        with _cluster(fan.cluster) as lanes:
            yield lanes
        return
    with ExitStack() as pools:
        lanes = []
        for _ in range(fan.jobs if fan.jobs > 1 else 0):
            # Not forked: a child would share the open database and the git processes
            pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
            pools.callback(pool.shutdown, cancel_futures=True)
            lanes.append(pool)
        yield lanes


@contextmanager
def _cluster(address: str) -> Iterator[Lanes]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ConfigError(f"--cluster: {error.name} is missing; install monitor[dask]") from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--cluster {address}: no scheduler answers there ({error})") from None
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL)  # what matters of a cluster that goes is said here
    try:
        workers = sorted(client.scheduler_info()["workers"])
        yield [client.get_executor(pure=False, workers=[one], allow_other_workers=True) for one in workers]
        if client.status == "running" and (gone := set(workers) - client.scheduler_info()["workers"].keys()):
            log.warning("of %d workers %d went away; others did their part", len(workers), len(gone))
    finally:
        client.close()
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)


TASK = 48  # versions in one call, about: each costs some milliseconds, a call about one
UNDER_WAY = 6  # calls of a lane that are under way or waiting to be used
WINDOW = 400  # versions that are handed out together
PATIENCE = 60.0  # seconds that the fold waits for an answer; a cluster may lose one when a worker dies


_GONE = "the workers are gone; the documents that are left are read here"


class History(NamedTuple):
    """Some versions of one document, in their order, and the one before the first, if there is one."""

    before: PathAndBlob | None
    versions: tuple[PathAndBlob, ...]


class Answer(NamedTuple):
    """What a worker found, in the order of the histories; nothing where it has other rules than the fold."""

    rules: str
    results: list[list[VersionResult]]


def compare_histories(opened: bytes, rules: str, histories: Sequence[History]) -> Answer:
    """What a worker does; `opened` is the pickled store, and how documents are read; `rules` is the fingerprint."""
    reader, own = _reader_of(opened)
    if own != rules:
        return Answer(own, [])
    results = [reader.compare_history(*history) for history in histories]
    reader.lighten()
    return Answer(own, results)


_own = threading.local()  # a worker of a cluster may have several threads


def _reader_of(opened: bytes) -> tuple[VersionReader, str]:
    if getattr(_own, "opened", None) != opened:
        store: SnapshotStore
        options: ReadOptions
        # What is loaded was pickled by the process that gave the task
        store, options = pickle.loads(opened)  # noqa: S301
        _own.reader, _own.opened = VersionReader(store.read, options), opened
        _own.rules = options.fingerprint()
    return _own.reader, _own.rules


class _Task:
    """Histories that one call does, and its answer."""

    def __init__(self, histories: Sequence[History]) -> None:
        self.histories = histories
        self.future: Future[Answer] | None = None
        self.used = False


class _Lane:
    """One executor, with what it has to do."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.load = 0  # versions that it was ever given
        self.waiting: deque[_Task] = deque()
        self.under_way = 0
        self.gone = False
        self.failed = False  # and it was said


class Prefetcher:
    """Hands out the work of coming snapshots; the fold asks it before it works itself."""

    def __init__(self, lanes: Lanes, store: SnapshotStore, options: ReadOptions) -> None:
        self._lanes = [_Lane(executor) for executor in lanes]
        self._opened = pickle.dumps((store, options))
        self._rules = options.fingerprint()
        self._lane_of: dict[str, _Lane] = {}
        self._tasks: dict[PathAndBlob, deque[tuple[_Lane, _Task]]] = {}  # those of several windows
        self._results: dict[tuple[PathAndBlob | None, PathAndBlob], VersionResult] = {}
        self._patience = PATIENCE
        self._warned: set[str] = set()

    def prefetch(self, deltas: Iterable[SnapshotDelta]) -> Iterator[SnapshotDelta]:
        """The same snapshots in their order; by the time that one comes out, its work is under way or done."""
        windows: deque[list[SnapshotDelta]] = deque()
        for window in _windows(deltas):
            self._hand_out(window)
            windows.append(window)
            if len(windows) > 1:
                yield from self._out(windows.popleft())
        while windows:
            yield from self._out(windows.popleft())

    def result(self, before: PathAndBlob | None, after: PathAndBlob) -> VersionResult | None:
        """How a version differs from the one before, if that was found ahead."""
        found = self._results.pop((before, after), None)
        for lane, task in () if found is not None else tuple(self._tasks.get(after, ())):
            self._collect(lane, task)
            found = self._results.pop((before, after), None)
            if found is not None:
                break
        return found

    def _out(self, window: list[SnapshotDelta]) -> Iterator[SnapshotDelta]:
        yield from window
        for history in _histories(window):
            for version in history.versions:
                tasks = self._tasks[version]
                tasks.popleft()
                if not tasks:
                    del self._tasks[version]
        if not self._tasks:
            self._results.clear()

    def _hand_out(self, window: list[SnapshotDelta]) -> None:
        collected: dict[int, list[History]] = {}
        sizes: dict[int, int] = {}
        for history in _histories(window):
            path = history.versions[0][0]
            lane = self._lane_of.get(path)
            if lane is None:
                lane = self._lane_of[path] = min(self._lanes, key=lambda one: one.load)
            lane.load += len(history.versions)
            at = self._lanes.index(lane)
            collected.setdefault(at, []).append(history)
            sizes[at] = sizes.get(at, 0) + len(history.versions)
            if sizes[at] >= TASK:
                self._add(lane, collected.pop(at))
                sizes[at] = 0
        for at, histories in collected.items():
            self._add(self._lanes[at], histories)
        for lane in self._lanes:
            self._submit(lane)

    def _add(self, lane: _Lane, histories: list[History]) -> None:
        task = _Task(histories)
        lane.waiting.append(task)
        for history in histories:
            for version in history.versions:
                self._tasks.setdefault(version, deque()).append((lane, task))

    def _submit(self, lane: _Lane, wanted: _Task | None = None) -> None:
        """Hand out as much as may be under way, and more up to the wanted task."""
        while lane.waiting and not lane.gone:
            if lane.under_way >= UNDER_WAY and (wanted is None or wanted.future is not None):
                return
            task = lane.waiting.popleft()
            try:
                task.future = lane.executor.submit(compare_histories, self._opened, self._rules, task.histories)
            except Exception as error:  # noqa: BLE001 - the pool or the cluster is gone, each says so in its own way
                log.info("no more work can be handed out: %s", _error_line(error))
                self._give_up(lane, _GONE)
                return
            lane.under_way += 1

    def _collect(self, lane: _Lane, task: _Task) -> None:
        if task.used or lane.gone:
            return
        self._submit(lane, task)
        task.used = True
        if task.future is None:
            return
        try:
            answer = task.future.result(self._patience)
        except TimeoutError:
            self._patience /= 2  # all the lost answers of a cluster together cost no more than twice the first
            self._warn("a worker did not answer in time; its documents are read here")
            return
        except CancelledError:  # so says a cluster whose scheduler went away
            self._give_up(lane, _GONE)
            return
        except Exception as error:  # noqa: BLE001 - a worker that died, a damaged store
            self._warn(f"a worker failed, its documents are read here: {_error_line(error)}")
            lane.failed = True
            return
        finally:
            lane.under_way -= 1
        self._submit(lane)
        if answer.rules != self._rules:
            self._give_up(lane, f"a worker has other rules and is not used: {answer.rules}; here: {self._rules}")
            return
        for history, results in zip(task.histories, answer.results, strict=True):
            self._take(history, results)

    def _take(self, history: History, results: Sequence[VersionResult]) -> None:
        before = history.before
        for version, result in zip(history.versions, results, strict=True):
            self._results[before, version] = result
            if result.failure is None:
                comparison = result.comparison
                said = comparison is not None and comparison.comparison.after_count > 0
                before = version if said else None

    def _give_up(self, lane: _Lane, why: str) -> None:
        lane.gone = True
        lane.waiting.clear()
        if not lane.failed:
            self._warn(why)

    def _warn(self, why: str) -> None:
        if why not in self._warned:
            self._warned.add(why)
            log.warning("%s", why)


def _error_line(error: BaseException) -> str:
    """What an error of a pool or a cluster says, in one line."""
    lines = " ".join(map(str, error.args)).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _windows(deltas: Iterable[SnapshotDelta]) -> Iterator[list[SnapshotDelta]]:
    window: list[SnapshotDelta] = []
    size = 0
    for delta in deltas:
        window.append(delta)
        size += len(delta.changes)
        if size >= WINDOW:
            yield window
            window, size = [], 0
    if window:
        yield window


def _histories(window: Iterable[SnapshotDelta]) -> Iterator[History]:
    """What the documents of a window went through, path by path, in the order in which they are needed first."""
    found: dict[str, tuple[PathAndBlob | None, list[PathAndBlob]]] = {}
    for delta in window:
        source = delta.snapshot.source
        for change in delta.changes:
            if change.after is None:
                continue
            path = document_name(source, change.path)
            before = None if change.before is None else (path, change.before)
            found.setdefault(path, (before, []))[1].append((path, change.after))
    for before, versions in found.values():
        yield History(before, tuple(versions))
