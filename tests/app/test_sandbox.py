"""The process that reads documents: what it may take, and what becomes of a document that takes more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app.read_documents import LARGE, DocumentReader, ReadOptions
from monitor.app.sandbox import Worker
from monitor.config import Extract, Limits
from tests.readers.writers import WRITERS, Text

TEXT: Text = [("p", "The offer stands.")]
PLUGIN = """
import os, sys, time

KEPT = []

class Slow:
    name, version, suffixes = "slow", 1, frozenset({".slow"})

    def extract(self, data):
        from monitor.errors import ExtractError
        from monitor.model import Block, BlockKind, Extraction
        print("a library that talks", flush=True)
        word = data.decode()
        if word == "sleep":
            time.sleep(600)
        while word == "spin":
            pass
        if word == "grow":
            block = bytearray(3_000_000_000)
        if word == "keep":
            KEPT.append(bytearray(600_000_000))
        if word == "take":
            len(b"x" * 150_000_000)
        if word == "hold":
            KEPT.append(b"x" * 150_000_000)
        if word in ("crash", "hold"):
            os.abort()
        if word == "leave":
            os._exit(3)
        if word == "fault":
            raise LookupError("an index is\\nout of range")
        if word == "deep":
            return self.extract(data)
        if word == "refuse":
            raise ExtractError("not one of ours")
        return Extraction(word, (Block(BlockKind.PARAGRAPH, f"{word} {os.getpid()}"),))
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extractor that does what a document tells it: one that is installed, as others come."""
    (tmp_path / "slow_format.py").write_text(PLUGIN)
    told = tmp_path / "slow_format-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-format\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[monitor.extractors]\nslow = slow_format:Slow\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.fixture
def worker(plugin: None) -> Iterator[Worker]:
    worker = Worker(seconds=60, memory=10**9)  # more than any of these takes on a machine that does much else
    yield worker
    worker.close()


@pytest.mark.slow
def test_memory_limit_applies_to_each_document_alone(worker: Worker) -> None:
    """Or what a document says would depend on those that were read before it."""
    said = [_said(worker, "keep") for _ in range(4)]
    assert len(set(said)) == 1
    assert said[0].startswith("keep ")


@pytest.mark.usefixtures("plugin")
def test_crash_is_blamed_on_memory_only_if_used_by_the_document() -> None:
    """Asked by a small process: one that is started counts as its own what its parent held."""
    ask = "import sys; from monitor.app.sandbox import Worker; worker = Worker(60, 200_000_000)\n"
    ask += "for word in sys.argv[1:]: print(worker.read('a.slow', word.encode()).failure)\n"
    found = subprocess.run(
        [sys.executable, "-c", ask, "hold", "take", "crash"], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines() == [
        "refused: to read it takes more than 200 MB; raise [limits] memory",
        "None",
        "the process that read it crashed (SIGABRT)",
    ]


@pytest.mark.usefixtures("plugin")
def test_a_crash_is_not_put_down_to_memory_that_who_asks_holds() -> None:
    held = b"x" * 150_000_000
    assert _said(Worker(seconds=60, memory=200_000_000), "crash") == "the process that read it crashed (SIGABRT)"
    assert held


def _said(worker: Worker, word: str) -> str:
    reading = worker.read("a.slow", word.encode())
    return reading.failure or " ".join(one.text for one in reading.statements or ())


@pytest.mark.parametrize(
    ("word", "failure"),
    [
        ("grow", "refused: to read it takes more than 1,000 MB; raise [limits] memory"),
        ("crash", "the process that read it crashed (SIGABRT)"),
        ("leave", "the process that read it ended"),
        ("fault", "could not be read: LookupError: an index is out of range"),
        ("deep", "refused: it is nested too deep"),
        ("refuse", "not one of ours"),
    ],
)
def test_document_after_a_failing_one_is_read(worker: Worker, word: str, failure: str) -> None:
    assert _said(worker, word) == failure
    assert _said(worker, "fine").startswith("fine ")


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("word", ["spin", "sleep"])
def test_a_document_that_takes_too_long_fails(word: str) -> None:
    hasty = Worker(seconds=0.3, memory=10**9)
    assert _said(hasty, word) == "refused: to read it takes more than 0.3 seconds; raise [limits] time"
    hasty.close()


def test_one_process_reads_one_document_after_the_other(worker: Worker) -> None:
    assert _said(worker, "one").split()[1] == _said(worker, "two").split()[1]


def test_a_failure_of_the_document_keeps_the_process(worker: Worker) -> None:
    before = _said(worker, "one")
    assert _said(worker, "fault") != before
    assert _said(worker, "one") == before


def test_the_process_ends_when_it_is_closed(worker: Worker) -> None:
    process = int(_said(worker, "one").split()[1])
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_killed_worker_is_replaced(worker: Worker) -> None:
    os.kill(int(_said(worker, "one").split()[1]), signal.SIGKILL)
    assert _said(worker, "two") == "the process that read it crashed (SIGKILL)"
    assert _said(worker, "three").startswith("three ")


def test_a_path_may_hold_any_bytes(worker: Worker) -> None:
    reading = worker.read(os.fsdecode(b"\xff\xfe/a.slow"), b"fine")
    assert reading.statements


@pytest.mark.parametrize(
    ("name", "data", "apart"),
    [
        ("a.txt", b"Small text.", False),
        ("a.md", b"Small text.", False),
        ("a.html", b"<p>Small text.", False),
        ("a.csv", b"a,b\n", False),
        ("a.png", b"\x89PNG", False),
        ("a.txt", b"Large text. " * (LARGE // 10), True),
        ("a.docx", WRITERS["docx"](TEXT), True),
        ("a.eml", WRITERS["eml"](TEXT), True),
        ("articles/a.html", b"<p>Small text.", True),
    ],
)
def test_only_small_texts_are_read_without_a_process_apart(
    monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, apart: bool
) -> None:
    asked: list[str] = []
    read = Worker.read

    def told(self: Worker, path: str, data: bytes, **modes: bool) -> object:
        asked.append(path)
        return read(self, path, data, **modes)

    monkeypatch.setattr(Worker, "read", told)
    with DocumentReader(ReadOptions(Limits(), Extract(("articles/",)))) as documents:
        documents.read(name, data)
    assert asked == ([name] if apart else [])


def test_both_ways_of_reading_give_the_same() -> None:
    data = WRITERS["docx"](TEXT)
    with DocumentReader() as documents:
        reading = documents.read("a.docx", data)
    from monitor.app.sandbox import read_in_this_process

    assert reading == read_in_this_process("a.docx", data)
    assert reading.statements
