"""Hostile files, made here: refused within 300 MB, long before their time is over, and the next document is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest

from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.config import Limits
from tests.readers.bombs import CATALOG, FONT, pdf
from tests.readers.writers import WRITERS, Text, zipped
from tests.support.workspace import Workspace

TEXT: Text = [("h1", "Title"), ("p", "The offer stands."), ("li", "one"), ("tr", ["a", "b"])]
MAIN = {
    "docx": "word/document.xml",
    "odt": "content.xml",
    "pptx": "ppt/presentation.xml",
    "xlsx": "xl/workbook.xml",
    "epub": "OEBPS/book.opf",
}
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(ReadOptions(Limits(time=300, memory=300_000_000))) as documents:
        yield documents


@pytest.fixture(scope="module")
def hasty() -> Iterator[DocumentReader]:
    """For documents that take all the time they get."""
    with DocumentReader(ReadOptions(Limits(time=3, memory=300_000_000))) as documents:
        yield documents


def _with(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A document of this format whose main part is another."""
    source = zipfile.ZipFile(io.BytesIO(WRITERS[name](TEXT)))
    parts = {info.filename: source.read(info) for info in source.infolist()}
    parts[MAIN[name]] = change(parts[MAIN[name]])
    return zipped(parts)


def _after_declaration(data: bytes, doctype: bytes) -> bytes:
    at = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
    return doctype + data[at:]


def _assert_refused(documents: DocumentReader, name: str, data: bytes) -> str:
    reading = documents.read(f"bomb.{name}", data)
    assert reading.statements is None
    assert reading.failure
    assert documents.read("next.docx", WRITERS["docx"](TEXT)).statements
    return reading.failure


@pytest.mark.slow
@pytest.mark.parametrize("name", MAIN)
def test_a_zip_bomb_is_refused_before_it_is_inflated(documents: DocumentReader, name: str) -> None:
    bomb = _with(name, lambda _: b" " * (300 << 20))
    assert len(bomb) < 2_000_000
    assert "inflate to more than 256 MB" in _assert_refused(documents, name, bomb)


@pytest.mark.slow
def test_part_larger_than_declared_is_damage(documents: DocumentReader) -> None:
    bomb = bytearray(_with("odt", lambda _: b" " * (300 << 20)))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # the sizes in the entry and in the directory
        start = bomb.find(mark)
        while start >= 0:
            if int.from_bytes(bomb[start + at : start + at + 4], "little") == 300 << 20:
                bomb[start + at : start + at + 4] = (1000).to_bytes(4, "little")
            start = bomb.find(mark, start + 4)
    assert _assert_refused(documents, "odt", bytes(bomb)).startswith("damaged")


@pytest.mark.slow
@pytest.mark.parametrize("name", MAIN)
def test_an_archive_of_countless_parts_is_refused(documents: DocumentReader, name: str) -> None:
    assert "parts are more than" in _assert_refused(documents, name, zipped({f"{n}": b"" for n in range(20_001)}))


@pytest.mark.parametrize("doctype", [BILLION_LAUGHS, OUTSIDE], ids=["billion laughs", "a file of the machine"])
@pytest.mark.parametrize("name", MAIN)
def test_entities_are_refused(documents: DocumentReader, name: str, doctype: bytes) -> None:
    bomb = _with(name, lambda data: _after_declaration(data, doctype))
    assert "declares XML entities" in _assert_refused(documents, name, bomb)


@pytest.mark.slow
@pytest.mark.parametrize("name", MAIN)
def test_deeply_nested_elements_are_refused(documents: DocumentReader, name: str) -> None:
    bomb = _with(name, lambda _: b"<a>" * 100_000 + b"</a>" * 100_000)
    _assert_refused(documents, name, bomb)


@pytest.mark.parametrize("name", MAIN)
def test_an_archive_that_is_cut_off_is_an_error(documents: DocumentReader, name: str) -> None:
    _assert_refused(documents, name, WRITERS[name](TEXT)[:-200])


@pytest.mark.parametrize("name", MAIN)
def test_an_archive_that_is_encrypted_is_an_error(documents: DocumentReader, name: str) -> None:
    data = bytearray(WRITERS[name](TEXT))
    at = data.find(b"PK\x01\x02")
    while at >= 0:  # the flag that says so, in every entry of the directory
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert "encrypted" in _assert_refused(documents, name, bytes(data))


def test_office_document_with_a_password_is_reported(documents: DocumentReader) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    assert _assert_refused(documents, "docx", data) == "encrypted: save it without a password"


@pytest.mark.slow
def test_rows_that_repeat_without_end_are_bounded(hasty: DocumentReader) -> None:
    row = b'<row><c t="str"><v>' + b"x" * 30 + b"</v></c></row>"
    sheet = b"<worksheet><sheetData>" + row * 600_000 + b"</sheetData></worksheet>"
    source = zipfile.ZipFile(io.BytesIO(WRITERS["xlsx"](TEXT)))
    parts = {info.filename: source.read(info) for info in source.infolist()} | {"xl/worksheets/sheet1.xml": sheet}
    assert "refused" in _assert_refused(hasty, "xlsx", zipped(parts))


