"""Match statements that moved from one document to another within one snapshot.

Equal texts first, then clear near matches among texts that share rare words, then similar neighbours of a match. Short
lines, and texts that several documents lost or gained, match only if the same two documents share another match.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from typing import Generic, TypeVar

from monitor.core.alignment.gaps import rated
from monitor.core.alignment.similarity import Similarity, words_of
from monitor.core.text.normalize import normalize
from monitor.model import Wording

_WORDS = 4  # a text of fewer words is no evidence by itself
_ALIKE = 0.75  # the similarity of a statement that was revised while it moved to another document
_LEAD = 0.1  # its lead over every rival
_BESIDE = 0.5  # the similarity of a statement that stands beside a pair on both sides

DocumentPosition = TypeVar("DocumentPosition", bound=tuple[Hashable, int])


def match_across(
    removed: Sequence[tuple[DocumentPosition, Wording]], added: Sequence[tuple[DocumentPosition, Wording]]
) -> list[tuple[DocumentPosition, DocumentPosition, float]]:
    """Pairs (place removed, place added, similarity 0..1), each place at most once, in the order of `removed`.

    A place is (document, ordinal); statements of one document never pair with each other. Near linear: candidates
    are found by the rare words that they share.
    """
    if not removed or not added:
        return []
    matcher = _CrossDocumentMatcher(removed, added)
    for i, j in matcher.pairs_of_equal_texts():
        matcher.add_pair(i, j)
    for i, j in matcher.pairs_of_similar_texts():
        matcher.add_pair(i, j)
    matcher.extend()
    return [(removed[i][0], added[j][0], matcher.similarity.of(i, j)) for i, j in sorted(matcher.found.items())]


class _CrossDocumentMatcher(Generic[DocumentPosition]):
    """Both lists, and the pairs found so far by their positions in them."""

    def __init__(
        self, removed: Sequence[tuple[DocumentPosition, Wording]], added: Sequence[tuple[DocumentPosition, Wording]]
    ) -> None:
        self.positions = ([position for position, _ in removed], [position for position, _ in added])
        self.similarity = Similarity(
            [normalize(statement.text) for _, statement in removed],
            [normalize(statement.text) for _, statement in added],
        )
        self.found: dict[int, int] = {}
        self._taken: set[int] = set()

    def in_different_documents(self, i: int, j: int) -> bool:
        """Whether the two occur in different documents."""
        return self._document(0, i) != self._document(1, j)

    def add_pair(self, i: int, j: int) -> None:
        """Takes the pair where both are free and in different documents."""
        if i not in self.found and j not in self._taken and self.in_different_documents(i, j):
            self.found[i] = j
            self._taken.add(j)

    def pairs_of_equal_texts(self) -> Iterator[tuple[int, int]]:
        """Long texts that one document lost and one other gained; else those that the document pair vouches for."""
        removed, added = self.similarity.keys
        shared = set(removed).intersection(added)
        shared = {key for key in shared if len(words_of(key)) >= _WORDS}
        lost, gained = Counter(removed), Counter(added)
        only = {key: j for j, key in enumerate(added) if key in shared and lost[key] == gained[key] == 1}
        sure = [
            (i, only[key]) for i, key in enumerate(removed) if key in only and self.in_different_documents(i, only[key])
        ]
        yield from sure
        partners: defaultdict[Hashable, dict[Hashable, None]] = defaultdict(dict)  # in the order found
        for i, j in sure:
            partners[self._document(0, i)][self._document(1, j)] = None
        # By text and document: what stands on a thousand pages must not be walked a thousand times.
        where: defaultdict[tuple[str, Hashable], deque[int]] = defaultdict(deque)
        for j, key in enumerate(added):
            if key in shared and key not in only:
                where[key, self._document(1, j)].append(j)
        for i, key in enumerate(removed):
            waiting = [where[key, other] for other in partners.get(self._document(0, i), ()) if (key, other) in where]
            first = next((queue for queue in waiting if queue), None)
            if first is not None:
                yield i, first.popleft()

    def _document(self, side: int, at: int) -> Hashable:
        return self.positions[side][at][0]

    def pairs_of_similar_texts(self) -> Iterator[tuple[int, int]]:
        """Clear best matches of both sides among what is free, the most alike first."""
        removed, added = self.similarity.keys
        free_removed = [i for i, key in enumerate(removed) if i not in self.found and len(words_of(key)) >= _WORDS]
        free_added = [j for j, key in enumerate(added) if j not in self._taken and len(words_of(key)) >= _WORDS]
        pairs = rated(self.similarity, free_removed, free_added, _ALIKE, _LEAD)
        for pair in sorted(pairs, key=lambda pair: (-pair.similarity, pair.i, pair.j)):
            if pair.lead >= _LEAD and removed[pair.i] != added[pair.j]:
                yield pair.i, pair.j

    def extend(self) -> None:
        """Follows each pair outwards, statement by statement, while both neighbours are free and alike."""
        at: list[dict[tuple[Hashable, int], int]] = [
            {position: k for k, position in enumerate(side)} for side in self.positions
        ]
        waiting = sorted(self.found.items())
        for i, j in waiting:  # grows while it is walked
            for step in (-1, 1):
                a = at[0].get(_neighbour(self.positions[0][i], step))
                b = at[1].get(_neighbour(self.positions[1][j], step))
                if a is None or b is None or a in self.found or b in self._taken:
                    continue
                if self.similarity.of(a, b) >= _BESIDE:
                    self.add_pair(a, b)
                    waiting.append((a, b))


def _neighbour(position: tuple[Hashable, int], step: int) -> tuple[Hashable, int]:
    return position[0], position[1] + step
