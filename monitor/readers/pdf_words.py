"""The words of a PDF page with their positions, from pdfium."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from monitor.readers.symbol_fonts import signs

_SPACES: Final = frozenset(map(ord, " \t\r\n\f\v\0"))
_BROKEN: Final = frozenset({0xFFFE, 0x02})  # what pdfium gives for a hyphen at the end of a line
_REPLACED: Final = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0xF0B7: "•", 0xAD: "-", 0xFFFF: "",
}  # fmt: skip
_DIGITS: Final = dict(zip(map(ord, "0123456789"), map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹"), strict=True))
_RAISED: Final = 0.85  # of the size of what stands before
_MAY_BE_RAISED: Final = frozenset("*†‡§¶")  # at the end of a word, as the mark of a note
_BOLD: Final = ("bold", "black", "heavy", "semibd", "demi")  # in a font's name
_BOLD_WEIGHT: Final = 700
_OBLIQUE: Final = math.radians(5)  # from a right angle: text that is turned by more stands on no line
_NARROW: Final = 0.05  # of the size: as wide a gap is none, unless a space was written there
_PRIVATE: Final = range(0xF020, 0xF100)  # codes of symbol fonts
_RTL: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between. Places in points, y upwards, the page turned so that text runs right.

    `base` is the y of the line that it stands on, `size` that of its font. `weight` is what the font says of itself:
    700 is bold, 0 unknown. `broken`: a hyphen at the end of the line followed. `quarter`: by how many right angles its
    text is turned on the page; `angle`: by how many degrees, where that is no right angle, else 0. `spaced`: a space
    was written before it, however narrow. `entered`: it shows the state of a form's field.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    weight: int
    quarter: int
    broken: bool = False
    target: str = ""
    angle: int = 0
    spaced: bool = False
    entered: bool = False


def words_of(document: Any, page: Any) -> list[Word]:
    """All words of an open page, in the order of the file."""
    from pypdfium2 import raw

    text = page.get_textpage()
    try:
        words = [word for word in _PageParser(raw, text.raw, page.get_bbox()).words() if word.text]
        links = list(_links(raw, document.raw, page.raw)) if words else []
    finally:
        text.close()
    return [_linked(word, links) for word in words] if links else words


class _PageParser:
    """Calls pdfium for one page; the C values that it writes to are made once."""

    def __init__(self, raw: Any, text: Any, visible: tuple[float, float, float, float]) -> None:
        self._raw = raw
        self._text = text
        self._visible = visible  # what is shown of the page: left, bottom, right, top
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._box, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self._name, self._flags = ctypes.create_string_buffer(128), ctypes.c_int()

    def words(self) -> Iterator[Word]:
        code_of, text = self._raw.FPDFText_GetUnicode, self._text
        pieces: list[str] = []
        first = 0
        space = -1  # the last one
        before: Word | None = None
        count = self._raw.FPDFText_CountChars(text)
        for at in range(count):
            code = code_of(text, at)
            if code in _SPACES or code in _BROKEN:
                if pieces:
                    word = self._word(pieces, first, at - 1, broken=code in _BROKEN)
                    before = self._spaced(before, word, space)
                    yield from self._parted(before, pieces, first, at - 1)
                    pieces = []
                space = at
                continue
            if not pieces:
                first = at
            elif code in _DIGITS and self._is_raised(first, at):
                code = _DIGITS[code]
            if code in _PRIVATE and code not in _REPLACED:
                pieces.append(signs(chr(code), self._font(at)))
            else:
                pieces.append(_REPLACED[code] if code in _REPLACED else _char(code))
        if pieces:
            word = self._spaced(before, self._word(pieces, first, count - 1, broken=False), space)
            yield from self._parted(word, pieces, first, count - 1)

    def _parted(self, word: Word, pieces: list[str], first: int, last: int) -> Iterator[Word]:
        """The word, and apart from it a figure before it and the signs behind it that are raised.

        Other raised figures are written as such.
        """
        begins = first < last and (pieces[0].isdecimal() or pieces[0] in _MAY_BE_RAISED)
        if begins and self._size(first) < _RAISED * self._size(last):
            low = next(at for at in range(first, last + 1) if self._size(at) >= _RAISED * self._size(last))
            yield self._word(pieces[: low - first], first, low - 1, broken=False)
            yield self._word(pieces[low - first :], low, last, broken=word.broken)
            return
        at = last
        if pieces[-1][:1] in _MAY_BE_RAISED and word.text:
            while at > first + 1 and self._size(at) < _RAISED * self._size(first) and self._is_raised(first, at):
                at -= 1
            if at == first + 1 and self._is_raised(first, at):
                at -= 1
        if at == last:
            yield word
            return
        cut = at + 1 - first
        yield replace(self._word(pieces[:cut], first, at, broken=False), target=word.target, spaced=word.spaced)
        yield self._word(pieces[cut:], at + 1, last, broken=word.broken)

    def _spaced(self, before: Word | None, word: Word, space: int) -> Word:
        """The word, and that a space is written before it where none is to be seen."""
        if before is None or space < 0 or abs(word.base - before.base) > _NARROW * word.size:
            return word
        apart = max(word.left - before.right, before.left - word.right)
        if not -word.size < apart <= _NARROW * word.size or is_rtl(before.text + word.text):
            return word
        return word if self._raw.FPDFText_IsGenerated(self._text, space) else replace(word, spaced=True)

    def _word(self, pieces: list[str], first: int, last: int, *, broken: bool) -> Word:
        raw, text = self._raw, self._text
        raw.FPDFText_GetCharOrigin(text, first, self._x, self._y)
        x, y = self._x.value, self._y.value
        # scripts that run both ways may begin and end in the middle
        written = "".join(pieces)
        boxes = [self._box_of(at) for at in (range(first, last + 1) if is_rtl(written) else {first, last})]
        left, right = min(box[0] for box in boxes), max(box[1] for box in boxes)
        low, high = min(box[2] for box in boxes), max(box[3] for box in boxes)
        turned = raw.FPDFText_GetCharAngle(text, first)
        from_left, from_bottom, to_right, to_top = self._visible
        if right < from_left or left > to_right or high < from_bottom or low > to_top:
            written = ""  # beside the page
        quarters = round(turned / (math.pi / 2))
        quarter = -quarters % 4  # pdfium turns clockwise
        oblique = abs(turned - quarters * math.pi / 2) > _OBLIQUE
        angle = round(math.degrees(turned)) if oblique else 0
        # turned so that text runs to the right
        (start, end), base = (
            ((left, right), y), ((low, high), -x), ((-right, -left), -y), ((-high, -low), x)
        )[quarter]  # fmt: skip
        return Word(written, start, end, base, self._size(first), self._weight(first), quarter, broken, "", angle)

    def _is_raised(self, first: int, at: int) -> bool:
        """Whether the character is a superscript: glued to a word or a figure, a plain digit would change it."""
        raw, text = self._raw, self._text
        if self._size(at) >= _RAISED * self._size(first):
            return False
        raw.FPDFText_GetCharOrigin(text, first, self._x, self._y)
        base = self._y.value
        raw.FPDFText_GetCharOrigin(text, at, self._x, self._y)
        return bool(self._y.value > base)

    def _box_of(self, at: int) -> tuple[float, float, float, float]:
        self._raw.FPDFText_GetLooseCharBox(self._text, at, self._box)
        return self._box.left, self._box.right, self._box.bottom, self._box.top

    def _size(self, at: int) -> float:
        self._raw.FPDFText_GetMatrix(self._text, at, self._matrix)
        scale = math.hypot(self._matrix.c, self._matrix.d)
        return max(0.1, round(float(self._raw.FPDFText_GetFontSize(self._text, at)) * scale, 1))

    def _weight(self, at: int) -> int:
        weight = int(self._raw.FPDFText_GetFontWeight(self._text, at))
        if weight > 0:
            return weight
        name = self._font(at).lower()
        return _BOLD_WEIGHT if any(word in name for word in _BOLD) else 0

    def _font(self, at: int) -> str:
        self._raw.FPDFText_GetFontInfo(self._text, at, self._name, 128, self._flags)
        return self._name.value.decode("latin-1")


def is_rtl(text: str) -> bool:
    """Whether any of the characters belongs to a script that runs to the left."""
    return _RTL.search(text) is not None


def _char(code: int) -> str:
    # half of a surrogate pair stands for a character that the font does not name
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


_Area = tuple[float, float, float, float, str]


def _links(raw: Any, document: Any, page: Any) -> Iterator[_Area]:
    """The areas of the page that lead to an address: left, right, bottom, top, target."""
    at, link, rectangle = ctypes.c_int(0), raw.FPDF_LINK(), raw.FS_RECTF()
    while raw.FPDFLink_Enumerate(page, at, link):
        action = raw.FPDFLink_GetAction(link)
        if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
            continue
        length = raw.FPDFAction_GetURIPath(document, action, None, 0)
        buffer = ctypes.create_string_buffer(length)
        raw.FPDFAction_GetURIPath(document, action, buffer, length)
        if raw.FPDFLink_GetAnnotRect(link, rectangle):
            target = buffer.value.decode("utf-8", "replace")
            yield rectangle.left, rectangle.right, rectangle.bottom, rectangle.top, target


def _linked(word: Word, links: list[_Area]) -> Word:
    if word.quarter:
        return word
    middle, height = (word.left + word.right) / 2, word.base + word.size / 4
    for left, right, bottom, top, target in links:
        if left <= middle <= right and bottom <= height <= top:
            return replace(word, target=target)
    return word
