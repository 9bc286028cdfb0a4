"""The likeness of statements by their places in two versions, each computed once; what it means says `lexicon`."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.lexicon import Form, Lexicon


class Likeness:
    """The likeness of any statement before to any after; `keys` are the folded texts of both versions."""

    def __init__(self, before: Sequence[str], after: Sequence[str], lexicon: Lexicon | None = None) -> None:
        self.keys = (before, after)
        self.lexicon = lexicon if lexicon is not None else Lexicon(before, after)
        self._forms: tuple[list[Form | None], list[Form | None]] = ([None] * len(before), [None] * len(after))
        self._known: dict[tuple[int, int], float] = {}

    def narrowed(self, before: Sequence[int], after: Sequence[int]) -> Likeness:
        """The same for some of the statements, which are counted anew."""
        return Likeness([self.keys[0][i] for i in before], [self.keys[1][j] for j in after], self.lexicon)

    def of(self, i: int, j: int) -> float:
        """The likeness, 0..1, of statement `i` before and statement `j` after."""
        value = self._known.get((i, j))
        if value is None:
            if self.keys[0][i] == self.keys[1][j]:
                value = 1.0
            else:
                value = self.lexicon.alike(self._forms[0][i] or self._form(0, i), self._forms[1][j] or self._form(1, j))
            self._known[i, j] = value
        return value

    def _form(self, side: int, at: int) -> Form:
        form = self._forms[side][at] = self.lexicon.form(self.keys[side][at])
        return form
