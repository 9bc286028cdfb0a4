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


MADE = {"docx": _docx, "odt": _odt, "pdf": _pdf}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("comments", [False, True])
def test_comments_are_read_where_they_are_asked_for(name: str, comments: bool) -> None:
    with DocumentReader(ReadOptions(extract=Extract(comments=comments))) as documents:
        found = documents.read(f"a.{name}", MADE[name]()).statements or ()
    asked = ["Ada Lee: Do not sign.", "Ada Lee: Who pays?"] if comments else []
    assert [one.text for one in found] == ["Pay in 30 days.", *asked]
