"""The folded form of a text: what stays when typography, case and white space are looked through.

Two statements are *the same text* when their folded forms are equal. Folding never touches what may carry
meaning: digits, superscripts, fractions and punctuation other than quotes and dashes stay, which is why it is
NFC with a table of its own and not NFKC (that would turn 10² into 102).
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache

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


def _fold(text: str) -> str:
    if not text.isascii():
        for typographic, plain in _COMMON.items():
            text = text.replace(typographic, plain)
    if text.isascii():
        folded = text.casefold().replace("`", "'")
    else:
        # NFD first: casefold is only then stable under normalisation (Unicode, section 3.13, D145)
        decomposed = unicodedata.normalize("NFD", text).translate(_TABLE).casefold()
        folded = unicodedata.normalize("NFC", decomposed)
    return " ".join(folded.split())


_fold_cached = lru_cache(maxsize=_CACHED)(_fold)


def fold(text: str) -> str:
    """`text` in NFC, caseless, with plain quotes, dashes and dots, no invisible characters, single spaces, stripped.

    Folding a folded text changes nothing.
    """
    return _fold_cached(text) if len(text) <= _CACHEABLE else _fold(text)


def key(text: str) -> str:
    """20 hexadecimal characters (BLAKE2b, 80 bits) that stand for the folded text."""
    return hashlib.blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
