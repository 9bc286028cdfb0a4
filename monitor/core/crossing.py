"""Statements that left one document and stand in another: removed here, added there, in one snapshot.

Equal texts first, then clear near matches among those that share rare words, then what stands beside a pair on both
sides. Conservative: a short line that any page may hold, or a text that several documents lost or gained, pairs only
where the same two documents share another pair.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Generic, TypeVar

from monitor.core.candidates import rated
from monitor.core.folding import fold
from monitor.core.lexicon import words_of
from monitor.core.likeness import Likeness
from monitor.model import Statement

_WORDS = 4  # a text of fewer words is no evidence by itself
_ALIKE = 0.75  # the likeness of a statement that was revised while it moved to another document
_LEAD = 0.1  # its lead over every rival
_BESIDE = 0.5  # the likeness of a statement that stands beside a pair on both sides

Place = TypeVar("Place", bound=tuple[Hashable, int])


def match_across(
    removed: Sequence[tuple[Place, Statement]], added: Sequence[tuple[Place, Statement]]
) -> list[tuple[Place, Place, float]]:
    """Pairs (place removed, place added, similarity 0..1), each place at most once, in the order of `removed`.

    A place is (document, ordinal); statements of one document never pair with each other. Near linear: candidates
    are found by the rare words that they share.
    """
    if not removed or not added:
        return []
    crossing = _Crossing(removed, added)
    for i, j in crossing.equal_texts():
        crossing.pair(i, j)
    for i, j in crossing.near_texts():
        crossing.pair(i, j)
    crossing.grow()
    return [(removed[i][0], added[j][0], crossing.likeness.of(i, j)) for i, j in sorted(crossing.found.items())]


class _Crossing(Generic[Place]):
    """Both lists, and the pairs found so far by their positions in them."""

    def __init__(self, removed: Sequence[tuple[Place, Statement]], added: Sequence[tuple[Place, Statement]]) -> None:
        self.places = ([place for place, _ in removed], [place for place, _ in added])
        self.likeness = Likeness(
            [fold(statement.text) for _, statement in removed], [fold(statement.text) for _, statement in added]
        )
        self.found: dict[int, int] = {}
        self._taken: set[int] = set()

    def apart(self, i: int, j: int) -> bool:
        """Whether the two stand in different documents."""
        return self.places[0][i][0] != self.places[1][j][0]

    def pair(self, i: int, j: int) -> None:
        """Takes the pair where both are free and in different documents."""
        if i not in self.found and j not in self._taken and self.apart(i, j):
            self.found[i] = j
            self._taken.add(j)

    def equal_texts(self) -> Iterator[tuple[int, int]]:
        """Long texts that one document lost and one other gained; else those that the document pair vouches for."""
        removed, added = self.likeness.keys
        where: defaultdict[str, list[int]] = defaultdict(list)
        for j, key in enumerate(added):
            where[key].append(j)
        lost = Counter(removed)
        told = [(i, where[key]) for i, key in enumerate(removed) if key in where and len(words_of(key)) >= _WORDS]
        sure = [(i, js[0]) for i, js in told if len(js) == lost[removed[i]] == 1 and self.apart(i, js[0])]
        yield from sure
        partners: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
        for i, j in sure:
            partners[self.places[0][i][0]].add(self.places[1][j][0])
        for i, js in told:
            document = self.places[0][i][0]
            # The first free one only: a text that stands a thousand times must not be walked a thousand times.
            free = next((j for j in js if j not in self._taken and self.places[1][j][0] in partners[document]), None)
            if free is not None:
                yield i, free

    def near_texts(self) -> Iterator[tuple[int, int]]:
        """Clear best matches of both sides among what is free, the most alike first."""
        removed, added = self.likeness.keys
        free_removed = [i for i, key in enumerate(removed) if i not in self.found and len(words_of(key)) >= _WORDS]
        free_added = [j for j, key in enumerate(added) if j not in self._taken and len(words_of(key)) >= _WORDS]
        pairs = rated(self.likeness, free_removed, free_added, _ALIKE)
        for pair in sorted(pairs, key=lambda pair: (-pair.likeness, pair.i, pair.j)):
            if pair.lead >= _LEAD and pair.likeness < 1.0:
                yield pair.i, pair.j

    def grow(self) -> None:
        """Follows each pair outwards, statement by statement, while both neighbours are free and alike."""
        at: list[dict[tuple[Hashable, int], int]] = [{place: k for k, place in enumerate(side)} for side in self.places]
        waiting = sorted(self.found.items())
        for i, j in waiting:  # grows while it is walked
            for step in (-1, 1):
                a = at[0].get(_beside(self.places[0][i], step))
                b = at[1].get(_beside(self.places[1][j], step))
                if a is None or b is None or a in self.found or b in self._taken:
                    continue
                if self.likeness.of(a, b) >= _BESIDE:
                    self.pair(a, b)
                    waiting.append((a, b))


def _beside(place: tuple[Hashable, int], step: int) -> tuple[Hashable, int]:
    return place[0], place[1] + step
