"""Where documents are read and compared makes no difference to the ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import histories
from monitor.app.capture import capture
from monitor.app.fold import catch_up
from monitor.app.histories import ONE_PROCESS, Answer, History, Lanes, Parallelism, Prefetcher, lanes_of
from monitor.app.read_documents import ReadOptions
from monitor.errors import StoreError, UsageError
from monitor.ledger.database import open_database
from monitor.ledger.writer import LedgerWriter
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.selection import ScanRules

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


def folded(store: GitSnapshots, lanes: Lanes) -> list[tuple[str, tuple[object, ...]]]:
    ledger = LedgerWriter(open_database("sqlite://"))
    catch_up(store, ledger, lanes=lanes)
    return list(ledger.rows())


@pytest.fixture(scope="module")
def serial(store: GitSnapshots) -> list[tuple[str, tuple[object, ...]]]:
    return folded(store, ())


@contextmanager
def in_two_processes() -> Iterator[Lanes]:
    with lanes_of(Parallelism(jobs=2)) as lanes:
        yield lanes


@contextmanager
def on_a_cluster() -> Iterator[Lanes]:
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            processes=True,
            dashboard_address="127.0.0.1:0",  # any free port: without one, 8787 has to be free
            scheduler_kwargs={"dashboard": False},
        ) as cluster,
        lanes_of(Parallelism(cluster=cluster.scheduler_address)) as lanes,
    ):
        yield lanes


@contextmanager
def in_threads() -> Iterator[Lanes]:
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        yield [one, other]


class Broken(Executor):
    """A pool whose workers die."""

    def __init__(self, told: Exception) -> None:
        self._told = told

    def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
        future: Future[object] = Future()
        future.set_exception(self._told)
        return future


@contextmanager
def where_workers_die() -> Iterator[Lanes]:
    yield [Broken(BrokenExecutor("a worker died"))]


@contextmanager
def where_dask_gives_up_a_task() -> Iterator[Lanes]:
    from distributed.scheduler import KilledWorker

    yield [Broken(KilledWorker("look", None, 3))]


class Gone(Executor):
    """A pool that takes nothing any more."""

    def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
        raise RuntimeError("cannot schedule new futures after shutdown")


@contextmanager
def where_there_are_none() -> Iterator[Lanes]:
    yield [Gone()]


class Silent(Executor):
    """A cluster that lost what it was given."""

    def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
        return Future()


@contextmanager
def where_no_answer_comes() -> Iterator[Lanes]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(histories, "PATIENCE", 0.01)
        yield [Silent()]


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
    place: Callable[[], Iterator[Lanes]], store: GitSnapshots, serial: list[object]
) -> None:
    with place() as lanes:  # type: ignore[attr-defined]
        assert folded(store, lanes) == serial


DEADLY = "7.md"


compare_histories = histories.compare_histories


def dies_over_one(opened: bytes, rules: str, wanted: Sequence[History]) -> Answer:
    """What a worker does, but for one document that kills it, whenever its first version is tried."""
    if any(one.versions[0][0] == DEADLY and one.before is None for one in wanted):
        os._exit(1)
    return compare_histories(opened, rules, wanted)


@contextmanager
def on_a_cluster_that_gives_up_soon() -> Iterator[Lanes]:
    import dask
    import distributed  # noqa: F401 - it fills the configuration, which `set` would take away again at the end

    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), on_a_cluster() as lanes:
        yield lanes


@pytest.mark.slow
@pytest.mark.parametrize("place", [in_two_processes, on_a_cluster_that_gives_up_soon])
def test_document_that_kills_workers_is_read_by_the_fold(
    place: Callable[[], Iterator[Lanes]],
    store: GitSnapshots,
    serial: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(histories, "compare_histories", dies_over_one)
    monkeypatch.setattr(histories, "TASK", 4)
    monkeypatch.setattr(histories, "PATIENCE", 5.0)
    with place() as lanes:  # type: ignore[attr-defined]
        assert folded(store, lanes) == serial


class RealCluster:
    """A scheduler and two workers, each a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        self._log = open(folder / "log", "wb")  # noqa: SIM115 - closed at the end
        own = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.scheduler = self._start("scheduler", *own)
        self.workers = [self._start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self._file), *options]
        return subprocess.Popen(command, stdout=self._log, stderr=subprocess.STDOUT)

    @contextmanager
    def lanes(self) -> Iterator[Lanes]:
        from distributed import Client

        with Client(scheduler_file=str(self._file), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        with lanes_of(Parallelism(cluster=json.loads(self._file.read_text())["address"])) as lanes:
            yield lanes

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RealCluster]:
    made = RealCluster(tmp_path)
    yield made
    made.close()


