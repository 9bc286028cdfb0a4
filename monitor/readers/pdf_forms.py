"""What people added to a PDF: entries in the fields of its forms, as words at their places, and comments.

An entry stands behind the label at its left, a box or a radio button beside the label that is nearest.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from monitor.model import Block, BlockKind
from monitor.readers.inline_marks import CHECKED, CHOSEN, NOT_CHOSEN, UNCHECKED, check_box
from monitor.readers.pdf_words import Word

_SIZE: Final = 0.7  # of a field's height: its text, where no label tells the size
_LARGEST: Final = 12.0  # points: the text of a field of many lines
_SPACE, _LETTER = 0.25, 0.5  # of the size: between an entry and its label, and how wide a letter is
_SAME_LINE: Final = 0.8  # of the size: how far a label's line and the middle of its field differ
_FAR: Final = 30  # times the size: what is further away is no label
_MOST_COMMENTS: Final = 20_000  # of a page
_LONGEST_COMMENT: Final = 100_000  # bytes of one
_WHITE: Final = "\x00 \t\r\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """The state of one field: its text, its place on the page, and whether its label may be at the right."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    is_box: bool


@contextmanager
def form_of(document: Any) -> Iterator[Any]:
    """Pdfium's handle of the document's form; None where it has none."""
    from pypdfium2 import raw

    if raw.FPDF_GetFormType(document.raw) == raw.FORMTYPE_NONE:
        yield None
        return
    config = raw.FPDF_FORMFILLINFO(version=2)
    form = raw.FPDFDOC_InitFormFillEnvironment(document.raw, config)
    try:
        yield form
    finally:
        if form:
            raw.FPDFDOC_ExitFormFillEnvironment(form)


def is_dynamic(document: Any) -> bool:
    """Whether the form is one that only Adobe's programs show (XFA): pdfium sees nothing of it."""
    from pypdfium2 import raw

    return bool(raw.FPDF_GetFormType(document.raw) == raw.FORMTYPE_XFA_FULL)


def entries_of(page: Any, form: Any) -> Iterator[Entry]:
    """The fields of an open page that show something."""
    from pypdfium2 import raw

    for at in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, at)
        if not annotation:
            continue
        try:
            entry = _entry(raw, form, annotation)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
        if entry is not None:
            yield entry


def _entry(raw: Any, form: Any, annotation: Any) -> Entry | None:
    if raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_WIDGET:
        return None
    if raw.FPDFAnnot_GetFlags(annotation) & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW):
        return None
    box = raw.FS_RECTF()
    text = _shown(raw, form, annotation)
    if not text or not raw.FPDFAnnot_GetRect(annotation, box):
        return None
    is_box = text in (CHECKED, UNCHECKED, CHOSEN, NOT_CHOSEN)
    return Entry(text, box.left, box.right, min(box.bottom, box.top), max(box.bottom, box.top), is_box)


