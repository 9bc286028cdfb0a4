"""The likeness of statements by their places in two versions, each computed once; what it means says `lexicon`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from monitor.core.alignment.sections import NOWHERE, Place
from monitor.core.alignment.similarity import Form, Lexicon

Places = tuple[Sequence[Place], Sequence[Place]]


class Likeness:
    """The likeness of any statement before to any after; `keys` are the folded texts of both versions.

    `places` say where each stands; without them, all stand under no heading.
    """

    def __init__(
        self,
        before: Sequence[str],
        after: Sequence[str],
        places: Places | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.keys = (before, after)
        self.places = places if places is not None else ([NOWHERE] * len(before), [NOWHERE] * len(after))
        self.lexicon = lexicon if lexicon is not None else Lexicon(before, after)
        self._forms: tuple[list[Form | None], list[Form | None]] = ([None] * len(before), [None] * len(after))
        self._known: dict[tuple[int, int], float] = {}
        self.share_their_own: dict[tuple[int, int], bool] = {}  # what `templates` found, asked again for the evidence

    def narrowed(self, before: Sequence[int], after: Sequence[int]) -> Likeness:
        """The same for some of the statements, which are counted anew."""
        (keys_before, keys_after), (places_before, places_after) = self.keys, self.places
        rest = Likeness(
            [keys_before[i] for i in before],
            [keys_after[j] for j in after],
            ([places_before[i] for i in before], [places_after[j] for j in after]),
            self.lexicon,
        )
        at = {i: k for k, i in enumerate(before)}, {j: k for k, j in enumerate(after)}
        rest._known = {(at[0][i], at[1][j]): v for (i, j), v in self._known.items() if i in at[0] and j in at[1]}
        return rest

    @cached_property
    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How often each text stands on either side."""
        return Counter(self.keys[0]), Counter(self.keys[1])

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The texts that stand more than once on a side."""
        return frozenset([key for count in self.counts for key, n in count.items() if n > 1])

    def of(self, i: int, j: int, least: float = 0.0) -> float:
        """The likeness, 0..1, of statement `i` before and statement `j` after; 0 may stand for less than `least`."""
        value = self._known.get((i, j))
        if value is None:
            if self.keys[0][i] == self.keys[1][j]:
                value = 1.0
            else:
                forms = self._forms[0][i] or self._form(0, i), self._forms[1][j] or self._form(1, j)
                value = self.lexicon.alike(*forms, least)
            if value >= least:
                self._known[i, j] = value
        return value

    def _form(self, side: int, at: int) -> Form:
        form = self._forms[side][at] = self.lexicon.form(self.keys[side][at])
        return form
