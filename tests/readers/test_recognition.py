"""A document is read as what its bytes are, where its name says another format."""

from __future__ import annotations

import io
import tarfile

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.readers import reader_for
from tests.readers.compound import compound, message, workbook
from tests.readers.writers import WRITERS, Text, zipped

TEXT: Text = [("h1", "Fees"), ("p", "The fee is ten euro."), ("tr", ["Fee", "10"])]
RTF = rb"{\rtf1\ansi The fee is ten euro.\par}"
PAGE = b"<!DOCTYPE html>\n<html><body><p>The fee is ten euro.</p></body></html>"
TABLE = b"<table><tr><td>Fee</td><td>10</td></tr></table>"
MHTML = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<p>The fee is ten euro.</p>\r\n--x--\r\n"
)
WORD = compound({"WordDocument": b"text"})
SLIDES = compound({"PowerPoint Document": b"text"})
LETTER = compound(message({0x1000: "Text."}))
SHEETS_2003 = (
    b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    b' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Fees"><Table><Row>'
    b'<Cell><Data ss:Type="String">Fee</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">10</Data></Cell>'
    b"</Row></Table></Worksheet></Workbook>"
)


def tarred() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return stream.getvalue()


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice counts as installed: which reader is chosen must not depend on the machine."""
    monkeypatch.setattr("monitor.readers.office_version", lambda _part=None: "1")


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("a.doc", RTF, "rtf"),
        ("a.txt", RTF, "rtf"),
        ("a.doc", PAGE, "html"),
        ("a.doc", b"\xef\xbb\xbf" + PAGE, "html"),
        ("a.docx", PAGE, "html"),
        ("a.xls", PAGE, "html"),
        ("a.xls", TABLE, "html"),
        ("a.xls", b"<!-- made by x -->\n<meta charset=utf-8>" + TABLE, "html"),
        ("a.xls", PAGE.decode().encode("utf-16"), "html"),
        ("a.doc", MHTML, "mail"),
        ("a.xls", b"Fee\t10\nCost\t20\n", "csv"),
        ("a.xls", "Gebühr\t10\n".encode("cp1252"), "csv"),
        ("a.xls", SHEETS_2003, "xml"),
        ("a.doc", b"The fee is ten euro.\n", "text"),
        ("a.doc", WORD, "doc"),
        ("a.docx", WORD, "doc"),
        ("a", WORD, "doc"),
        ("a.doc", workbook({"Fees": [["Fee", 10]]}), "xls"),
        ("a.doc", SLIDES, "ppt"),
        ("a.eml", LETTER, "msg"),
        ("a.doc", WRITERS["docx"](TEXT), "docx"),
        ("a.zip", WRITERS["docx"](TEXT), "docx"),
        ("a.bin", WRITERS["docx"](TEXT), "docx"),
        ("a.xls", WRITERS["xlsx"](TEXT), "xlsx"),
        ("a.docx", WRITERS["pptx"](TEXT), "pptx"),
        ("a.zip", WRITERS["odt"](TEXT), "odt"),
        ("a.docx", WRITERS["epub"](TEXT), "epub"),
        ("a.txt", WRITERS["pdf"](TEXT), "pdf"),
        ("a.unknown", PAGE, "html"),
        ("a.unknown", b"<?xml version='1.0'?><a>x</a>", "xml"),
        ("a.unknown", MHTML, "mail"),
        ("a.zip", zipped({"a": b"x"}), "archive"),
        ("a.gz", tarred(), "archive"),
    ],
)
def test_content_is_stronger_than_the_name(path: str, data: bytes, name: str) -> None:
    found = reader_for(path, data)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("a.txt", PAGE, "text"),
        ("a.md", PAGE, "markdown"),
        ("a.txt", MHTML, "text"),
        ("a.xml", PAGE, "xml"),
        ("a.docx", b"The fee is ten euro.", "docx"),
        ("a.pdf", PAGE, "pdf"),
        ("a.docx", zipped({"a": b"x"}), "docx"),
        ("a.docx", b"PK\x03\x04 and nothing more", "docx"),
    ],
)
def test_name_holds_where_content_may_be_that(path: str, data: bytes, name: str) -> None:
    found = reader_for(path, data)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("path", "data"),
    [("a.pages", zipped({"a": b"x"})), ("a.jar", zipped({"a": b"x"})), ("a.kmz", zipped({"a": b"x"})), ("a", b"\0\1")],
)
def test_parts_of_an_unknown_document_are_not_its_text(path: str, data: bytes) -> None:
    assert reader_for(path, data) is None


def test_compound_file_of_several_formats_is_as_named() -> None:
    both = compound({"WordDocument": b"text", "Workbook": b"an embedded sheet"})
    assert [reader.name for path in ("a.doc", "a.xls") if (reader := reader_for(path, both))] == ["doc", "xls"]


def test_archive_of_documents_is_no_document() -> None:
    found = reader_for("a.zip", zipped({"word/document.xml": b"<x/>", "b.docx": WRITERS["docx"](TEXT)}))
    assert found is not None
    assert found.name == "archive"


def test_note_tells_the_format_that_the_name_does_not() -> None:
    assert read_in_this_process("a.doc", RTF).notes == ("read as rtf, by its content",)
    assert read_in_this_process("a.rtf", RTF).notes == ()


def test_workbook_in_xml_keeps_empty_cells() -> None:
    found = read_in_this_process("a.xls", SHEETS_2003).statements or ()
    assert [one.text for one in found] == ["Fees", "Fee |  | 10"]


@pytest.mark.parametrize("end", [b"", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, b"PK\x05\x06" + bytes(18)])
def test_damaged_directory_of_an_archive_tells_no_format(end: bytes) -> None:
    found = reader_for("a.zip", b"PK\x03\x04" + b"word/document.xml [Content_Types].xml" + end)
    assert found is not None
    assert found.name == "archive"
