"""Hostile text made safe to look at: whatever could steer a terminal or hide in a line is shown as a mark.

Document text and file names come from outside. Printed raw, an escape sequence would recolour or retype the
reader's terminal, and a bidirectional override would show words in another order than they stand in. Every
printer sends such text through `visible` first. Data formats that must stay exact (JSON, Parquet, the unified
diff) escape reversibly instead.
"""

from __future__ import annotations

import re
from unicodedata import category, east_asian_width

# Bidi_Control and the invisible characters of Unicode that no script needs between its letters. The joiners
# U+200C and U+200D stay: Persian, the Indic scripts and emoji are written with them.
_HIDDEN = "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_UNSAFE = re.compile(f"[\x00-\x08\x0a-\x1f\x7f-\x9f{_HIDDEN}\ud800-\udfff]")
_BLANK = {" ": "␣", "\u00a0": "⍽", "\u00ad": "⟨U+00AD⟩", "\t": "⇥"}


def visible(text: str) -> str:
    """`text` on one line and without power: same letters, every control character replaced by a mark.

    C0 controls and DEL become their pictures (␛), bytes of a path that are not UTF-8 a `\\x80`, everything
    else that is invisible or steers its code point (⟨U+202E⟩). A tab stays: it only moves to the right.
    """
    return _UNSAFE.sub(_mark, text)


def without_power(text: str) -> str:
    """What somebody typed, on one line: what `visible` would mark is a space. For words that are sent back to them."""
    return _UNSAFE.sub(" ", text)


def spelled_out(text: str) -> str:
    """Like `visible`, for a piece that would look like nothing: blanks are shown as well, one mark each."""
    return "".join(_BLANK.get(char) or (char if char.isprintable() else named(char)) for char in visible(text))


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: white space, soft hyphens and joiners alone."""
    return all(char.isspace() or category(char) == "Cf" for char in visible(text))


def named(char: str) -> str:
    """A character by its code point: ⟨U+202E⟩."""
    return f"⟨U+{ord(char):04X}⟩"


def cells(text: str) -> int:
    """How many columns `text` takes on a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def _mark(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if 0xD800 <= code <= 0xDFFF else named(char)
