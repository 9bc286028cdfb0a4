"""The clock around runs. Schedules here are of milliseconds, and events end every wait."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import status
from monitor.app.due import timetable
from monitor.app.monitor import NOTICES_UNCONFIRMED
from monitor.config import Settings, load
from monitor.errors import RunHeld, RunInProgress
from monitor.model import Failure, Run
from monitor.schedule import scheduler
from monitor.schedule.scheduler import STOPPING, Clock, Timetable, Watchdog, watch

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DONE = Run(NOW, NOW, "unchanged")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Every 20 ms: what the configuration would refuse."""
    loaded = load(tmp_path, None, {"store.ledger": "postgresql://clerk:s3cret@host/db"}, {})
    return loaded._replace(schedule=loaded.schedule._replace(cron=None, every=0.02))


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "monitor.watch")
    return caplog


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """SIGHUP as a terminal gives it, also where the tests run detached from one, which ignores it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def stop(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGTERM)


def script(*steps: Callable[[], Run] | Exception | Run) -> Callable[[], Run]:
    """A run that does one step a call, and sends SIGTERM in its last."""
    left: Iterator[Callable[[], Run] | Exception | Run] = iter(steps)
    count = [len(steps)]

    def run() -> Run:
        count[0] -= 1
        if count[0] == 0:
            stop()
        step = next(left)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Run) else step()

    return run


def test_first_run_is_at_once_and_the_next_as_scheduled(settings: Settings) -> None:
    begun: list[datetime] = []

    def noted() -> Run:
        begun.append(datetime.now(UTC))
        return DONE

    started = datetime.now(UTC)
    watch(settings, script(noted, noted, noted))
    assert len(begun) == 3
    assert started <= begun[0] <= begun[1] <= begun[2]


def test_a_run_is_in_the_main_thread(settings: Settings) -> None:
    threads: list[threading.Thread] = []
    watch(settings, script(lambda: threads.append(threading.current_thread()) or DONE))
    assert threads == [threading.main_thread()]


def test_changes_that_must_hold_are_looked_at_again_soon(settings: Settings) -> None:
    rare = settings._replace(
        schedule=settings.schedule._replace(every=3_600.0), notify=settings.notify._replace(second_look=0.02)
    )
    settings.store.snapshots.mkdir(parents=True)

    def found() -> Run:
        (settings.store.snapshots / NOTICES_UNCONFIRMED).touch()
        return DONE

    watch(rare, script(found, DONE, DONE))  # ends: an hour is not waited for


@pytest.mark.parametrize(("again", "next_time"), [(10, 10), (90, 60), (None, 60)])
def test_second_look_is_before_the_next_run_or_not_at_all(again: int | None, next_time: int) -> None:
    timetable = Timetable(lambda after: after + timedelta(seconds=60))
    timetable.again = None if again is None else NOW + timedelta(seconds=again)
    assert timetable.get_next_fire_time(NOW, NOW) == NOW + timedelta(seconds=next_time)
    assert timetable.get_next_fire_time(NOW, NOW) == NOW + timedelta(seconds=60)


def test_times_due_during_a_run_are_one_run_in_the_journal(settings: Settings) -> None:
    def slow() -> Run:
        threading.Event().wait(0.2)  # ten due times pass
        return DONE

    watch(settings, script(slow, DONE))
    (missed,) = (run for run in status.read(settings.journal, 99) if run.outcome == "missed")
    assert missed.message is not None
    assert "due times passed during a run or while the machine slept; one run follows" in missed.message
    assert missed.started_at < missed.finished_at


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (RunHeld("the folder is empty"), "the folder is empty"),
        (OSError(28, "No space left"), "run failed: OSError: [Errno 28] No space left"),
        (ValueError("two\nlines\x1b[0m"), "run failed: ValueError: two\\nlines\\x1b[0m"),
        (ValueError("no answer from clerk:s3cret@host"), "run failed: ValueError: no answer from clerk:…@host"),
    ],
)
def test_a_run_that_fails_is_one_line_and_the_clock_goes_on(
    settings: Settings, heard: pytest.LogCaptureFixture, failure: Exception, line: str
) -> None:
    reached: list[bool] = []
    watch(settings, script(failure, lambda: reached.append(True) or DONE))
    assert reached
    errors = [record for record in heard.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in errors] == [line]
    assert errors[0].exc_info is None


def test_a_traceback_is_shown_where_debugging_is_asked_for(settings: Settings, heard: pytest.LogCaptureFixture) -> None:
    heard.set_level(logging.DEBUG, "monitor.watch")
    watch(settings, script(ValueError("odd")))
    assert [record.exc_info is not None for record in heard.records if record.levelno == logging.ERROR] == [True]


def test_a_tick_that_finds_another_process_at_work_is_missed(settings: Settings) -> None:
    watch(settings, script(RunInProgress("process 4711 holds the lock")))
    (missed,) = status.read(settings.journal, 9)
    assert (missed.outcome, missed.message) == ("missed", "process 4711 holds the lock")


def test_unwritable_journal_does_not_stop_the_schedule(settings: Settings, heard: pytest.LogCaptureFixture) -> None:
    settings.store.snapshots.write_text("a file stands in the way")
    reached: list[bool] = []
    watch(settings, script(RunInProgress("busy"), lambda: reached.append(True) or DONE))
    assert reached
    assert "cannot be written" in heard.text


def test_run_is_logged_in_one_line(settings: Settings, heard: pytest.LogCaptureFixture) -> None:
    failures = tuple(Failure(f"{number}\n.txt", "unreadable") for number in range(7))
    watch(settings, script(Run(NOW, NOW, "recorded", snapshot="ab" * 20, changes=3, failures=failures)))
    (line,) = [record.getMessage() for record in heard.records if "recorded" in record.getMessage()]
    assert line.startswith("run recorded; snapshot abababababab; 3 changes; failed: 0\\n.txt: unreadable;")
    assert line.endswith("and 2 more failed")


def test_run_in_progress_finishes_despite_repeated_signals(settings: Settings) -> None:
    finished: list[bool] = []

    def run() -> Run:
        stop(times=3)
        threading.Event().wait(0.05)
        finished.append(True)
        return DONE

    watch(settings, run)
    assert finished == [True]


def test_the_handlers_of_the_caller_are_put_back(settings: Settings) -> None:
    before = [signal.getsignal(number) for number in STOPPING]
    watch(settings, script(DONE))
    assert [signal.getsignal(number) for number in STOPPING] == before
    assert not set(STOPPING) & signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.parametrize("number", STOPPING)
def test_signal_lets_the_run_finish_and_ends_watch(settings: Settings, number: signal.Signals) -> None:
    finished = []

    def run() -> Run:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        threading.Event().wait(0.1)
        finished.append(True)
        return DONE

    watch(settings, run)
    assert finished


def test_closed_terminal_is_nothing_to_who_ignores_it(settings: Settings) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        watch(settings, script(lambda: os.kill(os.getpid(), signal.SIGHUP) or DONE, DONE))
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signal_is_known_to_a_run_that_waits(settings: Settings) -> None:
    stopping = threading.Event()
    seen = []

    def run() -> Run:
        stop()
        seen.append(stopping.wait(10))
        return DONE

    watch(settings, run, stopping)
    assert seen == [True]


PROGRAM = """
import subprocess, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.config import load
from monitor.model import Run
from monitor.schedule.scheduler import watch

