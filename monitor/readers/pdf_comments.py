"""Read the comments of reviewers in a PDF: notes, remarks on marked text, text written over the page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, Final

from monitor.model import Block, BlockKind

_MOST: Final = 20_000  # of a page
_LONGEST: Final = 100_000  # bytes of one
_WHITE: Final = "\x00 \t\r\n"


def comments(page: Any) -> Iterator[Block]:
    """The comments of an open page, each with the name of who wrote it."""
    from pypdfium2 import raw

    kinds = {
        raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE,
        raw.FPDF_ANNOT_SQUIGGLY, raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_CARET, raw.FPDF_ANNOT_STAMP,
    }  # fmt: skip
    for place in range(min(_MOST, raw.FPDFPage_GetAnnotCount(page.raw))):
        annotation = raw.FPDFPage_GetAnnot(page.raw, place)
        if annotation and raw.FPDFAnnot_GetSubtype(annotation) in kinds:
            text = _value(raw, annotation, b"Contents")
            if text:
                author = _value(raw, annotation, b"T")
                yield Block(BlockKind.PARAGRAPH, f"{author}: {text}" if author else text)
        raw.FPDFPage_CloseAnnot(annotation)


def _value(raw: Any, annotation: Any, key: bytes) -> str:
    """A text that the annotation holds under this key, on one line."""
    size = min(_LONGEST, raw.FPDFAnnot_GetStringValue(annotation, key, None, 0))
    buffer = ctypes.create_string_buffer(max(2, size))
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return " ".join(buffer.raw[:size].decode("utf-16-le", "replace").strip(_WHITE).split())
