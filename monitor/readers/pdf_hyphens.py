"""How the text of a PDF line goes on in the next: with a space, with the hyphen of a word, or with nothing between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from monitor.core.text.words import known_words
from monitor.readers.block_writer import joint
from monitor.readers.pdf_layout import PdfLine

HYPHENS: Final = "-\u2010"
_AROUND: Final = ".,;:!?()[]“”\"'’‘"
_ADDRESS: Final = re.compile(r"(?:https?://|ftp://|www\.|mailto:)\S|\S+@\S+\.\w|\S+\.\w{2,10}/\S", re.IGNORECASE)
_GOES_ON: Final = "/_=&?#%~@"  # at the end of an address that is not complete
_GROUPED: Final = re.compile(r"(?:^|[^\d.,])(?:\d{1,3}(?:,\d{3})+,|\d{1,3}(?:\.\d{3})+\.)$")
_GROUP: Final = re.compile(r"\d{3}(?!\d)")
# English words that hyphens stand behind; what follows is a word itself
_PREFIXES: Final = frozenset(["non", "self", "counter", "cross", "co", "sub", "well", "third"])
_TENS: Final = frozenset(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
_ONE_WORD: Final = frozenset({
    "substance", "substances", "subscribe", "subscribes", "subscribed", "submarine", "subtitle", "subtotal", "subway",
    "counteract", "counterpart", "counterparts", "crossroads", "crossword", "selfless", "nonsense", "wellness",
})  # fmt: skip
_SHORTEST: Final = 3  # letters of a word that hyphens part


def vocabulary(rows: Sequence[PdfLine]) -> frozenset[str]:
    """The words of the document that are not broken by a line's end, in lower case."""
    found: set[str] = set()
    for row in rows:
        for cell in row.cells:
            words = cell.words[:-1] if cell.words[-1].broken or cell.words[-1].text[-1:] in HYPHENS else cell.words
            found.update(word.text.strip(_AROUND).lower() for word in words)
    return frozenset(found)


def between_lines(token: str, rest: str, words: frozenset[str], *, broken: bool) -> str | None:
    """What stands between two lines; None: nothing, and the hyphen at the end goes too.

    `token` is what the first line ends with, up to the last space, `rest` the first word of the second, `words` the
    document's vocabulary. `broken`: pdfium took a hyphen off the end.
    """
    hyphen = token[-1:] in tuple(HYPHENS)
    if not broken and not (hyphen and rest[:1].isalnum() and len(token) > 1):
        return "" if _is_one_figure(token, rest) or _is_one_address(token, rest) else joint(token, rest)
    stem = token.rstrip(HYPHENS)
    mark = "" if hyphen else "-"
    if rest[:1].isdigit() and not stem[-1:].isdigit() and not _ADDRESS.match(stem):
        return mark + joint(stem + "-", rest) if broken or stem[-1:].isalnum() else joint(token, rest)
    space = joint(stem + "-", rest)  # `pre- and post-war`
    return mark + space if space or _is_compound(stem, rest, words) else None


def _is_one_figure(token: str, rest: str) -> bool:
    """`1,250,` and `000`."""
    return _GROUPED.search(token) is not None and _GROUP.match(rest) is not None


def _is_one_address(token: str, rest: str) -> bool:
    return token[-1] in _GOES_ON and _ADDRESS.match(token.lstrip(_AROUND)) is not None and rest[:1].isalnum()


def _is_compound(stem: str, rest: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to the word: the rest of the document tells, else what the parts look like."""
    if _ADDRESS.match(stem.lstrip(_AROUND)):
        return True
    head, tail = stem.lower().lstrip("(“\"'‘"), rest.lower().rstrip(".,;:!?)”\"'’")
    if head + tail in words:
        return False
    if f"{head}-{tail}" in words:
        return True
    if not stem[-1:].isalpha() or rest[:1].isupper() or "-" in head:
        return True
    return "the" in words and _is_english_compound(head, tail)


def _is_english_compound(head: str, tail: str) -> bool:
    """`non-transferable`, `long-term`: parts that are words, of one that is none without its hyphen."""
    known = known_words()
    last = tail.partition("-")[0]
    if len(last) < _SHORTEST or last not in known:
        return False
    if head in _PREFIXES or head in _TENS:
        return head + last not in _ONE_WORD
    return len(head) >= _SHORTEST and head in known and head + last not in known
