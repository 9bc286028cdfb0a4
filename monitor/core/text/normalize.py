"""Normalise texts, repair wrong encodings, and make hostile text safe to print.

Two statements have *the same text* if their normalised forms are equal. Normalising ignores case, white space and
typography, but keeps digits, superscripts, fractions and other punctuation: it is NFC with its own table, since NFKC
would turn 10² into 102.

Garbled text is UTF-8 that was read as Windows-1252 or ISO 8859-1, once or more often, as in `childâ€™s`.

Document text and file names are untrusted: escape sequences could control the reader's terminal, and bidirectional
overrides reorder words. All text for people passes through `visible`. Exact formats (JSON, Parquet, unified diffs)
escape reversibly instead.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from unicodedata import category, east_asian_width

_CACHED = 16_384  # texts
_CACHEABLE = 2_000  # characters: a cache of long texts would hold whole archives

_DROPPED = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
_REPLACED = {
    "'": "‘’‚‛′`´ʹʼʻ＇",
    '"': "“”„‟″«»＂〝〞〟",
    "-": "‐‑‒–—―−﹘﹣－",
    "...": "…",
    "ff": "ﬀ",
    "fi": "ﬁ",
    "fl": "ﬂ",
    "ffi": "ﬃ",
    "ffl": "ﬄ",
    "st": "ﬅﬆ",
}


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(char): None for char in _DROPPED}
    for plain, typographic in _REPLACED.items():
        table |= {ord(char): plain for char in typographic}
    # full-width Latin letters, digits and signs are a matter of the keyboard
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code not in table}
    return table


_TABLE = _table()


# What makes most texts more than ASCII; put back first, it spares them the way through NFD.
_COMMON = {"\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u00a0": " "}


def _normalize(text: str) -> str:
    if not text.isascii():
        for typographic, plain in _COMMON.items():
            text = text.replace(typographic, plain)
    if text.isascii():
        normalized = text.casefold().replace("`", "'")
    else:
        # NFD first: casefold is only then stable under normalisation (Unicode, section 3.13, D145)
        decomposed = unicodedata.normalize("NFD", text).translate(_TABLE).casefold()
        normalized = unicodedata.normalize("NFC", decomposed)
    return " ".join(normalized.split())


_normalize_cached = lru_cache(maxsize=_CACHED)(_normalize)


def normalize(text: str) -> str:
    """`text` in NFC, caseless, with plain quotes, dashes and dots, no invisible characters, single spaces, stripped.

    Normalising a normalised text changes nothing.
    """
    return _normalize_cached(text) if len(text) <= _CACHEABLE else _normalize(text)


def key(text: str) -> str:
    """20 hexadecimal characters (BLAKE2b, 80 bits) that stand for the normalised text."""
    return hashlib.blake2b(normalize(text).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


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


def without_controls(text: str) -> str:
    """What somebody typed, on one line: what `visible` would mark is a space. For words that are sent back to them."""
    return _UNSAFE.sub(" ", text)


def spelled_out(text: str) -> str:
    """Like `visible`, for a piece that would look like nothing: blanks are shown as well, one mark each."""
    return "".join(_BLANK.get(char) or (char if char.isprintable() else code_point(char)) for char in visible(text))


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: white space, soft hyphens and joiners alone."""
    return all(char.isspace() or category(char) == "Cf" for char in visible(text))


def code_point(char: str) -> str:
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
    return f"\\u{code:04x}" if 0xD800 <= code <= 0xDFFF else code_point(char)


# A byte of UTF-8 behind the first one, as Windows-1252 or ISO 8859-1 reads it.
_BEHIND = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_GARBLED = re.compile(f"[\u00c2-\u00df]{_BEHIND}|[\u00e0-\u00ef]{_BEHIND}{{2}}|[\u00f0-\u00f4]{_BEHIND}{{3}}")
_LEADS = frozenset("ÂÃâð")  # one garbled character that begins so tells; of others there must be two
_WIDE = 0x100
_MOST_TIMES = 3  # that a text was read in the wrong encoding
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def ungarbled(text: str) -> str:
    """The text as it was meant; the same text where nothing was garbled. `\\u00e4` is the character that it escapes."""
    if "\\u" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if text.isascii():
        return text
    for _ in range(_MOST_TIMES):
        found = _GARBLED.findall(text)
        if not found or (len(found) == 1 and found[0][0] not in _LEADS):
            break
        text = _GARBLED.sub(_decode_again, text.replace("Ã ", "à") if "Ã " in text else text)
    return text


def _decode_again(found: re.Match[str]) -> str:
    """The character that a garbled run stands for; no character, the run as it is."""
    try:
        return b"".join(map(_byte, found.group())).decode("utf-8")
    except UnicodeError:
        return found.group()


def _byte(char: str) -> bytes:
    """The byte of a character; the five that Windows-1252 does not use are read as control characters."""
    return char.encode("latin-1" if ord(char) < _WIDE else "cp1252")


_LOST = re.compile("\ufffd+|(?<=[^\\W\\d_])\\?(?=[^\\W\\d_])")  # what stands for letters that an encoding lost
_MOST_LOST = 100  # words
_LONGEST, _MOST_GAPS = 60, 4  # letters of a word that is looked at, and gaps in it


def with_lost_letters(text: str, other: str) -> str:
    """The text with the words that lost letters to an encoding (`f?nf`, `K\ufffdln`) as another text has them whole."""
    if ("\ufffd" not in text and "?" not in text) or other.isascii():
        return text
    words = text.split(" ")
    damaged = [index for index, word in enumerate(words) if len(word) <= _LONGEST and _LOST.search(word)][:_MOST_LOST]
    whole = [word for word in dict.fromkeys(other.split()) if not word.isascii() and len(word) <= 2 * _LONGEST]
    whole = whole[:_MOST_LOST] if damaged else []
    for index in damaged:
        pieces = _LOST.split(words[index])[: _MOST_GAPS + 2]
        pattern = re.compile("[^\\x00-\\x7f]{1,3}".join(map(re.escape, pieces)))
        words[index] = next((word for word in whole if pattern.fullmatch(word)), words[index])
    return " ".join(words)
