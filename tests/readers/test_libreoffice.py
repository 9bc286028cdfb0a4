"""DOC and PPT through LibreOffice: where it is installed, within the bounds, and with nothing left behind."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.app.sandbox import read_in_this_process
from monitor.config import Limits
from monitor.readers import fingerprint, libreoffice, office_version, reader_for
from tests.readers.compound import compound
from tests.readers.writers import WRITERS

WORD = compound({"WordDocument": b"text"})
SLIDES = compound({"PowerPoint Document": b"text"})


def office(folder: Path, script: str, *parts: str) -> None:
    """A program `soffice` in `folder`, with these libraries beside it."""
    for name in (*parts, "soffice.bin"):
        (folder / name).write_text("")
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the search path that could hold LibreOffice, and the folder of temporary files."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/sbin:/bin" if not Path("/bin/soffice").exists() else str(folder))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def hasty() -> Iterator[DocumentReader]:
    with DocumentReader(ReadOptions(Limits(time=0.5, memory=500_000_000))) as documents:
        yield documents


def test_without_libreoffice_the_document_is_not_read(path: Path) -> None:
    assert reader_for("a.doc", WORD) is None
    assert read_in_this_process("a.doc", WORD).notes == ("not read, no reader for .doc (LibreOffice is not installed)",)


def test_without_impress_slides_are_not_read(path: Path) -> None:
    office(path, "exit 1", "libswlo.so")
    assert read_in_this_process("a.ppt", SLIDES).notes == (
        "not read, no reader for .ppt (LibreOffice Impress is not installed)",
    )
    assert reader_for("a.doc", WORD) is not None


def test_another_name_tells_what_would_be_needed(path: Path) -> None:
    assert read_in_this_process("a.docx", WORD).notes == (
        "not read, no reader for .doc (LibreOffice is not installed)",
    )


def test_fingerprint_tells_libreoffice(path: Path) -> None:
    without = fingerprint(())
    office(path, "exit 1", "libswlo.so")
    (path / "versionrc").write_text("[Version]\nbuildid=abc\n")
    os.utime(path / "soffice.bin", (0, 1_000))
    assert office_version("Writer") == "abc 1000"
    assert fingerprint(()) != without


def test_what_it_writes_is_read(path: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.docx"
    made.write_bytes(WRITERS["docx"]([("p", "The fee is ten euro.")]))
    # --convert-to docx --outdir FOLDER FILE are the last arguments
    office(
        path,
        f'while [ $# -gt 2 ]; do shift; done; PATH=/usr/bin:/bin; mkdir -p "$1"; cp {made} "$1/in.docx"',
        "libswlo.so",
    )
    found = read_in_this_process("a.doc", WORD).statements or ()
    assert [one.text for one in found] == ["The fee is ten euro."]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_gets_a_profile_of_its_own_without_macros(path: Path, tmp_path: Path) -> None:
    office(
        path,
        f'PATH=/usr/bin:/bin; cp "$HOME"/profile/user/registrymodifications.xcu {tmp_path}; env > {tmp_path}/env',
        "libswlo.so",
    )
    read_in_this_process("a.doc", WORD)
    assert "DisableMacrosExecution" in (tmp_path / "registrymodifications.xcu").read_text()
    assert f"HOME={tmp_path}/tmp/monitor-office-{os.getpid()}-" in (tmp_path / "env").read_text()


def test_what_it_cannot_convert_fails(path: Path) -> None:
    office(path, "exit 1", "libswlo.so")
    failure = read_in_this_process("a.doc", WORD).failure
    assert failure == "LibreOffice cannot convert it (it ended with 1)"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GIF89a\0\0", "not a document of its format: it is no .doc file, and none that is known"),
        (compound({"EncryptedPackage": b"x"}), "encrypted: save it without a password"),
    ],
)
def test_what_is_no_document_of_word_is_not_converted(path: Path, data: bytes, why: str) -> None:
    office(path, "exit 1", "libswlo.so")
    assert read_in_this_process("a.doc", data).failure == why


def test_it_is_killed_with_its_children_when_its_time_is_over(
    path: Path, tmp_path: Path, hasty: DocumentReader
) -> None:
    office(path, f"PATH=/usr/bin:/bin; sleep 60 & echo $! > {tmp_path}/child; wait", "libswlo.so")
    failure = hasty.read("a.doc", WORD).failure
    assert failure == "refused: to read it takes more than 0.5 seconds; raise [limits] time"
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not _is_running(child):
            break
        time.sleep(0.05)
    assert not _is_running(child)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_time_of_the_processor_is_bounded(path: Path, hasty: DocumentReader) -> None:
    office(path, "while :; do :; done", "libswlo.so")
    failure = hasty.read("a.doc", WORD).failure or ""
    assert "raise [limits] time" in failure


def test_real_libreoffice_reads_what_it_wrote() -> None:
    if not office_version("Writer"):
        pytest.skip("no LibreOffice Writer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libreoffice, "OLE", b"{\\rtf")
        doc = libreoffice.converted(rb"{\rtf1\ansi The fee is ten euro.\par}", "rtf", "doc")
    with DocumentReader() as documents:
        found = documents.read("a.doc", doc)
    assert [one.text for one in found.statements or ()] == ["The fee is ten euro."], found.failure


def _is_running(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
