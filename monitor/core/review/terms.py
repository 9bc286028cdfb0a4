"""Watch terms: words and phrases of the configuration, found as whole words in a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.core.text.normalize import fold

_WORDS = re.compile(r"\w+")


class Terms:
    """Finds terms whatever their case and typography; one pass over a text, then one look for each term that begins
    with a word of it."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        for term in terms:
            words = _WORDS.findall(fold(term))
            if words:
                self._by_first.setdefault(words[0], []).append((f" {' '.join(words)} ", term))

    def in_texts(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The terms that stand in any of the folded texts, in alphabetical order."""
        if not self._by_first:
            return ()
        found: set[str] = set()
        for text in texts:
            words = _WORDS.findall(text)
            joined = f" {' '.join(words)} "
            for word in self._by_first.keys() & set(words):
                found.update(term for phrase, term in self._by_first[word] if phrase in joined)
        return tuple(sorted(found))
