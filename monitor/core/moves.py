"""Links between what is left on both sides, whatever the order: statements and passages that moved."""

from __future__ import annotations

from collections import defaultdict

from monitor.core.anchors import Pair
from monitor.core.candidates import rated
from monitor.core.likeness import Likeness

_ALIKE = 0.55  # the likeness of a revised statement that moved, where others surely moved
_ALONE = 0.90  # and where it would be the only one
_LEAD = 0.05  # its lead over every rival
_BESIDE = 0.30  # the likeness of a statement that stands beside a moved one on both sides
_WORDS = 4  # shorter statements move only unaltered
_PLACES = 20  # occurrences of one text that are looked at


def moves(likeness: Likeness, links: set[Pair]) -> set[Pair]:
    """Further links, one for a statement."""
    before, after = likeness.keys
    used_before, used_after = {i for i, _ in links}, {j for _, j in links}
    loose_before = [i for i in range(len(before)) if i not in used_before]
    loose_after = [j for j in range(len(after)) if j not in used_after]
    if not loose_before or not loose_after:
        return set()
    moved: list[Pair] = []
    for i, j in _proposals(likeness, loose_before, loose_after):
        if i not in used_before and j not in used_after:
            used_before.add(i)
            used_after.add(j)
            moved.append((i, j))
    for i, j in moved:  # the list grows while a passage is followed outwards
        for a, b in ((i - 1, j - 1), (i + 1, j + 1)):
            inside = 0 <= a < len(before) and 0 <= b < len(after)
            if inside and a not in used_before and b not in used_after and likeness.of(a, b) >= _BESIDE:
                used_before.add(a)
                used_after.add(b)
                moved.append((a, b))
    return set(moved)


def _proposals(likeness: Likeness, loose_before: list[int], loose_after: list[int]) -> list[Pair]:
    """Unaltered ones first, nearest places first; then the most alike."""
    before, after = likeness.keys
    where: defaultdict[str, list[int]] = defaultdict(list)
    for j in loose_after:
        where[after[j]].append(j)
    same = []
    for i in loose_before:
        places = where.get(before[i], [])
        if len(places) == 1 or len(likeness.words(before[i])) >= 3:
            same += [(abs(i / len(before) - j / len(after)), i, j) for j in places[:_PLACES]]
    alike = [
        (-pair.likeness, pair.i, pair.j)
        for pair in rated(likeness, loose_before, loose_after, _ALIKE if same else _ALONE)
        if pair.likeness < 1.0
        and pair.lead >= _LEAD
        and min(len(likeness.words(before[pair.i])), len(likeness.words(after[pair.j]))) >= _WORDS
    ]
    return [(i, j) for _, i, j in (*sorted(same), *sorted(alike))]
