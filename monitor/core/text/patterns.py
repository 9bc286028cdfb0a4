"""Patterns over whole texts, as ignore rules and announcements have them: `*` is any run of characters."""

from __future__ import annotations

import re

from monitor.core.text.normalize import normalize

_PIECE = re.compile(r"\\(.)|(\*)|([^\\*]+|\\)", re.DOTALL)


class TextPattern:
    """A pattern over a whole text: `*` is any run of characters, `\\*` an asterisk, all else stands for itself.

    Case, typography and white space are looked through (see `folding`). Matching takes the first place for each
    piece, which is enough where only `*` is wild: it is linear, whatever the text.
    """

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        parts = [""]
        for escaped, star, plain in _PIECE.findall(normalize(pattern)):
            if star:
                parts.append("")
            else:
                parts[-1] += escaped or plain
        self._first, *self._middle = parts
        self._last = self._middle.pop() if self._middle else None

    def __call__(self, folded: str) -> bool:
        """Whether the pattern fits a normalised text from beginning to end."""
        if self._last is None:
            return folded == self._first
        end = len(folded) - len(self._last)
        at = len(self._first)
        if at > end or not folded.startswith(self._first) or not folded.endswith(self._last):
            return False
        for piece in self._middle:
            found = folded.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True
