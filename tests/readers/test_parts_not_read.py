"""What a reader leaves out of a document is named in a note: comments, pages that are pictures, charts."""

from __future__ import annotations

import io

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from monitor.app.sandbox import read_in_this_process
from tests.readers.test_comments import MADE
from tests.support.documents import docx, docx_part, w_p, w_r


def notes(name: str, data: bytes) -> tuple[str, ...]:
    return read_in_this_process(name, data).notes


@pytest.mark.parametrize("name", MADE)
def test_comments_that_are_not_asked_for_are_counted(name: str) -> None:
    assert notes(f"a.{name}", MADE[name]()) == ("2 comments are not read",)


@pytest.mark.parametrize("name", MADE)
def test_comments_that_are_read_are_not_named(name: str) -> None:
    assert read_in_this_process(f"a.{name}", MADE[name](), comments=True).notes == ()


def test_comments_are_read_by_content_not_by_name() -> None:
    found = read_in_this_process("a.doc", MADE["pdf"](), comments=True)
    assert "Ada Lee: Do not sign." in [one.text for one in found.statements or ()]


def test_comment_without_a_mark_is_no_part() -> None:
    comment = docx_part("comments", f'<w:comment w:id="9">{w_p(w_r("No mark."))}</w:comment>')
    assert notes("a.docx", docx(w_p(w_r("Text.")), others={"comments.xml": ("comments", comment)})) == ()


def test_comments_of_a_workbook_are_counted() -> None:
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.active["A1"] = "Fee"
    book.active["A1"].comment = Comment("Too high.", "Ada")
    book.create_chartsheet()
    stream = io.BytesIO()
    book.save(stream)
    assert notes("a.xlsx", stream.getvalue()) == ("1 comment is not read", "1 chart is not read")


def _scanned(*kinds: str) -> bytes:
    import PIL.Image

    stream = io.BytesIO()
    canvas = Canvas(stream)
    for kind in kinds:
        if kind == "text":
            canvas.drawString(72, 700, "The fee is ten euros.")
        if kind == "picture":
            canvas.drawImage(ImageReader(PIL.Image.new("RGB", (8, 8))), 72, 72)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["text", "text"], ()),
        (["text", "empty"], ()),
        (["text", "picture"], ("1 page is not read (a picture without text, first page 2)",)),
        (["picture", "text", "picture"], ("2 pages are not read (pictures without text, first page 1)",)),
    ],
)
def test_pages_that_are_pictures_are_counted(kinds: list[str], told: tuple[str, ...]) -> None:
    assert notes("a.pdf", _scanned(*kinds)) == told


def test_form_that_only_its_own_program_shows_is_named() -> None:
    catalog = "<< /Type /Catalog /Pages 2 0 R /NeedsRendering true /AcroForm << /Fields [] /XFA 5 0 R >> >>"
    font = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    objects = [
        catalog,
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font {font} >> >>",
        "<< /Length 42 >>\nstream\nBT /F 11 Tf 72 700 Td (Please wait...) Tj ET\nendstream",
        "<< /Length 11 >>\nstream\n<xdp></xdp>\nendstream",
    ]
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1))
    data = f"%PDF-1.7\n{body}trailer << /Size 6 /Root 1 0 R >>\n%%EOF\n".encode()
    assert notes("a.pdf", data) == ("1 form is not read (only Adobe's programs show it)",)
