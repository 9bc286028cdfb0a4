"""How PostgreSQL holds texts for the full-text search: cut into words as SQLite's FTS5 cuts them.

Accents go, and signs become spaces, since its own parser would take `and/or` for the name of a file.
"""

from __future__ import annotations

from unicodedata import normalize

_SIGNS = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum())
_QUOTED = _SIGNS.replace("'", "''")
# A vector holds a megabyte: of a longer text the beginning counts.
VECTOR = (
    "to_tsvector('simple', translate(regexp_replace(normalize(left(revisions.text, 200000), NFD), "
    f"'[\u0300-\u036f]', '', 'g'), '{_QUOTED}', '{' ' * len(_SIGNS)}'))"
)


def plain(word: str) -> str:
    """A word that is searched for, as the vectors hold it."""
    letters = normalize("NFD", word.replace("\0", " "))
    return "".join(" " if letter in _SIGNS else letter for letter in letters if not "\u0300" <= letter <= "\u036f")
