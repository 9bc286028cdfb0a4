"""Where documents are read and compared makes no difference to the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import read_documents
from monitor.app.capture import capture
from monitor.app.fold import catch_up
from monitor.app.read_documents import ONE_PROCESS, CachingReader, Parallelism, executor_of
from monitor.errors import StoreError, UsageError
from monitor.ledger.database import open_database
from monitor.ledger.writer import LedgerWriter
from monitor.snapshots.files import ScanRules, SettleOptions
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache

# A thread that ends leaves its git process to the collector; what Dask's own start and end warn of is not ours
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
SENTENCES = [f"The council of place {number} will meet on day {number * 7 % 30}." for number in range(40)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitSnapshots]:
    """Nine snapshots of some thirty documents: most are edited, some come, go, return, are renamed, or say nothing."""
    root = tmp_path_factory.mktemp("executors")
    folder = root / "seeds"
    folder.mkdir()
    with GitSnapshots(root / "history.git") as made:
        for day in range(9):
            for number in range(30):
                _write(folder, number, day)
            _write_odd(folder, day)
            moment = START + timedelta(days=day)
            cache = ScanCache.load(root / "scan.cache")
            capture(folder, made, cache, recorded_at=moment, scan_rules=ScanRules(), settle_options=SettleOptions(0))
        yield made


def _write(folder: Path, number: int, day: int) -> None:
    path = folder / f"{number}.md"
    if (number + day) % 7 == 0:
        path.unlink(missing_ok=True)
    else:
        chosen = SENTENCES[number % 5 : number % 5 + 20 + (number * day) % 6]
        path.write_text("\n\n".join(chosen).replace("will", "may" if (number + day) % 3 else "will"))


def _write_odd(folder: Path, day: int) -> None:
    (folder / "picture.bin").write_bytes(bytes([day, 0, 255]))
    (folder / "broken.docx").write_bytes(b"PK no archive %d" % day)
    for old in folder.glob("moved-*.txt"):
        old.unlink()
    (folder / f"moved-{day // 3}.txt").write_text("\n\n".join(SENTENCES[20:]))


def folded(store: GitSnapshots, executor: Executor | None) -> list[tuple[str, tuple[object, ...]]]:
    ledger = LedgerWriter(open_database("sqlite://"))
    catch_up(store, ledger, executor=executor)
    return list(ledger.rows())


@pytest.fixture(scope="module")
def serial(store: GitSnapshots) -> list[tuple[str, tuple[object, ...]]]:
    return folded(store, None)


@contextmanager
def in_two_processes() -> Iterator[Executor | None]:
    with executor_of(Parallelism(jobs=2)) as executor:
        yield executor


@contextmanager
def on_a_cluster() -> Iterator[Executor | None]:
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            processes=True,
            dashboard_address="127.0.0.1:0",  # any free port: without one, 8787 has to be free
            scheduler_kwargs={"dashboard": False},
        ) as cluster,
        executor_of(Parallelism(cluster=cluster.scheduler_address)) as executor,
    ):
        yield executor


@contextmanager
def in_threads() -> Iterator[Executor | None]:
    with ThreadPoolExecutor(3) as executor:
        yield executor


class Broken(Executor):
    """A pool whose workers die."""

    def __init__(self, told: Exception) -> None:
        self._told = told

    def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
        future: Future[object] = Future()
        future.set_exception(self._told)
        return future


@contextmanager
def where_workers_die() -> Iterator[Executor | None]:
    yield Broken(BrokenExecutor("a worker died"))


@contextmanager
def where_dask_gives_up_a_task() -> Iterator[Executor | None]:
    from distributed.scheduler import KilledWorker

    yield Broken(KilledWorker("look", None, 3))


class Gone(Executor):
    """A pool that takes nothing any more."""

    def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
        raise RuntimeError("cannot schedule new futures after shutdown")


@contextmanager
def where_there_are_none() -> Iterator[Executor | None]:
    yield Gone()


class Silent(Executor):
    """A cluster that lost what it was given."""

    def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
        return Future()


@contextmanager
def where_no_answer_comes() -> Iterator[Executor | None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(read_documents, "PATIENCE", 0.01)
        yield Silent()


@pytest.mark.parametrize(
    "place",
    [
        where_workers_die,
        *(pytest.param(place, marks=pytest.mark.slow) for place in (in_two_processes, on_a_cluster, in_threads)),
        *(
            pytest.param(place, marks=pytest.mark.slow)
            for place in (where_dask_gives_up_a_task, where_there_are_none, where_no_answer_comes)
        ),
    ],
)
def test_ledger_equals_that_of_a_serial_fold(
    place: Callable[[], Iterator[Executor]], store: GitSnapshots, serial: list[object]
) -> None:
    with place() as executor:  # type: ignore[attr-defined]
        assert folded(store, executor) == serial


DEADLY = "7.md"


def dies_over_one(opened: bytes, wanted: Sequence[read_documents.ReadTask]) -> list[read_documents.TaskResult]:
    """What a worker does, but for one document that kills it, whenever its first version is tried."""
    if any(one.after[0] == DEADLY and one.before is None for one in wanted):
        os._exit(1)
    return read_documents.run_tasks(opened, wanted)


@contextmanager
def on_a_cluster_that_gives_up_soon() -> Iterator[Executor | None]:
    import dask
    import distributed  # noqa: F401 - it fills the configuration, which `set` would take away again at the end

    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), on_a_cluster() as executor:
        yield executor


@pytest.mark.slow
@pytest.mark.parametrize("place", [in_two_processes, on_a_cluster_that_gives_up_soon])
def test_document_that_kills_workers_is_read_by_the_fold(
    place: Callable[[], Iterator[Executor]],
    store: GitSnapshots,
    serial: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monitor.app.read_documents.run_tasks", dies_over_one)
    monkeypatch.setattr(read_documents, "TASK", 4)
    monkeypatch.setattr(read_documents, "PATIENCE", 5.0)
    with place() as executor:  # type: ignore[attr-defined]
        assert folded(store, executor) == serial


@pytest.mark.slow
@pytest.mark.parametrize(("task", "ahead"), [(1, 1), (3, 5), (16, 100_000)])
def test_prefetch_distance_does_not_change_the_ledger(
    task: int, ahead: int, store: GitSnapshots, serial: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_documents, "TASK", task)
    monkeypatch.setattr(read_documents, "AHEAD", ahead)
    with in_threads() as executor:
        assert folded(store, executor) == serial


@pytest.mark.slow
def test_prefetched_documents_are_not_read_again(store: GitSnapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(blob: str) -> bytes:
        read.append(blob)
        return GitSnapshots(store.repository).read(blob)

    monkeypatch.setattr(store, "read", noted)
    with in_threads() as executor:
        folded(store, executor)
    assert read == []


@pytest.mark.slow
def test_prefetch_keeps_a_bounded_number_of_answers(store: GitSnapshots) -> None:
    with in_threads() as executor:
        foresight = read_documents.Prefetcher(executor, store, CachingReader(store.read)._options)
        kept = [len(foresight._pending) for _ in foresight.prefetch(store.deltas(""))]
    assert max(kept) <= read_documents.AHEAD + 2 * 32
    assert len(foresight._pending) == len(foresight._by_version) == 0


@pytest.mark.slow
def test_damaged_store_raises_the_same_error(store: GitSnapshots, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "history.git"
    shutil.copytree(store.repository, copy)
    damaged = GitSnapshots(copy)
    blob = next(iter(damaged.manifest(str(damaged.head())).values())).blob
    for pack in (copy / "objects" / "pack").glob("*.pack"):
        pack.chmod(0o644)
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 0xFF
        pack.write_bytes(data)
    assert blob
    with in_threads() as executor, pytest.raises(StoreError):
        folded(damaged, executor)


def test_one_job_uses_no_pool() -> None:
    with executor_of(ONE_PROCESS) as executor:
        assert executor is None


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with (
        pytest.raises(UsageError, match="no scheduler answers there"),
        executor_of(Parallelism(cluster="tcp://127.0.0.1:9")),
    ):
        pass
