"""Turn links into matches: group and order them, mark what moved, and give similarity and reasons."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from monitor.core.alignment.anchors import Pair, same_key, same_path
from monitor.core.alignment.similarity import Similarity, alike, form_of, joined, words_of
from monitor.model import Match

Indices = tuple[int, ...]
Group = tuple[Indices, Indices]


def groups(links: Iterable[Pair]) -> list[Group]:
    """Links that share a statement, together, ordered by the first statement after.

    Raises ValueError where links join several statements to several.
    """
    pairs = sorted((j, i) for i, j in links)
    if len({i for _, i in pairs}) == len({j for j, _ in pairs}) == len(pairs):
        return [((i,), (j,)) for j, i in pairs]
    of_before: defaultdict[int, list[int]] = defaultdict(list)
    of_after: defaultdict[int, list[int]] = defaultdict(list)
    for j, i in pairs:
        of_before[i].append(j)
        of_after[j].append(i)
    found = []
    for j, sources in sorted(of_after.items()):
        targets = of_before[sources[0]]
        if len(sources) > 1 and any(of_before[i] != [j] for i in sources):
            raise ValueError(f"statements {sources} before and {targets} after are linked several to several")
        if targets[0] == j:
            found.append((tuple(sources), tuple(targets)))
    return found


def moved(found: Sequence[Group], renamed: Collection[int] = ()) -> set[int]:
    """Positions in `found` (ordered by the side after) of the fewest statements that explain a reordering.

    Those of `renamed` count for nothing: fields whose path is another one, by which they stand in another place.

    These lie outside the order-keeping run of most statements; of equally large runs, the one of the statements
    that stood earlier before is kept.
    """
    places = [before[0] for before, _ in found]
    if all(one < other for one, other in pairwise(places)):
        return set()
    by_place = sorted(range(len(found)), key=places.__getitem__)
    size = [0 if at in renamed else max(len(before), len(after)) for at, (before, after) in enumerate(found)]
    run = _longest_from(by_place, size)
    wanted, last, kept = max(run), -1, set()
    for at in by_place:
        if at > last and run[at] == wanted:
            kept.add(at)
            wanted, last = wanted - size[at], at
    return set(range(len(found))) - kept


def _longest_from(by_place: Sequence[int], size: Sequence[int]) -> list[int]:
    """The most statements that a run which starts with each group keeps: suffix maxima in a Fenwick tree."""
    count = len(size)
    best = [0] * (count + 1)
    run = [0] * count
    for at in reversed(by_place):
        slot, value = count - 1 - at, 0
        while slot > 0:
            value = max(value, best[slot])
            slot -= slot & -slot
        run[at] = value + size[at]
        slot = count - at
        while slot <= count:
            best[slot] = max(best[slot], run[at])
            slot += slot & -slot
    return run


def in_order(linked: Iterable[Match], before: range, after: range) -> Iterator[Match]:
    """All matches of two ranges by the side after; a removed statement follows the match of what it stood behind.

    `linked` are the matches with both sides.
    """
    of_after: dict[int, Match] = {}
    in_match: set[int] = set()
    for match in linked:
        for j in match.after:
            of_after[j] = match
        in_match.update(match.before)
    removed = _removed_runs(in_match, before)
    yield from removed.get(before.start - 1, ())
    for j in after:
        match_here = of_after.get(j)
        if match_here is None:
            yield Match((), (j,))
        elif match_here.after[0] == j:
            yield match_here
            for i in match_here.before:
                yield from removed.get(i, ())


def _removed_runs(in_match: set[int], before: range) -> Mapping[int, list[Match]]:
    runs: defaultdict[int, list[Match]] = defaultdict(list)
    behind = before.start - 1
    for i in before:
        if i in in_match:
            behind = i
        else:
            runs[behind].append(Match((i,), ()))
    return runs


SAME_TEXT = ("same text",)
_DIGIT = re.compile(r"\d")


def explain(similarity: Similarity, group: Group, links: set[Pair]) -> tuple[float, tuple[str, ...]]:
    """The similarity of the two sides, each read as one text, and the reasons."""
    before, after = group
    single = len(before) == len(after) == 1
    if single and similarity.keys[0][before[0]] == similarity.keys[1][after[0]]:
        return 1.0, _of_same_text(similarity, before[0], after[0])
    texts = [[keys[at] for at in side] for keys, side in zip(similarity.keys, group, strict=True)]
    words = [[*chain.from_iterable(map(words_of, side))] for side in texts]
    reasons = [_shared(*words), *_of_numbers(texts, words)]
    if single:
        score = similarity.of(before[0], after[0])
        reasons += _of_place(similarity, before[0], after[0])
    else:
        score = alike(joined([*map(form_of, texts[0])]), joined([*map(form_of, texts[1])]))
        reasons.append("together they say what the one says")
    if (before[0] - 1, after[0] - 1) in links or (before[-1] + 1, after[-1] + 1) in links:
        reasons.append("neighbours linked")
    return score, tuple(reasons)


def _of_same_text(similarity: Similarity, i: int, j: int) -> tuple[str, ...]:
    """A text that occurs more than once is known by its section as well."""
    if similarity.keys[0][i] not in similarity.repeated:
        return SAME_TEXT
    section = similarity.positions[0][i].section
    if section and section == similarity.positions[1][j].section:
        return (*SAME_TEXT, "under the same heading")
    return SAME_TEXT


def _of_place(similarity: Similarity, i: int, j: int) -> Iterator[str]:
    """What was weighed for and against a link of texts that differ."""
    if same_key(similarity, i, j):
        yield "the same first cell"
    if same_path(similarity, i, j):
        yield "the same key"
    elif not similarity.of(i, j):
        yield "alone between the same neighbours"
    if similarity.positions[0][i].heading != similarity.positions[1][j].heading:
        yield "one is a heading, the other is not"


def _shared(before: list[str], after: list[str]) -> str:
    if before == after:
        return "same words"
    one, other = set(before), set(after)
    # Counts are asked for only where both say a word more than once.
    once = len(one) == len(before) or len(other) == len(after)
    common = len(one & other) if once else (Counter(before) & Counter(after)).total()
    return f"{common} of {max(len(before), len(after))} words shared"


def _of_numbers(texts: Sequence[Sequence[str]], words: Sequence[Sequence[str]]) -> Iterator[str]:
    if any(map(_DIGIT.search, chain.from_iterable(texts))):
        before, after = (sorted(filter(_is_number, side)) for side in words)
        if before or after:
            yield "numbers agree" if before == after else "numbers differ"


def _is_number(word: str) -> bool:
    return word[:1].isdecimal()
