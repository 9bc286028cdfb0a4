"""Documents that are small, or look harmless, and cost without end whoever reads them as they ask."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from tests.readers.compound import compound, inner, message, part, workbook
from tests.readers.writers import WRITERS, Text, zipped

TEXT: Text = [("h1", "Title"), ("p", "The offer stands."), ("li", "one"), ("tr", ["a", "b"])]
X = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
)


def _parts(name: str) -> dict[str, bytes]:
    source = zipfile.ZipFile(io.BytesIO(WRITERS[name](TEXT)))
    return {info.filename: source.read(info) for info in source.infolist()}


def _with(name: str, part: str, data: bytes) -> bytes:
    return zipped(_parts(name) | {part: data})


def _many_parts() -> bytes:
    return zipped({f"{number}": b"" for number in range(30_000)})


def _overlapping() -> bytes:
    """An archive whose directory names one stream of 10 MB a thousand times."""
    data = bytearray(zipped({"content.xml": b" " * 10_000_000}))
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry, tail = bytes(data[start:end]), bytearray(data[end:])
    tail[8:12] = (1000).to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * 1000).to_bytes(4, "little")
    return bytes(data[:start]) + entry * 1000 + bytes(tail)


def _archives_in_each_other() -> bytes:
    inner = zipped({"a": b"\0" * 10_000_000})
    for _ in range(20):
        inner = zipped({f"{at}.zip": inner for at in range(4)})[:2_000_000]
    return _with("docx", "word/document.xml", inner)


def _shared_text() -> bytes:
    """A row of 100,000 cells that all show one text of 1 MB."""
    parts = _parts("xlsx")
    relation = b'<Relationship Id="rIdS" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)
    parts["xl/sharedStrings.xml"] = b"<sst %s><si><t>%s</t></si></sst>" % (X, b"x" * 1_000_000)
    row = b"<row>%s</row>" % (b'<c t="s"><v>0</v></c>' * 100_000)
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (X, row)
    return zipped(parts)


def _wide_rows() -> bytes:
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_048_577, 10))
    sheet = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (X, rows)
    return _with("xlsx", "xl/worksheets/sheet1.xml", sheet)


def _repeated_cells() -> bytes:
    """A sheet of a billion rows with a billion columns each, in one line."""
    data = _parts("odt")["content.xml"]
    cell = b'<table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell>'
    row = b'<table:table-row table:number-rows-repeated="1000000000">%s</table:table-row>' % cell
    return _with(
        "odt", "content.xml", data.replace(b"</office:text>", b"<table:table>%s</table:table></office:text>" % row)
    )


def _endless_spine() -> bytes:
    """A book whose reading order names one chapter of 100 kB a hundred thousand times."""
    book = _parts("epub")["OEBPS/book.opf"]
    item = b'<itemref idref="chapter0.xhtml"/>'
    chapter = b"<html><body>%s</body></html>" % (b"<p>The offer stands.</p>" * 4_000)
    parts = {"OEBPS/book.opf": book.replace(item, item * 100_000, 1), "OEBPS/chapter0.xhtml": chapter}
    return zipped(_parts("epub") | parts)


def pdf(objects: list[bytes]) -> bytes:
    """A file of these objects, numbered from 1, the first of them the catalogue."""
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> %s >> /Contents 4 0 R >>"
)


def _stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), entries, body)


def _inflating_page() -> bytes:
    """A page whose content is 1 GB of text commands in a stream of 1 MB."""
    packer = zlib.compressobj(9)
    line = b"(The offer stands.) Tj T* " * 40_000
    body = b"".join([packer.compress(b"BT /F 12 Tf "), *[packer.compress(line) for _ in range(1_000)], packer.flush()])
    pages = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    return pdf([CATALOG, pages, FONT, _stream(body, b"/Filter /FlateDecode"), PAGE % b""])


def _forms_in_forms() -> bytes:
    """Ten forms, each of which draws the next ten times."""
    forms = [
        _stream(
            b"/X Do " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % (number + 1),
        )
        for number in range(6, 16)
    ]
    last = _stream(
        b"BT /F 9 Tf (x) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F 3 0 R >> >>"
    )
    pages = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    page = PAGE % b"/XObject << /X 6 0 R >>"
    return pdf([CATALOG, pages, FONT, _stream(b"/X Do"), page, *forms, last])


def _many_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(20_001))
    pages = b"<< /Type /Pages /Kids [%s] /Count 20001 >>" % kids
    return pdf([CATALOG, pages, FONT, _stream(b""), *[PAGE % b""] * 20_001])


def _mail_in_mail() -> bytes:
    data = b"Subject: x\n"
    for number in range(2_000):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number)
    return data + b"\nText.\n"


def _long_name() -> bytes:
    """An archive whose member says that its name takes 200 MB."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 200 << 20
    return gzip.compress(info.tobuf() + b"a" * (200 << 20), 1)


def _wide_sheet() -> bytes:
    rows: list[list[str | float | None]] = [[1.0, *[None] * 254, 1.0], *[[]] * 65_534, [1.0]]
    return workbook({str(number): rows for number in range(8)})


