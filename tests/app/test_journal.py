"""The run journal: what is written is read back, whatever a crash left behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app import status
from monitor.model import Failure, Run

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def run(number: int, **facts: object) -> Run:
    start = START + timedelta(minutes=number)
    return Run(**({"started_at": start, "finished_at": start, "outcome": "unchanged", "changes": number} | facts))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "snapshots" / "runs.jsonl"


def test_an_absent_journal_holds_no_run(path: Path) -> None:
    assert status.read(path, 10) == []
    assert status.last(path) is None


def test_a_run_is_read_back_as_it_was(path: Path) -> None:
    written = Run(
        started_at=START,
        finished_at=START + timedelta(seconds=1, microseconds=5),
        outcome="recorded",
        snapshot="ab" * 20,
        taken_at=START,
        changes=7,
        failures=(Failure("caf\udce9.txt", "not readable"),),
        skipped=(Failure("pipe\n.txt", "a FIFO"),),
        message="“quoted”",
    )
    status.append(path, written)
    assert status.read(path, 1) == [written]
    assert status.last(path) == written


def test_a_line_is_one_object_with_times_in_utc(path: Path) -> None:
    status.append(path, run(0, message="two\nlines", taken_at=START.astimezone().replace(microsecond=0)))
    (line,) = path.read_text("ascii").splitlines()
    document = json.loads(line)
    assert document["started_at"] == "2026-01-05T08:00:00Z"
    assert document["taken_at"] == "2026-01-05T08:00:00Z"
    assert document["outcome"] == "unchanged"


def test_the_newest_come_last_and_the_limit_keeps_them(path: Path) -> None:
    for number in range(5):
        status.append(path, run(number))
    assert status.read(path, 2) == [run(3), run(4)]
    assert status.read(path, 99) == [run(number) for number in range(5)]


def test_the_last_run_is_one_that_took_place(path: Path) -> None:
    status.append(path, run(1))
    status.append(path, run(2, outcome="missed"))
    assert status.last(path) == run(1)
    assert status.read(path, 1) == [run(2, outcome="missed")]


def test_torn_last_line_is_skipped(path: Path) -> None:
    status.append(path, run(1))
    status.append(path, run(2))
    path.write_bytes(path.read_bytes()[:-30])
    assert status.read(path, 9) == [run(1)]
    status.append(path, run(3))
    assert status.read(path, 9) == [run(1), run(3)]


@pytest.mark.parametrize(
    "foreign", [b"\x00\xff\n", b"[]\n", b"{}\n", b"null\n", b'{"started_at": 5}\n', b"\n\n", b"[" * 100_000 + b"\n"]
)
def test_lines_of_something_else_are_passed_over(path: Path, foreign: bytes) -> None:
    status.append(path, run(1))
    with path.open("ab") as file:
        file.write(foreign)
    status.append(path, run(2))
    assert status.read(path, 9) == [run(1), run(2)]


def test_a_key_of_a_later_version_is_passed_over(path: Path) -> None:
    status.append(path, run(1))
    path.write_bytes(path.read_bytes().replace(b'{"', b'{"mood":"good","', 1))
    assert status.read(path, 9) == [run(1)]


FAILURES = tuple(Failure(f"document {number}.pdf", "it is encrypted") for number in range(100))


def test_standing_failures_are_written_once(path: Path) -> None:
    for number in range(50):
        status.append(path, run(number, failures=FAILURES))
    assert path.read_bytes().count(b"document 7.pdf") == 1
    assert path.stat().st_size < 25_000
    assert status.last(path) == run(49, failures=FAILURES)
    assert status.read(path, 99) == [run(number, failures=FAILURES) for number in range(50)]


def test_failures_that_began_or_ended_are_written(path: Path) -> None:
    shown = [(), FAILURES, FAILURES, FAILURES[:-1], FAILURES[:-1], (), (), FAILURES, FAILURES]
    written = [run(number, failures=failures, skipped=failures[:2]) for number, failures in enumerate(shown)]
    for one in written:
        status.append(path, one)
        assert status.last(path) == one
    assert status.read(path, 99) == written


def test_failures_are_found_behind_missed_and_failed_runs(path: Path) -> None:
    written = [run(0, failures=FAILURES), *(run(number, outcome="missed") for number in range(1, 300))]
    written.append(run(300, failures=FAILURES))
    written.append(run(301, failures=FAILURES))
    for one in written:
        status.append(path, one)
    assert status.read(path, 999) == written


def test_list_of_failures_is_repeated_in_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_MOST_LINES", 5)
    for number in range(20):
        status.append(path, run(number, failures=FAILURES))
    assert path.read_bytes().count(b"document 7.pdf") == 4


def test_failures_are_found_in_the_older_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "MAX_BYTES", 12_000)
    for number in range(60):
        status.append(path, run(number, failures=FAILURES))
        assert status.last(path) == run(number, failures=FAILURES)


def test_lost_list_of_failures_is_no_error(path: Path) -> None:
    for number in range(3):
        status.append(path, run(number, failures=FAILURES))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    assert status.read(path, 9) == [run(1), run(2)]


def test_the_journal_does_not_grow_without_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "MAX_BYTES", 2_000)
    for number in range(100):
        status.append(path, run(number))
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["runs.1.jsonl", "runs.jsonl"]
    assert all(file.stat().st_size <= 2_000 for file in files)
    kept = status.read(path, 1_000)
    assert kept == [run(number) for number in range(100 - len(kept), 100)]
    assert len(kept) > 8  # the older file is read, too


@given(
    sizes=st.lists(st.integers(0, 40), max_size=12),
    block=st.integers(1, 64),
)
def test_lines_are_read_backwards_with_any_block_size(
    sizes: list[int], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    content = b"\n".join(bytes([65 + number]) * size for number, size in enumerate(sizes))
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(status, "_BLOCK", block)
        found = list(status._lines_backwards(path))
    assert found == content.split(b"\n")[::-1]
