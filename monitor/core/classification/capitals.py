"""Names in a language that gives every noun a capital: told by lists, and by the words beside them.

Places, countries and first names are listed. Behind a title (`Frau Krüger`) or an office (`Kanzler Scholz`), and in
front of a legal form (`Siemens AG`) stands a name. So does a capital right behind a preposition (`aus Kiew`), unless
the list knows the noun from such a place (`in Kraft`) or its ending is one of common nouns.
"""

from __future__ import annotations

from monitor.core.classification.compare import Side
from monitor.core.text.words import Words

_SHORTEST = 3  # letters of a name that only its place tells


def is_name_among_nouns(side: Side, index: int, words: Words) -> bool:
    """Whether a capitalised word that is not all capitals is a name in a language like German."""
    key = side.keys[index]
    if key in words.set("names.places", "names.first"):
        return True
    if key in words.set("names.titles", "names.measures"):
        return False
    ahead = side.keys[index - 1] if index else ""
    behind = side.keys[index + 1] if index + 1 < len(side.keys) else ""
    if key in words.set("names.legal"):
        return bool(index) and side.words[index - 1][0].isupper()
    if behind in words.set("names.legal") or ahead in words.set("names.titles", "names.first"):
        return True
    if ahead == "." and index > 1 and side.keys[index - 2] in words.set("names.titles"):  # Dr. Krüger
        return True
    return len(key) >= _SHORTEST and (_follows_capital(side, index, words) or _follows_preposition(side, index, words))


def _follows_capital(side: Side, index: int, words: Words) -> bool:
    """Whether the word in front is a noun of the kind that a name stands behind: `Kanzler Scholz`."""
    ahead = side.keys[index - 1] if index else ""
    return ahead.endswith(tuple(words.set("names.bearers"))) and side.words[index - 1][0].isupper()


def _follows_preposition(side: Side, index: int, words: Words) -> bool:
    key, ahead = side.keys[index], side.keys[index - 1] if index else ""
    if ahead not in words.set("names.before") or key in words.set("names.bare"):
        return False
    return not key.endswith(tuple(words.set("names.endings")))
