"""One text written in each format with that format's own library. A text is a list of (kind, content).

Kinds: `h1`, `h2`, `p`, `li` with a string, `tr` with a list of strings; equal neighbours form one list or table.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape
from itertools import groupby
from typing import Any

Text = list[tuple[str, Any]]


def as_txt(text: Text) -> bytes:
    out = []
    for kind, parts in _runs(text):
        if kind in ("h1", "h2"):
            out += [f"{part}\n{('=' if kind == 'h1' else '-') * len(part)}" for part in parts]
        elif kind == "p":
            out += parts
        elif kind == "li":
            out.append("\n".join(f"- {part}" for part in parts))
        else:
            out.append("\n".join(f"| {' | '.join(row)} |" for row in parts))
    return ("\n\n".join(out) + "\n").encode()


def as_md(text: Text) -> bytes:
    out = []
    for kind, parts in _runs(text):
        if kind in ("h1", "h2"):
            out += [f"{'#' * int(kind[1])} {part}" for part in parts]
        elif kind == "p":
            out += parts
        elif kind == "li":
            out.append("\n".join(f"* {part}" for part in parts))
        else:
            rows = [f"| {' | '.join(row)} |" for row in parts]
            out.append("\n".join([rows[0], "|" + "---|" * len(parts[0]), *rows[1:]]))
    return ("\n\n".join(out) + "\n").encode()


def as_html(text: Text) -> bytes:
    return f"<!doctype html><meta charset=utf-8><body>\n{_html(text)}".encode()


def as_docx(text: Text) -> bytes:
    import docx

    document = docx.Document()
    for kind, parts in _runs(text):
        if kind == "tr":
            table = document.add_table(len(parts), len(parts[0]))
            for row, cells in zip(table.rows, parts, strict=True):
                for cell, content in zip(row.cells, cells, strict=True):
                    cell.text = content
            continue
        for part in parts:
            if kind in ("h1", "h2"):
                document.add_heading(part, int(kind[1]))
            else:
                document.add_paragraph(part, "List Bullet" if kind == "li" else None)
    return _saved(document.save)


def as_odt(text: Text) -> bytes:
    import odfdo

    document = odfdo.Document("text")
    body = document.body
    body.clear()
    for kind, parts in _runs(text):
        if kind in ("h1", "h2"):
            for part in parts:
                body.append(odfdo.Header(int(kind[1]), part))
        elif kind == "p":
            for part in parts:
                body.append(odfdo.Paragraph(part))
        elif kind == "li":
            body.append(odfdo.List(parts))
        else:
            table = odfdo.Table("Table", width=len(parts[0]), height=len(parts))
            for row, cells in enumerate(parts):
                for column, content in enumerate(cells):
                    cell = table.get_cell((column, row))
                    cell.clear()
                    cell.append(odfdo.Paragraph(content))
                    table.set_cell((column, row), cell)
            body.append(table)
    return _saved(document.save)


def as_pdf(text: Text) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import ListFlowable, Paragraph, SimpleDocTemplate, Table

    styles = getSampleStyleSheet()
    story: list[Any] = []
    for kind, parts in _runs(text):
        if kind == "tr":
            story.append(Table(parts, colWidths=140))
        elif kind == "li":
            items = [Paragraph(escape(part), styles["BodyText"]) for part in parts]
            story.append(ListFlowable(items, bulletType="bullet"))
        else:
            style = {"h1": "Heading1", "h2": "Heading2", "p": "BodyText"}[kind]
            story += [Paragraph(escape(part), styles[style]) for part in parts]
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A4, invariant=1).build(story)
    return stream.getvalue()


def as_rtf(text: Text) -> bytes:
    out = [r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Times;}}"]
    out.append(r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2\outlinelevel1 heading 2;}}")
    for kind, content in text:
        if kind == "tr":
            cells = "".join(rf"\pard\intbl {_rtf(cell)}\cell" for cell in content)
            out.append(rf"\trowd\cellx3000\cellx6000{cells}\row")
        elif kind == "li":
            out.append(rf"\pard{{\listtext\bullet\tab}}\ls1\ilvl0 {_rtf(content)}\par")
        else:
            style = {"h1": r"\s1", "h2": r"\s2", "p": ""}[kind]
            out.append(rf"\pard{style} {_rtf(content)}\par")
    return "\n".join([*out, "}"]).encode("ascii")


def as_epub(text: Text) -> bytes:
    """Each heading of the first level begins a chapter of its own."""
    chapters: list[Text] = []
    for one in text:
        if one[0] == "h1" or not chapters:
            chapters.append([])
        chapters[-1].append(one)
    names = [f"chapter{number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "OEBPS/book.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest>'
        f"<spine>{spine}</spine></package>",
    }
    for name, chapter in zip(names, chapters, strict=True):
        parts[f"OEBPS/{name}"] = (
            f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{_html(chapter)}</body></html>'
        )
    return zipped({name: part.encode() for name, part in parts.items()})


def as_eml(text: Text) -> bytes:
    message = EmailMessage()
    message["From"] = "Jo Doe <jo@example.org>"
    message["To"] = "desk@example.org"
    message["Subject"] = "The offer"
    message["Date"] = "Tue, 24 Nov 2026 07:38:44 +0000"
    message.set_content(as_txt(text).decode(), cte="quoted-printable")
    return message.as_bytes()


def as_pptx(text: Text) -> bytes:
    """Each heading begins a slide."""
    import pptx

    show = pptx.Presentation()
    slide: Any = None
    for kind, parts in _runs(text):
        if kind in ("h1", "h2"):
            for part in parts:
                slide = show.slides.add_slide(show.slide_layouts[5])
                slide.shapes.title.text = part
        elif kind == "tr":
            table = slide.shapes.add_table(len(parts), len(parts[0]), 0, 0, 9_000_000, 1_000_000).table
            for row, cells in enumerate(parts):
                for column, content in enumerate(cells):
                    table.cell(row, column).text = content
        else:
            frame = slide.shapes.add_textbox(0, 0, 9_000_000, 1_000_000).text_frame
            frame.text = parts[0]
            for part in parts[1:]:
                frame.add_paragraph().text = part
    return _saved(show.save)


def as_xlsx(text: Text) -> bytes:
    """Each heading begins a sheet; everything else is a row."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for kind, content in text:
        if kind in ("h1", "h2"):
            sheet = book.create_sheet(content)
        else:
            sheet.append(content if kind == "tr" else [content])
    return _saved(book.save)


WRITERS: dict[str, Callable[[Text], bytes]] = {
    "txt": as_txt,
    "md": as_md,
    "html": as_html,
    "docx": as_docx,
    "odt": as_odt,
    "pdf": as_pdf,
    "rtf": as_rtf,
    "epub": as_epub,
    "eml": as_eml,
    "pptx": as_pptx,
    "xlsx": as_xlsx,
}


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _runs(text: Text) -> Iterator[tuple[str, list[Any]]]:
    for kind, run in groupby(text, key=lambda one: one[0]):
        yield kind, [content for _, content in run]


def _html(text: Text) -> str:
    out = []
    for kind, parts in _runs(text):
        if kind == "tr":
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in parts)
            out.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        elif kind == "li":
            out.append(f"<ul>{''.join(f'<li>{escape(part)}</li>' for part in parts)}</ul>")
        else:
            out += [f"<{kind}>{escape(part)}</{kind}>" for part in parts]
    return "\n".join(out)


def _rtf(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("{", r"\{").replace("}", r"\}")
    return "".join(char if char.isascii() else rf"\u{ord(char)}?" for char in escaped)


def _saved(save: Callable[[Any], object]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()