# On a busy machine the wait for an answer may end before the cluster says what has gone.
LATE = "a worker did not answer in time; its documents are read here"


def folded_while(store: GitSnapshots, lanes: Lanes, killed: subprocess.Popen[bytes]) -> list[tuple[str, object]]:
    """The rows of a fold in the middle of which a process is killed."""

    def progress(_what: str, done: int, _total: int | None) -> None:
        if done == 2:
            killed.kill()
            killed.wait()

    ledger = LedgerWriter(open_database("sqlite://"))
    catch_up(store, ledger, progress, lanes=lanes)
    return list(ledger.rows())


@pytest.mark.slow
def test_a_scheduler_that_is_killed_is_named_in_one_line(
    cluster: RealCluster,
    store: GitSnapshots,
    serial: list[object],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, value in (("TASK", 1), ("WINDOW", 40), ("UNDER_WAY", 2)):
        monkeypatch.setattr(histories, name, value)
    with cluster.lanes() as lanes:
        assert folded_while(store, lanes, cluster.scheduler) == serial
    told = [record.getMessage() for record in caplog.records if record.name.startswith("monitor")]
    assert told
    assert set(told) <= {"the workers are gone; the documents that are left are read here", LATE}
    assert len(told) == len(set(told))
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_a_worker_that_is_killed_is_named_in_one_line(
    cluster: RealCluster,
    store: GitSnapshots,
    serial: list[object],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, value in (("TASK", 1), ("WINDOW", 40), ("UNDER_WAY", 2)):
        monkeypatch.setattr(histories, name, value)
    with cluster.lanes() as lanes:
        assert folded_while(store, lanes, cluster.workers[0]) == serial
    told = [record.getMessage() for record in caplog.records if record.name.startswith("monitor")]
    assert [line for line in told if line != LATE] == ["of 2 workers 1 went away; others did their part"]
    assert told.count(LATE) <= 1
    assert capfd.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.parametrize(("task", "window", "under_way"), [(1, 1, 1), (3, 40, 2), (48, 100_000, 100)])
def test_how_work_is_handed_out_does_not_change_the_ledger(
    task: int,
    window: int,
    under_way: int,
    store: GitSnapshots,
    serial: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("TASK", task), ("WINDOW", window), ("UNDER_WAY", under_way)):
        monkeypatch.setattr(histories, name, value)
    with in_threads() as lanes:
        assert folded(store, lanes) == serial


def of_another_version(opened: bytes, _rules: str, wanted: Sequence[History]) -> Answer:
    """A worker whose rules cut otherwise."""
    return Answer("segment 99", compare_histories(opened, "", wanted).results)


def test_a_worker_with_other_rules_is_not_used(
    store: GitSnapshots,
    serial: list[object],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(histories, "compare_histories", of_another_version)
    with in_threads() as lanes:
        assert folded(store, lanes) == serial
    told = [line for line in caplog.messages if "has other rules and is not used: segment 99; here: " in line]
    assert len(told) == 1


def test_a_worker_compares_nothing_under_other_rules(store: GitSnapshots) -> None:
    with in_threads() as lanes:
        opened = Prefetcher(lanes, store, ReadOptions())._opened
    answer = compare_histories(opened, "segment 99", [History(None, ())])
    assert answer.results == []
    assert answer.rules != "segment 99"


@pytest.mark.slow
def test_prefetched_documents_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache = tmp_path / "seeds", ScanCache.load(tmp_path / "scan.cache")
    folder.mkdir()
    with GitSnapshots(tmp_path / "history.git") as store, in_threads() as lanes:
        for day in range(4):
            for number in range(5):
                (folder / f"{number}.md").write_text("\n\n".join(SENTENCES[number : number + 9 + day]))
            moment = START + timedelta(days=day)
            capture(folder, store, cache, recorded_at=moment, scan_rules=ScanRules(), settle_options=SettleOptions(0))
        monkeypatch.setattr(store, "read", lambda _blob: pytest.fail("a document was read here"))
        assert folded(store, lanes)


@pytest.mark.slow
def test_prefetch_keeps_nothing_once_all_is_used(store: GitSnapshots) -> None:
    with in_threads() as lanes:
        prefetcher = Prefetcher(lanes, store, ReadOptions())
        assert len(list(prefetcher.prefetch(store.deltas("")))) == 9
    assert not prefetcher._tasks
    assert not prefetcher._results


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
    with in_threads() as lanes, pytest.raises(StoreError):
        folded(damaged, lanes)


def test_one_job_uses_no_pool() -> None:
    with lanes_of(ONE_PROCESS) as lanes:
        assert not lanes


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with (
        pytest.raises(UsageError, match="no scheduler answers there"),
        lanes_of(Parallelism(cluster="tcp://127.0.0.1:9")),
    ):
        pass
