"""What is kept but not read is said by the run that meets it first, and by `status` from then on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.writers import zipped
from tests.support.driver import Monitor, Result

PICTURE = b"\x89PNG\r\n\x1a\n\0\0"
SCRIPT = b"<html><body><script>write('The fee is 10.')</script></body></html>"
MAILS = b"From a Sat\nno header\n\nText.\n\nFrom b Sat\nSubject: Two\n\nThe second.\n"


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def run(monitor: Monitor, here: Path) -> Result:
    """The first run over documents that are not read, one that is read in part, and two that hold nothing."""
    write(here / "seeds/a.txt", b"The fee is 10.")
    write(here / "seeds/b.pages", PICTURE)
    write(here / "seeds/c.html", SCRIPT)
    write(here / "seeds/d.mbox", MAILS)
    write(here / "seeds/empty.pages", b"")
    write(here / "seeds/blank.txt", b" \n")
    return monitor("run", "--settle", "0")


def test_first_run_names_each_document_and_why_before_the_list(run: Result) -> None:
    assert run.lines[:3] == [
        "b.pages: not read, no reader for .pages",
        "c.html: not read, no text was found in it",
        "d.mbox: 1 message is not read (not a message: it does not begin with a header)",
    ]
    assert "first snapshot: 6 documents" in run.lines[3]
    assert run.status == 0


def test_idle_run_does_not_repeat_it(run: Result, monitor: Monitor) -> None:
    assert monitor("run", "--settle", "0").text == "nothing changed\n"


def test_later_run_names_only_what_is_new(run: Result, monitor: Monitor, here: Path) -> None:
    write(here / "seeds/new.pages", PICTURE)
    write(here / "seeds/b.pages", PICTURE + b"x")
    lines = monitor("run", "--settle", "0").lines
    assert [line for line in lines if ": not read" in line] == ["new.pages: not read, no reader for .pages"]


def test_renamed_document_is_not_new(run: Result, monitor: Monitor, here: Path) -> None:
    (here / "seeds/b.pages").rename(here / "seeds/z.pages")
    assert "not read" not in monitor("run", "--settle", "0").text
    assert "  z.pages: not read, no reader for .pages" in monitor("status").lines


def test_document_that_becomes_unreadable_is_new(run: Result, monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", b"The fee is 10.")
    (here / "seeds/page.html").write_bytes(b"<p>The fee is 10.</p>")
    monitor("run", "--settle", "0")
    (here / "seeds/page.html").write_bytes(SCRIPT)
    assert monitor("run", "--settle", "0").lines[0] == "page.html: not read, no text was found in it"


def test_status_counts_and_names_them(run: Result, monitor: Monitor) -> None:
    lines = monitor("status").lines
    at = lines.index("not read      2 documents")
    assert lines[at:] == [
        "not read      2 documents",
        "  b.pages: not read, no reader for .pages",
        "  c.html: not read, no text was found in it",
        "partly read   1 document",
        "  d.mbox: 1 message is not read (not a message: it does not begin with a header)",
    ]


def test_status_as_json_counts_and_names_them(run: Result, monitor: Monitor) -> None:
    found = monitor("status", "--format", "json").json()
    assert (found["counts"]["not_read"], found["counts"]["partly_read"]) == (2, 1)
    assert found["not_read"][0] == {
        "path": "b.pages",
        "reason": "not read, no reader for .pages",
        "partly": False,
    }
    assert [one["path"] for one in found["last_run"]["not_read"]] == ["b.pages", "c.html", "d.mbox"]


def test_run_as_json_names_them(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/b.pages", PICTURE)
    found = monitor("run", "--settle", "0", "--format", "json").json()
    assert found["run"]["not_read"] == [{"path": "b.pages", "reason": "not read, no reader for .pages"}]


def test_document_that_is_removed_is_not_counted(run: Result, monitor: Monitor, here: Path) -> None:
    for name in ("b.pages", "c.html", "d.mbox"):
        (here / "seeds" / name).unlink()
    monitor("run", "--settle", "0")
    assert "read" not in monitor("status").text.partition("contents")[2]


def test_encoding_that_was_assumed_is_no_part_that_is_left_out(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.txt", "Die Gebühr beträgt zehn Euro für jeden. Größere Mengen kosten mehr.".encode("cp1252"))
    assert monitor("run", "--settle", "0").lines[0].startswith("snapshot")
    assert "read" not in monitor("status").text.partition("contents")[2]


def test_very_many_are_named_up_to_a_hundred(monitor: Monitor, here: Path) -> None:
    for number in range(103):
        write(here / f"seeds/{number:03}.png", PICTURE)
    lines = monitor("run", "--settle", "0").lines
    assert sum(line.endswith("not read, no reader for .png") for line in lines) == 100
    assert "and 3 more documents not read; `monitor status --format json` lists them all" in lines
    assert "  and 3 more; `monitor status --format json` lists them all" in monitor("status").lines


def test_rebuilt_ledger_tells_the_same(run: Result, monitor: Monitor) -> None:
    before = monitor("status", "--format", "json").json()["not_read"]
    monitor("rebuild")
    assert monitor("status", "--format", "json").json()["not_read"] == before
    assert monitor("verify").status == 0


def test_archive_is_listed_and_told(monitor: Monitor, here: Path) -> None:
    write(here / "seeds/a.zip", zipped({"a.txt": b"x", "b.txt": b"y"}))
    lines = monitor("run", "--settle", "0").lines
    assert lines[0] == "a.zip: its members are listed, not read"
    write(here / "seeds/a.zip", zipped({"a.txt": b"x", "b.txt": b"z"}))
    lines = monitor("run", "--settle", "0").lines
    assert "1 change in 1 document" in lines[0]
    assert "b.txt | 1 byte |" in lines[-1]


def test_comparison_of_what_has_no_reader_says_why(monitor: Monitor, here: Path) -> None:
    write(here / "a.pages", PICTURE)
    message = monitor("compare", "a.pages", "a.pages", status=2).message
    assert message.strip().endswith("a.pages: not read, no reader for .pages")
