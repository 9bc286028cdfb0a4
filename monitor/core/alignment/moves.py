"""Find statements and passages that moved: links between what is unmatched on both sides, regardless of order.

A moved statement needs more similarity than one that stayed, since there are more candidates. Equal texts that occur
once in each version are certain, and so are similar neighbours of a certain link. Other statements are first joined to
passages. A passage is accepted if it contains an equal text, is long, was cut and pasted cleanly, hardly moved, or if
the version was certainly rearranged elsewhere. A single statement must be nearly the same text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence

from monitor.core.alignment.anchors import Pair, pairs_unique_in_section
from monitor.core.alignment.gaps import rated
from monitor.core.alignment.rejection import is_boilerplate_link
from monitor.core.alignment.similarity import Similarity

_ALIKE = 0.50  # the similarity of a statement that was revised while it moved, where that is believable
_ALONE = 0.85  # the same where nothing else speaks for it
_LONG = 4  # statements; a passage of as many is believed
_LEAD = 0.05  # the lead of a revised statement over every rival
_OVER = 1  # kept statements; a passage that went no further has hardly moved
_BESIDE = 0.30  # the similarity of a statement that stands beside a moved one on both sides
_WORDS = 4  # shorter statements move only unaltered


def moves(
    similarity: Similarity,
    links: Collection[Pair],
    known_links: Sequence[Pair],
    elsewhere: Callable[[], Collection[str]],
) -> set[Pair]:
    """Further links, one for a statement; `known_links` are some that are known already, `links` keep the order.

    `elsewhere` gives further texts of both versions: what is repeated moves only beside others.
    """
    found = _Moves(similarity, links)
    found.add_links(iter(known_links))
    if found.loose_before and found.loose_after:
        found.add_links(found.same_texts(elsewhere))
        found.extend()
        found.add_links(found.near_texts())
        found.extend()
    return found.accepted()


class _Moves:
    """What is loose on both sides, and the links found so far, in the order in which they were found."""

    def __init__(self, similarity: Similarity, links: Collection[Pair]) -> None:
        self._similarity = similarity
        self._sizes = (len(similarity.keys[0]), len(similarity.keys[1]))
        self._in_order = (sorted(i for i, _ in links), sorted(j for _, j in links))
        self._before = {i for i, _ in links}
        self._after = {j for _, j in links}
        self.loose_before = [i for i in range(self._sizes[0]) if i not in self._before]
        self.loose_after = [j for j in range(self._sizes[1]) if j not in self._after]
        self._found: list[Pair] = []

    def add_links(self, proposals: Iterator[Pair]) -> None:
        """Links each pair whose statements are both still loose."""
        for i, j in proposals:
            if i not in self._before and j not in self._after:
                self._before.add(i)
                self._after.add(j)
                self._found.append((i, j))

    def same_texts(self, elsewhere: Callable[[], Collection[str]]) -> Iterator[Pair]:
        """Equal texts that occur once in each version, or once under a heading that does."""
        before, after = self._similarity.keys
        where = {after[j]: j for j in self.loose_after}
        both = [i for i in self.loose_before if before[i] in where]
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
        keys_before, keys_after = self._similarity.keys
        before = [i for i in self.loose_before if self._long(keys_before[i]) and i not in self._before]
        after = [j for j in self.loose_after if self._long(keys_after[j]) and j not in self._after]
        pairs = rated(self._similarity, before, after, _ALIKE, _LEAD)
        for pair in sorted(pairs, key=lambda pair: (-pair.similarity, pair.i, pair.j)):
            if pair.lead >= _LEAD and keys_before[pair.i] != keys_after[pair.j]:
                yield pair.i, pair.j

    def _long(self, key: str) -> bool:
        return len(self._similarity.features.words(key)) >= _WORDS

    def extend(self) -> None:
        """Follows what moved outwards, statement by statement."""
        for i, j in self._found:  # grows while it is walked
            for a, b in ((i - 1, j - 1), (i + 1, j + 1)):
                inside = 0 <= a < self._sizes[0] and 0 <= b < self._sizes[1]
                if inside and a not in self._before and b not in self._after and self._similarity.of(a, b) >= _BESIDE:
                    self.add_links(iter([(a, b)]))

    def accepted(self) -> set[Pair]:
        """The links of the passages that enough speaks for."""
        passages = _passages(self._found)
        certain = [passage for passage in passages if self._is_certain(passage)]
        if not any(self._crosses(passage) for passage in certain):
            certain += [
                passage for passage in passages if max(self._similarity.of(*pair) for pair in passage) >= _ALONE
            ]
            passages = certain
        return {pair for passage in passages for pair in passage if not is_boilerplate_link(self._similarity, pair)}

    def _is_certain(self, passage: Sequence[Pair]) -> bool:
        before, after = self._similarity.keys
        return (
            len(passage) >= _LONG
            or any(before[i] == after[j] for i, j in passage)
            or not self._crosses(passage)
            or self._clean(passage)
        )

    def _crosses(self, passage: Sequence[Pair]) -> bool:
        """Whether more than one of the statements that kept their order stands between the two places."""
        i, j = passage[0]
        return abs(bisect_left(self._in_order[0], i) - bisect_left(self._in_order[1], j)) > _OVER

    def _clean(self, passage: Sequence[Pair]) -> bool:
        """Whether its neighbours on both sides are linked: it was cut out as a whole and pasted as a whole."""
        (i0, j0), (i1, j1) = passage[0], passage[-1]
        ends = (
            (i0 - 1, 0, self._before),
            (i1 + 1, 0, self._before),
            (j0 - 1, 1, self._after),
            (j1 + 1, 1, self._after),
        )
        return all(not 0 <= at < self._sizes[side] or at in linked for at, side, linked in ends)


def _passages(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Runs of neighbours on both sides."""
    passages: list[list[Pair]] = []
    for i, j in sorted(pairs):
        if passages and passages[-1][-1] == (i - 1, j - 1):
            passages[-1].append((i, j))
        else:
            passages.append([(i, j)])
    return passages
