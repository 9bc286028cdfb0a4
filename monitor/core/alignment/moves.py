"""Find statements that moved: links between what is unmatched on both sides, regardless of order.

A moved statement needs more similarity than one that stayed, since there are more candidates: it must be the clear
best match of both sides. Equal texts that occur once in each version are certain. What stands beside a moved statement
on both sides needs little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from monitor.core.alignment.anchors import Pair, pairs_unique_in_section
from monitor.core.alignment.gaps import rated
from monitor.core.alignment.rejection import is_boilerplate_link
from monitor.core.alignment.similarity import Similarity, words_of

_ALIKE = 0.55  # the similarity of a statement that was revised while it moved
_LEAD = 0.05  # its lead over every rival
_BESIDE = 0.35  # the similarity of a statement that stands beside a moved one on both sides
_WORDS = 4  # shorter statements move only unaltered


def moves(
    similarity: Similarity,
    links: Collection[Pair],
    known_links: Iterable[Pair],
    elsewhere: Callable[[], Collection[str]],
) -> set[Pair]:
    """Further links, one for a statement; `known_links` are some that are known already, `links` keep the order.

    `elsewhere` gives further texts of both versions: what is repeated moves only beside others.
    """
    found = _Moves(similarity, links)
    found.add_links(known_links)
    if found.loose(0) and found.loose(1):
        found.add_links(found.same_texts(elsewhere))
        found.extend()
        found.add_links(found.near_texts())
        found.extend()
    return {*found.links}


class _Moves:
    """What is linked on both sides, and the links found so far, in the order in which they were found."""

    def __init__(self, similarity: Similarity, links: Collection[Pair]) -> None:
        self._similarity = similarity
        self._sizes = (len(similarity.keys[0]), len(similarity.keys[1]))
        self._linked = ({i for i, _ in links}, {j for _, j in links})
        self.links: list[Pair] = []

    def loose(self, side: int) -> list[int]:
        """The statements of a side that nothing is linked to."""
        return [at for at in range(self._sizes[side]) if at not in self._linked[side]]

    def add_links(self, proposals: Iterable[Pair]) -> None:
        """Links each pair whose statements are both still loose."""
        for i, j in proposals:
            if i not in self._linked[0] and j not in self._linked[1]:
                self._linked[0].add(i)
                self._linked[1].add(j)
                self.links.append((i, j))

    def same_texts(self, elsewhere: Callable[[], Collection[str]]) -> Iterator[Pair]:
        """Equal texts that occur once in each version, or once under a heading that does."""
        before, after = self._similarity.keys
        where = {after[j]: j for j in self.loose(1)}
        both = [i for i in self.loose(0) if before[i] in where]
        if not both:
            return
        (count_before, count_after), repeated = self._similarity.counts, elsewhere()

        def once(key: str) -> bool:
            return count_before[key] == count_after[key] == 1 and key not in repeated

        for i in both:
            if once(before[i]):
                yield i, where[before[i]]
        # A line that every section has goes where its section goes.
        for i, j in pairs_unique_in_section(self._similarity, ()):
            if once(self._similarity.positions[0][i].section):
                yield i, j

    def near_texts(self) -> Iterator[Pair]:
        """Clear best matches of both statements, the most alike first."""
        keys = self._similarity.keys
        before, after = ([at for at in self.loose(side) if len(words_of(keys[side][at])) >= _WORDS] for side in (0, 1))
        pairs = rated(self._similarity, before, after, _ALIKE, _LEAD)
        for pair in sorted(pairs, key=lambda pair: (-pair.similarity, pair.i, pair.j)):
            clear = pair.lead >= _LEAD and keys[0][pair.i] != keys[1][pair.j]
            if clear and not is_boilerplate_link(self._similarity, (pair.i, pair.j)):
                yield pair.i, pair.j

    def extend(self) -> None:
        """Follows what moved outwards, statement by statement."""
        for i, j in self.links:  # grows while it is walked
            for a, b in ((i - 1, j - 1), (i + 1, j + 1)):
                if (
                    0 <= a < self._sizes[0]
                    and 0 <= b < self._sizes[1]
                    and a not in self._linked[0]
                    and b not in self._linked[1]
                    and self._similarity.of(a, b) >= _BESIDE
                    and not is_boilerplate_link(self._similarity, (a, b))
                ):
                    self.add_links([(a, b)])
