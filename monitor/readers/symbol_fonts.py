"""The characters of symbol fonts, whose codes mean another sign than in a font of letters.

Symbol is mapped wholly; of Wingdings and Webdings the boxes, ticks, crosses, bullets and arrows. Any other sign is kept
as the private-use character that Windows gives it, so that a change of it is a change.

Source: the mappings `symbol.txt` of Unicode and `WINGDING.TXT` of Microsoft.
"""

from __future__ import annotations

import re
from typing import Final

_SYMBOL: Final = dict(zip(range(0x20, 0x7F), (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?"
    "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
), strict=True)) | dict(zip(range(0xA0, 0xF0), (
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵"
    "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
    "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"
), strict=True)) | dict(zip(range(0xF1, 0xFF), "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭", strict=True))  # fmt: skip

_WINGDINGS: Final = {
    0x20: " ", 0x43: "👍", 0x44: "👎", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "☐", 0x71: "❑",
    0x72: "❒", 0x75: "◆", 0x76: "❖", 0x78: "☒", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "☐", 0xD5: "⌫", 0xD6: "⌦",
    0xD8: "‣", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE3: "↖", 0xE4: "↗", 0xE5: "↙", 0xE6: "↘", 0xE7: "←",
    0xE8: "→", 0xE9: "↑", 0xEA: "↓", 0xEB: "↖", 0xEC: "↗", 0xED: "↙", 0xEE: "↘", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧",
    0xF2: "⇩", 0xF3: "⬄", 0xF4: "⇳", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_FONTS: Final = {
    "symbol": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": {0x20: " ", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐"},
    "wingdings 3": {0x20: " "},
    "webdings": {0x20: " ", 0x61: "✓", 0x63: "☐", 0x67: "■", 0x72: "✗"},
}
_DECORATED: Final = re.compile(r"^[a-z]{6}\+|(?<=symbol)(?:mt|ps)?(?:[-,].*)?$|[-,]regular$")  # `ABCDEF+SymbolMT`
_PRIVATE: Final = 0xF000  # here Windows puts the codes of a symbol font


def is_symbol_font(font: str) -> bool:
    """Whether a font of this name shows other signs than the codes of its characters say."""
    return _plain(font) in _FONTS


def signs(text: str, font: str) -> str:
    """What `text` shows in the font of this name: codes below 256, or the same in the private-use area.

    A character that is neither stands for itself, and so does all of the text where the font is not a symbol font.
    """
    known = _FONTS.get(_plain(font))
    return text if known is None else "".join(_sign(ord(char), known) for char in text)


def _plain(font: str) -> str:
    return _DECORATED.sub("", font.strip().lower())


def _sign(code: int, known: dict[int, str]) -> str:
    low = code - _PRIVATE if _PRIVATE <= code < _PRIVATE + 0x100 else code
    return known.get(low, chr(_PRIVATE + low)) if 0x20 <= low < 0x100 else chr(code)
