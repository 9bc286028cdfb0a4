"""A document of each format, revised with that format's own library: the log says exactly what was done."""

from __future__ import annotations

import io
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from tests.readers.writers import WRITERS, Text
from tests.support.workspace import Workspace

FIRST = "The ministry repeated on Monday that it may send 30 divers to the mission, and nobody else."
MOVED = "A reservation stands since last year: the force will not disarm anybody in the strip."
OTHERS = [
    "Two medical teams wait in the port of Ashdod for a letter from the council.",
    "The council has not set a date for its vote on the mandate so far.",
    "Every government was asked for its answer by the end of the month.",
]
TEXT: Text = [("h2", "Offers of Troops"), ("p", FIRST), ("p", MOVED), *(("p", one) for one in OTHERS)]


def _revised(text: Text) -> Text:
    rest = [(kind, one.replace("30", "45")) for kind, one in text if one != MOVED]
    return [*rest, ("p", MOVED)]


def _again(name: str) -> Callable[[bytes], bytes]:
    """Formats whose library writes and does not edit: written anew."""
    return lambda _data: WRITERS[name](_revised(TEXT))


def _docx(data: bytes) -> bytes:
    import docx

    document = docx.Document(io.BytesIO(data))
    paragraphs = document.paragraphs
    run = paragraphs[1].runs[0]
    run.text = run.text.replace("30", "45")
    paragraphs[-1]._p.addnext(paragraphs[2]._p)
    return _saved(document)


def _odt(data: bytes) -> bytes:
    import odfdo

    document = odfdo.Document(io.BytesIO(data))
    paragraphs = document.body.paragraphs
    paragraphs[0].replace("30", "45")
    moved = paragraphs[1]
    document.body.delete(moved)
    document.body.append(moved)
    return _saved(document)


def _pptx(data: bytes) -> bytes:
    import pptx

    show = pptx.Presentation(io.BytesIO(data))
    frame = show.slides[0].shapes[1].text_frame
    frame.paragraphs[0].runs[0].text = FIRST.replace("30", "45")
    frame.paragraphs[-1]._p.addnext(frame.paragraphs[1]._p)
    return _saved(show)


def _xlsx(data: bytes) -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    sheet["A1"] = FIRST.replace("30", "45")
    sheet.delete_rows(2)
    sheet.append([MOVED])
    return _saved(book)


def _eml(data: bytes) -> bytes:
    message: Any = message_from_bytes(data, policy=policy.default)
    parts = message.get_content().replace("30", "45").split("\n\n")
    parts.remove(MOVED)
    message.set_content("\n\n".join([*(part.strip() for part in parts), MOVED]) + "\n", cte="quoted-printable")
    return message.as_bytes()


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


REVISERS = {"docx": _docx, "odt": _odt, "pptx": _pptx, "xlsx": _xlsx, "eml": _eml}


@pytest.mark.parametrize("name", WRITERS)
def test_log_shows_exactly_a_figure_and_a_moved_paragraph(folder: Workspace, name: str) -> None:
    path = folder.seeds / f"brief.{name}"
    path.write_bytes(WRITERS[name](TEXT))
    folder.next_run()
    path.write_bytes(REVISERS.get(name, _again(name))(path.read_bytes()))
    folder.next_run()
    told = [(one["kind"], one["aspects"], one["before"][0]["text"], one["after"][0]["text"]) for one in folder.log()]
    assert sorted(told) == [
        ("moved", [], MOVED, MOVED),
        ("revised", ["number"], FIRST, FIRST.replace("30", "45")),
    ]


@pytest.mark.parametrize("name", WRITERS)
def test_saving_again_without_an_edit_is_no_change(folder: Workspace, name: str) -> None:
    path = folder.seeds / f"brief.{name}"
    path.write_bytes(WRITERS[name](TEXT))
    folder.next_run()
    path.write_bytes(_resaved(name, path.read_bytes()))
    folder.next_run()
    assert folder.log() == []


def _resaved(name: str, data: bytes) -> bytes:
    """The same text with other bytes, as an office program's `save` makes them."""
    if name in ("docx", "odt", "pptx", "xlsx", "epub"):
        import zipfile

        source, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target:
            for info in source.infolist():
                target.writestr(info.filename, source.read(info))
        return stream.getvalue()
    if name in ("txt", "md"):
        return data.replace(b"\n", b"\r\n")
    ends = {"html": b"<!-- saved -->", "rtf": b"\n", "pdf": b"\n% saved\n", "eml": b"\n"}
    return data + ends[name]
