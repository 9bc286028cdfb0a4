"""Small documents of many formats, made from the markup that stands in their body."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = " ".join(f'xmlns:{name}="{name}"' for name in ("m", "mc", "wp", "wps", "w14", "a", "c", "dgm", "v"))
_ODF = " ".join(
    f'xmlns:{name}="urn:{name}"'
    for name in ("office", "text", "table", "draw", "style", "fo", "form", "xlink", "presentation", "dc", "math")
) + ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'  # fmt: skip


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip file of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def docx_part(root: str, body: str, namespace: str = WORD) -> str:
    """An XML part of a Word document."""
    return f'<w:{root} xmlns:w="{namespace}" xmlns:r="{OFFICE}" {_NAMES}>{body}</w:{root}>'


def docx(body: str, *, styles: str = "", others: Mapping[str, tuple[str, str]] | None = None) -> bytes:
    """A Word document of this body. `others` are further parts: name -> (kind of the relationship, content)."""
    others = {"styles.xml": ("styles", docx_part("styles", styles)), **(others or {})}
    related = "".join(
        f'<Relationship Id="{name.partition(".")[0]}" Type="{OFFICE}/{kind}" Target="{name}"/>'
        for name, (kind, _) in others.items()
    )
    return zipped(
        {
            "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f"<Relationships>{related}</Relationships>",
            "word/document.xml": docx_part("document", f"<w:body>{body}</w:body>"),
            **{f"word/{name}": content for name, (_, content) in others.items()},
        }
    )


def w_p(runs: str, properties: str = "") -> str:
    """A paragraph of Word."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def w_r(text: str, properties: str = "") -> str:
    """A run of Word."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def w_tbl(*rows: str) -> str:
    """A table of Word: each row is the markup of its cells."""
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def w_tc(text: str, properties: str = "", style: str = "") -> str:
    """A cell of Word with one paragraph."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{w_p(w_r(text) if text else '', style)}</w:tc>"


def odf(body: str, *, kind: str = "text", styles: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument file of this body; `kind` is text, spreadsheet or presentation."""
    content = f"<office:document-content {_ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    return zipped({"content.xml": content, **(parts or {})})


def html(body: str) -> bytes:
    """A web page of this body."""
    return f"<!doctype html><meta charset=utf-8><body>{body}".encode()


def epub(body: str) -> bytes:
    """A book of one chapter."""
    return zipped(
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>',
            "a.opf": '<package><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="c"/></spine></package>',
            "c.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
            f"<head><title/></head><body>{body}</body></html>",
        }
    )


def rtf(body: str) -> bytes:
    """A document of Rich Text Format; what is not ASCII is written as RTF does."""
    text = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Times;}{\f1\fnil\fcharset2 Symbol;}}" + body + "}"
    return "".join(char if char.isascii() else rf"\u{ord(char)}?" for char in text).encode("ascii")


def plain(text: str) -> bytes:
    """A file of text."""
    return text.encode()


MAKERS: dict[str, Callable[[str], bytes]] = {
    "docx": docx,
    "odt": odf,
    "ods": lambda body: odf(body, kind="spreadsheet"),
    "html": html,
    "epub": epub,
    "rtf": rtf,
    "md": plain,
    "csv": plain,
    "txt": plain,
}