def _shown(raw: Any, form: Any, annotation: Any) -> str:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        # pdfium's own answer heeds only what was clicked since
        state = _text(raw.FPDFAnnot_GetStringValue, annotation, b"AS")
        checked = state not in ("", "Off")
        return check_box(checked=checked, radio=kind == raw.FPDF_FORMFIELD_RADIOBUTTON)
    if kind in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        options = range(raw.FPDFAnnot_GetOptionCount(form, annotation))
        chosen = [
            _text(raw.FPDFAnnot_GetOptionLabel, form, annotation, at)
            for at in options
            if raw.FPDFAnnot_IsOptionSelected(form, annotation, at)
        ]
        return ", ".join(chosen) or _text(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    secret = raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & raw.FPDF_FORMFLAG_TEXT_PASSWORD
    if kind != raw.FPDF_FORMFIELD_TEXTFIELD or secret:
        return ""
    return _text(raw.FPDFAnnot_GetFormFieldValue, form, annotation)


def _text(call: Any, *of: Any) -> str:
    length = call(*of, None, 0)
    if length <= 2:  # nothing but its end
        return ""
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    call(*of, buffer, length)
    return " ".join(bytes(buffer)[:length].decode("utf-16-le", "replace").rstrip("\0").split())


def with_entries(words: Sequence[Word], entries: Sequence[Entry]) -> list[Word]:
    """The words in the order of the file, with those of the entries beside their labels."""
    found = list(words)
    for entry in entries:
        at, before = _label(found, entry)
        if at is None:
            found += _typed(entry, _place(entry))
        elif before:
            found[at + 1 : at + 1] = _typed(entry, found[at])
        else:
            label = found[at]
            end = label.left - _SPACE * label.size
            found.insert(at, _like(label, entry.text, end - label.size, end))
    return found


def _place(entry: Entry) -> Word:
    """An empty word where an entry without a label begins."""
    height = entry.top - entry.bottom
    size = max(1.0, min(_LARGEST, _SIZE * height))
    base = entry.bottom + (height - size) / 2 if height < 2 * size else entry.top - size
    return Word("", entry.left, entry.left, base, size, 0, 0)


def _typed(entry: Entry, label: Word) -> list[Word]:
    """The words of an entry from the end of its label on, as wide as its field at most."""
    size = label.size
    left = label.right + _SPACE * size
    pieces = entry.text.split()
    natural = sum(_LETTER * size * len(piece) + _SPACE * size for piece in pieces)
    share = min(1.0, max(entry.right - left, size) / natural)
    found = []
    for piece in pieces:
        right = left + share * _LETTER * size * len(piece)
        found.append(_like(label, piece, left, right))
        left = right + share * _SPACE * size
    return found


def _like(label: Word, text: str, left: float, right: float) -> Word:
    return replace(label, text=text, left=left, right=right, broken=False, target="", spaced=True, entered=True)


def _label(words: Sequence[Word], entry: Entry) -> tuple[int | None, bool]:
    """The place of the entry's label in the words, None where it has none; and whether it stands before the entry."""
    middle = (entry.bottom + entry.top) / 2
    best: tuple[float, int, bool] | None = None
    for at, word in enumerate(words):
        if word.quarter or word.angle or abs(word.base + word.size / 3 - middle) > _SAME_LINE * word.size:
            continue
        for before, apart in ((True, entry.left - word.right), (False, word.left - entry.right)):
            if (before or entry.is_box) and -word.size < apart < _FAR * word.size and (not best or apart < best[0]):
                best = apart, at, before
    return (best[1], best[2]) if best else (None, False)


# --- comments of reviewers: notes, remarks on marked text, text written over the page ------------------


def comments(page: Any) -> Iterator[Block]:
    """The comments of an open page, each with the name of who wrote it."""
    from pypdfium2 import raw

    kinds = {
        raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE,
        raw.FPDF_ANNOT_SQUIGGLY, raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_CARET, raw.FPDF_ANNOT_STAMP,
    }  # fmt: skip
    for place in range(min(_MOST_COMMENTS, raw.FPDFPage_GetAnnotCount(page.raw))):
        annotation = raw.FPDFPage_GetAnnot(page.raw, place)
        if annotation and raw.FPDFAnnot_GetSubtype(annotation) in kinds:
            text = _comment_value(raw, annotation, b"Contents")
            if text:
                author = _comment_value(raw, annotation, b"T")
                yield Block(BlockKind.PARAGRAPH, f"{author}: {text}" if author else text)
        raw.FPDFPage_CloseAnnot(annotation)


def _comment_value(raw: Any, annotation: Any, key: bytes) -> str:
    """A text that the annotation holds under this key, on one line."""
    size = min(_LONGEST_COMMENT, raw.FPDFAnnot_GetStringValue(annotation, key, None, 0))
    buffer = ctypes.create_string_buffer(max(2, size))
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return " ".join(buffer.raw[:size].decode("utf-16-le", "replace").strip(_WHITE).split())
