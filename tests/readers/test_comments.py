"""Comments of reviewers: left out unless `[extract] comments` asks for them; then they stand behind the text."""

from __future__ import annotations

import io

import pytest

from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.config import Extract
from tests.support.documents import docx, docx_part, odf, w_p, w_r


def _docx() -> bytes:
    mark = '<w:r><w:commentReference w:id="{}"/></w:r>'.format
    comments = "".join(
        f'<w:comment w:id="{number}" w:author="Ada Lee">{w_p(w_r(text))}</w:comment>'
        for number, text in ((2, "Who pays?"), (1, "Do not sign."), (9, "No mark."))
    )
    body = w_p(w_r("Pay in 30 days.") + mark(1) + mark(2))
    return docx(body, others={"comments.xml": ("comments", docx_part("comments", comments))})


def _odt() -> bytes:
    note = "<office:annotation><dc:creator>Ada Lee</dc:creator><text:p>{}</text:p></office:annotation>".format
    return odf(f"<text:p>Pay in 30 days.{note('Do not sign.')}{note('Who pays?')}</text:p>")


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(72, 700, "Pay in 30 days.")
    for place, text in enumerate(("Do not sign.", "Who pays?")):
        canvas.textAnnotation(text, Rect=[100, 100 + 50 * place, 120, 120 + 50 * place], T="(Ada Lee)")
    canvas.save()
    return stream.getvalue()


def _rtf() -> bytes:
    mark = r"{{\*\atnid AL}}{{\*\atnauthor Ada Lee}}\chatn{{\*\annotation{{\*\atnref 1}}\pard\plain {}\par}}".format
    return (r"{\rtf1\pard Pay in 30 days." + mark("Do not sign.") + mark("Who pays?") + r"\par}").encode()


def _pptx() -> bytes:
    """The first comment as PowerPoint 2010 writes one, the second as its successors do."""
    import pptx
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_textbox(0, 0, 9000, 9000).text_frame.text = "Pay in 30 days."
    office, schema = "http://schemas.openxmlformats.org", "http://schemas.microsoft.com/office"
    main, drawn = f"{office}/presentationml/2006/main", f"{office}/drawingml/2006/main"
    new = f"{schema}/powerpoint/2018/8/main"
    body = "<c:txBody><a:p><a:r><a:t>Who pays?</a:t></a:r></a:p></c:txBody>"
    parts = (
        (
            show.part,
            "commentAuthors",
            f'<c:cmAuthorLst xmlns:c="{main}"><c:cmAuthor id="0" name="Ada Lee"/></c:cmAuthorLst>',
        ),
        (show.part, "authors", f'<c:authorLst xmlns:c="{new}"><c:author id="{{1}}" name="Ada Lee"/></c:authorLst>'),
        (
            slide.part,
            "comments",
            f'<c:cmLst xmlns:c="{main}"><c:cm authorId="0"><c:text>Do not sign.</c:text></c:cm></c:cmLst>',
        ),
        (
            slide.part,
            "comments",
            f'<c:cmLst xmlns:c="{new}" xmlns:a="{drawn}"><c:cm authorId="{{1}}">{body}</c:cm></c:cmLst>',
        ),
    )
    for number, (part, kind, content) in enumerate(parts):
        name = PackURI(f"/ppt/comments/part{number}.xml")
        made = Part(name, "application/xml", show.part.package, content.encode())
        part.relate_to(made, f"{office}/officeDocument/2006/relationships/{kind}")
    stream = io.BytesIO()
    show.save(stream)
    return stream.getvalue()


MADE = {"docx": _docx, "odt": _odt, "pdf": _pdf, "rtf": _rtf, "pptx": _pptx}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("comments", [False, True])
def test_comments_are_read_where_they_are_asked_for(name: str, comments: bool) -> None:
    with DocumentReader(ReadOptions(extract=Extract(comments=comments))) as documents:
        found = documents.read(f"a.{name}", MADE[name]()).statements or ()
    asked = ["Ada Lee: Do not sign.", "Ada Lee: Who pays?"] if comments else []
    assert [one.text for one in found] == ["Pay in 30 days.", *asked]


@pytest.mark.parametrize("comments", [False, True])
def test_comments_of_a_workbook_name_their_cells(comments: bool) -> None:
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Fees"
    sheet["A1"], sheet["B1"] = "Fee", 10
    sheet["B1"].comment = Comment("Ada Lee:\nDo not sign.", "Ada Lee")
    stream = io.BytesIO()
    book.save(stream)
    with DocumentReader(ReadOptions(extract=Extract(comments=comments))) as documents:
        found = documents.read("a.xlsx", stream.getvalue())
    asked = ["Ada Lee, Fees!B1: Do not sign."] if comments else []
    assert [one.text for one in found.statements or ()] == ["Fees", "Fee | 10", *asked]
    assert found.notes == (() if comments else ("1 comment is not read",))


@pytest.mark.parametrize("name", ["docx", "odt", "pdf", "rtf", "pptx"])
def test_comments_that_are_left_out_are_counted(name: str) -> None:
    with DocumentReader(ReadOptions()) as documents:
        assert "are not read" in documents.read(f"a.{name}", MADE[name]()).notes[0]
