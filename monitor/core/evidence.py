"""Why a link was made, in words; only links whose texts differ have more to say than that they are the same."""

from __future__ import annotations

from collections import Counter

from monitor.core.anchors import Pair
from monitor.core.likeness import Likeness
from monitor.core.matches import Group

SAME_TEXT = ("same text",)


def explain(likeness: Likeness, group: Group, links: set[Pair]) -> tuple[float, tuple[str, ...]]:
    """The similarity of the two sides, each read as one text, and the reasons."""
    (i, *further), (j, *_) = group
    if not further and likeness.keys[0][i] == likeness.keys[1][j]:
        return 1.0, SAME_TEXT
    before = [likeness.keys[0][i] for i in group[0]]
    after = [likeness.keys[1][j] for j in group[1]]
    one = likeness.lexicon.joined([likeness.lexicon.form(key) for key in before])
    other = likeness.lexicon.joined([likeness.lexicon.form(key) for key in after])
    words = [[word for key in side for word in likeness.lexicon.words(key)] for side in (before, after)]
    shared, most = (Counter(words[0]) & Counter(words[1])).total(), max(map(len, words))
    reasons = ["same words" if words[0] == words[1] else f"{shared} of {most} words shared"]
    numbers = [sorted(word for word in side if word[:1].isdecimal()) for side in words]
    if numbers[0] or numbers[1]:
        reasons.append("numbers agree" if numbers[0] == numbers[1] else "numbers differ")
    if len(before) > 1 or len(after) > 1:
        reasons.append("together they say what the one says")
    if (group[0][0] - 1, group[1][0] - 1) in links or (group[0][-1] + 1, group[1][-1] + 1) in links:
        reasons.append("neighbours linked")
    return likeness.lexicon.alike(one, other), tuple(reasons)