# --- PDF ------------------------------------------------------------------------------------------


def _stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), entries, body)


def _form_that_draws_itself() -> bytes:
    resources = b"/Resources << /XObject << /X 4 0 R >> /Font << /F 5 0 R >> >>"
    return pdf(
        [
            CATALOG,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] %s /Contents 6 0 R >>" % resources,
            _stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] %s" % resources),
            FONT,
            _stream(b"/X Do BT /F 12 Tf 72 700 Td (The offer stands.) Tj ET"),
        ]
    )


def test_a_form_that_draws_itself_ends(documents: DocumentReader) -> None:
    reading = documents.read("loop.pdf", _form_that_draws_itself())
    assert reading.failure or [one.text for one in reading.statements or ()] == ["The offer stands."]


def test_a_tree_of_pages_that_holds_itself_ends(documents: DocumentReader) -> None:
    _assert_refused(documents, "pdf", pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 4 >>"]))


@pytest.mark.slow
def test_more_pages_than_anybody_reads_are_refused(documents: DocumentReader) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(20_001))
    data = pdf([CATALOG, b"<< /Type /Pages /Kids [%s] /Count 20001 >>" % kids, *[page] * 20_001])
    assert "pages are more than" in _assert_refused(documents, "pdf", data)


@pytest.mark.slow
def test_5000_pages_are_read_or_refused_within_the_limits(hasty: DocumentReader) -> None:
    body = (
        b"BT /F 12 Tf 72 700 Td 14 TL " + b"(A line of the offer that goes on and on and stands.) Tj T* " * 40 + b"ET"
    )
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents 4 0 R >>"
    )
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(5_000))
    data = pdf([CATALOG, b"<< /Type /Pages /Kids [%s] /Count 5000 >>" % kids, FONT, _stream(body), *[page] * 5_000])
    reading = hasty.read("long.pdf", data)
    assert reading.statements or "takes more than 3 seconds" in (reading.failure or "")
    assert hasty.read("next.docx", WRITERS["docx"](TEXT)).statements


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"\xff" * 5_000, b"no PDF at all"])
def test_invalid_pdf_is_an_error(documents: DocumentReader, data: bytes) -> None:
    _assert_refused(documents, "pdf", data)


# --- text with structure ------------------------------------------------------------------------------


@pytest.mark.slow
def test_groups_of_rtf_inside_each_other_are_refused(documents: DocumentReader) -> None:
    assert "nested" in _assert_refused(documents, "rtf", b"{\\rtf1 " + b"{" * 1_000_000)


@pytest.mark.slow
def test_parts_of_a_mail_inside_each_other_are_refused(documents: DocumentReader) -> None:
    data = b"Subject: x\n"
    for number in range(2_000):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number)
    assert "nested" in _assert_refused(documents, "eml", data + b"\nText.\n")


@pytest.mark.slow
def test_a_header_of_a_million_characters_is_cut(documents: DocumentReader) -> None:
    reading = documents.read("a.eml", b"Subject: " + b"=?utf-8?q?a?= " * 80_000 + b"\n\nThe offer stands.\n")
    assert [one.text for one in reading.statements or ()][-1] == "The offer stands."


@pytest.mark.slow
def test_deeply_nested_page_is_refused_for_article_extraction() -> None:
    from monitor.config import Extract

    with DocumentReader(ReadOptions(Limits(time=300, memory=300_000_000), Extract(("*.html",)))) as documents:
        assert "nested" in (documents.read("a.html", b"<div>" * 200_000).failure or "")


# --- the run ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_bomb_fails_and_other_documents_are_recorded(folder: Workspace) -> None:
    (folder.seeds / "a.docx").write_bytes(WRITERS["docx"](TEXT))
    (folder.seeds / "bomb.docx").write_bytes(_with("docx", lambda _: b" " * (300 << 20)))
    (folder.seeds / "z.txt").write_text("The offer stands.\n")
    folder.next_run(status=3)
    failed = [one for one in folder.log("--baseline") if one["kind"] == "failed"]
    assert [one["document"] for one in failed] == ["bomb.docx"]
    assert folder.statements("a.docx").keys() >= {"The offer stands."}
    assert folder.statements("z.txt").keys() == {"The offer stands."}


def test_failed_document_keeps_its_statements_until_repaired(folder: Workspace) -> None:
    path = folder.seeds / "a.docx"
    path.write_bytes(WRITERS["docx"](TEXT))
    folder.next_run()
    known = folder.statements("a.docx")
    path.write_bytes(WRITERS["docx"](TEXT)[:-200])
    folder.next_run(status=3)
    assert [(one["level"], one["kind"]) for one in folder.log()] == [("document", "failed")]
    path.write_bytes(WRITERS["docx"]([*TEXT, ("p", "It was repeated.")]))
    folder.next_run()
    assert [(one["kind"], one["after"][0]["text"]) for one in folder.log("--level", "statement")] == [
        ("added", "It was repeated.")
    ]
    assert known.items() <= folder.statements("a.docx").items()
