"""Archives: a row for each member, with its size and a digest that shows which one changed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from zlib import crc32

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.readers import archive
from tests.readers.writers import zipped

FILES = {"b/terms.txt": b"The fee is 10.", "a.txt": b"x"}
ROWS = [
    f"a.txt | 1 byte | {sha256(b'x').hexdigest()[:12]}",
    f"b/terms.txt | 14 bytes | {sha256(FILES['b/terms.txt']).hexdigest()[:12]}",
]


def tarred(files: dict[str, bytes] = FILES, links: dict[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            made.addfile(info)
    return stream.getvalue()


def texts(path: str, data: bytes) -> list[str]:
    found = read_in_this_process(path, data)
    assert found.failure is None, found.failure
    return [one.text for one in found.statements or ()]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.zip", zipped(FILES)),
        ("a.tar", tarred()),
        ("a.tar.gz", gzip.compress(tarred())),
        ("a.tgz", gzip.compress(tarred())),
        ("a.tar.bz2", bz2.compress(tarred())),
        ("a.tar.xz", lzma.compress(tarred())),
    ],
)
def test_every_kind_lists_the_same_members_alike(path: str, data: bytes) -> None:
    assert texts(path, data) == ROWS


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_single_compressed_file_is_one_row(pack: Callable[[bytes], bytes]) -> None:
    assert texts("a.gz", pack(b"x")) == [f"contents | 1 byte | {sha256(b'x').hexdigest()[:12]}"]


def test_note_says_that_members_are_not_read() -> None:
    assert read_in_this_process("a.zip", zipped(FILES)).notes == ("its members are listed, not read",)


def test_link_tells_its_target() -> None:
    assert texts("a.tar", tarred({}, {"l": "../terms.txt"})) == ["l | 0 bytes | -> ../terms.txt"]


def test_member_beyond_the_bound_has_its_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_INFLATED", 5)
    assert texts("a.zip", zipped(FILES)) == [
        ROWS[0],
        f"b/terms.txt | 14 bytes | crc32 {crc32(FILES['b/terms.txt']):08x}",
    ]


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_tar_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]) -> None:
    monkeypatch.setattr(archive, "MOST_INFLATED", 5_000)
    failure = read_in_this_process("a.tar", pack(tarred({"a": b"\0" * 20_000}))).failure or ""
    assert failure.startswith("refused: it inflates to more than")


@pytest.mark.parametrize("data", [zipped({str(at): b"" for at in range(6)}), tarred({str(at): b"" for at in range(6)})])
def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 5)
    assert read_in_this_process("a.zip", data).failure == "refused: it has more than 5 members"


def test_damaged_member_has_its_checksum() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        made.writestr("a.txt", b"The fee is 10.")
    data = stream.getvalue().replace(b"The fee", b"The fox", 1)
    assert texts("a.zip", data) == [f"a.txt | 14 bytes | crc32 {crc32(b'The fee is 10.'):08x}"]


@pytest.mark.parametrize(
    ("path", "data"), [("a.zip", b"text"), ("a.tar", b"text"), ("a.gz", gzip.compress(b"x" * 999, mtime=0)[:-9])]
)
def test_what_is_no_archive_fails(path: str, data: bytes) -> None:
    assert (read_in_this_process(path, data).failure or "").startswith("not an archive, or damaged: ")