def run():
    child = subprocess.Popen([sys.executable, "-c", "print('child', flush=True); input(); print('whole')"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "child\\n"
    print("begun", flush=True)
    sys.stdin.readline()
    print(child.communicate("go\\n")[0].strip(), flush=True)
    return Run(datetime.now(UTC), datetime.now(UTC), "unchanged")

watch(load(Path(sys.argv[1]), None, {}, {}), run)
print("ended", flush=True)
"""


def test_ctrl_c_does_not_reach_the_processes_of_the_run(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGINT)  # what a terminal does
        out, err = process.communicate("on\n", timeout=600)
    assert out == "whole\nended\n"
    assert process.returncode == 0
    assert "watching" in err
    assert "stopped on SIGINT" in err
    assert "Traceback" not in err


def test_first_tick_is_at_once_and_the_others_as_scheduled() -> None:
    trigger = Timetable(timetable(load(Path("/"), None, {"schedule.cron": "0 6 * * 7"}, {}).schedule, UTC, NOW))
    assert trigger.get_next_fire_time(None, NOW) == NOW
    assert trigger.get_next_fire_time(NOW, NOW) == datetime(2026, 1, 11, 6, 0, tzinfo=UTC)


def test_stopping_waits_for_the_tick_in_progress() -> None:
    entered, leave, left = threading.Event(), threading.Event(), threading.Event()

    def tick() -> None:
        entered.set()
        leave.wait(600)
        left.set()

    clock = Clock(lambda after: after + timedelta(hours=1), tick)
    clock.start()
    assert entered.wait(600)
    threading.Timer(0.05, leave.set).start()
    clock.stop()
    assert left.is_set()


def test_systemd_learns_that_the_monitor_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(tmp_path / "notify")
    monkeypatch.setattr(scheduler, "monotonic", lambda: 7.0)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(60)
        watchdog = Watchdog({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000"})
        watchdog.alive("reading", 1, 2)
        assert systemd.recv(100) == b"WATCHDOG=1"
        watchdog.alive()
        systemd.setblocking(False)
        with pytest.raises(BlockingIOError):  # not more often than it need be
            systemd.recv(100)
        monkeypatch.setattr(scheduler, "monotonic", lambda: 12.0)
        watchdog.alive()
        assert systemd.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("asked", [{}, {"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}], ids=["not at all", "another"])
def test_nothing_is_said_where_nobody_asks(tmp_path: Path, asked: dict[str, str]) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.setblocking(False)
        Watchdog({"NOTIFY_SOCKET": address, **asked}).alive()
        with pytest.raises(BlockingIOError):
            systemd.recv(100)


def test_a_manager_that_went_away_does_no_harm(tmp_path: Path) -> None:
    Watchdog({"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": "1"}).alive()


def test_each_turn_of_the_loop_says_that_it_goes_on(settings: Settings) -> None:
    said: list[int] = []

    class Told(Watchdog):
        def alive(self, *_: object) -> None:
            said.append(1)

    watch(settings, script(DONE, DONE, DONE), watchdog=Told({}))
    assert len(said) >= 3