def _circle_of_sectors() -> bytes:
    data = bytearray(compound(message({0x0037: "x", 0x1000: "Text. " * 2_000})))
    start = 512 * (1 + int.from_bytes(data[76:80], "little"))
    for at in range(start, start + 512, 4):  # each sector goes on with the first
        data[at : at + 4] = bytes(4)
    return bytes(data)


def _messages_in_messages() -> bytes:
    tree = inner({0x0037: "Innermost"})
    for _ in range(200):
        tree = inner({0x0037: "x"}) | {"__attach_version1.0_#00000000": part({}) | {"__substg1.0_3701000D": tree}}
    return compound(
        message({0x0037: "x"}) | {"__attach_version1.0_#00000000": part({}) | {"__substg1.0_3701000D": tree}}
    )


BOMBS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a part that inflates to 300 MB": lambda: ("docx", _with("docx", "word/document.xml", b" " * (300 << 20))),
    "30,000 parts": lambda: ("odt", _many_parts()),
    "parts that lie over each other": lambda: ("odt", _overlapping()),
    "archives in archives": lambda: ("docx", _archives_in_each_other()),
    "entities that multiply": lambda: ("docx", _with("docx", "word/document.xml", LAUGHS + b"<a>&m;</a>")),
    "elements 100,000 deep": lambda: ("odt", _with("odt", "content.xml", b"<a>" * 100_000 + b"</a>" * 100_000)),
    "1,000,000 attributes": lambda: (
        "docx",
        _with("docx", "word/document.xml", b"<a " + b"".join(b'b%d="" ' % n for n in range(1_000_000)) + b"/>"),
    ),
    "one text in 100,000 cells": lambda: ("xlsx", _shared_text()),
    "a sheet as wide and long as they go": lambda: ("xlsx", _wide_rows()),
    "a billion rows in one line": lambda: ("odt", _repeated_cells()),
    "a book of 100,000 equal chapters": lambda: ("epub", _endless_spine()),
    "a page of 1 GB": lambda: ("pdf", _inflating_page()),
    "forms that draw each other": lambda: ("pdf", _forms_in_forms()),
    "20,001 pages": lambda: ("pdf", _many_pages()),
    "pages that hold themselves": lambda: (
        "pdf",
        pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 4 >>"]),
    ),
    "groups 1,000,000 deep": lambda: ("rtf", b"{\\rtf1 " + b"{" * 1_000_000),
    "mail in mail in mail": lambda: ("eml", _mail_in_mail()),
    "a page 500,000 deep": lambda: ("html", b"<div>" * 500_000),
    "1,000,000 links": lambda: ("html", b"<a href=x>y</a> " * 1_000_000),
    "one statement of 1 MB": lambda: ("txt", b"word " * 200_000 + b"ends.\n"),
    "one word of 10 MB": lambda: ("txt", b"w" * 10_000_000),
    "1,000,000 lists in lists": lambda: ("json", b"[" * 1_000_000),
    "a row of 1,000,000 cells": lambda: ("csv", b"a," * 1_000_000),
    "1,000,000 members": lambda: ("zip", b"PK\x03\x04" + (b"PK\x01\x02" + bytes(42) + b"a") * 1_000_000),
    "an archive that inflates to 300 MB": lambda: ("tgz", gzip.compress(b"\0" * (300 << 20), 1)),
    "a name of 200 MB": lambda: ("tgz", _long_name()),
    "a sheet that spans all cells": lambda: ("xls", _wide_sheet()),
    "a circle of sectors": lambda: ("msg", _circle_of_sectors()),
    "messages in messages": lambda: ("msg", _messages_in_messages()),
    "300,000 messages": lambda: ("mbox", b"From a\nSubject: x\n\nText.\n\n" * 300_000),
    "elements of XML 100,000 deep": lambda: ("xml", b"<a>" * 100_000 + b"</a>" * 100_000),
    "entities of XML that multiply": lambda: ("xml", LAUGHS + b"<a>&m;</a>"),
    "1,000,000 elements": lambda: ("xml", b"<a>" + b"<b c='d'>e</b>" * 1_000_000 + b"</a>"),
    "1,000,000 cues": lambda: ("srt", b"1\n00:00:01,000 --> 00:00:02,000\nText.\n\n" * 1_000_000),
    "1,000,000 marks in one cue": lambda: ("vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v " * 1_000_000),
    "1,000,000 properties": lambda: ("ics", b"BEGIN:VCALENDAR\n" + b"SUMMARY:x\n" * 1_000_000),
    "1,000,000 parameters": lambda: ("vcf", b"BEGIN:VCARD\nTEL" + b";TYPE=x" * 1_000_000 + b":1\n"),
    "quotes 5,000 deep": lambda: ("rst", b"".join(b" " * n + b"x\n\n" for n in range(5_000))),
    "100,000 directives": lambda: ("rst", b".. x::\n\n" * 100_000),
}
