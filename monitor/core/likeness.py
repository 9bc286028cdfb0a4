"""The likeness of statements by their places in two versions, each computed once; what it means says `lexicon`."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.lexicon import Lexicon


class Likeness:
    """The likeness of any statement before to any after; `keys` are the folded texts of both versions."""

    def __init__(self, before: Sequence[str], after: Sequence[str], lexicon: Lexicon | None = None) -> None:
        self.keys = (before, after)
        self.lexicon = lexicon if lexicon is not None else Lexicon(before, after)
        self._known: dict[tuple[int, int], float] = {}

    def narrowed(self, before: Sequence[int], after: Sequence[int]) -> Likeness:
        """The same for some of the statements, which are counted anew."""
        return Likeness([self.keys[0][i] for i in before], [self.keys[1][j] for j in after], self.lexicon)

    def of(self, i: int, j: int) -> float:
        """The likeness, 0..1, of statement `i` before and statement `j` after."""
        value = self._known.get((i, j))
        if value is None:
            one, other = self.keys[0][i], self.keys[1][j]
            lexicon = self.lexicon
            value = 1.0 if one == other else lexicon.alike(lexicon.form(one), lexicon.form(other))
            self._known[i, j] = value
        return value
