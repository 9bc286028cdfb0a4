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


@pytest.mark.parametrize("foreign", [b"\x00\xff\n", b"[]\n", b"{}\n", b"null\n", b'{"started_at": 5}\n', b"\n\n"])
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
